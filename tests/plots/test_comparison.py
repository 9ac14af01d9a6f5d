"""Figures of many runs draw what the runs' files say."""

from dataclasses import replace

import numpy as np
import pytest

from har_core.analysis.seeds import as_curves, group_by_config, short_titles
from har_core.models import CnnOptions
from har_core.plots.comparison import accuracy_figure, overlaid_curves, parallel_coordinates
from har_core.plots.curves import MOST_POINTS
from har_core.training.config import GradientTraining
from har_core.training.records import EpochRecord, Label, Meta, Results, Status
from har_core.training.store import Run


def records(epochs: int, seed: int) -> list[EpochRecord]:
    random = np.random.default_rng(seed)
    return [EpochRecord(epoch, 0.1, *random.uniform(0, 1, 6).tolist()) for epoch in range(1, epochs + 1)]


@pytest.fixture
def make_run(small_config, tmp_path):
    """The function ``make_run(number, epochs=4, **config) -> Run``: an ended run of 8 test sequences."""

    def make(number: int, epochs: int = 4, **config) -> Run:
        wanted = small_config.trained(epochs=4).model_copy(update={"seed": number} | config)
        scores = {"train": 1.0, "validation": number / 8, "test": (number + 1) / 8}
        results = Results(best={"epoch": 1, **scores}, last={"epoch": epochs, **scores})
        meta = Meta.model_construct(fingerprint="f" * 64, split_sizes={"test": 8}, actions=(), parameters=9)
        status = Status(state="done", queued_at=0.0, epoch=epochs)
        return Run(f"2026-{number}-aaaaa{number}", tmp_path, wanted, status, meta, results)

    return make


def figure_of(runs, **options):
    groups = group_by_config(runs)  # of their settings a title says only those that differ
    curves = {run.run_id: as_curves(records(run.status.epoch, run.config.seed)) for run in runs}
    figure = overlaid_curves(groups, curves, short_titles(groups), ground="a set", **options)
    return figure, curves


def test_each_run_is_a_line_of_its_own_values(make_run):
    runs = [make_run(0), make_run(1), make_run(2, model=CnnOptions())]
    figure, curves = figure_of(runs, metric="accuracy", part="test", means=False)
    assert [trace.name for trace in figure.data] == ["LSTM, seed 0", "LSTM, seed 1", "1D-CNN, seed 2"]
    for trace, run in zip(figure.data, runs, strict=True):
        assert list(trace.x) == [1, 2, 3, 4]
        np.testing.assert_allclose(trace.y, 100 * curves[run.run_id]["test_accuracy"])
    lines = [(trace.line.color, trace.line.dash) for trace in figure.data]
    assert lines[0][0] == lines[1][0] != lines[2][0] and lines[0][1] != lines[1][1]
    assert figure.layout.yaxis.title.text == "Accuracy (%)" and figure.layout.xaxis.title.text == "Epoch"


def test_the_mean_of_the_seeds_has_a_band_of_one_standard_deviation(make_run):
    runs = [make_run(0), make_run(1), make_run(2, epochs=3), make_run(5, model=CnnOptions())]
    figure, curves = figure_of(runs, metric="loss", part="validation")
    values = np.array([curves[run.run_id]["validation_loss"][:3] for run in runs[:3]])
    mean, deviation = values.mean(axis=0), values.std(axis=0, ddof=1)
    band, line, alone = figure.data
    assert line.name == "LSTM, mean of 3 seeds" and alone.name == "1D-CNN, seed 5"
    assert list(line.x) == [1, 2, 3] and list(band.x) == [1, 2, 3, 3, 2, 1]
    np.testing.assert_allclose(line.y, mean)
    np.testing.assert_allclose(band.y, [*(mean + deviation), *(mean - deviation)[::-1]])


def test_many_configs_are_told_apart_by_colour_and_dash_together(make_run):
    runs = [make_run(0, training=GradientTraining(batch_size=size)) for size in range(1, 31)]
    runs = [replace(run, run_id=f"{place}-bbbbbb") for place, run in enumerate(runs)]
    figure, _ = figure_of(runs, metric="loss", part="test")
    assert len({(trace.line.color, trace.line.dash) for trace in figure.data}) == 30
    assert len({trace.name for trace in figure.data}) == 30


