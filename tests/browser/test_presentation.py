"""The presentation: each of the 14 steps alone on the screen, in letters that the back row can read."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from har_core.training.store import Run, RunStore
from tests.browser.accessibility import serious_faults

SMALLEST = 24  # pixels
STEPS = range(1, 15)

# Of each text that is seen, shadow roots and drawings included, what it says and the height of its letters;
# of a canvas, the smallest letters that it says to have drawn.
TEXTS = """() => {
    const found = [];
    const walk = (root) => {
        for (const node of root.querySelectorAll("*")) {
            if (node.shadowRoot) walk(node.shadowRoot);
            const size = parseFloat(getComputedStyle(node).fontSize);
            if (node.matches("[data-letter]")) found.push(["player", parseFloat(node.dataset.letter)]);
            if (node.matches("canvas.ground")) found.push(["scatter", size]);
            const said = [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim());
            const { width, height } = node.getBoundingClientRect(), hidden = width <= 2 || height <= 2;
            if (!said || hidden || node.matches("style, script, title")) continue;
            const seen = node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
            if (seen) found.push([node.textContent, size]);
        }
    };
    walk(document.body);
    return found;
}"""


@pytest.fixture
def lab(page: Page, shown_address: str, visit: Callable[[Page, str], Any]) -> Any:
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.emulate_media(reduced_motion="reduce")
    return visit(page, shown_address)


@pytest.fixture(scope="module")
def shown_run(shown_home: Path) -> Run:
    return next(run for run in RunStore(shown_home / "runs").runs() if run.config.model.name == "lstm")


def expect_step(lab: Any, step: int) -> None:
    """Expect the slide of a step, to its end, and its number in the URL."""
    expect(lab.page.locator(".slide")).to_have_attribute("data-step", str(step))
    lab.settle()
    expect(lab.page).to_have_url(re.compile(rf"[?&]step={step}\b"))


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_texts_of_all_steps_can_be_read_from_the_back_row(lab: Any, shown_run: Run, theme: Any) -> None:
    lab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    lab.open("presentation", source=shown_run.config.source, run=shown_run.run_id)
    for step in STEPS:
        if step > 1:
            lab.page.keyboard.press("ArrowRight")
        expect_step(lab, step)
        texts = lab.page.evaluate(TEXTS)
        assert len(texts) > 5, step
        assert [text for text in texts if text[1] < SMALLEST] == [], step
        assert lab.page.locator(".slide .message").is_hidden(), step  # each has something to show
        assert lab.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") == 1920
        assert serious_faults(lab.page, "[data-testid=stMain]") == [], step
    expect(lab.page.get_by_test_id("stSidebar")).to_have_count(0)


def test_keys_and_buttons_lead_on_and_back_to_the_page(lab: Any, shown_run: Run) -> None:
    lab.open("results", source=shown_run.config.source, run=shown_run.run_id)
    lab.page.locator("h1").click()  # beside any field
    lab.page.keyboard.press("p")
    expect_step(lab, 11)
    expect(lab.page.locator(".matrix")).to_have_attribute("data-drawn", "400")
    for key, step in (("PageDown", 12), ("ArrowRight", 13), ("ArrowLeft", 12), ("PageUp", 11)):
        lab.page.keyboard.press(key)
        expect_step(lab, step)
    lab.page.get_by_role("button", name="Next step").click()
    expect_step(lab, 12)
    lab.page.get_by_role("button", name="Previous step").click()
    expect_step(lab, 11)
    lab.page.reload()
    expect_step(lab, 11)
    lab.page.go_back()
    expect(lab.page.locator("h1")).to_contain_text("Results")
    lab.settle()
    expect(lab.page).not_to_have_url(re.compile("step="))
    lab.page.get_by_test_id("stSidebar").get_by_role("button", name="Present").click()
    expect_step(lab, 11)
    lab.page.keyboard.press("Escape")
    expect(lab.page.locator("h1")).to_contain_text("Results")
    lab.settle()
    expect(lab.page).to_have_url(re.compile(rf"run={shown_run.run_id}"))
    expect(lab.page).not_to_have_url(re.compile("step="))


def test_two_quick_presses_are_two_steps_and_the_ends_hold(lab: Any) -> None:
    lab.open("presentation", step="4")
    lab.page.evaluate(
        """() => [1, 2].forEach(() => document.dispatchEvent(
            new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true })))"""
    )
    expect_step(lab, 6)
    lab.open("presentation", step="14")
    expect_step(lab, 14)
    expect(lab.page.get_by_role("button", name="Next step")).to_be_disabled()
    lab.page.keyboard.press("ArrowRight")
    lab.page.keyboard.press("ArrowLeft")
    expect_step(lab, 13)


def test_a_cell_of_the_matrix_shows_its_sequence_beside_it(lab: Any, shown_run: Run) -> None:
    lab.open("presentation", source=shown_run.config.source, run=shown_run.run_id, step="11")
    expect_step(lab, 11)
    before = lab.player.get_attribute("data-title")
    cells = lab.page.get_by_role("gridcell").filter(has_text=re.compile(r"^[1-9]"))
    cells.last.click()
    expect(lab.player).not_to_have_attribute("data-title", before)
    lab.page.keyboard.press("ArrowLeft")  # it has the keys now, and goes from cell to cell
    expect_step(lab, 11)


def test_figures_fill_the_window_and_follow_its_size(lab: Any) -> None:
    lab.open("presentation", step="2")
    expect_step(lab, 2)
    tall = lab.player.bounding_box()["height"]
    assert 850 < tall < 1000
    lab.page.set_viewport_size({"width": 1280, "height": 720})
    expect(lab.player).to_have_js_property("offsetHeight", 720 - round(6.5 * 16))
    lab.expect_in_sight(lab.player, lab.page.get_by_role("button", name="Leave"))
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    assert lab.page.locator(".slide .about").evaluate(size) >= 16


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One without a run."""
    return tmp_path_factory.mktemp("home")


def test_step_without_a_run_says_what_to_do(page: Page, address: str, visit: Any) -> None:
    page.set_viewport_size({"width": 1920, "height": 1080})
    lab = visit(page, address)
    lab.open("presentation")
    for step in STEPS:
        expect_step(lab, step)
        message = page.locator(".slide .message")
        if step < 7:
            expect(message).to_be_hidden()
        else:
            expect(message).to_contain_text("needs a run")
            expect(message).to_contain_text("press Queue the practical work")
        assert [text for text in page.evaluate(TEXTS) if text[1] < SMALLEST] == []
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Queue the practical work")).to_be_visible()
