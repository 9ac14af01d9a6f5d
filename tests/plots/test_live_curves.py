"""The live figure draws what the other figure of the curves draws."""

import numpy as np
import pytest

from har_core.plots.curves import MOST_POINTS, Metric, curves
from har_core.plots.live_curves import live_curves
from har_core.training.records import EpochRecord

LONG = 3 * MOST_POINTS


def records(count: int) -> list[EpochRecord]:
    scores = np.random.default_rng(count).random((count, 6))
    return [EpochRecord(epoch, 0.1, *row) for epoch, row in enumerate(scores.tolist(), start=1)]


@pytest.mark.parametrize("metric", ["loss", "accuracy"])
@pytest.mark.parametrize("smoothing", [0.0, 0.7])
@pytest.mark.parametrize("count", [0, 1, 7, LONG])
def test_both_figures_of_the_curves_show_the_same(metric: Metric, smoothing: float, count: int) -> None:
    live = live_curves(records(count), metric, title="a run", smoothing=smoothing)
    other = curves(records(count), metric, title="a run", smoothing=smoothing)
    assert live["title"]["text"] == other.layout.title.text == "a run"
    assert live["yAxis"]["name"] == other.layout.yaxis.title.text
    data = live["dataset"]["source"]
    for line, trace in zip(live["series"], other.data, strict=True):
        assert (line["name"], line["color"]) == (trace.name, trace.line.color)
        np.testing.assert_array_equal(data[line["encode"]["x"]], trace.x)
        np.testing.assert_array_equal(data[line["encode"]["y"]], trace.y)
        assert line["lineStyle"]["opacity"] == trace.opacity
        assert line["tooltip"]["show"] == (trace.hoverinfo != "skip")
    marks = [mark["xAxis"] for line in live["series"] for mark in line.get("markLine", {}).get("data", ())]
    assert marks == [shape.x0 for shape in other.layout.shapes]


@pytest.mark.parametrize(
    ("count", "of", "end"),
    [
        (0, 2000, 10),
        (7, 2000, 10),
        (10, 2000, 10),
        (11, 2000, 20),
        (LONG, 2000, 2000),
        (11, 15, 15),
        (1, 1, 1),
    ],
)
def test_axis_of_a_run_at_work_stays_for_a_while_and_ends_with_the_run(count: int, of: int, end: int) -> None:
    axis = live_curves(records(count), "loss", title="", of=of)["xAxis"]
    assert (axis["min"], axis["max"]) == (1, end)
    assert live_curves(records(count), "loss", title="")["xAxis"]["max"] == "dataMax"


def test_only_the_loss_can_be_logarithmic_and_nothing_sways() -> None:
    loss, accuracy = (
        live_curves(records(3), name, title="", logarithmic=True) for name in ("loss", "accuracy")
    )
    assert loss["yAxis"]["type"] == "log" and loss["animation"] is False
    assert accuracy["yAxis"]["type"] == "value" and accuracy["yAxis"]["max"] == 100
