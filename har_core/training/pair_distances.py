"""Distances of all pairs of sequences by a channel: computed once, in parallel, and kept for all runs."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from har_core.data.body_roles import BodyRoles
from har_core.data.channels import CHANNEL_FRAMES, CHANNELS, Bodies, bodies_of
from har_core.data.sequences import FloatArray
from har_core.errors import DataError
from har_core.models.dtw import LANES, blocks_of, filler
from har_core.training.kept_distances import KeptDistances

_FARTHEST = 1e15
"""The sums of squares of numbers up to here are numbers of 32 bits."""


@dataclass(frozen=True, eq=False)
class PairDistances:
    """How far U different sequences are from each other.

    Attributes:
        rows: where each is in the matrices, by its ``digest_of``.
        by_channel: (U, U) float32, symmetric, zeros from each to itself; by names in ``CHANNELS``.
    """

    rows: Mapping[bytes, int]
    by_channel: Mapping[str, FloatArray]


def measure_all(
    sequences: Mapping[bytes, FloatArray],
    channels: Sequence[str],
    roles: BodyRoles,
    threads: int,
    take: Callable[[PairDistances], None],
    *,
    keep: bool,
) -> Iterator[float]:
    """Measure what is not kept yet, and yield now and then which share of that is done, 0 to 1.

    Args:
        sequences: U different ones of (T, J, 3), by their ``digest_of``.
        channels: names in ``CHANNELS``.
        roles: of the joints.
        threads: to compute on, which changes no number.
        take: is given the distances at the end.
        keep: whether what was measured is kept on disk.

    Raises:
        DataError: bodies are too large to be computed with.
    """
    digests = sorted(sequences)
    found = {name: KeptDistances(name, roles).read(digests) for name in channels}
    missing = [name for name in channels if found[name] is None]
    bodies = bodies_of([sequences[its] for its in digests], roles) if missing else None
    for number, name in enumerate(missing):
        distances = np.zeros((len(digests), len(digests)), np.float32)
        views = _views(name, bodies)
        for share in _measure(views, views, distances, threads, each_pair_once=True):
            yield (number + share) / len(missing)
        found[name] = distances
        if keep:
            KeptDistances(name, roles).write(digests, distances)
    rows = {its: row for row, its in enumerate(digests)}
    take(PairDistances(rows, {name: its for name, its in found.items() if its is not None}))


def measure_between(name: str, left: Bodies, right: Bodies, threads: int) -> FloatArray:
    """Return the (n, m) distances of n bodies from m others by a channel.

    Raises:
        DataError: bodies are too large to be computed with.
    """
    distances = np.zeros((len(left.paces), len(right.paces)), np.float32)
    for _ in _measure(_views(name, left), _views(name, right), distances, threads):
        pass
    return distances


def _views(name: str, bodies: Bodies | None) -> FloatArray:
    if bodies is None:
        raise ValueError("there are no bodies to look at")
    with np.errstate(over="ignore", invalid="ignore"):
        views = CHANNELS[name].of(bodies)
    if not max(views.max(initial=0), -views.min(initial=0)) <= _FARTHEST:
        raise DataError(
            f"sequences can't be compared by their {CHANNELS[name].title}: bodies reach more than "
            f"{_FARTHEST:.0e} times the distance from hips to head. Choose a preparation that does not "
            "distort them."
        )
    return views


def _measure(
    left: FloatArray, right: FloatArray, distances: FloatArray, threads: int, *, each_pair_once: bool = False
) -> Iterator[float]:
    """Fill (n, m) distances in, and yield now and then which share of them there is.

    Args:
        left: (n, T, F).
        right: (m, T, F).
        distances: to be filled.
        threads: to compute on.
        each_pair_once: True where left is right, and one half of the distances is the other.
    """
    blocks = blocks_of(right)
    fill = filler(distances.size * CHANNEL_FRAMES**2 * left.shape[2] // (1 + each_pair_once))

    def fill_block(block: int) -> None:
        columns = slice(block * LANES, min((block + 1) * LANES, len(right)))
        stop = columns.stop if each_pair_once else len(left)
        found = np.empty((stop, LANES), np.float32)
        fill(left[:stop], blocks[block], found)
        distances[:stop, columns] = found[:, : columns.stop - columns.start]

    for block in _in_parallel(fill_block, len(blocks), threads):
        rest = block / len(blocks)
        yield 1 - (rest**2 if each_pair_once else rest)
    if each_pair_once:
        upper = np.triu(distances, 1)
        distances[:] = upper + upper.T


def _in_parallel(work: Callable[[int], None], count: int, threads: int) -> Iterator[int]:
    """Do work for the numbers from ``count - 1`` to 0; yield each that this thread has done.

    The helpers are daemons, so that the end of the process waits for nobody.
    """
    numbers, faults = iter(range(count - 1, -1, -1)), []
    given_up = threading.Event()

    def help_along() -> None:
        try:
            for number in numbers:
                if given_up.is_set():
                    return
                work(number)
        except BaseException as error:
            faults.append(error)

    helpers = [threading.Thread(target=help_along, daemon=True) for _ in range(min(threads, count) - 1)]
    for helper in helpers:
        helper.start()
    try:
        for number in numbers:
            work(number)
            yield number
    except BaseException:
        given_up.set()
        raise
    finally:
        for helper in helpers:
            helper.join()
    if faults:
        raise faults[0]
