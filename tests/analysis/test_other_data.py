"""A run on sequences of other data: of another skeleton, which the run was not trained on."""

from dataclasses import replace

import numpy as np
import pytest

from har_core.analysis.other_data import knows_action, trained_on, try_run
from har_core.analysis.prefix_predictions import prefix_predictions_of_other
from har_core.data.sequences import Action, SkeletonSequences, replace_frames
from har_core.data.sources import load_source
from har_core.errors import DataError
from har_core.skeleton import KINECT_25, SKELETONS
from har_core.training.driver import train_run
from har_core.training.prediction import as_trained_on
from har_core.training.store import RunStore


@pytest.fixture
def store(small_config, tmp_path):
    made = RunStore(tmp_path / "runs")
    run = made.create(small_config, queued=False)
    list(train_run(made, run.run_id))
    return made


@pytest.fixture
def run(store):
    return store.runs()[0]


def with_25_joints(sequences):
    """The same bodies by a tracker of 25 joints, with the five others anywhere."""
    parts = []
    for frames in sequences.each():
        wide = np.full((len(frames), 25, 3), 7, np.float32)
        for joint, name in enumerate(sequences.skeleton.joints):
            wide[:, KINECT_25.joints.index(name)] = frames[:, joint]
        parts.append(wide)
    return SkeletonSequences.from_list(
        parts, labels=sequences.labels, subjects=sequences.subjects, ids=sequences.ids,
        actions=sequences.actions, skeleton=KINECT_25, source="wide",
    )  # fmt: skip


def test_the_same_bodies_with_25_joints_get_the_same_answers(store, run, small_sequences):
    tried = try_run(store, run, with_25_joints(small_sequences), small_sequences)
    assert np.array_equal(tried.probabilities, run.predict_proba(small_sequences))
    assert tried.sequences.skeleton == small_sequences.skeleton and len(tried.notes) == 1
    assert not tried.left_out
    trained = np.flatnonzero(np.isin(small_sequences.subjects, run.config.split.train))
    for row in trained:  # each is the nearest to itself
        assert tried.likeness.nearest[row] == small_sequences.ids[row]
        assert tried.nearest[row] in {small_sequences.ids[one] for one in trained}
        assert tried.likeness.distances[row] == pytest.approx(0, abs=1e-4)


def test_the_last_reading_of_another_sequence_is_what_the_run_says_of_it(store, run, small_sequences):
    other = replace_frames(small_sequences, [frames * 1.3 for frames in small_sequences.each()])
    tried = try_run(store, run, other, small_sequences)
    found = prefix_predictions_of_other(run, run.config.judged_by, tried.sequences, other.ids[5])
    assert np.allclose(found.probabilities[-1], tried.probabilities[5], atol=1e-5)
    assert found.moments[-1] == other.lengths[5] - 1


def test_without_its_own_data_the_run_answers_and_says_so(store, run, small_sequences):
    tried = try_run(store, run, small_sequences, None)
    assert tried.likeness is None and tried.nearest and "not here as it was" in tried.notes[0]
    with pytest.raises(DataError, match="wide has 25 joints, that is 75 numbers a frame"):
        try_run(store, run, with_25_joints(small_sequences), None)


def test_sequences_of_another_rate_are_told(store, run, small_sequences):
    twice = replace(small_sequences, rate=2 * small_sequences.rate)
    told = "have 30 frames a second, those that the run was trained on 15: to the run all moves 0.5 times"
    assert any(told in note for note in try_run(store, run, twice, small_sequences).notes)
    assert not any("a second" in note for note in try_run(store, run, small_sequences, small_sequences).notes)


def test_actions_that_are_the_same_by_number_alone_are_told(store, run, small_sequences):
    said = "those of one number are taken for one action."
    named = [Action(action.number, f"wave {action.number}") for action in small_sequences.actions]
    given = replace(small_sequences, actions=tuple(named))
    assert any(said in note for note in try_run(store, run, given, small_sequences).notes)
    assert not any(said in note for note in try_run(store, run, small_sequences, small_sequences).notes)


def test_a_face_alone_is_refused(store, run, small_sequences):
    coco = SKELETONS["coco-17"]
    given = SkeletonSequences.from_list(
        [np.ones((4, 5, 3))], labels=[0], subjects=[1], ids=["face"], actions=[Action(1, "smile")],
        skeleton=coco.without(range(5, 17)), source="faces",
    )  # fmt: skip
    with pytest.raises(DataError, match="has no .*hip_center, on which sequences are centred"):
        try_run(store, run, given, small_sequences)


def test_what_the_run_knows_of_them(run, small_sequences):
    own = load_source(run.config.source).sequences
    assert as_trained_on(run, own) is own
    assert as_trained_on(run, own.take(range(5))) is None
    assert trained_on(run, own, own.take([0, len(own) - 1])) == 1
    others = SkeletonSequences.from_list(
        small_sequences.each([0, 1]), labels=[0, 1], subjects=[1, 1], ids=["a", "b"],
        actions=[Action(2, "action 2"), Action(77, "new")], skeleton=small_sequences.skeleton,
        source="others",
    )  # fmt: skip
    assert [knows_action(run, others, row) for row in (0, 1)] == [True, False]
