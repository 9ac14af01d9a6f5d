"""Clips of different rates play in true time."""

import json
from dataclasses import replace

import numpy as np
import pytest

from har_core.player.clips import Clip, Line, Track, at_one_rate, pack
from har_core.player.gif import animation
from har_core.skeleton import KINECT_20


def clip(length: int, rate: float) -> Clip:
    frames = np.zeros((length, 20, 3), np.float32)
    frames[:, :, 0] = np.arange(length)[:, None] / rate  # where it is tells the time
    return Clip("one", frames, np.arange(length) == 1, KINECT_20, rate=rate)


@pytest.mark.parametrize(("one", "other"), [(15, 30), (30, 15), (25, 30), (12.5, 50)])
def test_both_are_at_the_same_time_in_every_frame(one: float, other: float) -> None:
    slow, fast = at_one_rate([clip(20, one), clip(40, other)])
    assert slow.rate == fast.rate == max(one, other)
    for each, of in ((slow, one), (fast, other)):
        seconds = np.arange(len(each.frames)) / each.rate
        behind = seconds - each.frames[:, 0, 0]
        assert behind.min() > -1 / each.rate and behind.max() < 1 / of
    assert len(slow.frames) / slow.rate == pytest.approx(20 / one, abs=1 / slow.rate)


def test_what_comes_with_a_clip_keeps_its_time() -> None:
    track = Track(np.array([0.0, 4.0]), [Line("a", np.array([0.0, 1.0]))])
    slow, _ = at_one_rate([replace(clip(10, 15), track=track), clip(10, 30)])
    assert slow.track is not None and slow.track.moments.tolist() == [0, 8]
    assert np.flatnonzero(slow.untracked).tolist() == [2, 3]


def test_clips_of_one_rate_stay_as_they_are() -> None:
    clips = [clip(10, 30), clip(12, 30)]
    assert at_one_rate(clips) == clips


def test_rates_far_apart_make_no_clip_of_any_size() -> None:
    slow, fast = at_one_rate([clip(10, 1), clip(5000, 10_000)])
    assert slow.rate == fast.rate == 16
    assert (len(slow.frames), len(fast.frames)) == (160, 8)


def test_the_player_and_a_gif_show_them_so() -> None:
    clips = [clip(10, 15), clip(10, 30)]
    content = pack(clips, 300)
    header = json.loads(content[4 : 4 + int.from_bytes(content[:4], "little")])
    assert header["rate"] == 30 and [each["length"] for each in header["clips"]] == [20, 10]
    assert animation(clips, width=40, height=40) == animation(at_one_rate(clips), width=40, height=40)
    assert len(animation(clips, width=40, height=40)) > len(animation(clips[1:] * 2, width=40, height=40))
