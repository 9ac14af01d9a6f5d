"""Files of small data sets, for the tests that read them."""

import io
import zipfile
from pathlib import Path

import numpy as np

from har_core.data.reading.data_set import LoadedSource

LENGTHS = (13, 40, 27, 38, 22, 30)


def npy(array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def ragged(joints=20, lengths=LENGTHS) -> np.ndarray:
    random = np.random.default_rng(0)
    array = np.empty(len(lengths), object)
    for row, length in enumerate(lengths):
        array[row] = random.uniform(0.5, 3, (length, joints, 3)).astype(np.float32)
    return array


def files(x=None, y=(1, 1, 2, 2, 7, 7), y_s=(1, 2, 1, 2, 1, 2), **more) -> dict[str, bytes]:
    named = {"X.npy": ragged() if x is None else x, "Y.npy": y, "Y_s.npy": y_s, **more}
    return {name: npy(array) for name, array in named.items()}


def folder_of(path: Path, content: dict[str, bytes]) -> str:
    path.mkdir(parents=True, exist_ok=True)
    for name, data in content.items():
        (path / name).write_bytes(data)
    return str(path)


def zip_of(content: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            # Of one date, for tests are called by these bytes, and two processes have to call them the same.
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return stream.getvalue()


def texts() -> dict[str, bytes]:
    lines = b"0.5 1.25 2.75 1.0\n" * 40
    return {f"a{a:02d}_s{s:02d}_e01_skeleton3D.txt": lines for a in (1, 2) for s in (1, 3)}


def everything_under(path: Path) -> list[str]:
    return sorted(str(item.relative_to(path)) for item in path.rglob("*")) if path.exists() else []


def assert_same(one: LoadedSource, other: LoadedSource):
    assert one.sequences.sequence_fingerprints == other.sequences.sequence_fingerprints
    assert one.sequences.actions == other.sequences.actions
    assert (one.layout, one.notes) == (other.layout, other.notes)
