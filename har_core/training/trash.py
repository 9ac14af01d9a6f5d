"""The folder that deleted runs are moved to, and the way back."""

import os
import secrets
import shutil
from pathlib import Path

from har_core.errors import RunError


def is_plain(name: str) -> bool:
    """Say whether a name from outside stays in its folder: not above it, nor a hidden one in it."""
    return bool(name) and Path(name).name == name and not name.startswith(".")


def move_to_trash(path: Path, trash: Path) -> Path:
    """Move a run there, and return where it lies.

    An older run of that name makes room: it is the last one deleted that comes back.

    Args:
        path: the run's directory.
        trash: the folder, made where it is missing.
    """
    trash.mkdir(parents=True, exist_ok=True)
    there = trash / path.name
    if there.exists():
        there.rename(trash / f"{path.name}-{secrets.token_hex(3)}")
    shutil.move(path, there)
    return there


def bring_back(run_id: str, trash: Path, folder: Path) -> Path:
    """Bring a deleted run back, as it was, and return where it lies.

    Args:
        run_id: a name from outside.
        trash: the folder that it lies in.
        folder: of the runs, made where it is missing.

    Raises:
        RunError: there is none of that name in the trash, or there is one among the runs.
    """
    trashed, there = trash / run_id, folder / run_id
    if not is_plain(run_id) or not os.path.isdir(trashed):
        raise RunError(f"there is no run named {run_id!r} in the trash.")
    if there.exists():
        raise RunError(f"there is a run named {run_id} already; delete it before you restore the other.")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.move(trashed, there)
    return there
