"""Each way of preparation does what a count by hand does, and measures on the training part only."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from har_core.data.msr_action3d import LITERATURE_IDS, PUBLISHED_IDS, name_as_msr
from har_core.data.preparation import Preparation, prepare, prepare_every, recorded_moments, scale_of
from har_core.data.sequences import Action, SkeletonSequences
from har_core.errors import DataError
from har_core.skeleton import COCO_17, FLORENCE_15, KINECT_20, KINECT_25, KINECT_SDK_20, skeleton_of

RAW = Preparation(sequences="all", untracked="keep", centring="none", frames=None, scaling="none")
RECIPE = Preparation(sequences="all", untracked="fill", centring="median", frames=48, scaling="body")
CENTRINGS = ("none", "first-frame", "median", "each-frame")
SCALINGS = ("training-set", "sequence", "sequence-axis", "body", "none")
UNTRACKED = ("drop", "fill", "interpolate", "keep")
ALL = np.arange(1000)  # rows of the training part


def but(**changes) -> Preparation:
    return RAW.model_copy(update=changes)


def made_up(parts, subjects=None, ids=None, skeleton=KINECT_20) -> SkeletonSequences:
    return SkeletonSequences.from_list(
        parts,
        labels=[0] * len(parts),
        subjects=subjects or [1] * len(parts),
        ids=ids or [f"row {row}" for row in range(len(parts))],
        actions=[Action(1, "bow")],
        skeleton=skeleton,
        source="made up",
    )


def body(length: int, seed: int = 0, joints: int = 20) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.uniform((-1, -1, 2), (1, 1, 3.5), (length, joints, 3)).astype(np.float32)


def with_gaps(length: int, gaps, seed: int = 0) -> np.ndarray:
    frames = body(length, seed)
    frames[list(gaps)] = 0
    return frames


def one(frames: np.ndarray, preparation: Preparation) -> np.ndarray:
    return prepare(made_up([frames]), preparation, ALL).sequences[0]


def interpolated(frames: np.ndarray, known, wanted) -> np.ndarray:
    """numpy's interpolation, coordinate by coordinate."""
    flat = frames[known].reshape(len(known), -1).astype(np.float64)
    columns = [np.interp(wanted, known, column) for column in flat.T]
    return np.stack(columns, axis=1).reshape(len(wanted), *frames.shape[1:])


def test_nothing_asked_for_changes_nothing():
    parts = [body(5), with_gaps(7, [0, 3]), body(1)]
    prepared = prepare(made_up(parts), RAW, ALL)
    assert prepared.left_out == ()
    for row, part in enumerate(parts):
        np.testing.assert_array_equal(prepared.sequences[row], part)


def test_the_recorded_sequences_stay_as_they_were():
    sequences = made_up([with_gaps(9, [2]), body(4)])
    before = sequences.frames.copy()
    prepare(sequences, Preparation(), ALL)
    np.testing.assert_array_equal(sequences.frames, before)


def test_actions_subjects_and_names_travel_along():
    sequences = made_up([body(3), np.zeros((4, 20, 3)), body(5)], subjects=[1, 2, 3], ids=["a", "b", "c"])
    kept = prepare(sequences, but(), ALL).sequences
    assert kept.ids == ("a", "c") and kept.subjects.tolist() == [1, 3] and kept.actions == sequences.actions


# Which sequences


def test_the_ten_that_the_literature_leaves_out_are_left_out():
    parts = [body(2, seed) for seed in range(len(PUBLISHED_IDS))]
    sequences = name_as_msr(made_up(parts, ids=PUBLISHED_IDS))
    prepared = prepare(sequences, but(sequences="published"), ALL)
    assert len(prepared.sequences) == 557 and set(prepared.sequences.ids) == LITERATURE_IDS
    assert {item.sequence_id for item in prepared.left_out} == {
        "a02_s03_e02", "a04_s03_e01", "a07_s04_e01", "a13_s09_e01", "a13_s09_e02", "a13_s09_e03",
        "a14_s03_e01", "a20_s07_e01", "a20_s07_e03", "a20_s10_e03",
    }  # fmt: skip
    assert {item.reason for item in prepared.left_out} == {"not in the literature's list of 557"}
    assert len(prepare(sequences, but(sequences="all"), ALL).sequences) == 567


def test_the_list_of_557_is_the_published_file(real_data):
    lines = (real_data / "files_used_in_cvpr12_paper.txt").read_text().split()
    assert {line.removesuffix("_skeleton3D.txt") for line in lines if line.startswith("a")} == LITERATURE_IDS


