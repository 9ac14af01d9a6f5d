"""The hand-in page: the runs that it proposes, and the zip that it makes of those that are chosen."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from har_core.report.hand_in import hand_in, zipped
from har_core.report.written import Answers, keep_answers, kept_answers
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.practical_work import COURSE_MODELS
from har_core.training.records import Label
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


def make(screen: AppTest) -> AppTest:
    next(button for button in screen.button if button.label == "Make the hand-in").click()
    return screen.run(timeout=60)


def as_the_course_sets(run: Run) -> Run:
    """Let a run look as if it had gone through what the course sets."""
    config = ExperimentConfig(model=run.config.model).model_dump_json()
    (run.path / "config.json").write_text(config)
    store = RunStore()
    store.write_status(run.run_id, run.status.model_copy(update={"epoch": 2000}))
    last = run.results.last.model_copy(update={"epoch": 2000})
    results = run.results.model_copy(update={"last": last})
    (run.path / "results.json").write_text(results.model_dump_json())
    return store.get(run.run_id)


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the page offered to download, the last at the end."""
    found: list[bytes] = []
    monkeypatch.setattr(st, "download_button", lambda label, data, *rest, **options: found.append(data))
    return found


def test_a_run_of_each_model_is_proposed_in_the_order_of_the_course(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("hand_in")
    assert not screen.exception
    assert screen.multiselect[0].value == [runs[model].run_id for model in COURSE_MODELS]
    assert any("Synthetic data" in text.value for text in screen.caption)


def test_a_trial_that_is_newer_than_the_run_of_the_course_is_not_proposed(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    course, trial = (
        as_the_course_sets(runs["lstm"]),
        runs["bilstm"].path.with_name("29990101-000000-lstm-ffffff"),
    )
    shutil.copytree(course.path, trial)
    (trial / "config.json").write_text(
        ExperimentConfig(training=GradientTraining(epochs=5)).model_dump_json()
    )
    shutil.copy(runs["bilstm"].path / "results.json", trial)
    RunStore().write_status(trial.name, course.status.model_copy(update={"epoch": 5}))
    screen = open_page("hand_in")
    assert not screen.exception
    assert screen.multiselect[0].value == [runs[model].run_id for model in COURSE_MODELS]
    assert any("5 epochs" in option for option in screen.multiselect[0].options)
    said = [text.value for text in screen.caption if "not as the course" in text.value]
    assert said == [
        ":material/info: Of these runs 3 are not as the course sets them: other settings, another split, or "
        "fewer epochs."
    ]


def test_zip_is_that_of_the_command_line_and_is_made_anew_when_a_run_changes(
    open_page: OpenPage, runs: dict[str, Run], home_with_runs: Path, offered: list[bytes]
) -> None:
    store = RunStore(home_with_runs / "runs")
    chosen = [runs["cnn"].run_id, runs["lstm"].run_id]
    screen = open_page("hand_in")
    screen.multiselect[0].set_value(chosen).run()
    assert offered == []  # it is made on demand
    make(screen)
    assert not screen.exception and offered == [zipped(hand_in(store, chosen))]
    assert any("No run of Stacked LSTM, Bi-LSTM" in text.value for text in screen.caption)
    store.write_label(runs["cnn"].run_id, Label(name="ours"))
    screen.run()
    assert len(offered) == 1  # of what was, nothing is offered any more
    make(screen)
    assert offered[1:] == [zipped(hand_in(store, chosen))] and offered[0] != offered[1]


def test_without_an_ended_run_the_page_leads_to_training(open_page: OpenPage) -> None:
    screen = open_page("hand_in")
    assert not screen.exception and "No run has ended yet" in screen.info[0].value


def test_damaged_file_of_a_run_is_told(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "features.npz").write_bytes(b"no zip")
    screen = make(open_page("hand_in"))
    assert not screen.exception and "features.npz can't be read" in screen.error[0].value


def test_author_and_answers_go_into_this_zip_and_the_next(
    open_page: OpenPage, runs: dict[str, Run], home_with_runs: Path, offered: list[bytes]
) -> None:
    store, chosen = RunStore(home_with_runs / "runs"), [runs["cnn"].run_id]
    screen = open_page("hand_in")
    screen.multiselect[0].set_value(chosen).run()
    screen.text_input(key="author").set_value("Ada <b>L</b>").run()
    screen.selectbox(key="hand-in question").set_value(3).run()
    screen.text_area[0].set_value("Twenty").run()
    make(screen)
    typed = Answers(given={3: "Twenty"})
    assert not screen.exception
    assert offered == [zipped(hand_in(store, chosen, author="Ada <b>L</b>", answers=typed))]
    assert any("**Your answers: 1 of 14**" in text.value for text in screen.markdown)
    assert "--author 'Ada <b>L</b>'" in screen.code[0].value
    later = open_page("hand_in")  # another visit: the answers are kept
    later.multiselect[0].set_value(chosen).run()
    make(later)
    assert offered[1:] == [zipped(hand_in(store, chosen, answers=typed))]
    later.selectbox(key="hand-in question").set_value(3).run()
    later.text_area[0].set_value("").run()
    assert kept_answers() == Answers()


def test_answers_are_brought_in_from_a_report_and_that_is_undone(
    open_page: OpenPage, runs: dict[str, Run], home_with_runs: Path
) -> None:
    keep_answers(Answers(given={1: "mine", 2: "stays"}))
    new = Answers(given={1: "newer", 0: "the end"})
    page = hand_in(RunStore(), [runs["cnn"].run_id], answers=new)["report.html"]
    screen = open_page("hand_in")
    screen.file_uploader[0].set_value([("report.html", page, "text/html")]).run()
    assert not screen.exception and not screen.error
    assert kept_answers().given == {1: "newer", 2: "stays", 0: "the end"}
    assert any("2 answers of report.html, 1 in the place of another" in text.value for text in screen.caption)
    assert screen.text_area[0].value == "newer"
    next(button for button in screen.button if button.label == "Undo").click().run()
    assert kept_answers().given == {1: "mine", 2: "stays"} and screen.text_area[0].value == "mine"
    assert not any("answers of report.html" in text.value for text in screen.caption)


def test_what_holds_no_answers_or_too_long_a_name_is_told(
    open_page: OpenPage, runs: dict[str, Run], home_with_runs: Path
) -> None:
    screen = open_page("hand_in")
    screen.file_uploader[0].set_value([("a*b*.html", b"<p>hi</p>", "text/html")]).run()
    assert not screen.exception
    assert "has no room for answers: expected report.html" in screen.error[0].value.replace("\\", "")
    assert kept_answers() == Answers()
    (home_with_runs / "answers.json").write_text("{")
    screen = open_page("hand_in")
    assert not screen.exception and "holds your answers and can't be read" in screen.error[0].value
