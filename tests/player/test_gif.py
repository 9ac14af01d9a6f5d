"""The GIF, opened with Pillow: its time, and the colours where the joints have to be."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageColor

from har_core.player.camera import VIEWS, View
from har_core.player.clips import Clip
from har_core.player.gif import FAINT_COLOURS, SIDE_COLOURS, animation
from har_core.skeleton import KINECT_20, skeleton_of

TITLE_HEIGHT = 48
FOOT_HEIGHT = 46


def made_up_clip(length: int, seed: int) -> Clip:
    """Joints at random places, so far apart that most of them are seen."""
    frames = np.random.default_rng(seed).uniform(-1, 1, (length, 20, 3)).astype(np.float32)
    return Clip(f"clip {seed}", frames, np.zeros(length, bool), KINECT_20)


def pictures(clips: list[Clip], **options: object) -> list[np.ndarray]:
    image = Image.open(BytesIO(animation(clips, **options)))  # type: ignore[arg-type]
    found = []
    for frame in range(image.n_frames):
        image.seek(frame)
        found.append(np.asarray(image.convert("RGB")).astype(int))
    return found


def has_colour(picture: np.ndarray, colour: str) -> np.ndarray:
    """Say for each pixel whether it has a colour, as nearly as a palette gives it."""
    return np.abs(picture - np.array(ImageColor.getrgb(colour))).max(axis=-1) <= 8


def expected_places(clip: Clip, frame: int, view: View, size: int) -> np.ndarray:
    """Project a frame with rotation matrices; return pixels (J, 2)."""
    points = clip.frames.reshape(-1, 3).astype(float)
    extent = np.ptp(points, axis=0)
    seen = (clip.frames[frame] - (points.min(axis=0) + points.max(axis=0)) / 2) / (extent.max() / 2)
    (cos_yaw, cos_pitch), (sin_yaw, sin_pitch) = np.cos(VIEWS[view]), np.sin(VIEWS[view])
    seen = seen @ np.array([[cos_yaw, 0, sin_yaw], [0, 1, 0], [-sin_yaw, 0, cos_yaw]]).T
    seen = seen @ np.array([[1, 0, 0], [0, cos_pitch, sin_pitch], [0, -sin_pitch, cos_pitch]]).T
    across = max(extent[0], extent[2], extent.max() / 2) / extent.max()
    pixels = min(size / across, size) / 2 / 1.16 * 6 / (6 + seen[:, 2:])
    return size / 2 + seen[:, :2] * [1, -1] * pixels


@pytest.mark.parametrize("view", list(VIEWS))
def test_joints_have_the_colour_of_their_side_where_the_camera_sees_them(view: View) -> None:
    clip = made_up_clip(6, seed=1)
    for frame, picture in enumerate(pictures([clip], view=view)):
        places = expected_places(clip, frame, view, 360)
        # Joints are drawn over all bones: those that no other joint covers have to be seen.
        apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) + 99 * np.eye(20)
        free = np.flatnonzero((apart.min(axis=1) > 20) & np.all((places > 8) & (places < 352), axis=1))
        assert len(free) >= 5
        for joint in free:
            x, y = np.floor(places[joint]).astype(int)
            colour = SIDE_COLOURS[KINECT_20.joint_sides[joint]]
            assert has_colour(picture[y + TITLE_HEIGHT, x], colour), KINECT_20.joints[joint]


def test_frames_last_as_long_as_they_were_recorded_and_come_again_forever() -> None:
    image = Image.open(BytesIO(animation([made_up_clip(31, seed=2)])))
    assert image.n_frames == 31
    durations = []
    for frame in range(image.n_frames):
        image.seek(frame)
        durations.append(image.info["duration"])
    assert set(durations) == {60, 70}
    assert sum(durations) == pytest.approx(31 * 1000 / 15, abs=5)
    assert image.info["loop"] == 0


def test_untracked_frame_is_the_last_tracked_pose_in_faint_colours() -> None:
    whole = made_up_clip(4, seed=3)
    lost = Clip(whole.title, whole.frames, np.array([False, False, True, False]), KINECT_20)
    shown = pictures([lost])
    assert len(shown) == 4
    shown = [picture[:-FOOT_HEIGHT] for picture in shown]
    for side in ("left", "right"):
        before, pale = has_colour(shown[1], SIDE_COLOURS[side]), has_colour(shown[2], FAINT_COLOURS[side])
        assert before.any()
        assert not has_colour(shown[2], SIDE_COLOURS[side]).any()
        assert pale[before].mean() > 0.98  # the same pixels
        assert has_colour(shown[3], SIDE_COLOURS[side]).any()


def test_clips_stand_side_by_side_and_the_shorter_holds_its_last_frame() -> None:
    long, short = made_up_clip(8, seed=4), made_up_clip(3, seed=5)
    shown = pictures([long, short], width=200, height=200)
    assert len(shown) == 8
    left, right = shown[5][:-FOOT_HEIGHT, :200], shown[5][:-FOOT_HEIGHT, 200:]
    assert left.shape == right.shape
    np.testing.assert_array_equal(right, shown[2][:-FOOT_HEIGHT, 200:])
    assert np.any(left != shown[2][:-FOOT_HEIGHT, :200])


def test_twelve_clips_stand_in_rows_of_four() -> None:
    shown = pictures([made_up_clip(2, seed) for seed in range(12)], width=100, height=100)
    assert shown[0].shape[1] == 4 * 100
    assert shown[0].shape[0] >= 3 * 100


def test_note_is_written_into_the_picture() -> None:
    clip = made_up_clip(2, seed=6)
    plain, noted = pictures([clip]), pictures([clip], note="Synthetic data")
    changed = np.argwhere(np.any(plain[0] != noted[0], axis=2))
    assert len(changed) > 50
    assert changed[:, 0].min() >= 360 + TITLE_HEIGHT  # below the figure


def test_clip_that_was_never_tracked_has_no_figure() -> None:
    clip = Clip("lost", np.zeros((3, 20, 3), np.float32), np.ones(3, bool), KINECT_20)
    for picture in pictures([clip]):
        for side in ("left", "right"):
            assert not has_colour(picture[:-FOOT_HEIGHT], SIDE_COLOURS[side]).any()


def test_foot_says_which_colour_is_which_side_where_a_skeleton_has_sides() -> None:
    clip = made_up_clip(2, seed=7)
    points = Clip(clip.title, clip.frames[:, :13], clip.untracked, skeleton_of(13))
    for shown, told in ((clip, True), (points, False)):
        (foot, *_) = (picture[-FOOT_HEIGHT:] for picture in pictures([shown]))
        for side in ("left", "right"):
            assert has_colour(foot, SIDE_COLOURS[side]).any() == told


def test_frames_last_as_long_as_their_rate_says() -> None:
    image = Image.open(BytesIO(animation([replace(made_up_clip(5, seed=2), rate=25)])))
    assert image.info["duration"] == 40
