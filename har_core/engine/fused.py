"""FusedStep: forward, backward and Adam of a whole network, several batches in one call."""

import ctypes
import functools
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any, Protocol, cast
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from har_core.engine.batch import Batch, IntArray
from har_core.engine.blocks import Blocks, as_rows, kernels_for
from har_core.engine.compiling import fault_of_kernels, kernels, kernels_enabled, override_kernels
from har_core.engine.convolution import ConvolutionLayer
from har_core.engine.dropout import Dropout
from har_core.engine.kernels.structs import BatchOutput, KernelSpec, Parameters, Work, Workspace
from har_core.engine.layout import NetworkSpec, lay_out_weights, lay_out_workspace
from har_core.engine.lstm import LstmLayer
from har_core.engine.threads import current_threads

__all__ = ["AdamState", "FusedNetwork", "FusedStep", "NetworkSpec", "fused_step", "what_runs"]

_log = logging.getLogger(__name__)

Numbers = NDArray[np.float32]

_MOST_STEPS = 8
_MOST_WORK = 50_000_000  # sequences times parameters; of the course's models it is a tenth of a second

_VERIFIED_SEQUENCES = 32
"""Sequences of the first batch that are computed both ways."""

_TOLERANCE = 1e-3
"""Of the size of what is compared. Float32 differs by 1e-6, another network by much more."""


@dataclass(frozen=True, eq=False)
class AdamState:
    """What Adam keeps, in vectors as long as that of the parameters, and the steps that it is to take.

    Attributes:
        exp_avg: means of the gradients.
        exp_avg_sq: means of their squares.
        lr: learning rate of each step that is to be taken.
        beta1: decay of the means.
        beta2: decay of the means of squares.
        eps: what is added to the root of a mean of squares.
        step: how many were taken before.
    """

    exp_avg: Numbers
    exp_avg_sq: Numbers
    lr: NDArray[np.float64]
    beta1: float
    beta2: float
    eps: float
    step: int


