"""What is done with the runs of the comparison page: filter, choose, name, delete, undo, compare."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from streamlit.testing.v1 import AppTest

from har_core.training.records import Label
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


def shown(screen: AppTest) -> set[str]:
    assert not screen.exception
    return set(screen.dataframe[0].value["run"])


def the_list(screen: AppTest):
    (found,) = [widget for widget in screen.multiselect if widget.label == "Chosen runs"]
    return found


def view(screen: AppTest, name: str) -> AppTest:
    screen.session_state["comparison view"] = name
    screen.run()
    assert not screen.exception
    return screen


@pytest.fixture
def store(runs: dict[str, Run]) -> RunStore:
    return RunStore()


@pytest.mark.parametrize(
    ("words", "models"),
    [
        ("bi-lstm", {"bilstm"}),
        ("FIRST", {"lstm"}),
        ("first cnn", set()),
        ("remember", {"cnn"}),
        ("ablation lstm", {"lstm"}),
        ("synthetic", {"lstm", "stacked-lstm", "bilstm", "cnn"}),
    ],
)
def test_runs_are_found_by_all_the_words_of_the_filter(
    open_page: OpenPage, runs: dict[str, Run], store: RunStore, words: str, models: set[str]
) -> None:
    store.write_label(runs["lstm"].run_id, Label(name="My first", tags=("ablation",)))
    store.write_label(runs["cnn"].run_id, Label(note="to remember", tags=("ablation",)))
    screen = open_page("comparison")
    screen.text_input(key="runs filter").set_value(words).run()
    if models:
        assert shown(screen) == {runs[model].run_id for model in models}
    else:
        assert screen.info[0].value.startswith("No run passes the filter.") and not screen.dataframe


def test_runs_are_found_by_state_and_tags(open_page: OpenPage, runs: dict[str, Run], store: RunStore) -> None:
    store.write_label(runs["lstm"].run_id, Label(tags=("a", "b")))
    store.write_label(runs["cnn"].run_id, Label(tags=("a",)))
    run = runs["cnn"]
    store.write_status(run.run_id, run.status.model_copy(update={"state": "stopped"}))
    screen = open_page("comparison")
    assert screen.multiselect(key="runs tags").options == ["a", "b"]
    screen.multiselect(key="runs tags").set_value(["a"]).run()
    assert shown(screen) == {runs["lstm"].run_id, runs["cnn"].run_id}
    screen.multiselect(key="runs states").set_value(["stopped"]).run()
    assert shown(screen) == {runs["cnn"].run_id}
    screen.multiselect(key="runs tags").set_value(["b"]).run()
    assert not screen.dataframe


def test_a_run_that_the_filter_hides_is_not_chosen_and_not_deleted(
    open_page: OpenPage, runs: dict[str, Run], store: RunStore
) -> None:
    screen = open_page("comparison")
    the_list(screen).set_value([run.run_id for run in runs.values()]).run()
    screen.text_input(key="runs filter").set_value("cnn").run()
    assert the_list(screen).value == [runs["cnn"].run_id]
    screen.button(key="delete chosen runs").click().run()
    assert {run.run_id for run in store.runs()} == {
        run.run_id for run in runs.values() if run.run_id != runs["cnn"].run_id
    }


def test_what_is_chosen_in_the_list_is_chosen_in_the_table(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("comparison")
    the_list(screen).set_value([runs["lstm"].run_id, runs["cnn"].run_id]).run()
    order = list(screen.dataframe[0].value["run"])
    number, _ = screen.session_state["runs table as drawn"]
    rows = screen.session_state[f"runs table again {number}" if number else "runs table"]["selection"]["rows"]
    assert {order[row] for row in rows} == {runs["lstm"].run_id, runs["cnn"].run_id}


def test_a_run_is_named_tagged_and_noted_and_its_name_is_no_markup(
    open_page: OpenPage, runs: dict[str, Run], store: RunStore
) -> None:
    run_id, name = runs["lstm"].run_id, ":red[x] $y$ <b>z</b>"
    screen = open_page("comparison")
    the_list(screen).set_value([run_id]).run()
    screen.text_input(key=f"name of {run_id}").set_value(name)
    screen.multiselect(key=f"tags of {run_id}").set_value(["one", "two"])
    screen.text_area(key=f"note of {run_id}").set_value("line\nanother")
    next(button for button in screen.button if button.label == "Save").click().run()
    assert store.get(run_id).label == Label(name=name, tags=("one", "two"), note="line\nanother")
    row = screen.dataframe[0].value.set_index("run").loc[run_id]
    assert (row["name"], list(row["tags"]), row["note"]) == (name, ["one", "two"], "line\nanother")
    view(screen, "McNemar test")
    the_list(screen).set_value([run_id, runs["cnn"].run_id]).run()
    assert not any(name in text.value for text in screen.markdown)
    assert any(r"\:red\[x\] \$y\$ \<b\>z\</b\>" in text.value for text in screen.markdown)
    assert any(name in option for option in open_page("results").selectbox(key="choose run").options)


def test_a_tag_that_is_too_long_is_refused_in_a_sentence(
    open_page: OpenPage, runs: dict[str, Run], store: RunStore
) -> None:
    run_id = runs["lstm"].run_id
    screen = open_page("comparison")
    the_list(screen).set_value([run_id]).run()
    screen.multiselect(key=f"tags of {run_id}").set_value(["t" * 31])
    next(button for button in screen.button if button.label == "Save").click().run()
    assert "tags.0" in screen.error[0].value and store.get(run_id).label == Label()


def test_deleting_is_undone(open_page: OpenPage, runs: dict[str, Run], store: RunStore) -> None:
    gone = [runs["lstm"].run_id, runs["cnn"].run_id]
    screen = open_page("comparison")
    the_list(screen).set_value(gone).run()
    screen.button(key="delete chosen runs").click().run()
    assert shown(screen) == {runs["bilstm"].run_id, runs["stacked-lstm"].run_id}
    assert any(text.value == "Deleted: 2 runs." for text in screen.markdown)
    screen.button(key="undo deleting runs").click().run()
    assert shown(screen) == {run.run_id for run in runs.values()} and set(the_list(screen).value) == set(gone)
    assert {run.run_id: run for run in store.runs()} == {run.run_id: run for run in runs.values()}
    assert not [button for button in screen.button if button.key == "undo deleting runs"]


def test_the_last_run_is_deleted_and_comes_back(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("comparison")
    the_list(screen).set_value([run.run_id for run in runs.values()]).run()
    screen.button(key="delete chosen runs").click().run()
    assert screen.info[0].value.startswith("There is nothing to compare yet.")
    screen.button(key="undo deleting runs").click().run()
    assert shown(screen) == {run.run_id for run in runs.values()}


def test_a_run_that_is_being_trained_is_not_deleted(
    open_page: OpenPage, runs: dict[str, Run], store: RunStore
) -> None:
    training, other = runs["lstm"].run_id, runs["cnn"].run_id
    screen = open_page("comparison")
    the_list(screen).set_value([training, other]).run()
    with store.alone(training):
        screen.button(key="delete chosen runs").click().run()
    assert "is being trained; stop it first" in screen.error[0].value
    assert training in shown(screen) and other not in shown(screen)


def test_a_run_that_vanished_meanwhile_is_told(
    open_page: OpenPage, runs: dict[str, Run], store: RunStore
) -> None:
    screen = open_page("comparison")
    the_list(screen).set_value([runs["lstm"].run_id]).run()
    store.delete(runs["lstm"].run_id)
    screen.button(key="delete chosen runs").click().run()
    assert "there is no run named" in screen.error[0].value and not screen.exception


def test_a_damaged_label_is_told_and_the_run_is_compared(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "label.json").write_text('{"name": 3}')
    screen = open_page("comparison")
    assert "label.json" in screen.warning[0].value and runs["lstm"].run_id in shown(screen)


def test_differences_are_the_settings_that_differ(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = view(open_page("comparison"), "Differences")
    the_list(screen).set_value([runs["lstm"].run_id, runs["stacked-lstm"].run_id]).run()
    table = screen.dataframe[1].value.set_index("run")
    assert set(table.columns) == {"Model", "Layers"}
    assert table.loc["LSTM, seed 0"].to_dict() == {"Model": "LSTM", "Layers": ""}
    assert table.loc["Stacked LSTM, seed 0"].to_dict() == {"Model": "Stacked LSTM", "Layers": "2"}
    screen.toggle(key="differences only").set_value(False).run()
    table = screen.dataframe[1].value
    assert {"Test subjects", "Epochs", "Learning rate"} <= set(table.columns)
    assert set(table["Test subjects"]) == {"8, 9, 10"} and set(table["Learning rate"]) == {"0.01"}
    assert not [name for name in table.columns if "." in name]


@pytest.mark.parametrize("weights", ["best", "last"])
def test_mcnemar_is_counted_from_the_predictions(
    open_page: OpenPage, runs: dict[str, Run], weights: str
) -> None:
    first, second = runs["cnn"], runs["lstm"]
    screen = view(open_page("comparison"), "McNemar test")
    screen.selectbox(key="mcnemar First run").set_value(first.run_id)
    screen.selectbox(key="mcnemar Second run").set_value(second.run_id)
    screen.selectbox(key="choose weights").set_value(weights).run()
    right = []
    for run in (first, second):
        with np.load(run.path / "predictions.npz") as file:
            found = pd.Series(file[f"logits_{weights}"].argmax(axis=1) == file["truth"], index=file["ids"])
            right.append(found[file["part"] == "test"])
    b, c = int((right[0] & ~right[1]).sum()), int((~right[0] & right[1]).sum())
    cards = {card.label: card.value for card in screen.metric}
    assert (cards["Only first right"], cards["Only second right"]) == (str(b), str(c))
    assert cards["Both right"] == str(int((right[0] & right[1]).sum()))
    p = binomtest(b, b + c, 0.5).pvalue if b + c else 1.0
    said = f"p = {p:.3g}" if p >= 0.001 else "p < 0.001"
    assert any(said in text.value and f"n = b + c = {b + c}" in text.value for text in screen.markdown)
    if b + c:
        assert set(screen.dataframe[1].value["sequence"]) == set(right[0].index[right[0] != right[1]])


def test_runs_of_other_data_are_not_tested_against_each_other(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    file = runs["cnn"].path / "meta.json"
    file.write_text(file.read_text().replace(runs["cnn"].meta.fingerprint, "0" * 64))
    screen = view(open_page("comparison"), "McNemar test")
    screen.selectbox(key="mcnemar First run").set_value(runs["lstm"].run_id)
    screen.selectbox(key="mcnemar Second run").set_value(runs["cnn"].run_id).run()
    assert "different recordings" in screen.error[0].value and not screen.exception


@pytest.mark.parametrize(
    "name",
    [
        "Accuracies",
        "Curves",
        "Differences",
        "McNemar test",
        "Parallel coordinates",
        "By subject or at random?",
    ],
)  # fmt: skip
def test_each_view_is_drawn_of_one_run_of_a_run_in_training_and_of_all(
    open_page: OpenPage, runs: dict[str, Run], store: RunStore, name: str
) -> None:
    waiting = store.create(runs["lstm"].config, queued=False).run_id
    (runs["bilstm"].path / "meta.json").unlink()
    screen = view(open_page("comparison", source="synthetic"), name)
    bare = runs["bilstm"].run_id
    for chosen in ([runs["lstm"].run_id], [waiting], [bare], [waiting, runs["cnn"].run_id], [bare, waiting]):
        the_list(screen).set_value(chosen).run()
        assert not screen.exception
        assert screen.info or screen.get("echarts_chart") or len(screen.dataframe) > 1


def test_losses_of_the_table_are_those_of_the_lines_of_the_file(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    table = open_page("comparison").dataframe[0].value.set_index("run")
    for run in runs.values():
        lines = pd.read_json(run.path / "metrics.jsonl", lines=True).set_index("epoch")
        for when, scores in (("best", run.results.best), ("last", run.results.last)):
            for part in ("train", "validation", "test"):
                assert table.loc[run.run_id, f"{when}_{part}_loss"] == pytest.approx(
                    lines.loc[scores.epoch, f"{part}_loss"], rel=1e-12
                )


def test_a_run_chosen_in_the_table_is_selected_once_and_not_each_time_it_is_shown(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("comparison", run=runs["cnn"].run_id)
    assert screen.query_params["run"] == runs["cnn"].run_id
    the_list(screen).set_value([runs["lstm"].run_id]).run()
    assert screen.query_params["run"] == runs["lstm"].run_id
    screen.session_state["selected run"] = runs["bilstm"].run_id  # as another page does
    screen.run()
    assert screen.session_state["selected run"] == runs["bilstm"].run_id
    assert f"run={runs['lstm'].run_id}" in query_of(screen, "Open in Results")


def test_a_sequence_on_which_two_runs_disagree_is_selected_only_by_a_choice(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = view(open_page("comparison"), "McNemar test")
    assert "sequence" not in screen.query_params
    box = screen.selectbox(key="discordant sequence")
    box.select(box.options[-1]).run()
    assert screen.query_params["sequence"] == box.options[-1]
    assert f"sequence={box.options[-1]}" in query_of(screen, "See it move")


def test_the_way_to_another_data_set_lets_the_sequence_go(
    open_page: OpenPage, runs: dict[str, Run], recorded_source: str
) -> None:
    screen = view(open_page("comparison", source=recorded_source, sequence="0"), "McNemar test")
    switch = next(button for button in screen.button if button.label.startswith("Switch to the data set"))
    switch.click().run()
    assert screen.query_params["source"] == runs["lstm"].config.source
    assert "sequence" not in screen.query_params


def query_of(screen: AppTest, label: str) -> str:
    """What the link of this label selects."""
    return next(link.proto.query_string for link in screen.get("page_link") if link.proto.label == label)
