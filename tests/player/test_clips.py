"""Clips on their way to the browser: what they carry, and what is refused before it gets there."""

import json

import numpy as np
import pytest

from har_core.player.clips import Clip, Line, Plane, Track, pack
from har_core.skeleton import KINECT_20


def clip_of(frames: np.ndarray, untracked_length: int | None = None) -> Clip:
    length = len(frames) if untracked_length is None else untracked_length
    return Clip("a clip", frames, np.zeros(length, bool), KINECT_20)


def test_packed_clips_are_a_header_and_the_numbers_of_each_in_turn() -> None:
    random = np.random.default_rng(0)
    first, second = (random.normal(size=(length, 20, 3)).astype(np.float32) for length in (4, 7))
    lost = np.array([False, True, False, True])
    clips = [Clip("one · é", first, lost, KINECT_20), Clip("two", second, np.zeros(7, bool), KINECT_20)]
    packed = pack(clips, 300, caption="run 3", positions=True, called=7)
    end = 4 + int.from_bytes(packed[:4], "little")
    assert end % 4 == 0
    header = json.loads(packed[4:end])
    assert (header["rate"], header["height"], header["small"], header["caption"]) == (15, 300, False, "run 3")
    assert (header["opened"], header["called"]) == (True, 7)
    assert [clip["title"] for clip in header["clips"]] == ["one · é", "two"]
    assert [clip["length"] for clip in header["clips"]] == [4, 7]
    assert header["clips"][0]["untracked"] == [1, 3]
    assert header["clips"][0]["unit"] == "m"
    numbers = np.frombuffer(packed[end:], "<f4")
    np.testing.assert_array_equal(numbers, np.concatenate([first.ravel(), second.ravel()]))


def test_more_than_four_clips_are_a_grid_of_small_ones() -> None:
    packed = pack([clip_of(np.zeros((5, 20, 3), np.float32))] * 5, 200)
    assert json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])["small"] is True


@pytest.mark.parametrize(
    "clip",
    [
        clip_of(np.zeros((0, 20, 3), np.float32)),
        clip_of(np.zeros((5, 15, 3), np.float32)),
        clip_of(np.zeros((5, 60), np.float32)),
        clip_of(np.zeros((5, 20, 3), np.float32), untracked_length=4),
    ],
)
def test_clip_whose_shapes_do_not_fit_is_refused(clip: Clip) -> None:
    with pytest.raises(ValueError, match="Clip 'a clip': frames"):
        pack([clip], 420)


@pytest.mark.parametrize("count", [0, 13])
def test_number_of_clips_is_one_to_twelve(count: int) -> None:
    with pytest.raises(ValueError, match=f"1 to 12 clips, got {count}"):
        pack([clip_of(np.zeros((5, 20, 3), np.float32))] * count, 420)


def test_what_comes_with_a_clip_is_packed_behind_all_frames() -> None:
    random = np.random.default_rng(1)
    first, second = (random.normal(size=(length, 20, 3)).astype(np.float32) for length in (4, 7))
    moments, values, path = np.array([0, 1.5, 3]), random.normal(size=(2, 3)), random.normal(size=(3, 2))
    lines = [Line("strong", values[0], "#0072B2"), Line("faint", values[1], faint=True)]
    plane = Plane(random.normal(size=(5, 2)), "across", "up", [("here", 0.5, -1)])
    clips = [
        Clip(
            "with",
            first,
            np.zeros(4, bool),
            KINECT_20,
            track=Track(moments, lines, "share", (0, 1), " %", path),
        ),
        clip_of(second),
    ]
    packed = pack(clips, 300, plane)
    end = 4 + int.from_bytes(packed[:4], "little")
    header = json.loads(packed[4:end])
    assert header["clips"][0]["track"] == {
        "readings": 3, "title": "share", "span": [0, 1], "unit": " %", "path": True,
        "lines": [
            {"name": "strong", "colour": "#0072B2", "faint": False},
            {"name": "faint", "colour": "", "faint": True},
        ],
    }  # fmt: skip
    assert header["clips"][1]["track"] is None
    assert header["plane"] == {
        "count": 5,
        "x": "across",
        "y": "up",
        "names": [{"name": "here", "at": [0.5, -1]}],
    }
    parts = [first, second, moments, values, path, plane.points]
    expected = np.concatenate([part.ravel() for part in parts]).astype("<f4")
    np.testing.assert_array_equal(np.frombuffer(packed[end:], "<f4"), expected)


@pytest.mark.parametrize(
    "track",
    [
        Track(np.zeros(0)),
        Track(np.arange(3), [Line("too short", np.zeros(2))]),
        Track(np.arange(3), path=np.zeros((2, 2))),
    ],
)
def test_track_whose_shapes_do_not_fit_is_refused(track: Track) -> None:
    clip = Clip("a clip", np.zeros((5, 20, 3), np.float32), np.zeros(5, bool), KINECT_20, track=track)
    with pytest.raises(ValueError, match="Clip 'a clip': lines .* do not fit"):
        pack([clip], 420)
