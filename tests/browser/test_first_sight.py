"""What is seen of each page at 1280 x 720 before anything is scrolled."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

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


def test_results_show_scores_matrix_skeletons_and_probabilities(lab: Any, real_data: Path) -> None:
    lab.open("results")
    matrix, player = lab.page.locator(".matrix"), lab.page.locator(".player")
    names = [*matrix.get_by_role("rowheader").all(), *matrix.get_by_role("columnheader").all()]
    cells = matrix.get_by_role("gridcell")
    lab.expect_in_sight(matrix, matrix.locator(".bar"), *names, cells.first, cells.last)
    assert len(names) == 40 and cells.count() == 400
    skeletons, tracks = player.locator(".stage figure").all(), player.locator(".track").all()
    assert len(skeletons) == len(tracks) == 2  # the sequence, and the nearest of what it was taken for
    lab.expect_in_sight(player, *skeletons, player.locator(".row"), *tracks)
    scores = re.compile(r"^Test [\d.]+ %, \d+ of \d+ \(95 %: [\d.]+ to [\d.]+ %\) · loss [\d.]+")
    lab.expect_in_sight(lab.page.get_by_text(scores))
    lab.expect_in_sight(lab.page.get_by_text(re.compile("^It (says|changes its mind) ")))
    pairs = lab.page.get_by_test_id("stMain").get_by_role("radio", name=" taken for ")
    for view, drawn in (("Pairs", pairs), ("Curves", lab.page.get_by_test_id("stEChartsChart"))):
        lab.page.get_by_role("radio", name=view, exact=True).click()
        expect(drawn.nth(1)).to_be_visible()
        lab.settle()
        lab.expect_in_sight(*drawn.all())


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


def test_what_a_tap_on_a_cell_opens_comes_into_view_on_a_phone(phone: Any) -> None:
    phone.open("results")
    page = phone.page
    filled = page.locator('[role=gridcell][aria-selected=false]:not([aria-label*="count: 0;"])')
    assert not in_sight(phone.player)
    before = phone.player.get_attribute("data-title")
    filled.first.tap()
    expect(phone.player).not_to_have_attribute("data-title", before or "")
    page.wait_for_function(IN_SIGHT)
    phone.settle()
    # Another choice than that of what is played leaves the page where it is.
    page.get_by_role("heading", name="Results", exact=True).scroll_into_view_if_needed()
    phone.choose("Part", "Training part")
    assert not in_sight(phone.player)
    page.locator('[role=gridcell][aria-label*="count: 0;"]').first.tap()
    expect(page.get_by_test_id("stToast")).to_contain_text("No sequence of")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def distance(one: list[float], other: list[float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))
