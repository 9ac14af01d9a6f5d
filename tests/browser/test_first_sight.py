"""What is seen of each page at 1280 x 720 before anything is scrolled."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from har_core.training.signs_of_life import lock_of, sign_of_life
from har_core.training.store import RunStore


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


def test_training_shows_the_same_while_a_run_waits_and_nothing_jumps(lab: Any, shown_home: Path) -> None:
    store = RunStore(shown_home / "runs")
    run = store.create(store.runs()[0].config.model_copy(update={"seed": 12_345}), queued=False)
    with lock_of(run.path):  # so that the server doesn't train it
        store.write_status(run.run_id, sign_of_life(run.status, state="running"))
        lab.open("training", run=run.run_id)
        charts = lab.page.get_by_role("img", name=re.compile("^Curves of the "))
        places = [charts.nth(0), charts.nth(1), *numbers(lab).all()]
        lab.expect_in_sight(*places, lab.page.get_by_role("button", name="Pause"))
        before = [place.bounding_box() for place in places]
        lines = (store.runs()[1].path / "metrics.jsonl").read_text()
        (run.path / "metrics.jsonl").write_text(lines)
        store.write_status(
            run.run_id, sign_of_life(run.status, state="running", epoch=12, best_epoch=3, seconds=1.0)
        )
        expect(lab.number("Epoch")).not_to_have_text(re.compile("^0 of"))
        expect(charts.first).to_have_attribute("aria-label", re.compile("over"))
        assert [place.bounding_box() for place in places] == before
    shutil.rmtree(run.path)
