"""How the dashboard feels, measured in Chromium: ``pytest tests/browser/benchmark.py -s``.

Not a test and never collected as one: it prints a table and, on the last line, the same as JSON. Every
figure is taken twice, idle and with a run training in the server. Times are taken inside the browser, from
what a visitor does to the frame in which everything is there, and told as multiples of a change between two
empty Streamlit pages, too. ``HAR_TOUR_HOME`` names a home with ended runs, as for the pictures; else four
short runs are made first.
"""

import json
import os
import platform
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from app.shell.navigation import PAGES
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.store import Run, RunStore
from tests.browser.conftest import EPOCH_SHOWN
from tests.browser.empty_pages import TITLES
from tests.browser.epochs_written import EpochsWritten

ENTRY = Path(__file__).resolve().parents[2] / "app" / "Home.py"
EMPTY = Path(__file__).with_name("empty_pages.py")
ROUNDS = 5  # walks through all pages
CLICKS = 30
WATCHED_SECONDS = 10.0  # of the player, and of each stretch in which epochs are counted
SETTLING_SECONDS = 3.0  # after a page was opened or closed
STRETCHES = 5  # with the live page open, and as many without

# The players of a page, which live in shadow roots.
PLAYERS = """
[...document.querySelectorAll("*")].flatMap(host => [...(host.shadowRoot?.querySelectorAll(".player") ?? [])])
"""

MATRICES = PLAYERS.replace(".player", ".matrix")
SCATTERS = PLAYERS.replace(".player", ".scatter")

# Resolves with the milliseconds from now until the page is whole: script ended, nothing stale, all drawn.
WHOLE_PAGE = """
(act) => new Promise((done, fail) => {
    const start = performance.now();
    act();
    const look = () => {
        const main = document.querySelector('[data-testid="stMain"]');
        const drawn = (box, inside) => [...main.querySelectorAll(`[data-testid="${box}"]`)]
            .filter(chart => chart.checkVisibility()).every(chart => chart.querySelector(inside));
        // A player that is not in sight does not draw.
        const belowTheFold = player =>
            player.querySelector("canvas")?.getBoundingClientRect().top > innerHeight;
        const missing = Object.entries({
            title: document.querySelector("h1")?.textContent.startsWith(TITLE),
            script: document.querySelector('[data-testid="stApp"]').dataset.testScriptState === "notRunning",
            fresh: !main.querySelector('[data-stale="true"], [data-testid="stSkeleton"]'),
            plotly: drawn("stPlotlyChart", ".main-svg"),
            echarts: drawn("stEChartsChart", "svg text"),
            matrices: MATRICES.every(matrix => matrix.dataset.drawn),
            players: PLAYERS.every(
                player => player.dataset.title && (belowTheFold(player) || player.dataset.drawn > 0)),
            scatters: SCATTERS.every(scatter => scatter.dataset.drawn > 0),
        }).filter(([name, here]) => !here).map(([name]) => name);
        if (!missing.length) requestAnimationFrame(() => done(performance.now() - start));
        else if (performance.now() - start > 60000) fail(new Error(`${TITLE} lacks ${missing}`));
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})
"""
for _word, _list in (("PLAYERS", PLAYERS), ("MATRICES", MATRICES), ("SCATTERS", SCATTERS)):
    WHOLE_PAGE = WHOLE_PAGE.replace(_word, _list.strip())

# Resolves with the milliseconds from the next press of the mouse until the player shows another sequence.
FIRST_DRAWN_FRAME = """
() => {
    const before = PLAYERS[0]?.dataset.title;
    window.firstDrawnFrame = new Promise(done => {
        addEventListener("pointerdown", () => {
            const start = performance.now();
            const look = () => {
                const now = PLAYERS[0]?.dataset;
                if (now?.title && now.title !== before && Number(now.drawn) > 0)
                    done(performance.now() - start);
                else requestAnimationFrame(look);
            };
            requestAnimationFrame(look);
        }, { capture: true, once: true });
    });
}
""".replace("PLAYERS", PLAYERS.strip())

# Resolves with the milliseconds between the frames that the browser draws while the player plays.
FRAME_TIMES = """
seconds => new Promise(done => {
    const times = [];
    const next = now => {
        times.push(now);
        if (now - times[0] < 1000 * seconds) requestAnimationFrame(next);
        else done(times.slice(1).map((time, index) => time - times[index]));
    };
    requestAnimationFrame(next);
})
"""

