"""A model's inputs are computed from positions in one place, which alone knows how many numbers they are."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from har_core.data import frame_spool
from har_core.data.body_roles import roles_of
from har_core.data.frame_spool import MappedPages
from har_core.data.inputs import (
    INPUTS,
    Input,
    View,
    all_inputs_of,
    inputs_of,
    inputs_of_batch,
    say_missing_limbs,
    width_of,
)
from har_core.data.preparation import Preparation
from har_core.skeleton import FLORENCE_15, KINECT_20, KINECT_25, KINECT_SDK_20, skeleton_of
from har_core.training.fit import fit
from har_core.training.parts import assemble

positions_of = arrays.arrays(
    np.float32, some.tuples(some.integers(1, 9), some.just(4), some.just(3)),
    elements=some.floats(-1e6, 1e6, width=32),
)  # fmt: skip


@given(positions_of)
def test_velocities_are_what_a_loop_over_the_frames_gives(frames):
    found = inputs_of(["velocities"], frames, skeleton_of(4))
    assert found.shape == (len(frames), 12) and found.dtype == np.float32
    for moment in range(len(frames)):
        for joint in range(4):
            for axis in range(3):
                before = frames[moment - 1, joint, axis] if moment else frames[0, joint, axis]
                assert found[moment, 3 * joint + axis] == frames[moment, joint, axis] - before


def by_loops(frames, skeleton, recorded) -> dict[str, np.ndarray]:
    """The inputs of the recipe, written down number by number."""
    x, pace = frames.astype(np.float64), (40 / (recorded - 1)) ** 0.5
    found = {
        "hip-relative": [[place - np.mean([f[j] for j in skeleton.root], axis=0) for place in f] for f in x],
        "bones": [[f[b] - f[a] for a, b in skeleton.bones] for f in x],
        "deviation": x - sum(x) / len(x),
    }
    for over in (1, 4):
        moved = np.zeros_like(x)
        for t in range(len(x) - over):
            moved[t + over // 2] = x[t + over] - x[t]
        found |= {f"motion-{over}": moved, f"paced-motion-{over}": moved * pace}
    far = ("wrist", "hand", "foot", "head") if "left_foot" in skeleton.joints else ("wrist", "ankle", "head")
    ends = [j for j, name in enumerate(skeleton.joints) if name.split("_")[-1] in far]
    going = np.zeros((len(x), len(ends), 3))
    for t in range(1, len(x) - 1):
        step = x[t + 1, ends] - x[t - 1, ends]
        going[t] = step / (np.linalg.norm(step, axis=1, keepdims=True) + 0.03)
    return {name: np.reshape(each, (len(x), -1)) for name, each in (found | {"directions": going}).items()}


@pytest.mark.parametrize("skeleton", [KINECT_20, KINECT_SDK_20, KINECT_25, FLORENCE_15], ids=lambda s: s.name)
@pytest.mark.parametrize("length", [1, 2, 3, 4, 5, 48])
def test_inputs_are_what_is_said_of_them(skeleton, length):
    frames = np.random.default_rng(length).normal(0, 1, (length, skeleton.joint_count, 3)).astype(np.float32)
    expected = by_loops(frames, skeleton, 90)
    assert expected.keys() == INPUTS.keys() - {"positions", "velocities"}
    for name, numbers in expected.items():
        found = inputs_of([name], frames, skeleton, 90)
        assert found.dtype == np.float32 and found.shape == (length, width_of([name], skeleton))
        np.testing.assert_allclose(found, numbers, atol=2e-6)


def test_the_inputs_of_the_recipe_are_as_wide_as_it_says():
    assert width_of(["paced-motion-1", "paced-motion-4", "directions"], KINECT_20) == 141
    assert width_of(["deviation", "motion-1", "motion-4", "directions"], KINECT_20) == 201


@pytest.mark.parametrize("skeleton", [KINECT_20, FLORENCE_15, skeleton_of(7)], ids=lambda s: s.name)
@pytest.mark.parametrize("lengths", [[9, 9, 9], [1, 1], [6], [4, 9, 1]], ids=str)
def test_inputs_of_a_batch_are_those_of_each_of_its_sequences(skeleton, lengths, monkeypatch):
    monkeypatch.setitem(
        INPUTS, "heights", Input("Heights", "For a test.", lambda its, skeleton: its[:, :, 1])
    )
    random, sizes = np.random.default_rng(3), np.array(lengths)
    parts = [random.normal(0, 1, (n, skeleton.joint_count, 3)).astype(np.float32) for n in lengths]
    recorded = 3 + 50 * random.random(len(lengths))
    together = [name for name in INPUTS if name != "heights"]
    for names, view in product((together, list(INPUTS), ["paced-motion-1"]), VIEWS):
        found = inputs_of_batch(names, np.concatenate(parts), sizes, skeleton, recorded, view)
        each = [
            inputs_of(names, its, skeleton, length, view) for its, length in zip(parts, recorded, strict=True)
        ]
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, np.concatenate(each), atol=1e-6)


def test_of_a_nameless_skeleton_there_is_what_can_be_had():
    frames = np.random.default_rng(0).normal(0, 1, (6, 7, 3)).astype(np.float32)
    for name in INPUTS:
        assert inputs_of([name], frames, skeleton_of(7)).shape == (6, 21)
    seen = (frames - frames[:, :1]).reshape(6, 21)
    for name in ("hip-relative", "bones"):
        np.testing.assert_array_equal(inputs_of([name], frames, skeleton_of(7)), seen)


LIMBS = "shoulder elbow wrist hand hip knee ankle foot".split()
VIEWS = [View(axes, joints) for axes in ("xyz", "xy") for joints in ("all", "limbs")]


@pytest.mark.parametrize("view", VIEWS, ids=str)
@pytest.mark.parametrize("skeleton", [KINECT_20, FLORENCE_15, skeleton_of(7)], ids=lambda s: s.name)
@given(random=some.integers(0, 999), length=some.integers(1, 6))
def test_a_view_leaves_the_numbers_of_its_axes_and_joints(skeleton, view, random, length):
    """Of each input, computed of the body without depth, those that a loop over names and axes picks."""
    size = (length, skeleton.joint_count, 3)
    frames = np.random.default_rng(random).normal(0, 1, size).astype(np.float32)
    seen = frames * np.float32([1, 1, 0]) if view.axes == "xy" else frames
    limbs = [j for j, name in enumerate(skeleton.joints) if name.split("_")[-1] in LIMBS and "_c" not in name]
    every = [[j] for j in range(skeleton.joint_count)]
    owners = {name: every for name in INPUTS}
    owners["bones"] = skeleton.bones or every
    owners["directions"] = [[j] for j in roles_of(skeleton).ends]
    for name in INPUTS:
        whole = inputs_of([name], seen, skeleton, 90).reshape(length, -1, 3)
        wanted = [
            whole[:, place, "xyz".index(axis)]
            for place, joints in enumerate(owners[name])
            for axis in view.axes
            if view.joints == "all" or not limbs or all(joint in limbs for joint in joints)
        ]
        found = inputs_of([name], frames, skeleton, 90, view)
        np.testing.assert_array_equal(found, np.stack(wanted, axis=1))
        assert found.shape[1] == width_of([name], skeleton, view)


def test_views_are_as_wide_as_is_counted_by_hand():
    hands = View(joints="limbs")
    assert width_of(["positions"], KINECT_20, hands) == 3 * 16
    assert width_of(["positions"], KINECT_20, View("xy", "limbs")) == 2 * 16
    assert width_of(["bones"], KINECT_20, hands) == 3 * 12  # three of each arm and leg
    assert width_of(["directions"], KINECT_20, hands) == 3 * 6  # not the head
    assert width_of(["positions", "directions"], KINECT_20, View("xy")) == 2 * 27


def test_a_skeleton_without_names_is_given_whole_and_that_is_said():
    assert width_of(["positions"], skeleton_of(7), View(joints="limbs")) == 21
    assert say_missing_limbs(View(joints="limbs"), skeleton_of(7)) == (
        "No joint of this skeleton is named as one of an arm or a leg, so all joints are given."
    )
    assert (
        say_missing_limbs(View(joints="limbs"), KINECT_20) == say_missing_limbs(View(), skeleton_of(7)) == ""
    )


def test_each_sequence_has_a_pace_of_its_own_wherever_inputs_are_computed(small_config, small_sequences):
    """That of its recorded length, also where some sequences are taken out."""
    names, preparation = ("paced-motion-4",), Preparation(frames=20)
    config = small_config.model_copy(update={"inputs": names, "preparation": preparation})
    data = assemble(config, small_sequences)
    assert set(data.sequences.lengths) == {20} and len(set(data.sequences.recorded_lengths)) > 1
    everything = all_inputs_of(names, data.sequences)
    for row in data.rows["test"]:
        recorded = int((~small_sequences.untracked_in(small_sequences.row_of(data.sequences.ids[row]))).sum())
        motion = inputs_of(["motion-4"], data.sequences[row], KINECT_20)
        expected = motion * np.sqrt(40 / (recorded - 1))
        np.testing.assert_allclose(everything[20 * row : 20 * row + 20], expected, atol=1e-6)
        np.testing.assert_allclose(all_inputs_of(names, data.sequences.take([row])), expected, atol=1e-6)


def test_several_inputs_are_joined_in_the_order_of_their_names(small_sequences):
    frames, names = small_sequences[3], ["velocities", "positions"]
    found = inputs_of(names, frames, KINECT_20)
    np.testing.assert_array_equal(found[:, 60:], frames.reshape(len(frames), 60))
    np.testing.assert_array_equal(found[1:, :60], (frames[1:] - frames[:-1]).reshape(-1, 60))
    assert not found[0, :60].any()


@pytest.mark.parametrize("skeleton", [KINECT_20, KINECT_25, FLORENCE_15, skeleton_of(1)])
def test_how_wide_inputs_are_is_how_wide_they_turn_out(skeleton):
    frames = np.ones((5, skeleton.joint_count, 3), np.float32)
    for names in (["positions"], ["velocities"], list(INPUTS)):
        assert inputs_of(names, frames, skeleton).shape == (5, width_of(names, skeleton))
    assert width_of(["positions"], skeleton) == width_of(["velocities"], skeleton)


def test_no_sequence_sees_a_frame_of_its_neighbour(small_sequences):
    found = all_inputs_of(["velocities"], small_sequences)
    assert not found[small_sequences.offsets[:-1]].any()
    for row in (0, 1, 71):
        start, end = small_sequences.offsets[row : row + 2]
        alone = inputs_of(["velocities"], small_sequences[row], KINECT_20)
        np.testing.assert_array_equal(found[start:end], alone)


def test_positions_alone_are_the_frames_themselves(small_sequences):
    assert np.shares_memory(all_inputs_of(["positions"], small_sequences), small_sequences.frames)


def test_inputs_of_a_large_set_are_mapped_and_train_to_the_same_bits(
    small_config, small_sequences, har_home, monkeypatch
):
    config = small_config.model_copy(update={"inputs": ("velocities", "positions")}).trained(epochs=3)
    records = []
    for most in (frame_spool.MOST_IN_MEMORY, 1000):
        monkeypatch.setattr(frame_spool, "MOST_IN_MEMORY", most)
        data = assemble(config, small_sequences)
        assert data.input_count == data.parts["train"].sequences.frames.shape[1] == 120
        assert data.parts["train"].pages.mapped == MappedPages(data.sequences.frames).mapped == (most == 1000)
        records.append([(record.train_loss, record.test_loss) for record in fit(config, data)])
    assert records[0] == records[1]
    assert list((har_home / "cache").iterdir()) == []


def test_a_function_that_does_not_give_a_row_for_each_frame_is_told():
    one_row = Input("Mean", "The mean pose.", lambda frames, skeleton: frames.mean(axis=(0, 2))[None])
    with pytest.raises(ValueError, match=r"Mean of 3 frames has shape \(1, 20\), expected \(T, F\)"):
        one_row.of(np.zeros((3, 20, 3), np.float32), KINECT_20)
