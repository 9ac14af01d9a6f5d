"""Parallel coordinates: an axis for each setting that differs, on any screen."""

from har_core.analysis.seeds import group_by_config, short_titles
from har_core.models import CnnOptions
from har_core.plots.parallel_coordinates import parallel_coordinates
from har_core.training.config import GradientTraining


def axes_of(runs):
    """Each axis by its name, what it says beside it, and where the runs lie on it."""
    figure, _ = parallel_coordinates(runs, short_titles(group_by_config(runs)), "a set")
    lines = figure["series"][0]["data"]
    axes = figure["parallelAxis"]
    return figure, {axis["name"]: (axis, [line["value"][axis["dim"]] for line in lines]) for axis in axes}


def test_parallel_coordinates_have_an_axis_for_each_setting_that_all_have_and_that_differs(make_run):
    small, large = (GradientTraining(batch_size=size) for size in (8, 16))
    cnn = make_run(3, training=large, model=CnnOptions())
    runs = [make_run(1, training=small), make_run(2, training=large), cnn]
    figure, axes = axes_of(runs)
    parts = {"Training (%)", "Validation (%)", "Test (%)"}
    assert set(axes) == {"Model", "Head", "Batch size", "Seed"} | parts
    assert axes["Model"][0]["data"] == ["LSTM", "1D-CNN"] and axes["Model"][1] == [0, 0, 1]
    assert axes["Head"][0]["data"] == ["last outputs", "means over the frames"]
    assert axes["Batch size"][1] == [8, 16, 16]
    assert axes["Batch size"][0]["axisLabel"]["customValues"] == [8, 16]
    assert axes["Test (%)"][1] == [25, 37.5, 50]
    colours = [line["lineStyle"]["color"] for line in figure["series"][0]["data"]]
    assert (
        colours[0] == "#D55E00" and colours[2] == "#0072B2"
    )  # the worst and the best on the validation part


def test_parallel_coordinates_say_inputs_as_people_read_them(make_run):
    _, axes = axes_of([make_run(1), make_run(2, inputs=("positions", "velocities"))])
    assert axes["Inputs"][0]["data"] == ["positions", "positions and velocities"]
    assert axes["Inputs"][1] == [0, 1]


def test_on_a_narrow_screen_the_axes_lie_and_each_has_room(make_run):
    figure, height = parallel_coordinates(
        [make_run(1), make_run(2, inputs=("positions", "velocities"))],
        {f"2026-{n}-aaaaa{n}": "" for n in (1, 2)},
        "",
    )
    narrow, wide = figure["media"]
    assert narrow["option"]["parallel"]["layout"] == "vertical" and "query" not in wide
    assert height >= 50 * len(figure["parallelAxis"])
