"""Runs as a stranger might hand them over: each file of a run, each of its fields, spoiled in every way."""

import json
import os
import shutil
import socket
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from har_core.data.splits import Split
from har_core.models import CnnOptions, LstmOptions, NearestNeighbourOptions
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import RunStore
from tests.hostile.spoiled import Spoiled
from tests.hostile.spoiled_arrays import of_arrays, of_weights
from tests.hostile.spoiled_fields import JSON_FILES, of_json, of_records, of_several_fields

ELSEWHERE = "the text of another file"
"""What the files hold that links lead to; nobody may quote it."""

GOOD = "20200101-000000-good"
"""The whole run beside the spoiled ones."""

BEGIN = int(os.environ.get("HAR_HOSTILE_FROM", "0"))
"""The number of the spoiled run at which a soak begins, again after it was cut off."""

FILES = (
    *JSON_FILES, "metrics.jsonl", "predictions.npz", "features.npz", "best.safetensors", "last.safetensors",
    "checkpoint.safetensors", "request", ".lock",
)  # fmt: skip


def spoiled_runs(run: Path, *, arrays: bool) -> list[Spoiled]:
    """All ways to spoil a run.

    Args:
        run: a whole one, whose files say which fields there are.
        arrays: True for a run that has ended, which has arrays and weights.
    """
    found = [*_of_files(), *of_json(run), *of_records(run), *of_several_fields()]
    found += [*of_arrays(run), *of_weights(run)] if arrays else []
    return [*found, Spoiled("the run is a link", _link_of_folder)]


def make_homes(source: Path, folder: Path) -> dict[str, tuple[Path, Path]]:
    """Train small runs, and return of each the home and another run.

    One is done, one was interrupted, and one each is done that has no validation part, and no epochs.

    Args:
        source: the small set.
        folder: an empty one, which the homes are made in.
    """
    split = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))
    cross = Split(name="cross", train=(1, 2, 3), validation=(), test=(4, 5, 6))
    for name, options, parts, epochs in (
        ("done", LstmOptions(hidden=5), split, 6), ("another", CnnOptions(channels=4), split, 6),
        ("not validated", LstmOptions(hidden=5), cross, 6),
        ("without epochs", NearestNeighbourOptions(), split, None),
        ("interrupted", LstmOptions(hidden=5), split, 2),
    ):  # fmt: skip
        training = None if epochs is None else GradientTraining(epochs=6)
        config = ExperimentConfig(
            source=str(source), split=parts, training=training, device="cpu", model=options
        )
        store = RunStore(folder / name / "runs")
        run = store.create(config, queued=False)
        records = train_run(store, run.run_id)
        for _ in range(epochs or 0):
            next(records)
        list(records) if epochs == config.epochs else records.close()
        store.write_label(run.run_id, Label(name="mine", tags=("a",), note="b"))
    stopped = {"epoch": 1, "train": 0.5, "validation": 0.5, "test": 0.5}  # before it was resumed
    (run.path / "results.json").write_text(json.dumps({"best": stopped, "last": stopped}))
    (another,) = (folder / "another" / "runs").iterdir()
    names = ("done", "interrupted", "not validated", "without epochs")
    return {name: (folder / name, another) for name in names}


def spoiled_everywhere(homes: dict[str, tuple[Path, Path]]) -> Iterator[tuple[str, Spoiled]]:
    """Yield each way to spoil each of the runs."""
    for state, (home, _) in homes.items():
        (run,) = (home / "runs").iterdir()
        for case in spoiled_runs(run, arrays=state != "interrupted"):
            yield state, case


def lay_out(
    cases: Iterable[tuple[str, Spoiled]], homes: dict[str, tuple[Path, Path]], home: Path
) -> list[str]:
    """Make a home with a whole run, ``GOOD``, and spoiled ones beside it, and return their names.

    The folder ``elsewhere`` in it holds the other place that the links of each lead to.
    """
    shutil.copytree(next((homes["done"][0] / "runs").iterdir()), home / "runs" / GOOD)
    names = []
    for number, (state, case) in enumerate(cases):
        kept, another = homes[state]
        (whole,) = (kept / "runs").iterdir()
        name = f"{whole.name}-{number}"
        run = shutil.copytree(whole, home / "runs" / name)
        case.spoil(run, shutil.copytree(another, home / "elsewhere" / name))
        names.append(name)
    return names


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
