"""The recipe as a plain script does it, in torch and numba: what this project's own parts are timed beside.

The network, its inputs, how sequences are varied, its optimiser and its schedule are those of rung L9; every
pair of sequences is compared as the distances of the DTW-SVM are. Nothing is shared with what is timed.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

FRAMES = 48
BATCH = 32
_EPOCHS = 100_000  # more than anybody times, so that the schedule has no end

Joints = Sequence[int]


class Recordings:
    """Sequences of (L, J, 3), padded, that can be read at any time from 0 to 1."""

    def __init__(self, sequences: Sequence[NDArray[np.float32]], labels: NDArray[np.int64]) -> None:
        self.joints = sequences[0].shape[1]
        self.lengths = torch.tensor([len(frames) for frames in sequences])
        self.frames = torch.zeros(len(sequences), int(self.lengths.max()), 3 * self.joints)
        for row, frames in enumerate(sequences):
            self.frames[row, : len(frames)] = torch.from_numpy(frames.reshape(len(frames), -1).copy())
        self.labels = torch.from_numpy(labels.copy())

    def at(self, rows: Tensor, times: Tensor) -> Tensor:
        """Return (B, T, J, 3)."""
        last = (self.lengths[rows] - 1)[:, None]
        place = times.clamp(0, 1) * last
        before = place.floor().long()
        after, share = torch.minimum(before + 1, last), (place - before)[..., None]
        found = self.frames[rows[:, None], before] * (1 - share) + self.frames[rows[:, None], after] * share
        return found.view(len(rows), -1, self.joints, 3)


def _lag(positions: Tensor, frames: int) -> Tensor:
    moved = positions[:, frames:] - positions[:, :-frames]
    return F.pad(moved, (0, 0, 0, 0, frames // 2, frames - frames // 2))


def inputs_of(positions: Tensor, recorded: Tensor, ends: Joints) -> Tensor:
    """Return (B, T, F): motion over one frame and four, half in real time, and directions."""
    pace = (40 / (recorded - 1)).sqrt()[:, None, None, None]
    motion = _lag(positions, 2)[:, :, list(ends)]
    directions = motion / (motion.norm(dim=-1, keepdim=True) + 0.03)
    parts = [_lag(positions, 1) * pace, _lag(positions, 4) * pace, directions]
    return torch.cat([part.flatten(2) for part in parts], -1)


def _rotation(axis: int, spread: float, count: int) -> Tensor:
    angle = torch.randn(count) * spread * torch.pi / 180
    matrix = torch.eye(3).repeat(count, 1, 1)
    one, other = [each for each in range(3) if each != axis]
    sign = 1 if axis == 1 else -1
    matrix[:, one, one] = matrix[:, other, other] = angle.cos()
    matrix[:, one, other], matrix[:, other, one] = sign * angle.sin(), -sign * angle.sin()
    return matrix


def varied(data: Recordings, rows: Tensor, partners: Tensor, legs: Joints) -> tuple[Tensor, Tensor]:
    """Return (B, T, J, 3) positions, and how many frames each is taken to have been."""
    count = len(rows)
    is_leg = torch.isin(torch.arange(data.joints), torch.tensor(list(legs))).float()[:, None]
    t = torch.linspace(0, 1, FRAMES)
    first, last = 0.1 * torch.rand(count, 1), 1 - 0.1 * torch.rand(count, 1)
    u = first + (last - first) * t ** torch.exp(0.2 * torch.randn(count, 1))
    once, twice = torch.randn(count, 1), torch.randn(count, 1)
    u = u + 0.4 * t * (1 - t) * (once * (torch.pi * t).sin() + twice * (2 * torch.pi * t).sin())
    own, other = data.at(rows, u), data.at(partners, u)
    share = torch.rand(count, 1, 1, 1) * (torch.rand(count, 1, 1, 1) < 0.5)
    swapped = torch.where(torch.rand(count, 1, 1, 1) < 0.4, other, own)
    mixed = (own + share * (other - own)) * (1 - is_leg) + swapped * is_leg
    turn = _rotation(1, 15, count) @ _rotation(0, 6, count) @ _rotation(2, 6, count)
    turn = turn * torch.exp(0.1 * torch.randn(count, 1, 3))
    turned = (mixed.flatten(1, 2) @ turn).view(count, FRAMES, data.joints, 3)
    turned = turned + 0.02 * torch.randn(count, 1, data.joints, 3)
    turned = turned + 0.01 * torch.randn(count, FRAMES, data.joints, 3)
    return turned, 1 + (data.lengths[rows] - 1) * torch.exp(0.1 * torch.randn(count))


class PlainBilstm(nn.Module):
    """Input norm, dropout of whole channels, projection, Bi-LSTM, mean and max over time, dropout, linear."""

    def __init__(self, inputs: int, classes: int, hidden: int = 64) -> None:
        super().__init__()
        self.norm, self.projection = nn.BatchNorm1d(inputs), nn.Linear(inputs, hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(4 * hidden, classes)

    def forward(self, inputs: Tensor) -> Tensor:
        """Return (B, K) logits of (B, T, F)."""
        normed = F.dropout1d(self.norm(inputs.transpose(1, 2)), 0.2, self.training).transpose(1, 2)
        outputs, _ = self.lstm(F.relu(self.projection(normed)))
        pooled = torch.cat([outputs.mean(1), outputs.amax(1)], 1)
        logits: Tensor = self.linear(F.dropout(pooled, 0.5, self.training))
        return logits


def plain_bilstm(data: Recordings, legs: Joints, ends: Joints) -> Callable[[], None]:
    """Return what trains the recipe's Bi-LSTM for an epoch; nothing is judged."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    count, classes = len(data.labels), int(data.labels.max()) + 1
    steps = -(-count // BATCH)
    network = PlainBilstm(6 * data.joints + 3 * len(ends), classes)
    optimiser = torch.optim.AdamW(network.parameters(), 4e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, steps * _EPOCHS, cycle_momentum=False)
    same = [np.flatnonzero(data.labels.numpy() == label) for label in range(classes)]

    def epoch() -> None:
        order = np.concatenate([random.permutation(count), random.permutation(count)])[: steps * BATCH]
        for rows in order.reshape(steps, -1):
            partners = np.array([random.choice(same[int(label)]) for label in data.labels[rows]])
            positions, recorded = varied(data, torch.from_numpy(rows), torch.from_numpy(partners), legs)
            logits = network(inputs_of(positions, recorded, ends))
            loss = F.cross_entropy(logits, data.labels[rows], label_smoothing=0.1)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()

    return epoch


def plain_distances() -> Callable[[NDArray[np.float32]], NDArray[np.float32]]:
    """Return what measures all pairs of (N, T, F) by dynamic time warping: (N, N), compiled by numba."""
    import numba  # here, because it takes a while, and may be missing

    @numba.njit(fastmath=True)
    def warp(costs: Any) -> Any:
        n, m = costs.shape
        path = np.full(m + 1, np.inf, np.float32)
        path[0] = 0
        for i in range(n):
            diagonal = path[0]
            path[0] = np.inf
            for j in range(m):
                up = path[j + 1]
                path[j + 1] = costs[i, j] + min(diagonal, min(up, path[j]))
                diagonal = up
        return path[m] / (n + m)

    @numba.njit(parallel=True, fastmath=True)
    def measure(views: Any) -> Any:
        count, frames = views.shape[0], views.shape[1]
        found = np.zeros((count, count), np.float32)
        for i in numba.prange(count):
            a, squares = views[i], (views[i] ** 2).sum(1)
            for j in range(i):
                b = views[j]
                costs, others = np.dot(a, b.T), (b**2).sum(1)
                for r in range(frames):
                    for c in range(frames):
                        squared = squares[r] + others[c] - 2 * costs[r, c]
                        costs[r, c] = np.sqrt(max(squared, np.float32(0)))
                found[i, j] = found[j, i] = warp(costs)
        return found

    return measure
