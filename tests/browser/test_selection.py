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
    lab.choose("Part", "Validation part")
    page.get_by_role("button", name="Options").click()
    lab.choose("True action", true)
    lab.choose("Predicted action", predicted)
    page.keyboard.press("Escape")
    lab.choose("Sequence", re.compile(f"^{name} "))
    expect(page.get_by_role("combobox", name="Sequence")).to_have_value(re.compile(f"^{name} "))
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
    expect(lab.page.get_by_role("combobox", name="Part")).to_have_value("Validation part")
    expect(lab.page.get_by_role("combobox", name="Sequence")).to_have_value(name)
    lab.expect_player_to_move(showing=name)
    expect(lab.page.locator(".scatter")).to_have_attribute("data-chosen", name)
    lab.go_to("Skeletons")
    lab.expect_player_to_move(showing=name)
    for title in ("Skeletons", "Data set", "Training", "Comparison"):
        lab.go_to(title)
        expect(lab.page).to_have_url(re.compile(rf"sequence={name}"))


def see_the_cell(lab: Any, confused: tuple[str, str, str]) -> None:
    name, true, predicted = confused
    lab.page.get_by_role("button", name="Options").click()
    for label, value in (
        ("Weights", "last epoch"),
        ("Part", "Validation part"),
        ("True action", true),
        ("Predicted action", predicted),
    ):
        expect(lab.page.get_by_role("combobox", name=label)).to_have_value(value)
    lab.page.keyboard.press("Escape")
    expect(lab.page.get_by_role("combobox", name="Sequence")).to_have_value(re.compile(f"^{name} "))
    expect(lab.player).to_have_attribute("data-title", re.compile(rf"^{name} "))


def test_box_empty_loop_and_finger_do_in_the_scatter_what_they_say(
    shown_address: str, run: Run, page: Page, visit: Any
) -> None:
    lab = visit(page, shown_address)
    lab.open("features", source=run.config.source, run=run.run_id, part="train")
    pick_by_a_box(lab, *points_in_the_window(page))
    let_go_by_an_empty_loop(lab, points_in_the_window(page)[1])
    tap_beside_a_point(lab, *points_in_the_window(page))


def points_in_the_window(page: Page) -> tuple[list[str], np.ndarray]:
    canvas = page.locator(".scatter .over")
    canvas.evaluate("canvas => canvas.scrollIntoView({ block: 'center' })")
    drawn = page.locator(".scatter").evaluate("scatter => scatter.drawnPoints")
    box = canvas.bounding_box()
    assert box
    return list(drawn), np.array(list(drawn.values())) + [box["x"], box["y"]]


def pick_by_a_box(lab: Any, names: list[str], places: np.ndarray) -> None:
    """Drag along a diagonal with the shift key; without it that line would hold no point."""
    low, high = ((np.quantile(places, share, axis=0) // 1) + 0.5 for share in (0.4, 0.6))
    inside = ((places > low) & (places < high)).all(axis=1)
    lab.page.keyboard.down("Shift")
    lab.page.mouse.move(*low)
    lab.page.mouse.down()
    lab.page.mouse.move(*high, steps=4)
    lab.page.mouse.up()
    lab.page.keyboard.up("Shift")
    expect(
        lab.page.get_by_role("heading", name=re.compile(f"^{inside.sum()} sequences? picked"))
    ).to_be_visible()
    lab.settle()
    clips = lab.player.last.get_attribute("data-title").split(" | ")
    picked = [name for name, held in zip(names, inside, strict=True) if held]
    assert len(picked) > 1 and {clip.split(" · ")[0] for clip in clips} == set(picked[:12])


def let_go_by_an_empty_loop(lab: Any, places: np.ndarray) -> None:
    """Draw a loop where no point is: it picks nothing, and what was picked before is let go."""
    corner, opposite = places.min(axis=0), places.max(axis=0)
    grid = np.stack(np.meshgrid(*np.linspace(corner, opposite, 40).T), axis=-1).reshape(-1, 2)
    room = np.minimum(grid - corner, opposite - grid).min(axis=1)  # a loop begins within the figure
    free = np.minimum(np.linalg.norm(grid[:, None] - places[None], axis=2).min(axis=1), room)
    middle, radius = grid[free.argmax()], 0.8 * free.max()
    lab.page.mouse.move(*(middle + [radius, 0]))
    lab.page.mouse.down()
    for angle in np.linspace(0, 2 * np.pi, 9):
        lab.page.mouse.move(*(middle + radius * np.array([np.cos(angle), np.sin(angle)])))
    lab.page.mouse.up()
    expect(lab.page.get_by_role("button", name="Let go")).to_have_count(0)
    expect(lab.page.get_by_role("heading", name=re.compile("picked$"))).to_have_count(0)
    lab.settle()


def tap_beside_a_point(lab: Any, names: list[str], places: np.ndarray) -> None:
    """A finger that wipes picks nothing; one that taps picks a point that a mouse would miss."""
    distances = np.linalg.norm(places[:, None] - places[None], axis=2) + np.diag(np.full(len(names), 1e9))
    loneliest, other = distances.min(axis=1).argsort()[[-1, -2]]
    away = places[loneliest] - places[distances[loneliest].argmin()]
    session = lab.page.context.new_cdp_session(lab.page)

    def touch(kind: str, *points: np.ndarray) -> None:
        touched = [{"x": float(x), "y": float(y)} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touched})

    scatter = lab.page.locator(".scatter")
    before = scatter.get_attribute("data-chosen")
    assert before != names[other]
    touch("touchStart", places[other])
    for aside in (20, 40, 60):
        touch("touchMove", places[other] + [aside, 0])
    touch("touchEnd")
    scatter.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    expect(scatter).to_have_attribute("data-chosen", before)
    touch("touchStart", places[loneliest] + 15 * away / np.linalg.norm(away))
    touch("touchEnd")
    expect(lab.page).to_have_url(re.compile(rf"sequence={names[loneliest]}"))
    lab.expect_player_to_move(showing=names[loneliest])
    expect(scatter).to_have_attribute("data-chosen", names[loneliest])
