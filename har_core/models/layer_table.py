"""The layers of a network, with the shapes of their outputs and their parameters, as the network shows them.

Nothing is worked out from the options: two small batches go through it, and what grows with the length of the
sequences are frames. They are zeros; a large network is given shapes without numbers, of which it makes
shapes at once, unless it can't be asked so.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from har_core.engine import Batch
from har_core.models import ModelOptions
from har_core.models.networks import Network, build_weightless
from har_core.wording import counted

_PROBES = ((2, 16), (3, 32))  # sequences, and frames of each
_SEQUENCES, _FRAMES = (2, 3), ((16, 32), (32, 96))  # as a shape has them: of each sequence, and of the batch

MOST_COMPUTED = 1_000_000
"""Parameters: with so few, zeros are computed sooner than torch has imported what shapes alone need."""

Shape = tuple[int, ...]


@dataclass(frozen=True)
class LayerRow:
    """A layer of a network.

    Attributes:
        title: its kind.
        output: shape of what it gives for a sequence of T frames, such as ``(T, 24)``; "" where it can't be
            told.
        parameters: how many values of it training changes; those of a layer that comes twice count once.
    """

    title: str
    output: str
    parameters: int


@lru_cache(maxsize=256)
def layers_of(options: ModelOptions, inputs: int, classes: int) -> tuple[LayerRow, ...]:
    """Return the layers of the network that the options name, in the order in which they compute.

    Args:
        options: of a model of ``MODELS`` that has a network.
        inputs: F.
        classes: K.
    """
    network = build_weightless(options, inputs, classes)
    network.eval()
    counts = _count_parameters(network)
    calls = _calls(network, inputs) if sum(counts.values()) > MOST_COMPUTED else []
    if not calls:  # or it reads numbers, or makes some of its own
        _fill_with_zeros(network)
        calls = _calls(network, inputs)
    found = [(module, _say_shape(shapes)) for module, shapes in calls]
    called = {module for module, _ in found}
    found += [(module, "") for module in counts if module not in called]
    rows = []
    for module, shape in found:
        rows.append(LayerRow(_kind_of(module), shape, counts.pop(module, 0)))
    return tuple(rows)


def parameters_of(options: ModelOptions, inputs: int, classes: int) -> int:
    """Return how many values training changes of the network that the options name; see ``layers_of``."""
    return sum(row.parameters for row in layers_of(options, inputs, classes))


def _kind_of(module: nn.Module) -> str:
    """Return what a layer is called: of a class that torch keeps to itself the public one that it is."""
    said = str(module._get_name())  # type: ignore[no-untyped-call]
    if not type(module).__module__.startswith("torch."):
        return said
    return next(kind.__name__ for kind in type(module).__mro__ if hasattr(nn, kind.__name__))


def _count_parameters(network: Network) -> dict[nn.Module, int]:
    """Return how many parameters each layer has of its own, those that two share counted at the first."""
    known: set[int] = set()
    counts = {}
    for module in _shown_of(network):
        own = {id(it): it.numel() for it in module.parameters(_is_one(module)) if id(it) not in known}
        known |= own.keys()
        if own:
            counts[module] = sum(own.values())
    return counts


def _shown_of(network: Network) -> list[nn.Module]:
    """Return the network and its layers, without those of a block that is shown as one."""
    blocks = [module for module in network.modules() if _is_one(module)]
    inside = {it for block in blocks for it in block.modules() if it is not block}
    return [module for module in network.modules() if module not in inside]


def _is_one(module: nn.Module) -> bool:
    return getattr(type(module), "is_one_layer", False) is True


def _fill_with_zeros(network: Network) -> None:
    """Give a network weights that all lie in the same place: of the largest, too, they take no memory."""
    weights = network.state_dict().items()
    zeros = {name: torch.zeros((), dtype=its.dtype).expand(its.shape) for name, its in weights}
    network.load_state_dict(zeros, assign=True)


def say_layers(rows: tuple[LayerRow, ...]) -> list[str]:
    """Say each layer, such as ``LSTM (T, 24), 8,256 parameters``."""
    return [
        f"{row.title}{f' {row.output}' if row.output else ''}"
        + (f", {counted(row.parameters, 'parameter')}" if row.parameters else "")
        for row in rows
    ]


def _calls(network: Network, inputs: int) -> list[tuple[nn.Module, list[Shape]]]:
    """Return which layers compute, one after the other, and what the output of each was in every probe."""
    probes = [_probe(network, inputs, *sizes) for sizes in _PROBES]
    if len({len(calls) for calls in probes}) > 1:  # a layer that is called for each frame is one layer
        probes = [list({module: (module, shape) for module, shape in calls}.values()) for calls in probes]
    return [(calls[0][0], [shape for _, shape in calls]) for calls in zip(*probes, strict=False)]


def _probe(network: Network, inputs: int, count: int, frames: int) -> list[tuple[nn.Module, Shape]]:
    calls: list[tuple[nn.Module, Shape]] = []

    def note(module: nn.Module, given: Any, output: Any) -> None:
        calls.append((module, _shape_of(output)))

    layers = [it for it in _shown_of(network) if not any(True for _ in it.children()) or _has_own(it)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    device = network.head.weight.device
    try:
        with torch.no_grad():
            network(Batch.of([torch.zeros(frames, inputs, device=device)] * count))
    except Exception:  # such as of one that takes longer sequences only: what layers it has is known yet
        calls.clear()
    finally:
        for hook in hooks:
            hook.remove()
    return calls


def _has_own(module: nn.Module) -> bool:
    return any(True for _ in module.parameters(_is_one(module)))


def _shape_of(output: Any) -> Shape:
    """Return the shape of a layer's output; of several things that of the first."""
    if isinstance(output, tuple) and not isinstance(output, PackedSequence):
        return _shape_of(output[0])
    if isinstance(output, Batch):
        return tuple(output.frames.shape)
    if isinstance(output, PackedSequence):
        return tuple(output.data.shape)
    return tuple(output.shape) if isinstance(output, Tensor) else ()


def _say_shape(shapes: list[Shape]) -> str:
    """Say the shape for one sequence: what grows with the batch is left out, what grows with T is T."""
    said = []
    for sizes in zip(*shapes, strict=False):
        if len(set(sizes)) == 1:
            said.append(f"{sizes[0]:,}")
        elif sizes != _SEQUENCES:
            said.append("T" if sizes in _FRAMES else "T'")
    return f"({', '.join(said)})" if said else ""
