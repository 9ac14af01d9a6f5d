"""A classifier that learns, and is asked, by whole steps outside the interpreter."""

import ctypes
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Protocol, cast
from weakref import WeakKeyDictionary

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from har_core.models.batch import Batch, IntArray
from har_core.models.compiled import kernels
from har_core.models.dropout import Dropout
from har_core.models.engine import Plan, as_rows, kernels_for, share_out, threads_of
from har_core.models.kernels.messages import Answers, Form, Parameters, Room, Work
from har_core.models.networks import Network
from har_core.models.places import Layers, place_matrices, place_room
from har_core.models.threads import Threads

Numbers = NDArray[np.float32]

_MOST_STEPS = 8
_MOST_WORK = 50_000_000  # sequences times parameters; of the course's models it is a tenth of a second

_KERNELS = ("steps_of_lstm", "steps_of_convolution")


@dataclass(frozen=True, eq=False)
class Moments:
    """What Adam keeps, in vectors as long as that of the parameters.

    Attributes:
        means: of the derivatives.
        squares: means of their squares.
        rates: learning rate of each step that is to be taken.
        decay: of the means.
        decay_of_squares: of the means of squares.
        epsilon: what is added to the root of a mean of squares.
        taken: steps that were taken before.
    """

    means: Numbers
    squares: Numbers
    rates: NDArray[np.float64]
    decay: float
    decay_of_squares: float
    epsilon: float
    taken: int


def join_answers(parts: Sequence[Answers]) -> Answers:
    """Return the answers for the sequences of several batches."""
    return Answers(*(np.concatenate(values) for values in zip(*parts, strict=True)))


def _join(tensors: Sequence[Tensor]) -> Tensor:
    """Move tensors into one vector, one behind the other: what is written to one is written to the other."""
    whole = torch.cat([tensor.detach().reshape(-1) for tensor in tensors])
    parts = torch.split(whole, [tensor.numel() for tensor in tensors])
    for tensor, part in zip(tensors, parts, strict=True):
        tensor.data = part.view(tensor.shape)
    return whole


def whole_steps(model: Network, frames: Tensor) -> "WholeSteps | None":
    """Return how a classifier is computed by whole steps; None where torch has to compute it."""
    layers = cast(Layered, model).form() if hasattr(model, "form") else None
    if layers is None:
        return None
    name = _KERNELS[1 if layers.kernel else 0]
    compiled = kernels_for(name, frames, next(model.parameters()))
    if compiled is None:
        return None
    known, threads = _known.get(model), threads_of(model)
    if known is None or known.threads is not threads:
        known = _known[model] = WholeSteps(compiled, cast(Layered, model), layers, threads)
    return known


def compile_all() -> None:
    """Compile all kernels that are not compiled yet."""
    for name in (*_KERNELS, "layers"):
        kernels(name)


class Layered(Network, Protocol):
    """A network that the kernel may compute: layers of one kind, dropout behind each or the last, a head.

    Its parameters come layer by layer, the head's last.
    """

    dropout: Dropout

    def form(self) -> Layers | None:
        """Return what it is made of; None where the kernel can't compute it."""


