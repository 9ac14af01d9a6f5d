"""Figures of ECharts in letters that can be read from far away."""

from typing import Any

import numpy as np
import pytest

from har_core.data.sequences import SkeletonSequences
from har_core.plots.data_set import coordinates_figure, counts_figure, lengths_figure
from har_core.plots.echarts import Option, enlarged, grows_in_full_screen
from har_core.plots.live_curves import live_curves
from har_core.training.records import EpochRecord

LETTER = 24.0


def sizes(part: Any) -> list[float]:
    """All heights of letters in an option."""
    if isinstance(part, dict):
        own = [part["fontSize"]] if "fontSize" in part else []
        return own + [size for value in part.values() for size in sizes(value)]
    return [size for each in part for size in sizes(each)] if isinstance(part, list) else []


@pytest.fixture(params=["curves", "counts", "lengths", "coordinates"])
def figure(request: pytest.FixtureRequest, small_sequences: SkeletonSequences) -> Option:
    records = [
        EpochRecord(
            epoch=1, seconds=1, train_loss=1, train_accuracy=0.5, validation_loss=1, validation_accuracy=0.5,
            test_loss=1, test_accuracy=0.5,
        )
    ]  # fmt: skip
    return {
        "curves": lambda: live_curves(records, "loss", title="Loss"),
        "counts": lambda: counts_figure(small_sequences),
        "lengths": lambda: lengths_figure(small_sequences, 0),
        "coordinates": lambda: coordinates_figure(np.zeros((2, 20, 3), np.float32), title="x", unit="m"),
    }[request.param]()


def test_every_letter_grows_and_nothing_else_changes(figure: Option) -> None:
    before = sizes(figure)
    larger = enlarged(figure, LETTER)
    assert before and min(sizes(larger)) >= LETTER
    assert sizes(figure) == before  # the figure itself stays as it is
    assert larger["dataset"]["source"] is figure["dataset"]["source"]
    assert [series["type"] for series in larger["series"]] == [series["type"] for series in figure["series"]]


def test_letters_grow_in_full_screen_and_shrink_again_and_the_run_stays_named():
    words = {"fontSize": 12}
    option = {
        "title": {"text": "Loss"}, "grid": {"top": 64}, "xAxis": {"axisLabel": words}, "series": [],
        "media": [{"query": {"maxWidth": 9}, "option": {}}, {"option": {"grid": {"left": 9}}}],
    }  # fmt: skip
    found = grows_in_full_screen(option, 300, "run 7")
    narrow, full, narrow_full, usual = found["media"]
    assert narrow == option["media"][0] and found["series"] == option["series"]
    assert full["query"] == {"minHeight": 480, "minWidth": 1100} and "query" not in usual
    assert narrow_full == {"query": {"minHeight": 680}, "option": full["option"]}
    assert full["option"]["xAxis"]["axisLabel"]["fontSize"] == 22
    assert full["option"]["title"]["subtext"] == "run 7" and full["option"]["grid"]["left"] == 9
    assert usual["option"]["xAxis"]["axisLabel"]["fontSize"] == 12
    assert usual["option"]["title"]["subtext"] == "" and usual["option"]["grid"] == {"top": 64, "left": 9}
