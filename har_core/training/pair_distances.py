"""Distances of all pairs of sequences by a channel: computed once, in parallel, and kept for all runs.

What is kept is found by what the sequences hold, whatever they and their data set are called, and serves any
selection of them. It is safe to delete at any time.
"""

import hashlib
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from har_core.data.channels import CHANNEL_FRAMES, CHANNELS, Bodies, BodyRoles, bodies_of
from har_core.data.sequences import FloatArray, IntArray
from har_core.errors import DataError
from har_core.files import stat_regular
from har_core.home import home
from har_core.models.dtw import LANES, blocks_of, filler
from har_core.training.atomic import replace_file

MOST_SEQUENCES = 5_000
"""That are compared each with each: 12.5 million pairs, some minutes, and 100 MB a channel."""

MOST_KEPT = 1 << 29
"""Bytes of distances on disk; what was used last stays."""

# Raise it whenever a channel, or how it is compared, changes.
_VERSION = 1
_PRINT = 16  # bytes
_log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class PairDistances:
    """How far U different sequences are from each other.

    Attributes:
        rows: where each is in the matrices, by its ``print_of``.
        by_channel: (U, U) float32, symmetric, zeros from each to itself; by names in ``CHANNELS``.
    """

    rows: Mapping[bytes, int]
    by_channel: Mapping[str, FloatArray]


def print_of(frames: FloatArray) -> bytes:
    """Return a hash of what a sequence of (T, J, 3) holds."""
    content = np.ascontiguousarray(frames, dtype="<f4")
    digest = hashlib.blake2b(json.dumps(content.shape).encode(), digest_size=_PRINT)
    digest.update(content.data)
    return digest.digest()


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
        sequences: U different ones of (T, J, 3), by their ``print_of``.
        channels: names in ``CHANNELS``.
        roles: of the joints.
        threads: to compute on, which changes no number.
        take: is given the distances at the end.
        keep: whether what was measured is kept on disk.

    Raises:
        DataError: distances are no finite numbers.
    """
    prints = sorted(sequences)
    found = {name: _Kept(name, roles).read(prints) for name in channels}
    missing = [name for name in channels if found[name] is None]
    bodies = bodies_of([sequences[its] for its in prints], roles) if missing else None
    for number, name in enumerate(missing):
        distances = np.zeros((len(prints), len(prints)), np.float32)
        views = _views(name, bodies)
        for share in _measure(views, views, distances, threads, each_pair_once=True):
            yield (number + share) / len(missing)
        found[name] = _checked(distances, name)
        if keep:
            _Kept(name, roles).write(prints, distances)
    rows = {its: row for row, its in enumerate(prints)}
    take(PairDistances(rows, {name: its for name, its in found.items() if its is not None}))


def measure_between(name: str, left: Bodies, right: Bodies, threads: int) -> FloatArray:
    """Return the (n, m) distances of n bodies from m others by a channel.

    Raises:
        DataError: distances are no finite numbers.
    """
    distances = np.zeros((len(left.paces), len(right.paces)), np.float32)
    for _ in _measure(_views(name, left), _views(name, right), distances, threads):
        pass
    return _checked(distances, name)


def _views(name: str, bodies: Bodies | None) -> FloatArray:
    if bodies is None:
        raise ValueError("there are no bodies to look at")
    with np.errstate(over="ignore", invalid="ignore"):  # what is too large is told of the distances
        return CHANNELS[name].of(bodies)


def _checked(distances: FloatArray, name: str) -> FloatArray:
    if not np.isfinite(distances).all():
        raise DataError(
            f"the distances of {CHANNELS[name].title} are no finite numbers: positions are too large beside "
            "the distance from hips to head. Choose a preparation that does not distort the bodies."
        )
    return distances


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


class _Kept:
    """The files of one channel.

    Args:
        channel: its name.
        roles: of the joints that it looks at.
    """

    def __init__(self, channel: str, roles: BodyRoles) -> None:
        self._folder = home() / "cache" / "distances"
        self._name = f"{channel}-{_digest([_VERSION, CHANNEL_FRAMES, astuple(roles)])}"

    def read(self, prints: list[bytes]) -> FloatArray | None:
        """Return the distances of these sequences, from a file of just them or of more; None without."""
        own = self._path(prints)
        others = (path for path in sorted(self._folder.glob(f"{self._name}-*.safetensors")) if path != own)
        for path in (own, *others):
            try:
                distances = _read(path, prints)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
                _log.warning("The kept distances %s are damaged and are made again: %s", path.name, error)
                with suppress(OSError):  # where nothing can be deleted, nothing can be written either
                    path.unlink()
                continue
            if distances is not None:
                return distances
        return None

    def write(self, prints: list[bytes], distances: FloatArray) -> None:
        """Keep distances. That they can't be written is a pity and no error."""
        whose = np.frombuffer(b"".join(prints), np.uint8).reshape(len(prints), _PRINT)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._path(prints), save({"sequences": whose.copy(), "distances": distances}))
            _forget_oldest(self._folder)
        except OSError as error:
            reason = error.strerror or error
            _log.warning("Distances can't be kept in %s, and are computed anew: %s", self._folder, reason)

    def _path(self, prints: list[bytes]) -> Path:
        return self._folder / f"{self._name}-{_digest([its.hex() for its in prints])}.safetensors"


def _read(path: Path, prints: list[bytes]) -> FloatArray | None:
    """Return the distances of these sequences; None where the file has not all of them.

    Raises:
        OSError: it is missing, or no regular file.
        SafetensorError: it is damaged.
        ValueError: it holds something else.
        KeyError: the same.
    """
    if stat_regular(path).st_size > 4 * (MOST_SEQUENCES + 1) ** 2 + (1 << 20):
        raise ValueError("it is too large")
    with safe_open(path, framework="numpy") as file:
        whose = file.get_tensor("sequences")
        if whose.dtype != np.uint8 or whose.ndim != 2 or whose.shape[1] != _PRINT:
            raise ValueError("it does not say of which sequences it is")
        rows = {bytes(its): row for row, its in enumerate(whose)}
        if not all(its in rows for its in prints):
            return None
        distances: FloatArray = file.get_tensor("distances")
    count = len(whose)
    if distances.dtype != np.float32 or distances.shape != (count, count):
        raise ValueError(f"it holds {distances.dtype} of shape {distances.shape}, expected {count} x {count}")
    if not np.isfinite(distances).all() or distances.min(initial=0) < 0 or (distances != distances.T).any():
        raise ValueError("it holds what are no distances")
    with suppress(OSError):  # who can't note that it was used may read it all the same
        os.utime(path)
    own: IntArray = np.array([rows[its] for its in prints], np.int64)
    return distances if np.array_equal(own, np.arange(count)) else distances[np.ix_(own, own)]


def _forget_oldest(folder: Path) -> None:
    kept = 0
    files = [(path.lstat(), path) for path in folder.glob("*.safetensors")]
    for stat, path in sorted(files, key=lambda its: its[0].st_mtime_ns, reverse=True):
        kept += stat.st_size
        if kept > MOST_KEPT:
            path.unlink(missing_ok=True)


def _digest(what: object) -> str:
    return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:16]
