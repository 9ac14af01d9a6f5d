"""The data set's figures count what is there."""

import numpy as np
import pytest

from har_core.data.sequences import Action, SkeletonSequences
from har_core.plots.data_set import coordinates_figure, counts_figure, lengths_figure
from har_core.skeleton import KINECT_20


def made_up(lengths, labels, subjects) -> SkeletonSequences:
    return SkeletonSequences.from_list(
        [np.ones((length, 20, 3), np.float32) for length in lengths],
        labels=labels,
        subjects=subjects,
        ids=[str(row) for row in range(len(lengths))],
        actions=[Action(4, "hand catch"), Action(9, "draw circle")],
        skeleton=KINECT_20,
        source="made up",
    )


def test_sequences_are_counted_by_action_and_subject():
    (heat,) = counts_figure(made_up([3] * 6, [0, 0, 1, 1, 1, 0], [2, 2, 2, 10, 10, 5])).data
    assert list(heat.y) == ["hand catch", "draw circle"] and list(heat.x) == ["2", "5", "10"]
    np.testing.assert_array_equal(heat.z, [[2, 1, 0], [1, 0, 2]])


def test_lengths_are_shown_and_the_few_that_are_far_longer_are_told():
    figure = lengths_figure(made_up([10, 10, 12, 900], [0] * 4, [1] * 4))
    shown = list(figure.data[0].x)
    assert shown[:3] == [10, 10, 12] and shown[3] == 55  # five medians
    assert "1 longer than 55 frames" in figure.layout.title.text
    assert "longer" not in lengths_figure(made_up([10, 12], [0, 0], [1, 1])).layout.title.text


def test_coordinates_are_a_histogram_of_each_axis():
    frames = np.random.default_rng(0).normal(size=(50, 20, 3)).astype(np.float32) * (1, 2, 3)
    figure = coordinates_figure(frames, title="raw", unit="m")
    assert [trace.name for trace in figure.data] == ["x", "y", "z"]
    for axis, trace in enumerate(figure.data):
        centres, shares = np.array(trace.x), np.array(trace.y)
        assert shares.sum() == pytest.approx(100)
        assert (centres * shares).sum() / 100 == pytest.approx(frames[..., axis].mean(), abs=0.05)
    assert "(m)" in figure.layout.xaxis.title.text


def test_coordinates_that_are_all_the_same_can_be_drawn():
    figure = coordinates_figure(np.ones((2, 20, 3), np.float32), title="flat", unit="m")
    assert all(sum(trace.y) == pytest.approx(100) for trace in figure.data)