def test_sequences_with_other_names_are_all_kept():
    assert len(prepare(made_up([body(3)] * 3), but(sequences="published"), ALL).sequences) == 3


@pytest.mark.parametrize("untracked", UNTRACKED)
@pytest.mark.parametrize("centring", CENTRINGS)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_sequence_of_nothing_but_zeros_is_left_out_and_told(untracked, centring, scaling):
    sequences = made_up([body(6), np.zeros((9, 20, 3)), np.zeros((1, 20, 3)), with_gaps(8, [0, 7], 3)])
    for frames in (None, 12):
        changes = {"untracked": untracked, "centring": centring, "scaling": scaling, "frames": frames}
        prepared = prepare(sequences, but(**changes), ALL)
        assert prepared.sequences.ids == ("row 0", "row 3")
        assert [item.sequence_id for item in prepared.left_out] == ["row 1", "row 2"]
        assert "all frames are zero" in prepared.left_out[0].reason
        assert np.isfinite(prepared.sequences.frames).all()


def test_a_set_of_which_nothing_is_left_is_told():
    with pytest.raises(DataError, match="made up: no sequence is left"):
        prepare(made_up([np.zeros((9, 20, 3))]), Preparation(), ALL)


# Untracked frames


@settings(deadline=None, max_examples=50)
@given(st.integers(1, 20), st.sets(st.integers(0, 19)), st.integers(0, 1000))
def test_untracked_frames_are_dropped_or_bridged_as_numpy_does(length, gaps, seed):
    gaps = {gap for gap in gaps if gap < length}
    known = np.array([frame for frame in range(length) if frame not in gaps])
    if not len(known):
        return
    frames = with_gaps(length, gaps, seed)
    np.testing.assert_array_equal(one(frames, but(untracked="drop")), frames[known])
    np.testing.assert_array_equal(one(frames, but(untracked="keep")), frames)
    expected = interpolated(frames, known, np.arange(length))
    np.testing.assert_allclose(one(frames, but(untracked="interpolate")), expected, atol=2e-6)


def test_a_joint_at_the_origin_is_no_untracked_frame():
    frames = body(4)
    frames[1, 3] = 0
    assert len(one(frames, but(untracked="drop"))) == 4


# Centring


@pytest.mark.parametrize(("skeleton", "root"), [(KINECT_20, (6,)), (FLORENCE_15, (2,))])
def test_centring_subtracts_the_middle_of_the_hips(skeleton, root):
    frames = body(6, joints=skeleton.joint_count)
    assert skeleton.root == root

    def centred(how: str) -> np.ndarray:
        return prepare(made_up([frames], skeleton=skeleton), but(centring=how), ALL).sequences[0]

    np.testing.assert_array_equal(centred("none"), frames)
    np.testing.assert_allclose(centred("first-frame"), frames - frames[0, root], atol=1e-6)
    each = np.stack([frame - frame[root] for frame in frames])
    np.testing.assert_allclose(centred("each-frame"), each, atol=1e-6)
    assert not centred("each-frame")[:, root].any()


@pytest.mark.parametrize("untracked", ["drop", "fill", "interpolate"])
def test_the_first_frame_is_the_first_in_which_there_is_a_body(untracked):
    frames = with_gaps(8, [0, 1, 4])
    changes = {"untracked": untracked, "centring": "first-frame"}
    expected = one(frames, but(untracked=untracked)) - frames[2, 6]
    np.testing.assert_allclose(one(frames, but(**changes)), expected, atol=1e-6)


# Frames


@settings(deadline=None, max_examples=50)
@given(length=st.integers(1, 60), wanted=st.integers(2, 90), seed=st.integers(0, 1000))
def test_resampling_is_numpy_s_interpolation(length, wanted, seed):
    frames = body(length, seed)
    found = one(frames, but(frames=wanted))
    expected = interpolated(frames, np.arange(length), np.linspace(0, length - 1, wanted))
    assert found.shape == (wanted, 20, 3)
    np.testing.assert_allclose(found, expected, atol=5e-6)


def test_resampling_to_the_same_length_changes_nothing():
    frames = body(17)
    np.testing.assert_array_equal(one(frames, but(frames=17)), frames)


