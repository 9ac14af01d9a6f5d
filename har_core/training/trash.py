"""The folder that deleted runs are moved to, and the way back: each whole, or not at all."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from har_core.errors import RunError
from har_core.files import read_regular
from har_core.training.atomic import replace_file
from har_core.unfinished import unfinished_in

_MARK = ".deleted"
"""A file in a deleted run: the moment at which it was deleted."""
_LONGEST_MARK = 100  # bytes


def is_plain(name: str) -> bool:
    """Say whether a name from outside stays in its folder: not above it, nor a hidden one in it."""
    return bool(name) and Path(name).name == name and not name.startswith(".")


def move_to_trash(path: Path, trash: Path) -> Path:
    """Move a run there, and return where it lies.

    An older run of that name makes room: it is the last one deleted that comes back by that name.

    Args:
        path: the run's directory.
        trash: the folder, made where it is missing.

    Raises:
        RunError: it can't be moved, and is where it was.
    """
    there = trash / path.name
    with _moving(path, trash):
        trash.mkdir(parents=True, exist_ok=True)
        older = _beside(there) if os.path.lexists(there) else None
        if older:
            os.rename(there, older)
        try:
            _move(path, there)
        except BaseException:
            if older:
                os.rename(older, there)
            raise
    if not there.is_symlink():  # it leads to what is nobody's to write into
        with suppress(OSError):  # without, nobody knows when, and no more
            replace_file(there / _MARK, datetime.now(UTC).isoformat().encode())
    return there


def bring_back(run_id: str, trash: Path, folder: Path) -> Path:
    """Bring a deleted run back, as it was, and return where it lies.

    Where there is a run of its name already, it gets a longer one.

    Args:
        run_id: a name from outside.
        trash: the folder that it lies in.
        folder: of the runs, made where it is missing.

    Raises:
        RunError: there is none of that name in the trash, or it can't be moved, and is where it was.
    """
    trashed, there = trash / run_id, folder / run_id
    if not is_plain(run_id) or not os.path.isdir(trashed):
        raise RunError(
            f"there is no run named {run_id!r} in the trash; "
            "`python -m har_core runs list --deleted` names those that are."
        )
    if os.path.lexists(there):
        there = _beside(there)
    with _moving(trashed, folder):
        folder.mkdir(parents=True, exist_ok=True)
        _move(trashed, there)
    if not there.is_symlink():
        with suppress(OSError):
            (there / _MARK).unlink(missing_ok=True)
    return there


def deleted_at(path: Path) -> datetime | None:
    """Return when a run in the trash was deleted, in local time; None where that is not written down.

    Args:
        path: the run's directory in the trash.
    """
    if path.is_symlink():
        return None  # what it leads to was not deleted
    try:
        return datetime.fromisoformat(read_regular(path / _MARK, _LONGEST_MARK).decode("ascii")).astimezone()
    except (OSError, ValueError, OverflowError):
        return None


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}-{secrets.token_hex(3)}")


@contextmanager
def _moving(path: Path, to: Path) -> Iterator[None]:
    """Say in a sentence why a run can't be moved to a folder."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise RunError(
            f"run {path.name} can't be moved to {to}: {error.strerror or error}{where}; it is still in "
            f"{path.parent}."
        ) from None


def _move(path: Path, there: Path) -> None:
    """Move a directory; to another file system by a copy, which is seen when it is whole.

    Raises:
        OSError: the disk refuses.
        RunError: it would have to be copied, and holds what can't be.
    """
    try:
        os.rename(path, there)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _refuse_what_is_no_file(path)
        _move_across(path, there)


def _refuse_what_is_no_file(folder: Path) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _refuse_what_is_no_file(Path(entry.path))
            elif not entry.is_file(follow_symlinks=False):
                raise RunError(
                    f"{entry.path} is neither a file nor a folder, so it can't be moved to another disk with "
                    "its run; remove it first."
                )


def _copy(folder: Path, to: Path) -> None:
    """Copy files and folders; the first that can't be ends it, which ``shutil.copytree`` would not."""
    to.mkdir()
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _copy(Path(entry.path), to / entry.name)
            else:
                shutil.copy2(entry.path, to / entry.name, follow_symlinks=False)


def _move_across(path: Path, there: Path) -> None:
    copy, left = unfinished_in(there.parent), unfinished_in(path.parent)
    try:
        _copy(path, copy)
        os.rename(copy, there)
    except BaseException:
        shutil.rmtree(copy, ignore_errors=True)
        raise
    try:
        os.rename(path, left)  # at once: while it is removed, nobody takes it for a damaged run
    except BaseException:
        shutil.rmtree(there, ignore_errors=True)
        raise
    shutil.rmtree(left, ignore_errors=True)
