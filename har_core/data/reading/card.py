"""DataCard: what somebody has written down of a data set, in a ``dataset.json`` beside its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from har_core.data.reading.action_list import with_action_names
from har_core.data.reading.axes import check_axes
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.raw_sequences import RawSequences
from har_core.errors import ConfigError, DataError
from har_core.settings import Settings, as_tuple, parse_settings
from har_core.skeleton import SKELETONS, Skeleton

CARD_FILE = "dataset.json"
MOST_BYTES = 1 << 18
"""That a card may have."""

_MOST_JOINTS = 500
_MOST_ACTIONS = 10_000
_READING = ("skeleton", "axes", "unit", "rate", "layout", "padding", "body")


def _in_a_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("it holds line breaks or other signs that can't be printed")
    return text


def _by_number(value: Any) -> Any:
    """Return names by number: of a list from 1, of an object in JSON by what its keys stand for."""
    if isinstance(value, list):
        return dict(enumerate(value, start=1))
    if isinstance(value, dict):
        return {int(key) if str(key).isdecimal() else key: text for key, text in value.items()}
    return value


Line = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_in_a_line)]
LongLine = Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_in_a_line)]
_Pair = Annotated[tuple[Line, Line], BeforeValidator(as_tuple)]


class SkeletonInFull(Settings):
    """A skeleton that the program does not know.

    Attributes:
        name: what it is called.
        joints: in the order of the files.
        bones: pairs of joints, by name; they join all of them.
        root: the joints whose middle is that of the body.
    """

    name: Line
    joints: Annotated[tuple[Line, ...], BeforeValidator(as_tuple)] = Field(
        min_length=1, max_length=_MOST_JOINTS
    )
    bones: Annotated[tuple[_Pair, ...], BeforeValidator(as_tuple)] = Field(max_length=2 * _MOST_JOINTS)
    root: Annotated[tuple[Line, ...], BeforeValidator(as_tuple)] = Field(
        min_length=1, max_length=_MOST_JOINTS
    )

    @model_validator(mode="after")
    def _hangs_together(self) -> SkeletonInFull:
        if self.name in SKELETONS:
            raise ValueError(f"a skeleton {self.name} is known already: give its name alone, or another")
        if len(set(self.joints)) < len(self.joints):
            raise ValueError("two joints of the skeleton are of one name")
        named = {name for bone in self.bones for name in bone} | set(self.root)
        if strangers := sorted(named - set(self.joints)):
            raise ValueError(f"bones and root name {strangers[0]!r}, which is no joint of the skeleton")
        reached = {self.joints[0]}
        while more := {name for bone in self.bones if reached & set(bone) for name in bone} - reached:
            reached |= more
        if apart := [name for name in self.joints if name not in reached]:
            raise ValueError(f"no bones lead from {self.joints[0]} to {apart[0]}")
        return self

    @property
    def skeleton(self) -> Skeleton:
        """The skeleton itself."""
        places = {name: place for place, name in enumerate(self.joints)}
        bones = tuple((places[one], places[other]) for one, other in self.bones)
        return Skeleton(self.name, self.joints, bones, tuple(places[name] for name in self.root))


_AnySkeleton = Annotated[
    Annotated[Line, Tag("by name")] | Annotated[SkeletonInFull, Tag("in full")],
    Discriminator(lambda value: "by name" if isinstance(value, str) else "in full"),
]


class DataCard(Settings):
    """What a data card says; each of it may be left out.

    Attributes:
        name: of the data set.
        skeleton: the name of a known one, or one in full.
        actions: their names, by their numbers; or a list of them, from number 1.
        rate: frames a second.
        unit: of the numbers, as in ``ReadingChoices``, and so on.
        axes: which of the files' axes point right, up and away.
        layout: which axis of an array is what.
        padding: what sequences were filled up with.
        body: which one is meant.
        licence: under which the data may be used.
        citation: how their authors want to be named.
    """

    name: Line | None = None
    skeleton: _AnySkeleton | None = None
    actions: Annotated[dict[int, Line] | None, BeforeValidator(_by_number)] = Field(
        None, max_length=_MOST_ACTIONS
    )
    rate: float | None = Field(None, gt=0, le=10_000)
    unit: Line | None = None
    axes: Line | None = None
    layout: Line | None = None
    padding: Line | None = None
    body: int | None = Field(None, ge=1, le=1_000)
    licence: LongLine | None = None
    citation: LongLine | None = None

    @property
    def says(self) -> dict[str, Any]:
        """What it says, by name."""
        return self.model_dump(exclude_none=True)

    @property
    def reading(self) -> ReadingChoices:
        """What it says of how the files are read, but for a skeleton in full."""
        told = {name: value for name, value in self.says.items() if name in _READING}
        if self.in_full:
            told.pop("skeleton")
        return ReadingChoices(**told)

    @property
    def in_full(self) -> SkeletonInFull | None:
        """The skeleton, where it is told joint after joint."""
        return self.skeleton if isinstance(self.skeleton, SkeletonInFull) else None

    def written(self) -> str:
        """Return it as the file has it."""
        return self.model_dump_json(exclude_none=True, indent=2) + "\n"


def read_card(content: bytes, name: str) -> DataCard:
    """Return what a card says.

    Args:
        content: of the file; the first ``MOST_BYTES`` and more where it is longer.
        name: of the file.

    Raises:
        DataError: it is no card, or says what can't be.
    """
    if len(content) > MOST_BYTES:
        raise DataError(
            f"{name} has more than {MOST_BYTES:,} bytes, which no data card has: move or rename it."
        )
    try:
        return parse_settings(DataCard, content.removeprefix(b"\xef\xbb\xbf"), name)
    except ConfigError as error:
        raise DataError(f"{error} Mend {name}, or rename it where it is no data card.") from None


def take_card(raw: RawSequences, card: DataCard, name: str, choices: ReadingChoices) -> RawSequences:
    """Return raw sequences with the skeleton and the names of actions that a card tells.

    Raises:
        DataError: its skeleton has another number of joints.
    """
    if card.in_full and choices.skeleton is None:
        skeleton, joints = card.in_full.skeleton, raw.frames[0].shape[1]
        if skeleton.joint_count != joints:
            raise DataError(
                f"{name}: its skeleton has {skeleton.joint_count} joints, the files {joints}: mend the card."
            )
        others = tuple(each for each in raw.assumptions if each.choice != "skeleton")
        raw = replace(raw, skeleton=skeleton, assumptions=others)
    return with_action_names(raw, card.actions, name) if card.actions else raw


def with_card(loaded: LoadedSource, card: DataCard, name: str, choices: ReadingChoices) -> LoadedSource:
    """Return a data set with what its card says of it.

    Args:
        loaded: as it was read.
        card: beside its files.
        name: of the card's file.
        choices: what the user has said, which goes before the card.
    """
    told = {name: value for name, value in card.says.items() if name not in ("actions", *choices.made)}
    if card.in_full and "skeleton" in told:
        told["skeleton"] = card.in_full.name
    notes = [
        f"{title}: {text}."
        for title, text in (("Name", card.name), ("Licence", card.licence), ("Citation", card.citation))
        if text
    ]
    files = {**loaded.files, f"{name}, the data card": f"tells {', '.join(card.says) or 'nothing'}"}
    return replace(loaded, files=files, notes=(*loaded.notes, *notes), card=told)


def card_of(loaded: LoadedSource, choices: ReadingChoices, said: Mapping[str, str | None]) -> DataCard:
    """Return a card of what is known of a data set, what was assumed, and what its own card says.

    Args:
        loaded: the data set.
        choices: with which it was read.
        said: what else the user says of it: ``name``, ``licence``, ``citation``.

    Raises:
        ConfigError: what the user says is too long or not in a line.
    """
    sequences = loaded.sequences
    named = loaded.action_names != "unknown"
    values: dict[str, Any] = {
        **loaded.card,
        **choices.made,
        "skeleton": _skeleton_of(sequences.skeleton),
        "actions": {action.number: action.name for action in sequences.actions} if named else None,
        "rate": float(loaded.rate),
        "unit": loaded.unit,
        "axes": check_axes(loaded.axes, 2 if loaded.axes.endswith(",0") else 3),
        **{name: text.strip() for name, text in said.items() if text and text.strip()},
    }
    return DataCard(**values)


def _skeleton_of(skeleton: Skeleton) -> str | dict[str, Any] | None:
    """Return the name of a known skeleton, or one in full; None of one whose missing joints nobody knows."""
    name, _, missing = skeleton.name.partition(" without ")
    if name in SKELETONS:
        return name
    if missing or not skeleton.bones:
        return None
    joints = skeleton.joints
    return {
        "name": skeleton.name,
        "joints": joints,
        "bones": tuple((joints[one], joints[other]) for one, other in skeleton.bones),
        "root": tuple(joints[place] for place in skeleton.root),
    }
