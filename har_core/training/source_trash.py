"""The user's own data sets, moved to the trash and back; one that a run needs stays."""

import os
import secrets
from pathlib import Path

from har_core.data.source_names import same_name
from har_core.data.sources import canonical_source, list_sources, source_folder
from har_core.errors import DataError, HarError
from har_core.training.store import RunStore
from har_core.training.trash import is_plain


def own_sources() -> list[str]:
    """Return the names of the sources that can be deleted: the folders among the user's."""
    return [info.name for info in list_sources() if info.path is not None and info.path.is_dir()]


def delete_source(store: RunStore, source: str) -> Path:
    """Move a source to the trash, and return where it lies there; ``restore_source`` is the way back.

    An older one of that name makes room: it is the last one deleted that comes back.

    Args:
        store: the runs, which may need it.
        source: its name, or the path of its folder.

    Raises:
        DataError: it is none of the user's own, a waiting or running run uses it, or it can't be moved.
    """
    name = canonical_source(source)
    if name not in own_sources():
        raise DataError(f"{source[:80]!r} is none of your own data sets in {_trash().parent}: it stays.")
    using = [run_id for run_id in store.active() if _uses(store, run_id, name)]
    if using:
        raise DataError(
            f"{name} can't be deleted now: it is needed by {', '.join(using)}, in training or waiting. "
            "Stop that first, or let it end."
        )
    folder, there = source_folder(name), _trash() / name
    try:
        there.parent.mkdir(parents=True, exist_ok=True)
        if there.exists() or there.is_symlink():
            there.rename(there.with_name(f"{name}-{secrets.token_hex(3)}"))
        return folder.rename(there)
    except OSError as error:
        raise DataError(f"{folder} can't be moved: {error.strerror or error}.") from error


def is_in_trash(name: str) -> bool:
    """Say whether a deleted source of that name can be restored."""
    return is_plain(name) and os.path.isdir(_trash() / name)


def restore_source(name: str) -> Path:
    """Bring a source back that was deleted, as it was, and return where it lies.

    Raises:
        DataError: there is none of that name in the trash, one among the sources, or the disk refuses.
    """
    if not is_in_trash(name):
        raise DataError(f"There is no data set named {name[:80]!r} in the trash.")
    folder = source_folder(name)
    if any(same_name(name, taken) for taken in own_sources()):
        raise DataError(f"There is a data set named {name} already: delete it before you restore the other.")
    try:
        return (_trash() / name).rename(folder)
    except OSError as error:
        raise DataError(f"{folder} can't be written: {error.strerror or error}.") from error


def _uses(store: RunStore, run_id: str, name: str) -> bool:
    try:
        source = canonical_source(store.get(run_id).config.source)
    except HarError:  # it has just gone, or its source has
        return False
    return source == name or Path(source).is_relative_to(source_folder(name).resolve())


def _trash() -> Path:
    # Beside the sources, so that moving is one step on one disk. No source's name starts with a full stop.
    return source_folder(".trash")
