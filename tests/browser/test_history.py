"""The browser's Back and Forward: a page is one entry, and what is shown is what the URL says."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from har_core.training.store import Run, RunStore

TITLES = {
    "": "How does a network recognise", "training": "Training", "results": "Results", "features": "Features",
}  # fmt: skip


@pytest.fixture
def lab(page: Page, shown_address: str, visit: Any) -> Any:
    return visit(page, shown_address)


@pytest.fixture(scope="module")
def ended(shown_home: Any) -> list[Run]:
    """The runs with results, the newest first."""
    return [run for run in RunStore(shown_home / "runs").runs() if run.results]


def see(lab: Any, path: str) -> dict[str, str]:
    """Wait for a page, and return what its URL selects."""
    expect(lab.page.locator("h1")).to_contain_text(TITLES[path])
    lab.settle()
    address = urlsplit(lab.page.url)
    assert address.path == f"/{path}"
    return {name: value for name, (value,) in parse_qs(address.query).items()}


def shown(lab: Any, label: str) -> str:
    return str(lab.page.get_by_role("combobox", name=label, exact=True).input_value())


def length(lab: Any) -> int:
    return int(lab.page.evaluate("history.length"))


def test_back_goes_to_the_page_before_and_forward_returns(lab: Any, ended: list[Run]) -> None:
    source, run = ended[0].config.source, ended[-1]
    lab.open("", source=source)
    see(lab, "")
    start = length(lab)
    lab.go_to("Training")
    lab.go_to("Results")
    other = next(
        option for option in options(lab, "Run") if run.run_id[:15] in option
    )  # as the drop-down names it
    lab.choose("Run", other)
    expect(lab.page).to_have_url(re.compile(f"run={run.run_id}"))  # it is drawn, no other
    lab.settle()
    cell = lab.page.get_by_role("gridcell").filter(has_text=re.compile(r"^[1-9]")).last
    cell.click()
    expect(lab.page).to_have_url(re.compile("sequence="))
    lab.settle()
    lab.choose("Weights", "last epoch")
    chosen = see(lab, "results")
    assert chosen["run"] == run.run_id and chosen["weights"] == "last"
    lab.go_to("Features")
    assert length(lab) == start + 3
    for step, path in (("back", "results"), ("back", "training"), ("back", ""), ("forward", "training")):
        lab.page.evaluate(f"history.{step}()")
        selected = see(lab, path)
        assert {name: selected[name] for name in ("run", "weights", "sequence")} == {
            name: chosen[name] for name in ("run", "weights", "sequence")
        }
        if path:
            assert run.run_id[:15] in shown(lab, "Run")
    lab.page.evaluate("history.forward()")
    see(lab, "results")
    assert shown(lab, "Weights") == "last epoch" and length(lab) == start + 3


def options(lab: Any, label: str) -> list[str]:
    box = lab.page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox")
    box.first.click()
    found = lab.page.get_by_role("option").all_inner_texts()
    lab.page.keyboard.press("Escape")
    lab.settle()
    return [str(text) for text in found]


def test_a_page_that_was_opened_by_its_plain_address_is_left_with_one_press(lab: Any) -> None:
    elsewhere = f"{lab.address}/_stcore/health"
    lab.page.goto(elsewhere)
    lab.open("results")
    see(lab, "results")
    lab.page.go_back()
    expect(lab.page).to_have_url(elsewhere)


def test_a_link_to_another_page_is_one_entry_and_leaves_no_sign_in_the_url(
    lab: Any, ended: list[Run]
) -> None:
    lab.open("", source=ended[0].config.source)
    see(lab, "")
    before = length(lab)
    lab.page.get_by_test_id("stPageLink").filter(has_text="LSTM").nth(2).click()
    selected = see(lab, "results")
    assert "linked" not in selected and selected["part"] == "test"
    assert length(lab) == before + 1
    lab.page.evaluate("history.back()")
    see(lab, "")
