"""A model's inputs are computed from positions in one place, which alone knows how many numbers they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from har_core.data import frame_spool
from har_core.data.frame_spool import MappedPages
from har_core.data.inputs import INPUTS, Input, all_inputs_of, inputs_of, width_of
from har_core.skeleton import FLORENCE_15, KINECT_20, KINECT_25, skeleton_of
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
