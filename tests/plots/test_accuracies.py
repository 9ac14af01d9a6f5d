"""Accuracies of many configs: each run a point, and a bar that says how sure they are."""

from dataclasses import replace

import numpy as np
import pytest

from har_core.analysis.intervals import wilson_interval
from har_core.analysis.seeds import group_by_config, short_titles
from har_core.models import CnnOptions
from har_core.plots.accuracies import INTERVAL, LEFT_OUT, MEAN, RUN, accuracy_figure, height_of
from har_core.plots.config_styles import config_places


def figure_of(runs):
    groups = group_by_config(runs)
    return accuracy_figure(groups, short_titles(groups), config_places(groups), "a set")


def points(figure, name, kind="scatter"):
    """What is drawn under a name: accuracy, row and what is said of it, by accuracy."""
    drawn = [one for one in figure["series"] if one["name"] == name and one["type"] == kind]
    return sorted((*point["value"], point["name"]) for one in drawn for point in one["data"])


def test_accuracies_have_the_mean_and_deviation_of_complete_runs(make_run):
    figure = figure_of([make_run(1), make_run(3), make_run(6), make_run(7, epochs=2)])
    assert [point[0] for point in points(figure, RUN)] == [25, 50, 87.5]
    assert [point[0] for point in points(figure, LEFT_OUT)] == [100]
    said = points(figure, RUN)[0][2]
    low, high = wilson_interval(2, 8)
    assert "25.0 %, 2 of 8 test sequences" in said and "weights of epoch 1" in said
    assert f"95 % interval {100 * low:.1f} to {100 * high:.1f} %" in said
    mean, deviation = np.mean([25, 50, 87.5]), np.std([25, 50, 87.5], ddof=1)
    assert points(figure, MEAN)[0][0] == pytest.approx(mean)
    ends = [point[0] for point in points(figure, MEAN, "line")]
    np.testing.assert_allclose(ends, [mean - deviation, mean + deviation])
    assert figure["yAxis"][1]["data"] == [f"{mean:.1f} ± {deviation:.1f} %, 3 seeds"]


def test_a_single_run_has_its_interval_and_both_bars_are_told_apart_in_the_legend(make_run):
    figure = figure_of([make_run(1), make_run(3), make_run(4, model=CnnOptions())])
    low, high = (100 * end for end in wilson_interval(5, 8))
    (first, row, said), (last, *_) = points(figure, INTERVAL, "line")
    assert (first, last, row) == (pytest.approx(low), pytest.approx(high), 1)
    assert f"95 % interval {low:.1f} to {high:.1f} %" in said
    assert figure["yAxis"][1]["data"][1] == f"62.5 %, {low:.1f} to {high:.1f} %"
    assert [each["name"] for each in figure["legend"]["data"]] == [RUN, MEAN, INTERVAL]


def test_runs_that_would_cover_each_other_are_one_point_and_count_each(make_run):
    same = [replace(make_run(3), run_id=f"2026-{place}-bbbbb{place}") for place in range(2)]
    others = [make_run(number).config.model_copy(update={"seed": 10 + number}) for number in (1, 3)]
    seeds = [
        replace(make_run(number), config=config, run_id=f"2026-c-cccc{number}")
        for number, config in zip((1, 3), others, strict=True)
    ]
    stopped = replace(make_run(3, epochs=2), run_id="2026-d-dddddd")
    figure = figure_of([*same, *seeds, stopped])
    assert [point[0] for point in points(figure, RUN)] == [25, 50]
    (hollow,) = points(figure, LEFT_OUT)
    assert hollow[0] == 50 and "and 1 more with the same accuracy" in hollow[2]
    assert points(figure, MEAN)[0][0] == pytest.approx(np.mean([25, 50, 50]))


def test_a_long_name_takes_no_room_from_the_plot(make_run):
    short, long = (make_run(1, model=CnnOptions(), source=name) for name in ("a", "a" * 150))
    long = replace(long, run_id="2026-b-bbbbbb")
    figure = figure_of([short, long])
    names = figure["yAxis"][0]
    assert names["axisLabel"]["inside"] and names["axisLabel"]["overflow"] == "truncate"
    assert "a" * 150 in names["data"][1] and "a" * 150 in points(figure, RUN)[1][2]
    assert figure["grid"]["left"] < 20


def test_the_axis_holds_all_that_is_drawn(make_run):
    figure = figure_of([make_run(1), make_run(3), make_run(7)])
    drawn = [point["value"][0] for one in figure["series"] for point in one["data"]]
    axis = figure["xAxis"]
    assert axis["min"] % 10 == axis["max"] % 10 == 0 and 0 <= axis["min"] and axis["max"] <= 100
    inside = [axis["min"] <= value <= axis["max"] for value in drawn]
    assert sum(inside) >= len(drawn) - 1  # but for a deviation that leads beyond 100 %


def test_seven_configs_fit_below_the_table_on_the_screen_of_a_class(make_run):
    (group,) = group_by_config([make_run(1)])
    assert height_of([group] * 4) == 310
    assert height_of([group] * 7) <= 390
