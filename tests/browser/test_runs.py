"""Runs in a real browser: chosen by pointer and by keyboard, compared, deleted and brought back."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from scipy.stats import binomtest

from har_core.training.driver import train_run
from har_core.training.store import Run, RunStore

VIEWS = {
    "Accuracies": "Test accuracy of ",
    "Curves": "over the epochs of ",
    "Differences": "Settings of ",
    "McNemar test": "First run",
    "Parallel coordinates": "Parallel coordinates of ",
    "By subject or at random?": "What the training part holds of the test part",
}
"""The views, and a part of the label of something that only this one draws."""
HEADER, ROW = 35, 35  # pixels of the table


@pytest.fixture(scope="module")
def home(shown_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home with ended runs, and three seeds of the LSTM in it."""
    folder = tmp_path_factory.mktemp("compared") / "home"
    shutil.copytree(shown_home, folder)
    store = RunStore(folder / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(folder))
        lstm = [run for run in store.runs() if run.config.model.name == "lstm"]
        for seed in range(len(lstm), 3):
            run = store.create(lstm[0].config.model_copy(update={"seed": seed}), queued=False)
            for _ in train_run(store, run.run_id):
                pass
    return folder


@pytest.fixture
def runs(home: Path) -> list[Run]:
    """All runs in the order of the table, the newest first."""
    return RunStore(home / "runs").runs()


@pytest.fixture
def lab(address: str, page: Page, visit: Any) -> Any:
    """The comparison page."""
    dashboard = visit(page, address)
    dashboard.open("comparison")
    return dashboard


def test_the_table_has_a_row_for_each_run_and_the_filter_leaves_some(lab: Any, runs: list[Run]) -> None:
    expect(table(lab)).to_have_attribute("aria-rowcount", str(len(runs) + 1))
    filter_by(lab, "bi-lstm")
    found = sum(run.config.model.name == "bilstm" for run in runs)
    expect(table(lab)).to_have_attribute("aria-rowcount", str(found + 1))
    filter_by(lab, "no such word")
    expect(lab.page.get_by_text("No run passes the filter.")).to_be_visible()
    filter_by(lab, "")
    expect(table(lab)).to_have_attribute("aria-rowcount", str(len(runs) + 1))


def test_boxes_of_the_table_and_the_list_agree(lab: Any, runs: list[Run]) -> None:
    click_box(lab, 1)
    expect(chips(lab)).to_have_count(1)
    click_box(lab, 2)
    expect(chips(lab)).to_have_count(2)
    expect(selected_rows(lab)).to_have_count(2)
    field = the_list(lab).get_by_role("combobox")
    field.press("Backspace")
    lab.settle()
    expect(selected_rows(lab)).to_have_count(1)
    click_box(lab, 1)
    expect(chips(lab)).to_have_count(0)
    expect(selected_rows(lab)).to_have_count(0)


def test_curves_of_all_parts_tell_the_epoch_that_is_pointed_at_as_the_files_have_it(
    lab: Any, runs: list[Run]
) -> None:
    show(lab, "Curves")
    chart = lab.page.locator(".st-key-chart-curves-of-runs").get_by_test_id("stEChartsChart")
    seeds = [run for run in runs if run.config.model.name == "lstm"]
    name = f"LSTM, mean of {len(seeds)} seeds"
    values = np.array([[record["train_loss"] for record in stored_records(run)] for run in seeds])
    epoch, told = point_at(chart, 0.2, 0.3)  # the first panel
    assert told[name] == pytest.approx(values.mean(axis=0)[epoch - 1], abs=6e-4)
    assert len(told) == len({run.config.model.name for run in runs})  # and no band
    lab.page.get_by_text("Mean of the seeds").click()
    lab.settle()
    values = {f"LSTM, seed {run.config.seed}": stored_records(run) for run in seeds}
    epoch, told = point_at(chart, 0.85, 0.7)  # the last panel
    for title, records in values.items():
        assert told[title] == pytest.approx(100 * records[epoch - 1]["test_accuracy"], abs=0.06)


def test_the_legend_hides_a_config_in_all_panels(lab: Any, runs: list[Run]) -> None:
    show(lab, "Curves")
    chart = lab.page.locator(".st-key-chart-curves-of-runs").get_by_test_id("stEChartsChart")
    _, before = point_at(chart, 0.2, 0.3)
    name = next(iter(before))
    chart.locator("svg text", has_text=name).last.click()
    for across, down in ((0.2, 0.3), (0.85, 0.7)):
        _, told = point_at(chart, across, down)
        assert set(told) == set(before) - {name}


