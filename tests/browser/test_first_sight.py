"""What is seen of each page at 1280 x 720 before anything is scrolled."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from har_core.training.signs_of_life import lock_of, sign_of_life
from har_core.training.store import Run, RunStore

PHONE = {"width": 390, "height": 844}

# Whether the first player is seen from its top on.
IN_SIGHT = """() => {
    const roots = [...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot);
    const player = roots.map((root) => root?.querySelector(".player")).find(Boolean);
    const { top, bottom, height } = player.getBoundingClientRect();
    return top >= 0 && (bottom <= innerHeight || height > innerHeight);
}"""


@pytest.fixture
def lab(page: Page, shown_address: str, visit: Callable[[Page, str], Any]) -> Any:
    """The dashboard of a home with ended runs, on the smallest screen that a class has."""
    page.set_viewport_size({"width": 1280, "height": 720})
    return visit(page, shown_address)


def test_head_of_a_page_is_one_row(lab: Any) -> None:
    lab.open("skeletons")
    title = lab.page.get_by_role("heading", name="Skeletons", exact=True)
    lab.expect_in_sight(title)
    box = title.bounding_box()
    assert box and box["y"] + box["height"] < 80


def steps_of(lab: Any) -> list[Any]:
    """The links of the overview to the 14 steps."""
    return [
        lab.page.get_by_test_id("stMain").get_by_role("link").filter(has_text=re.compile(rf"^\w+ ?{number} "))
        for number in range(1, 15)
    ]


def test_overview_shows_all_steps_the_next_one_open_and_what_to_do(lab: Any) -> None:
    lab.open("")
    main = lab.page.get_by_test_id("stMain")
    lab.expect_in_sight(*steps_of(lab), lab.player)
    lab.expect_in_sight(main.get_by_role("combobox", name="Step"), main.get_by_text("parameters, the LSTM"))
    lab.expect_in_sight(main.get_by_role("link", name="Hand in a report of your runs"))


@pytest.mark.parametrize("path", ["results", "features"])
def test_run_weights_and_part_are_chosen_in_one_row(lab: Any, path: str) -> None:
    lab.open(path)
    boxes = [lab.page.get_by_role("combobox", name=name, exact=True) for name in ("Run", "Weights", "Part")]
    lab.expect_in_sight(*boxes)
    places = [box.bounding_box() for box in boxes]
    assert len({round(place["y"]) for place in places if place}) == 1 and places[0]["y"] < 110


@pytest.fixture
def phone(chromium: Browser, shown_address: str, visit: Callable[[Page, str], Any]) -> Iterator[Any]:
    """The dashboard of the same home on a phone."""
    page = chromium.new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    yield visit(page, shown_address)
    page.close()


def in_sight(player: Locator) -> bool:
    """Whether the player fills most of the screen."""
    box = player.bounding_box()
    return bool(box) and box["y"] >= 0 and box["y"] + min(box["height"], 600) <= PHONE["height"]


def tap_point(scatter: Locator, name: str) -> None:
    scatter.scroll_into_view_if_needed()
    x, y = scatter.evaluate("(scatter, name) => scatter.drawnPoints[name]", name)
    scatter.locator(".over").tap(position={"x": x, "y": y})


def test_what_a_tap_on_a_point_opens_comes_into_view_on_a_phone(phone: Any) -> None:
    phone.open("features")
    page, scatter = phone.page, phone.page.locator(".scatter")
    drawn = scatter.evaluate("scatter => scatter.drawnPoints")
    loneliest = max(drawn, key=lambda one: min(distance(drawn[one], drawn[x]) for x in drawn if x != one))
    assert not in_sight(phone.player)
    tap_point(scatter, loneliest)
    expect(phone.player).to_have_attribute("data-title", re.compile(rf"^{loneliest} "))
    page.wait_for_function(IN_SIGHT)
    phone.settle()
    page.wait_for_function(IN_SIGHT)
    # Whoever comes back to the page begins at its head.
    page.get_by_test_id("stExpandSidebarButton").click()
    phone.go_to("Results")
    phone.go_to("Features")
    assert not in_sight(phone.player)


def distance(one: list[float], other: list[float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def numbers(lab: Any) -> Locator:
    shown: Locator = lab.page.locator(".st-key-numbers").get_by_test_id("stMarkdown")
    return shown


def test_training_shows_form_state_and_both_curves_of_a_run(lab: Any) -> None:
    lab.open("training")
    page = lab.page
    lab.expect_in_sight(
        page.get_by_role("radiogroup", name="Model"),
        page.get_by_role("spinbutton", name="Epochs", exact=True),
        page.get_by_role("textbox", name="Seeds"),
        page.get_by_role("button", name="Start training"),
        page.get_by_text("Takes"),
        *(numbers(lab).filter(has_text=title) for title in ("State", "Validation, best epoch", "Time spent")),
        page.get_by_role("img", name=re.compile("^Curves of the loss over")),
        page.get_by_role("img", name=re.compile("^Curves of the accuracy over")),
    )


@pytest.fixture
def at_work(shown_home: Path) -> Iterator[tuple[RunStore, Run]]:
    """A run that seems to be trained, and has no epoch yet."""
    store = RunStore(shown_home / "runs")
    run = store.create(store.runs()[0].config.model_copy(update={"seed": 12_345}), queued=False)
    with lock_of(run.path):  # so that the server doesn't train it
        store.write_status(run.run_id, sign_of_life(run.status, state="running"))
        yield store, run
    shutil.rmtree(run.path)


def test_training_shows_a_run_at_work_whole_and_nothing_jumps_with_its_first_epochs(
    lab: Any, at_work: tuple[RunStore, Run]
) -> None:
    store, run = at_work
    lab.open("training", run=run.run_id)
    charts = lab.page.get_by_role("img", name=re.compile("^Curves of the "))
    places = [charts.nth(0), charts.nth(1), *numbers(lab).all()]
    lab.expect_in_sight(*places, lab.page.get_by_role("button", name="Pause"))
    before = [place.bounding_box() for place in places]
    records = (store.runs()[1].path / "metrics.jsonl").read_bytes().splitlines(keepends=True)[:12]
    (run.path / "metrics.jsonl").write_bytes(b"".join(records))
    told = sign_of_life(run.status, state="running", epoch=12, best_epoch=3, seconds=1.0)
    store.write_status(run.run_id, told)
    expect(lab.number("Epoch")).to_have_text(re.compile("^12 of"))
    expect(charts.first).to_have_attribute("aria-label", re.compile("over 12 epochs"))
    assert [place.bounding_box() for place in places] == before


def test_comparison_shows_its_table_and_the_accuracies(lab: Any) -> None:
    lab.open("comparison")
    table = lab.page.get_by_test_id("stDataFrame").first
    figure = lab.page.locator(".st-key-chart-accuracies").get_by_test_id("stEChartsChart")
    lab.expect_in_sight(table, figure, lab.page.get_by_role("radiogroup", name="View"))
    box = table.bounding_box()
    assert box and box["height"] > 4 * 35  # several rows


def test_comparison_keeps_them_in_sight_while_runs_are_chosen(lab: Any) -> None:
    lab.open("comparison")
    table = lab.page.get_by_test_id("stDataFrame").first
    for row in (0, 1):
        table.locator(".dvn-scroller").click(position={"x": 16, "y": 35 * (row + 1) + 17})
        lab.settle()
    figure = lab.page.locator(".st-key-chart-accuracies").get_by_test_id("stEChartsChart")
    lab.expect_in_sight(table, figure, lab.page.get_by_role("button", name="Delete"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_what_the_overview_draws_itself(lab: Any, theme: Any) -> None:
    lab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    lab.open("")
    lab.page.locator(".player, .themes").evaluate_all(
        "parts => parts.forEach((part) => { part.getRootNode().host.className += ' own'; })"
    )
    found = Axe().run(lab.page, context=".own").response["violations"]
    bad = [one for one in found if one["impact"] in ("serious", "critical")]
    assert [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in bad] == []
