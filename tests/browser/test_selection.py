"""One selection ties all pages together, in a real browser on the real data."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from har_core.training.store import Run, RunStore


@pytest.fixture(scope="module")
def run(shown_home: Path) -> Run:
    """The newest run with results."""
    return next(run for run in RunStore(shown_home / "runs").runs() if run.results)


@pytest.fixture(scope="module")
def confused(run: Run) -> tuple[str, str, str]:
    """The last confused validation sequence with the last weights: its name, true and predicted action."""
    with np.load(run.path / "predictions.npz") as file:
        guess = file["logits_last"].argmax(axis=1)
        row = np.flatnonzero((file["part"] == "validation") & (guess != file["truth"]))[-1]
        names = [action.name for action in run.meta.actions] if run.meta else []
        return str(file["ids"][row]), names[file["truth"][row]], names[guess[row]]


@pytest.fixture
def second_page(chromium: Browser) -> Iterator[Page]:
    """A classmate's browser."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def test_sequence_chosen_in_the_matrix_is_the_one_of_every_page_and_of_a_link(
    shown_address: str, run: Run, confused: tuple[str, str, str], page: Page, second_page: Page, visit: Any
) -> None:
    name, true, predicted = confused
    lab = visit(page, shown_address)
    lab.open("results", source=run.config.source, run=run.run_id)
    lab.choose("Weights", "last epoch")
    lab.choose("Part", "Validation")
    lab.choose("True action", true)
    lab.choose("Predicted action", predicted)
    option = page.get_by_test_id("stRadioOption").filter(has_text=name)
    option.click()
    expect(option.get_by_role("radio")).to_be_checked()
    lab.settle()
    see_on_every_page(lab, name)
    lab.go_to("Results")
    see_the_cell(lab, confused)
    selected = {key: value for key, (value,) in parse_qs(urlsplit(page.url).query).items()}
    assert selected == {
        "source": run.config.source,
        "run": run.run_id,
        "weights": "last",
        "part": "validation",
        "sequence": name,
    }
    classmate = visit(second_page, shown_address)
    classmate.open("results", **selected)
    see_the_cell(classmate, confused)


def see_on_every_page(lab: Any, name: str) -> None:
    lab.go_to("Features")
    expect(lab.page.get_by_role("combobox", name="Part")).to_have_value("Validation")
    expect(lab.page.get_by_role("combobox", name="Sequence")).to_have_value(name)
    lab.expect_player_to_move(showing=name)
    expect(lab.page.locator(".scatter")).to_have_attribute("data-chosen", name)
    for title in ("Data set", "Skeletons"):
        lab.go_to(title)
        lab.expect_player_to_move(showing=name)
        expect(lab.page).to_have_url(re.compile(rf"sequence={name}"))
    for title in ("Training", "Comparison"):
        lab.go_to(title)
        expect(lab.page).to_have_url(re.compile(rf"sequence={name}"))


def see_the_cell(lab: Any, confused: tuple[str, str, str]) -> None:
    name, true, predicted = confused
    for label, value in (
        ("Weights", "last epoch"),
        ("Part", "Validation"),
        ("True action", true),
        ("Predicted action", predicted),
    ):
        expect(lab.page.get_by_role("combobox", name=label)).to_have_value(value)
    expect(
        lab.page.get_by_test_id("stRadioOption").filter(has_text=name).get_by_role("radio")
    ).to_be_checked()
    expect(lab.player).to_have_attribute("data-title", re.compile(rf"^{name} "))
