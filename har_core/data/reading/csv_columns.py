"""Which column of a CSV is what: one row a joint, or one row a frame; called in many ways."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HEAD = 1 << 14
"""Bytes of a file that tell what its columns are; 33 joints in words take 3,000."""

_MEANINGS: Mapping[str, tuple[str, ...]] = {
    "sequence": ("sequence", "sequenceid", "seq", "sample", "video", "clip", "recording", "file", "filename"),
    "subject": ("subject", "subjectid", "person", "actor", "participant", "performer", "user"),
    "action": ("action", "label", "class", "activity", "gesture", "exercise", "actionid", "actionname"),
    "frame": ("frame", "frameid", "framenumber", "frameno", "frameidx", "frameindex"),
    "time": ("time", "timestamp", "t", "timems", "timestampms", "times", "timesec", "timeseconds", "seconds"),
    "joint": ("joint", "jointid", "jointname", "jointtype", "landmark", "landmarkid", "keypoint", "marker"),
    "x": ("x", "positionx", "posx", "xposition"),
    "y": ("y", "positiony", "posy", "yposition"),
    "z": ("z", "positionz", "posz", "zposition"),
}
_AXES = "xyz"
_FEWEST_JOINTS = 2
_BEHIND = re.compile(r"(.*?)(?:[\s_.:\-]*(?:position|pos))?[\s_.:\-]*([xyz])", re.IGNORECASE)
_BEFORE = re.compile(r"([xyz])[\s_.:\-]*(.+)", re.IGNORECASE)
_NO_POSITION = re.compile(r"orient|rotat|quat|euler|veloc|accel|colou?r|depth|pixel", re.IGNORECASE)


@dataclass(frozen=True)
class CsvColumns:
    """Where in a row what stands.

    Attributes:
        separator: between the columns.
        headings: lines before the first row, empty ones too.
        width: how many columns there are.
        of: place of ``sequence``, ``subject``, ``action``, ``frame``, ``time``, and where a row is a joint
            ``joint``, ``x``, ``y``, ``z``; what is not there is missing.
        joints: names of the joints, where a row is a frame.
        places: of x, y and perhaps z of each of them.
    """

    separator: str
    headings: int
    width: int
    of: Mapping[str, int] = field(default_factory=dict)
    joints: tuple[str, ...] = ()
    places: tuple[tuple[int, ...], ...] = ()


def find_columns(head: str) -> CsvColumns | None:
    """Return what the columns of a CSV are, None where they tell of no joints.

    Args:
        head: its first two lines, or more.
    """
    raw = head.splitlines()
    filled = [number for number, line in enumerate(raw) if line.strip(" ,;\t")][:2]
    if not filled:
        return None
    separator = max(",;\t", key=raw[filled[0]].count)
    cells = [[cell.strip(" \"'\ufeff") for cell in raw[number].split(separator)] for number in filled]
    names, headings, width = cells[0], filled[0] + 1, max(map(len, cells))
    of = _meanings(names)
    if {"joint", "x", "y"} <= set(of) and ("frame" in of or "time" in of):
        return CsvColumns(separator, headings, width, of)
    if len(cells) > 1 and _are_axes(
        cells[1]
    ):  # LightBuzz's recorder: SpineBase,,,SpineMid,,, above X,Y,Z,X,Y,Z
        headings, names = filled[1] + 1, _below_each_other(*cells)
    joints = _joints(names)
    if len(joints) < _FEWEST_JOINTS:
        return None
    told = {meaning: place for meaning, place in of.items() if meaning not in ("joint", *_AXES)}
    return CsvColumns(separator, headings, width, told, tuple(joints), tuple(joints.values()))


def _meanings(names: Sequence[str]) -> dict[str, int]:
    plain = [re.sub(r"[\W_]", "", name).lower() for name in names]
    found = {}
    for meaning, spellings in _MEANINGS.items():
        place = next((plain.index(spelling) for spelling in spellings if spelling in plain), None)
        if place is not None:
            found[meaning] = place
    return found


def _are_axes(cells: Sequence[str]) -> bool:
    filled = [cell.lower() for cell in cells if cell]
    return len(filled) >= 2 * _FEWEST_JOINTS and set(filled) <= set(_AXES)


def _below_each_other(joints: Sequence[str], axes: Sequence[str]) -> list[str]:
    names, joint = [], ""
    for above, axis in zip([*joints, *[""] * len(axes)], axes, strict=False):
        joint = above or joint
        names.append(f"{joint}_{axis}" if axis else "")
    return names


def _joints(names: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """Return the places of x, y and z by joint: with the axis before or behind, as gives more joints."""
    return max(_grouped(names, _BEHIND, 2, 1), _grouped(names, _BEFORE, 1, 2), key=len)


def _grouped(
    names: Sequence[str], pattern: re.Pattern[str], axis: int, joint: int
) -> dict[str, tuple[int, ...]]:
    places: dict[str, dict[str, int]] = {}
    for place, name in enumerate(names):
        if not _NO_POSITION.search(name) and (match := pattern.fullmatch(name)):
            places.setdefault(match[joint], {}).setdefault(match[axis].lower(), place)
    axes = _AXES if any("z" in each for each in places.values()) else _AXES[:2]
    whole = {name: each for name, each in places.items() if name and set(axes) <= set(each)}
    return {name: tuple(each[axis] for axis in axes) for name, each in whole.items()}


def decoded(content: bytes) -> str:
    """Return text: UTF-8, or what Windows writes in Western Europe."""
    try:
        return content.decode("utf-8-sig", "ignore" if len(content) == HEAD else "strict")
    except UnicodeDecodeError:
        return content.decode("latin-1")
