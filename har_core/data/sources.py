"""Sources: where data sets come from, by name or by path."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from har_core.data.action_names import with_names, words_stamp
from har_core.data.cache import cache_file, read_cache, write_cache
from har_core.data.msr_action3d import COURSE_FILES
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.files import DataFiles, find_files
from har_core.data.reading.readers import what_is_expected
from har_core.data.reading.search import FoundFiles
from har_core.data.source_names import spellings
from har_core.errors import DataError, HarError
from har_core.files import read_regular
from har_core.home import home
from har_core.settings import parse_settings

__all__ = ["MSR_ACTION3D", "SYNTHETIC", "LoadedSource", "SourceInfo", "list_sources"]
__all__ += ["canonical_source", "choices_brought_in", "load_source", "source_folder", "source_stamp"]

_LARGEST_LAYOUT = 1 << 16  # bytes

SYNTHETIC = "synthetic"
MSR_ACTION3D = "msr-action3d"


@dataclass(frozen=True)
class SourceInfo:
    """A source that can be named.

    Attributes:
        name: as ``load_source`` takes it.
        what: one sentence on what it is.
        path: its folder; None for the synthetic set, which is computed.
        present: whether its files are here.
    """

    name: str
    what: str
    path: Path | None
    present: bool


def source_folder(name: str) -> Path:
    """Return the folder that a named source lies in, whether it is there or not."""
    return home() / "sources" / name


def list_sources() -> list[SourceInfo]:
    """Return the synthetic set, MSR Action3D, and every other folder among the user's sources."""
    folder = source_folder(MSR_ACTION3D)
    embedded = SourceInfo(SYNTHETIC, "A synthetic set in the shape of MSR Action3D, made here.", None, True)
    published = replace(_info(folder), what="MSR Action3D, the recorded set of the course.")
    try:
        folders = sorted(path for path in folder.parent.iterdir() if path.is_dir())
    except OSError:  # no folder of sources, so none of the user's
        folders = []
    own = [_info(path) for path in folders if path != folder and not path.name.startswith(".")]
    return [embedded, published, *own]


def load_source(source: str, choices: ReadingChoices = NOTHING_CHOSEN) -> LoadedSource:
    """Load a data set.

    Args:
        source: ``synthetic``, ``msr-action3d``, the name of a folder among the user's sources, or the path
            of a folder or a zip.
        choices: what the user says of its files; what is left open is as it was said when they were brought
            in.

    Raises:
        AmbiguousReadingError: the files fit several layouts.
        DataError: there is no such source, or its files can't be read.
    """
    if source == SYNTHETIC:
        return _load_synthetic()
    place = _place(source)
    files = _files(source, place)
    chosen = _kept_choices(files).with_changes(choices)
    file = _cache_of(files, chosen)
    loaded = read_cache(file, files.found.name)
    if loaded is None:
        loaded = files.found.read(chosen)
        write_cache(file, loaded)
    return told_of(loaded, files.found, called_msr=_name_of(place) == MSR_ACTION3D)


def choices_brought_in(source: str) -> ReadingChoices:
    """Return what the user said of the files of a data set when it was brought in.

    Raises:
        DataError: there is no such source, or what was said can't be read.
    """
    return NOTHING_CHOSEN if source == SYNTHETIC else _kept_choices(_files(source, _place(source)))


def canonical_source(source: str) -> str:
    """Return a source as a run has to remember it: a name as it is, a path in full.

    Raises:
        DataError: there is no such source.
    """
    if source in (SYNTHETIC, MSR_ACTION3D):
        return source
    place = _place(source)
    return _name_of(place) or str(place)


def source_stamp(source: str) -> str:
    """Return a text that changes when a source does, its files or what the user has said of its actions.

    It is the key of what is derived from it.

    Raises:
        DataError: there is no such source.
    """
    if source == SYNTHETIC:
        return SYNTHETIC
    files = _files(source, _place(source))
    return f"{_cache_of(files, _kept_choices(files)).name} {words_stamp()}"


