"""The lotteries: begun by a button, drawn in the background, there at once the next time."""

import threading
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.screens.ladder import seeds, splits
from app.shell.wording import escape_markdown
from har_core.analysis.split_lottery import Half, SplitLottery, kept_lottery, say_lottery
from har_core.data.sources import load_source
from har_core.training.store import Run


@pytest.fixture(autouse=True)
def no_other_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The view alone is drawn here: there is no page that a link could lead to."""
    monkeypatch.setattr(seeds, "link_to", lambda *words: None)


def lotteries() -> None:
    from app.screens.ladder.lotteries import draw_lotteries

    draw_lotteries()


def screen_of(source: str) -> AppTest:
    screen = AppTest.from_function(lotteries, default_timeout=60)
    screen.session_state["selected source"] = source
    return screen.run()


def finish() -> None:
    for thread in [thread for thread in threading.enumerate() if thread.name == "lottery"]:
        thread.join(60)


def test_the_lottery_is_begun_followed_and_kept(recorded_source: str) -> None:
    screen = screen_of(recorded_source)
    assert not screen.exception and not screen.get("echarts_chart")
    screen.button(key="draw split lottery").click().run()
    finish()
    screen.run()
    assert not screen.exception
    found = kept_lottery(load_source(recorded_source).sequences)
    assert found is not None and len(found.halves) == 126  # of nine subjects
    assert any(caption.value.startswith(escape_markdown(say_lottery(found))) for caption in screen.caption)
    assert any("Nothing is chosen here" in caption.value for caption in screen.caption)
    st.cache_resource.clear()
    again = screen_of(recorded_source)
    assert not again.exception and len(again.get("echarts_chart")) == 1
    choice = again.selectbox(key="splits of a bar or mark")
    assert choice.value == "cross-subject"
    half = found.usual["cross-subject"]
    assert any(text.value.startswith(f"{half.who}: **") for text in again.markdown)
    choice.select(_last_bin(found)).run()
    assert not again.exception
    table = again.dataframe[0].value
    assert len(table) == len(splits.bins_of(found)[_last_bin(found)]) and list(table) == [
        "train", "test", "accuracy",
    ]  # fmt: skip


def _last_bin(found: SplitLottery) -> int:
    return [number for number, halves in splits.bins_of(found).items() if halves][-1]


def test_a_click_chooses_a_bar_or_a_mark_and_a_second_one_too() -> None:
    halves = (Half((1,), (2,), 90, 100), Half((2,), (1,), 95, 100))
    lottery = SplitLottery(halves, 2, {"cross-subject": halves[0]}, 0)

    def clicked(*series: tuple[str, list[object]]) -> object:
        selected = [{"series_id": name, "data_indices": rows} for name, rows in series]
        st.session_state[splits._CHART] = {"selection": {"selected": selected}}
        splits._take_click(lottery)
        return st.session_state.get(splits._CHOSEN)

    assert clicked(("splits", [0])) == 90
    assert clicked(("splits", [0]), ("cross-subject", [1])) == "cross-subject"
    assert clicked(("cross-subject", [1])) == 90  # a click that lets a bar go is one on it
    assert clicked(("splits", [99, "x", -1]), ("cross-subject", [1]), ("other", [0])) == 90


def test_seeds_of_two_configs_are_compared(runs: dict[str, Run]) -> None:
    screen = screen_of("synthetic")
    assert not screen.exception
    first, second = screen.selectbox(key="seeds of A"), screen.selectbox(key="seeds of B")
    assert first.value != second.value and len(first.options) == len(second.options) + 1 == 4
    assert any("can't be told from 1 seed" in text.value for text in screen.markdown)


def test_without_runs_it_says_what_is_missing(har_home: Path, recorded_source: str) -> None:
    screen = screen_of(recorded_source)
    assert not screen.exception and "It takes runs of two configs" in screen.info[0].value


def test_what_went_wrong_is_said_and_can_be_tried_again(
    recorded_source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from har_core.analysis import split_draws

    def fail(*words: object) -> None:
        raise RuntimeError("no luck")

    draws = split_draws.draw_splits
    monkeypatch.setattr(split_draws, "draw_splits", fail)
    screen = screen_of(recorded_source)
    screen.button(key="draw split lottery").click().run()
    finish()
    screen.run()
    assert "no luck" in screen.error[0].value
    monkeypatch.setattr(split_draws, "draw_splits", draws)
    screen.button(key="draw split lottery").click().run()
    finish()
    screen.run()
    assert not screen.exception and not screen.error and len(screen.get("echarts_chart")) == 1
