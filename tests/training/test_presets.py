"""The presets as they are, on skeletons that they were not made for."""

from pathlib import Path

import numpy as np
import pytest

from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.splits import Split
from har_core.skeleton import SKELETONS
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.ladder import RUNGS
from har_core.training.presets import PRESETS, different_presets
from har_core.training.store import RunStore
from tests.conftest import write_numpy_files
from tests.data.reading.bodies import bodies

SPLIT = Split(name="small", train=(1, 2), validation=(3,), test=(4,))


@pytest.fixture(scope="module", params=["kinect-sdk-20", "florence-15"])
def source(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three actions by four people, of another skeleton; in one sequence the tracker loses the body."""
    rows = [(action, subject) for action in range(3) for subject in range(1, 5) for _ in range(2)]
    skeleton = SKELETONS[request.param]
    frames = bodies(skeleton, [20 + 3 * action + subject for action, subject in rows])
    frames[3][5:8] = 0
    sequences = SkeletonSequences.from_list(
        [its.astype(np.float32) for its in frames], labels=[action for action, _ in rows],
        subjects=[subject for _, subject in rows], ids=[f"row {row}" for row in range(len(rows))],
        actions=[Action(number, f"action {number}") for number in (1, 2, 3)], skeleton=skeleton,
        source=request.param,
    )  # fmt: skip
    return write_numpy_files(sequences, tmp_path_factory.mktemp(request.param))


def for_a_few_epochs(config: ExperimentConfig) -> ExperimentConfig:
    if not config.members:
        return config.trained(epochs=2) if config.training else config
    members = [
        member.model_copy(update={"training": member.training.model_copy(update={"epochs": 2})})
        if member.training
        else member
        for member in config.members
    ]
    return config.model_copy(update={"members": tuple(members)})


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize("name", [*RUNGS, "dtw-svm", "best"])
def test_a_preset_is_trained_on_another_skeleton(name: str, source: Path) -> None:
    config = for_a_few_epochs(PRESETS[name].config)
    store = RunStore()
    run_id = store.create(config.model_copy(update={"source": str(source), "split": SPLIT})).run_id
    list(train_run(store, run_id))
    run = store.get(run_id)
    assert run.status.state == "done" and not run.faults
    assert run.meta.split_sizes == {"train": 12, "validation": 6, "test": 6}
    scores = store.arrays(run_id, "predictions.npz")[f"logits_{config.judged_by}"]
    assert scores.shape == (24, 3) and np.isfinite(scores).all()


def test_the_best_is_the_top_of_the_ladder() -> None:
    assert PRESETS["best"].config == PRESETS["L11"].config


def test_a_form_offers_each_experiment_once() -> None:
    offered = [PRESETS[name].config for name in different_presets()]
    assert all(offered.count(config) == 1 for config in offered)
    assert all(preset.config in offered for preset in PRESETS.values())
