"""Light, dark or the system's theme: chosen in the sidebar, on all pages, and kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

APP = "stApp"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def lab(page: Page, address: str, visit: Callable[[Page, str], Any]) -> Any:
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    lab = visit(page, address)
    lab.open("skeletons")
    return lab


def choose(lab: Any, name: str) -> None:
    lab.page.get_by_role("radio", name=name, exact=True).check(force=True)  # its label is what is seen


def expect_theme(lab: Any, name: str) -> None:
    """Expect Streamlit's elements in a theme, and the player, which draws on a canvas in its own colours."""
    expect(lab.page.get_by_test_id(APP)).to_have_css("color-scheme", name)
    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 28)"}[name]
    expect(lab.page.get_by_test_id(APP)).to_have_css("background-color", ground)
    expect(lab.player).to_have_css("background-color", ground)


def test_choice_holds_on_all_pages_and_when_they_are_loaded_anew(lab: Any) -> None:
    expect_theme(lab, "light")
    choose(lab, "Dark")
    expect_theme(lab, "dark")
    lab.page.reload()
    lab.settle()
    expect_theme(lab, "dark")
    lab.open("")  # by another path than the one where it was chosen
    expect_theme(lab, "dark")
    expect(lab.page.get_by_role("radio", name="Dark", exact=True)).to_be_checked()
    choose(lab, "Light")
    lab.page.emulate_media(color_scheme="dark")
    lab.go_to("Skeletons")
    expect_theme(lab, "light")


def test_system_is_followed_at_first_and_when_it_is_chosen_again(lab: Any) -> None:
    expect(lab.page.get_by_role("radio", name="System", exact=True)).to_be_checked()
    lab.page.emulate_media(color_scheme="dark")
    expect_theme(lab, "dark")
    choose(lab, "Light")
    expect_theme(lab, "light")
    choose(lab, "System")
    expect_theme(lab, "dark")
    lab.page.emulate_media(color_scheme="light")
    expect_theme(lab, "light")


def test_choice_loads_no_page_anew_and_is_heard_in_another_tab(lab: Any) -> None:
    other = lab.page.context.new_page()
    other.goto(lab.page.url)
    expect(other.get_by_test_id(APP)).to_have_css("color-scheme", "light")
    lab.page.evaluate("window.stays = true")
    choose(lab, "Dark")
    expect_theme(lab, "dark")
    assert lab.page.evaluate("window.stays")
    expect(other.get_by_test_id(APP)).to_have_css("color-scheme", "dark")


def test_choice_is_made_by_keyboard(lab: Any) -> None:
    chosen = lab.page.get_by_role("radio", name="System", exact=True)
    chosen.focus()
    chosen.press("ArrowLeft")
    expect_theme(lab, "dark")
