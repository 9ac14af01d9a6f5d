"""The ladder in a real browser: three rungs are climbed, and one of them is opened."""

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from har_core.training.ladder import RUNGS
from har_core.training.store import RunStore
from tests.browser.accessibility import serious_faults

MINUTES = 240_000
CLIMBED = ("L3", "L4", "L6")


@pytest.fixture(scope="module")
def home(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the small set, on which a rung takes a moment."""
    folder = tmp_path_factory.mktemp("climbed") / "home"
    shutil.copytree(small_source, folder / "sources" / "small")
    return folder


def open_ladder_of_seed_4(lab: Any) -> Any:
    lab.open("ladder", source="small")
    seeds = lab.page.get_by_role("textbox", name="Seeds", exact=True)
    seeds.fill("4")
    seeds.press("Enter")
    lab.settle()
    return lab


def test_three_rungs_are_climbed_and_one_opens_its_matrix(
    address: str, page: Page, visit: Any, home: Path
) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    lab = open_ladder_of_seed_4(visit(page, address))
    page.get_by_role("button", name="What to climb").click()
    asked = page.get_by_role("dialog", name="What to climb")
    box = asked.get_by_role("combobox", name="Rungs")
    asked.get_by_role("button", name="Clear all").click()
    for name in CLIMBED:
        title = f"{name} {RUNGS[name].title}"
        box.fill(title)
        page.get_by_role("option", name=title, exact=True).click()
        expect(asked.get_by_role("button", name=f"Remove {title}")).to_be_visible()
    box.press("Escape")
    expect(page.get_by_role("listbox")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(asked).to_have_count(0)
    lab.settle()
    page.get_by_role("button", name=f"Climb: {len(CLIMBED)} runs").click()
    expect(page.get_by_text("at work or waiting.")).to_be_visible()
    # The page is drawn anew as runs end; nobody has to ask for it.
    expect(page.get_by_text("at work or waiting.")).to_have_count(0, timeout=MINUTES)
    expect(page.get_by_role("button", name="Climb", exact=True)).to_be_disabled()
    lab.settle()
    runs = RunStore(home / "runs").runs()
    assert sorted(run.status.state for run in runs) == ["done"] * len(CLIMBED)
    low, high = (
        next(run for run in runs if run.config.inputs == inputs and run.config.model.head == head)
        for inputs, head in (
            (("positions",), "last"),
            (("deviation", "motion-1", "motion-4", "directions"), "last"),
        )
    )
    gain = 100 * (high.results.last.test - low.results.last.test)
    figure = page.locator(".st-key-chart-ladder").get_by_test_id("stEChartsChart")
    expect(figure.get_by_text(f"{gain:+.1f}".replace("-0.0", "+0.0"), exact=True).first).to_be_visible()

    # What a row opens comes into view, below the fold as it is.
    opened = page.locator(".st-key-opened-rung")
    row = 1 + list(RUNGS).index("L4")
    page.locator(".dvn-scroller").first.click(position={"x": 16, "y": 35 * row + 17})
    expect(opened.get_by_role("combobox", name="Opened")).to_have_value(f"L4 {RUNGS['L4'].title}")
    lab.settle()
    expect(opened.get_by_test_id("stEChartsChart")).to_be_in_viewport(ratio=1)
    lab.choose("Opened", f"L4 {RUNGS['L4'].title}")
    expect(page.get_by_text("right now and not in L3 Schedule")).to_be_visible()
    matrix = page.get_by_role("link", name="Matrix, seed 4")
    expect(matrix).to_have_attribute("href", re.compile(high.run_id))
    matrix.click()
    expect(page.locator("h1")).to_contain_text("Results")
    lab.settle()
    expect(page.locator(".matrix")).to_be_visible()
    assert high.run_id in page.url
    right = round(high.results.last.test * high.meta.split_sizes["test"])
    expect(page.get_by_text(f"{right} of {high.meta.split_sizes['test']}").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_a_ladder_with_runs(
    address: str, page: Page, visit: Any, theme: Any
) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    open_ladder_of_seed_4(visit(page, address))
    expect(page.get_by_role("link", name="Matrix, seed 4")).to_be_visible()
    assert serious_faults(page, "body") == []