def _load_synthetic() -> LoadedSource:
    # It is made from its own program, so the files of that are what a kept copy depends on.
    program = Path(__file__).parent / "synthetic"
    file = cache_file(program, sorted(path.name for path in program.glob("*.py")), how=None)
    kept = read_cache(file, SYNTHETIC)
    if kept is not None:
        return replace(kept, sequences=replace(kept.sequences, synthetic=True))
    from har_core.data.synthetic import make_synthetic  # only who has to make the set pays for the import

    layout = "computed from a moving skeleton, not recorded"
    notes = ("This data set is synthetic.",)
    made = LoadedSource(make_synthetic(), layout, notes, {"No files": layout}, "known")
    write_cache(file, made)
    return made


def _files(source: str, place: Path) -> DataFiles:
    """Return the files of a source.

    Raises:
        DataError: there are none, or not all.
    """
    files = find_files(place)
    if files is not None:
        return files
    if source == MSR_ACTION3D:
        raise DataError(_missing())
    raise DataError(f"{source[:200]!r} is there, but holds no data set. {what_is_expected()}")


def _cache_of(files: DataFiles, choices: ReadingChoices) -> Path:
    how = json.dumps([files.found.reader.title, files.found.path, choices.made])
    return cache_file(files.folder, files.names, how)


def told_of(loaded: LoadedSource, found: FoundFiles, *, called_msr: bool) -> LoadedSource:
    """Return what was read, with the names of its actions, and with what was seen beside its files."""
    return with_names(replace(loaded, notes=(*found.notes, *loaded.notes)), called_msr=called_msr)


def _place(source: str) -> Path:
    """Return the folder or zip that a name or path means.

    Raises:
        DataError: there is none.
    """
    if not source.strip() or "\0" in source:
        raise DataError(f"{source!r} is no source: give a name, a folder, or a zip.")
    try:
        for name in spellings(source):
            if Path(name).name == name and not name.startswith(".") and source_folder(name).is_dir():
                return source_folder(name)
        for name in spellings(source):
            path = Path(name).expanduser()
            if source != MSR_ACTION3D and path.exists():
                return path.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)[:80]
        raise DataError(f"{source[:80]!r} is no usable path: {reason}.") from error
    if source == MSR_ACTION3D:
        raise DataError(_missing())
    names = ", ".join(info.name for info in list_sources())
    raise DataError(
        f"{source[:200]!r} was not found: there is no source of that name, and no folder or zip at that path."
        f" Sources with a name: {names}."
    )


def _name_of(place: Path) -> str | None:
    """Return the name of a source that lies among the user's, None for any other folder and for zips."""
    among = source_folder(place.name).parent
    named = place.parent in (among, among.resolve()) and not place.name.startswith(".") and place.is_dir()
    return place.name if named else None


def _missing() -> str:
    return (
        f"{MSR_ACTION3D} is not here yet: fetch it with `python -m har_core data fetch {MSR_ACTION3D}`, "
        f"or drop {', '.join(COURSE_FILES)} into {source_folder(MSR_ACTION3D)}."
    )


def _kept_choices(files: DataFiles) -> ReadingChoices:
    """Return what was chosen when the source was uploaded.

    Raises:
        DataError: the file that keeps it is damaged.
    """
    if files.layout_file is None:
        return NOTHING_CHOSEN
    try:
        text = read_regular(files.layout_file, _LARGEST_LAYOUT, follow=True)
        return parse_settings(ReadingChoices, text, str(files.layout_file))
    except (OSError, HarError) as error:
        raise DataError(
            f"{files.layout_file} can't be read: delete it, and choose anew how the files are read."
        ) from error


def _info(folder: Path) -> SourceInfo:
    try:
        files = find_files(folder)
    except DataError as error:
        return SourceInfo(folder.name, str(error), folder, present=False)
    what = "A folder without a data set."
    if files is not None:
        what = f"Your data set, in {files.found.reader.title}{', in a zip' if files.found.zip else ''}."
    return SourceInfo(folder.name, what, folder, files is not None)
