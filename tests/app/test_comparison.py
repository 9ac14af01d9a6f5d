"""The comparison page: one row a run, its numbers counted from the run's own files."""

import json
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.splits import LEAKS, RandomSplit
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]
RANDOM = "By subject or at random?"


def share_right(run: Run, weights: str, part: str) -> float:
    with np.load(run.path / "predictions.npz") as file:
        inside = file["part"] == part
        return float((file[f"logits_{weights}"].argmax(axis=1) == file["truth"])[inside].mean())


def test_each_run_has_a_row_with_its_accuracies_in_percent(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("comparison")
    assert not screen.exception
    table = screen.dataframe[0].value.set_index("run")
    assert set(table.index) == {run.run_id for run in runs.values()}
    for run in runs.values():
        row = table.loc[run.run_id]
        assert row["parameters"] == run.meta.parameters
        assert row["epochs"] == 3
        assert row["test_sequences"] == 176
        assert row["best_test"] == pytest.approx(100 * share_right(run, "best", "test"))
        assert row["best_validation"] == pytest.approx(100 * share_right(run, "best", "validation"))
        assert row["last_test"] == pytest.approx(100 * share_right(run, "last", "test"))
        assert row["last_train"] == pytest.approx(100 * share_right(run, "last", "train"))
    assert any("Synthetic data" in text.value for text in screen.caption)


def test_accuracies_of_many_configs_are_drawn_in_part_and_listed_in_full(
    open_page: OpenPage, runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.screens.comparison.accuracies.MOST_ROWS", 3)
    screen = open_page("comparison")
    assert [text.value for text in screen.caption if text.value.startswith("The newest 3 of 4 configs")]
    drawn = json.loads(screen.get("echarts_chart")[0].proto.spec)
    assert len(drawn["yAxis"][0]["data"]) == 3
    assert len(screen.dataframe[1].value) == 4


def test_course_lstm_has_its_published_parameter_count(open_page: OpenPage, runs: dict[str, Run]) -> None:
    table = open_page("comparison").dataframe[0].value.set_index("run")
    assert table.loc[runs["lstm"].run_id, "parameters"] == 8756


def test_without_a_run_the_page_says_what_to_do(open_page: OpenPage) -> None:
    screen = open_page("comparison")
    assert not screen.exception
    assert screen.info[0].value.startswith("There is nothing to compare yet.")
    assert not screen.dataframe


@pytest.mark.parametrize("file", ["config.json", "status.json", "meta.json", "results.json"])
def test_damaged_run_is_named_and_the_others_are_compared(
    open_page: OpenPage, runs: dict[str, Run], file: str
) -> None:
    (runs["lstm"].path / file).write_text('{"schema_version": 1, ')
    screen = open_page("comparison")
    assert not screen.exception
    (warning,) = screen.warning
    assert runs["lstm"].run_id in warning.value
    assert file in warning.value
    assert len(screen.dataframe[0].value) == 3


def test_run_without_its_config_is_named(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "config.json").unlink()
    screen = open_page("comparison")
    assert not screen.exception
    assert "config.json is missing" in screen.warning[0].value


def numbers_of_both(screen: AppTest) -> list[list[str]]:
    (table,) = [frame.value for frame in screen.dataframe if "By subject" in frame.value]
    return [list(row) for row in table.itertuples(index=False)]


def test_a_random_split_is_queued_by_one_button_and_its_numbers_are_those_of_the_files(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("comparison", source="synthetic")
    screen.segmented_control(key="comparison view").set_value(RANDOM).run()
    assert not screen.exception
    config = runs["cnn"].config
    screen.selectbox(key="config of both splits").select_index(
        [title.startswith("1D-CNN") for title in screen.selectbox(key="config of both splits").options].index(
            True
        )
    ).run()
    counted = numbers_of_both(screen)
    assert counted[1][1:] == ["0", counted[0][2]]  # by subject nobody is in both, at random everybody
    assert counted[2][1] == "0" and 0 < int(counted[2][2]) <= int(counted[0][2])
    assert counted[3][1:] == counted[4][1:] == ["", ""]
    button = screen.button(key="queue runs of both splits")
    assert button.label == "Queue 3 missing runs"
    assert any(LEAKS in text.value for text in screen.caption)
    button.click().run()
    assert not screen.exception and not screen.error
    store = RunStore()
    made = [run for run in store.runs() if run.run_id not in {known.run_id for known in runs.values()}]
    assert {(run.config.model.name, run.config.split.leaks) for run in made} == {
        ("cnn", True), ("nearest-neighbour", True), ("nearest-neighbour", False),
    }  # fmt: skip
    (random,) = [run for run in made if run.config.model.name == "cnn"]
    assert random.config.anywhere == config.anywhere.model_copy(update={"split": RandomSplit()})
    assert not [one for one in screen.button if one.key == "queue runs of both splits"]
