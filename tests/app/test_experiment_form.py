"""The form of an experiment: any config survives it, and what can't be trained is told where it is typed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from har_core.data.named_splits import NAMED_SPLITS, parse_split
from har_core.data.preparation import Preparation
from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.splits import AnySplit, Split
from har_core.models import MODELS, ModelKind
from har_core.skeleton import KINECT_20
from har_core.training.config import ExperimentConfig, GradientTraining, Member
from har_core.training.member import INPUT_SETTINGS
from har_core.training.presets import PRESETS
from har_core.training.store import RunStore
from tests.any_settings import any_of, values_of_field
from tests.conftest import write_numpy_files
from tests.networks import LEARNERS

OpenPage = Callable[..., AppTest]


def sequences_of(subjects: int) -> SkeletonSequences:
    """Two actions by each of some subjects, enough for every preparation."""
    count = 2 * subjects
    random = np.random.default_rng(0)
    return SkeletonSequences.from_list(
        [random.uniform(-1, 1, (5, 20, 3)).astype(np.float32) for _ in range(count)],
        labels=[row % 2 for row in range(count)],
        subjects=[row // 2 + 1 for row in range(count)],
        ids=[f"row {row}" for row in range(count)],
        actions=[Action(1, "wave"), Action(2, "kick")],
        skeleton=KINECT_20,
        source="made up",
    )


@some.composite
def splits(draw: some.DrawFn) -> AnySplit:
    """A split by name, in lists, or with a name of somebody's own."""
    named = [*NAMED_SPLITS, "leave-out-3", "random-7", "1-4/5-6/7-9", " 1,2 / 3 / 4", "1-4//7-9"]
    if draw(some.booleans()):
        return parse_split(draw(some.sampled_from(named)), range(1, 11))
    order = draw(some.permutations(range(1, 11)))
    first, second, third = sorted(draw(some.sets(some.integers(1, 10), min_size=3, max_size=3)))
    name = draw(some.sampled_from(named) | some.text(some.characters(codec="utf-8"), max_size=20))
    parts = tuple(order[:first]), tuple(order[first:second]), tuple(order[second:third])
    return Split(name=name, train=parts[0], validation=parts[1], test=parts[2])


def training_of(kind: ModelKind) -> some.SearchStrategy[GradientTraining | None]:
    return any_of(GradientTraining) if kind.has_epochs else some.none()


def members_of(kind: ModelKind) -> some.SearchStrategy[Member]:
    own = {name: values_of_field(Member.model_fields[name]) for name in ("weight", *INPUT_SETTINGS[1:])}
    return some.builds(
        Member, preparation=any_of(Preparation), model=any_of(kind.options), training=training_of(kind),
        seed_offset=some.integers(0, 9), **own,
    )  # fmt: skip


def configs_of(kind: ModelKind) -> some.SearchStrategy[ExperimentConfig]:
    fields = ExperimentConfig.model_fields.items()
    own = {name: values_of_field(field) for name, field in fields if field.title and name != "members"}
    if kind.is_ensemble:
        anybody = some.one_of([members_of(MODELS[name]) for name in LEARNERS])
        members = some.lists(anybody, min_size=1, max_size=3)
        own = {"device": own["device"], "seed": some.integers(0, 2**62)}
        return some.builds(
            ExperimentConfig, split=splits(), model=any_of(kind.options), members=members.map(tuple), **own
        )  # fmt: skip
    if not kind.seeded:
        del own["seed"]  # it is not asked for: it changes nothing
    return some.builds(
        ExperimentConfig, preparation=any_of(Preparation), split=splits(), model=any_of(kind.options),
        training=training_of(kind), **own,
    )  # fmt: skip


configs = some.one_of([configs_of(kind) for kind in MODELS.values()])


def form() -> None:
    """What a page does with the form, for a script of its own."""
    import streamlit as st

    from app.screens.training.experiment_form import experiment_form, fill_in
    from har_core.data.reading.choices import NOTHING_CHOSEN

    if "to fill in" in st.session_state:
        fill_in(st.session_state.pop("to fill in"))
    experiments, _ = experiment_form("synthetic", NOTHING_CHOSEN, st.session_state["sequences"], [])
    st.session_state["said"] = experiments[0] if experiments else None


def open_form(sequences: SkeletonSequences) -> AppTest:
    screen = AppTest.from_function(form, default_timeout=60)
    screen.session_state["sequences"] = sequences
    return screen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(config=configs)