# Keeps when the number of the epoch changed, in milliseconds since 1970. An observer costs nothing between
# two changes; looking at each frame would make the browser draw frames that nobody needs.
NOTE_EPOCHS = """
() => {
    window.epochsShown = [];
    const look = () => {
        const epoch = EPOCH;
        if (epoch && epoch !== window.epochsShown.at(-1)?.[0]) window.epochsShown.push([epoch, Date.now()]);
    };
    const all = { subtree: true, childList: true, characterData: true };
    new MutationObserver(look).observe(document.body, all);
}
""".replace("EPOCH", EPOCH_SHOWN.strip())

Figures = dict[str, Any]


def test_how_it_feels(
    chromium: Browser, shown_home: Path, serve: Any, visit: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    figures: Figures = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores"}
    store = RunStore(shown_home / "runs")
    open_first_screen(chromium, shown_home, serve, visit)  # what is read once is then on a warm disk
    figures["first_screen_seconds"] = open_first_screen(chromium, shown_home, serve, visit)
    figures["empty_page_change_ms"] = change_empty_pages(chromium, serve, visit)
    with serve(ENTRY, {"HAR_HOME": str(shown_home)}) as address:
        figures["idle"] = look_at_all_pages(chromium, address, store, visit)
        run = store.create(
            ExperimentConfig(source=_source(store), training=GradientTraining(epochs=1_000_000))
        )
        figures["training"] = look_at_all_pages(chromium, address, store, visit)
        figures["live"] = watch_the_run(chromium, address, store, run, visit)
        store.request(run.run_id, "stop")
    with capsys.disabled():
        sys.stdout.write(f"\n{table(figures)}\n{json.dumps(figures)}\n")


def open_first_screen(chromium: Browser, home: Path, serve: Any, visit: Any) -> float:
    """Return the seconds from the command to a whole first page."""
    started = time.perf_counter()
    with serve(ENTRY, {"HAR_HOME": str(home)}) as address, opened(chromium) as page:
        visit(page, address).open()
        return time.perf_counter() - started


def change_empty_pages(chromium: Browser, serve: Any, visit: Any) -> Figures:
    """Return the milliseconds of a change between pages that have nothing but a title."""
    with serve(EMPTY) as address, opened(chromium) as page:
        visit(page, address).open()
        walks = change_pages(page, count_bytes(page), dict.fromkeys(TITLES[::-1]))
    return summary([sample for samples in walks.values() for sample, _ in samples])


def _source(store: RunStore) -> str:
    return store.runs()[0].config.source


@contextmanager
def opened(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def look_at_all_pages(chromium: Browser, address: str, store: RunStore, visit: Any) -> Figures:
    run = next(run for run in store.runs() if run.results)
    with opened(chromium) as page:
        received = count_bytes(page)
        lab = visit(page, address)
        lab.open(run=run.run_id, source=run.config.source)
        for name in PAGES:  # what is cached on disk or in the server is not what is measured here
            lab.go_to(PAGES[name].title) if name != "overview" else None
        titles = {info.title: None for info in PAGES.values()} | {
            PAGES["overview"].title: "How does a network"
        }
        walks = change_pages(page, received, titles)
        clicks = click_cells(page, lab)
        lab.go_to("Skeletons")
        expect(lab.player).to_have_attribute("data-playing", "true")
        frames = page.evaluate(FRAME_TIMES, WATCHED_SECONDS)
    return {
        "page_change_ms": summary([sample for samples in walks.values() for sample, _ in samples]),
        "page_change_by_page_ms": {
            name: float(np.median([sample for sample, _ in samples])) for name, samples in walks.items()
        },
        "kilobytes_by_page": {
            name: max(size for _, size in samples) / 1000 for name, samples in walks.items()
        },
        "click_to_first_frame_ms": summary(clicks),
        "player_frames_a_second": slowest_second(frames),
    }


def count_bytes(page: Page) -> Callable[[], int]:
    """Return a function that says how many bytes the server has sent since it was called last."""
    sizes: list[int] = []

    def listen(socket: Any) -> None:
        socket.on("framereceived", lambda frame: sizes.append(len(frame)))

    page.on("websocket", listen)

    def since_last_time() -> int:
        total = sum(sizes)
        sizes.clear()
        return total

    return since_last_time


def change_pages(
    page: Page, received: Callable[[], int], titles: Mapping[str, str | None]
) -> dict[str, list[tuple[float, int]]]:
    """Walk through all pages; return milliseconds and bytes of each change, by the page's title.

    Args:
        page: the browser's.
        received: what ``count_bytes`` returned.
        titles: in the navigation, and how the heading begins, where that is another.
    """
    samples: dict[str, list[tuple[float, int]]] = {title: [] for title in titles}
    for _ in range(ROUNDS):
        for title, heading in titles.items():
            link = page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True)
            script = WHOLE_PAGE.replace("TITLE", json.dumps(heading or title))
            received()
            took = link.evaluate(f"link => ({script})(() => link.click())")
            samples[title].append((took, received()))
    return samples


def click_cells(page: Page, lab: Any) -> list[float]:
    """Click filled cells of the confusion matrix in turn; return the milliseconds to a drawn skeleton."""
    lab.go_to("Results")
    cells = page.locator('[aria-label^="Predicted action: "]')
    expect(cells.first).to_be_visible()
    page.get_by_role("heading", name="Confusion matrix").evaluate("heading => heading.scrollIntoView()")
    labels = cells.evaluate_all("cells => cells.map(cell => cell.getAttribute('aria-label'))")
    filled = [label for label in labels if re.search(r"count: [1-9]", label)]
    samples = []
    for label in (filled * CLICKS)[:CLICKS]:
        lab.settle()
        cell = page.locator(f'[aria-label="{label}"]')
        box = cell.bounding_box()
        page.evaluate(FIRST_DRAWN_FRAME)
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        samples.append(float(page.evaluate("window.firstDrawnFrame")))
    return samples


def watch_the_run(chromium: Browser, address: str, store: RunStore, run: Run, visit: Any) -> Figures:
    """Measure how late an epoch is shown, and what the open page costs the training."""
    written = EpochsWritten(run.path / "metrics.jsonl")
    alone, watched, lags = [], [], []
    with written:
        for _ in range(STRETCHES):
            time.sleep(SETTLING_SECONDS)
            alone.append(written.pace(WATCHED_SECONDS))
            with opened(chromium) as page:
                lab = visit(page, address)
                lab.open("training", run=run.run_id, source=run.config.source)
                page.evaluate(NOTE_EPOCHS)
                page.wait_for_timeout(1000 * SETTLING_SECONDS)
                watched.append(written.pace(WATCHED_SECONDS))
                lags += written.lags(page.evaluate("window.epochsShown"))
    return {
        "epoch_shown_after_ms": summary(lags),
        "epochs_a_second_alone": float(np.median(alone)),
        "epochs_a_second_watched": float(np.median(watched)),
        "slower_percent": 100 * (1 - float(np.median(watched)) / float(np.median(alone))),
    }


def summary(samples: list[float]) -> Figures:
    return {
        "median": float(np.median(samples)),
        "p95": float(np.percentile(samples, 95)),
        "worst": max(samples),
        "samples": len(samples),
    }


def slowest_second(frame_times: list[float]) -> float:
    """Return the fewest frames in any one second."""
    ends = np.cumsum(frame_times)
    return float(min(((ends > end - 1000) & (ends <= end)).sum() for end in ends[ends >= 1000]))


def table(figures: Figures) -> str:
    idle, training, live = figures["idle"], figures["training"], figures["live"]
    rows = [
        ("page change to full content, 95th percentile, ms", "page_change_ms", "p95"),
        ("click to the first drawn frame, 95th percentile, ms", "click_to_first_frame_ms", "p95"),
    ]
    lines = [f"{'':56}{'idle':>8}{'training':>10}"]
    empty = figures["empty_page_change_ms"]["median"]
    for name, key, how in rows:
        took = idle[key][how], training[key][how]
        lines.append(f"{name:56}{took[0]:8.0f}{took[1]:10.0f}")
        lines.append(f"{'  as multiples of an empty page':56}{took[0] / empty:8.1f}{took[1] / empty:10.1f}")
    name, key = "player, frames in its slowest second", "player_frames_a_second"
    lines.append(f"{name:56}{idle[key]:8.0f}{training[key]:10.0f}")
    heaviest = [max(of["kilobytes_by_page"].values()) for of in (idle, training)]
    lines.append(f"{'most that one page change sends, kB':56}{heaviest[0]:8.0f}{heaviest[1]:10.0f}")
    lines.append(f"change to an empty Streamlit page, idle, median, ms: {empty:.0f}")
    lines.append(f"first screen, seconds from the command: {figures['first_screen_seconds']:.1f}")
    late = live["epoch_shown_after_ms"]["p95"]
    lines.append(
        f"a finished epoch is shown after, 95th percentile, ms: {late:.0f}, {late / empty:.1f} empty pages"
    )
    lines.append(f"training slowed by the open live page, percent: {live['slower_percent']:.1f}")
    return "\n".join(lines)
