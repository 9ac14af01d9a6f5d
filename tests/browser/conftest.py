"""A real browser and a real server for the tests of this folder."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, expect, sync_playwright
from playwright.sync_api import TimeoutError as TooLate

from har_core.training.driver import train_run
from har_core.training.practical_work import practical_work
from har_core.training.store import RunStore
from tests.browser.waiting import PATIENCE

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60
BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# What a browser without a screen needs, and what keeps it from asking the network for updates.
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=PATIENCE)

# What is in a chart when it is drawn.
DRAWN = {"stPlotlyChart": ".main-svg", "stEChartsChart": "svg text"}

# The number of the epoch on the training page; no number where there is none.
EPOCH_SHOWN = """
Number([...document.querySelectorAll(".st-key-numbers p")]
    .find(number => number.textContent.startsWith("Epoch"))
    ?.querySelector("strong")?.textContent.split(" of ")[0].replaceAll(",", ""))
"""

Serve = Callable[..., AbstractContextManager[str]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium; its absence skips a test, but fails in CI."""
    program = next((found for name in BROWSER_NAMES if (found := shutil.which(name))), None)
    if program is None:
        reason = "no Chromium found; install it (Debian: apt install chromium)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A fresh page of 1280 x 800, as the newcomer has it.

    An error in its console or its scripts fails the test at the end, and so does a request to anywhere but
    the server of the test: the dashboard has to work without a network. The server has to outlive the page,
    so a test takes it from a fixture of the module or session.
    """
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if _is_error(message) else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    context.on("request", lambda request: errors.append(request.url) if _leaves(request) else None)
    yield page
    context.close()
    assert errors == []


def _is_error(message: ConsoleMessage) -> bool:
    """Say whether a message tells of a fault.

    Streamlit's frontend looks for its server below the path of the page that was opened, and gets a 404,
    before it looks at the root. The browser prints that by itself; nobody can catch it.
    """
    path = urlsplit(message.location["url"]).path
    probe = re.fullmatch(r"/[a-z-]+/_stcore/(health|host-config)", path)
    return message.type == "error" and not (probe and "404" in message.text)


def _leaves(request: Request) -> bool:
    address = urlsplit(request.url)
    return address.scheme not in ("data", "blob") and address.hostname != "127.0.0.1"


class Dashboard:
    """The dashboard as a visitor sees it; every step waits until the page has come to rest."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, path: str = "", **query: str) -> None:
        """Open a page by its URL."""
        self.page.goto(f"{self.address}/{path}?{urlencode(query)}")
        self.settle()

    def go_to(self, title: str) -> None:
        """Follow a link of the navigation."""
        self.page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()
        expect(self.page.locator("h1")).to_contain_text(title)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has ended, and charts and player are drawn; an exception box fails."""
        main = self.page.get_by_test_id("stMain")
        expect(self.page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        expect(main.get_by_role("heading").first).to_be_visible()
        expect(main.locator('[data-stale="true"]')).to_have_count(0)
        expect(main.get_by_test_id("stSkeleton")).to_have_count(0)
        for kind, inside in DRAWN.items():
            waiting = main.get_by_test_id(kind).filter(visible=True, has_not=self.page.locator(inside))
            expect(waiting).to_have_count(0)
        own = ".player:not([data-title]), .matrix:not([data-drawn]), div.scatter:not([data-drawn])"
        expect(main.locator(own)).to_have_count(0)
        exceptions = main.get_by_test_id("stException")
        assert not exceptions.count(), exceptions.first.inner_text()

    def expect_in_sight(self, *shown: Locator) -> None:
        """Expect the whole box of each to be seen without scrolling, and to have a size."""
        view = self.page.viewport_size
        assert view
        for locator in shown:
            expect(locator).to_be_visible()
            box = locator.bounding_box()
            assert box and box["width"] > 8 and box["height"] > 8, (locator, box)
            right, below = box["x"] + box["width"], box["y"] + box["height"]
            seen = box["x"] >= 0 and box["y"] >= 0 and right <= view["width"] and below <= view["height"]
            assert seen, f"{locator} goes from {box} to ({right}, {below}) of {view}"

    def open_upload(self) -> Locator:
        """Open what takes uploaded files on the page of the data set; return it."""
        self.page.get_by_text("Bring in a data set").click()
        self.page.get_by_role("tab", name="Upload files").click()
        return self.page.get_by_test_id("stFileUploader").first

    def add_upload(self, name: str) -> None:
        """Name what was uploaded, and add it as a data set."""
        self.page.get_by_role("textbox", name="Name of the new data set").fill(name)
        self.page.get_by_role("button", name="Add the data set").click()

    def card(self, label: str) -> Locator:
        """Return the value on a card."""
        cards = self.page.get_by_test_id("stMetric").filter(
            has=self.page.get_by_test_id("stMetricLabel").filter(has_text=re.compile(f"^{label}"))
        )
        return cards.get_by_test_id("stMetricValue")

    def number(self, title: str) -> Locator:
        """Return a number of the run that is watched."""
        numbers = self.page.locator(".st-key-numbers").get_by_test_id("stMarkdown")
        return numbers.filter(has_text=re.compile(rf"^\s*{title}")).locator("strong")

    def set_number(self, label: str, value: int) -> None:
        """Type a number and confirm it."""
        field = self.page.get_by_role("spinbutton", name=label, exact=True)
        field.fill(str(value))
        field.press("Enter")
        self.settle()

    def choose(self, label: str, option: str | re.Pattern[str]) -> None:
        """Choose an option of a drop-down; where the page was just drawn anew and closed it, once more."""
        box = self.page.get_by_test_id("stSelectbox").filter(has_text=label).get_by_role("combobox")
        wanted = self.page.get_by_role("option", name=option, exact=True)
        self._retry_open(box, lambda: wanted.click(timeout=10_000))
        self.settle()

    def open_choices(self, box: Locator) -> Locator:
        """Open a drop-down and return what it offers; where the page closed it, once more."""
        offered = self.page.get_by_role("option").filter(visible=True)
        self._retry_open(box, lambda: offered.first.wait_for(timeout=10_000))
        return offered

    def _retry_open(self, box: Locator, use: Callable[[], None]) -> None:
        for last in (False, False, True):
            box.click()
            try:
                use()
                return
            except TooLate:
                if last:
                    raise
                self.page.keyboard.press("Escape")
                self.settle()

    def hover_curves(self, chart: Locator, share: float) -> dict[str, float]:
        """Point at curves, a share of the way along the chart; return epoch and values as they are told."""
        chart.scroll_into_view_if_needed()
        box = chart.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        told = chart.get_by_text(re.compile(r"^Epoch [\d,.]+$")).locator("..")
        expect(told).to_be_visible()
        pairs = re.findall(r"(Epoch|Training|Validation|Test)\s*([\d,.]+)", told.inner_text())
        return {name: float(value.replace(",", "")) for name, value in pairs}

    @property
    def player(self) -> Locator:
        """The skeleton player."""
        return self.page.locator(".player")

    def expect_player_to_move(self, *, showing: str) -> None:
        """Wait until the player shows a sequence and its frame advances, which it does only in sight."""
        self.player.scroll_into_view_if_needed()
        expect(self.player).to_have_attribute("data-title", re.compile(rf"^{re.escape(showing)} "))
        frame = self.player.get_attribute("data-frame")
        expect(self.player).not_to_have_attribute("data-frame", frame or "")


@pytest.fixture(scope="session")
def visit() -> Callable[[Page, str], Dashboard]:
    """The function ``visit(page, address) -> Dashboard``."""
    return Dashboard


def put_real_data(real_data: Path, home: Path) -> None:
    """Lay the course's three files where a fetch would lay them."""
    folder = home / "sources" / "msr-action3d"
    folder.mkdir(parents=True)
    for name in ("X.npy", "Y.npy", "Y_s.npy"):
        shutil.copyfile(real_data / "msr_action3d" / name, folder / name)


