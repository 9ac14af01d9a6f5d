"""The figure of the ladder: its marks and columns hold the numbers of the runs."""

import numpy as np
import pytest

from har_core.analysis.ladder import ladder_from_runs
from har_core.plots.ladder import INTERVAL, MEAN, SEED, VALIDATION, height_of, ladder_figure
from har_core.training.ladder import RUNGS
from tests.ladders import BASE, FINGERPRINT, ladder_of, run_of

L3, L4 = ("L3", "rung"), ("L4", "rung")
ROW = list(RUNGS).index("L4")


def drawn(figure, name):
    """The places that are drawn under a name: percent and row."""
    return [tuple(point["value"]) for one in figure["series"] if one["name"] == name for point in one["data"]]


def column(figure, place):
    return figure["yAxis"][1 + place]["data"]


def test_a_rung_has_its_seeds_their_mean_its_interval_and_the_mean_on_validation() -> None:
    shares = [(0.70, 0.5), (0.75, 0.6), (0.71, 0.55)]
    ladder = ladder_of({L4: shares})
    figure = ladder_figure(ladder, "a set")
    test = [100 * share for share, _ in shares]
    assert drawn(figure, SEED) == [(pytest.approx(share), ROW) for share in test]
    assert drawn(figure, MEAN) == [(pytest.approx(np.mean(test)), ROW)]
    assert drawn(figure, VALIDATION) == [(pytest.approx(55), ROW)]
    low, high = ladder.standings[L4].reached("test").interval
    assert [value for value, _ in drawn(figure, INTERVAL)] == pytest.approx([100 * low, 100 * high])
    assert (figure["xAxis"]["min"], figure["xAxis"]["max"]) == (50, 80)


def test_the_columns_say_what_a_change_gives_in_each_place() -> None:
    ladder = ladder_of(
        {
            L3: [0.6] * 3, L4: [0.7] * 3, ("L0", "rung"): [0.5] * 3, ("L4", "alone"): [0.55] * 3,
            ("L9", "rung"): [0.9] * 3, ("L4", "without"): [0.8] * 3,
        }
    )  # fmt: skip
    figure = ladder_figure(ladder, "a set")
    assert [column(figure, place)[ROW] for place in range(3)] == ["+10.0 ± 0.0", "+5.0 ± 0.0", "-10.0 ± 0.0"]
    assert figure["yAxis"][0]["data"][ROW] == "L4 Motion"
    assert column(figure, 0)[0] == ""  # nothing is below the lowest


def test_what_is_on_its_way_is_said_and_a_ladder_without_runs_is_drawn_too() -> None:
    waiting = ladder_from_runs(BASE, range(3), [run_of(L4, 0, state="queued")], FINGERPRINT)
    figure = ladder_figure(waiting, "a set")
    assert column(figure, 0)[ROW] == "waiting" and figure["series"] == []
    assert (figure["xAxis"]["min"], figure["xAxis"]["max"]) == (0, 100)
    assert len(figure["yAxis"][0]["data"]) == len(RUNGS)
    assert height_of(waiting) > 26 * len(RUNGS)


def test_a_narrow_figure_leaves_the_columns_to_the_table() -> None:
    narrow, wide = ladder_figure(ladder_of({L4: [0.7]}), "a set")["media"]
    assert [one.get("show") for one in narrow["option"]["yAxis"]] == [None, False, False, False]
    assert [one.get("show") for one in wide["option"]["yAxis"]] == [None, True, True, True]
