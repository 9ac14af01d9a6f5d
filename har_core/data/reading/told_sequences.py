"""Sequences with what their files tell of them in texts, and what the names of the files add."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from har_core.data.reading.choices import Assumption
from har_core.data.reading.file_names import check_different, original_name, take_of
from har_core.data.reading.joint_names import common_name, joint_numbers, skeleton_with
from har_core.data.reading.raw_sequences import AnyArray, RawSequences
from har_core.data.reading.recognition import chosen_skeleton
from har_core.data.reading.sample import sample_frames
from har_core.data.reading.told_labels import actions_of, subjects_of
from har_core.errors import DataError
from har_core.skeleton import SKELETONS, Skeleton


@dataclass(frozen=True)
class ToldSequence:
    """A sequence with what its file and the file's name tell of it.

    Attributes:
        frames: (T, J, C).
        id: its name.
        action: number or word.
        subject: number or word; None where nothing tells.
        file: that it is from.
    """

    frames: AnyArray
    id: str
    action: str
    subject: str | None
    file: str


def tell(frames: AnyArray, of: Mapping[str, str], file: str, *, alone: bool) -> ToldSequence:
    """Return a sequence with what its file tells of it, and else the name of the file.

    Args:
        frames: (T, J, C).
        of: its ``sequence``, ``action`` and ``subject``, as far as they are told.
        file: that it is from.
        alone: whether it is the only one in the file.

    Raises:
        DataError: nothing tells its action.
    """
    take = take_of(file)
    action = of.get("action", str(take.action) if take else None)
    if action is None:
        raise DataError(
            f"{file} does not tell what is done in it: call it after action, subject and take, such as "
            "wave_s01_e01.csv, or add the columns action and subject."
        )
    subject = of.get("subject", str(take.subject) if take else None)
    stem = take.id if take else original_name(file).rpartition(".")[0]
    own = of.get("sequence", stem if alone else "_".join((stem, action, subject or "")).strip("_"))
    return ToldSequence(frames, own, action, subject, file)


def raw_of(
    told: Sequence[ToldSequence],
    joints: Sequence[str],
    *,
    layout: str,
    notes: tuple[str, ...] = (),
    assumptions: tuple[Assumption, ...] = (),
    **known: Any,
) -> RawSequences:
    """Return sequences as they are handed over.

    Args:
        told: N of them.
        joints: names of the joints, in the order of the frames.
        layout: how the files are organised.
        notes: what else the user should know.
        assumptions: what was found out.
        known: what else is known, such as the unit.

    Raises:
        DataError: two are of one name, or subjects are told of some only.
    """
    frames = [each.frames for each in told]
    skeleton, order, assumed = _skeleton_of(joints, frames)
    if order != list(range(len(joints))):
        frames = [each[:, order] for each in frames]
    check_different([each.id for each in told], [each.file for each in told])
    actions, action_notes = actions_of([each.action for each in told], told[0].file)
    subjects, subject_notes = None, tuple[str, ...]()
    if without := [each for each in told if each.subject is None]:
        if len(without) < len(told):
            raise DataError(f"{without[0].file} does not tell the subject of {without[0].id}, and others do.")
    else:
        subjects, subject_notes = subjects_of([each.subject or "" for each in told])
    return RawSequences(
        frames=frames,
        actions=actions,
        subjects=subjects,
        ids=[each.id for each in told],
        layout=layout,
        notes=(*notes, *action_notes, *subject_notes),
        assumptions=(*assumptions, *assumed),
        skeleton=skeleton,
        from_zero=bool(action_notes),
        **known,
    )


def _skeleton_of(
    joints: Sequence[str], frames: Sequence[AnyArray]
) -> tuple[Skeleton | None, list[int], tuple[Assumption, ...]]:
    """Return the skeleton of joints by their names, in which order they are in it, and what was assumed.

    Joints that no known skeleton has get bones by their distances; of mere numbers nothing is known.
    """
    if found := skeleton_with(joints, list(SKELETONS.values())):
        return *found, ()
    if numbers := joint_numbers(joints):
        return None, sorted(range(len(joints)), key=lambda place: numbers[place]), ()
    names = tuple(map(common_name, joints))
    tree = chosen_skeleton("unknown", sample_frames(frames), frozenset())
    named = replace(tree, joints=names if len(set(names)) == len(names) else tuple(joints))
    middle = " and ".join(named.joints[joint] for joint in named.root)
    said = (
        f"No known skeleton has just these {len(joints)} joints: by its distances each is joined to the "
        f"nearest, and {middle} is taken for the middle of the body."
    )
    return named, list(range(len(joints))), (Assumption("skeleton", said),)
