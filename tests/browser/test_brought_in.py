"""Eight data sets as people bring them, by upload: named, upright, and nothing assumed in silence."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from har_core.skeleton import SKELETONS
from tests.data.made_up_files import folder_of
from tests.data.reading.brought_in import EXPECTED, brought_in, some_recordings


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("stranger")


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder of each set."""
    place = tmp_path_factory.mktemp("sets")
    files = brought_in(some_recordings())
    return {name: Path(folder_of(place / f"set {number}", files[name])) for number, name in enumerate(files)}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_stranger_brings_in_a_set(
    address: str, sets: dict[str, Path], page: Page, visit: Any, name: str
) -> None:
    lab, expected, files = visit(page, address), EXPECTED[name], sorted(sets[name].iterdir())
    lab.open("data-set", source="synthetic", view="Files")
    lab.open_upload().locator('input[type="file"]').set_input_files(files)
    expect(page.get_by_test_id("stFileChip").first).to_be_visible()
    lab.add_upload(re.sub(r"\W+", " ", name))
    expect(page.get_by_text("is added: 6 sequences of 2 actions by 3 subjects.")).to_be_visible()
    lab.settle()
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    for part in expected.told:  # once in what was brought in, once beside its control or below
        expect(page.get_by_test_id("stCaptionContainer").filter(has_text=part)).to_have_count(2)
    skeleton = page.get_by_test_id("stSelectbox").filter(has_text="Skeleton").get_by_role("combobox")
    expect(skeleton).to_have_value(re.compile(rf": {expected.skeleton}$"))
    expect(lab.player).to_contain_text(
        f"the person's left is on your {'left' if expected.left < 0 else 'right'}."
    )
    assert is_upright(lab, expected.skeleton)


def is_upright(lab: Any, skeleton: str) -> bool:
    """Say whether the head is drawn above the hips, and these above the feet."""
    lab.player.scroll_into_view_if_needed()
    expect(lab.player).not_to_have_attribute("data-drawn", "0")
    drawn = lab.player.evaluate("player => player.drawnJoints[0]")
    joints = SKELETONS[skeleton].joints
    assert len(drawn) == len(joints)
    down = {name: place[1] for name, place in zip(joints, drawn, strict=True) if place}
    top = down["head" if "head" in down else "nose"]
    return bool(top < down["left_hip"] < down["left_knee"] < down["left_ankle"])
