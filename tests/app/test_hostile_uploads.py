"""Bad files through the upload of the page: each is one sentence in a box, and nothing is kept."""

import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.reading import archives
from tests.data.made_up_files import zip_of

OpenPage = Callable[..., AppTest]
MARK = "was run"


class Runs:
    """An object whose pickle runs a command."""

    def __reduce__(self) -> object:
        return os.system, (f"touch '{MARK}'",)


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def described(shape: str, body: bytes, descr: str = "'<f4'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + body


COLUMN = npy(np.arange(1, 7))
GOOD = {"X.npy": npy(np.ones((6, 4, 20, 3), "f4")), "Y.npy": COLUMN, "Y_s.npy": COLUMN}
RUNS = np.array([Runs()] * 6, object)
TEXT = "a01_s01_e01_skeleton3D.txt"
UPLOADS: dict[str, tuple[dict[str, bytes], str]] = {
    "a pickle": (GOOD | {"X.npy": described("(6,)", pickle.dumps(RUNS, 0), "'|O'")}, "would run os.system"),
    "a nested pickle": (GOOD | {"X.npy": npy(RUNS)}, "would run os.system"),
    "a pickle of actions": (GOOD | {"Y.npy": npy(RUNS)}, "would run os.system"),
    "terabytes": (GOOD | {"X.npy": described("(1099511627776, 20, 3)", bytes(9))}, "is cut off"),
    "a negative shape": (GOOD | {"X.npy": described("(-6, 4, 20, 3)", bytes(9))}, "an impossible shape"),
    "structured": (GOOD | {"X.npy": npy(np.zeros(6, "i4,i4"))}, "holds elements of type"),
    "no numbers": (GOOD | {"Y_s.npy": npy([1, 2, 3, 4, 5, np.nan])}, "holds nan in row 6"),
    "a name of markup": (GOOD | {"ids.npy": npy([":red[x]"] * 6)}, ":red[x]"),
    "a text with a million columns": ({TEXT: b"1 " * 1_000_000}, "1000000 columns"),
    "texts of two skeletons": (
        {TEXT: b"1 2 3 4\n" * 25, TEXT.replace("e01", "e02"): b"1 2 3 4\n" * 20},
        "25 rows",
    ),
    "zip slip": ({"set.zip": zip_of(GOOD | {"../X.npy": b""})}, "a file outside its own folder"),
    "zip bomb": ({"set.zip": zip_of(GOOD | {"X.npy": bytes(6_000_000)})}, "unpacks to"),
    "a zip that is none": ({":red[x]<b>.zip": b"PK\x03\x04"}, "can't be read as a zip"),
}


@pytest.mark.parametrize("case", UPLOADS)
def test_a_bad_upload_is_one_sentence_and_nothing_is_kept(
    case: str, open_page: OpenPage, har_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files, told = UPLOADS[case]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(archives, "_LARGEST_TOTAL", 5_000_000)  # so that the bomb need not be large
    screen = open_page("data_set")
    screen.file_uploader(key="upload files 0").set_value(
        [(name, content, "application/octet-stream") for name, content in files.items()]
    )
    screen.text_input(key="upload name 0").set_value("sent")
    next(button for button in screen.button if button.label == "Add the data set").click().run()
    assert not screen.exception
    (error,) = screen.error
    said = error.value.replace("\\", "")
    assert told in said and said.isprintable() and said.endswith("."), said
    assert ":red[" not in error.value and "<b>" not in error.value
    assert not (har_home / "sources").exists() and not (tmp_path / MARK).exists()
