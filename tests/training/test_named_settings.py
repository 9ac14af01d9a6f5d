"""Settings by their dotted names: in which an experiment departs from the course's, and how they are said."""

from har_core.data.named_splits import SPLITS
from har_core.data.preparation import Preparation
from har_core.fields import choices_of, shown_of
from har_core.models import CnnOptions
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.named_settings import non_default_settings, say_non_default_settings, say_settings


def test_departures_are_the_settings_that_are_not_the_course_s():
    assert non_default_settings(ExperimentConfig(source="mine", seed=3, split=SPLITS["odd-even"])) == {}
    assert non_default_settings(ExperimentConfig(model=CnnOptions())) == {}
    changed = ExperimentConfig(
        training=GradientTraining(epochs=9),
        model=CnnOptions(layers=4),
        preparation=Preparation(scaling="none", frames=None),
        inputs=("velocities", "positions"),
    )
    assert non_default_settings(changed) == {
        "training.epochs": 9, "model.layers": 4, "preparation.scaling": "none", "preparation.frames": None,
        "inputs": ("velocities", "positions"),
    }  # fmt: skip


def test_each_choice_of_a_preparation_is_called_one_way_wherever_it_is_said():
    for name, field in Preparation.model_fields.items():
        assert set(choices_of(field)) - {"none"} <= shown_of(field).get("words", {}).keys()
        for choice in choices_of(field):
            config = ExperimentConfig(preparation=Preparation(**{name: choice}))
            said = say_settings(config)[f"preparation.{name}"]
            assert said.endswith(f" {shown_of(field)['words'].get(choice, choice)}")
    said = say_non_default_settings(ExperimentConfig(preparation=Preparation(untracked="keep", frames=None)))
    assert said["preparation.untracked"] == "untracked frames keep the zeros"
    assert said["preparation.frames"] == "frames of each sequence as recorded"
