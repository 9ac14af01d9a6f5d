"""A sequence of a data set plays at the rate at which it was recorded, and bears its unit."""

import json
from dataclasses import replace

import numpy as np
import pytest

from har_core.data.preparation import Preparation, prepare
from har_core.data.sequences import Action, SkeletonSequences
from har_core.player.clips import pack
from har_core.player.recordings import prepared_clip, recorded_clip
from har_core.skeleton import KINECT_20


@pytest.fixture
def fast() -> SkeletonSequences:
    frames = np.random.default_rng(0).normal(size=(4, 12, 20, 3))
    return SkeletonSequences.from_list(
        frames, labels=[0] * 4, subjects=[1, 1, 2, 2], ids=list("abcd"), actions=[Action(1, "wave")],
        skeleton=KINECT_20, source="mine", rate=60,
    )  # fmt: skip


def rate_of(packed: bytes) -> float:
    length = int.from_bytes(packed[:4], "little")
    return float(json.loads(packed[4 : 4 + length])["rate"])


def test_clips_bear_the_unit_of_their_data_set(fast: SkeletonSequences) -> None:
    assert recorded_clip(fast, "b").unit == "m"
    assert recorded_clip(replace(fast, unit="px").take([1, 2]), "b").unit == "px"


def test_clips_play_at_the_rate_of_their_data_set(fast: SkeletonSequences) -> None:
    assert rate_of(pack([recorded_clip(fast, "b")], 400)) == 60
    prepared = prepare(fast, Preparation(), np.arange(4)).sequences
    assert rate_of(pack([prepared_clip(prepared, "b")], 400)) == 60
    assert rate_of(pack([recorded_clip(replace(fast, rate=15.0), "b")], 400)) == 15