@pytest.fixture(scope="module")
def home_with_real_data(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the course's three files and no run."""
    home = tmp_path_factory.mktemp("real")
    put_real_data(real_data, home)
    return home


@pytest.fixture(scope="session")
def shown_home(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with ended runs: a copy of ``HAR_TOUR_HOME``, or four runs, on real data where they are here."""
    home = tmp_path_factory.mktemp("shown") / "home"
    named = os.environ.get("HAR_TOUR_HOME")
    if named:
        shutil.copytree(Path(named).expanduser(), home)
        return home
    source = "synthetic"
    try:
        put_real_data(request.getfixturevalue("real_data"), home)
        source = "msr-action3d"
    except pytest.skip.Exception:  # a tour of synthetic data is a tour, too
        pass
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(home))
        store = RunStore()
        for experiment in practical_work(source, epochs=30):
            for _ in train_run(store, store.create(experiment, queued=False).run_id):
                pass
    return home


@pytest.fixture(scope="session")
def shown_address(shown_home: Path) -> Iterator[str]:
    """The dashboard of the home with ended runs."""
    with served(REPOSITORY / "app" / "Home.py", {"HAR_HOME": str(shown_home)}) as address:
        yield address


@pytest.fixture
def open_shown(page: Page, shown_home: Path, shown_address: str) -> Callable[[int, int], Dashboard]:
    """The function ``open_shown(width, height)``: the dashboard of the home with ended runs, on their set."""

    def open_it(width: int, height: int) -> Dashboard:
        page.set_viewport_size({"width": width, "height": height})
        lab = Dashboard(page, shown_address)
        lab.open(source=RunStore(shown_home / "runs").runs()[0].config.source)
        return lab

    return open_it


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    """The dashboard of the home that a test module names in its own fixture ``home``."""
    with served(REPOSITORY / "app" / "Home.py", {"HAR_HOME": str(home)}) as address:
        yield address


@pytest.fixture(scope="session")
def serve() -> Serve:
    """The function ``serve(script, env) -> context manager of the URL``; see ``served``."""
    return served


@dataclass(frozen=True)
class Server:
    """A dashboard that is served in a process of its own.

    Attributes:
        address: its URL.
        process: that process.
        log: where what it says is kept.
    """

    address: str
    process: subprocess.Popen[bytes]
    log: BinaryIO

    def said(self) -> str:
        """Return what it has said so far."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")


@contextmanager
def served(script: Path, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """Run a Streamlit script as ``serving`` does, and give its URL."""
    with serving(script, env) as server:
        yield server.address


@contextmanager
def serving(script: Path, env: Mapping[str, str] | None = None, by: Sequence[str] = ()) -> Iterator[Server]:
    """Run a Streamlit script on a free port, from the repository's root, for as long as the block lasts.

    Args:
        script: the script.
        env: environment variables beside those of the test run, such as ``HAR_HOME``.
        by: words of a command that starts another one, such as ``nice``.
    """
    port = _free_port()
    options = {
        "server.port": str(port),
        "server.address": "127.0.0.1",
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    command = [*by, sys.executable, "-m", "streamlit", "run", str(script.resolve())]
    command += [part for name, value in options.items() for part in (f"--{name}", value)]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=os.environ | {"HAR_THREADS": ""} | dict(env or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        server = Server(f"http://127.0.0.1:{port}", process, log)
        try:
            if not _answers(f"{server.address}/_stcore/health", process):
                pytest.fail(f"The server of {script} did not start:\n{server.said()}")
            yield server
        finally:
            _end(process)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    """Ask until the server answers; False where it ended or took too long."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(START_SECONDS * 10):
        try:
            with direct.open(address, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:  # nobody listens yet
            pass
        try:
            process.wait(timeout=0.1)
            return False
        except subprocess.TimeoutExpired:  # still starting
            pass
    return False


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