class FusedNetwork(Protocol):
    """A network that may be fused: layers of one kind, dropout behind each or the last, a linear head.

    Its parameters come layer by layer, the head's last.
    """

    dropout: Dropout
    head: nn.Linear
    training: bool

    def spec(self) -> NetworkSpec | None:
        """Return what it is made of; None where the kernel can't compute it."""

    def features_and_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features, which the head is given, and (B, K) logits."""

    def parameters(self) -> Iterator[nn.Parameter]:
        """Return what training changes."""

    def train(self, mode: bool = True) -> Any:
        """Let dropout drop, or not."""


def fused_step(network: Any, batch: Batch, labels: Tensor) -> "FusedStep | None":
    """Return how a network is computed whole; None where its layers, or torch, have to.

    Args:
        network: any. One that is a ``FusedNetwork`` is computed both ways when it is first seen here; if it
            does not compute what its ``spec`` says, it is left to its layers.
        batch: some sequences that it has to compute.
        labels: (B) their action indices.
    """
    spec = cast(FusedNetwork, network).spec() if hasattr(network, "spec") else None
    if spec is None:
        return None
    compiled = kernels_for(spec.kernels, batch.frames, next(network.parameters()))
    if compiled is None:
        return None
    if network not in _known:
        _known[network] = _checked(compiled, network, spec, batch, labels)
    return _known[network]


_known: WeakKeyDictionary[Any, "FusedStep | None"] = WeakKeyDictionary()


def what_runs(network: Any, step: "FusedStep | None") -> str:
    """Return a line on what computes a network.

    Args:
        network: on its device.
        step: what ``fused_step`` gives for it.
    """
    device = next(network.parameters()).device.type
    threads = current_threads().count
    on = f"{threads} thread{'s' if threads > 1 else ''}" if device == "cpu" else device
    if step is not None:
        return f"fused kernels on {on}"
    layers = (LstmLayer, ConvolutionLayer)
    if device != "cpu" or not any(isinstance(layer, layers) for layer in network.modules()):
        return f"torch on {on}"
    if not kernels_enabled():
        return f"torch on {on}, because HAR_KERNELS is off"
    if kernels("layers") is None:
        return f"torch on {on}: {fault_of_kernels()}"
    return f"the network's layers on {on}"


# The first batch, both ways


def _checked(
    compiled: SimpleNamespace, network: FusedNetwork, spec: NetworkSpec, batch: Batch, labels: Tensor
) -> "FusedStep | None":
    some = torch.arange(min(len(batch), _VERIFIED_SEQUENCES))
    try:
        step = FusedStep(compiled, network, spec)
        fault = difference(step, network, batch.take(some), labels[some])
    except ValueError as error:
        fault = str(error)
    if not fault:
        return step
    _log.warning("The fused step does not compute this network (%s): its layers do.", fault)
    return None


def difference(step: "FusedStep", network: FusedNetwork, batch: Batch, labels: Tensor) -> str:
    """Return in what the fused step differs from the network as torch computes it; "" where it does not.

    Nothing of the network is changed: neither weights, nor mode, nor what its dropout will draw.
    """
    parameters, generator, mode = list(network.parameters()), network.dropout.generator, network.training
    weights, random_state = [parameter.detach().clone() for parameter in parameters], generator.get_state()
    network.train()
    try:
        with override_kernels({}), torch.enable_grad():
            features, logits = network.features_and_logits(batch)
            gradients = torch.autograd.grad(
                cross_entropy(logits, labels), parameters, allow_unused=True, materialize_grads=True
            )
        generator.set_state(random_state)
        exp_avg, exp_avg_sq = (np.zeros(sum(it.numel() for it in parameters), np.float32) for _ in range(2))
        # With beta1 = 0 the mean of the gradients is the gradient.
        adam = AdamState(exp_avg, exp_avg_sq, np.zeros(1), beta1=0.0, beta2=0.0, eps=1.0, step=0)
        output = step.train_steps([batch], [labels], adam)
    finally:
        for parameter, weight in zip(parameters, weights, strict=True):
            parameter.data.copy_(weight)
        generator.set_state(random_state)
        network.train(mode)
    compared = {
        "features": (output.features, features.detach().numpy()),
        "logits": (output.logits, logits.detach().numpy()),
        "gradients": (exp_avg, torch.cat([it.reshape(-1) for it in gradients]).numpy()),
    }
    return next((f"other {what}" for what, (one, other) in compared.items() if not is_close(one, other)), "")


def is_close(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Return whether two computations give the same, but for rounding."""
    if one.shape != other.shape:
        return False
    one, other = one.astype(np.float64), other.astype(np.float64)
    size, its = np.linalg.norm(one), np.linalg.norm(other)
    if not np.isfinite([size, its]).all():  # a loss that is no number is told by who trains
        return not np.isfinite([size, its]).any()
    return bool(np.linalg.norm(one - other) <= _TOLERANCE * max(size, its) + 1e-6)


# The step


