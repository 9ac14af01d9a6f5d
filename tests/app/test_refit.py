"""A refit from the pages: asked for in the form or by the settings of a run, and its figures stand apart."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.splits import REFITTED, Split
from har_core.training.driver import train_run
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


@pytest.fixture
def refit(runs: dict[str, Run], home_with_runs: Path) -> Run:
    """A refit of the LSTM, beside the four runs of the home."""
    store = RunStore(home_with_runs / "runs")
    run = store.create(runs["lstm"].config.refitted, queued=False)
    list(train_run(store, run.run_id))
    return store.get(run.run_id)


def test_settings_of_an_ended_run_fill_the_form_to_be_refitted(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    lstm = runs["lstm"]
    screen = open_page("training", run=lstm.run_id)
    screen.button(key=f"refit {lstm.run_id}").click().run()
    assert not screen.exception and screen.toggle(key="form split refit").value
    assert "Training: subjects 1 to 7; Test: subjects 8 to 10" in [text.value for text in screen.caption]
    screen.toggle(key="form split refit").set_value(False).run()
    assert any(text.value.startswith("Training: subjects 1 to 5; Val") for text in screen.caption)
    screen.selectbox(key="form split").select("cross-subject").run()
    screen.toggle(key="form split refit").set_value(True).run()
    assert any(
        "it has no validation part, so there is nothing to refit on" in text.value for text in screen.caption
    )


def test_results_queue_a_refit_and_say_of_one_what_it_is(
    open_page: OpenPage, runs: dict[str, Run], refit: Run
) -> None:
    screen = open_page("results", run=runs["cnn"].run_id)
    screen.segmented_control(key="results details").set_value("Scores").run()
    screen.button(key=f"refit {runs['cnn'].run_id}").click().run()
    assert not screen.exception
    (queued,) = [run for run in RunStore().runs() if run.config.split.refit and run.run_id != refit.run_id]
    assert queued.config.split == Split(refit=True) and queued.config.model == runs["cnn"].config.model
    screen = open_page("results", run=refit.run_id)
    assert any(REFITTED in text.value for text in screen.caption)
    assert any(f" · {REFITTED} · " in option for option in screen.selectbox[0].options)
    screen.segmented_control(key="results details").set_value("Scores").run()
    assert not [button for button in screen.button if button.label == "Refit with these settings"]


def test_in_the_comparison_it_has_columns_and_a_table_of_its_own(
    open_page: OpenPage, runs: dict[str, Run], refit: Run
) -> None:
    screen = open_page("comparison")
    assert not screen.exception
    table = screen.dataframe[0].value.set_index("run")
    assert table["last_test"].isna().tolist() == table["refitted_test"].notna().tolist()
    assert table.loc[refit.run_id, "refitted_test"] == pytest.approx(100 * refit.results.last.test)
    seeds, refits = screen.dataframe[1].value, screen.dataframe[2].value
    assert len(seeds) == 4 and len(refits) == 1
    assert refits["refitted_test"].tolist() == [f"{100 * refit.results.last.test:.1f} %"]
    screen.segmented_control(key="comparison view").set_value("Parallel coordinates").run()
    assert any(f"1 run was {REFITTED}, and has no line here" in text.value for text in screen.caption)
