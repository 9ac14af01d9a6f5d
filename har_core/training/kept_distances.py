"""Distances of all pairs of sequences on disk, for all runs.

What is kept is found by what the sequences hold, whatever they and their data set are called, and serves any
selection of them. It is safe to delete at any time.
"""

import hashlib
import json
import logging
import os
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from har_core.data.body_roles import BodyRoles
from har_core.data.channels import CHANNEL_FRAMES
from har_core.data.sequences import FloatArray, IntArray
from har_core.files import stat_regular
from har_core.home import home
from har_core.training.atomic import replace_file

MOST_SEQUENCES = 5_000
"""That are compared each with each: 12.5 million pairs, some minutes, and 100 MB a channel."""

MOST_KEPT = 1 << 29
"""Bytes of distances on disk; what was used last stays."""

# Raise it whenever a channel, or how it is compared, changes.
_VERSION = 1
_DIGEST_SIZE = 16  # bytes
_log = logging.getLogger(__name__)


def digest_of(frames: FloatArray) -> bytes:
    """Return a hash of what a sequence of (T, J, 3) holds."""
    content = np.ascontiguousarray(frames, dtype="<f4")
    digest = hashlib.blake2b(json.dumps(content.shape).encode(), digest_size=_DIGEST_SIZE)
    digest.update(content.data)
    return digest.digest()


class KeptDistances:
    """The files of one channel.

    Args:
        channel: its name.
        roles: of the joints that it looks at.
    """

    def __init__(self, channel: str, roles: BodyRoles) -> None:
        self._folder = home() / "cache" / "distances"
        self._name = f"{channel}-{_digest([_VERSION, CHANNEL_FRAMES, astuple(roles)])}"

    def read(self, digests: list[bytes]) -> FloatArray | None:
        """Return the distances of these sequences, from a file of just them or of more; None without."""
        own = self._path(digests)
        others = (path for path in sorted(self._folder.glob(f"{self._name}-*.safetensors")) if path != own)
        for path in (own, *others):
            try:
                distances = _read(path, digests)
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

    def write(self, digests: list[bytes], distances: FloatArray) -> None:
        """Keep distances. That they can't be written is a pity and no error."""
        whose = np.frombuffer(b"".join(digests), np.uint8).reshape(len(digests), _DIGEST_SIZE)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            replace_file(self._path(digests), save({"sequences": whose.copy(), "distances": distances}))
            _forget_oldest(self._folder)
        except OSError as error:
            reason = error.strerror or error
            _log.warning("Distances can't be kept in %s, and are computed anew: %s", self._folder, reason)

    def _path(self, digests: list[bytes]) -> Path:
        return self._folder / f"{self._name}-{_digest([its.hex() for its in digests])}.safetensors"


def _read(path: Path, digests: list[bytes]) -> FloatArray | None:
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
        if whose.dtype != np.uint8 or whose.ndim != 2 or whose.shape[1] != _DIGEST_SIZE:
            raise ValueError("it does not say of which sequences it is")
        rows = {bytes(its): row for row, its in enumerate(whose)}
        if not all(its in rows for its in digests):
            return None
        distances: FloatArray = file.get_tensor("distances")
    count = len(whose)
    if distances.dtype != np.float32 or distances.shape != (count, count):
        raise ValueError(f"it holds {distances.dtype} of shape {distances.shape}, expected {count} x {count}")
    if not np.isfinite(distances).all() or distances.min(initial=0) < 0 or (distances != distances.T).any():
        raise ValueError("it holds what are no distances")
    with suppress(OSError):  # who can't note that it was used may read it all the same
        os.utime(path)
    own: IntArray = np.array([rows[its] for its in digests], np.int64)
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
