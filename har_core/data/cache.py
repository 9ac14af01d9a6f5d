"""Sources once read, kept in a form that opens fast. It is safe to delete at any time."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.frame_spool import is_large, map_file
from har_core.data.reading.choices import Assumption
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.npy import read_npy
from har_core.data.sequences import Action, FloatArray, SkeletonSequences
from har_core.errors import DataError
from har_core.files import open_regular
from har_core.home import home
from har_core.skeleton import Skeleton
from har_core.unfinished import forget_abandoned

# Raise it whenever the readers or this form change, so that nothing old is taken for new.
_VERSION = 9
_FRAMES = "frames.npy"
_TOLD = ("layout", "files", "action_names", "axes", "unit", "padding", "card")
_LISTS = ("notes", "choices")
_log = logging.getLogger(__name__)


def cache_file(folder: Path, names: Sequence[str], how: str | None) -> Path:
    """Return where the reading of these files is kept; it changes when they do.

    Args:
        folder: that they lie in.
        names: of the files.
        how: they are read, such as by which reader and in which layout.

    Raises:
        DataError: a file can't be opened.
    """
    try:
        resolved = folder.resolve()
        paths = [os.path.join(resolved, name) for name in names]
        stats = [os.stat(path) for path in paths]
    except OSError as error:
        raise DataError(f"{error.filename} can't be opened: {error.strerror}.") from error
    place = json.dumps(paths)
    state = json.dumps([_VERSION, how, [(stat.st_size, stat.st_mtime_ns) for stat in stats]])
    return home() / "cache" / f"{_digest(place)}-{_digest(state)}.npz"


def read_cache(file: Path, source: str) -> LoadedSource | None:
    """Return what was kept in the file, or None where it is missing or damaged.

    Args:
        file: as ``cache_file`` gives it.
        source: name of the source.
    """
    try:
        with open_regular(file, follow=True) as opened, np.load(opened, allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            frames = _read_frames(file, kept)
            sequences = SkeletonSequences(
                frames=frames,
                offsets=kept["offsets"],
                labels=kept["labels"],
                subjects=kept["subjects"],
                ids=tuple(about["ids"]),
                actions=tuple(Action(**action) for action in about["actions"]),
                skeleton=_skeleton(about["skeleton"]),
                source=source,
                rate=float(about["rate"]),
                unit=str(about["of_positions"]),
            )
            assumptions = tuple(Assumption(**assumed) for assumed in about.pop("assumptions"))
            told = {name: about[name] for name in _TOLD} | {name: tuple(about[name]) for name in _LISTS}
            return LoadedSource(sequences, assumptions=assumptions, **told)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, IndexError, TypeError, EOFError, DataError) as error:
        _log.warning("The cache file %s is damaged and is made again: %s", file.name, error)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        _log.warning("The cache file %s is damaged and is made again: %s", file.name, error)
    return None


def write_cache(file: Path, loaded: LoadedSource) -> None:
    """Keep what was read. A cache that can't be written is a pity and no error."""
    sequences = loaded.sequences
    about = json.dumps(
        {
            "ids": sequences.ids,
            "actions": [asdict(action) for action in sequences.actions],
            "skeleton": asdict(sequences.skeleton),
            "rate": sequences.rate,
            "of_positions": sequences.unit,
            "assumptions": [asdict(assumed) for assumed in loaded.assumptions],
            **{name: getattr(loaded, name) for name in _TOLD + _LISTS},
        }
    )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, beside = tempfile.mkstemp(dir=file.parent, suffix=".part")
        try:
            with os.fdopen(descriptor, "w+b") as stream:
                np.savez(
                    stream,
                    offsets=sequences.offsets,
                    labels=sequences.labels,
                    subjects=sequences.subjects,
                    about=np.array(about),
                )
                _append_frames(stream, sequences)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(beside, file)
        finally:
            Path(beside).unlink(missing_ok=True)
        _forget_older(file)
    except OSError as error:
        reason = error.strerror or error
        _log.warning(
            "The cache %s can't be written, so the data are read anew each time: %s", file.parent, reason
        )


def _skeleton(kept: Mapping[str, Any]) -> Skeleton:
    bones = tuple((int(one), int(other)) for one, other in kept["bones"])
    return Skeleton(kept["name"], tuple(kept["joints"]), bones, tuple(kept["root"]), kept["title"])


def _append_frames(stream: IO[bytes], sequences: SkeletonSequences) -> None:
    """Add the frames to a file of ``numpy.savez``, a sequence at a time: they may be more than memory."""
    frames = sequences.frames
    header = {"descr": frames.dtype.str, "fortran_order": False, "shape": frames.shape}
    with zipfile.ZipFile(stream, "a") as archive, archive.open(_FRAMES, "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, header)
        for part in sequences.each():
            member.write(part.data)


def _read_frames(file: Path, kept: Mapping[str, NDArray[Any]]) -> FloatArray:
    """Return the frames: read, or mapped where they are many."""
    with zipfile.ZipFile(file) as archive:
        entry = archive.getinfo(_FRAMES)
        if not is_large(entry.file_size) or entry.compress_type != zipfile.ZIP_STORED:
            return kept[_FRAMES.removesuffix(".npy")]
        with archive.open(entry) as member:
            while member.read(1 << 20):  # the end of the member is where its sum is checked
                pass
    content = map_file(file)
    # The entry itself begins with a header of 30 bytes, which ends with the lengths of a name and of an extra
    # field that follow it.
    name, extra = struct.unpack("<HH", content[entry.header_offset + 26 : entry.header_offset + 30])
    start = entry.header_offset + 30 + name + extra
    return read_npy(content[start : start + entry.file_size], file.name)


def _forget_older(file: Path) -> None:
    """Delete what was kept of the same files before they changed, and what nobody ended to write."""
    place = file.name.split("-")[0]
    for older in file.parent.glob(f"{place}-*.npz"):
        if older != file:
            older.unlink(missing_ok=True)
    forget_abandoned(file.parent, "*.part")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
