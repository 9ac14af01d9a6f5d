"""Joints that the tracker lost for some frames: NaN in the data, filled in by the preparation."""

import numpy as np
import pytest

from har_core.data.missing_joints import fill_missing
from har_core.data.preparation import Preparation, prepare, prepare_every, scale_of
from har_core.data.sequences import Action, SkeletonSequences
from har_core.player.camera import common_box
from har_core.player.clips import pack
from har_core.player.gif import animation
from har_core.player.recordings import recorded_clip
from har_core.plots.data_set import coordinates_figure
from har_core.skeleton import KINECT_20
from tests.data.reading.bodies import bodies

LOST = slice(4, 7)
HAND = KINECT_20.joints.index("left_hand")
TRAINING = np.array([0, 1])


@pytest.fixture
def whole() -> list[np.ndarray]:
    return [part.astype(np.float32) for part in bodies(KINECT_20, [20, 16, 18])]


def set_of(parts) -> SkeletonSequences:
    return SkeletonSequences.from_list(
        parts, labels=[0, 0, 0], subjects=[1, 2, 3], ids=["a", "b", "c"], actions=[Action(1, "one")],
        skeleton=KINECT_20, source="made up",
    )  # fmt: skip


def with_gap(parts) -> list[np.ndarray]:
    lost = [part.copy() for part in parts]
    lost[0][LOST, HAND] = np.nan
    return lost


def test_a_gap_is_interpolated_or_the_last_place_is_held(whole) -> None:
    frames = with_gap(whole)[0]
    straight, held = (fill_missing(frames, how)[:, HAND] for how in ("interpolate", "hold"))
    before, after = whole[0][3, HAND], whole[0][7, HAND]
    for step, at in enumerate(range(4, 7), start=1):
        np.testing.assert_allclose(straight[at], before + (after - before) * step / 4, atol=1e-6)
        np.testing.assert_array_equal(held[at], before)
    seen = np.ones(20, bool)
    seen[LOST] = False
    np.testing.assert_array_equal(straight[seen], whole[0][seen, HAND])


def test_before_the_first_place_and_behind_the_last_that_one_is_held(whole) -> None:
    frames = whole[0].copy()
    frames[:2, HAND], frames[17:, HAND] = np.nan, np.nan
    for how in ("interpolate", "hold"):
        filled = fill_missing(frames, how)
        assert (filled[:2, HAND] == frames[2, HAND]).all() and (filled[17:, HAND] == frames[16, HAND]).all()


def test_a_joint_that_a_sequence_never_shows_is_in_the_middle_of_the_others(whole) -> None:
    frames = whole[0].copy()
    frames[:, HAND] = np.nan
    filled = fill_missing(frames, "interpolate")
    np.testing.assert_allclose(filled[:, HAND], np.delete(whole[0], HAND, axis=1).mean(axis=1), atol=1e-6)


def test_a_frame_that_was_lost_says_nothing_of_a_joint(whole) -> None:
    frames = with_gap(whole)[0]
    frames[7] = 0
    assert (fill_missing(frames, "interpolate")[7] == 0).all()
    last, first = frames[3, HAND], frames[8, HAND]
    np.testing.assert_allclose(
        fill_missing(frames, "interpolate")[4, HAND], last + (first - last) / 5, atol=1e-6
    )


def test_what_misses_nothing_is_left_as_it_is(whole) -> None:
    assert fill_missing(whole[0], "interpolate") is whole[0]


@pytest.mark.parametrize("scaling", ["training-set", "sequence", "sequence-axis", "body", "none"])
@pytest.mark.parametrize("missing", ["interpolate", "hold", "mask"])
def test_prepared_sequences_miss_nothing_and_others_are_as_before(whole, scaling, missing) -> None:
    preparation = Preparation(scaling=scaling, missing=missing)
    prepared = prepare(set_of(with_gap(whole)), preparation, TRAINING).sequences
    assert np.isfinite(prepared.frames).all()
    if scaling != "training-set":
        expected = prepare(set_of(whole), preparation, TRAINING).sequences
        np.testing.assert_array_equal(prepared[1], expected[1])
    scale = scale_of(set_of(with_gap(whole)), preparation, TRAINING)
    assert np.isfinite(prepare_every(set_of(with_gap(whole)), preparation, scale).frames).all()


@pytest.mark.parametrize("centring", ["none", "first-frame", "each-frame"])
@pytest.mark.parametrize("untracked", ["drop", "interpolate"])
def test_a_masked_joint_is_zero_where_it_was_missing_and_all_else_is_interpolated(
    whole, centring, untracked
) -> None:
    parts = with_gap(whole)
    parts[0][1] = 0  # and a lost frame before the gap
    ways = (
        Preparation(missing=way, frames=None, centring=centring, untracked=untracked)
        for way in ("mask", "interpolate")
    )
    masked, straight = (prepare(set_of(parts), way, TRAINING).sequences for way in ways)
    gap = np.zeros(masked[0].shape[:2], bool)
    gap[slice(3, 6) if untracked == "drop" else LOST, HAND] = True
    assert (masked[0][gap] == 0).all() and (straight[0][gap] != 0).all()
    np.testing.assert_array_equal(masked[0][~gap], straight[0][~gap])
    np.testing.assert_array_equal(masked[1], straight[1])


def test_between_two_frames_a_joint_has_to_be_in_both(whole) -> None:
    prepared = prepare(set_of(with_gap(whole)), Preparation(missing="mask", frames=39), TRAINING).sequences
    zero = (prepared[0][:, HAND] == 0).all(axis=1)
    # 39 prepared frames of 20 recorded: one on each, and one between each two; 4 to 6 are missing.
    np.testing.assert_array_equal(np.flatnonzero(zero), np.arange(7, 14))


def test_the_same_gaps_have_the_same_fingerprint_and_others_another(whole) -> None:
    assert set_of(with_gap(whole)).fingerprint == set_of(with_gap(whole)).fingerprint
    assert set_of(with_gap(whole)).fingerprint != set_of(whole).fingerprint
    assert not set_of(with_gap(whole)).untracked.any()


def test_player_pictures_and_figures_show_what_is_there(whole) -> None:
    sequences = set_of(with_gap(whole))
    clip = recorded_clip(sequences, "a")
    assert np.isfinite(common_box([clip]).half) and pack([clip], 300)
    assert animation([clip])
    shares = coordinates_figure(sequences.frames, title="all", unit="m")["dataset"]["source"]
    assert np.isfinite(shares.to_numpy()).all()
    np.testing.assert_allclose(shares[["x", "y", "z"]].sum(), 100)
