"""The pictures of the documentation: each page as a visitor meets it, with ended runs."""

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from har_core.training.store import Run, RunStore

# Name of the picture, path of the page, the text it starts with where that is not the title, colours.
PICTURES = [
    ("overview", "", None, "light"),
    ("training", "training", None, "light"),
    ("results", "results", None, "light"),
    ("features", "features", None, "light"),
    ("data-set", "data-set", None, "light"),
    ("skeletons", "skeletons", None, "light"),
    ("comparison", "comparison", None, "light"),
    ("ladder", "ladder", None, "light"),
    ("hand-in", "hand-in", None, "light"),
    ("results-dark", "results", None, "dark"),
]


@pytest.fixture(scope="module")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures go: the folder of ``--screenshots``, or one that is thrown away."""
    named: str | None = request.config.getoption("--screenshots")
    chosen = Path(named) if named else tmp_path_factory.mktemp("pictures")
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


@pytest.fixture(scope="module")
def shown_run(shown_home: Path) -> Run:
    """The run with the best test accuracy."""
    ended = [run for run in RunStore(shown_home / "runs").runs() if run.results]
    return max(ended, key=lambda run: run.results.chosen.test if run.results else 0)


@pytest.mark.parametrize(("name", "path", "top", "colours"), PICTURES, ids=[name for name, *_ in PICTURES])
def test_picture_shows_the_page(
    shown_address: str, shown_run: Run, page: Page, visit: Any, folder: Path,
    name: str, path: str, top: str | None, colours: str,
) -> None:  # fmt: skip
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light", reduced_motion="reduce")
    lab = visit(page, shown_address)
    lab.open(path, source=shown_run.config.source, run=shown_run.run_id)
    if name == "skeletons":
        page.get_by_text("Recorded and prepared").click()
        expect(lab.player.locator(".stage canvas")).to_have_count(2)
    page.wait_for_load_state("networkidle")  # what comes late would start the player anew
    lab.settle()
    for player in lab.player.all():
        show_the_middle_frame(player)
    texts = page.get_by_test_id("stMain").get_by_text(re.compile(f"^{top}"))
    start = page.locator("h1") if top is None else texts.first
    start.evaluate("place => { place.style.scrollMarginTop = '80px'; place.scrollIntoView(); }")
    page.mouse.move(1279, 799)
    page.evaluate("() => document.fonts.ready")
    picture = page.screenshot(path=folder / f"{name}.png", animations="disabled")
    look_at(picture, colours)


def show_the_middle_frame(player: Any) -> None:
    frame = int(player.get_attribute("data-frames")) // 2
    slider = player.get_by_label("Frame", exact=True)
    slider.fill(str(frame))
    slider.blur()
    expect(player).to_have_attribute("data-frame", str(frame))


def look_at(picture: bytes, colours: str) -> None:
    """Make sure that something is drawn, on the ground that the theme has."""
    pixels = np.asarray(Image.open(BytesIO(picture)).convert("RGB"))
    assert pixels.shape == (800, 1280, 3)
    found, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    assert len(found) > 100
    ground = found[counts.argmax()]
    assert ground.min() > 200 if colours == "light" else ground.max() < 60
    drawn = np.abs(pixels.astype(int) - ground).max(axis=2) > 60
    assert 0.01 < drawn.mean() < 0.6
