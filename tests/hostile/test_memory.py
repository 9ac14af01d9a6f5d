"""A file of the largest upload takes a small multiple of its size, whatever it promises."""

import io
import os
import subprocess
import sys
import tomllib
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from har_core.data.new_sources import import_source
from har_core.data.reading import archives, csv_tables, landmark_json, layouts, number_tables, object_arrays
from har_core.errors import DataError

REPOSITORY = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((REPOSITORY / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
UPLOAD_LIMIT = CONFIG["server"]["maxUploadSize"] * 2**20
FACTOR = 8
SMALLER = 100
"""How much smaller the limits are in the quick test."""

LIMITS = (
    (archives, "_LARGEST_TOTAL"), (layouts, "_MOST_VALUES"), (object_arrays, "_ALWAYS_ENOUGH"),
    (object_arrays, "_MOST_STEPS"), (number_tables, "_LARGEST_FILE"), (csv_tables, "_LARGEST_FILE"),
    (landmark_json, "_LARGEST_FILE"),
)  # fmt: skip


def x_file(descr: str, shape: str, body: bytes) -> dict[str, bytes]:
    header = f"{{'descr': {descr!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    x = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body
    column = io.BytesIO()
    np.save(column, np.arange(1, 11))
    return {"X.npy": x, "Y.npy": column.getvalue(), "Y_s.npy": column.getvalue()}


def pickled(body: bytes) -> dict[str, bytes]:
    return x_file("|O", "(10,)", b"\x80\x02" + body)


def zipped(files: dict[str, bytes]) -> dict[str, bytes]:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return {"set.zip": stream.getvalue()}


def most_steps() -> int:
    return object_arrays._MOST_STEPS


BOMBS: dict[str, Callable[[int], dict[str, bytes]]] = {
    "lists": lambda size: pickled(b"(" + b"]" * size + b"l."),
    "nested lists": lambda size: pickled(b"]" * size + b"a" * (size - 1) + b"."),
    "dicts": lambda size: pickled(b"(" + b"}" * size + b"l."),
    "lists, as many as are read": lambda size: pickled(b"(" + b"]" * (most_steps() - 9) + b"l."),
    "dicts, as many as are read": lambda size: pickled(b"(" + b"}" * (most_steps() - 9) + b"l."),
    "marks": lambda size: pickled(b"(" * size + b"."),
    "memo": lambda size: x_file("|O", "(10,)", b"\x80\x04N" + b"\x94" * size + b"."),
    "small numbers": lambda size: x_file("|i1", f"(10, {size // 600}, 20, 3)", bytes(size // 600 * 600)),
    "a promise": lambda size: x_file("<f8", "(1099511627776, 20, 3)", bytes(size)),
    "columns": lambda size: {"a01_s01_e01_skeleton3D.txt": b"1 " * (size // 2)},
    "a row": lambda size: {"a01_s01_e01_skeleton3D.txt": b"1" * size},
    "zip of zeros": lambda size: zipped(x_file("<f8", "(10, 8, 20, 3)", bytes(2 * size))),
    "zip of more zeros": lambda size: zipped(x_file("<f8", "(10, 8, 20, 3)", bytes(4 * size))),
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_with_limits_a_hundred_times_smaller(
    bomb: str, har_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name in LIMITS:
        monkeypatch.setattr(module, name, getattr(module, name) // SMALLER)
    size = UPLOAD_LIMIT // SMALLER
    files = BOMBS[bomb](size)
    tracemalloc.start()
    try:
        with pytest.raises(DataError, match=r"X\.npy|a01_s01_e01|set\.zip|mine"):
            import_source("mine", files)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < FACTOR * size


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells it")
@pytest.mark.parametrize("bomb", BOMBS)
def test_of_the_size_that_the_server_takes(bomb: str, tmp_path: Path) -> None:
    for name, content in BOMBS[bomb](UPLOAD_LIMIT).items():
        (tmp_path / name).write_bytes(content)
    place = tmp_path / "set.zip" if (tmp_path / "set.zip").exists() else tmp_path
    program = (
        "import re, sys\n"
        "from har_core.data.sources import load_source\n"
        "from har_core.errors import DataError\n"
        # Not of getrusage: that one counts what the parent had when it started this process.
        "status = open('/proc/self/status')\n"
        "def peak():\n    status.seek(0); return int(re.search(r'VmHWM:\\s*(\\d+)', status.read())[1])\n"
        "before = peak()\n"
        "try:\n    load_source(sys.argv[1])\n"
        "except DataError as error:\n    print(error, file=sys.stderr)\n"
        "print(peak() - before)\n"
    )
    environment = os.environ | {"HAR_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-c", program, str(place)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert done.stderr.count("\n") == 1
    assert int(done.stdout) * 1024 < FACTOR * UPLOAD_LIMIT