class WholeSteps:
    """Lets a classifier learn and answer by the kernel.

    Args:
        compiled: has the kernel for such layers.
        model: the classifier.
        layers: what it is made of.
        threads: that share the work.
    """

    def __init__(self, compiled: SimpleNamespace, model: Layered, layers: Layers, threads: Threads) -> None:
        self._kernel, self.threads = compiled.go_through, threads
        self._layers, self._dropout = layers, model.dropout
        self._parameters, classes = list(model.parameters()), model.head.out_features
        self._joined, self._joined_at = np.empty(0, np.float32), [0] * len(self._parameters)
        matrices = place_matrices(self._layers, classes)
        if sum(it.numel() for it in self._parameters) != matrices.parameters:
            raise ValueError("the model has other parameters than its form() tells")
        self._form = Form(
            layers=self._layers.count,
            directions=self._layers.directions,
            hidden=self._layers.hidden,
            last=self._layers.last,
            classes=classes,
            keeps_below=model.dropout.keeps_below,
            scale=model.dropout.scale,
            matrices=matrices.table,
        )
        self._weights = np.zeros((threads.count, matrices.arranged), np.float32)
        self._total = np.empty(matrices.parameters, np.float32)
        self._totals = np.empty((0, matrices.derivatives), np.float32)
        self._places = place_room(self._layers, classes, 0, 0)
        self._values = np.empty((threads.count, self._places.size), np.float32)

    def learn(self, batches: Sequence[Batch], labels: Sequence[Tensor], moments: Moments) -> Answers:
        """Take a step on each batch, one after the other; return what was answered before each step.

        Args:
            batches: sequences; all share their frames.
            labels: the actions of each batch.
            moments: of Adam; its vectors are changed.
        """
        drawn_for, draws = self._draw(batches)
        return self._go(batches, labels, moments, drawn_for, draws)

    def steps_at_once(self, batch_size: int) -> int:
        """Return how many steps may be taken before the interpreter has its turn: of a large network few."""
        return max(1, min(_MOST_STEPS, _MOST_WORK // (batch_size * len(self._total))))

    def answer(self, batch: Batch, labels: Tensor) -> Answers:
        """Ask the classifier, without dropout.

        Args:
            batch: B sequences.
            labels: (B) their actions.
        """
        drawn_for = [np.zeros((len(batch), self._layers.count), np.int64)]
        return self._go([batch], [labels], None, drawn_for, np.empty(0, np.int16))

    def _draw(self, batches: Sequence[Batch]) -> tuple[list[IntArray], NDArray[np.int16]]:
        """Draw for each value that dropout decides on, as the layers do; tell where those of each begin."""
        layers, dropout = self._layers, self._dropout
        width, last = layers.directions * layers.hidden, layers.directions * layers.last
        drawn_for, draws, at = [], [np.empty(0, np.int16)], 0
        for batch in batches:
            order = batch.order
            begin = np.zeros((len(batch), layers.count), np.int64)
            drawn_for.append(begin)
            if dropout.rate == 0:
                continue
            for layer in range(layers.count - 1 if layers.kernel == 0 else 0):
                begin[:, layer] = at + order.own * width
                draws.append(dropout.draw(order.frame_count * width))
                at += len(draws[-1])
            begin[:, -1] = at + order.rows * last
            draws.append(dropout.draw(len(batch) * last))
            at += len(draws[-1])
        return drawn_for, np.concatenate(draws)

    def _go(
        self, batches: Sequence[Batch], labels: Sequence[Tensor], moments: Moments | None,
        drawn_for: list[IntArray], draws: NDArray[np.int16],
    ) -> Answers:  # fmt: skip
        if any(batch.frames is not batches[0].frames for batch in batches):
            raise ValueError("all batches have to share their frames")
        if batches[0].frames.shape[1] != self._layers.inputs:
            raise ValueError(
                f"frames have {batches[0].frames.shape[1]} numbers instead of {self._layers.inputs}"
            )
        # Who only asks sums nothing, and is best off with small blocks.
        plans = [Plan(batch, len(self._total) if moments else 1, self.threads) for batch in batches]
        sizes = np.array([len(batch) for batch in batches])
        firsts = np.append(0, np.cumsum(sizes))
        lengths = np.concatenate([plan.order.lengths for plan in plans])
        blocks = np.concatenate(
            [first + plan.blocks[:-1] for first, plan in zip(firsts, plans, strict=False)]
        )
        blocks = np.append(blocks, firsts[-1])
        own = np.append(0, np.cumsum(lengths))
        work = Work(
            learns=int(moments is not None),
            frames=as_rows(batches[0].frames),
            steps=np.append(0, np.cumsum([plan.block_count for plan in plans])),
            blocks=blocks,
            frame_rows=np.concatenate([plan.frame_rows for plan in plans]),
            rows=own[:-1] - np.repeat(own[blocks[:-1]], np.diff(blocks)),
            lengths=lengths,
            labels=np.concatenate(
                [part.numpy()[plan.order.rows] for part, plan in zip(labels, plans, strict=True)]
            ),
            places=np.concatenate(
                [first + plan.order.rows for first, plan in zip(firsts, plans, strict=False)]
            ),
            sizes=sizes,
            draws=draws,
            drawn_for=np.concatenate(drawn_for),
        )
        given = Answers(
            np.empty((len(lengths), self._layers.features), np.float32),
            np.empty((len(lengths), self._form.classes), np.float32),
            np.empty(len(lengths), np.float32),
            np.empty(len(lengths), np.int64),
        )
        most_blocks = max(plan.block_count for plan in plans)
        most_frames, most_sequences = int(np.diff(own[blocks]).max()), int(np.diff(blocks).max())
        room = self._room_for(
            most_frames, most_sequences, most_blocks, len(plans), learns=moments is not None
        )
        parameters = self._kernel_parameters(moments, len(batches))
        whole = (self._layers.kernel or None, self._form, work, parameters, room, given)
        stay = self._kernel.given(*whole, 1)
        share_out(self.threads, stay, stay.ending(0), most_blocks)
        return given

    def _kernel_parameters(self, moments: Moments | None, steps: int) -> Parameters:
        if any(it.data_ptr() != place for it, place in zip(self._parameters, self._joined_at, strict=True)):
            self._joined = _join(self._parameters).numpy()  # again, where somebody has moved them
            self._joined_at = [it.data_ptr() for it in self._parameters]
        values = self._joined
        if moments is None:
            nothing = np.empty(0, np.float32)
            return Parameters(values, nothing, nothing, nothing, nothing, 0.0, 0.0, 0.0)
        taken = moments.taken + 1 + np.arange(steps)
        return Parameters(
            values,
            moments.means,
            moments.squares,
            (moments.rates / (1 - moments.decay**taken)).astype(np.float32),
            np.sqrt(1 - moments.decay_of_squares**taken).astype(np.float32),
            moments.decay,
            moments.decay_of_squares,
            moments.epsilon,
        )

    def _room_for(self, frames: int, sequences: int, blocks: int, steps: int, *, learns: bool) -> Room:
        """Return memory to compute in; it is kept, and grows."""
        if learns and len(self._totals) < blocks:
            self._totals = np.empty((blocks, self._totals.shape[1]), np.float32)
        places = self._places
        if frames > places.frames or sequences > places.sequences:
            most = max(frames, places.frames), max(sequences, places.sequences)
            places = place_room(self._layers, self._form.classes, *most)
            self._values = np.empty((self.threads.count, places.size), np.float32)
            self._places = places  # after what may fail
        sync = np.zeros(3 + 2 * steps, np.int64)
        return Room(
            places.frames, places.sequences, sync, self._weights, self._values, places.marks, places.kept,
            self._totals, self._total, *_napping(),
        )  # fmt: skip


@functools.cache
def _napping() -> tuple[int, int]:
    """Return the address of what waits for a lock, and that of a lock that is never free."""
    python = ctypes.pythonapi
    python.PyThread_allocate_lock.restype = ctypes.c_void_p
    lock = python.PyThread_allocate_lock()
    python.PyThread_acquire_lock(ctypes.c_void_p(lock), 1)
    return ctypes.cast(python.PyThread_acquire_lock_timed, ctypes.c_void_p).value or 0, lock


_known: WeakKeyDictionary[Network, WholeSteps] = WeakKeyDictionary()
