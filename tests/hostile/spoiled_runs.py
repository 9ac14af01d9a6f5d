"""Runs as a stranger might hand them over: each file of a run, each of its fields, spoiled in every way."""

import io
import json
import os
import shutil
import socket
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save

from har_core.data.splits import Split
from har_core.models import CnnOptions, LstmOptions
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import RunStore

ELSEWHERE = "the text of another file"
"""What the files hold that links lead to; nobody may quote it."""

JSON_FILES = ("config.json", "status.json", "meta.json", "results.json", "label.json")
FILES = (
    *JSON_FILES, "metrics.jsonl", "predictions.npz", "features.npz", "best.safetensors", "last.safetensors",
    "checkpoint.safetensors", "request", ".lock",
)  # fmt: skip


@dataclass(frozen=True)
class Spoiled:
    """A way to spoil a run.

    Attributes:
        name: says what is spoiled.
        spoil: is given the run's folder, and a folder of another place with a whole run in it.
    """

    name: str
    spoil: Callable[[Path, Path], None]


def spoiled_runs(run: Path, *, arrays: bool) -> list[Spoiled]:
    """All ways to spoil a run.

    Args:
        run: a whole one, whose files say which fields there are.
        arrays: True for a run that has ended, which has arrays and weights.
    """
    found = [*_of_files(), *_of_json(run), *_of_records(run), *_together()]
    found += [*_of_arrays(run), *_of_weights(run)] if arrays else []
    return [*found, Spoiled("the run is a link", _link_of_folder)]


def make_homes(source: Path, folder: Path) -> dict[str, tuple[Path, Path]]:
    """Train small runs; of one that is done, and one that was interrupted, return its home and another run.

    Args:
        source: the small set.
        folder: an empty one, which the homes are made in.
    """
    split = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))
    for name, options, epochs in (
        ("done", LstmOptions(hidden=5), 6), ("another", CnnOptions(channels=4), 6),
        ("interrupted", LstmOptions(hidden=5), 2),
    ):  # fmt: skip
        config = ExperimentConfig(source=str(source), split=split, epochs=6, device="cpu", model=options)
        store = RunStore(folder / name / "runs")
        run = store.create(config, queued=False)
        training = train_run(store, run.run_id)
        for _ in range(epochs):
            next(training)
        list(training) if epochs == config.epochs else training.close()
        store.write_label(run.run_id, Label(name="mine", tags=("a",), note="b"))
    stopped = {"epoch": 1, "train": 0.5, "validation": 0.5, "test": 0.5}  # before it was resumed
    (run.path / "results.json").write_text(json.dumps({"best": stopped, "last": stopped}))
    (another,) = (folder / "another" / "runs").iterdir()
    return {name: (folder / name, another) for name in ("done", "interrupted")}


def spoiled_everywhere(homes: dict[str, tuple[Path, Path]]) -> Iterator[tuple[str, Spoiled]]:
    """Yield each way to spoil the run that is done, and the one that was interrupted."""
    for state, (home, _) in homes.items():
        (run,) = (home / "runs").iterdir()
        for case in spoiled_runs(run, arrays=state == "done"):
            yield state, case


def lay_out(state: str, case: Spoiled, homes: dict[str, tuple[Path, Path]], home: Path) -> tuple[str, str]:
    """Make a home with a spoiled run and a whole one, and return their names.

    The folder ``elsewhere`` in it is the other place that links lead to.
    """
    kept, another = homes[state]
    shutil.copytree(kept / "runs", home / "runs")
    shutil.copytree(another, home / "elsewhere")
    (run,) = (home / "runs").iterdir()
    good = "20200101-000000-good"
    shutil.copytree(next((homes["done"][0] / "runs").iterdir()), home / "runs" / good)
    case.spoil(run, home / "elsewhere")
    return run.name, good


# Whole files


def _of_files() -> Iterator[Spoiled]:
    for name in FILES:
        for kind, put in _KINDS.items():

            def spoil(run: Path, other: Path, name: str = name, put: Any = put) -> None:
                file = run / name
                content = file.read_bytes() if file.is_file() else b"x" * 100
                file.unlink(missing_ok=True)
                put(file, other, content)

            yield Spoiled(f"{name} is {kind}", spoil)


def _link(file: Path, other: Path, content: bytes) -> None:
    secret = other / "secret"
    secret.write_text(ELSEWHERE)
    file.symlink_to(secret)


def _link_to_twin(file: Path, other: Path, content: bytes) -> None:
    twin = other / f"twin of {file.name}"
    twin.write_bytes(content)
    file.symlink_to(twin)


def _socket(file: Path, other: Path, content: bytes) -> None:
    here = os.getcwd()
    os.chdir(file.parent)  # the path of a socket may not be long
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(file.name)
    finally:
        os.chdir(here)