def test_untracked_frames_are_dropped_before_resampling():
    frames = with_gaps(9, [3, 4, 8])
    known = np.delete(frames, [3, 4, 8], axis=0)
    expected = interpolated(known, np.arange(6), np.linspace(0, 5, 20))
    np.testing.assert_allclose(one(frames, but(untracked="drop", frames=20)), expected, atol=5e-6)


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("centring", CENTRINGS)
def test_a_single_frame_is_prepared_like_any_other(scaling, centring):
    frame = body(1)
    found = one(frame, but(frames=5, scaling=scaling, centring=centring))
    assert found.shape == (5, 20, 3) and np.isfinite(found).all()
    assert all(np.array_equal(repeated, found[0]) for repeated in found)
    if scaling == "body":
        assert np.linalg.norm(found[:, 19] - found[:, 6], axis=1) == pytest.approx(1, abs=1e-5)
    elif scaling != "none":
        assert np.abs(found).max() == pytest.approx(1, abs=1e-5)


# Scaling


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    centring=st.sampled_from(CENTRINGS),
    frames=st.sampled_from([None, 2, 13]),
    stretch=st.tuples(*[st.floats(0.01, 100)] * 3),
)
def test_the_training_part_reaches_from_minus_one_to_one_with_one_scale(seed, centring, frames, stretch):
    parts = [body(length, seed + length) * np.float32(stretch) for length in (3, 9, 6, 4)]
    sequences, rows = made_up(parts), ALL[[0, 1, 3]]
    raw = prepare(sequences, but(centring=centring, frames=frames), rows).sequences
    scaled = prepare(sequences, but(centring=centring, frames=frames, scaling="training-set"), rows).sequences
    training = np.concatenate([scaled[row] for row in (0, 1, 3)])
    assert training.min() == pytest.approx(-1, abs=1e-5) and training.max() == pytest.approx(1, abs=1e-5)
    # one scale for all: what was twice as long is twice as long, along every axis and in every sequence
    measured = np.concatenate([raw[row] for row in (0, 1, 3)]).astype(np.float64)
    low, high = measured.min(axis=(0, 1)), measured.max(axis=(0, 1))
    half = (high - low).max() / 2
    for row in range(4):
        np.testing.assert_allclose(scaled[row], (raw[row] - (low + high) / 2) / half, atol=2e-5)


@settings(deadline=None, max_examples=40)
@given(
    centring=st.sampled_from(CENTRINGS),
    scaling=st.sampled_from(SCALINGS),
    other=arrays.arrays(np.float32, (5, 20, 3), elements=st.floats(-1000, 1000, width=16)),
)
def test_the_scale_never_depends_on_what_is_not_trained_on(centring, scaling, other):
    """Not on other takes of the same people either, and whichever rows go before them."""
    other[0, 0] = 1.0  # there is a body in it
    lost = np.zeros((4, 20, 3), np.float32)  # is left out, so that all rows move
    preparation = Preparation(centring=centring, scaling=scaling)
    first = prepare(made_up([lost, body(5, 2), body(6), body(9, 1)]), preparation, ALL[[0, 2, 3]])
    second = prepare(made_up([lost, other, body(6), body(9, 1)]), preparation, ALL[[0, 2, 3]])
    assert first.rows.tolist() == [1, 2, 3] and first.rows_of(ALL[[0, 2, 3]]).tolist() == [1, 2]
    for row in (1, 2):
        np.testing.assert_array_equal(first.sequences[row], second.sequences[row])


@pytest.mark.parametrize("centring", CENTRINGS)
@pytest.mark.parametrize("frames", [None, 40])
def test_each_sequence_reaches_from_minus_one_to_one(centring, frames):
    parts = [body(length, length) * np.float32(length) for length in (1, 5, 30)]
    changes = {"centring": centring, "frames": frames}
    raw = prepare(made_up(parts), but(**changes), ALL[:0]).sequences
    once = prepare(made_up(parts), but(scaling="sequence", **changes), ALL[:0]).sequences
    by_axis = prepare(made_up(parts), but(scaling="sequence-axis", **changes), ALL[:0]).sequences
    for row in range(3):
        low, high = raw[row].min(axis=(0, 1)), raw[row].max(axis=(0, 1))
        expected = (raw[row] - (low + high) / 2) / ((high - low).max() / 2)
        np.testing.assert_allclose(once[row], expected, atol=1e-5)
        assert np.abs(once[row]).max() == pytest.approx(1, abs=1e-5)
        np.testing.assert_allclose(by_axis[row].min(axis=(0, 1)), -1, atol=1e-5)
        np.testing.assert_allclose(by_axis[row].max(axis=(0, 1)), 1, atol=1e-5)


