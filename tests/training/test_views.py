"""Axes and joints of the inputs, from the command line to predictions: the width is right everywhere."""

import json
from pathlib import Path

import numpy as np
import pytest

from har_core.analysis.prefix_predictions import prefix_predictions
from har_core.data.inputs import View, width_of
from har_core.data.sequences import SkeletonSequences
from har_core.report.facts import facts_of_run
from har_core.report.findings import gather
from har_core.skeleton import KINECT_20
from har_core.training.classifier import HarClassifier
from har_core.training.config import ExperimentConfig
from har_core.training.store import RunStore
from tests.conftest import Command

pytestmark = pytest.mark.usefixtures("har_home")

SPLIT = "1-3/4/5-6"
SEEN = ["--set", "axes=xy", "--set", "joints=limbs"]


@pytest.mark.parametrize("augmentation", ["none", "mixed"])
def test_a_run_of_two_axes_and_the_limbs_says_so_and_answers_for_other_sequences(
    augmentation: str, lab: Command, small_source: Path, small_sequences: SkeletonSequences
) -> None:
    inputs = [
        "--set",
        'inputs=["positions","motion-1","directions"]',
        "--set",
        f"training.augmentation={augmentation}",
    ]
    code, out, err = lab(
        "train", "--source", small_source, "--split", SPLIT, "--epochs", 2, *SEEN, *inputs, "--json"
    )
    assert code == 0, err
    run = RunStore().get(json.loads(out.splitlines()[-1])["run"])
    width = 2 * (16 + 16 + 6)
    assert run.meta.inputs == width and run.config.view == View("xy", "limbs")
    with np.load(run.path / "predictions.npz") as file:
        kept = dict(zip(file["ids"], file["logits_best"], strict=True))
    shares = run.predict_proba(small_sequences)
    for row in (0, 40, 71):
        logits = kept[small_sequences.ids[row]]
        np.testing.assert_allclose(shares[row], np.exp(logits) / np.exp(logits).sum(), rtol=1e-4)
    whole = prefix_predictions(run, "best", small_sequences, small_sequences.ids[0])
    np.testing.assert_allclose(whole.probabilities[-1], shares[0], rtol=1e-4)
    (found,) = gather(RunStore(), [run.run_id])
    facts = dict(facts_of_run(found))
    assert facts["Inputs"].endswith("Axes: x and y. Joints: arms and legs.")
    assert "axes of inputs x and y, joints of inputs arms and legs" in facts["Departures from the course"]


def test_depth_and_trunk_change_nothing_where_they_are_not_given(small_sequences: SkeletonSequences) -> None:
    """Scaled by nothing, so that the preparation does not look at them either."""
    classifier = HarClassifier(
        "nearest-neighbour", inputs=("positions", "motion-1", "bones", "directions"), axes="xy",
        joints="limbs", preparation={"centring": "none", "scaling": "none", "frames": 20},
    )  # fmt: skip
    X = list(small_sequences.each())
    classifier.fit(X, small_sequences.labels)
    expected = classifier.predict_proba(X[:5])
    other = [frames.copy() for frames in X[:5]]
    for frames in other:
        frames[..., 2] += np.random.default_rng(0).normal(size=frames.shape[:2])
        frames[:, [KINECT_20.joints.index("head"), KINECT_20.joints.index("spine")]] += 1
    np.testing.assert_allclose(classifier.predict_proba(other), expected, atol=1e-6)


def test_a_learner_that_compares_whole_bodies_refuses_a_part_of_them(
    lab: Command, small_source: Path
) -> None:
    how = ["train", "--source", small_source, "--split", SPLIT, "--preset", "dtw-svm"]
    for setting in ("axes=xy", "joints=limbs"):
        code, out, err = lab(*how, "--set", setting)
        assert code == 2 and out == "" and "choose all axes and all joints" in err
    code, out, err = lab(*how, "--set", "axes=yz")
    assert code == 2 and "axes" in err
    assert not RunStore().runs()


def test_a_config_of_before_gives_all_of_all() -> None:
    values = ExperimentConfig().model_dump(mode="json")
    del values["axes"], values["joints"]
    config = ExperimentConfig.model_validate_json(json.dumps(values))
    assert config == ExperimentConfig() and config.view == View()
    assert width_of(config.inputs, KINECT_20, config.view) == 60