def _sparse(file: Path, other: Path, content: bytes) -> None:
    with file.open("wb") as opened:
        opened.write(content)
        opened.truncate(10 * 2**30)


_KINDS: dict[str, Callable[[Path, Path, bytes], Any]] = {
    "missing": lambda file, other, content: None,
    "empty": lambda file, other, content: file.write_bytes(b""),
    "cut": lambda file, other, content: file.write_bytes(content[: len(content) // 2]),
    "rubbish": lambda file, other, content: file.write_bytes(bytes(range(256)) * 9),
    "a list": lambda file, other, content: file.write_bytes(b"[]"),
    "null": lambda file, other, content: file.write_bytes(b"null"),
    "nested": lambda file, other, content: file.write_bytes(b'{"a":' * 50_000),
    "a pickle": lambda file, other, content: file.write_bytes(b"\x80\x04N."),
    "twice itself": lambda file, other, content: file.write_bytes(2 * content),
    "a folder": lambda file, other, content: file.mkdir(),
    "a pipe": lambda file, other, content: os.mkfifo(file),
    "a socket": _socket,
    "a link to a device": lambda file, other, content: file.symlink_to("/dev/zero"),
    "a link to nothing": lambda file, other, content: file.symlink_to(other / "nothing"),
    "a link to a secret": _link,
    "a link to what it was": _link_to_twin,
    "a link to itself": lambda file, other, content: file.symlink_to(file),
    "10 GiB": _sparse,
    "that of another run": lambda file, other, content: _take(other / file.name, file),
}


def _take(source: Path, file: Path) -> None:
    if source.is_file():
        shutil.copy(source, file)


def _link_of_folder(run: Path, other: Path) -> None:
    moved = other / "moved"
    run.rename(moved)
    run.symlink_to(moved)


# Fields of JSON

_VALUES = (
    "null", "true", '"x"', '""', "[]", "{}", "[null]", "-1", "0", "0.5", "-1e-9", "1e300", "1" + "0" * 40,
    "1" + "0" * 400, "NaN", "Infinity", "-Infinity", '"' + "x" * 100_000 + '"', '"\\u202e\\u0000<b>:red[x]"',
    '"![x](https://example.org/y)"', '"\\ud800"', "[" * 500 + "]" * 500, '"/etc/passwd"', '"running"',
)  # fmt: skip
"""As JSON writes them."""

_MARK = "the place of the value"


def _of_json(run: Path) -> Iterator[Spoiled]:
    for name in JSON_FILES:
        whole = json.loads((run / name).read_text())
        for place in _places(whole):
            yield Spoiled(f"{name}: {'.'.join(map(str, place))} is missing", _without(name, place))
            for value in _VALUES:
                said = value if len(value) <= 40 else f"{value[:20]}... ({len(value)} signs)"
                yield Spoiled(f"{name}: {'.'.join(map(str, place))} is {said}", _with(name, place, value))


def _places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Each key of each object, and the first element of each list."""
    inside = dict(enumerate(value[:1])) if isinstance(value, list) else value
    for key, below in inside.items() if isinstance(inside, dict) else ():
        yield (*above, key)
        yield from _places(below, (*above, key))


def _with(name: str, place: tuple[Any, ...], value: str) -> Callable[[Path, Path], None]:
    def spoil(run: Path, other: Path) -> None:
        whole = json.loads((run / name).read_text())
        inside = whole
        for key in place[:-1]:
            inside = inside[key]
        inside[place[-1]] = _MARK
        (run / name).write_text(json.dumps(whole).replace(json.dumps(_MARK), value))

    return spoil


def _without(name: str, place: tuple[Any, ...]) -> Callable[[Path, Path], None]:
    def spoil(run: Path, other: Path) -> None:
        whole = json.loads((run / name).read_text())
        inside = whole
        for key in place[:-1]:
            inside = inside[key]
        del inside[place[-1]]
        (run / name).write_text(json.dumps(whole))

    return spoil


def _together() -> Iterator[Spoiled]:
    """What is wrong in several fields at once."""
    for epoch in (6 + 4, 10**6, -7):

        def running(run: Path, other: Path, epoch: int = epoch) -> None:
            _change(run, "status.json", state="running", host="elsewhere", epoch=epoch, heartbeat=9e9)

        yield Spoiled(f"status.json: running elsewhere, epoch {epoch}", running)
    many = [{"number": number, "name": f"action {number}"} for number in range(401)]
    for count in (400, 401):

        def actions(run: Path, other: Path, count: int = count) -> None:
            _change(run, "meta.json", actions=many[:count])

        yield Spoiled(f"meta.json: {count} actions", actions)

    def most(run: Path, other: Path) -> None:
        _change(run, "meta.json", actions=many[:400])
        if (run / "predictions.npz").exists():
            with np.load(run / "predictions.npz") as file:
                arrays = {key: file[key] for key in file.files}
            for key in ("logits_best", "logits_last"):
                arrays[key] = np.pad(arrays[key], ((0, 0), (0, 396)))
            np.savez(run / "predictions.npz", **arrays)

    yield Spoiled("400 actions, and logits for each", most)

    def same(run: Path, other: Path) -> None:
        _change(run, "meta.json", actions=[{"number": 1, "name": "wave"}] * 4)

    yield Spoiled("meta.json: actions of one name", same)
    largest = {"name": "bilstm", "hidden": 1024, "layers": 8, "dropout": 0.5}
    yield Spoiled(
        "config.json: the largest model", lambda run, other: _change(run, "config.json", model=largest)
    )

    def wide(run: Path, other: Path) -> None:
        _change(run, "config.json", model=largest)
        _change(run, "meta.json", inputs=1_000_000)

    yield Spoiled("the largest model on a million inputs", wide)


def _change(run: Path, name: str, **values: Any) -> None:
    path = run / name
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


# Records


def _of_records(run: Path) -> Iterator[Spoiled]:
    lines = (run / "metrics.jsonl").read_text().splitlines(keepends=True)
    record = json.loads(lines[1])

    def written(*lines: str) -> Callable[[Path, Path], None]:
        return lambda run, other: (run / "metrics.jsonl").write_text("".join(lines)) and None

    for field in record:
        for value in _VALUES:
            line = json.dumps(record | {field: _MARK}).replace(json.dumps(_MARK), value) + "\n"
            yield Spoiled(f"metrics.jsonl: {field} is {value[:20]}", written(lines[0], line, *lines[2:]))
        line = json.dumps({key: value for key, value in record.items() if key != field}) + "\n"
        yield Spoiled(f"metrics.jsonl: {field} is missing", written(lines[0], line, *lines[2:]))
    yield Spoiled("metrics.jsonl: epochs that fall", written(*lines[::-1]))
    yield Spoiled("metrics.jsonl: an epoch twice", written(lines[0], *lines))
    yield Spoiled("metrics.jsonl: more epochs than were asked for", written(
        *(json.dumps(record | {"epoch": epoch}) + "\n" for epoch in range(1, 5000))
    ))  # fmt: skip
    yield Spoiled("metrics.jsonl: a line of 20 MB", written(lines[0], " " * 20_000_000, *lines[1:]))
    yield Spoiled("metrics.jsonl: a million empty lines", written("\n" * 1_000_000, *lines))


# Arrays


def _of_arrays(run: Path) -> Iterator[Spoiled]:
    for name in ("predictions.npz", "features.npz"):
        with np.load(run / name) as file:
            whole = {key: file[key] for key in file.files}
        for key, array in whole.items():
            for what, other in _other_arrays(array):

                def spoil(
                    run: Path, place: Path, name: str = name, key: str = key, other: Any = other
                ) -> None:
                    with np.load(run / name) as file:
                        arrays = {known: file[known] for known in file.files}
                    np.savez(run / name, allow_pickle=True, **(arrays | {key: other}))

                yield Spoiled(f"{name}: {key} is {what}", spoil)
            yield Spoiled(f"{name}: {key} is missing", _dropped(name, key))
        yield Spoiled(f"{name} is compressed", lambda run, other, name=name, whole=whole: np.savez_compressed(
            run / name, **whole
        ))  # fmt: skip
        yield Spoiled(f"{name} is a bomb", lambda run, other, name=name, whole=whole: np.savez_compressed(
            run / name, **(whole | {key: np.zeros(200_000_000, np.uint8) for key in whole})
        ))  # fmt: skip
        for what, header in _LYING_HEADERS.items():
            yield Spoiled(f"{name}: a header that says {what}", _lying_member(name, header))
        yield Spoiled(f"{name}: sizes that lie in its zip", _lying_zip(name))
        yield Spoiled(f"{name}: rows in another order", _shuffled(name))


def _other_arrays(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    yield "scalar", array.reshape(-1)[0]
    yield "short", array[:-1]
    yield "long", np.concatenate([array, array[:1]])
    yield "empty", array[:0]
    yield "of one more axis", array[..., None]
    yield "flat", array.reshape(-1)[: len(array)]
    yield "all the same", np.repeat(array[:1], len(array), axis=0)
    yield "objects", array.astype(object)
    yield "an object that runs", np.array([_Evil()] * len(array), object)
    yield "records", np.zeros(len(array), [("a", "f4"), ("b", "f4")])
    yield "times", np.zeros(len(array), "M8[s]")
    yield "true or false", np.ones(array.shape, bool)
    yield "complex", np.ones(array.shape, complex)
    yield "text", np.full(array.shape, "x")
    yield "bytes", np.full(array.shape, b"x")
    yield "long text", np.full(array.shape, "x" * 5000)
    yield "rubbish as text", np.full((*array.shape, 8), 0x7FFFFFFF, np.uint32).view("U8").reshape(array.shape)
    yield "half pairs", np.full((*array.shape, 8), 0xD800, np.uint32).view("U8").reshape(array.shape)
    for value in (-1, 0, 1, 10**6, 2**62):
        yield f"whole numbers, {value}", np.full(array.shape, value)
    yield "whole numbers without sign", np.full(array.shape, 2**64 - 1, np.uint64)
    for number in (0.5, np.nan, np.inf, -np.inf, 3e38, 1e-45):
        yield f"floats, {number}", np.full(array.shape, number, np.float32)
    yield "floats of 64 bits", np.full(array.shape, 1e300)
    yield "of another order of bytes", array.astype(array.dtype.newbyteorder(">"))
    if array.ndim == 2:
        yield "wide", np.concatenate([array, array], axis=1)
        yield "narrow", array[:, :-1]
        yield "without columns", array[:, :0]
        one = array.copy()
        one[3, 1] = np.nan
        yield "with one that is no number", one


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("evil",)


def _dropped(name: str, key: str) -> Callable[[Path, Path], None]:
    def spoil(run: Path, other: Path) -> None:
        with np.load(run / name) as file:
            arrays = {known: file[known] for known in file.files if known != key}
        np.savez(run / name, **arrays)

    return spoil


def _shuffled(name: str) -> Callable[[Path, Path], None]:
    def spoil(run: Path, other: Path) -> None:
        with np.load(run / name) as file:
            np.savez(run / name, **{known: file[known][::-1] for known in file.files})

    return spoil


_LYING_HEADERS = {
    "a shape of terabytes": "{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 109951162), }",
    "a shape below nothing": "{'descr': '<f4', 'fortran_order': False, 'shape': (-1, 4), }",
    "a hundred axes": f"{{'descr': '<f4', 'fortran_order': False, 'shape': ({'1, ' * 100}), }}",
    "no shape": "{'descr': '<f4', 'fortran_order': False, }",
    "a program": "__import__('os').mkdir('evil')",
    "an endless type": "{'descr': '<U2147483647', 'fortran_order': False, 'shape': (72,), }",
    "a nested type": f"{{'descr': {'[' * 200}'<f4'{']' * 200}, 'fortran_order': False, 'shape': (72,), }}",
}


def _lying_member(name: str, header: str) -> Callable[[Path, Path], None]:
    def spoil(run: Path, other: Path) -> None:
        with np.load(run / name) as file:
            arrays = {key: file[key] for key in file.files}
        with zipfile.ZipFile(run / name, "w") as archive:
            for key, array in arrays.items():
                member = io.BytesIO()
                np.lib.format.write_array(member, array)
                start = 10 + struct.unpack("<H", member.getvalue()[8:10])[0]
                text = header.encode() + b"\n"
                lie = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text
                archive.writestr(f"{key}.npy", lie + member.getvalue()[start:])

    return spoil


def _lying_zip(name: str) -> Callable[[Path, Path], None]:
    def spoil(run: Path, other: Path) -> None:
        content = bytearray((run / name).read_bytes())
        place = content.find(b"PK\x01\x02")
        while place >= 0:
            struct.pack_into("<II", content, place + 20, 0xFFFFFF00, 0xFFFFFF00)
            place = content.find(b"PK\x01\x02", place + 4)
        (run / name).write_bytes(content)

    return spoil


# Weights


def _of_weights(run: Path) -> Iterator[Spoiled]:
    for name in ("best.safetensors", "last.safetensors"):
        for key, array in load_file(run / name).items():
            others = {
                "no numbers": np.full_like(array, np.nan), "endless": np.full_like(array, np.inf),
                "huge": np.full_like(array, 3e38), "wide": np.concatenate([array, array]),
                "whole": array.astype(np.int32), "doubles": array.astype(np.float64),
                "flat": array.reshape(-1), "empty": array[:0], "a scalar": array.reshape(-1)[0].reshape(()),
            }  # fmt: skip
            for what, other in others.items():

                def spoil(
                    run: Path, place: Path, name: str = name, key: str = key, other: Any = other
                ) -> None:
                    weights = load_file(run / name) | {key: np.ascontiguousarray(other)}
                    (run / name).write_bytes(save(weights))

                yield Spoiled(f"{name}: {key} is {what}", spoil)
