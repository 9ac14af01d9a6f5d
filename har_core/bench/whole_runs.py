"""Whole runs by the command line, a process each: how soon, beside whom, and on how much data."""

import json
import multiprocessing
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from har_core.data.sources import load_source, source_folder
from har_core.errors import RunError

SIZES = (1, 10, 100)
"""How many times as many sequences as the course's set; at the last as many as NTU RGB+D 60 has."""

JOINTS = 25
_LOOK_EVERY = 0.01  # seconds
_EPOCHS_IN_ALL = 120  # of the smallest set; of a larger one fewer, for the same time


@dataclass(frozen=True)
class TrainedRun:
    """What was seen of one run.

    Attributes:
        first_epoch: seconds from the command to the first epoch on disk.
        epoch: median seconds of the others.
        frames: prepared frames of all parts.
        peak_memory: most bytes that the process had at hand; None where the system does not tell.
    """

    first_epoch: float
    epoch: float
    frames: int
    peak_memory: int | None


@dataclass(frozen=True)
class Strain:
    """An epoch alone, and beside a process that keeps one core busy; median seconds."""

    alone: float
    busy: float

    @property
    def ratio(self) -> float:
        """How many times as long it takes beside the other."""
        return self.busy / self.alone


@dataclass(frozen=True)
class Sized:
    """Training on a set of some size.

    Attributes:
        sequences: N.
        data_bytes: of their frames as recorded.
        frame_seconds: of an epoch, for each frame that is trained or judged.
        peak_memory: most bytes that the process had at hand; None where the system does not tell.
    """

    sequences: int
    data_bytes: int
    frame_seconds: float
    peak_memory: int | None


def time_first_epoch(source: str, rounds: int) -> list[float]:
    """Return the seconds from the command to the first finished epoch, when caches are warm; one a round."""
    with _home() as home:
        place = _place(source)
        return [_train(home, place, 1).first_epoch for _ in range(rounds + 1)][1:]


def time_beside_a_busy_process(source: str, rounds: int) -> Strain:
    """Return the medians of runs in turn: alone, and while another process computes without a pause."""
    alone, busy = [], []
    with _home() as home:
        for _ in range(rounds):
            alone.append(_train(home, _place(source), _EPOCHS_IN_ALL).epoch)
            with _busy_process():
                busy.append(_train(home, _place(source), _EPOCHS_IN_ALL).epoch)
    return Strain(statistics.median(alone), statistics.median(busy))


def time_sizes(sizes: tuple[int, ...] = SIZES) -> Iterator[Sized]:
    """Train on the synthetic set, with 25 joints, so many times over; yield what each size took."""
    for times in sizes:
        with _home() as home:
            folder = home / "sources" / "many"
            sequences, data_bytes = _write_source(folder, times)
            ran = _train(home, "many", max(4, _EPOCHS_IN_ALL // times))
            yield Sized(sequences, data_bytes, ran.epoch / ran.frames, ran.peak_memory)


def summary(first: list[float], strain: Strain, sizes: list[Sized]) -> dict[str, object]:
    """Return what ``--json`` tells of all of it."""
    return {
        "first_epoch_seconds": statistics.median(first),
        "busy": {**asdict(strain), "ratio": strain.ratio},
        "sizes": [asdict(sized) for sized in sizes],
    }


@contextmanager
def _home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="har-bench-") as folder:
        yield Path(folder)


def _place(source: str) -> str:
    """Return a source as another home knows it."""
    folder = source_folder(source)
    return str(folder) if folder.is_dir() else source


def _train(home: Path, source: str, epochs: int) -> TrainedRun:
    """Train the course's LSTM by the command line.

    Raises:
        RunError: it failed.
    """
    before = set(home.glob("runs/*"))
    words = [sys.executable, "-m", "har_core", "train", "--source", source, "--epochs", str(epochs), "--json"]
    started = time.perf_counter()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(  # noqa: S603 - this Python, with words of our own
            words, env={**os.environ, "HAR_HOME": str(home)}, stdout=subprocess.DEVNULL, stderr=said
        ) as process,
    ):
        first, peak = None, None
        while process.poll() is None:
            peak = _peak_memory(process.pid) or peak
            if first is None and _has_an_epoch(home, before):
                first = time.perf_counter() - started
            time.sleep(_LOOK_EVERY)
        first = first or time.perf_counter() - started
        if process.returncode:
            said.seek(0)
            raise RunError(f"a timed run failed: {said.read().decode(errors='replace').strip()[-500:]}")
    (run,) = set(home.glob("runs/*")) - before
    seconds = [json.loads(line)["seconds"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    config = json.loads((run / "config.json").read_text())
    sizes = json.loads((run / "meta.json").read_text())["split_sizes"]
    frames = sum(sizes.values()) * config["preparation"]["frames"]
    return TrainedRun(first, statistics.median(seconds[1:] or seconds), frames, peak)


def _has_an_epoch(home: Path, before: set[Path]) -> bool:
    return any(
        path.parent not in before and b"\n" in path.read_bytes() for path in home.glob("runs/*/metrics.jsonl")
    )


def _peak_memory(process: int) -> int | None:
    try:
        found = re.search(r"VmHWM:\s*(\d+) kB", Path(f"/proc/{process}/status").read_text())
    except OSError:  # it has just ended, or this is not Linux
        return None
    return 1024 * int(found[1]) if found else None


@contextmanager
def _busy_process() -> Iterator[None]:
    process = multiprocessing.get_context("spawn").Process(target=_compute, daemon=True)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join()


def _compute() -> None:
    while True:
        sum(range(10_000))


def _write_source(folder: Path, times: int) -> tuple[int, int]:
    """Write the synthetic set so many times over; return the number of sequences and the bytes of frames.

    The joints that it lacks are middles between two that it has.
    """
    once = load_source("synthetic").sequences
    count, longest = len(once), int(once.lengths.max())
    padded = np.zeros((count, longest, JOINTS, 3), np.float32)
    for row, frames in enumerate(once.each()):
        more = (frames[:, : JOINTS - frames.shape[1]] + frames[:, 1 : JOINTS - frames.shape[1] + 1]) / 2
        padded[row, : len(frames)] = np.concatenate([frames, more], axis=1)
    folder.mkdir(parents=True)
    with (folder / "X.npy").open("wb") as file:
        shape = (times * count, longest, JOINTS, 3)
        header = {"descr": padded.dtype.str, "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        for _ in range(times):
            padded.tofile(file)
    numbers = np.array([action.number for action in once.actions])[once.labels]
    np.save(folder / "Y.npy", np.tile(numbers, times))
    np.save(folder / "Y_s.npy", np.tile(once.subjects, times))
    return times * count, times * int(once.lengths.sum()) * JOINTS * 3 * 4
