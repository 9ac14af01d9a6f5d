"""Deleted runs come back: at once, on the page on which they were deleted, and later from the list."""

import shutil
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]


def undo_buttons(screen: AppTest) -> list[str]:
    return [button.label for button in screen.button if button.key == "undo deleting runs"]


def texts(screen: AppTest) -> str:
    assert not screen.exception
    return "\n".join(text.value.replace("\\", "") for text in screen.markdown)


def open_list(screen: AppTest) -> AppTest:
    screen.session_state["deleted runs"] = True
    return screen.run()


def restore(screen: AppTest, run_id: str) -> None:
    screen.button(key=f"restore {run_id}").click()
    open_list(screen)  # AppTest, unlike a browser, does not say of itself that it is still open


def rows(screen: AppTest) -> list[str]:
    """The names of the runs in the list, in its order."""
    assert not screen.exception
    keys = [str(button.key) for button in screen.button]
    return [key.removeprefix("restore ") for key in keys if key.startswith("restore ")]


def has_list(screen: AppTest) -> bool:
    return "Deleted runs" in [box.label for box in screen.expander]


def test_a_run_deleted_on_the_training_page_comes_back_there(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    run = runs["bilstm"]
    screen = open_page("training", run=run.run_id)
    assert undo_buttons(screen) == []
    screen.button(key=f"delete {run.run_id}").click().run()
    assert "Deleted: Bi-LSTM · seed 0 · synthetic · 3 epochs" in texts(screen)
    assert not screen.info and screen.query_params["run"] != run.run_id
    assert not run.path.exists()
    screen.button(key="undo deleting runs").click().run()
    assert undo_buttons(screen) == [] and "Deleted:" not in texts(screen)
    assert RunStore().get(run.run_id) == run
    assert screen.query_params["run"] == run.run_id
    assert next(box.value for box in screen.selectbox if box.label == "Run") == run.run_id


def test_a_run_deleted_on_the_training_page_is_listed_there_for_the_next_visitor(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    run = runs["bilstm"]
    open_page("training", run=run.run_id).button(key=f"delete {run.run_id}").click().run()
    screen = open_page("training")  # as after a reload
    assert undo_buttons(screen) == [] and has_list(screen)
    assert rows(open_list(screen)) == [run.run_id]
    restore(screen, run.run_id)
    assert RunStore().get(run.run_id) == run


def test_the_only_run_deleted_on_the_training_page_comes_back_there(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    for model in ("stacked-lstm", "bilstm", "cnn"):
        shutil.rmtree(runs[model].path)
    screen = open_page("training")
    screen.button(key=f"delete {runs['lstm'].run_id}").click().run()
    assert any("Nothing was trained yet." in text.value for text in screen.markdown)
    screen.button(key="undo deleting runs").click().run()
    assert not screen.exception and RunStore().get(runs["lstm"].run_id) == runs["lstm"]


def test_a_deletion_is_undone_on_another_page(open_page: OpenPage, runs: dict[str, Run]) -> None:
    run = runs["cnn"]
    screen = open_page("training", run=run.run_id)
    screen.button(key=f"delete {run.run_id}").click().run()
    screen.switch_page("../pages/comparison.py").run()
    assert "Deleted: 1D-CNN" in texts(screen)
    screen.button(key="undo deleting runs").click().run()
    assert RunStore().get(run.run_id) == run and undo_buttons(screen) == []


def test_a_deletion_that_is_refused_is_told_on_the_training_page(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    run = runs["lstm"]
    screen = open_page("training", run=run.run_id)
    with RunStore().alone(run.run_id):
        screen.button(key=f"delete {run.run_id}").click().run()
    assert "is being trained; stop it first" in screen.error[0].value
    assert undo_buttons(screen) == [] and run.path.is_dir()


def test_what_somebody_else_brought_back_is_not_called_deleted(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    run = runs["lstm"]
    screen = open_page("training", run=run.run_id)
    screen.button(key=f"delete {run.run_id}").click().run()
    RunStore().restore(run.run_id)
    screen.run()
    assert undo_buttons(screen) == [] and "Deleted:" not in texts(screen)


def test_another_visitor_finds_the_deleted_runs_in_a_list_and_restores_one(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    first, second = runs["lstm"], runs["cnn"]
    assert not has_list(open_page("comparison"))
    RunStore().delete(first.run_id)
    at = RunStore().delete(second.run_id)
    (at / ".deleted").write_text("2026-11-23T10:15:42+00:00")
    screen = open_page("comparison")
    assert has_list(screen) and undo_buttons(screen) == []
    assert rows(screen) == []  # of a list that is closed nothing is drawn
    open_list(screen)
    assert rows(screen) == [first.run_id, second.run_id]
    assert "1D-CNN · seed 0 · synthetic · 3 epochs" in texts(screen) and "deleted 2026-11-2" in texts(screen)
    restore(screen, second.run_id)
    assert RunStore().get(second.run_id) == second and rows(screen) == [first.run_id]
    assert second.run_id in set(screen.dataframe[0].value["run"])
    assert [box.value for box in screen.multiselect if box.label == "Chosen runs"] == [[second.run_id]]
    restore(screen, first.run_id)
    assert not has_list(screen) and len(RunStore().runs()) == 4


def test_where_all_runs_are_deleted_or_hidden_the_list_is_there(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    RunStore().delete(runs["lstm"].run_id)
    screen = open_page("comparison")
    screen.text_input(key="runs filter").set_value("no such run").run()
    assert screen.info[0].value.startswith("No run passes the filter.")
    assert has_list(screen)
    for model in ("stacked-lstm", "bilstm", "cnn"):
        RunStore().delete(runs[model].run_id)
    screen = open_list(open_page("comparison"))
    assert screen.info[0].value.startswith("There is nothing to compare yet.") and len(rows(screen)) == 4


def test_damage_in_the_trash_and_runs_of_one_name_are_listed(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    store, run, torn = RunStore(), runs["lstm"], runs["cnn"]
    trashed = store.delete(run.run_id)
    shutil.copytree(trashed, run.path)
    store.delete(run.run_id)
    (torn.path / "config.json").write_bytes(b"\xff")
    store.delete(torn.run_id)
    (trashed.parent / "some file").touch()
    screen = open_list(open_page("comparison"))
    assert has_list(screen)
    damaged, last, older = rows(screen)
    assert (damaged, last) == (torn.run_id, run.run_id) and older.startswith(f"{run.run_id}-")
    assert f"{torn.run_id}, damaged" in texts(screen)
    for name in (older, last, damaged):
        restore(screen, name)
    assert not has_list(screen) and not screen.error
    assert {found.run_id for found in store.all()} == {each.run_id for each in runs.values()} | {older}
    assert "can't be read" in screen.warning[0].value


def test_a_long_list_is_drawn_in_pages(
    open_page: OpenPage, runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.runs.deleted_runs._ROWS", 2)
    for model in ("lstm", "stacked-lstm", "bilstm"):
        RunStore().delete(runs[model].run_id)
    screen = open_list(open_page("comparison"))
    assert rows(screen) == [runs[model].run_id for model in ("bilstm", "stacked-lstm")]
    screen.pagination(key="page of deleted runs").set_value(2)
    open_list(screen)
    assert rows(screen) == [runs["lstm"].run_id]
    restore(screen, runs["lstm"].run_id)
    assert rows(screen) == [runs[model].run_id for model in ("bilstm", "stacked-lstm")]
