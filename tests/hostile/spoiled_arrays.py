"""Arrays and weights of a run, spoiled: their types, shapes and values, and the files that hold them."""

import io
import os
import struct
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file, save

from tests.hostile.spoiled import Spoiled


def of_arrays(run: Path) -> Iterator[Spoiled]:
    for name in ("predictions.npz", "features.npz"):
        if not (run / name).exists():
            continue
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


def of_weights(run: Path) -> Iterator[Spoiled]:
    for name in ("best.safetensors", "last.safetensors"):
        if not (run / name).exists():
            continue
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
