"""Fields of the texts of a run, spoiled: each missing, of another type, out of range, huge or not finite."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.spoiled import Spoiled

JSON_FILES = ("config.json", "status.json", "meta.json", "results.json", "label.json")

_VALUES = (
    "null", "true", '"x"', '""', "[]", "{}", "[null]", "-1", "0", "0.5", "-1e-9", "1e300", "1" + "0" * 40,
    "1" + "0" * 400, "NaN", "Infinity", "-Infinity", '"' + "x" * 100_000 + '"', '"\\u202e\\u0000<b>:red[x]"',
    '"![x](https://example.org/y)"', '"\\ud800"', "[" * 500 + "]" * 500, '"/etc/passwd"', '"running"',
)  # fmt: skip
"""As JSON writes them."""

_MARK = "the place of the value"


def of_json(run: Path) -> Iterator[Spoiled]:
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


def of_several_fields() -> Iterator[Spoiled]:
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
            for key in [key for key in arrays if key.startswith("logits")]:
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


def of_records(run: Path) -> Iterator[Spoiled]:
    if not (run / "metrics.jsonl").exists():
        return
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