@pytest.mark.parametrize("scaling", ["training-set", "sequence", "sequence-axis"])
def test_a_flat_recording_still_reaches_from_minus_one_to_one(scaling):
    frames = body(7) * np.float32(0.3)
    frames[..., 2] = 2.5
    found = one(frames, but(scaling=scaling))
    assert found.min() == pytest.approx(-1, abs=1e-5) and found.max() == pytest.approx(1, abs=1e-5)
    assert not found[..., 2].any()


@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_body_in_a_single_point_gives_no_nan(scaling):
    found = one(np.full((4, 20, 3), 2.5, np.float32), but(scaling=scaling, centring="each-frame"))
    assert not found.any()


def test_a_scale_without_a_training_part_is_told():
    with pytest.raises(DataError, match="no sequence of the training part"):
        prepare(made_up([body(4)]), Preparation(scaling="training-set"), ALL[7:])


# Lost frames filled at their own times, median of the hips, size of the body


def as_the_recipe(frames, hips: list[int], head: int) -> tuple[np.ndarray, int]:
    """The recipe's preparation, coordinate by coordinate, and how many frames it has before resampling."""
    tracked = [t for t, frame in enumerate(frames.astype(float)) if frame.any()]
    seen = frames[tracked].astype(float)
    middle = seen[:, hips].mean(axis=1)
    size = sum(np.linalg.norm(f[head] - m) for f, m in zip(seen, middle, strict=True)) / len(seen)
    seen = (seen - np.median(middle, axis=0)) / size
    times = np.arange(tracked[0], tracked[-1] + 1)
    filled = [np.interp(times, tracked, column) for column in seen.reshape(len(seen), -1).T]
    wanted = np.linspace(times[0], times[-1], 48)
    found = np.stack([np.interp(wanted, times, column) for column in filled], axis=1)
    return found.reshape(48, *frames.shape[1:]), len(times)


@settings(deadline=None, max_examples=60)
@given(
    skeleton=st.sampled_from([KINECT_20, KINECT_SDK_20, KINECT_25, FLORENCE_15, COCO_17]),
    length=st.integers(1, 90), gaps=st.sets(st.integers(0, 89)), seed=st.integers(0, 1000),
)  # fmt: skip
def test_the_recipe_s_preparation_is_what_it_says(skeleton, length, gaps, seed):
    gaps = {gap for gap in gaps if gap < length}
    if len(gaps) == length:
        return
    frames = body(length, seed, skeleton.joint_count)
    frames[list(gaps)] = 0
    found = prepare(made_up([frames, body(7, 1, skeleton.joint_count)], skeleton=skeleton), RECIPE, ALL)
    head = next(j for j, name in enumerate(skeleton.joints) if name in ("head", "nose"))
    expected, recorded = as_the_recipe(frames, list(skeleton.root), head)
    np.testing.assert_allclose(found.sequences[0], expected, atol=1e-4)
    assert found.sequences.recorded_lengths.tolist() == [recorded, 7]
    assert found.sequences.lengths.tolist() == [48, 48]


def test_of_a_nameless_skeleton_the_farthest_joint_is_the_head_and_a_point_stays_a_point():
    skeleton = skeleton_of(7)
    frames = body(9, joints=7)
    frames[:, 4] *= 3
    found = prepare(made_up([frames], skeleton=skeleton), but(scaling="body"), ALL).sequences[0]
    assert np.linalg.norm(found[:, 4] - found[:, 0], axis=1).mean() == pytest.approx(1, abs=1e-5)
    point = np.ones((5, 7, 3), np.float32)
    found = prepare(made_up([point], skeleton=skeleton), but(scaling="body", centring="median"), ALL)
    assert not found.sequences.frames.any()


@pytest.mark.parametrize(("untracked", "length"), [("drop", 4), ("fill", 6), ("interpolate", 9), ("keep", 9)])
@pytest.mark.parametrize("resampled", [None, 30])
def test_how_long_a_sequence_was_is_handed_on(untracked, length, resampled):
    sequences = made_up([with_gaps(9, [0, 3, 4, 7, 8]), body(5)])
    preparation = but(untracked=untracked, frames=resampled)
    prepared = prepare(sequences, preparation, ALL).sequences
    assert prepared.recorded_lengths.tolist() == [length, 5]
    assert prepared.take([1, 0]).recorded_lengths.tolist() == [5, length]
    scale = scale_of(sequences, preparation, ALL[:2])
    later = prepare_every(sequences, preparation, scale)
    assert later.recorded_lengths.tolist() == [length, 5]
    np.testing.assert_array_equal(later.frames, prepared.frames)


