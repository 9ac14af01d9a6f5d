"""Fetch the course's three files from where it publishes them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from har_core.data.msr_action3d import COURSE_FILES
from har_core.data.new_sources import folder_beside, move_folder
from har_core.data.reading.choices import NOTHING_CHOSEN
from har_core.data.reading.folders import DiskFolder
from har_core.data.reading.search import Search
from har_core.data.sources import MSR_ACTION3D, source_folder
from har_core.errors import AmbiguousReadingError, DataError

Progress = Callable[[str, int, int], None]

MSR_ACTION3D_ADDRESSES: dict[str, str] = {
    name: f"https://maxime-devanne.com/datasets/MSRAction3D/{name}" for name in COURSE_FILES
}
RETRIES = 3
TIMEOUT = 30  # seconds without an answer


def fetch_msr_action3d(progress: Progress | None = None) -> Path:
    """Download MSR Action3D into the user's sources. What is there already is not fetched again.

    Args:
        progress: called with the file's name, the bytes that are here and the bytes in all (0: not known).

    Returns:
        The folder with ``X.npy``, ``Y.npy`` and ``Y_s.npy``.

    Raises:
        DataError: the network or the disk says no, or what came is no data set. Nothing is kept then.
    """
    target = source_folder(MSR_ACTION3D)
    if all((target / name).is_file() for name in COURSE_FILES):
        return target
    with folder_beside(target) as beside:
        _download(beside, progress)
        _check(beside)
        _move(beside, target)
    return target


def _download(folder: Path, progress: Progress | None) -> None:
    import pooch  # it and requests take a while to import, and only a download needs them
    from requests.exceptions import RequestException

    pooch.get_logger().setLevel("ERROR")  # the errors below say what the user needs to know
    # The files' hashes are not published, so there is none to compare with.
    # In its place the files are read before they are kept.
    fetcher = pooch.create(
        path=folder,
        base_url="",
        registry=dict.fromkeys(MSR_ACTION3D_ADDRESSES),
        urls=MSR_ACTION3D_ADDRESSES,
        retry_if_failed=RETRIES,
    )
    for name, address in MSR_ACTION3D_ADDRESSES.items():
        bar = _ProgressBar(name, progress) if progress is not None else False
        try:
            fetcher.fetch(name, downloader=pooch.HTTPDownloader(progressbar=bar, timeout=TIMEOUT))
        except (RequestException, ValueError) as error:
            raise DataError(_unreachable(address, error)) from error


def _unreachable(address: str, error: Exception) -> str:
    reason = type(error).__name__
    response = getattr(error, "response", None)
    if response is not None:
        reason = f"the server answers {response.status_code}"
    return (
        f"{address} could not be fetched ({reason}). Try again later, or save "
        f"{', '.join(MSR_ACTION3D_ADDRESSES.values())} by hand into {source_folder(MSR_ACTION3D)}."
    )


def _check(folder: Path) -> None:
    try:
        found = Search(lambda: DiskFolder(folder), MSR_ACTION3D).run()
        if found is not None:
            found.read(NOTHING_CHOSEN)
    except AmbiguousReadingError:
        return  # the files are sound; the user is asked for the layout when they are loaded
    except DataError as error:
        raise DataError(f"What was downloaded is no data set and was not kept: {error}") from error


def _move(folder: Path, target: Path) -> None:
    if not target.is_dir() or not any(target.iterdir()):
        move_folder(folder, target)
        return
    # An unfinished set dropped by hand: its other files stay. What it lacks comes last, so that it is whole
    # only when nothing of another set is left in it, wherever this process is killed.
    for name in sorted(COURSE_FILES, key=lambda name: not (target / name).exists()):
        os.replace(folder / name, target / name)


class _ProgressBar:
    """What pooch asks of a progress bar, handed on as calls."""

    def __init__(self, name: str, progress: Progress) -> None:
        self.total = 0
        self._done = 0
        self._name = name
        self._progress = progress

    def update(self, count: int) -> None:
        """Say that more bytes are here; pooch counts whole chunks, also for the last one."""
        self._done += count
        self._progress(self._name, min(self._done, self.total) if self.total else self._done, self.total)

    def reset(self) -> None:
        """Begin again."""
        self._done = 0

    def close(self) -> None:
        """End; there is nothing to tidy up."""