def point_at(chart: Locator, across: float, down: float) -> tuple[int, dict[str, float]]:
    """Point at a place in a chart; return the epoch there and the value of each curve, as they are told."""
    chart.scroll_into_view_if_needed()
    frame = chart.bounding_box()
    assert frame
    chart.page.mouse.move(frame["x"] + across * frame["width"], frame["y"] + down * frame["height"])
    told = chart.get_by_text(re.compile(r"^Epoch [\d,.]+$")).locator("..")
    expect(told).to_be_visible()
    lines = [line.strip() for line in told.inner_text().splitlines() if line.strip()]
    epoch, *rest = lines
    pairs = zip(rest[::2], rest[1::2], strict=True)
    return int(epoch.removeprefix("Epoch ").replace(",", "")), {
        name: float(value.removesuffix(" %").replace(",", "")) for name, value in pairs
    }


def test_mcnemar_is_that_of_scipy_on_the_predictions(lab: Any, runs: list[Run]) -> None:
    first, second = (next(run for run in runs if run.config.model.name == model) for model in ("cnn", "lstm"))
    show(lab, "McNemar test")
    lab.choose("First run", f"1D-CNN, seed {first.config.seed}")
    lab.choose("Second run", f"LSTM, seed {second.config.seed}")
    right = [recognised(run) for run in (first, second)]
    assert right[0].keys() == right[1].keys()
    b = sum(right[0][name] and not right[1][name] for name in right[0])
    c = sum(right[1][name] and not right[0][name] for name in right[0])
    expect(lab.card("Only first right")).to_have_text(str(b))
    expect(lab.card("Only second right")).to_have_text(str(c))
    p = binomtest(b, b + c, 0.5).pvalue
    said = f"p = {p:.3g}" if p >= 0.001 else "p < 0.001"
    expect(lab.page.get_by_text(f"{said}, exact and two-sided, with n = b + c = {b + c}.")).to_be_visible()
    if lab.page.get_by_role("button", name="Switch to the data set").is_visible():
        lab.page.get_by_role("button", name="Switch to the data set").click()
    lab.page.get_by_role("link", name="See it move").click()
    name = min(name for name in right[0] if right[0][name] != right[1][name])
    lab.expect_player_to_move(showing=name)


def test_a_run_is_named_deleted_and_brought_back_by_keyboard(lab: Any, runs: list[Run]) -> None:
    lab.page.keyboard.press("Escape")
    field = the_list(lab).get_by_role("combobox")
    field.press_sequentially("1D-CNN")
    field.press("Enter")
    lab.page.keyboard.press("Escape")
    lab.settle()
    expect(chips(lab)).to_have_count(1)
    lab.page.get_by_role("button", name="Name, delete").press("Enter")
    lab.page.get_by_role("textbox", name="Name", exact=True).fill(":red[mine] <b>$x$</b>")
    lab.page.get_by_role("button", name="Save").press("Enter")
    expect(chips(lab)).to_contain_text(":red[mine] <b>$x$</b>")
    lab.settle()
    lab.page.get_by_role("button", name="Delete run").press("Enter")
    expect(table(lab)).to_have_attribute("aria-rowcount", str(len(runs)))
    lab.settle()
    lab.page.get_by_role("button", name="Undo").press("Enter")
    expect(table(lab)).to_have_attribute("aria-rowcount", str(len(runs) + 1))
    expect(chips(lab)).to_contain_text(":red[mine] <b>$x$</b>")
    (named,) = [run for run in RunStore(runs[0].path.parent).runs() if run.label.name]
    assert named.config.model.name == "cnn" and named.label.name == ":red[mine] <b>$x$</b>"
    (named.path / "label.json").unlink()


def test_cell_of_the_difference_opens_what_only_one_of_both_runs_recognises(
    lab: Any, runs: list[Run]
) -> None:
    show(lab, "McNemar test")
    first = lab.page.get_by_role("combobox", name="First run").input_value()
    second = lab.page.get_by_role("combobox", name="Second run").input_value()
    assert first != second
    chart = lab.page.get_by_role("grid", name=re.compile("^What the second run has"))
    expect(chart).to_have_count(1)  # of the difference; the matrices themselves are another view
    lab.settle()
    cells = chart.get_by_role("gridcell")
    labels = cells.evaluate_all("cells => cells.map(cell => cell.getAttribute('aria-label'))")
    on_diagonal = re.compile(r"Predicted action: (.+?); True action: \1; change: (.[1-9]\d*)")
    place, action = next(
        (place, on_diagonal.match(label)[1])
        for place, label in reversed([*enumerate(labels)])
        if on_diagonal.match(label)
    )
    walk_to(cells, place)
    lab.page.keyboard.press("Enter")
    expect(cells.nth(place)).to_have_attribute("aria-selected", "true")
    expect(lab.page.get_by_role("combobox", name="True action")).to_have_value(action)
    lab.settle()
    expect(cells.nth(place)).to_be_focused()  # who walks goes on from there
    listed = [text.split(" · ")[0] for text in lab.page.get_by_test_id("stRadioOption").all_inner_texts()]
    mine, other = runs[0], next(run for run in runs if run.config.model != runs[0].config.model)
    number = [one.name for one in mine.meta.actions].index(action)
    alone = {name for name, right in recognised(mine).items() if right != recognised(other)[name]}
    assert set(listed) == alone & of_action(mine, number)
    lab.expect_player_to_move(showing=listed[0])