# All of it on the real data


def test_the_real_set_in_its_default_preparation(real_data, har_home):
    from har_core.data.sources import load_source

    sequences = load_source(str(real_data / "msr_action3d")).sequences
    prepared = prepare(sequences, Preparation(), np.flatnonzero(sequences.subjects <= 5))
    assert len(prepared.sequences) == 557 and len(prepared.left_out) == 10
    assert np.isfinite(prepared.sequences.frames).all() and not prepared.sequences.untracked.any()
    training = [prepared.sequences[row] for row in np.flatnonzero(prepared.sequences.subjects <= 5)]
    assert len(training) == 266
    assert np.concatenate(training).min() == pytest.approx(-1, abs=1e-5)
    assert np.concatenate(training).max() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("untracked", UNTRACKED)
@pytest.mark.parametrize("frames", [None, 2, 7, 40])
@pytest.mark.parametrize("gaps", [(), (0,), (3, 4, 9), (0, 1, 11)])
def test_moments_are_those_of_a_joint_that_tells_the_time(untracked, frames, gaps):
    """A joint that lies at x = 1 in frame 0 and moves on by 1 each frame says which frame is shown."""
    clock = body(12)
    clock[:, 5, 0] = 1 + np.arange(12)
    lost = np.isin(np.arange(12), gaps)
    shown = clock * ~lost[:, None, None]
    preparation = but(untracked=untracked, frames=frames)
    moments = recorded_moments(lost, preparation)
    told = one(clock if untracked == "keep" else shown, preparation)[:, 5, 0] - 1
    # Before the first tracked frame there is nothing to interpolate from: it stands still, time does not.
    known = np.clip(moments, *np.flatnonzero(~lost)[[0, -1]]) if untracked == "interpolate" else moments
    np.testing.assert_allclose(told, known, atol=1e-5)
    assert np.all(np.diff(moments) > 0) and moments[-1] == 11 - (lost[11] and untracked in ("drop", "fill"))


@pytest.mark.parametrize("centring", CENTRINGS)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_positions_are_computed_with_rightly_or_refused(centring, scaling):
    """What float32 can't subtract is told; what it can gives the same as metres do."""
    preparation = but(centring=centring, scaling=scaling, frames=7)
    frames = body(9)
    for power in (100, 120, 124):
        large = np.ldexp(frames, power)
        if np.abs(large).max() > np.finfo(np.float32).max / 8:
            with pytest.raises(DataError, match="sequence row 0 has positions up to .*, expected at most"):
                one(large, preparation)
            continue
        expected = one(frames, preparation)
        scale = power if scaling == "none" else 0
        np.testing.assert_array_equal(one(large, preparation), np.ldexp(expected, scale))


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("frames", [None, 12])
def test_what_comes_later_is_prepared_as_if_it_had_been_there(frames, scaling):
    preparation = Preparation(frames=frames, scaling=scaling)
    parts = [body(length, seed) for seed, length in enumerate((9, 14, 11, 20))]
    parts[1][3:5] = 0
    everything, training = made_up(parts), np.array([0, 2])
    together = prepare(everything, preparation, training).sequences
    scale = scale_of(everything.take([0, 2]), preparation, np.array([0, 1]))
    later = prepare_every(everything.take([3, 1]), preparation, scale)
    np.testing.assert_array_equal(later[0], together[3])
    np.testing.assert_array_equal(later[1], together[1])


@pytest.mark.parametrize("untracked", UNTRACKED)
@pytest.mark.parametrize("scaling", SCALINGS)
def test_a_sequence_of_nothing_but_zeros_can_be_answered_for(untracked, scaling):
    preparation = Preparation(untracked=untracked, scaling=scaling)
    everything = made_up([body(9), np.zeros((5, 20, 3))])
    scale = scale_of(everything, preparation, ALL[:2])  # it is not measured on what can't be used
    with pytest.warns(UserWarning, match="never saw the body in row 1, all frames are zero"):
        found = prepare_every(everything, preparation, scale)
    assert (
        found[1].shape == (40, 20, 3)
        and np.isfinite(found[1]).all()
        and len(np.unique(found[1], axis=0)) == 1
    )
