"""What a run says of other sequences is what its network says of them, prepared as its own."""

import numpy as np
import pytest
import torch

from har_core.data.preparation import Preparation
from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.splits import Split
from har_core.errors import DataError, RunError
from har_core.models import MODELS
from har_core.models.options import DtwOptions
from har_core.skeleton import KINECT_20
from har_core.training.checkpoint import load_weights, save_weights
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.prediction import scores_of
from har_core.training.store import RunStore
from tests.conftest import write_numpy_files
from tests.networks import LEARNERS, small_options


@pytest.fixture
def trained(small_config, tmp_path):
    """The function ``trained(**settings) -> run``: of the small experiment."""
    store = RunStore(tmp_path / "runs")

    def train(**settings):
        values = dict(small_config) | settings
        if not MODELS[values["model"].name].has_epochs:
            del values["training"]
        run = store.create(ExperimentConfig(**values), queued=False)
        list(train_run(store, run.run_id))
        return store.get(run.run_id)

    return train


@pytest.mark.parametrize("model", LEARNERS)
@pytest.mark.parametrize("scaling", ["training-set", "sequence", "sequence-axis", "body", "none"])
def test_of_its_own_sequences_it_says_what_the_run_says(model, scaling, trained, small_sequences):
    preparation = Preparation(frames=10, scaling=scaling)
    options = small_options(model)
    inputs = ("positions",) if isinstance(options, DtwOptions) else ("positions", "velocities")
    run = trained(model=options, preparation=preparation, inputs=inputs)
    kept = RunStore(run.path.parent).arrays(run.run_id, "predictions.npz", [run.config.judged_by])
    rows = [small_sequences.row_of(name) for name in kept["ids"]]
    scores = scores_of(run, small_sequences.take(rows[::-1]))[::-1]
    said = kept[f"logits_{run.config.judged_by}"]
    if model == "inception":  # torch's convolutions round another way among other sequences
        np.testing.assert_allclose(scores, said, rtol=1e-5, atol=1e-6)
    else:
        assert np.array_equal(scores, said)


def test_labels_of_actions_that_it_does_not_know_change_nothing(trained, small_sequences):
    run = trained()
    other = SkeletonSequences.from_list(
        small_sequences.each(), labels=[899] * len(small_sequences), subjects=small_sequences.subjects,
        ids=small_sequences.ids, actions=[Action(number, f"other {number}") for number in range(900)],
        skeleton=KINECT_20, source="other",
    )  # fmt: skip
    assert np.array_equal(scores_of(run, other), scores_of(run, small_sequences))


def test_a_sequence_that_the_tracker_never_saw_is_answered_for_with_a_warning(trained, small_sequences):
    run, nothing = trained(), np.zeros((5, 20, 3))
    with pytest.warns(UserWarning, match=r"never saw the body in X\[1\] and 1 more, all frames are zero"):
        found = run.predict_proba([small_sequences[0], nothing, nothing])
    assert found.shape == (3, 4) and np.isfinite(found).all()
    assert np.array_equal(found[:1], run.predict_proba([small_sequences[0]]))


def test_another_skeleton_is_refused_in_one_sentence(trained):
    said = r"^X has 15 joints, that is 45 numbers a frame, and run \S+ was trained on 60; choose [a-z ]+\.$"
    with pytest.raises(DataError, match=said):
        trained().predict([np.ones((5, 15, 3))])


def test_a_run_that_has_not_ended_is_refused(small_config, small_sequences, tmp_path):
    run = RunStore(tmp_path / "runs").create(small_config)
    with pytest.raises(RunError, match="is queued; only a run that has ended"):
        run.predict(small_sequences)


def test_a_scale_is_not_measured_on_other_data_than_the_run_s(trained, small_sequences, tmp_path):
    source = write_numpy_files(small_sequences, tmp_path / "own")
    run = trained(source=str(source), preparation=Preparation(scaling="training-set"))
    write_numpy_files(small_sequences.take(range(len(small_sequences) - 1)), source)
    with pytest.raises(RunError, match="was trained on other data than"):
        scores_of(run, small_sequences)


def test_nearest_neighbours_of_another_length_are_refused(trained, small_sequences):
    run = trained(model=MODELS["nearest-neighbour"].options(), preparation=Preparation(frames=10))
    (run.path / "config.json").write_text(
        run.config.model_copy(update={"preparation": Preparation(frames=None)}).model_dump_json()
    )
    changed = RunStore(run.path.parent).get(run.run_id)
    with pytest.raises(DataError, match="have other lengths than those that were learned from"):
        scores_of(changed, small_sequences)


def test_a_broken_weight_gives_a_sentence_and_no_probability(trained, small_sequences):
    run = trained(split=Split(name="small", train=(1, 2, 3), validation=(), test=(4, 5, 6)))
    weights = load_weights(run.path / "last.safetensors")
    weights["head.weight"] = torch.full_like(weights["head.weight"], 3e38)
    save_weights(run.path / "last.safetensors", weights)
    with pytest.raises(RunError, match="give no finite numbers"):
        run.predict(small_sequences)
