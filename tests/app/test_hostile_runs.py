"""Pages open whatever a stranger's runs hold, and a whole run beside them stays usable."""

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.util import patch_config_options

from app.screens.comparison import damaged_runs
from har_core.errors import HarError
from har_core.training.store import RunStore
from tests.hostile.patience import Patience
from tests.hostile.spoiled import Spoiled
from tests.hostile.spoiled_runs import BEGIN, ELSEWHERE, GOOD, lay_out, make_homes, spoiled_everywhere

OpenPage = Callable[..., AppTest]
Cases = list[tuple[str, Spoiled]]
Homes = dict[str, tuple[Path, Path]]

OF_ALL = {
    "overview": (), "training": (), "hand_in": (), "skeletons": (),
    "comparison": (
        "Curves", "Differences", "McNemar test", "Parallel coordinates", "By subject or at random?",
    ),
}  # fmt: skip
"""The pages that show all runs, each with its views, but for the one that it opens with."""
ALONE = {
    "overview": (), "training": (), "hand_in": (), "comparison": ("McNemar test",),
    "results": ("Pairs", "Scores", "Curves", "Layers"),
    "features": ("3D", "t-SNE", "Explained variance"),
}  # fmt: skip
"""The pages and views on which one run is chosen, or only the newest counts."""
KEYS = {"comparison": "comparison view", "results": "selected view", "features": "selected view"}
TOGETHER = 39  # and the whole one: as many as the figure of accuracies shows

pytestmark = pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")


@pytest.fixture(scope="module")
def homes(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return make_homes(small_source, tmp_path_factory.mktemp("homes"))


class Soak:
    """Opens the pages beside hostile runs, and tells each fault when it is found.

    Attributes:
        drawn: how many pages and views were.
        faults: that were found.
    """

    def __init__(self, homes: Homes, source: Path, open_page: OpenPage, home: Path) -> None:
        self.homes, self.source, self.open_page, self.home = homes, source, open_page, home
        self.drawn = 0
        self.faults: list[str] = []

    def warm_up(self) -> None:
        """Open each page and view once, for what is imported then takes seconds."""
        lay_out([], self.homes, self.home)
        assert not [*self.faults_of(OF_ALL, GOOD), *self.faults_of(ALONE, GOOD)]
        self._clear()

    def go_through(self, cases: Cases) -> None:
        """Open the pages for some spoiled runs together, and for each of them that can be read alone."""
        runs = lay_out(cases, self.homes, self.home)
        together = self._faults_together(runs)
        aside = self.home / "aside"
        aside.mkdir()
        for run in runs:
            (self.home / "runs" / run).rename(aside / run)
        for (state, case), run in zip(cases, runs, strict=True):
            (aside / run).rename(self.home / "runs" / run)
            if _can_be_read(run):
                self._tell(f"{state} run, {case.name}: {fault}" for fault in self.faults_of(ALONE, run))
            (self.home / "runs" / run).rename(aside / run)
        self._clear()
        if together:
            self._tell(self._found_in(cases, together))

    def _faults_together(self, runs: list[str]) -> list[str]:
        return [*self.faults_of(OF_ALL, runs[0]), *self.faults_of({"results": ()}, GOOD)]

    def _found_in(self, cases: Cases, faults: list[str]) -> Iterator[str]:
        """Yield the faults of some runs that are in a home together, each of the run that has it alone."""
        if len(cases) == 1:
            ((state, case),) = cases
            yield from (f"{state} run, {case.name}: {fault}" for fault in faults)
            return
        found = 0
        middle = len(cases) // 2
        for half in (cases[:middle], cases[middle:]):
            of_half = self._faults_together(lay_out(half, self.homes, self.home))
            self._clear()
            if of_half:
                found += 1
                yield from self._found_in(half, of_half)
        if not found:
            names = ", ".join(f"{state} run, {case.name}" for state, case in cases)
            yield from (f"only together, {names}: {fault}" for fault in faults)

    def _tell(self, faults: Iterable[str]) -> None:
        for fault in faults:
            self.faults.append(fault)
            print(fault, file=sys.stderr, flush=True)  # noqa: T201

    def _clear(self) -> None:
        st.cache_resource.clear()
        st.cache_data.clear()
        shutil.rmtree(self.home)

    def faults_of(self, pages: Mapping[str, Sequence[str]], run: str) -> Iterator[str]:
        """Open pages and each of their views, and yield what is wrong with them."""
        for page, views in pages.items():
            screen = None
            for view in ("", *views):
                self.drawn += 1
                try:
                    with Patience():
                        if screen is None:
                            screen = self.open_page(page, run=run, source=str(self.source))
                        else:
                            screen.session_state[KEYS[page]] = view
                            screen.run()
                    fault = _fault_on(screen, good=page == "results" and run == GOOD)
                except Exception as error:
                    fault = f"{error!r}"[:300]
                if fault:
                    yield f"{page} {view} of {run}: {fault}"


def _can_be_read(run: str) -> bool:
    try:
        RunStore().get(run)
    except HarError:
        return False
    return True


def _fault_on(screen: AppTest, *, good: bool) -> str:
    if screen.exception:
        return f"{screen.exception[0].message} {screen.exception[0].stack_trace[-2:]}"[:600]
    if good and (screen.error or not any(text.value.startswith("**Test ") for text in screen.markdown)):
        return f"a whole run is not shown: {[box.value for box in screen.error]}"[:300]
    boxes = [*screen.error, *screen.warning, *screen.markdown, *screen.caption]
    said = next((box.value for box in boxes if ELSEWHERE in box.value or "![x](" in box.value), "")
    return f"it says {said[:300]}" if said else ""


@pytest.fixture
def soak(
    homes: Homes, small_source: Path, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Soak]:
    monkeypatch.setattr(damaged_runs, "_MOST", TOGETHER)  # so that the page says what is wrong with each
    monkeypatch.setenv("HAR_HOME", str(tmp_path / "home"))
    made = Soak(homes, small_source, open_page, tmp_path / "home")
    with patch_config_options({"client.showErrorDetails": "full"}):  # to tell what broke, and where
        made.warm_up()
        yield made


def test_pages_open_beside_hostile_runs(homes: Homes, soak: Soak) -> None:
    soak.go_through(list(islice(spoiled_everywhere(homes), 7, None, 499)))
    assert not soak.faults, "\n".join(soak.faults)


@pytest.mark.soak
@pytest.mark.parametrize("half", range(2))
def test_pages_open_beside_every_hostile_run(
    half: int, homes: Homes, soak: Soak, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = list(spoiled_everywhere(homes))
    with capsys.disabled():
        for start in range(BEGIN + half * TOGETHER, len(cases), 2 * TOGETHER):
            group = cases[start : start + TOGETHER]
            soak.go_through(group)
            print(  # noqa: T201
                f"half {half}: {start} to {start + len(group)} of {len(cases):,} hostile runs done, "
                f"{soak.drawn:,} pages and views, {len(soak.faults)} faults",
                file=sys.stderr, flush=True,
            )  # fmt: skip
    assert not soak.faults, "\n".join(soak.faults)
