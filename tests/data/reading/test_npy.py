"""The reader of .npy files gives what numpy gives, and never runs or believes what a file says."""

import builtins
import io
import os
import pickle
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from har_core.data.reading.npy import read_npy
from har_core.errors import DataError


def saved(array: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=True)
    return stream.getvalue()


def with_header(descr: str, shape: str, body: bytes, version: int = 1) -> bytes:
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    size = struct.pack("<H" if version == 1 else "<I", len(header))
    return b"\x93NUMPY" + bytes([version, 0]) + size + header + body


def pickled(thing: object, protocol: int = 4, shape: str = "(1,)") -> bytes:
    return with_header("|O", shape, pickle.dumps(thing, protocol=protocol))


def objects(*items: object) -> np.ndarray:
    array = np.empty(len(items), object)
    for row, item in enumerate(items):
        array[row] = item
    return array


def read(content: bytes, *, text: bool = False) -> np.ndarray:
    return read_npy(io.BytesIO(content), "X.npy", text=text)


RAGGED = objects(*(np.arange(length * 60, dtype="f4").reshape(length, 20, 3) for length in (2, 5, 3)))


class Runs:
    """An object whose pickle calls a function."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __repr__(self):  # names a test, and has to be the same in each process
        function, arguments = self.call
        return f"{function.__name__}{arguments!r}"

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f4", "f8", "g", "i1", ">i2", "i8", "u2"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_plain_arrays_are_read_as_numpy_reads_them(dtype, order):
    array = np.asarray(np.arange(24).reshape(2, 3, 4).astype(dtype), order=order)
    result = read(saved(array))
    assert result.dtype == array.dtype
    np.testing.assert_array_equal(result, array)


@pytest.mark.parametrize("protocol", range(6))
def test_object_arrays_of_every_protocol_come_back(protocol):
    result = read(pickled(RAGGED, protocol, "(3,)"))
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(result, RAGGED, strict=True))


@pytest.mark.parametrize("protocol", range(6))
def test_fortran_and_big_endian_elements_come_back(protocol):
    array = objects(np.asfortranarray(np.arange(60.0).reshape(1, 20, 3)), np.ones((2, 20, 3), ">f2"))
    array[1] = np.arange(240, dtype=">i2").reshape(4, 20, 3)[::2].transpose(0, 2, 1)
    result = read(pickled(array, protocol, "(2,)"))
    assert all(np.array_equal(a, b) and a.dtype == b.dtype for a, b in zip(result, array, strict=True))


def test_pickles_of_numpy_1_come_back():
    old = pickle.dumps(RAGGED, protocol=2).replace(b"numpy._core.multiarray", b"numpy.core.multiarray")
    result = read(with_header("|O", "(3,)", old))
    np.testing.assert_array_equal(result[1], RAGGED[1])


def test_pickles_of_python_2_come_back():
    # What numpy 1 under Python 2 wrote for np.array([np.float32([1, 2, -3])], dtype=object)[:1], by hand.
    raw = np.array([1, 2, -3], "<f4").tobytes()
    array = b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
    inner = array + b"(I1\n(I3\ntcnumpy\ndtype\n(S'f4'\nI0\nI1\ntR(I3\nS'<'\nNNNI-1\nI-1\nI0\ntb"
    inner += b"I00\nU" + bytes([len(raw)]) + raw + b"tb"
    outer = array + b"(I1\n(I1\ntcnumpy\ndtype\n(S'O8'\nI0\nI1\ntR(I3\nS'|'\nNNNI-1\nI-1\nI63\ntbI00\n(l"
    result = read(with_header("|O", "(1,)", outer + inner + b"atb."))
    np.testing.assert_array_equal(result[0], np.float32([1, 2, -3]))


def test_numbers_and_lists_in_object_arrays_come_back():
    numbers = objects(3, np.int64(4), np.float32(0.5), 2.0)
    assert read(pickled(numbers, shape="(4,)")).tolist() == [3, 4, 0.5, 2.0]
    lists = objects([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0]])
    np.testing.assert_array_equal(read(pickled(lists, shape="(2,)"))[0], [[1, 2], [3, 4]])


def test_names_are_read_where_they_are_expected():
    assert read(saved(np.array(["a", "bc"])), text=True).tolist() == ["a", "bc"]
    assert read(saved(np.array(["a", "bc"], dtype=object)), text=True).tolist() == ["a", "bc"]
    with pytest.raises(DataError, match=r"X\.npy holds elements of type <U2, expected real or whole numbers"):
        read(saved(np.array(["a", "bc"])))


def test_the_real_file_is_read_as_numpy_reads_it(real_data: Path):
    file = real_data / "msr_action3d" / "X.npy"
    expected = np.load(file, allow_pickle=True)
    result = read_npy(file, "X.npy")
    assert all(np.array_equal(a, b) for a, b in zip(result, expected, strict=True))


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    ("function", "named"), [(os.system, r"os\.system"), (builtins.eval, r"builtins\.eval")], ids=str
)
def test_a_pickle_that_would_run_code_is_refused_by_name_and_not_run(tmp_path, protocol, function, named):
    canary = tmp_path / "canary"
    argument = f"touch {canary}" if function is os.system else f"open({str(canary)!r}, 'w')"
    evil = Runs(function, argument)
    for thing in (evil, objects(evil), objects(RAGGED[0], objects(evil)), objects([evil])):
        with pytest.raises(DataError, match=rf"X\.npy would run {named}"):
            read(pickled(thing, protocol))
    with pytest.raises(DataError, match=r"X\.npy (would run|holds a dictionary that is no array)"):
        read(pickled({"a": evil}, protocol))
    assert not canary.exists()
    np.load(io.BytesIO(pickled(objects(evil), protocol)), allow_pickle=True)
    assert canary.exists(), "the pickle of this test does run in numpy's own reader"


@pytest.mark.parametrize(
    "thing",
    [
        Runs(np.ndarray, (2**40,)),
        Runs(np.dtype, "V100000"),
        Runs(np.load, "x"),
        Runs(getattr, 1, "real"),
        np.ma.masked_array([1, 2]),
        Path("x"),
        {"a": 1},
        {1, 2},
        None,
        [1, 2],
        np.array([1.0]),
        objects(None),
        objects("text", {}),
        objects([[1.0], [1.0, 2.0]]),
        objects(np.array(["2020-01-01"], "M8[D]")),
        objects(np.zeros(2, "f4,i4")),
    ],
    ids=repr,
)
def test_pickles_of_anything_else_are_refused(thing):
    for protocol in (2, 4, 5):
        with pytest.raises(DataError, match=r"^X\.npy "):
            read(pickled(thing, protocol))


def test_persistent_names_and_extensions_are_refused():
    for body in (b"Pname\n.", b"\x80\x02U\x01xQ.", b"\x80\x02\x82\x01.", b"\x80\x05\x97."):
        with pytest.raises(DataError, match=r"X\.npy holds something .*that is no array"):
            read(with_header("|O", "(1,)", body))


def test_an_array_that_is_named_many_times_asks_for_no_more_memory():
    bomb = objects(*[RAGGED[0]] * 100_000)
    with pytest.raises(DataError, match="promises far more than the file holds"):
        read(pickled(bomb, shape="(100000,)"))


def test_what_is_no_array_and_what_is_empty_are_told_without_the_insides_of_pickles():
    with pytest.raises(DataError, match=r"^X\.npy holds a dictionary that is no array, and is not read\. "):
        read(saved(np.array({"X": RAGGED})))
    with pytest.raises(DataError, match=r"^X\.npy holds a set that is no array, and is not read\. Exp"):
        read(pickled(objects({1, 2}), 4, "(1,)"))
    with pytest.raises(DataError, match=r"object array: sequence 2 has no frames\. Expected one"):
        read(saved(objects(np.ones((4, 20, 3)), np.zeros((0, 20, 3)))))
    with pytest.raises(DataError, match=r"object array: sequence 1 has no values\. Expected one"):
        read(saved(objects(np.ones((4, 0, 3)), np.ones((3, 20, 3)))))


def test_an_array_that_holds_itself_is_refused():
    for wrap in (lambda array: array, lambda array: [array], lambda array: [[array]]):
        circle = objects(None)
        circle[0] = wrap(circle)
        with pytest.raises(DataError, match=r"X\.npy can't be read as an object array"):
            read(pickled(circle))


def test_what_is_told_stays_on_one_line():
    with pytest.raises(DataError, match=r"X\.npy would run evil\.\?\?name") as caught:
        read(with_header("|O", "(1,)", b"\x80\x04\x8c\x04evil\x8c\x06\n\x1bname\x93."))
    assert "\n" not in str(caught.value)


def test_a_large_memo_index_is_refused():
    with pytest.raises(DataError, match=r"X\.npy holds something that is no array"):
        read(with_header("|O", "(1,)", b"\x80\x02Nr\xff\xff\xff\xff."))


def test_state_meant_for_numpy_itself_does_not_reach_it():
    # An object array whose elements would be made of raw bytes, that is of addresses.
    body = pickle.dumps(objects(1), protocol=2).replace(b"]q\x11K\x01a", b"U\x08AAAAAAAA")
    assert b"AAAAAAAA" in body
    with pytest.raises(DataError, match=r"X\.npy can't be read as an object array"):
        read(with_header("|O", "(1,)", body))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", r"is empty \(0 bytes\)"),
        (b"1 2 3\n4 5 6", r"is not a numpy file: it is .*1 2 3"),
        (b"<!DOCTYPE html>", r"is not a numpy file: it is text that starts with '<!DOCTYPE html>'"),
        (b"PK\x03\x04rest", r"is not a numpy file: it is a zip archive"),
        (pickle.dumps(1), r"is not a numpy file: it is a bare pickle"),
        (b"\x93NUMPY", r"is cut off or damaged: its header"),
        (saved(np.zeros(9))[:40], r"is cut off or damaged: its header"),
        (saved(np.zeros(9))[:-1], r"is cut off: shape \(9,\) of float64 needs 72 bytes, 71 are there"),
        (saved(np.zeros(9)) + b"more", r"is longer than it says: .* needs 72 bytes, 76 are there"),
        (saved(RAGGED)[:-100], r"is cut off or damaged: its object array"),
        (saved(RAGGED)[:140], r"is cut off or damaged: its object array"),
        (saved(RAGGED) + b"more", r"has 4 bytes too many"),
        (with_header("|O", "(7,)", pickle.dumps(RAGGED)), r"holds 3 elements, and its header says \(7,\)"),
        (with_header("<f8", "(1000000, 1000000)", b"x"), r"is cut off: .*8,000,000,000,000 bytes, 1 are"),
        (with_header("<f8", "(10**9,)", b"x"), r"header can't be read"),
        (with_header("<f8", "(-1,)", b"x"), r"promises an impossible shape"),
        (with_header("<f8", "(" + "9" * 4000 + ",)", b"x"), r"promises an impossible shape"),
        (with_header("<f8", "(0, 1000000000000, 1000000000000, 1000000000000)", b""), r"impossible shape"),
        (with_header("<f8", "(" + "1," * 40 + ")", bytes(8)), r"promises an impossible shape"),
        (with_header("<f8", "(True,)", bytes(8))[:-1], r"is cut off"),
        (with_header("<f8", "(" * 5000 + ")" * 5000, b"x"), r"header can't be read"),
        (with_header("<f8", "(1,)" + " " * 20000, bytes(8)), r"header can't be read"),
        (with_header("<f8", "(1,)", bytes(8), version=3), r"header can't be read"),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff{", r"header can't be read"),
        (with_header("V1000000000", "(1,)", b"x"), r"holds elements of type"),
        (with_header("<U0", "(99999999999,)", b""), r"holds elements of type"),
        (saved(np.zeros(2, "c8")), r"holds elements of type complex64"),
        (saved(np.zeros(2, "M8[s]")), r"holds elements of type datetime64"),
        (saved(np.zeros(2, "f4,i2")), r"holds elements of type"),
        (saved(np.zeros(2, bool)), r"holds elements of type bool"),
    ],
)
def test_a_broken_file_is_one_sentence_that_names_it(content, found):
    with pytest.raises(DataError, match=r"^X\.npy .*?" + found) as caught:
        read(content)
    assert "\n" not in str(caught.value)


def test_a_header_of_version_2_is_read():
    assert read(with_header("<f8", "(1,)", bytes(8), version=2)).tolist() == [0]


def test_a_missing_file_and_a_folder_are_told(tmp_path):
    with pytest.raises(DataError, match=r"^X\.npy is missing: there is no file .*nowhere"):
        read_npy(tmp_path / "nowhere", "X.npy")
    with pytest.raises(DataError, match=r"^X\.npy can't be opened"):
        read_npy(tmp_path, "X.npy")


SMALL = objects(*(np.arange(length * 6, dtype="f4").reshape(length, 2, 3) for length in (1, 2)))


@given(
    st.integers(0, 5), st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 255)), max_size=6), st.data()
)
def test_damaged_bytes_give_an_array_or_a_sentence(protocol, changes, data):
    content = bytearray(pickled(SMALL, protocol, "(2,)"))
    for position, value in changes:
        content[position % len(content)] = value
    end = data.draw(st.integers(0, len(content)) | st.just(len(content)))
    try:
        assert isinstance(read(bytes(content[:end])), np.ndarray)
    except DataError as error:
        assert str(error).startswith("X.npy ")
