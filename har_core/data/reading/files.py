"""Which files make a data set, and where in a folder or a zip they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from har_core.data.frame_spool import is_large, map_file
from har_core.data.reading.archives import read_zip
from har_core.data.reading.text_files import is_text_file
from har_core.errors import DataError
from har_core.files import open_regular

NUMPY_FILES = ("X.npy", "Y.npy", "Y_s.npy")
IDS_FILE = "ids.npy"
LAYOUT_FILE = "layout.json"
EXPECTED = (
    "Expected X.npy, Y.npy and Y_s.npy, or text files such as a01_s01_e01_skeleton3D.txt, "
    "in a folder or a zip."
)

Content = bytes | memoryview
"""Of a file: read, or mapped."""


@dataclass(frozen=True)
class DataFiles:
    """The files of one data set on disk.

    Attributes:
        name: of the folder or the zip.
        paths: the files of the data set, or the one zip that holds them; perhaps none.
        layout_file: where a chosen layout is kept, None without one.
    """

    name: str
    paths: tuple[Path, ...]
    layout_file: Path | None = None

    def read(self) -> dict[str, Content]:
        """Return content by name; large numpy files are mapped.

        Raises:
            DataError: a file can't be opened, or the zip is not sound.
        """
        if len(self.paths) == 1 and is_zip(self.paths[0].name):
            return dict(read_zip(self.paths[0], self.paths[0].name, is_data_file))
        try:
            return {path.name: _content(path) for path in self.paths}
        except OSError as error:
            raise DataError(f"{error.filename} can't be opened: {error.strerror}.") from error


def _content(path: Path) -> Content:
    if path.suffix == ".npy" and is_large(path.stat().st_size):
        return map_file(path)
    with open_regular(path, follow=True) as file:
        return file.read()


def find_files(place: Path) -> DataFiles:
    """Look for a data set in a folder, or in its only subfolder, or take a zip as it is.

    Raises:
        DataError: the place is neither a folder nor a zip, or can't be opened.
    """
    if place.is_file():
        if not is_zip(place.name):
            raise DataError(f"{place.name} is a file, expected a folder or a zip. {EXPECTED}")
        return DataFiles(place.name, (place,))
    try:
        inside = sorted(path for path in place.iterdir() if not path.name.startswith("."))
        paths = _chosen(inside)
        folders = [path for path in inside if path.is_dir()]
        if not paths and len(folders) == 1:  # as an archive is unpacked
            paths = _chosen(sorted(folders[0].iterdir()))
    except OSError as error:
        raise DataError(f"{place} can't be opened: {error.strerror}.") from error
    layout_file = place / LAYOUT_FILE
    return DataFiles(place.name, tuple(paths), layout_file if layout_file.is_file() else None)


def choose_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files of an upload that make the data set; empty where there are none."""
    names = {path.name for path in _chosen_names(Path(name) for name in files)}
    return {name: content for name, content in files.items() if name in names}


def unpack(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files, or what is in their only zip.

    Raises:
        DataError: the zip is not sound.
    """
    if len(files) == 1 and is_zip(name := next(iter(files))):
        return read_zip(files[name], name, is_data_file)
    return dict(files)


def is_data_file(name: str) -> bool:
    """Return whether a file of that name belongs to a data set."""
    return name in NUMPY_FILES or name == IDS_FILE or is_text_file(name)


def is_zip(name: str) -> bool:
    """Return whether a file's name ends like a zip's."""
    return name.lower().endswith(".zip")


def _chosen(paths: Iterable[Path]) -> list[Path]:
    return _chosen_names(path for path in paths if path.is_file())


def _chosen_names(paths: Iterable[Path]) -> list[Path]:
    """Return numpy files, else text files, else a zip that is the only one."""
    listed = list(paths)
    groups = (
        [path for path in listed if path.name in NUMPY_FILES or path.name == IDS_FILE],
        [path for path in listed if is_text_file(path.name)],
        [path for path in listed if is_zip(path.name)],
    )
    chosen = next((group for group in groups if group), [])
    return [] if chosen is groups[2] and len(chosen) > 1 else chosen
