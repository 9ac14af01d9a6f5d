"""A set of sequences holds together, can't be changed, and tells itself from any other."""

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.data.sequences import Action, SkeletonSequences, replace_frames
from har_core.errors import DataError
from har_core.skeleton import KINECT_20

ACTIONS = (Action(3, "hammer"), Action(7, "draw x"))


def parts_of(*lengths: int, seed: int = 0) -> list[np.ndarray]:
    random = np.random.default_rng(seed)
    return [random.normal(size=(length, 20, 3)).astype(np.float32) for length in lengths]


def made_up(
    parts=None, labels=(0, 1, 1), subjects=(1, 2, 2), ids=("a", "b", "c"), **more
) -> SkeletonSequences:
    return SkeletonSequences.from_list(
        parts_of(3, 1, 4) if parts is None else parts,
        labels=labels,
        subjects=subjects,
        ids=ids,
        **{"actions": ACTIONS, "skeleton": KINECT_20, "source": "made up"} | more,
    )


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_sequences_come_back_as_they_went_in(lengths):
    parts = parts_of(*lengths)
    count = len(parts)
    sequences = made_up(parts, [0] * count, [1] * count, [str(row) for row in range(count)])
    assert len(sequences) == count and sequences.lengths.tolist() == lengths
    assert sequences.frames.shape == (sum(lengths), 20, 3) and sequences.frames.dtype == np.float32
    for row, part in enumerate(parts):
        np.testing.assert_array_equal(sequences[row], part)


def test_nothing_in_it_can_be_changed():
    sequences = made_up()
    for array in (sequences.frames, sequences.offsets, sequences.labels, sequences.subjects, sequences[0]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    with pytest.raises(AttributeError):
        sequences.source = "other"


def test_arrays_of_the_caller_stay_his_own():
    labels = np.array([0, 1, 1])
    made_up(labels=labels)
    labels[0] = 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"parts": parts_of(3, 0, 4)}, "every sequence needs at least one frame"),
        ({"parts": parts_of(3, 4)}, "do not belong together"),
        ({"labels": (0, 1)}, "3 names, 3 sequences, 2 labels and 3 subjects do not belong together"),
        ({"subjects": (1, 2, 2, 2)}, "do not belong together"),
        ({"labels": (0, 1, 2)}, "a label lies outside the 2 actions"),
        ({"labels": (0, 1, -1)}, "a label lies outside the 2 actions"),
        ({"ids": ("a", "b", "a")}, "two sequences have the same name"),
    ],
)
def test_parts_that_do_not_fit_together_are_told(changes, sentence):
    with pytest.raises(DataError, match=sentence):
        made_up(**changes)


def test_frames_of_another_skeleton_are_told():
    whole = made_up()
    with pytest.raises(DataError, match=r"frames have shape \(8, 19, 3\), expected \(frames, 20, 3\)"):
        SkeletonSequences(
            whole.frames[:, :19],
            whole.offsets,
            whole.labels,
            whole.subjects,
            whole.ids,
            ACTIONS,
            KINECT_20,
            "x",
        )


def test_a_frame_is_untracked_if_it_is_all_zero():
    parts = parts_of(4, 2, 3)
    parts[0][[1, 3]] = 0
    parts[1][0, :19] = 0
    sequences = made_up(parts)
    assert sequences.untracked_in(0).tolist() == [False, True, False, True]
    assert sequences.untracked_in(1).tolist() == [False, False]
    assert sequences.untracked.tolist() == [False, True, False, True] + [False] * 5


def test_a_sequence_is_found_by_its_name():
    sequences = made_up()
    assert [sequences.row_of(name) for name in ("a", "b", "c")] == [0, 1, 2]
    assert sequences.action_of(2) == Action(7, "draw x")
    with pytest.raises(DataError, match="made up has no sequence named 'd'"):
        sequences.row_of("d")


def test_taking_rows_keeps_what_belongs_to_them():
    sequences = made_up(synthetic=True)
    taken = sequences.take([2, 0])
    assert taken.ids == ("c", "a") and taken.labels.tolist() == [1, 0] and taken.subjects.tolist() == [2, 1]
    np.testing.assert_array_equal(taken[0], sequences[2])
    assert taken.actions == ACTIONS and taken.synthetic and taken.source == "made up"
    assert len(sequences.take([])) == 0


def test_replacing_frames_keeps_the_rest():
    sequences = made_up()
    other = replace_frames(sequences, parts_of(2, 2, 2, seed=5))
    assert other.lengths.tolist() == [2, 2, 2] and other.ids == sequences.ids
    np.testing.assert_array_equal(other.labels, sequences.labels)


# Fingerprints


def test_a_sequence_s_fingerprint_is_the_hash_of_action_subject_and_frames():
    sequences = made_up()
    content = b"7,2," + sequences[1].astype("<f4").tobytes()
    assert sequences.sequence_fingerprints["b"] == hashlib.sha256(content).hexdigest()


def test_the_order_of_the_sequences_does_not_matter_to_the_fingerprint():
    sequences = made_up()
    assert sequences.take([2, 0, 1]).fingerprint == sequences.fingerprint
    assert made_up(source="another", synthetic=True).fingerprint == sequences.fingerprint


@pytest.mark.parametrize(
    "changes",
    [
        {"parts": parts_of(3, 1, 4, seed=1)},
        {"labels": (0, 1, 0)},
        {"subjects": (1, 2, 3)},
        {"ids": ("a", "b", "d")},
        {"actions": (Action(3, "hammer"), Action(8, "draw x"))},
    ],
)
def test_any_change_changes_the_fingerprint(changes):
    assert made_up(**changes).fingerprint != made_up().fingerprint
