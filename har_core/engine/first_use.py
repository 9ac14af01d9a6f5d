"""The first use of kernels on a machine, in a process of its own: they are compiled, and compared with torch.

    python -m har_core.engine.first_use lstm_steps FOLDER

Where a number is wrong, a sentence says which, and the process ends with ``WRONG``.
"""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import torch
from torch import Tensor, nn

from har_core.engine.batch import Batch
from har_core.engine.compiling import WRONG, load_from, override_kernels
from har_core.engine.convolution import ConvolutionLayer
from har_core.engine.dropout import Dropout
from har_core.engine.fused import FusedStep, difference, is_close
from har_core.engine.layout import NetworkSpec
from har_core.engine.lstm import LstmLayer

_INPUTS, _UNITS, _CLASSES, _WINDOW = 11, 13, 5, 5


class _Network(nn.Module):
    """Two layers, dropout behind each or the last, and a head: all that a fused step has to do with."""

    def __init__(self, layers: list[nn.Module], width: int, spec: NetworkSpec) -> None:
        super().__init__()
        self.layers, self.head = nn.ModuleList(layers), nn.Linear(width, _CLASSES)
        self.dropout = Dropout(0.3, torch.Generator().manual_seed(1))
        self._spec = spec

    def spec(self) -> NetworkSpec:
        return self._spec

    def features_and_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        taken = torch.empty(0)
        for number, layer in enumerate(self.layers, start=1):
            batch, taken = layer(batch)
            if not self._spec.window and number < len(self.layers):
                batch = batch.with_frames(self.dropout(batch.frames))
        features = self.dropout(taken)
        return features, self.head(features)


def _lstm() -> _Network:
    spec = NetworkSpec(window=0, layers=2, directions=2, inputs=_INPUTS, hidden=_UNITS, last=_UNITS)
    layers = [LstmLayer(inputs, _UNITS, bidirectional=True) for inputs in (_INPUTS, 2 * _UNITS)]
    return _Network(list(layers), 2 * _UNITS, spec)


def _convolutional() -> _Network:
    spec = NetworkSpec(_WINDOW, layers=2, directions=1, inputs=_INPUTS, hidden=_UNITS, last=_UNITS + 4)
    layers = [ConvolutionLayer(_INPUTS, _UNITS, _WINDOW), ConvolutionLayer(_UNITS, _UNITS + 4, _WINDOW)]
    return _Network(list(layers), _UNITS + 4, spec)


def fault_of(name: str, kernels: SimpleNamespace) -> str:
    """Return what kernels compute otherwise than torch; "" for nothing."""
    torch.manual_seed(0)
    lengths = torch.randint(1, 40, (37,))
    batch = Batch.of_lengths(torch.rand(int(lengths.sum()), _INPUTS) * 2 - 1, lengths)
    labels = torch.randint(0, _CLASSES, (len(batch),))
    if name == "layers":
        return _of_layers(_lstm(), kernels, batch) or _of_layers(_convolutional(), kernels, batch)
    network = _lstm() if name == "lstm_steps" else _convolutional()
    return difference(FusedStep(kernels, network, network.spec()), network, batch, labels)


def _of_layers(network: _Network, kernels: SimpleNamespace, batch: Batch) -> str:
    """Return what the layers of a network compute otherwise by kernels than by torch."""
    network.eval()
    parameters = list(network.parameters())

    def computed() -> list[Tensor]:
        frames = batch.frames.clone().requires_grad_()
        logits = network.features_and_logits(batch.with_frames(frames))[1]
        return [logits.detach(), *torch.autograd.grad(logits.square().sum(), [frames, *parameters])]

    with override_kernels({"layers": kernels}):
        own = computed()
    with override_kernels({}):
        its = computed()
    whats = ("outputs", "gradients of inputs", *("gradients of weights",) * len(parameters))
    differs = (
        what
        for what, one, other in zip(whats, own, its, strict=True)
        if not is_close(one.numpy(), other.numpy())
    )
    return f"other {what}" if (what := next(differs, "")) else ""


def main() -> int:
    """Compile and compare the kernels that are named."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    if hasattr(os, "nice"):
        os.nice(5)  # who looks at the dashboard meanwhile goes first
    fault = fault_of(name, load_from(folder, name))
    if fault:
        print(f"they compute {fault} than torch")  # noqa: T201 - who has asked reads it
    return WRONG if fault else 0


if __name__ == "__main__":
    raise SystemExit(main())
