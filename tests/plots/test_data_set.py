"""The data set's figures count what is there."""

import numpy as np
import pytest

from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.splits import Split
from har_core.plots.colours import CHOSEN, NEUTRAL, PART_COLOURS, SEQUENTIAL
from har_core.plots.data_set import coordinates_figure, counts_figure, lengths_figure, movement_figure
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


def table(figure):
    return figure["dataset"]["source"]


def test_sequences_are_counted_by_action_and_subject():
    some = made_up([3] * 6, [0, 0, 1, 1, 1, 0], [2, 2, 2, 10, 10, 5])
    figure = counts_figure(some, chosen=4)
    assert figure["yAxis"]["data"] == ["hand catch", "draw circle"]
    assert figure["xAxis"]["data"] == ["2", "5", "10"]
    counted = {(subject, action): count for subject, action, count in table(figure).itertuples(index=False)}
    assert counted == {
        ("2", "hand catch"): 2, ("5", "hand catch"): 1, ("2", "draw circle"): 1, ("10", "draw circle"): 2
    }  # fmt: skip
    most = f"light-dark({SEQUENTIAL['light'][-1]}, {SEQUENTIAL['dark'][-1]})".lower()
    colours = {tuple(cell["value"][:2]): cell["itemStyle"]["color"] for cell in figure["series"][0]["data"]}
    assert {cell for cell in counted if colours[cell] == most} == {("2", "hand catch"), ("10", "draw circle")}
    (framed,) = figure["series"][1]["data"]
    assert framed["value"] == ["10", "draw circle", 2] and framed["itemStyle"]["borderColor"] == CHOSEN
    assert len(counts_figure(some)["series"]) == 1


def test_part_of_each_subject_stands_above_its_counts():
    some = made_up([3] * 5, [0, 0, 1, 1, 1], [2, 3, 5, 10, 11])
    split = Split(name="mine", train=(2, 3), validation=(5,), test=(10,))
    figure = counts_figure(some, split=split)
    assert figure["yAxis"]["data"] == ["Part", "hand catch", "draw circle"]
    *_, band = figure["series"]
    told = {
        cell["value"][0]: (cell["label"]["formatter"], cell["itemStyle"]["color"]) for cell in band["data"]
    }
    colours = PART_COLOURS
    assert told == {
        "2": ("Training", colours["train"]), "3": ("Training", colours["train"]),
        "5": ("Validation", colours["validation"]), "10": ("Test", colours["test"]),
        "11": ("Not used", NEUTRAL),
    }  # fmt: skip
    assert [cell["value"][0] for cell in band["data"] if cell["label"]["show"]] == ["2", "5", "10", "11"]
    assert {cell["value"][1] for cell in band["data"]} == {"Part"}
    amid = [cell["label"]["position"] for cell in band["data"] if cell["label"]["show"]]
    assert amid == [
        ["100%", "50%"],
        *[["50%", "50%"]] * 3,
    ]  # so a long name passes both edges
    parts = {subject: part for subject, _, _, part in table(figure).itertuples(index=False)}
    assert parts == {"2": "Training", "3": "Training", "5": "Validation", "10": "Test", "11": "Not used"}


def test_a_coordinate_is_drawn_at_the_moments_that_its_frames_show():
    places = np.random.default_rng(1).normal(size=(4, 3)).astype(np.float32)
    figure = movement_figure(places, np.array([0, 1.5, 3, 9]), title="left hand", unit="m")
    drawn = table(figure)
    assert drawn["Frame"].tolist() == [1, 2.5, 4, 10]
    np.testing.assert_array_equal(drawn[["x", "y", "z"]].to_numpy(), places)
    assert [line["name"] for line in figure["series"]] == ["x", "y", "z"] and "(m)" in figure["yAxis"]["name"]


def test_lengths_are_shown_and_the_few_that_are_far_longer_are_told():
    figure = lengths_figure(made_up([10, 10, 12, 900], [0] * 4, [1] * 4))
    bars = table(figure)
    counted = {
        frames: count for frames, count in zip(bars["Frames"], bars["Sequences"], strict=True) if count
    }
    assert counted == {"10 to 11": 2, "12 to 13": 1, "54 to 55": 1}  # 55 is five medians
    assert bars["Middle"].tolist() == [10.5 + 2 * bar for bar in range(len(bars))]
    assert "(1 over 55 frames in the last bar)" in figure["title"]["text"]
    assert "over" not in lengths_figure(made_up([10, 12], [0, 0], [1, 1]))["title"]["text"]


def test_the_length_of_the_chosen_sequence_is_marked_and_told():
    some = made_up([10, 10, 12, 900], [0] * 4, [1] * 4)
    for row, place, said in ((2, 12, "2: 12 frames"), (3, 55, "3: 900 frames")):
        mark = lengths_figure(some, row)["series"][0]["markLine"]
        assert mark["data"] == [{"xAxis": place}] and mark["label"]["formatter"] == said
    assert "markLine" not in lengths_figure(some)["series"][0]


def test_coordinates_are_a_histogram_of_each_axis():
    frames = np.random.default_rng(0).normal(size=(50, 20, 3)).astype(np.float32) * (1, 2, 3)
    figure = coordinates_figure(frames, title="raw", unit="m")
    assert [line["name"] for line in figure["series"]] == ["x", "y", "z"]
    for axis, line in enumerate(figure["series"]):
        centres, shares = (table(figure)[line["encode"][name]].to_numpy() for name in ("x", "y"))
        assert shares.sum() == pytest.approx(100)
        assert (centres * shares).sum() / 100 == pytest.approx(frames[..., axis].mean(), abs=0.05)
    assert "(m)" in figure["xAxis"]["name"]


def test_coordinates_that_are_all_the_same_can_be_drawn():
    figure = coordinates_figure(np.ones((2, 20, 3), np.float32), title="flat", unit="m")
    assert table(figure)[["x", "y", "z"]].sum().tolist() == pytest.approx([100] * 3)
