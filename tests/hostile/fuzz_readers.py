"""Feed the readers of data sets and configs with bytes that a fuzzer makes up, guided by what they reach.

    pip install atheris
    python tests/hostile/fuzz_readers.py -max_total_time=600

It ends with an error, and a file of the bytes that led to it, as soon as anything but a sentence for the user
comes out of a reader. All of libFuzzer's options are taken. Atheris runs on Linux and macOS; the tests, which
try what hypothesis makes up, need none of it.
"""

import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import atheris
import numpy as np
from scipy.io import savemat

with atheris.instrument_imports(include=["har_core"]):
    from har_core.data.reading.choices import NOTHING_CHOSEN
    from har_core.data.reading.folders import UploadedFolder
    from har_core.data.reading.npy import read_npy
    from har_core.data.reading.search import Search
    from har_core.errors import HarError
    from har_core.settings import parse_settings
    from har_core.training.config import ExperimentConfig

_LONGEST = 1 << 14  # bytes of one try
_RECORDINGS = (
    "S001C001P001R001A001.skeleton",
    "a1_s1_t1_skeleton.mat",
    "wave_s1.csv",
    "wave_s1.json",
    "a01_s01_e01_skeleton.txt",
)


def _array(content: bytes) -> None:
    read_npy(io.BytesIO(content), "X.npy")


def _names(content: bytes) -> None:
    read_npy(io.BytesIO(content), "ids.npy", text=True)


def _numpy_files(content: bytes) -> None:
    x, y, subjects = (content.split(b"\0SPLIT\0") + [b"", b""])[:3]
    _upload({"X.npy": x, "Y.npy": y, "Y_s.npy": subjects})


def _text_file(content: bytes) -> None:
    _upload({"a01_s01_e01_skeleton3D.txt": content})


def _recording(content: bytes) -> None:
    """The first byte names the kind of file."""
    _upload({_RECORDINGS[content[:1][0] % len(_RECORDINGS)]: content[1:]} if content else {})


def _utkinect(content: bytes) -> None:
    joints, labels = (content.split(b"\0SPLIT\0") + [b""])[:2]
    _upload({"joints_s01_e01.txt": joints, "actionLabel.txt": labels})


def _archive(content: bytes) -> None:
    _upload({"fuzzed.zip": content})


def _upload(files: dict[str, bytes]) -> None:
    found = Search(lambda: UploadedFolder(files), "fuzzed").run()
    if found is not None:
        found.read(NOTHING_CHOSEN)


def _config(content: bytes) -> None:
    parse_settings(ExperimentConfig, content, "config.json")


READERS: list[Callable[[bytes], None]] = [
    _array, _names, _numpy_files, _text_file, _archive, _config, _recording, _utkinect,
]  # fmt: skip


def try_one(content: bytes) -> None:
    """Give the bytes behind the first to the reader that the first names."""
    if not content:
        return
    try:
        READERS[content[0] % len(READERS)](content[1:])
    except HarError as error:
        sentence = str(error)
        if not sentence.strip() or "\n" in sentence.strip():
            raise AssertionError(f"not one sentence: {sentence!r}") from error


def seeds() -> list[bytes]:
    """Return something whole for each reader, for the fuzzer to start from."""
    random = np.random.default_rng(0)
    whole = random.normal(size=(4, 5, 20, 3)).astype(np.float32)
    objects = np.empty(3, object)
    objects[:] = [frames[:length] for frames, length in zip(whole, (3, 4, 5), strict=False)]
    numbers = _saved(np.array([1, 2, 1, 2]))
    text = "\n".join("0.1 0.2 2.5 1" for _ in range(40)).encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a01_s01_e01_skeleton3D.txt", text)
    contents = [
        [_saved(whole), _saved(objects), _saved(whole.astype(">f8")), _saved(np.asfortranarray(whole))],
        [_saved(np.array(["a01_s01_e01", "a02_s01_e01"]))],
        [b"\0SPLIT\0".join([_saved(whole), numbers, numbers])],
        [text],
        [packed.getvalue()],
        [ExperimentConfig().model_dump_json().encode()],
        [bytes([kind]) + each for kind, each in enumerate(_recordings(whole[0]))],
        [
            b"\0SPLIT\0".join(
                [b"1" + b" 0.5" * 60 + b"\n2" + b" 0.6" * 60, b"s01_e01\nwalk: 1 2\npull: NaN NaN"]
            )
        ],
    ]
    return [bytes([reader]) + each for reader, group in enumerate(contents) for each in group]


def _recordings(frames: np.ndarray) -> list[bytes]:
    """Return something whole for each of ``_RECORDINGS``."""
    joint = "0.1 0.2 2.5 1 2 3 4 0 0 0 1 2\n"
    matlab = io.BytesIO()
    savemat(matlab, {"d_skel": frames.transpose(1, 2, 0)})
    rows = [f"{frame},{point},0.{frame},0.{point},2" for frame in range(3) for point in range(3)]
    landmarks = [[{"x": 0.5, "y": 0.1 * point, "z": 0.1} for point in range(3)] for _ in range(3)]
    return [
        ("2\n" + 2 * ("1\n7 0 1 1 1 1 0 0 0 2\n25\n" + 25 * joint)).encode(),
        matlab.getvalue(),
        "\n".join(["frame,joint,x,y,z", *rows]).encode(),
        json.dumps(landmarks).encode(),
        b"150 90 2400 1\n" * 40,
    ]


def _saved(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array, allow_pickle=True)
    return file.getvalue()


def main() -> None:
    """Fuzz until an option of the command line or a fault ends it."""
    with tempfile.TemporaryDirectory(prefix="har-fuzz-") as folder:
        for number, content in enumerate(seeds()):
            (Path(folder) / f"seed-{number}").write_bytes(content)
        atheris.Setup([*sys.argv, f"-max_len={_LONGEST}", folder], try_one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