def walk_to(cells: Locator, place: int) -> None:
    """Lead the keyboard from the one cell that the tab key leads to, by arrow keys, to another."""
    (start,) = cells.evaluate_all("cells => [...cells.keys()].filter(place => cells[place].tabIndex === 0)")
    size = int(cells.count() ** 0.5)
    down, right = np.subtract(divmod(place, size), divmod(start, size)).tolist()
    cells.nth(start).focus()
    for steps, keys in ((down, ("ArrowUp", "ArrowDown")), (right, ("ArrowLeft", "ArrowRight"))):
        for _ in range(abs(steps)):
            cells.page.keyboard.press(keys[steps > 0])
    expect(cells.nth(place)).to_be_focused()


@pytest.mark.parametrize("width", [390, 1280])
def test_each_view_fits_the_page_and_its_charts_have_words(lab: Any, width: int) -> None:
    lab.page.set_viewport_size({"width": width, "height": 800})
    for view in VIEWS:
        show(lab, view)
        wide = lab.page.get_by_test_id("stMain").evaluate("main => [main.scrollWidth, main.clientWidth]")
        assert wide[0] <= wide[1] <= width
        charts = lab.page.get_by_test_id("stEChartsChart").filter(visible=True)
        expect(charts).to_have_count(0 if view in ("Differences", "McNemar test") else 1)
        for chart in charts.all():
            expect(chart.or_(chart.locator("[aria-label]")).first).to_have_attribute(
                "aria-label", re.compile(r"of \d+ runs")
            )
            frame = chart.bounding_box()
            texts = chart.locator("svg text").evaluate_all(
                "texts => texts.filter(text => text.textContent.trim())"
                ".map(text => text.getBoundingClientRect()).map(({ left, right }) => [left, right])"
            )
            assert min(left for left, _ in texts) >= frame["x"] - 1
            assert max(right for _, right in texts) <= frame["x"] + frame["width"] + 1


def table(lab: Any) -> Locator:
    return lab.page.get_by_test_id("stDataFrame").first.locator("table")


def selected_rows(lab: Any) -> Locator:
    return table(lab).locator('tbody tr[aria-selected="true"]')


def the_list(lab: Any) -> Locator:
    chosen = lab.page.get_by_role("combobox", name="Chosen runs")
    return lab.page.get_by_test_id("stMultiSelect").filter(has=chosen)


def chips(lab: Any) -> Locator:
    return the_list(lab).locator(".react-aria-ComboBox [data-tag]")


def click_box(lab: Any, row: int) -> None:
    """Click the box at the left of a row, counted from 0."""
    grid = lab.page.get_by_test_id("stDataFrame").first.locator(".dvn-scroller")
    grid.click(position={"x": 16, "y": HEADER + ROW * row + ROW // 2})
    lab.settle()


def filter_by(lab: Any, words: str) -> None:
    field = lab.page.get_by_role("searchbox", name="Filter").or_(
        lab.page.get_by_role("textbox", name="Filter")
    )
    field.fill(words)
    field.press("Enter")
    lab.settle()


def show(lab: Any, view: str) -> None:
    main = lab.page.get_by_test_id("stMain")
    main.get_by_text(view, exact=True).first.click()
    expect(main.get_by_label(VIEWS[view]).first).to_be_visible()  # on a busy machine the view before stays
    lab.settle()


def stored_records(run: Run) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run.path / "metrics.jsonl").read_text().splitlines()]


def of_action(run: Run, label: int) -> set[str]:
    with np.load(run.path / "predictions.npz") as file:
        return set(file["ids"][file["truth"] == label].tolist())


def recognised(run: Run) -> dict[str, bool]:
    """Say of each test sequence whether the best weights recognise it."""
    with np.load(run.path / "predictions.npz") as file:
        right = file["logits_best"].argmax(axis=1) == file["truth"]
        rows = zip(file["ids"], right, file["part"], strict=True)
        return {str(name): bool(hit) for name, hit, part in rows if part == "test"}