def test_a_long_curve_is_thinned(make_run):
    figure, curves = figure_of([make_run(0, epochs=3000)], metric="loss", part="test")
    (line,) = figure.data
    assert len(line.x) <= MOST_POINTS and (line.x[0], line.x[-1]) == (1, 3000)
    values = curves["2026-0-aaaaa0"]["test_loss"]
    assert list(line.y) == [values[epoch - 1] for epoch in line.x]


def test_smoothing_leaves_a_flat_curve_and_calms_the_others(make_run):
    raw, _ = figure_of([make_run(0, epochs=50)], metric="loss", part="test")
    calm, _ = figure_of([make_run(0, epochs=50)], metric="loss", part="test", smoothing=0.9)
    assert np.std(calm.data[0].y[20:]) < np.std(raw.data[0].y[20:]) / 2


def test_a_name_is_no_markup(make_run):
    run = replace(make_run(0), label=Label(name="<b>bold</b> & more"))
    figure, _ = figure_of([run], metric="loss", part="test")
    assert figure.data[0].name == "&lt;b&gt;bold&lt;/b&gt; &amp; more"


def test_accuracies_have_the_mean_and_deviation_of_complete_runs(make_run):
    runs = [make_run(1), make_run(3), make_run(6), make_run(7, epochs=2)]
    groups = group_by_config(runs)
    points, mean = accuracy_figure(groups, short_titles(groups), "a set").data
    assert list(points.x) == [25, 50, 87.5, 100]
    assert list(points.marker.symbol) == ["circle", "circle", "circle", "circle-open"]
    assert [list(said[1:3]) for said in points.customdata] == [[2, 8], [4, 8], [7, 8], [8, 8]]
    assert {said[3] for said in points.customdata} == {"weights of epoch 1"}
    assert mean.x[0] == pytest.approx(np.mean([25, 50, 87.5]))
    assert mean.error_x.value == pytest.approx(np.std([25, 50, 87.5], ddof=1))


def test_runs_that_would_cover_each_other_are_one_point_and_count_each(make_run):
    same = [replace(make_run(3), run_id=f"2026-{place}-bbbbb{place}") for place in range(2)]
    others = [make_run(number).config.model_copy(update={"seed": 10 + number}) for number in (1, 3)]
    seeds = [
        replace(make_run(number), config=config, run_id=f"2026-c-cccc{number}")
        for number, config in zip((1, 3), others, strict=True)
    ]
    stopped = replace(make_run(3, epochs=2), run_id="2026-d-dddddd")
    groups = group_by_config([*same, *seeds, stopped])
    points, mean = accuracy_figure(groups, short_titles(groups), "a set").data
    found = sorted(zip(points.x, points.marker.symbol, (said[3] for said in points.customdata), strict=True))
    assert found == [
        (25, "circle", "weights of epoch 1"),
        (50, "circle", "and 1 more with the same accuracy"),
        (50, "circle-open", "and 1 more with the same accuracy"),
    ]
    assert mean.x[0] == pytest.approx(np.mean([25, 50, 50]))


def test_parallel_coordinates_have_an_axis_for_each_setting_that_all_have_and_that_differs(make_run):
    small, large = (GradientTraining(batch_size=size) for size in (8, 16))
    cnn = make_run(3, training=large, model=CnnOptions())
    runs = [make_run(1, training=small), make_run(2, training=large), cnn]
    (chart,) = parallel_coordinates(runs, "a set").data
    axes = {axis.label: axis for axis in chart.dimensions}
    parts = {"Training (%)", "Validation (%)", "Test (%)"}
    assert set(axes) == {"Model", "Head", "Batch size", "Seed"} | parts
    assert list(axes["Model"].ticktext) == ["LSTM", "1D-CNN"] and list(axes["Model"]["values"]) == [0, 0, 1]
    assert list(axes["Head"].ticktext) == ["last outputs", "means over the frames"]
    assert list(axes["Batch size"]["values"]) == [8, 16, 16]
    assert list(axes["Test (%)"]["values"]) == [25, 37.5, 50]
    assert list(chart.line.color) == [12.5, 25, 37.5]


def test_parallel_coordinates_say_inputs_as_people_read_them(make_run):
    runs = [make_run(1), make_run(2, inputs=("positions", "velocities"))]
    (chart,) = parallel_coordinates(runs, "a set").data
    (inputs,) = [axis for axis in chart.dimensions if axis.label == "Inputs"]
    assert list(inputs.ticktext) == ["positions", "positions and velocities"]
    assert list(inputs["values"]) == [0, 1]
