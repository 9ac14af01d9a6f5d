"""The file formats that are read, and what the program says of them."""

from __future__ import annotations

from har_core.data.reading.csv_files import CsvFiles
from har_core.data.reading.landmark_files import LandmarkFiles
from har_core.data.reading.ntu_files import NtuFiles
from har_core.data.reading.numpy_files import NumpyFiles
from har_core.data.reading.reader import Reader
from har_core.data.reading.text_files import POSITION_FILES, SCREEN_FILES
from har_core.data.reading.utd_files import UtdFiles
from har_core.data.reading.utkinect_files import UtkinectFiles

READERS: tuple[Reader, ...] = (
    NumpyFiles(),
    POSITION_FILES,
    SCREEN_FILES,
    UtdFiles(),
    NtuFiles(),
    UtkinectFiles(),
    CsvFiles(),
    LandmarkFiles(),
)
"""Where a folder holds a data set for several of them, the first reads it."""


def expected_files() -> str:
    """Return which files make a data set, as a part of a sentence."""
    *first, last = (reader.expected for reader in READERS)
    return f"{'; '.join(first)}; or {last}"


def what_is_expected() -> str:
    """Return the sentence that follows where no data set was found."""
    return f"Expected {expected_files()}, in a folder or a zip."
