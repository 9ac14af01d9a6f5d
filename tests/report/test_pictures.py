"""The pictures are XML that any program reads, and show the numbers that they are given."""

from dataclasses import replace
from xml.etree.ElementTree import Element, fromstring

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.player.recordings import recorded_clip
from har_core.report.drawing import ticks
from har_core.report.pictures import curves_picture, matrix_picture, poses_picture
from har_core.training.records import EpochRecord

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<b>&\x00\x1b</b>]]>"


def texts(picture: Element) -> list[str]:
    return [text.text or "" for text in picture.iter(f"{SVG}text")]


def test_matrix_writes_every_count_into_its_cell():
    counts = np.array([[9, 0, 2], [1, 7, 0], [0, 0, 0]])
    picture = fromstring(matrix_picture(counts, ["wave", "throw", HOSTILE], "Confusion"))
    assert sorted(text for text in texts(picture) if text.isdigit()) == ["1", "2", "7", "9"]
    assert len(list(picture.iter(f"{SVG}rect"))) == 1 + 9
    assert [text for text in texts(picture) if text.startswith("<b>&")] == ["<b>&  </b>]]>"] * 2


def test_curves_go_through_the_records_at_one_scale():
    values = (0.5, 0.25, 1.0)
    records = [
        EpochRecord(epoch, 0.1, value, value, value, value, value, value)
        for epoch, value in zip((1, 2, 3), values, strict=True)
    ]
    picture = fromstring(curves_picture(records, "accuracy", "Accuracy"))
    lines = [line.get("points", "").split() for line in picture.iter(f"{SVG}polyline")]
    train = [tuple(map(float, point.split(","))) for point in lines[0]]
    assert [len(line) for line in lines[:3]] == [3, 3, 3] and lines[0] == lines[1] == lines[2]
    (_, first), (_, second), (_, third) = train
    assert second - third == pytest.approx(3 * (second - first), abs=0.2)  # 0.75 is three times 0.25
    assert train[2][0] - train[1][0] == pytest.approx(train[1][0] - train[0][0], abs=0.2)
    assert "best epoch 3" in texts(picture)


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_round_evenly_spaced_and_reach_around_the_values(low, span):
    high = low + span
    found = ticks(low, high)
    steps = np.diff(found)
    slack = 1e-6 * max(1, abs(low), abs(high))
    assert found[0] <= low + slack and found[-1] >= high - slack and 2 <= len(found) <= 8
    assert np.allclose(steps, steps[0], rtol=1e-3)
    lead = steps[0] / 10 ** np.floor(np.log10(steps[0]))
    assert any(lead == pytest.approx(round_one, rel=1e-3) for round_one in (1, 2, 5, 10))


def test_poses_are_those_of_the_clip_at_even_moments(small_sequences):
    clips = [recorded_clip(small_sequences, name) for name in small_sequences.ids[:2]]
    lost = replace(clips[1], untracked=np.arange(len(clips[1].frames)) >= 4)
    picture = fromstring(poses_picture([clips[0], lost], "Poses"))
    bones = len(clips[0].skeleton.bones)
    drawn = [line for line in picture.iter(f"{SVG}line") if line.get("stroke-linecap") == "round"]
    assert len(drawn) == 2 * 8 * bones
    moments = [float(text.removesuffix(" s")) for text in texts(picture) if text.endswith(" s")]
    assert moments[0] == moments[8] == 0
    assert moments[7] == pytest.approx((len(clips[0].frames) - 1) / 15, abs=0.05)
    assert moments[15] == pytest.approx(3 / 15, abs=0.05)  # the last frame in which the body was seen
    heights = [float(line.get("y1") or 0) for line in drawn]
    assert max(heights[: 8 * bones]) < min(heights[8 * bones :])  # a row for each


def test_every_figure_of_a_hand_in_is_a_picture_of_its_run(made):
    names = {"loss", "accuracy", "confusion", "features", "poses"}
    files = {name: text for name, text in made.files.items() if name.startswith("figures/")}
    assert set(files) == {f"figures/{at}-{name}.svg" for at in ("1-lstm", "2-cnn") for name in names}
    for run, at in zip(made.runs, ("1-lstm", "2-cnn"), strict=True):
        arrays = made.store.arrays(run.run_id, "predictions.npz")
        right = arrays["logits_best"].argmax(axis=1) == arrays["truth"]
        picture = fromstring(files[f"figures/{at}-features.svg"])
        dots = len(list(picture.iter(f"{SVG}circle"))) - 1  # one is the legend's
        assert dots == int(right[arrays["part"] == "train"].sum())
        matrix = fromstring(files[f"figures/{at}-confusion.svg"])
        counted = sum(int(text) for text in texts(matrix) if text.isdigit())
        assert counted == run.meta.split_sizes["test"]
