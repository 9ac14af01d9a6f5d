"""What files do not tell is found out of the data, said, and corrected by a choice."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.reading.data_set import LoadedSource
from har_core.data.reading.interpretation import interpret
from har_core.data.reading.layouts import arrange
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.sources import load_source
from har_core.errors import AmbiguousReadingError, DataError
from har_core.skeleton import KINECT_20, SKELETONS
from tests.data.reading.bodies import bodies, rivals
from tests.data.reading.brought_in import in_joints_of

LENGTHS = [31, 24, 40, 18, 27, 35]


def read(frames, choices: ReadingChoices = NOTHING_CHOSEN, **known) -> LoadedSource:
    ones = np.ones(len(frames), np.int64)
    return interpret(RawSequences(frames, ones, ones, None, "arrays", file="X.npy", **known), "mine", choices)


def said(loaded: LoadedSource, choice: str) -> str:
    return " ".join(assumed.sentence for assumed in loaded.assumptions if assumed.choice == choice)


def assert_same(loaded: LoadedSource, expected, tolerance: float = 1e-5) -> None:
    assert len(loaded.sequences) == len(expected)
    for ours, theirs in zip(loaded.sequences.each(), expected, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=tolerance)


# Skeletons


@pytest.mark.parametrize("name", SKELETONS)
def test_a_body_is_recognised_by_the_distances_of_its_joints(name: str) -> None:
    frames = bodies(SKELETONS[name], LENGTHS)
    loaded = read(frames)
    assert loaded.sequences.skeleton == SKELETONS[name]
    assert "the joints" in said(loaded, "skeleton").lower()
    assert_same(loaded, frames)


@pytest.mark.parametrize("name", ["msr-20", "kinect-sdk-20", "utd-20"])
def test_recordings_in_every_order_of_twenty_joints_are_recognised(recorded_frames, name: str) -> None:
    order = [KINECT_20.joints.index(joint) for joint in SKELETONS[name].joints]
    loaded = read([frames[:, order] for frames in recorded_frames])
    assert loaded.sequences.skeleton == SKELETONS[name]
    assert (loaded.axes, loaded.unit) == ("x,y,z", "metres")
    assert all(
        np.array_equal(a, b[:, order]) for a, b in zip(loaded.sequences.each(), recorded_frames, strict=True)
    )


def test_the_order_is_told_by_the_bones_that_differ() -> None:
    order = [KINECT_20.joints.index(joint) for joint in SKELETONS["kinect-sdk-20"].joints]
    recorded = [part[:, order] for part in load_source("synthetic").sequences.take(range(6)).each()]
    assert "next likely order, utd-20, the bones that differ would be 2." in said(read(recorded), "skeleton")


def test_two_skeletons_that_fit_as_well_are_asked_for() -> None:
    with pytest.raises(AmbiguousReadingError, match="choose the skeleton kinect-sdk-20 or utd-20") as caught:
        read(rivals(LENGTHS))
    assert (caught.value.choice, caught.value.choices) == ("skeleton", ("kinect-sdk-20", "utd-20"))
    for name in caught.value.choices:
        assert read(rivals(LENGTHS), ReadingChoices(skeleton=name)).sequences.skeleton == SKELETONS[name]


@pytest.mark.parametrize("name", ["coco-17", "openpose-18", "mediapipe-33"])
def test_recordings_seen_in_the_plane_are_recognised(name: str) -> None:
    recorded = load_source("synthetic").sequences.take(range(0, 567, 40))
    seen = [in_joints_of(part, SKELETONS[name])[:, :, :2] for part in recorded.each()]
    assert read(seen).sequences.skeleton == SKELETONS[name]


def test_joints_in_no_known_order_are_joined_to_the_nearest_and_the_choice_decides() -> None:
    order = np.random.default_rng(1).permutation(20)
    frames = [part[:, order] for part in bodies(KINECT_20, LENGTHS)]
    loaded = read(frames)
    skeleton = loaded.sequences.skeleton
    assert skeleton.name == "unknown-20" and len(skeleton.bones) == 19
    hands = {
        int(np.flatnonzero(order == KINECT_20.joints.index(name))[0]) for name in ("left_hand", "left_wrist")
    }
    assert any(set(bone) == hands for bone in skeleton.bones)
    assert "of no known skeleton" in said(loaded, "skeleton")
    chosen = read(frames, ReadingChoices(skeleton="msr-20"))
    assert chosen.sequences.skeleton == KINECT_20 and not said(chosen, "skeleton")
    with pytest.raises(DataError, match="kinect2-25 has 25 joints, the files 20: choose msr-20, kinect"):
        read(frames, ReadingChoices(skeleton="kinect2-25"))
    with pytest.raises(DataError, match="No skeleton is called 'nobody'"):
        read(frames, ReadingChoices(skeleton="nobody"))


# Axes and units


@pytest.mark.parametrize(
    ("axes", "turned"),
    [
        ("x,y,z", lambda f: f),
        ("x,-y,z", lambda f: f * (1, -1, 1)),
        ("x,z,y", lambda f: f[:, :, [0, 2, 1]]),
        ("x,-z,y", lambda f: f[:, :, [0, 2, 1]] * (1, 1, -1)),
    ],
)
@pytest.mark.parametrize(("unit", "in_metre"), [("metres", 1), ("millimetres", 1000), ("centimetres", 100)])
def test_bodies_are_turned_upright_and_measured_in_metres(axes, turned, unit, in_metre) -> None:
    frames = bodies(KINECT_20, LENGTHS)
    loaded = read([turned(part) * in_metre for part in frames])
    assert (loaded.axes, loaded.unit) == (axes, unit)
    assert_same(loaded, frames)
    assert unit in said(loaded, "unit") and said(loaded, "axes")
    untouched = read(
        [turned(part) * in_metre for part in frames], ReadingChoices(axes="x,y,z", unit="unknown")
    )
    assert_same(untouched, [turned(part) * in_metre for part in frames], 1e-3)
    assert not said(untouched, "axes") and not said(untouched, "unit")


def test_bodies_in_the_plane_are_drawn_flat() -> None:
    frames = bodies(SKELETONS["coco-17"], LENGTHS)
    screen = [part[:, :, :2] * (300, -300) + (320, 600) for part in frames]
    loaded = read(screen)
    assert (loaded.axes, loaded.unit, loaded.sequences.skeleton.name) == ("x,-y,0", "pixels", "coco-17")
    assert loaded.sequences.unit == "px" and read(frames).sequences.unit == "m"
    assert read(frames, ReadingChoices(unit="unknown")).sequences.unit == "units"
    for flat, part in zip(loaded.sequences.each(), screen, strict=True):
        assert not flat[:, :, 2].any()
        np.testing.assert_allclose(flat[:, :, :2], part * (1, -1), atol=1e-3)


def test_shares_of_an_image_are_not_called_metres() -> None:
    screen = [part * (0.3, -0.4, 0.3) + (0.5, 0.9, 0) for part in bodies(SKELETONS["mediapipe-33"], LENGTHS)]
    screen[0][3, 5] = (0.4, 1.2, 0.7)  # guessed below the image
    loaded = read(screen)
    assert (loaded.axes, loaded.unit, loaded.sequences.unit) == ("x,-y,z", "unknown", "units")
    assert "between 0 and 1, as shares of an image" in said(loaded, "unit")


def test_axes_and_units_that_are_none_are_told() -> None:
    frames = bodies(KINECT_20, LENGTHS)
    with pytest.raises(DataError, match="The axes 'x,x,z' are none"):
        read(frames, ReadingChoices(axes="x,x,z"))
    with pytest.raises(DataError, match="'feet' is no unit; choose metres"):
        read(frames, ReadingChoices(unit="feet"))


def test_the_rate_is_assumed_where_nobody_tells_it() -> None:
    frames = bodies(KINECT_20, LENGTHS)
    assert read(frames).rate == 15 and "15 frames a second are assumed" in said(read(frames), "rate")
    assert read(frames, rate=30.0).rate == 30 and not said(read(frames, rate=30.0), "rate")
    assert read(frames, ReadingChoices(rate=60.0), rate=30.0).rate == 60


# Missing joints


@pytest.mark.parametrize("mark", [np.nan, 0, -1, 9999])
def test_a_lost_joint_is_missing_and_no_lost_frame(mark) -> None:
    frames = bodies(KINECT_20, LENGTHS)
    lost = [part.copy() for part in frames]
    lost[2][5:9, 11] = mark
    loaded = read(lost)
    assert np.argwhere(np.isnan(loaded.sequences.frames[:, :, 0])).tolist() == [
        [60 + at, 11] for at in range(4)
    ]
    assert not loaded.sequences.untracked.any()
    assert loaded.notes == (
        "Joints are missing in 4 frames of 1 sequence: the preparation fills them in, or masks them.",
    )
    assert loaded.sequences.skeleton == KINECT_20


def test_frames_of_nothing_but_marks_are_untracked() -> None:
    frames = bodies(KINECT_20, LENGTHS)
    frames[1][3:5] = -1
    loaded = read(frames)
    assert np.flatnonzero(loaded.sequences.untracked).tolist() == [34, 35]


@pytest.mark.parametrize("mark", [np.nan, 0, -1])
def test_a_joint_that_never_comes_is_left_out_of_the_skeleton(mark) -> None:
    frames = bodies(KINECT_20, LENGTHS)
    for part in frames:
        part[:, KINECT_20.joints.index("left_elbow")] = mark
    loaded = read(frames)
    skeleton = loaded.sequences.skeleton
    assert "left_elbow" not in skeleton.joints and skeleton.joint_count == 19
    upper = {skeleton.joints.index("left_shoulder"), skeleton.joints.index("left_wrist")}
    assert any(set(bone) == upper for bone in skeleton.bones)
    assert "left_elbow never came" in said(loaded, "skeleton")
    assert np.isfinite(loaded.sequences.frames).all()


@pytest.mark.parametrize("joint", ["left_ankle", "right_foot", "head"])
def test_bodies_without_one_foot_are_turned_upright_all_the_same(joint) -> None:
    frames = [part[:, :, [0, 2, 1]] for part in bodies(KINECT_20, LENGTHS)]
    for part in frames:
        part[:, KINECT_20.joints.index(joint)] = 0
    loaded = read(frames)
    assert loaded.axes == "x,z,y"
    assert joint == "head" or "z points up" in said(loaded, "axes")


def test_the_joint_that_bodies_are_centred_on_is_none_that_never_comes() -> None:
    frames = [part - part[:, 6:7] for part in bodies(KINECT_20, LENGTHS)]
    loaded = read(frames)
    assert loaded.sequences.skeleton == KINECT_20 and not loaded.notes
    assert_same(loaded, frames)


def test_the_joint_that_sequences_begin_with_at_the_origin_is_none_that_was_lost() -> None:
    frames = [part - part[:1, 6:7] for part in bodies(KINECT_20, LENGTHS)]
    loaded = read(frames)
    assert not loaded.notes
    assert_same(loaded, frames)
    frames[1][4, 6] = 0  # later on the tracker lost it
    assert read(frames).notes[0].startswith("Joints are missing in 1 frame of 1 sequence")


# Padding


def padded(frames, kind):
    longest = max(map(len, frames))
    return [fill(part, longest, kind) for part in frames]


def fill(part, longest, kind):
    if kind == "from the start":
        return part[np.arange(longest) % len(part)]
    if kind == "repeated frame":
        return part[np.minimum(np.arange(longest), len(part) - 1)]
    rest = np.full((longest - len(part), *part.shape[1:]), kind)
    return np.concatenate([part, rest])


@pytest.mark.parametrize("kind", [0, -1, -10, -999, 7.25, np.nan, "repeated frame", "from the start"])
def test_padding_of_any_kind_is_found_whole(kind) -> None:
    frames = bodies(KINECT_20, LENGTHS)
    loaded = read(padded(frames, kind), equally_long=True)
    assert loaded.sequences.lengths.tolist() == LENGTHS
    assert_same(loaded, frames)
    assert "taken off 5 of 6 sequences" in loaded.padding and said(loaded, "padding")
    kept = read(padded(frames, kind), ReadingChoices(padding="none"), equally_long=True)
    assert set(kept.sequences.lengths.tolist()) == {40} and kept.padding == "no padding"
    chosen = read(padded(frames, kind), ReadingChoices(padding=str(kind)), equally_long=True)
    assert chosen.sequences.lengths.tolist() == LENGTHS and not said(chosen, "padding")


def test_a_single_frame_from_the_start_is_padding() -> None:
    frames = bodies(KINECT_20, [12, 12, 12, 13])
    assert_same(read(padded(frames, "from the start"), equally_long=True), frames)
    lost = [part.copy() for part in frames[:3]]
    for part in lost:
        part[[0, -1]] = 0
    assert read(lost, ReadingChoices(padding="from the start"), equally_long=True).padding == "no padding"


def test_a_pose_that_all_sequences_end_in_is_padding() -> None:
    frames = bodies(KINECT_20, LENGTHS)
    rest = bodies(KINECT_20, [1], seed=99)[0]
    filled = [np.concatenate([part, np.repeat(rest, 45 - len(part), axis=0)]) for part in frames]
    assert_same(read(filled, equally_long=True), frames)


def test_padding_that_is_none_is_told() -> None:
    with pytest.raises(DataError, match="'rubbish' is no padding; choose none, repeated frame"):
        read(bodies(KINECT_20, [20, 20]), ReadingChoices(padding="rubbish"), equally_long=True)


# Everything at once


LAYOUTS = {
    "N,T,J,3": lambda x: x,
    "N,T,3J": lambda x: x.reshape(*x.shape[:2], -1),
    "N,3J,T": lambda x: x.reshape(*x.shape[:2], -1).transpose(0, 2, 1),
    "N,3,J,T": lambda x: x.transpose(0, 3, 2, 1),
    "N,J,3,T": lambda x: x.transpose(0, 2, 3, 1),
    "N,T,3,J": lambda x: x.transpose(0, 1, 3, 2),
    "N,J,T,3": lambda x: x.transpose(0, 2, 1, 3),
    "N,3,T,J": lambda x: x.transpose(0, 3, 1, 2),
    "N,T,J3": lambda x: x.transpose(0, 1, 3, 2).reshape(*x.shape[:2], -1),
    "N,J3,T": lambda x: x.transpose(0, 1, 3, 2).reshape(*x.shape[:2], -1).transpose(0, 2, 1),
}
TURNS = {
    "x,y,z": lambda x: x,
    "x,-y,z": lambda x: x * (1, -1, 1),
    "x,z,y": lambda x: x[..., [0, 2, 1]],
    "x,-z,y": lambda x: x[..., [0, 2, 1]] * (1, 1, -1),
}


def read_array(x) -> LoadedSource:
    arranged = arrange(x, "X.npy")
    return read(arranged.frames, equally_long=arranged.equally_long, assumptions=arranged.assumptions)


@example(  # without every fourth number it goes in smaller steps
    name="kinect-sdk-20", layout="N,T,J3", axes="x,y,z", in_metre=1, kind=0, lengths=[12, 12, 15, 12]
)
@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    name=st.sampled_from(list(SKELETONS)),
    layout=st.sampled_from(list(LAYOUTS)),
    axes=st.sampled_from(list(TURNS)),
    in_metre=st.sampled_from([1, 100, 1000]),
    kind=st.sampled_from([0, -1, -999, np.nan, "repeated frame", "from the start"]),
    lengths=st.lists(st.integers(12, 40), min_size=4, max_size=6).filter(lambda found: len(set(found)) > 1),
)
def test_sequences_come_back_however_they_are_written_or_are_asked_about(
    name, layout, axes, in_metre, kind, lengths
) -> None:
    frames = bodies(SKELETONS[name], lengths, seed=7)
    x = np.stack(padded([TURNS[axes](part) * in_metre for part in frames], kind)).astype(np.float32)
    try:
        loaded = read_array(LAYOUTS[layout](x))
    except AmbiguousReadingError as error:
        assert layout in error.choices
        return
    assert loaded.sequences.skeleton == SKELETONS[name]
    assert loaded.axes == axes
    assert loaded.sequences.lengths.tolist() == lengths
    assert_same(loaded, frames, 1e-4)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("length", [15, 20, 25, 40])
def test_recordings_in_every_layout_are_recognised(recorded_frames, layout: str, length: int) -> None:
    x = np.stack([resampled(frames, length) for frames in recorded_frames[::6]])
    found = arrange(LAYOUTS[layout](x), "X.npy")
    np.testing.assert_array_equal(np.stack(found.frames), x)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_flat_recordings_and_those_with_a_confidence_are_recognised(recorded_frames, layout: str) -> None:
    x = np.stack([resampled(frames, 30) for frames in recorded_frames[::6]])
    flat = x[..., :2] * (300, -300) + (320, 240)
    sure = np.random.default_rng(0).random((*x.shape[:3], 1))
    for places in (flat, x):
        for confidence in ([], [sure]):
            array = LAYOUTS[layout](np.concatenate([places, *confidence], axis=3))
            found = arrange(array, "X.npy")
            np.testing.assert_array_equal(np.stack(found.frames), places)


def test_two_bodies_in_a_row_are_told_from_one_and_the_choice_decides() -> None:
    kinect = SKELETONS["kinect2-25"]
    first, second = (np.stack(bodies(kinect, [30] * 5, seed)) for seed in (0, 50))
    x = np.concatenate([first.reshape(5, 30, 75), second.reshape(5, 30, 75)], axis=2)
    found = arrange(x, "X.npy")
    np.testing.assert_array_equal(np.stack(found.frames), first)
    assert {assumed.choice for assumed in found.assumptions} == {"layout", "body"}
    np.testing.assert_array_equal(np.stack(arrange(x, "X.npy", body=2).frames), second)
    with pytest.raises(DataError, match="there is no body 3"):
        arrange(x, "X.npy", body=3)
    ntu = np.stack([first, second], axis=-1).transpose(0, 3, 1, 2, 4)  # N, C, T, V, M
    np.testing.assert_array_equal(np.stack(arrange(ntu, "X.npy", "N,3,T,J,M", 2).frames), second)


@pytest.fixture(scope="session")
def recorded_frames(real_data) -> list[np.ndarray]:
    x = np.load(real_data / "msr_action3d" / "X.npy", allow_pickle=True)
    return [frames for frames in x if frames.any()]


def resampled(frames: np.ndarray, length: int) -> np.ndarray:
    """Return so many frames of those that were tracked, on straight lines between them."""
    frames = frames[frames.any(axis=(1, 2))].astype(np.float64)
    places = np.linspace(0, len(frames) - 1, length)
    low = np.floor(places).astype(int)
    high, weight = np.minimum(low + 1, len(frames) - 1), (places - low)[:, None, None]
    return frames[low] * (1 - weight) + frames[high] * weight
