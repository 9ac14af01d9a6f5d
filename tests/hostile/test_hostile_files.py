"""Over 300 bad data sets: each is one sentence, nothing of it is run, and nothing is written.

Each goes through the command line as a folder or a zip that somebody sent, and through the function that
takes the browser's uploads.
"""

import builtins
import hashlib
import importlib
import io
import os
import pickle
import random
import runpy
import stat
import struct
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from har_core import cli
from har_core.data.new_sources import import_source
from har_core.data.reading import archives
from har_core.errors import HarError

Files = Mapping[str, bytes]

MARK = "was run"
"""What a hostile file would make in the current folder."""

PROTOCOLS = range(6)


# What a good data set looks like


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def objects(*items: object) -> np.ndarray:
    array = np.empty(len(items), object)
    for row, item in enumerate(items):
        array[row] = item
    return array


def recording(length: int, joints: int = 20) -> np.ndarray:
    return np.random.default_rng(length).uniform(-1, 1, (length, joints, 3)).astype("f4")


RAGGED = objects(*(recording(length) for length in (4, 5, 6, 7, 5, 6, 4, 8, 9, 7)))
EVEN = np.stack([recording(8)] * 10)
ACTIONS, SUBJECTS = [1, 2] * 5, list(range(1, 11))
GOOD = {"X.npy": npy(RAGGED), "Y.npy": npy(ACTIONS), "Y_s.npy": npy(SUBJECTS)}
TEXTS = {
    f"a{action:02d}_s{subject:02d}_e01_skeleton3D.txt": b"0.1 0.2 3.0 1\n" * 40
    for action in (1, 2)
    for subject in range(1, 11)
}
FIRST_TEXT = next(iter(TEXTS))


