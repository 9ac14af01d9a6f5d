"""What is seen of each page at 1280 x 720 before anything is scrolled."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page


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