def test_any_config_survives_the_form_and_is_what_it_says_afterwards(config: ExperimentConfig) -> None:
    screen = open_form(sequences_of(10))
    screen.session_state["to fill in"] = config
    for _ in range(2):
        screen.run()  # the second time with what the widgets send back
        assert not screen.exception
        assert screen.session_state["said"] == config


def test_every_setting_of_a_config_has_a_field() -> None:
    of_the_page = {"schema_version", "source", "reading", "preparation", "split", "model", "training"}
    kinds = [(ExperimentConfig, of_the_page), (Preparation, set()), (GradientTraining, set())]
    kinds += [(kind.options, {"name"}) for kind in MODELS.values()]
    for kind, others in kinds:
        assert {name for name, field in kind.model_fields.items() if not field.title} == others


@pytest.fixture
def screen() -> AppTest:
    return open_form(sequences_of(10)).run()


def start(screen: AppTest) -> Any:
    return next(button for button in screen.button if button.label == "Start training")


def told(screen: AppTest) -> list[str]:
    """What is said in red: beneath fields, and beneath the button."""
    return [text.value.replace("\\", "") for text in screen.caption if text.value.startswith(":red[")]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("form lstm hidden", 10_000, "Hidden units: found 10,000, expected a whole number, 1 to 1,024."),
        ("form lstm hidden", 1e300, "expected a whole number, 1 to 1,024."),
        ("form lstm hidden", None, "Hidden units: found nothing, expected a whole number, 1 to 1,024."),
        ("form lstm dropout", 1.0, "Dropout: found 1.0, expected a number, at least 0 and below 1."),
        ("form epochs", 0, "Epochs: found 0, expected a whole number, 1 to 1,000,000."),
        ("form epochs", 1.5, "Epochs: found 1.5, expected a whole number, 1 to 1,000,000."),
        ("form learning_rate", -1.0, "Learning rate: found -1.0, expected a number, above 0 and at most 10."),
        ("form frames", 1, "Frames of each sequence: found 1, expected a whole number, 2 to 10,000."),
    ],
)
def test_a_number_that_can_not_be_is_told_and_start_is_off_until_it_is_mended(
    screen: AppTest, key: str, value: float | None, sentence: str
) -> None:
    field = screen.number_input(key=key)
    assert not start(screen).disabled and not told(screen)
    before = field.value
    field.set_value(value).run()
    assert not screen.exception
    assert start(screen).disabled and sentence in start(screen).help.replace("\\", "")
    at_the_button, *at_fields = told(screen)
    assert at_the_button.startswith(":red[:material/block: Start training is off: ")
    assert len(at_fields) == (key != "form epochs")  # that one is right above
    assert all(sentence in said for said in told(screen))
    assert screen.session_state["said"] is None
    screen.number_input(key=key).set_value(before).run()
    assert not start(screen).disabled and not told(screen)


@pytest.mark.parametrize("seed", ["", "x", "-1", "1.5", str(2**63), "9" * 5000])
def test_a_seed_is_a_text_that_is_checked_alike(screen: AppTest, seed: str) -> None:
    screen.text_input(key="form seed").set_value(seed).run()
    assert not screen.exception
    assert start(screen).disabled and "expected whole numbers from 0 to" in told(screen)[0]
    screen.text_input(key="form seed").set_value(f" {2**63 - 1} ").run()
    assert not start(screen).disabled and screen.session_state["said"].seed == 2**63 - 1


def test_a_form_without_an_input_is_told_and_start_is_off_until_one_is_chosen(screen: AppTest) -> None:
    field = screen.multiselect(key="form inputs")
    assert field.value == ["positions"] and "**velocities**: How far each joint has moved" in field.help
    field.set_value([]).run()
    sentence = "Inputs: found nothing, expected one or several of positions, velocities"
    assert not screen.exception and start(screen).disabled
    assert len(told(screen)) == 2 and all(sentence in said for said in told(screen))
    field.set_value(["velocities", "positions"]).run()
    assert not start(screen).disabled
    assert screen.session_state["said"].inputs == ("velocities", "positions")


def test_two_faults_are_both_told(screen: AppTest) -> None:
    screen.number_input(key="form epochs").set_value(None)
    screen.number_input(key="form lstm dropout").set_value(1.0).run()
    assert "Epochs:" in told(screen)[0] and "Dropout:" in told(screen)[0]


