"""Whether bodies are seen as in a mirror is told by where they look, and where their left is."""

from dataclasses import replace

import numpy as np
import pytest

from har_core.data.mirroring import as_mirrored_as, is_mirrored
from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.sources import load_source
from har_core.skeleton import COCO_17, FLORENCE_15, KINECT_20, MEDIAPIPE_33, Skeleton, nameless
from tests.data.reading.bodies import bodies


def seen(skeleton: Skeleton, times: tuple[int, int, int] = (1, 1, 1)) -> SkeletonSequences:
    """Two people face to face with the viewer, each place times these numbers."""
    return SkeletonSequences.from_list(
        [frames * times for frames in bodies(skeleton, [20, 30])], labels=[0, 0], subjects=[1, 2],
        ids=["one", "two"], actions=[Action(1, "wave")], skeleton=skeleton, source="mine",
    )  # fmt: skip


@pytest.mark.parametrize(
    "skeleton", [KINECT_20, MEDIAPIPE_33, COCO_17, FLORENCE_15], ids=lambda each: each.name
)
def test_a_mirror_is_told(skeleton):
    assert is_mirrored(seen(skeleton)) is False and is_mirrored(seen(skeleton, (-1, 1, 1))) is True


def test_who_has_turned_round_is_no_mirror():
    assert is_mirrored(seen(KINECT_20, (-1, 1, -1))) is False
    assert is_mirrored(seen(KINECT_20, (1, 1, -1))) is True


def test_nothing_tells_of_joints_without_names_or_of_people_who_differ():
    assert is_mirrored(replace(seen(KINECT_20), skeleton=nameless(20))) is None
    frames = seen(KINECT_20).frames.copy()
    frames[::2, :, 0] *= -1
    assert is_mirrored(replace(seen(KINECT_20), frames=frames)) is None


def test_left_and_right_are_exchanged_where_others_have_them_so_and_that_is_said():
    mirror, opposite = seen(KINECT_20, (-1, 1, 1)), seen(KINECT_20)
    turned, notes = as_mirrored_as(opposite, mirror)
    np.testing.assert_array_equal(turned.frames, mirror.frames)
    assert notes[0].startswith(
        "These bodies are seen face to face, and those that the run was trained on as in a"
    )
    back, notes = as_mirrored_as(mirror, opposite)
    np.testing.assert_array_equal(back.frames, opposite.frames)
    assert notes[0].startswith(
        "These bodies are seen as in a mirror, and those that the run was trained on face to"
    )
    assert as_mirrored_as(mirror, mirror) == (mirror, ())


def test_kinects_recordings_are_as_in_a_mirror(real_data):
    assert is_mirrored(load_source(str(real_data / "msr_action3d")).sequences) is True
    assert is_mirrored(load_source("synthetic").sequences) is True