def zip_of(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def with_header(header: str, body: bytes = b"", version: tuple[int, int] = (1, 0)) -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H", len(text)) + text + body


def described(descr: str, shape: str, body: bytes = b"", fortran: str = "False") -> bytes:
    return with_header(f"{{'descr': {descr}, 'fortran_order': {fortran}, 'shape': {shape}, }}", body)


def pickled(thing: object, protocol: int, shape: str = "(10,)", descr: str = "'|O'") -> bytes:
    return described(descr, shape, pickle.dumps(thing, protocol))


# Pickles that would run code


class Runs:
    """An object whose pickle calls a function."""

    def __init__(self, function: object, *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> object:
        return self.call


CALLS = {
    "os.system": Runs(os.system, f"touch '{MARK}'"),
    "os.mkdir": Runs(os.mkdir, MARK),
    "eval": Runs(builtins.eval, f"open({MARK!r}, 'w')"),
    "exec": Runs(builtins.exec, f"open({MARK!r}, 'w').close()"),
    "Popen": Runs(subprocess.Popen, ["touch", MARK]),
    "import": Runs(importlib.import_module, "antigravity"),
    "runpy": Runs(runpy.run_path, MARK),
    "getattr": Runs(getattr, 1, "real"),
}


def hidden(call: object) -> Iterator[tuple[str, object]]:
    """The same call at every place where an object array can hold something."""
    yield "bare", call
    yield "element", objects(*RAGGED[:9], call)
    yield "deep", objects(*RAGGED[:9], objects(call))
    yield "in a list", objects(*RAGGED[:9], [[call]])
    yield "in a tuple", objects(*RAGGED[:9], (1.0, call))


def pickles() -> Iterator[tuple[str, Files]]:
    for name, call in CALLS.items():
        for place, thing in hidden(call):
            for protocol in PROTOCOLS:
                yield f"{name} {place}, protocol {protocol}", GOOD | {"X.npy": pickled(thing, protocol)}
    for file in ("Y.npy", "Y_s.npy", "ids.npy"):
        for protocol in PROTOCOLS:
            thing = objects(*[1] * 9, CALLS["os.system"])
            yield f"{file}, protocol {protocol}", GOOD | {file: pickled(thing, protocol)}
    for protocol in PROTOCOLS:
        content = pickled([(CALLS["eval"], 1)] * 10, protocol, descr="[('a', '|O'), ('b', '<i4')]")
        yield f"structured, protocol {protocol}", GOOD | {"X.npy": content}


def opcodes() -> Iterator[tuple[str, Files]]:
    """Calls and tricks that no pickler writes."""
    command = f"touch '{MARK}'".encode()
    text = b"X" + struct.pack("<I", len(command)) + command
    by_hand = {
        "GLOBAL and REDUCE": b"cposix\nsystem\n(" + text + b"tR.",
        "STACK_GLOBAL": b"\x80\x04\x8c\x05posix\x8c\x06system\x93(" + text + b"tR.",
        "INST": b"(" + text + b"iposix\nsystem\n.",
        "OBJ": b"(cposix\nsystem\n" + text + b"o.",
        "NEWOBJ": b"\x80\x02cposix\nsystem\n(" + text + b"t\x81.",
        "NEWOBJ_EX": b"\x80\x04cposix\nsystem\n(" + text + b"t}\x92.",
        "BUILD on numpy": b"cnumpy\nndarray\n}(U\x01xK\x01ub.",
        "numpy's own loader": b"cnumpy\nload\n(" + text + b"tR.",
        "numpy's test runner": b"cnumpy.testing._private.utils\nrunstring\n(" + text + b"}tR.",
        "a dotted name": b"\x80\x04\x8c\x05numpy\x8c\x13ndarray.__class__.x\x93.",
        "EXT1": b"\x80\x02\x82\x01.",
        "EXT4": b"\x80\x02\x84\xff\xff\xff\x7f.",
        "PERSID": b"Pname\n.",
        "BINPERSID": b"\x80\x02U\x01xQ.",
        "NEXT_BUFFER": b"\x80\x05\x97.",
        "a huge memo": b"\x80\x02Nr\xff\xff\xff\xff.",
        "a memo that is not there": b"\x80\x02h\x09.",
        "an endless string": b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7fa.",
        "a negative string": b"\x80\x02T\xff\xff\xff\xffa.",
        "a huge number": b"\x80\x02\x8b\xff\xff\xff\x7f1.",
        "digits without end": b"I" + b"9" * 9000 + b"\n.",
        "an empty stack": b"\x80\x02.",
        "a protocol of the future": b"\x80\x09N.",
        "no end": b"\x80\x02" + b"]" * 100,
        "deep lists": b"\x80\x02" + b"]" * 60_000 + b"a" * 59_999 + b".",
        "a list that holds itself": b"\x80\x02]q\x00h\x00a.",
        "a dict": b"\x80\x02}U\x01aK\x01s.",
        "a set": b"\x80\x04\x8f(K\x01\x90.",
    }
    for name, body in by_hand.items():
        yield f"opcodes: {name}", GOOD | {"X.npy": described("'|O'", "(10,)", body)}


# Headers that lie


SHAPES = (
    "(-1,)", "(-10, 8, 20, 3)", "(10, -8, 20, 3)", "(10, 8, 20, 2**40)", "(1099511627776, 20, 3)",
    "(4611686018427387904, 4)", "(18446744073709551616,)", "(10, 9223372036854775807, 3)",
    "(" + "9" * 300 + ",)", "(10.0, 8, 20, 3)", "('10', 8, 20, 3)", "(None,)", "(10, (8,), 20, 3)", "[10, 8]",
    "10", "'shape'", "(10, 8, 20, 3, 1, 1, 1)", "(1,) * 10", "(1e3,)", "(10, 8, 20, 4)", "(11, 8, 20, 3)",
)  # fmt: skip
DESCRS = (
    "'f17'", "'<f3'", "''", "'<'", "'?'", "'|b1'", "'<c8'", "'<c16'", "'<M8[s]'", "'<m8[ns]'", "'<U5'",
    "'|S5'", "'|V16'", "'|V2147483647'", "'<U2147483647'", "'<U0'", "'|S0'", "None", "7", "[]", "()",
    "[('x', '<f4')]", "[('x', '<f4', (3,))]", "[('x', [('y', '<f8')])]", "[('x',)]", "{'a': 1}",
    "'<f4,<f4'", "'float'", "'O8'", "'O,O'", "'object'", "'__import__'", "__import__('os')",
)  # fmt: skip


def headers() -> Iterator[tuple[str, Files]]:
    for shape in SHAPES:
        for descr in ("'<f4'", "'>f8'", "'|O'"):
            body = RAGGED_PICKLE if "O" in descr else EVEN.tobytes()
            yield f"shape {shape[:40]} of {descr}", GOOD | {"X.npy": described(descr, shape, body)}
    for descr in DESCRS:
        content = described(descr, "(10, 8, 20, 3)", EVEN.tobytes())
        yield f"elements {descr}", GOOD | {"X.npy": content}
    for fortran in ("'yes'", "2", "None", "[]", "1.5"):
        content = described("'<f4'", "(10, 8, 20, 3)", EVEN.tobytes(), fortran)
        yield f"Fortran order {fortran}", GOOD | {"X.npy": content}
    for version in ((0, 0), (0, 9), (1, 1), (2, 1), (3, 0), (4, 0), (255, 255)):
        text = "{'descr': '<f4', 'fortran_order': False, 'shape': (10, 8, 20, 3), }"
        yield f"version {version}", GOOD | {"X.npy": with_header(text, EVEN.tobytes(), version)}
    for text in (
        "", "{}", "[]", "None", "{'descr': '<f4'}",
        "{'shape': (1,), 'descr': '<f4', 'fortran_order': False",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}", "(" * 3000, "\0" * 50,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }" + " " * 20_000, f"open({MARK!r}, 'w')",
        f"__import__('os').system('touch {MARK}')", "\u202e{}", "{'descr': '<f4'" * 99,
    ):  # fmt: skip
        yield f"header {text[:40]!r}", GOOD | {"X.npy": with_header(text, bytes(4))}


RAGGED_PICKLE = pickle.dumps(RAGGED, 4)


def cuts() -> Iterator[tuple[str, Files]]:
    """Good files, cut at seeded places or with something after their end."""
    place = random.Random(7)
    for form, content in (("object", npy(RAGGED)), ("even", npy(EVEN)), ("Fortran", npy(EVEN.T.copy().T))):
        for end in sorted(place.sample(range(len(content)), 14)):
            yield f"{form} array cut at {end}", GOOD | {"X.npy": content[:end]}
        for more in (b"\0", b"x" * 60, content):
            yield f"{form} array and {len(more)} bytes more", GOOD | {"X.npy": content + more}
    for file in ("Y.npy", "Y_s.npy"):
        for end in (0, 1, 6, 8, 64, 127, 130, len(GOOD[file]) - 1):
            yield f"{file} cut at {end}", GOOD | {file: GOOD[file][:end]}
    for start in (
        b"<!DOCTYPE html>",
        b"PK\x03\x04",
        b"\x89HDF\r\n\x1a\n",
        b"\x80\x04N.",
        b"\x1f\x8b\x08",
        b"1,2",
    ):
        yield f"X.npy begins with {start!r}", GOOD | {"X.npy": start + bytes(50)}


# Arrays that are no skeletons, actions, subjects or names


def columns() -> Iterator[tuple[str, Files]]:
    """Actions and subjects that are none."""
    wrong = {
        "a half": [1, 2, 1, 2, 1, 2, 1, 2, 1, 2.5], "negative": [-1, *SUBJECTS[1:]],
        "NaN": [np.nan, *SUBJECTS[1:]], "infinity": [np.inf, *SUBJECTS[1:]],
        "minus infinity": [-np.inf, *SUBJECTS[1:]], "too large": [1e300, *SUBJECTS[1:]],
        "2**40": [2**40, *SUBJECTS[1:]], "the largest": np.full(10, 2**64 - 1, "u8"),
        "half precision": np.full(10, np.nan, "f2"), "booleans": np.ones(10, bool),
        "complex": np.ones(10, "c8"), "words": list("abcdefghij"), "bytes": np.array([b"1"] * 10),
        "dates": np.zeros(10, "M8[D]"), "structured": np.zeros(10, "i4,i4"),
        "words in objects": objects(*"abcdefghij"), "nothing in objects": objects(*[None] * 10),
        "lists": objects(*[[1], [1, 2]] * 5), "a big number": objects(10**400, *SUBJECTS[1:]),
        "two columns": np.ones((10, 2), int), "a table": np.eye(10, dtype=int), "a single value": 1,
        "none": np.zeros(0, int), "nine": SUBJECTS[:9], "eleven": [*SUBJECTS, 11],
        "a thousand": np.ones(1000, int), "three axes": np.ones((10, 1, 1), int),
        "long double": np.full(10, np.inf, "g"),
    }  # fmt: skip
    for file in ("Y.npy", "Y_s.npy"):
        for name, values in wrong.items():
            if not (file == "Y_s.npy" and "words" in name):  # they are ten subjects, in words
                yield f"{file}: {name}", GOOD | {file: npy(values)}
        yield f"no {file}", {name: content for name, content in GOOD.items() if name != file}
    yield "no X.npy", {name: content for name, content in GOOD.items() if name != "X.npy"}
    yield "one action", GOOD | {"Y.npy": npy([1] * 10)}
    yield "one subject", GOOD | {"Y_s.npy": npy([1] * 10)}
    yield "subjects of the test part alone", GOOD | {"Y_s.npy": npy([8, 9] * 5)}
    yield "an action that nobody trains", GOOD | {"Y.npy": npy([1] * 9 + [2])}
    yield "one sequence", {"X.npy": npy(RAGGED[:1]), "Y.npy": npy([1]), "Y_s.npy": npy([1])}


def positions() -> Iterator[tuple[str, Files]]:
    wrong = {
        "a table": np.zeros((10, 60)), "a row": np.zeros(10), "a number": 1.0,
        "five axes": np.zeros((10, 2, 2, 2, 2)), "no sequence": np.zeros((0, 8, 20, 3)),
        "no frame": np.zeros((10, 0, 20, 3)), "no joint": np.zeros((10, 8, 0, 3)),
        "no coordinate": np.zeros((10, 8, 20, 0)), "two coordinates": np.zeros((10, 8, 20, 2)),
        "four coordinates": np.zeros((10, 8, 20, 4)), "one joint": np.zeros((10, 8, 1, 3)),
        "61 values": np.zeros((10, 8, 61)), "words": np.full((10, 8, 20, 3), "x"),
        "booleans": np.ones((10, 8, 20, 3), bool), "complex": EVEN.astype("c16"),
        "dates": np.zeros((10, 8, 60), "M8[s]"), "beyond float32": EVEN.astype("f8") * 1e39,
        "all NaN": EVEN * np.nan, "all infinite": EVEN + np.inf, "all zero": EVEN * 0,
        "words in objects": objects(*"abcdefghij"), "nothing": objects(*[None] * 10),
        "numbers": objects(*range(10)), "an empty one": objects(*RAGGED[:9], np.zeros((0, 20, 3))),
        "other joints": objects(*RAGGED[:9], recording(5, 25)),
        "other axes": objects(*RAGGED[:9], np.zeros((5, 60))),
        "four axes": objects(*[np.zeros((5, 20, 3, 1))] * 10), "one axis": objects(*[np.zeros(60)] * 10),
        "ragged lists": objects(*RAGGED[:9], [[1.0], [1.0, 2.0]]),
        "deep lists": objects(*RAGGED[:9], [[[[[1.0]]]]]),
        "booleans in objects": objects(*[np.ones((5, 20, 3), bool)] * 10), "no object": objects(),
        "a table of objects": np.full((10, 2), None, object),
        "one of text": objects(*RAGGED[:9], np.array(["a"])),
    }  # fmt: skip
    for name, values in wrong.items():
        yield f"X.npy: {name}", GOOD | {"X.npy": npy(values)}
    shared = objects(*[recording(4000)] * 4000)
    yield "X.npy: one array 4,000 times", GOOD | {"X.npy": npy(shared)}


def names() -> Iterator[tuple[str, Files]]:
    controls = "\n\r\t\x1b\x07\x7f\x85\xa0\xad"
    marks = "\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\ue000\ufffe"
    for sign in controls + marks:
        yield f"a name with {sign!r}", GOOD | {"ids.npy": npy([f"a{sign}b", *"bcdefghij"])}
    wrong = {
        "numbers": SUBJECTS, "twice": ["a", "a", *"cdefghij"], "empty": ["", *"bcdefghij"],
        "blank": [" ", *"bcdefghij"], "nine": list("abcdefghi"), "too long": ["a" * 10_000, *"bcdefghij"],
        "a table": [list("ab")] * 10, "objects that are no text": objects(*[[1.0]] * 10),
        "a half of a pair": objects("\ud800", *"bcdefghij"),
    }  # fmt: skip
    for name, values in wrong.items():
        yield f"names: {name}", GOOD | {"ids.npy": npy(values)}


# Text files


def texts() -> Iterator[tuple[str, Files]]:
    row = b"0.1 0.2 3.0 1\n"
    wrong = {
        "no column": b"\n" * 20, "one column": b"1\n" * 20, "two columns": b"1 2\n" * 20,
        "five columns": b"1 2 3 4 5\n" * 20, "a hundred columns": b"1 " * 100 + b"\n",
        "a million columns": b"1 " * 1_000_000 + b"\n", "19 joints": row * 19, "21 joints": row * 21,
        "39 rows": row * 39, "one row": row, "empty": b"", "blank": b" \n\t\n",
        "words": b"one two three four\n" * 20, "empty cells": b"1,,3,4\n" * 20, "colons": b"1:2:3:4\n" * 20,
        "uneven rows": row * 19 + b"1 2 3\n", "two headings": b"# x y z\n" * 2 + row * 20,
        "hexadecimal": b"0x1 0x2 0x3 0x4\n" * 20, "complex": b"1+1j 2 3 4\n" * 20,
        "UTF-16": (row * 20).decode().encode("utf-16"), "zeros": bytes(2000),
        "rubbish": bytes(range(256)) * 8, "HTML": b"<html></html>", "a minus": b"- 2 3 4\n" * 20,
        "Markdown": b":red[1] 2 3 4\n" * 20, "Arabic digits": "\u0661 \u0662 \u0663 \u0664\n".encode() * 20,
        "a pickle": pickle.dumps(CALLS["os.system"]), "an array": npy(EVEN),
        "beyond float32": b"1e39 2 3 1\n" * 40, "a right-to-left mark": "\u202e1 2 3 4\n".encode() * 20,
    }  # fmt: skip
    for name, content in wrong.items():
        yield f"text: {name}", TEXTS | {FIRST_TEXT: content}
    for name in ("a00_s01_e01_skeleton3D.txt", "a01_s00_e01_skeleton3D.txt", "a01_s01_e00_skeleton3D.txt"):
        yield f"text named {name}", {**TEXTS, name: row * 20}
    yield "the same take twice", {**TEXTS, "a1_s1_e1_skeleton3D.txt": row * 20}
    yield "one text", {FIRST_TEXT: row * 20}
    yield "texts of one action", {name: content for name, content in TEXTS.items() if name.startswith("a01")}


# What trackers write


def matlab(packed: bool = True, **variables: object) -> bytes:
    stream = io.BytesIO()
    savemat(stream, variables, do_compression=packed)
    return stream.getvalue()


def recordings() -> Iterator[tuple[str, Files]]:
    """Files of trackers, one a data set: damaged, lying, or none at all."""
    whole = matlab(d_skel=EVEN[0].transpose(1, 2, 0))
    lists = b"frame,joint,x,y,z\n" + b"".join(b"%d,%d,1,2,3\n" % (row, row % 200) for row in range(6000))
    wrong: dict[str, dict[str, bytes]] = {
        "a1_s1_t1_skeleton.mat": {
            "HDF5": b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM" + bytes(400),
            "a bomb": matlab(d_skel=np.zeros((20, 3, 400_000))), "cells": matlab(d_skel=objects(1, "a")),
            "a struct": matlab(d_skel={"a": 1}), "text": matlab(d_skel="x"), "no array": matlab(),
            "cut": whole[:-9], "another size": whole[:132] + b"\xff\xff\xff\x7f" + whole[136:],
            "huge dimensions": matlab(False, d_skel=np.ones((20, 3, 4))).replace(
                struct.pack("<III", 20, 3, 4), struct.pack("<III", 2**31 - 1, 3, 2**31 - 1)
            ),
            "a pickle": pickle.dumps(CALLS["os.system"]), "nothing": b"",
        },
        "S001C001P001R001A001.skeleton": {
            "many frames": b"999999999\n1\n", "many bodies": b"1\n999999999\n", "a minus": b"-1",
            "words": b"a b c",
            "a long number": b"9" * 10_000, "a right-to-left mark": "\u202e1 1".encode(),
            "nobody": b"3 0 0 0",
            "a pickle": pickle.dumps(CALLS["eval"]),
        },
        "wave_s01_e01.csv": {
            "more joints than rows": lists, "201 joints": lists.replace(b"\n", b"\n9,999,1,2,3\n", 1),
            "NUL": b"frame,joint,x,y,z\n\0,\0,\0,\0,\0\n",
            "an open quote": b'frame,joint,x,y,z\n1,1,"2,3,4\n',
            "a formula": b"frame,joint,x,y,z\n1,1,=1+1,2,3\n", "infinity": b"a_x,a_y,b_x,b_y\n1,2,inf,4\n",
            "a pickle": pickle.dumps(CALLS["os.system"]), "only columns": b"a_x,a_y,b_x,b_y\n",
        },
        "wave_s01_e01.json": {
            "deep lists": b"[" * 60_000, "deep lists of points": b'[[[{"x":1,' + b"[" * 50_000,
            "no numbers": b'[[{"x":"a","y":1},{"x":1,"y":1}]]',
            "a huge number": b'[[{"x":1e999,"y":1},{"x":1,"y":1}]]',
            "digits without end": b'[[{"x":' + b"9" * 5000 + b',"y":1},{"x":1,"y":1}]]',
            "a thousand landmarks": b"[[" + b",".join([b'{"x":1,"y":1}'] * 1000) + b"]]",
        },
    }  # fmt: skip
    for name, contents in wrong.items():
        for what, content in contents.items():
            yield f"{name}: {what}", {name: content}
    rows = b"".join(b"%d%s\n" % (row, b" 0.5" * 60) for row in range(9))
    for what, labels in (
        ("no line", b""), ("a huge frame", b"s01_e01\nwalk: 1 99999999999999999999\n"), ("words", b"a b c\n"),
        ("a mark", "s01_e01\n\u202ewalk: 1 2\n".encode()), ("another recording", b"s02_e01\nwalk: 1 2\n"),
    ):  # fmt: skip
        yield f"labels: {what}", {"joints_s01_e01.txt": rows, "actionLabel.txt": labels}
    for name in ("walk.pkl", "walk.mp4", "set.rar", "\u202e.h5", "notes", "a.npy"):
        yield f"a lone {name}", {name: b"\x80\x04N."}


# Archives


def linked(target: str) -> bytes:
    """An archive in which X.npy is a symbolic link."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        entry = zipfile.ZipInfo("X.npy")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, target)
        archive.writestr("Y.npy", GOOD["Y.npy"])
        archive.writestr("Y_s.npy", GOOD["Y_s.npy"])
    return stream.getvalue()


def forged(offset_in_entry: int, value: bytes) -> bytes:
    """A good archive whose first central entry says something else.

    Args:
        offset_in_entry: of the field, PKWARE APPNOTE 4.3.12.
        value: what it says.
    """
    content = bytearray(zip_of(GOOD, zipfile.ZIP_STORED))
    start = content.index(b"PK\x01\x02") + offset_in_entry
    content[start : start + len(value)] = value
    return bytes(content)


def zip_in_zips(depth: int) -> bytes:
    content = zip_of(GOOD)
    for _ in range(depth):
        content = zip_of({"set.zip": content})
    return content


def zips() -> Iterator[tuple[str, Files]]:
    slips = (
        "../X.npy", "../../X.npy", "a/../../X.npy", "/X.npy", "/etc/X.npy", "//host/X.npy", "..\\X.npy",
        "a\\..\\..\\X.npy", "\\X.npy", "\\\\host\\share\\X.npy", "C:X.npy", "C:\\X.npy", "c:/X.npy", "..",
        "a/..", "./../X.npy",
    )  # fmt: skip
    for name in slips:
        yield f"zip slip {name}", {"set.zip": zip_of({**GOOD, name: npy(RAGGED)})}
    for target in ("/etc/passwd", "../../secret", "Y.npy", "/dev/zero", "C:\\secret", "x" * 5000):
        yield f"zip link to {target[:20]}", {"set.zip": linked(target)}
    for name, content in (
        ("larger than it is", forged(24, struct.pack("<I", 2**20))),
        ("smaller", forged(24, struct.pack("<I", 9))), ("4 GiB", forged(24, b"\xff\xff\xff\xfe")),
        ("Zip64 without its field", forged(24, b"\xff" * 4)), ("another sum", forged(16, b"\0\0\0\0")),
        ("encrypted", forged(8, b"\x01\0")), ("method 99", forged(10, b"\x63\0")),
        ("method 9", forged(10, b"\x09\0")), ("LZMA", forged(10, b"\x0e\0")),
        ("elsewhere", forged(42, b"\xff\xff\xff\x7f")), ("version 255", forged(6, b"\xff\0")),
        ("a longer name", forged(28, b"\xff\xff")), ("patched data", forged(8, b"\x20\0")),
    ):  # fmt: skip
        yield f"zip entry: {name}", {"set.zip": content}
    good, bomb = zip_of(GOOD), zip_of({"Y.npy": bytes(30_000_000)}, zipfile.ZIP_STORED)
    for end in sorted(random.Random(11).sample(range(len(good)), 16)):
        yield f"zip cut at {end}", {"set.zip": good[:end]}
    for name, inside in (
        ("nothing", {}), ("a text", {"readme.txt": b"hello"}), ("a zip cut off", {"set.zip": good[:-9]}),
        ("zips too deep", {"set.zip": zip_in_zips(9)}),
        ("zips too large", {"set.zip": zip_of({"inner.zip": bomb})}),
        ("two data sets", {f"{folder}/{file}": data for folder in "ab" for file, data in GOOD.items()}),
        ("a folder", {"X.npy/": b""}), ("one file twice", {"a/X.npy": b"1", "b/X.npy": b"2"}),
        ("a hostile pickle", GOOD | {"X.npy": pickled(CALLS["eval"], 4)}),
        ("no subjects", {"X.npy": GOOD["X.npy"], "Y.npy": GOOD["Y.npy"]}),
        ("bad texts", TEXTS | {FIRST_TEXT: b"x"}),
        ("other capitals", {"x.NPY": GOOD["X.npy"], "y.NPY": GOOD["Y.npy"]}),
        ("names with NUL", {"X.npy\0.txt": b""}),
        ("control characters", {"a\x1b[31m/X.npy": b"", "a\x1b[31m/Y.npy": b"", "a\x1b[31m/Y_s.npy": b""}),
    ):  # fmt: skip
        yield f"zip of {name}", {"set.zip": zip_of(inside)}
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        bomb = zip_of(GOOD | {"X.npy": described("'<f8'", "(10, 8, 20, 3)", bytes(30_000_000))}, method)
        yield f"zip bomb, method {method}", {"set.zip": bomb}
    yield "zip that is a text", {"set.zip": b"hello"}
    yield "zip that is empty", {"set.zip": b""}
    yield "zip that is a pickle", {"set.zip": pickle.dumps(CALLS["os.system"])}
    yield "zip behind rubbish, cut", {"set.zip": bytes(99) + good[:-30]}


CASES = {
    name: files
    for group in (pickles, opcodes, headers, cuts, columns, positions, names, texts, recordings, zips)
    for name, files in group()
}


@pytest.fixture
def put_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, har_home: Path) -> Path:
    """The folder that bad files are put into; the current folder, to see what they would make."""
    for name in ("here", "sent"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    # So that the bombs need not be large.
    monkeypatch.setattr(archives, "_LARGEST_TOTAL", 20_000_000)
    return tmp_path / "sent"


def test_the_cases_are_many_and_no_two_are_alike() -> None:
    prints = {hashlib.sha256(repr(sorted(files.items())).encode()).digest() for files in CASES.values()}
    assert len(prints) == len(CASES) >= 300


@pytest.mark.parametrize("case", CASES)
def test_a_bad_data_set_is_one_sentence(
    case: str, put_down: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files = CASES[case]
    for name, content in files.items():
        (put_down / name).write_bytes(content)
    before = contents(put_down.parent)
    place = put_down / "set.zip" if "set.zip" in files else put_down
    words = ["train", "--source", str(place), "--epochs", "1", "--device", "cpu"]
    monkeypatch.setattr(sys, "argv", ["har_core", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr()
    assert (end.value.code, said.out) == (2, ""), said.err
    is_a_sentence(said.err.removeprefix("Error: ").removesuffix("\n"))
    assert contents(put_down.parent) == before

    try:
        import_source("mine", files)
    except HarError as error:
        is_a_sentence(str(error))
        assert contents(put_down.parent) == before
    else:  # it can be read, and only not be trained on
        assert "split" in said.err or "no sequence" in said.err or "action" in said.err


def is_a_sentence(said: str) -> None:
    assert said.isprintable() and said.endswith(".") and len(said) < 1000, said
    assert "Traceback" not in said and "object at 0x" not in said


def contents(folder: Path) -> dict[Path, bytes]:
    """All files but the cache of sources, which is safe to write and to lose."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "cache"]
    return {path: path.read_bytes() for path in files}


@pytest.mark.parametrize("call", ["os.system", "os.mkdir", "eval", "exec"])
def test_the_pickles_of_these_tests_do_run_where_they_are_loaded(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pickle.loads(pickle.dumps(CALLS[call]))  # noqa: S301  # our own pickle
    assert (tmp_path / MARK).exists()


def test_what_is_unusual_and_not_bad_is_read(put_down: Path) -> None:
    for x in (np.asfortranarray(EVEN), EVEN.astype(">f8"), RAGGED, EVEN.reshape(10, 8, 60)):
        values = {"X.npy": npy(x), "Y.npy": npy(np.array(ACTIONS, ">f4")), "Y_s.npy": npy(SUBJECTS)}
        name = f"good-{len(list(put_down.iterdir()))}"
        (put_down / name).touch()
        assert len(import_source(name, values).sequences) == 10
