"""New sources: each comes to be beside its place, and is moved there when it is whole."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.files import LAYOUT_FILE
from har_core.data.reading.folders import UploadedFolder
from har_core.data.reading.readers import what_is_expected
from har_core.data.reading.search import Search
from har_core.data.source_names import clean_name, same_name
from har_core.data.sources import MSR_ACTION3D, list_sources, source_folder, told_of
from har_core.errors import DataError
from har_core.unfinished import unfinished_folder

_AT_ONCE = 16  # files that are written


def import_source(
    name: str, files: Mapping[str, bytes], choices: ReadingChoices = NOTHING_CHOSEN
) -> LoadedSource:
    """Take uploaded files in as a source of their own. Nothing is written when anything is wrong.

    Args:
        name: of the new source, as ``clean_name`` takes it; the sequences' ``source`` is the name it gets.
        files: content by file name: those of a data set, or a zip of them; others are left out.
        choices: what the user says of the files.

    Raises:
        AmbiguousReadingError: the files fit several layouts.
        DataError: the name is not free or not safe, or the files are no data set.
    """
    target = _free_folder(clean_name(name))
    found = Search(lambda: UploadedFolder(files), target.name).run()
    if found is None:
        raise DataError(f"The upload ({_listed(files)}) holds no data set. {what_is_expected()}")
    loaded = found.read(choices)
    chosen = {name: files[name] for name in found.kept_in}
    if choices.made:
        chosen[LAYOUT_FILE] = json.dumps(choices.made).encode()
    _write_folder(target, chosen)
    left_out = sorted(set(files) - set(chosen))
    notes = (f"Left out of the upload: {_listed(left_out)}.",) if left_out else ()
    named = told_of(loaded, found, called_msr=target.name == MSR_ACTION3D)
    return replace(named, notes=(*named.notes, *notes))


def _free_folder(name: str) -> Path:
    for taken in (info.name for info in list_sources()):
        if taken != name and same_name(taken, name):
            raise DataError(
                f"A source named {taken} is already here, which differs from {name} only in capitals or in "
                "how its accents are written: choose another name."
            )
    folder = source_folder(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(
            f"A source named {name} is already here: choose another name, or delete that source first."
        )
    return folder


def _write_folder(target: Path, files: Mapping[str, bytes]) -> None:
    """Write all files or none."""
    with folder_beside(target) as beside:
        # A disk takes as long for one small file as for several at once.
        with ThreadPoolExecutor(_AT_ONCE) as writers:
            for _ in writers.map(lambda name: _write_file(beside / name, files[name]), files):
                pass  # but for the errors of each
        move_folder(beside, target)


def _write_file(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Give the block a folder in which a source comes to be, to be moved to the target when it is whole.

    Raises:
        DataError: the disk says no, to the block too. What lies in the folder still is not kept.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with unfinished_folder(target.parent) as beside:
            yield beside
    except OSError as error:
        raise DataError(f"{target} can't be written: {error.strerror or error}. Nothing was kept.") from error


def move_folder(folder: Path, target: Path) -> None:
    """Move a folder to where none, or an empty one, is.

    Raises:
        OSError: the target holds something, or the disk says no.
    """
    if target.is_dir():
        target.rmdir()  # Windows does not replace even an empty folder
    os.rename(folder, target)


def _listed(files: Iterable[str]) -> str:
    names = sorted(files)
    return (
        ", ".join(name[:60] for name in names[:5]) + (" and others" if len(names) > 5 else "") or "no files"
    )