class FusedStep:
    """Trains a network, and predicts, by one kernel.

    Args:
        compiled: has the kernel for such layers.
        network: whose parameters are changed.
        spec: what it is made of.

    Raises:
        ValueError: it has other parameters than its spec tells.
    """

    def __init__(self, compiled: SimpleNamespace, network: FusedNetwork, spec: NetworkSpec) -> None:
        (self._kernel,) = vars(compiled).values()
        self._spec, self._dropout = spec, network.dropout
        self._parameters, classes = list(network.parameters()), network.head.out_features
        self._flat_parameters, self._data_pointers = np.empty(0, np.float32), [0] * len(self._parameters)
        weights = lay_out_weights(spec, classes)
        if sum(it.numel() for it in self._parameters) != weights.parameters:
            raise ValueError("other parameters than its spec() tells")
        self._kernel_spec = KernelSpec(
            layers=spec.layers,
            directions=spec.directions,
            hidden=spec.hidden,
            last=spec.last,
            classes=classes,
            keeps_below=network.dropout.keeps_below,
            scale=network.dropout.scale,
            matrices=weights.table,
        )
        self._packed = np.zeros((0, weights.packed), np.float32)
        self._gradient = np.empty(weights.parameters, np.float32)
        self._block_gradients = np.empty((0, weights.gradients), np.float32)
        self._layout = lay_out_workspace(spec, classes, 0, 0)
        self._values = np.empty((0, self._layout.size), np.float32)

    def steps_at_once(self, batch_size: int) -> int:
        """Return how many steps may be taken before the interpreter has its turn: of a large network few."""
        return max(1, min(_MOST_STEPS, _MOST_WORK // (batch_size * len(self._gradient))))

    def train_steps(self, batches: Sequence[Batch], labels: Sequence[Tensor], adam: AdamState) -> BatchOutput:
        """Take a step on each batch, one after the other; return the output before each step.

        Args:
            batches: sequences; all share their frames.
            labels: the actions of each batch.
            adam: its vectors are changed.
        """
        draw_starts, draws = self._draw(batches)
        return self._run(batches, labels, adam, draw_starts, draws)

    def predict(self, batch: Batch, labels: Tensor) -> BatchOutput:
        """Return the output for B sequences, without dropout.

        Args:
            batch: B sequences.
            labels: (B) their actions.
        """
        draw_starts = [np.zeros((len(batch), self._spec.layers), np.int64)]
        return self._run([batch], [labels], None, draw_starts, np.empty(0, np.int16))

    def _draw(self, batches: Sequence[Batch]) -> tuple[list[IntArray], NDArray[np.int16]]:
        """Draw for each value that dropout decides on, as the layers do; tell where those of each begin."""
        spec, dropout = self._spec, self._dropout
        width = spec.directions * spec.hidden
        draw_starts, draws, at = [], [np.empty(0, np.int16)], 0
        for batch in batches:
            order = batch.order
            begin = np.zeros((len(batch), spec.layers), np.int64)
            draw_starts.append(begin)
            if dropout.rate == 0:
                continue
            for layer in range(spec.layers - 1 if spec.window == 0 else 0):
                begin[:, layer] = at + order.offsets * width
                draws.append(dropout.draw(order.frame_count * width))
                at += len(draws[-1])
            begin[:, -1] = at + order.sorted_indices * spec.features
            draws.append(dropout.draw(len(batch) * spec.features))
            at += len(draws[-1])
        return draw_starts, np.concatenate(draws)

    def _run(
        self, batches: Sequence[Batch], labels: Sequence[Tensor], adam: AdamState | None,
        draw_starts: list[IntArray], draws: NDArray[np.int16],
    ) -> BatchOutput:  # fmt: skip
        frames = batches[0].frames
        if any(batch.frames is not frames for batch in batches):
            raise ValueError("all batches have to share their frames")
        if frames.shape[1] != self._spec.inputs:
            raise ValueError(f"frames have {frames.shape[1]} numbers instead of {self._spec.inputs}")
        # Who predicts sums no gradients, and is best off with small blocks.
        blocks = [Blocks(batch, len(self._gradient) if adam else 1) for batch in batches]
        work = _make_work(frames, blocks, labels, trains=adam is not None)._replace(
            draws=draws, draw_starts=np.concatenate(draw_starts)
        )
        count = len(work.lengths)
        output = BatchOutput(
            np.empty((count, self._spec.features), np.float32),
            np.empty((count, self._kernel_spec.classes), np.float32),
            np.empty(count, np.float32),
            np.empty(count, np.int64),
        )
        most_blocks = max(map(len, blocks))
        workspace = self._workspace_for(work, most_blocks)
        parameters = self._kernel_parameters(adam, len(batches))
        call = partial(
            self._kernel, self._spec.window or None, self._kernel_spec, work, parameters, workspace, output
        )
        current_threads().run(partial(call, 1), most_blocks, late_work=partial(call, 0))
        return output

    def _kernel_parameters(self, adam: AdamState | None, steps: int) -> Parameters:
        if any(
            it.data_ptr() != place for it, place in zip(self._parameters, self._data_pointers, strict=True)
        ):
            self._flat_parameters = _flatten(self._parameters).numpy()  # again, where somebody has moved them
            self._data_pointers = [it.data_ptr() for it in self._parameters]
        if adam is None:
            nothing = np.empty(0, np.float32)
            return Parameters(self._flat_parameters, nothing, nothing, nothing, nothing, 0.0, 0.0, 0.0)
        taken = adam.step + 1 + np.arange(steps)
        return Parameters(
            self._flat_parameters,
            adam.exp_avg,
            adam.exp_avg_sq,
            (adam.lr / (1 - adam.beta1**taken)).astype(np.float32),
            np.sqrt(1 - adam.beta2**taken).astype(np.float32),
            adam.beta1,
            adam.beta2,
            adam.eps,
        )

    def _workspace_for(self, work: Work, blocks: int) -> Workspace:
        """Return memory to compute in; it is kept, and grows."""
        threads = current_threads().count
        if work.trains and len(self._block_gradients) < blocks:
            self._block_gradients = np.empty((blocks, self._block_gradients.shape[1]), np.float32)
        ends = np.append(0, np.cumsum(work.lengths))
        frames, sequences = int(np.diff(ends[work.blocks]).max()), int(np.diff(work.blocks).max())
        layout = self._layout
        if frames > layout.frames or sequences > layout.sequences or threads > len(self._values):
            most = max(frames, layout.frames), max(sequences, layout.sequences)
            layout = lay_out_workspace(self._spec, self._kernel_spec.classes, *most)
            self._values = np.empty((threads, layout.size), np.float32)
            self._packed = np.zeros((threads, self._packed.shape[1]), np.float32)
            self._layout = layout  # after what may fail
        sync = np.zeros(3 + 2 * len(work.sizes), np.int64)
        return Workspace(
            layout.frames, layout.sequences, sync, self._packed, self._values, layout.offsets, layout.saved,
            self._block_gradients, self._gradient, *_sleep_lock(),
        )  # fmt: skip


def _make_work(frames: Tensor, blocks: Sequence[Blocks], labels: Sequence[Tensor], *, trains: bool) -> Work:
    """Return the steps on batches; what is drawn for dropout is not in it yet."""
    sizes = np.array([len(each.frame_rows) for each in blocks])
    firsts = np.append(0, np.cumsum(sizes))
    lengths = np.concatenate([each.order.lengths for each in blocks])
    starts = [first + each.starts[:-1] for first, each in zip(firsts, blocks, strict=False)]
    own_blocks = np.append(np.concatenate(starts), firsts[-1])
    own = np.append(0, np.cumsum(lengths))
    ordered = [part.numpy()[each.order.sorted_indices] for part, each in zip(labels, blocks, strict=True)]
    rows = [first + each.order.sorted_indices for first, each in zip(firsts, blocks, strict=False)]
    return Work(
        trains=int(trains),
        frames=as_rows(frames),
        steps=np.append(0, np.cumsum([len(each) for each in blocks])),
        blocks=own_blocks,
        frame_rows=np.concatenate([each.frame_rows for each in blocks]),
        rows=own[:-1] - np.repeat(own[own_blocks[:-1]], np.diff(own_blocks)),
        lengths=lengths,
        labels=np.concatenate(ordered),
        output_rows=np.concatenate(rows),
        sizes=sizes,
        draws=None,
        draw_starts=None,
    )


def _flatten(tensors: Sequence[Tensor]) -> Tensor:
    """Move tensors into one vector, one behind the other: what is written to one is written to the other."""
    whole = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
    parts = torch.split(whole, [tensor.numel() for tensor in tensors])
    for tensor, part in zip(tensors, parts, strict=True):
        tensor.data = part.view(tensor.shape)
    return whole


@functools.cache
def _sleep_lock() -> tuple[int, int]:
    """Return the address of what waits for a lock, and that of a lock that is never free."""
    python = ctypes.pythonapi
    python.PyThread_allocate_lock.restype = ctypes.c_void_p
    lock = python.PyThread_allocate_lock()
    python.PyThread_acquire_lock(ctypes.c_void_p(lock), 1)
    return ctypes.cast(python.PyThread_acquire_lock_timed, ctypes.c_void_p).value or 0, lock
