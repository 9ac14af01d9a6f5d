"""The search for the one data set in a folder, a zip or an upload: one rule for all three.

All folders below are looked into, and zips as if they were folders; what is hidden is passed over. The data
set is the one that lies least deep, and at one depth what lies open goes before what is packed. Two that are
equally near are one too many: the user is told of both.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from har_core.data.reading import action_list, readers
from har_core.data.reading.action_list import ACTIONS_FILE, read_action_list, with_action_names
from har_core.data.reading.archives import ZipFolder, check_unpacked
from har_core.data.reading.card import CARD_FILE, MOST_BYTES, read_card, take_card, with_card
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.file_names import find_named
from har_core.data.reading.folders import Folder, Listing, is_zip
from har_core.data.reading.interpretation import interpret
from har_core.data.reading.not_read import say_not_read
from har_core.data.reading.reader import AboveReader, HeadReader, Reader
from har_core.errors import DataError

_DEEPEST = 8  # folders below the first
_MOST_ENTRIES = 200_000  # NTU RGB+D 120 has 114,480 files in a folder
_LONGEST = 100  # characters of a path that is told


@dataclass(frozen=True)
class FilesAbove:
    """Files of a data set that lie in a folder above the others.

    Attributes:
        folder: holds them.
        names: theirs, in that folder.
        path: of the folder, from where the search began.
        zip: path of the outermost zip that they are in, None where they lie open.
    """

    folder: Folder
    names: tuple[str, ...]
    path: str
    zip: str | None

    @property
    def kept_in(self) -> tuple[str, ...]:
        """As that of ``FoundFiles``."""
        return (self.zip,) if self.zip else tuple(_below(self.path, name) for name in self.names)


@dataclass(frozen=True)
class FoundFiles:
    """The files of one data set.

    Attributes:
        name: of what was searched, which the data set is called by.
        reader: reads them.
        folder: holds them.
        names: theirs, in that folder.
        path: of the folder, from where the search began.
        zip: path of the outermost zip that they are in, None where they lie open.
        notes: sentences on where they lie and on what was passed over.
        above: more of them, in a folder above.
        card: name of the data card in that folder, None without one.
        action_list: name of the file there that names the actions, None without one.
    """

    name: str
    reader: Reader
    folder: Folder
    names: tuple[str, ...]
    path: str
    zip: str | None
    notes: tuple[str, ...] = ()
    above: FilesAbove | None = None
    card: str | None = None
    action_list: str | None = None

    @property
    def kept_in(self) -> tuple[str, ...]:
        """The paths, from where the search began, of the files, or of the one zip that holds them."""
        own = (self.zip,) if self.zip else tuple(_below(self.path, name) for name in self.beside)
        return tuple(dict.fromkeys((*own, *(self.above.kept_in if self.above else ()))))

    @property
    def beside(self) -> tuple[str, ...]:
        """The names of the files, of the card, and of the file that names the actions, in that folder."""
        return (*self.names, *(name for name in (self.card, self.action_list) if name))

    def read(self, choices: ReadingChoices) -> LoadedSource:
        """Read them, with what the card says where the user says nothing.

        Args:
            choices: what the user has said of them.

        Raises:
            AmbiguousReadingError: they fit several layouts.
            DataError: they are damaged, or do not belong together.
        """
        files = self.folder.read(self.names)
        if self.above:
            files |= self.above.folder.read(self.above.names)
        card = read_card(self._head(self.card, MOST_BYTES), self.card) if self.card else None
        both = card.reading.with_changes(choices) if card else choices
        raw = self.reader.read(files, both)
        if self.action_list:
            content = self._head(self.action_list, action_list.MOST_BYTES)
            raw = with_action_names(raw, read_action_list(content, self.action_list), self.action_list)
        if card is None or self.card is None:
            return interpret(raw, self.name, both)
        raw = take_card(raw, card, self.card, choices)
        return with_card(interpret(raw, self.name, both), card, self.card, choices)

    def _head(self, name: str, most: int) -> bytes:
        """Return the content of a file, and of a longer one a byte too much."""
        return self.folder.heads([name], most + 1)[name]


class _Nearness(NamedTuple):
    """What decides between data sets, in this order.

    Attributes:
        depth: folders and zips below the first.
        zips: how many of those are zips.
    """

    depth: int
    zips: int


@dataclass(frozen=True)
class _Spot:
    """A folder that is to be looked into.

    Attributes:
        path: from where the search began.
        place: what on the disk changes when the folder does; None in a zip or an upload.
        open: gives the folder.
        zip: path of the outermost zip that it is in, None where it lies open.
    """

    path: str
    place: Path | None
    open: Callable[[], Folder]
    zip: str | None


class Search:
    """One search.

    Args:
        start: gives what is searched.
        name: what it is called.
        place: where it lies on the disk, None where it does not.

    Attributes:
        places: on the disk, which were looked into so far; the outcome is the same until one changes.
    """

    def __init__(self, start: Callable[[], Folder], name: str, place: Path | None = None) -> None:
        self.places: list[Path] = []
        self._name = name
        self._waiting = {_Nearness(0, 0): [_Spot("", place, start, None)]}
        self._entries = 0
        self._unpacked = 0
        self._passed_over: list[str] = []
        self._not_followed: list[str] = []
        self._not_read: list[str] = []
        self._looked_into: dict[str, tuple[_Spot, Folder, tuple[str, ...]]] = {}

    def run(self) -> FoundFiles | None:
        """Return the nearest data set, or None where there is no file at all.

        Raises:
            DataError: two are equally near, none is whole, nothing that is there looks like a part of one, or
                there is too much to look through.
        """
        while self._waiting:
            nearness = min(self._waiting)
            only_way = self._entries == nearness.depth
            spots = sorted(self._waiting.pop(nearness), key=lambda spot: spot.path)
            found = [(spot, files) for spot in spots if (files := self._look_into(spot, nearness))]
            if len(found) > 1:
                first, second = (self._told(spot.path) for spot, _ in found[:2])
                raise DataError(
                    f"{self._name} holds {len(found)} data sets, in {first} and in {second}"
                    f"{' and elsewhere' if len(found) > 2 else ''}: give the one that you mean by itself."
                )
            if found:
                ((spot, files),) = found
                where = () if only_way else (f"The data set lies in {self._told(spot.path)}.",)
                return replace(files, notes=(*where, *files.notes, *self._passed_over))
        for sentence in (*self._passed_over, *self._not_followed):
            raise DataError(sentence)
        if self._not_read:
            raise DataError(
                f"{self._told('')} holds no data set, only {say_not_read(self._not_read)}. "
                f"{readers.what_is_expected()}"
            )
        return None

    def _look_into(self, spot: _Spot, nearness: _Nearness) -> FoundFiles | None:
        if spot.place is not None:
            self.places.append(spot.place)
        try:
            folder = spot.open()
            listing = folder.list(_MOST_ENTRIES - self._entries)
        except DataError as error:
            if not spot.path:
                raise
            self._passed_over.append(str(error))
            return None
        self._entries += len(listing)
        if self._entries > _MOST_ENTRIES:
            raise DataError(
                f"{self._name} holds more than {_MOST_ENTRIES:,} files and folders, and no data set above "
                "them: give the folder of the data set itself."
            )
        self._looked_into[spot.path] = spot, folder, listing.files
        found = self._recognise(spot, folder, listing)
        if found is None:
            self._go_on(spot, folder, listing, nearness)
        return found

    def _recognise(self, spot: _Spot, folder: Folder, listing: Listing) -> FoundFiles | None:
        """Return the data set that lies right in a folder; of several that of the first reader."""
        card = find_named(CARD_FILE, [name for name in listing.files if name.lower().endswith(".json")])
        names_of_actions = find_named(
            ACTIONS_FILE, [name for name in listing.files if name.lower().endswith(".txt")]
        )
        files = frozenset(listing.files) - {card, names_of_actions}
        found, beside = None, list[str]()
        for reader in readers.READERS:
            names = reader.recognises(files)
            others: tuple[str, ...] = ()
            if names and isinstance(reader, HeadReader):
                names, others = self._accepted(reader, spot, folder, names)
            missing = reader.missing(names) if names else ()
            above = self._find_above(reader, spot, missing) if missing else None
            if missing and above is None:
                self._passed_over.append(self._say_missing(spot, reader, names, missing))
            elif names and found is None:
                found = FoundFiles(
                    self._name, reader, folder, names, spot.path, spot.zip, above=above, card=card,
                    action_list=names_of_actions,
                )  # fmt: skip
                if others:
                    beside.append(f"Passed over: {say_not_read(others)}.")
            elif names:
                beside.append(f"There are {reader.title}, too, which were not read.")
        return found and replace(found, notes=tuple(beside))

    def _find_above(self, reader: Reader, spot: _Spot, missing: Sequence[str]) -> FilesAbove | None:
        """Return what a data set misses, where the nearest folder above that holds any of it holds all."""
        if not isinstance(reader, AboveReader) or not set(missing) <= set(reader.may_lie_above):
            return None
        path = spot.path
        while path:
            path = path.rpartition("/")[0]
            above, folder, files = self._looked_into[path]
            found = [find_named(name, files) for name in missing]
            names = tuple(name for name in found if name)
            if names:
                return FilesAbove(folder, names, path, above.zip) if len(names) == len(missing) else None
        return None

    def _accepted(
        self, reader: HeadReader, spot: _Spot, folder: Folder, names: tuple[str, ...]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return which files begin as the reader has it, and which do not."""
        if folder.path is not None:
            self.places += [folder.path / name for name in names]
        try:
            heads = folder.heads(names, reader.head)
        except DataError as error:
            self._passed_over.append(str(error))
            return (), names
        accepted = tuple(name for name in names if reader.accepts(heads[name]))
        return accepted, tuple(sorted(set(names) - set(accepted)))

    def _go_on(self, spot: _Spot, folder: Folder, listing: Listing, nearness: _Nearness) -> None:
        """Note what lies in a folder, to be looked into later."""
        for name in listing.links:
            where = self._told(_below(spot.path, name))
            self._not_followed.append(
                f"{self._name} holds no data set, and {where} is a link that was not followed: "
                "give the folder of the data set itself."
            )
        zips = [name for name in listing.files if is_zip(name)]
        self._not_read += [name for name in listing.files if not is_zip(name)]
        if nearness.depth == _DEEPEST and (listing.folders or zips):
            where = self._told(_below(spot.path, min([*listing.folders, *zips])))
            self._not_followed.append(
                f"{self._name} holds no data set up to {_DEEPEST} folders deep, and {where} lies deeper: "
                "give the folder of the data set itself."
            )
            return
        deeper = nearness._replace(depth=nearness.depth + 1)
        for name, inside in listing.folders.items():
            below = _Spot(_below(spot.path, name), inside.path, partial(_itself, inside), spot.zip)
            self._waiting.setdefault(deeper, []).append(below)
        for name in zips:
            path = _below(spot.path, name)
            place = None if folder.path is None else folder.path / name
            opened = partial(self._unpack, folder, name, path)
            packed = _Spot(path, place, opened, spot.zip or path)
            self._waiting.setdefault(deeper._replace(zips=deeper.zips + 1), []).append(packed)

    def _unpack(self, folder: Folder, name: str, path: str) -> ZipFolder:
        self._unpacked += folder.size_of_packed(name)
        check_unpacked(self._unpacked, self._told(path))
        return ZipFolder(lambda: folder.packed(name), self._told(path))

    def _say_missing(self, spot: _Spot, reader: Reader, names: Sequence[str], missing: Sequence[str]) -> str:
        if (place := spot.place) and not spot.path and place.is_file() and not is_zip(place.name):
            others = f"{' and '.join(missing)} belong{'s' if len(missing) == 1 else ''}"
            return f"{self._name} alone is no data set, {others} to it: give the folder that holds them."
        are = "is" if len(missing) == 1 else "are"
        return (
            f"{' and '.join(missing)} {are} missing in {self._told(spot.path)}, "
            f"found only {', '.join(sorted(names)[:5])}: expected {reader.expected} in one folder."
        )

    def _told(self, path: str) -> str:
        """Return a path in one short, printable line."""
        whole = _below(self._name, path) if path else self._name
        line = whole if len(whole) <= _LONGEST else f"…{whole[1 - _LONGEST :]}"
        return line if line.isprintable() else repr(line)[1:-1]


def _below(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _itself(folder: Folder) -> Folder:
    return folder
