"""The rungs against the numbers of parameters that were published with them."""

import pytest
import torch

from har_core.data.inputs import width_of
from har_core.data.splits import Split
from har_core.models.networks import build_model, count_parameters
from har_core.skeleton import SKELETONS
from har_core.training.config import ExperimentConfig
from har_core.training.ladder import OF_COURSE, RUNGS, rung_config, say_rung


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("L0", 8_756), ("L1", 17_492), ("L3", 17_492), ("L4", 44_966), ("L5", 44_966), ("L6", 45_926),
        ("L7", 85_030), ("L8", 85_030), ("L9", 81_070),
    ],
)  # fmt: skip
def test_a_rung_has_as_many_parameters_as_in_the_recipe(name: str, parameters: int) -> None:
    config = rung_config(name)
    network = build_model(config.model, width_of(config.inputs, SKELETONS["msr-20"]), 20, torch.Generator())
    assert count_parameters(network) == parameters


@pytest.mark.parametrize("name", list(RUNGS))
def test_a_rung_is_an_experiment_that_can_be_kept(name: str) -> None:
    config = rung_config(name)
    assert ExperimentConfig.model_validate_json(config.model_dump_json()) == config


def test_the_lowest_rungs_are_the_course_s_own() -> None:
    assert rung_config("L0") == ExperimentConfig()
    assert rung_config("L1") == ExperimentConfig(model={"name": "bilstm"})


def test_an_experiment_is_called_by_its_rung_whoever_it_looks_at() -> None:
    looked_at = {
        "source": "other",
        "split": Split(name="two", train=(1,), validation=(2,), test=(3,)),
        "seed": 7,
    }
    for name, rung in RUNGS.items():
        said = "" if name in OF_COURSE else f"{name} {rung.title}"
        assert say_rung(rung_config(name).model_copy(update=looked_at)) == said
    assert say_rung(rung_config("L8").trained(epochs=81)) == ""
