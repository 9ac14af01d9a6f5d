"""What is seen of each page at 1280 x 720 before anything is scrolled."""

from collections.abc import Callable
from typing import Any

import pytest
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
