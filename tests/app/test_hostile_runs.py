"""Pages open whatever a stranger's run holds, and a whole run beside it stays usable."""

import shutil
import signal
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from har_core.errors import HarError
from har_core.training.store import RunStore
from tests.hostile.spoiled import Spoiled
from tests.hostile.spoiled_runs import ELSEWHERE, lay_out, make_homes, spoiled_everywhere

OpenPage = Callable[..., AppTest]
Homes = dict[str, tuple[Path, Path]]

LONGEST_WAIT = 5  # seconds
VIEWS = {
    "comparison": ("comparison view", ("Curves", "Differences", "McNemar test", "Parallel coordinates")),
    "results": ("results details", ("By action", "By subject", "By length", "Curves")),
    "features": ("features view", ("3D", "t-SNE", "Explained variance")),
}


@pytest.fixture(scope="module")
def homes(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return make_homes(small_source, tmp_path_factory.mktemp("homes"))


def some(homes: Homes, first: int, every: int) -> Iterator[tuple[str, Spoiled]]:
    return islice(spoiled_everywhere(homes), first, None, every)


def test_pages_open_beside_a_hostile_run(
    homes: Homes, small_source: Path, open_page: OpenPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_through(some(homes, 7, 499), homes, small_source, open_page, tmp_path, monkeypatch)


@pytest.mark.soak
@pytest.mark.parametrize("first", range(5))
def test_pages_open_beside_every_hostile_run(
    first: int, homes: Homes, small_source: Path, open_page: OpenPage, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    cases = list(some(homes, first, 5))
    opened = go_through(cases, homes, small_source, open_page, tmp_path, monkeypatch)
    with capsys.disabled():
        print(f"\n{len(cases):,} hostile runs, {opened:,} pages and views")  # noqa: T201


def go_through(
    cases: Iterable[tuple[str, Spoiled]], homes: Homes, source: Path, open_page: OpenPage, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> int:  # fmt: skip
    """Open the pages on a spoiled run, and on a whole one beside it; return how many were drawn."""
    faults, drawn = [], 0
    for number, (state, case) in enumerate(cases):
        home = tmp_path / str(number)
        spoiled, good = lay_out(state, case, homes, home)
        monkeypatch.setenv("HAR_HOME", str(home))
        try:
            RunStore().get(spoiled)
            pages = ("overview", "comparison", "training", "results", "features", "hand_in", "skeletons")
        except HarError:  # to the pages all such runs are alike
            pages = ("comparison", "training")
        for page, run in (*((page, spoiled) for page in pages), ("results", good)):
            for view, fault in faults_of(open_page, page, run, source, good=run == good):
                drawn += 1
                faults += [f"{state} run, {case.name}: {page} {view} of {run}: {fault}"] if fault else []
        st.cache_resource.clear()
        st.cache_data.clear()
        shutil.rmtree(home)
    assert not faults, "\n".join(faults)
    return drawn


def faults_of(
    open_page: OpenPage, page: str, run: str, source: Path, *, good: bool
) -> Iterator[tuple[str, str]]:
    """Open a page and each of its views, and yield what is wrong with it, or nothing."""
    key, views = VIEWS.get(page, ("", ()))
    screen = None
    for view in ("", *views):
        try:
            with limit():
                if screen is None:
                    screen = open_page(page, run=run, source=str(source))
                else:
                    screen.session_state[key] = view
                    screen.run()
        except Exception as error:
            yield view, f"{error!r}"[:300]
            continue
        yield view, fault_on(screen, good=good)


def fault_on(screen: AppTest, *, good: bool) -> str:
    if screen.exception:
        return f"{screen.exception[0].message} {screen.exception[0].stack_trace[-1:]}"[:400]
    if good and (screen.error or not screen.metric):
        return f"a whole run is not shown: {[box.value for box in screen.error]}"[:300]
    boxes = [*screen.error, *screen.warning, *screen.markdown, *screen.caption]
    said = next((box.value for box in boxes if ELSEWHERE in box.value or "![x](" in box.value), "")
    return f"it says {said[:300]}" if said else ""


class limit:
    """Ends what takes too long."""

    def __enter__(self) -> None:
        self.before = signal.signal(signal.SIGALRM, self.end)
        signal.alarm(LONGEST_WAIT)

    def __exit__(self, *_: object) -> None:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, self.before)

    def end(self, *_: object) -> None:
        raise TimeoutError(f"it takes more than {LONGEST_WAIT} s")
