"""Curves of many runs draw what the runs' files say, each part in its panel."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from har_core.analysis.seeds import as_curves, group_by_config, short_titles
from har_core.data.splits import PARTS
from har_core.models import CnnOptions
from har_core.plots.config_styles import config_places
from har_core.plots.run_curves import MOST_POINTS, PANELS, curves_figure
from har_core.training.config import GradientTraining
from har_core.training.records import EpochRecord, Label


def records(epochs: int, seed: int) -> list[EpochRecord]:
    random = np.random.default_rng(seed)
    return [EpochRecord(epoch, 0.1, *random.uniform(0, 1, 6).tolist()) for epoch in range(1, epochs + 1)]


def figure_of(runs, **options):
    groups = group_by_config(runs)  # of their settings a title says only those that differ
    curves = {run.run_id: as_curves(records(run.status.epoch, run.config.seed)) for run in runs}
    options = {"height": 480, "ground": "a set", "places": config_places(groups)} | options
    return curves_figure(groups, curves, short_titles(groups), **options), curves


def drawn(figure, place=0):
    """Name, colour, dash, epochs and values of each line of a panel, and the ends of its bands."""
    data = figure["dataset"]["source"]
    found = [one for one in figure["series"] if one["xAxisIndex"] == one["yAxisIndex"] == place]
    return [(one, data["Epoch"], data[one["encode"]["y"]]) for one in found]


def test_each_run_is_a_line_of_its_own_values_in_each_panel(make_run):
    runs = [make_run(0), make_run(1), make_run(2, model=CnnOptions())]
    figure, curves = figure_of(runs, means=False)
    titles = [title["text"] for title in figure["title"][1:]]
    assert titles[:2] == ["Training loss (nats)", "Validation loss (nats)"]
    assert titles[5] == "Test accuracy (%)"
    for place, (metric, part) in enumerate(PANELS):
        lines = drawn(figure, place)
        assert [one["name"] for one, *_ in lines] == ["LSTM, seed 0", "LSTM, seed 1", "1D-CNN, seed 2"]
        for (_, epochs, values), run in zip(lines, runs, strict=True):
            assert list(epochs) == [1, 2, 3, 4]
            factor = 100 if metric == "accuracy" else 1
            np.testing.assert_allclose(values, factor * curves[run.run_id][f"{part}_{metric}"])
        looks = [(one["color"], str(one["lineStyle"]["type"])) for one, *_ in lines]
        assert looks[0][0] == looks[1][0] != looks[2][0] and looks[0][1] != looks[1][1]
    assert figure["legend"]["data"] == ["LSTM, seed 0", "LSTM, seed 1", "1D-CNN, seed 2"]


def test_the_mean_of_the_seeds_has_a_band_of_one_standard_deviation(make_run):
    runs = [make_run(0), make_run(1), make_run(2, epochs=3), make_run(5, model=CnnOptions())]
    figure, curves = figure_of(runs)
    values = np.array([curves[run.run_id]["validation_loss"][:3] for run in runs[:3]])
    mean, deviation = values.mean(axis=0), values.std(axis=0, ddof=1)
    line, low, height, alone = drawn(figure, PANELS.index(("loss", "validation")))
    assert line[0]["name"] == "LSTM, mean of 3 seeds" and alone[0]["name"] == "1D-CNN, seed 5"
    np.testing.assert_allclose(line[2], [*mean, np.nan])
    assert low[0]["stack"] == height[0]["stack"] and low[0]["areaStyle"]["opacity"] == 0
    np.testing.assert_allclose(low[2][:3], mean - deviation)
    np.testing.assert_allclose(height[2][:3], 2 * deviation)
    assert {one["tooltip"].get("show", True) for one, *_ in (low, height)} == {False}
    assert low[0]["name"] == line[0]["name"]  # the legend hides the band with its curve


def test_a_config_keeps_the_colour_that_it_has_among_all_that_are_compared(make_run):
    runs = [make_run(0), make_run(1, model=CnnOptions())]
    together, _ = figure_of(runs)
    alone, _ = figure_of(runs[1:], places=config_places(group_by_config(runs)))
    assert drawn(alone)[0][0]["color"] == drawn(together)[1][0]["color"]


def test_many_configs_are_told_apart_by_colour_and_dash_together(make_run):
    runs = [make_run(0, training=GradientTraining(batch_size=size)) for size in range(1, 31)]
    runs = [replace(run, run_id=f"{place}-bbbbbb") for place, run in enumerate(runs)]
    lines = drawn(figure_of(runs)[0])
    assert len({(one["color"], str(one["lineStyle"]["type"])) for one, *_ in lines}) == 30
    assert len({one["name"] for one, *_ in lines}) == 30


def test_a_long_curve_is_thinned_and_keeps_the_last_epoch_of_each_run(make_run):
    figure, curves = figure_of([make_run(0, epochs=3000), make_run(1, epochs=1234)], means=False)
    (_, epochs, long), (_, _, short) = drawn(figure)
    assert len(epochs) <= MOST_POINTS + 1 and epochs.iloc[-1] == 3000
    assert list(long) == [curves["2026-0-aaaaa0"]["train_loss"][epoch - 1] for epoch in epochs]
    assert int(epochs[short.notna()].iloc[-1]) == 1234


@pytest.mark.parametrize("down", [False, True])
def test_panels_overlap_nowhere_and_share_the_scale_of_their_metric(make_run, down):
    figure, _ = figure_of([make_run(0)])
    assert figure["media"][0]["query"] == {"maxWidth": 600}
    places = figure["media"][0 if down else 1]["option"]["grid"]
    boxes = {(place["left"], place["top"]) for place in places}
    assert len(boxes) == 6 and len({left for left, _ in boxes}) == (2 if down else 3)
    rows = sorted({tuple(float(place[side].rstrip("%")) for side in ("top", "height")) for place in places})
    ends = [(top, top + height) for top, height in rows]  # in percent, so that a higher figure is filled, too
    assert all(end < start for (_, end), (start, _) in pairwise(ends))
    assert len(rows) == (3 if down else 2) and ends[-1][1] > 85
    scales = [axis["max"] for axis in figure["yAxis"]]
    assert len(set(scales[:3])) == 1 and scales[3:] == [100] * 3
    highest = max(drawn(figure, place)[0][2].max() for place in range(3))
    assert highest <= scales[0] <= 2.5 * highest


def test_without_a_validation_part_its_panels_have_no_line_of_the_run(make_run, small_config):
    split = small_config.split.model_copy(update={"name": "two", "validation": ()})
    figure, _ = figure_of([make_run(0), make_run(1, split=split)])
    names = {part: {one["name"] for one, *_ in drawn(figure, place)} for place, part in enumerate(PARTS)}
    assert len(names["validation"]) == 1 and len(names["train"]) == len(names["test"]) == 2


def test_smoothing_leaves_a_flat_curve_and_calms_the_others(make_run):
    (raw,), (calm,) = (
        drawn(figure_of([make_run(0, epochs=50)], smoothing=weight)[0]) for weight in (0.0, 0.9)
    )
    assert np.std(calm[2][20:]) < np.std(raw[2][20:]) / 2


def test_one_panel_alone_is_large_and_says_in_its_title_what_it_shows(make_run):
    figure, curves = figure_of([make_run(0)], panels=[("loss", "test")])
    assert figure["title"][0]["text"] == "Test loss (nats)" and len(figure["grid"]) == 1
    np.testing.assert_allclose(drawn(figure)[0][2], curves["2026-0-aaaaa0"]["test_loss"])


def test_a_name_stays_as_typed(make_run):
    run = replace(make_run(0), label=Label(name="<b>bold</b> & more"))
    assert drawn(figure_of([run])[0])[0][0]["name"] == "<b>bold</b> & more"