@pytest.mark.parametrize("name", NAMED_SPLITS)
def test_a_named_split_adapts_to_eight_subjects_and_that_is_told(name: str) -> None:
    screen = open_form(sequences_of(8)).run()
    screen.selectbox(key="form split").set_value(name).run()
    assert not screen.exception and not start(screen).disabled
    assert screen.session_state["said"].split == parse_split(name, range(1, 9))
    note = "is made for subjects 1 to 10. This data set has 1 to 8"
    assert any(note in text.value for text in screen.caption) == NAMED_SPLITS[name].of_ten


def test_a_split_of_another_data_set_adapts_by_its_name_or_is_refused() -> None:
    screen = open_form(sequences_of(8))
    for name in ("course", "odd-even", "leave-out-3"):
        screen.session_state["to fill in"] = ExperimentConfig(split=parse_split(name, range(1, 11)))
        screen.run()
        assert screen.session_state["said"].split == parse_split(name, range(1, 9))
    for text in ("leave-out-9", "1-5/6-7/8-10"):
        screen.session_state["to fill in"] = ExperimentConfig(split=parse_split(text, range(1, 11)))
        screen.run()
        assert not screen.exception and start(screen).disabled
        assert f"split {text}: the data set has " in told(screen)[0]


def test_presets_adapt_to_the_subjects_and_still_say_what_to_look_for() -> None:
    screen = open_form(sequences_of(8))
    screen.session_state["to fill in"] = PRESETS["no-dropout"].config
    screen.run()
    assert any(PRESETS["no-dropout"].look_for in text.value for text in screen.caption)


def test_fewer_than_three_subjects_are_told_and_start_is_off() -> None:
    screen = open_form(sequences_of(2)).run()
    assert not screen.exception and start(screen).disabled
    assert "the data set has 2 subjects, and a split" in told(screen)[0]


@pytest.fixture
def eight(har_home: Path) -> str:
    """A source of eight subjects."""
    write_numpy_files(sequences_of(8), har_home / "sources" / "eight")
    return "eight"


def test_the_practical_work_is_queued_on_eight_subjects_with_thirds(open_page: OpenPage, eight: str) -> None:
    screen = open_page("overview", source=eight)
    thirds = "they are split into thirds, in the order of their numbers."
    assert any(thirds in text.value for text in screen.caption)
    screen.number_input(key="work epochs").set_value(100_000)
    next(button for button in screen.button if button.label == "Queue the practical work").click().run()
    assert not screen.exception and not screen.error
    assert [run.config.split for run in RunStore().runs()] == 4 * [parse_split("thirds", range(1, 9))]
    screen = open_page("data_set", source=eight)
    assert any(thirds in text.value for text in screen.caption)
    assert any(text.value == "Test: subjects 6 to 8 · 6 sequences" for text in screen.markdown)


def test_where_the_course_split_can_not_be_trained_on_the_way_to_another_is_shown(
    open_page: OpenPage, har_home: Path
) -> None:
    whole = sequences_of(8)
    kept = np.flatnonzero((whole.labels == 0) | (whole.subjects > 3))  # no training subject kicks
    write_numpy_files(whole.take(kept), har_home / "sources" / "lacking")
    screen = open_page("overview", source="lacking")
    assert not screen.exception
    (button,) = (button for button in screen.button if button.label == "Queue the practical work")
    assert button.disabled and any("no training subject performs" in text for text in told(screen))
    assert "Train on another split" in [link.proto.label for link in screen.get("page_link")]


def test_pages_open_on_two_subjects_and_say_what_is_missing(open_page: OpenPage, har_home: Path) -> None:
    write_numpy_files(sequences_of(2), har_home / "sources" / "two")
    sentence = "the data set has 2 subjects, and a split by subject takes at least three"
    screen = open_page("overview", source="two")
    assert not screen.exception
    (button,) = (button for button in screen.button if button.label == "Queue the practical work")
    assert button.disabled and any(sentence in text for text in told(screen))
    screen = open_page("data_set", source="two")
    assert not screen.exception and any(sentence in text.value for text in screen.caption)


def test_an_ensemble_of_nobody_is_told_where_members_come_from() -> None:
    screen = open_form(sequences_of(10))
    screen.session_state["form model"] = "ensemble"
    screen.run()
    assert any("An ensemble is made of members, and none is named" in text.value for text in screen.caption)
    assert not screen.exception and screen.session_state["said"] is None
