"""Watching a run learn in a real browser, on the real data: what is drawn is what lies on disk."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from har_core.analysis.learning import smooth
from har_core.data.splits import Part
from har_core.plots.colours import PART_COLOURS
from har_core.training.config import ExperimentConfig
from har_core.training.heartbeats import heartbeat, lock_of
from har_core.training.presets import PRESETS
from har_core.training.queue import TrainingQueue
from har_core.training.store import Run, RunStore
from har_core.wording import PART_TITLES
from tests.browser.conftest import EPOCH_SHOWN

ENDLESS = 500_000
MINUTES = 60_000  # milliseconds


@pytest.fixture(scope="module")
def home(home_with_real_data: Path) -> Path:
    return home_with_real_data


@pytest.fixture
def store(home: Path) -> Iterator[RunStore]:
    """The runs of the server; what a test leaves in the queue is stopped."""
    store = RunStore(home / "runs")
    yield store
    for run_id in reversed(store.active()):
        store.request(run_id, "stop")


@pytest.fixture
def lab(page: Page, address: str, visit: Any, store: RunStore) -> Any:
    lab = visit(page, address)
    lab.open("training", source="msr-action3d")
    return lab


def start(lab: Any, store: RunStore, epochs: int | None = None) -> Run:
    """Start a run, with no end if none is given, and wait until the page watches it."""
    before = {run.run_id for run in store.runs()}
    epochs = epochs or ENDLESS + len(before)  # so many as no run before, and the card tells them apart
    lab.set_number("Epochs", epochs)
    lab.page.get_by_role("button", name="Start training").click()
    card = lab.number("Epoch").filter(has_text=re.compile(rf" of {epochs:,}$"))
    expect(card).to_be_visible(timeout=MINUTES)
    expect(lab.number("Epoch")).to_have_count(1)  # that of the run before may stay for a moment
    (run,) = [run for run in store.runs() if run.run_id not in before]
    expect(lab.page).to_have_url(re.compile(run.run_id))
    return run


def epoch_shown(lab: Any) -> int:
    return int(lab.number("Epoch").inner_text().split(" of ")[0].replace(",", ""))


def wait_for_epoch(lab: Any, epoch: int) -> None:
    lab.page.wait_for_function(
        f"epoch => {EPOCH_SHOWN} >= epoch",
        arg=epoch,
        timeout=2 * MINUTES,
    )


def figure(lab: Any, title: str) -> Locator:
    found: Locator = lab.page.get_by_role("img", name=re.compile(rf"^Curves of the {title.lower()} over"))
    return found


def ticks(chart: Locator) -> list[float]:
    """Return the numbers at the axes."""
    texts = [text.replace(",", "") for text in chart.locator("svg text").all_text_contents()]
    return [float(text) for text in texts if re.fullmatch(r"[\d.]+", text)]


def lines(chart: Locator, part: Part, opacity: float) -> Locator:
    """Return what is drawn in the colour of a part, as faint as that."""
    within = f'[stroke="{PART_COLOURS[part]}"]'
    faint = f'[stroke-opacity="{opacity}"]' if opacity < 1 else ":not([stroke-opacity])"
    return chart.locator(f'svg path[fill="none"]{within}{faint}')


def test_preset_fills_the_form_and_its_run_is_told_not_to_learn(lab: Any, store: RunStore) -> None:
    preset = PRESETS["rate-too-high"]
    lab.page.get_by_role("button", name="Presets").click()
    lab.page.get_by_text(preset.title, exact=True).click()
    expect(lab.page.get_by_text(preset.look_for)).to_be_visible()
    run = start(lab, store)
    expected = preset.config.trained(epochs=run.config.epochs)
    assert run.config.anywhere == expected.model_copy(update={"source": "msr-action3d"})
    warning = lab.page.get_by_test_id("stAlert").filter(has_text="Hardly any learning")
    expect(warning).to_be_visible(timeout=2 * MINUTES)
    expect(warning).to_contain_text(f"guessing gives {np.log(20):.3f}")
    expect(lab.page.get_by_text("learning rate 0.3")).to_be_visible()


def test_what_is_typed_beyond_the_limits_is_told_and_can_not_be_started(lab: Any, store: RunStore) -> None:
    before = len(store.runs())
    button = lab.page.get_by_role("button", name="Start training")
    lab.page.get_by_text("All settings").click()
    for label, typed, usual in (
        ("Hidden units", "10000", "24"),
        ("Epochs", "1e30", "50"),
        ("Dropout", "1", ".5"),
    ):
        field = lab.page.get_by_role("spinbutton", name=label, exact=True)
        for text in (typed, ""):
            field.fill(text)
            field.press("Tab")
            expect(button).to_be_disabled()
            expect(lab.page.get_by_text(f"Start training is off: {label}: found")).to_be_visible()
        field.fill(usual)
        field.press("Tab")
        expect(button).to_be_enabled()
    assert len(store.runs()) == before


def test_cards_and_curves_show_what_is_on_disk(lab: Any, store: RunStore) -> None:
    run = start(lab, store)
    wait_for_epoch(lab, 30)
    lab.page.get_by_role("button", name="Pause").click()
    expect(lab.page.get_by_text("paused").first).to_be_visible(timeout=MINUTES)
    lab.settle()
    records = store.metrics(run.run_id)
    assert epoch_shown(lab) == len(records) >= 30
    best = max(records, key=lambda record: (record.validation_accuracy, -record.validation_loss))
    expect(lab.number("Validation, best epoch")).to_have_text(f"{100 * best.validation_accuracy:.1f} %")
    expect(lab.number("Test, best epoch")).to_have_text(f"{100 * best.test_accuracy:.1f} %")
    for title, factor in (("Loss", 1), ("Accuracy", 100)):
        told = [lab.hover_curves(figure(lab, title), share) for share in (0.3, 0.55, 0.8)]
        assert len({point["Epoch"] for point in told}) == 3
        for point in told:
            record = records[int(point["Epoch"]) - 1]
            for part, name in PART_TITLES.items():
                value = factor * getattr(record, f"{part}_{title.lower()}")
                assert point[name] == pytest.approx(value, abs=0.0006 * factor)
    expect(figure(lab, "Loss").get_by_text(f"best epoch {best.epoch}")).to_be_visible()
    lab.page.get_by_role("button", name="Resume").click()
    wait_for_epoch(lab, len(records) + 5)
    assert [record.epoch for record in store.metrics(run.run_id)][: len(records)] == list(
        range(1, len(records) + 1)
    )


def test_smoothing_keeps_the_raw_line_faint_and_the_loss_can_be_logarithmic(
    lab: Any, store: RunStore
) -> None:
    run = start(lab, store, epochs=40)
    expect(lab.page.get_by_text("done").first).to_be_visible(timeout=MINUTES)
    expect(lab.page.get_by_test_id("stToast")).to_contain_text("Done: LSTM")
    lab.page.get_by_test_id("stPopoverButton").filter(has_text="Curves").click()
    slider = lab.page.get_by_role("slider", name="Smoothing")
    for _ in range(25):  # steps of 0.02
        slider.press("ArrowRight")
    lab.settle()
    expect(lab.page.get_by_test_id("stSlider")).to_contain_text("0.50")
    lab.page.get_by_text("Logarithmic loss").click()
    lab.page.keyboard.press("Escape")
    lab.settle()
    loss = [record.validation_loss for record in store.metrics(run.run_id)]
    told = lab.hover_curves(figure(lab, "Loss"), 0.5)
    smoothed = smooth(loss, 0.5)[int(told["Epoch"]) - 1]
    assert told["Validation"] == pytest.approx(smoothed, abs=0.0006) != loss[int(told["Epoch"]) - 1]
    for part in PART_TITLES:
        expect(lines(figure(lab, "Loss"), part, 0.25)).to_have_count(1)
    assert {2.0, 4.0} < set(ticks(figure(lab, "Loss"))) and 3.0 not in ticks(figure(lab, "Loss"))
    assert {20.0, 40.0, 60.0} < set(ticks(figure(lab, "Accuracy")))


def test_curves_that_stand_still_keep_their_zoom_while_the_cards_go_on(lab: Any, store: RunStore) -> None:
    start(lab, store)
    wait_for_epoch(lab, 10)
    toggle_live_curves(lab)
    loss = figure(lab, "Loss")
    expect(loss).to_have_attribute("aria-label", re.compile("standing still"))
    lab.settle()
    said, before = loss.get_attribute("aria-label"), ticks(loss)
    zoom_in(lab, loss)
    zoomed = ticks(loss)
    assert zoomed != before and max(zoomed) < max(before)
    still = loss.locator("svg").inner_html()
    wait_for_epoch(lab, epoch_shown(lab) + 50)
    assert loss.locator("svg").inner_html() == still
    expect(loss).to_have_attribute("aria-label", str(said))
    toggle_live_curves(lab)
    expect(figure(lab, "Loss")).not_to_have_attribute("aria-label", str(said))


def toggle_live_curves(lab: Any) -> None:
    lab.page.get_by_test_id("stPopoverButton").filter(has_text="Curves").click()
    lab.page.get_by_text("Live curves").click()
    lab.page.keyboard.press("Escape")


def zoom_in(lab: Any, chart: Locator) -> None:
    """Take the tool for it, at the top right, and draw a box; then point elsewhere: nothing is told."""
    chart.scroll_into_view_if_needed()
    box, mouse = chart.bounding_box(), lab.page.mouse
    assert box is not None
    mouse.click(box["x"] + box["width"] - 82, box["y"] + 30)
    mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 0.4 * box["height"])
    mouse.down()
    mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.7 * box["height"], steps=5)
    mouse.up()
    lab.page.locator("h1").hover()


def test_queue_is_put_in_another_order_and_runs_are_stopped(lab: Any, store: RunStore) -> None:
    first = start(lab, store)
    second, third = (store.create(ExperimentConfig(source="msr-action3d", seed=seed)) for seed in (7, 8))
    lab.open("training", run=first.run_id)
    lab.page.get_by_text("Queue: 1 in training, 2 waiting").click()
    lab.settle()
    line = lab.page.locator(f".st-key-line-of-{third.run_id}")
    line.get_by_role("button").first.click()
    expect(line).to_have_text(re.compile(r"^\s*1\s+LSTM"))
    waiting = [run.run_id for run in TrainingQueue(store).waiting()]
    assert waiting == [third.run_id, second.run_id]
    for run in (third, second):
        lab.page.locator(f".st-key-stop-{run.run_id}-False").get_by_role("button").click()
        expect(lab.page.locator(f".st-key-line-of-{run.run_id}")).to_have_count(0)
        assert store.get(run.run_id).status.state == "stopped"
    lab.page.get_by_role("button", name="Stop").click()
    link = lab.page.get_by_role("link", name="See the results of this run")
    expect(link).to_be_visible(timeout=MINUTES)
    assert store.get(first.run_id).results is not None


def test_queue_and_buttons_say_what_is_true_when_a_run_begins_and_stay_open(
    lab: Any, store: RunStore
) -> None:
    configs = [ExperimentConfig(source="msr-action3d", seed=seed) for seed in (17, 18)]
    runs = [store.create(config, queued=False) for config in configs]
    with lock_of(runs[0].path), lock_of(runs[1].path):  # so that the server trains neither
        for run in runs:
            store.write_status(run.run_id, heartbeat(run.status, state="queued"))
        lab.open("training", run=runs[0].run_id)
        lab.page.get_by_text("Queue: 0 in training, 2 waiting").click()
        line = lab.page.locator(f".st-key-line-of-{runs[1].run_id}")
        expect(line).to_contain_text("2")
        expect(lab.page.get_by_role("button", name="Delete")).to_be_visible()
        store.write_status(runs[0].run_id, heartbeat(runs[0].status, state="running", epoch=242))
        expect(lab.page.get_by_text("Queue: 1 in training, 1 waiting")).to_be_visible()
        expect(line).to_be_visible()  # it was open, and is so still
        expect(lab.page.get_by_role("button", name="Delete")).to_have_count(0)
        expect(lab.page.get_by_role("button", name="Pause", exact=True)).to_have_count(1)
        for run in runs:
            store.write_status(run.run_id, heartbeat(run.status, state="stopped"))
