"""Whatever the layout of X.npy, the same sequences come out of it."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from har_core.data.msr_action3d import LITERATURE_IDS
from har_core.data.reading import layouts
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.reading.interpretation import interpret
from har_core.data.reading.layouts import COMMON_LAYOUTS, RARE_LAYOUTS
from har_core.data.reading.raw_sequences import RawSequences
from har_core.errors import AmbiguousReadingError, DataError
from har_core.skeleton import KINECT_25
from tests.data.reading.bodies import body

# How (N, T, J, 3) becomes each layout, written down apart from the program's own way back.
MAKE = {
    "N,T,J,3": lambda x: x,
    "N,T,3J": lambda x: np.stack([sequence.reshape(len(sequence), -1) for sequence in x]),
    "N,3J,T": lambda x: np.stack([sequence.reshape(len(sequence), -1).T for sequence in x]),
    "N,3,J,T": lambda x: np.einsum("ntjc->ncjt", x),
    "N,J,3,T": lambda x: np.einsum("ntjc->njct", x),
    "N,T,3,J": lambda x: np.einsum("ntjc->ntcj", x),
    "N,J,T,3": lambda x: np.einsum("ntjc->njtc", x),
    "N,3,T,J": lambda x: np.einsum("ntjc->nctj", x),
}
KINDS = ("zero", "NaN", "repeated frame")


@dataclass(frozen=True)
class Arranged:
    sequences: list
    layout: str
    notes: tuple


def arrange(x, name, layout=None) -> Arranged:
    """Read an array as the numpy reader does, with labels that mean nothing."""
    arranged = layouts.arrange(x, name, layout)
    ones = np.ones(len(arranged.frames), np.int64)
    raw = RawSequences(
        arranged.frames, ones, ones, None, arranged.layout, file=name, equally_long=arranged.equally_long
    )
    loaded = interpret(raw, "mine", NOTHING_CHOSEN if layout is None else ReadingChoices(layout=layout))
    return Arranged(list(loaded.sequences.each()), loaded.layout, loaded.notes)


def made_up(lengths=(13, 40, 27, 38), joints=20):
    """Sequences in which no two frames are alike and none is zero."""
    random = np.random.default_rng(0)
    return [random.uniform(0.5, 3, (length, joints, 3)).astype(np.float32) for length in lengths]


def pad(sequences, kind, side):
    longest = max(map(len, sequences))
    padded = []
    for frames in sequences:
        end = frames[-1:] if side == "end" else frames[:1]
        filler = {"zero": np.zeros_like(end), "NaN": np.full_like(end, np.nan), "repeated frame": end}[kind]
        run = np.repeat(filler, longest - len(frames), axis=0)
        padded.append(np.concatenate([frames, run] if side == "end" else [run, frames]))
    return np.stack(padded)


def as_objects(items):
    array = np.empty(len(items), object)
    for row, item in enumerate(items):
        array[row] = item
    return array


def without_untracked(frames, side):
    """Take untracked frames off one side, but for one of a sequence that has no other."""
    inwards = frames[::-1] if side == "end" else frames
    tracked = inwards.any(axis=(1, 2))
    kept = inwards[int(np.argmax(tracked)) :] if tracked.any() else inwards[:1]
    return kept[::-1] if side == "end" else kept


def assert_same(result, expected):
    assert len(result) == len(expected)
    for ours, theirs in zip(result, expected, strict=True):
        assert ours.dtype == np.float32
        np.testing.assert_array_equal(ours, theirs)


@pytest.fixture(params=["made up", "recorded"])
def sequences(request):
    """Sequences of the 557 list, of at most 76 frames; or made up where the real data are not needed."""
    if request.param == "made up":
        return made_up()
    folder = request.getfixturevalue("real_data") / "msr_action3d"
    x = np.load(folder / "X.npy", allow_pickle=True)
    ids = np.load(folder / "ids.npy")
    return [x[row] for row in range(len(x)) if ids[row] in LITERATURE_IDS]


@pytest.mark.parametrize("layout", COMMON_LAYOUTS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("side", ["end", "front"])
def test_every_layout_and_padding_gives_the_same_sequences_back(sequences, layout, kind, side):
    arranged = arrange(MAKE[layout](pad(sequences, kind, side)), "X.npy")
    where = "at the end" if side == "end" else "in front"
    assert f"{kind} padding {where} taken off" in arranged.layout
    if kind == "NaN":
        assert_same(arranged.sequences, sequences)
    else:  # what the tracker lost at that side can't be told from padding
        assert_same(
            [without_untracked(frames, side) for frames in arranged.sequences],
            [without_untracked(frames, side) for frames in sequences],
        )
        lost = sum(not frames[-1 if side == "end" else 0].any() for frames in sequences)
        changed = sum(len(a) != len(b) for a, b in zip(arranged.sequences, sequences, strict=True))
        assert changed <= lost <= 3


@pytest.mark.parametrize(
    ("shape", "make"),
    [
        ("(T, 20, 3)", lambda frames: frames),
        ("(T, 60)", lambda frames: frames.reshape(len(frames), 60)),
        ("(60, T)", lambda frames: frames.reshape(len(frames), 60).T),
        ("(T, 3, 20)", lambda frames: frames.transpose(0, 2, 1)),
    ],
)
def test_object_arrays_give_exactly_the_same_sequences_back(sequences, shape, make):
    arranged = arrange(as_objects([make(frames) for frames in sequences]), "X.npy")
    assert_same(arranged.sequences, sequences)
    lengths = f"lengths 13 to {max(map(len, sequences))}"
    count = len(sequences)
    assert arranged.layout == (
        f"object array ({count},) of {count} float32 sequences {shape}, {lengths}, no padding"
    )


def test_all_567_come_back_from_one_padded_array(real_data):
    x = np.load(real_data / "msr_action3d" / "X.npy", allow_pickle=True)
    arranged = arrange(pad(list(x), "NaN", "end"), "X.npy")
    assert_same(arranged.sequences, list(x))
    assert arranged.layout == (
        "float32 array (567, 936, 20, 3) of 567 sequences (T, 20, 3), lengths 13 to 936, "
        "NaN padding at the end taken off 566 of them"
    )


@pytest.mark.parametrize("filler", [0, np.nan])
def test_a_sequence_that_is_only_padding_keeps_one_zero_frame(filler):
    kind = "zero" if filler == 0 else "NaN"
    sequences = [*made_up(), np.full((5, 20, 3), filler, np.float32)]
    arranged = arrange(pad(sequences, kind, "end"), "X.npy")
    assert_same(arranged.sequences, [*made_up(), np.zeros((1, 20, 3))])


@pytest.mark.parametrize("dtype", ["f2", ">f4", "f8", ">f8", "g", "i2", ">i4", "i8", "u2"])
def test_any_type_of_number_and_order_of_memory_is_read(dtype):
    whole = np.stack([np.rint(frames * 1000) for frames in made_up((40, 40))]).astype(dtype)
    for array in (whole, np.asfortranarray(whole), whole[:, :, ::-1][:, :, ::-1]):
        # Bodies of two thousand are measured in millimetres.
        assert_same(arrange(array, "X.npy").sequences, list(whole.astype(np.float32) / np.float32(1000)))


@pytest.mark.parametrize("joints", [15, 20, 25, 17])
def test_other_joint_counts_load(joints):
    sequences = made_up((13, 40, 27), joints)
    for array in (as_objects(sequences), pad(sequences, "zero", "end")):
        assert_same(arrange(array, "X.npy").sequences, sequences)


@pytest.mark.parametrize(
    ("shape", "choices"),
    [
        ((4, 60, 60), ("N,T,3J", "N,3J,T")),
        ((4, 75, 60), ("N,T,3J", "N,3J,T")),
        ((4, 30, 48), ("N,T,3J", "N,3J,T")),
        ((4, 20, 3, 20), ("N,J,3,T", "N,T,3,J")),
        ((4, 25, 3, 20), ("N,J,3,T", "N,T,3,J")),
        ((4, 3, 20, 3), ("N,T,J,3", "N,3,J,T")),
        ((4, 20, 16, 3), ("N,T,J,3", "N,J,T,3")),
    ],
)
def test_what_cannot_be_told_apart_asks_and_the_answer_decides(shape, choices):
    x = np.random.default_rng(0).normal(size=shape)
    with pytest.raises(
        AmbiguousReadingError, match=r"^X\.npy has shape .* fits more than one layout"
    ) as caught:
        arrange(x, "X.npy")
    assert caught.value.choices == choices
    for choice in choices:
        assert choice in str(caught.value)
        frames = np.stack(arrange(x, "X.npy", choice).sequences)
        np.testing.assert_array_equal(MAKE[choice](frames), x.astype(np.float32))


@pytest.mark.parametrize(
    ("shape", "layout"),
    [
        ((4, 20, 20, 3), "N,T,J,3"),
        ((4, 25, 20, 3), "N,T,J,3"),
        ((4, 76, 60), "N,T,3J"),
        ((4, 60, 76), "N,3J,T"),
        ((4, 30, 60), "N,T,3J"),
        ((4, 60, 30), "N,3J,T"),
        ((4, 3, 20, 30), "N,3,J,T"),
        ((4, 3, 30, 20), "N,3,T,J"),
        ((4, 20, 76, 3), "N,J,T,3"),
    ],
)
def test_a_known_joint_count_decides(shape, layout):
    x = np.random.default_rng(0).normal(size=shape)
    if layout in RARE_LAYOUTS:  # seventy-six joints are possible, so these ask
        with pytest.raises(AmbiguousReadingError) as caught:
            arrange(x, "X.npy")
        assert layout in caught.value.choices
        return
    frames = np.stack(arrange(x, "X.npy").sequences)
    np.testing.assert_array_equal(MAKE[layout](frames), x.astype(np.float32))


@pytest.mark.parametrize("second", [0, 2])
def test_a_second_body_that_is_mostly_absent_is_no_coordinate(second):
    """As graph networks take NTU RGB+D: (N, 3, T, 25, 2), and who is alone has a second body of zeros."""
    moving = [body(KINECT_25, 40, row) for row in range(12)]
    x = np.zeros((12, 3, 40, 25, 2), np.float32)
    for row, frames in enumerate(moving):
        x[row, ..., 0] = frames.transpose(2, 0, 1)
        if row < second:
            x[row, ..., 1] = body(KINECT_25, 40, row + 70).transpose(2, 0, 1) + 1
    result = arrange(x, "X.npy")
    assert "25 joints with x, y and z, body 1 of 2" in result.layout
    assert_same(result.sequences, [frames.astype(np.float32) for frames in moving])


def test_few_untracked_ends_are_no_padding():
    sequences = [frames.copy() for frames in made_up((30,) * 21)]
    for frames in sequences[:2]:
        frames[-4:] = 0
    assert_same(arrange(np.stack(sequences), "X.npy").sequences, sequences)


def test_a_joint_with_a_broken_value_is_missing_and_a_frame_of_nothing_else_untracked():
    sequences = [frames.copy() for frames in made_up()]
    sequences[1][3, 4, 1] = np.nan
    sequences[1][5, 0, 0] = np.nan
    sequences[2][7] = np.nan
    arranged = arrange(as_objects(sequences), "X.npy")
    assert [int((~s.any(axis=(1, 2))).sum()) for s in arranged.sequences] == [0, 0, 1, 0]
    assert np.argwhere(np.isnan(arranged.sequences[1])[:, :, 0]).tolist() == [[3, 4], [5, 0]]
    assert np.isnan(arranged.sequences[1][3, 4]).all()
    assert arranged.notes == (
        "Joints are missing in 2 frames of 1 sequence: the preparation fills them in, or masks them.",
        "NaN stands in all joints of 1 frame of 1 sequence: such frames count as untracked.",
    )
    np.testing.assert_array_equal(arranged.sequences[1][4], sequences[1][4])


@pytest.mark.parametrize("layout", ["N,T,J,3", "N,T,3J", "N,3,J,T"])
@pytest.mark.parametrize("kind", [np.inf, -np.inf])
def test_an_infinite_value_is_refused_where_it_stands(layout, kind):
    sequences = [frames.copy() for frames in made_up((30, 30))]
    sequences[1][5, 3, 1] = kind
    with pytest.raises(
        DataError, match=r"^X\.npy: sequence 2 holds infinite values \(first in frame 6, joint 4, y\)"
    ):
        arrange(MAKE[layout](np.stack(sequences)), "X.npy")


def test_nothing_but_infinite_values_is_no_untracked_set():
    with pytest.raises(DataError, match=r"sequence 1 holds infinite values \(first in frame 1, joint 1, x\)"):
        arrange(np.full((2, 5, 20, 3), np.inf), "X.npy")


def test_equal_sequences_are_left_alone():
    sequences = made_up((30, 30))
    arranged = arrange(np.stack(sequences), "X.npy")
    assert_same(arranged.sequences, sequences)
    assert (
        arranged.layout
        == "float32 array (2, 30, 20, 3) of 2 sequences (T, 20, 3), all of length 30, no padding"
    )


def test_an_object_array_of_single_numbers_is_read_as_one_array():
    x = np.stack(made_up((6, 6))).astype(object)
    assert_same(arrange(x, "X.npy").sequences, made_up((6, 6)))


@pytest.mark.parametrize(
    ("x", "found"),
    [
        (np.zeros(5), r"has shape \(5,\) of float64"),
        (np.zeros((5, 60)), r"has shape \(5, 60\)"),
        (np.zeros((0, 60, 60)), r"has shape \(0, 60, 60\)"),
        (np.zeros((2, 0, 20, 3)), r": sequence 1 has no frames"),
        (np.zeros((2, 5, 7, 7)), r"has shape \(2, 5, 7, 7\)"),
        (np.zeros((2, 5, 5, 20, 3)), r"has shape"),
        (np.array(3.0), r"has shape \(\)"),
        (np.zeros((2, 5, 20, 3), "c8"), r"holds elements of type complex64"),
        (np.array(["a", "b"]), r"holds elements of type <U1"),
        (as_objects([]), r"is an object array of shape \(0,\)"),
        (as_objects([np.zeros((0, 20, 3)), np.ones((2, 20, 3))]), r": sequence 1 has no frames"),
        (as_objects([np.ones((2, 20, 3)), np.ones((2, 15, 3))]), r"is an object array"),
        (as_objects([np.ones((2, 20, 3)), np.ones((2, 60))]), r"is an object array"),
        (as_objects([np.ones((2, 20, 3)), "text"]), r": sequence 2 is str"),
        (as_objects([np.ones((2, 20, 3)), None]), r": sequence 2 is NoneType"),
        (as_objects([10**400, 1]), r": sequence 1 is int"),
        (np.full((2, 5, 20, 3), 1e39), r": sequence 1 holds values beyond 3\.4e\+38"),
    ],
)
def test_what_is_no_set_of_sequences_is_told(x, found):
    with pytest.raises(DataError, match=r"^X\.npy ?" + found):
        arrange(x, "X.npy")


def test_a_choice_that_does_not_fit_is_told():
    for wrong in ("N,T,3J", "nonsense", ""):
        with pytest.raises(DataError, match="does not fit the layout") as caught:
            arrange(np.stack(made_up((6, 6))), "X.npy", wrong)
        assert not isinstance(caught.value, AmbiguousReadingError)


@settings(deadline=None, max_examples=60)
@given(
    layout=st.sampled_from(COMMON_LAYOUTS + RARE_LAYOUTS),
    joints=st.sampled_from([15, 20, 25, 4]),
    lengths=st.lists(st.integers(1, 30), min_size=2, max_size=8),
    kind=st.sampled_from(KINDS),
    side=st.sampled_from(["end", "front"]),
)
@example("N,3J,T", 15, [3, 1, 3, 3, 30, 2], "repeated frame", "front")  # noise does not move
@example("N,J,T,3", 4, [3, 3, 2, 3], "NaN", "front")  # rare, of joints that nobody knows
def test_a_layout_is_undone_or_asked_for(layout, joints, lengths, kind, side):
    sequences = made_up(lengths, joints)
    x = MAKE[layout](pad(sequences, kind, side))
    assert_same(arrange(x, "X.npy", layout).sequences, sequences)
    try:
        result = arrange(x, "X.npy").sequences
    except AmbiguousReadingError as error:
        assert layout in error.choices
    except DataError:  # a rare layout of a skeleton that nobody knows has to be named
        assert layout in RARE_LAYOUTS and joints == 4
    else:
        if layout in COMMON_LAYOUTS and joints != 4:
            assert_same(result, sequences)
