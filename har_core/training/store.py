"""RunStore: run directories on disk. One process writes a run, any number read it."""

import os
import secrets
import shutil
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from filelock import FileLock, Timeout
from pydantic import TypeAdapter, ValidationError

from har_core.errors import HarError, RunError, RunLockedError
from har_core.home import home
from har_core.settings import AnySettings, Settings, parse_settings
from har_core.training.atomic import replace_file
from har_core.training.config import ExperimentConfig
from har_core.training.records import EpochRecord, Label, Meta, Request, Results, RunState, Status

SILENT_AFTER = 60.0
"""Seconds without a sign of life after which a running run of another machine counts as interrupted."""

_RECORD = TypeAdapter(EpochRecord)


@dataclass(frozen=True)
class Run:
    """A run as it is on disk at one moment.

    Attributes:
        run_id: the name of its directory.
        path: its directory.
        config: what was asked for.
        status: where it stands.
        meta: what it was made from; None until its data were read.
        results: None until it has ended.
        label: what the user calls it.
        label_fault: a sentence, where the label can't be read; the run is whole without it.
    """

    run_id: str
    path: Path
    config: ExperimentConfig
    status: Status
    meta: Meta | None
    results: Results | None
    label: Label = field(default_factory=Label)
    label_fault: str = ""


@dataclass(frozen=True)
class DamagedRun:
    """A run directory that can't be read, and why."""

    run_id: str
    path: Path
    reason: str


class RunStore:
    """All runs of one home."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home() / "runs"
        self._parsed: dict[Path, tuple[tuple[int, ...], Settings]] = {}
        self._read_metrics: dict[Path, _ReadMetrics] = {}
        self._made_at = 0.0

    # Reading

    def all(self) -> list[Run | DamagedRun]:
        """Return all runs, the newest first."""
        found: list[Run | DamagedRun] = []
        for path in sorted(self._directories(), reverse=True):
            try:
                found.append(self.get(path.name))
            except HarError as error:
                found.append(DamagedRun(path.name, path, str(error)))
        return found

    def runs(self) -> list[Run]:
        """Return the runs that can be read, the newest first."""
        return [run for run in self.all() if isinstance(run, Run)]

    def active(self) -> dict[str, Status]:
        """Return the status of each waiting or running run, by its id, the oldest first."""
        found = {}
        for path in sorted(self._directories()):
            try:
                status = self._read(path / "status.json", Status)
            except HarError:  # a damaged run is told where runs are listed
                continue
            if status and _seen_now(status).state in ("queued", "running"):
                found[path.name] = status
        return found

    def _directories(self) -> Iterable[Path]:
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(".")]

    def get(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            RunError: there is none of that name, or its directory is damaged.
            ConfigError: its config or status is damaged.
        """
        path = self.path_of(run_id)
        config = self._read(path / "config.json", ExperimentConfig)
        status = self._read(path / "status.json", Status)
        if config is None or status is None:
            missing = "config.json" if config is None else "status.json"
            raise RunError(f"run {run_id} is damaged: {missing} is missing; delete the run and train again.")
        meta = self._read(path / "meta.json", Meta)
        results = self._read(path / "results.json", Results)
        return Run(run_id, path, config, _seen_now(status), meta, results, *self._label(path))

    def _label(self, path: Path) -> tuple[Label, str]:
        """Return a run's label, and what is wrong with it: a name is no reason to hide what was computed."""
        try:
            return self._read(path / "label.json", Label) or Label(), ""
        except HarError as error:
            return Label(), f"{error} Name the run anew to mend it."

    def path_of(self, run_id: str) -> Path:
        """Return the directory of a run.

        Raises:
            RunError: there is none of that name.
        """
        if not _is_plain(run_id) or not os.path.isdir(self.folder / run_id):
            raise RunError(f"there is no run named {run_id!r}; `python -m har_core runs list` names them.")
        return self.folder / run_id

    def _read(self, path: Path, kind: type[AnySettings]) -> AnySettings | None:
        """Return a file's settings, parsed once while the file stays the same; None if it is not there."""
        try:
            stat = path.stat()
            stamp = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            known = self._parsed.get(path)
            if known and known[0] == stamp and isinstance(known[1], kind):
                return known[1]
            value = parse_settings(kind, path.read_bytes(), str(path))
            self._parsed[path] = (stamp, value)
            return value
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunError(f"{path} can't be read: {error.strerror}.") from None

    def metrics(self, run_id: str) -> list[EpochRecord]:
        """Return a run's records. A torn last line, or one that is not a record, ends the list."""
        path = self.path_of(run_id) / "metrics.jsonl"
        if path.is_dir():
            return []
        try:
            with path.open("rb") as file:
                stat = os.fstat(file.fileno())
                # A file that has only grown since it was read last is read on from there.
                known = self._read_metrics.get(path)
                if not known or known.inode != stat.st_ino or known.size > stat.st_size:
                    known = _ReadMetrics(stat.st_ino, 0, [])
                file.seek(known.size)
                records, size = _read_records(file)
        except FileNotFoundError:
            return []
        read = _ReadMetrics(known.inode, known.size + size, known.records + records)
        self._read_metrics[path] = read
        return list(read.records)

    def records_at(self, run_id: str, epochs: Iterable[int]) -> dict[int, EpochRecord]:
        """Return the records of some epochs; those that the run has not, or that can't be read, are missing.

        Much faster than ``metrics``: of a long file only these lines are understood.
        """
        wanted = [epoch for epoch in epochs if epoch > 0]
        path = self.path_of(run_id) / "metrics.jsonl"
        lines = path.read_bytes().splitlines() if wanted and path.is_file() else []
        found = {}
        for epoch in wanted:
            try:
                record = _RECORD.validate_json(lines[epoch - 1])  # a line an epoch, from 1
            except (IndexError, ValidationError):
                continue
            if record.epoch == epoch:
                found[epoch] = record
        return found

    def arrays(self, run_id: str, name: str) -> dict[str, np.ndarray[Any, Any]]:
        """Return the arrays of ``predictions.npz`` or ``features.npz``.

        Raises:
            RunError: the file is missing or damaged.
        """
        path = self.path_of(run_id) / name
        try:
            with np.load(path, allow_pickle=False) as file:
                return {key: file[key] for key in file.files}
        except Exception as error:  # a damaged zip raises whatever its bytes happen to say
            raise RunError(f"{path} can't be read ({error}); train the run again.") from None

    # Writing

    def create(self, config: ExperimentConfig, *, queued: bool = True) -> Run:
        """Make the directory of a new run.

        Args:
            config: what to train.
            queued: True to let it wait for a queue; False where this process trains it at once.
        """
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        run_id = f"{stamp}-{config.model.name}-{secrets.token_hex(3)}"
        self.folder.mkdir(parents=True, exist_ok=True)
        # Made under a hidden name and then renamed: nobody sees a run that is only half there.
        made = self.folder / f".{run_id}"
        made.mkdir(exist_ok=False)
        replace_file(made / "config.json", _json(config))
        state: RunState = "queued" if queued else "running"
        # Runs that are made in the same tick of the clock wait in the order in which they were made.
        self._made_at = max(time.time(), self._made_at + 1e-6)
        replace_file(made / "status.json", _json(sign_of_life(Status(state=state, queued_at=self._made_at))))
        os.rename(made, self.folder / run_id)
        return self.get(run_id)

    def write_status(self, run_id: str, status: Status) -> None:
        """Replace a run's status."""
        replace_file(self.folder / run_id / "status.json", _json(status))

    def write_label(self, run_id: str, label: Label) -> None:
        """Replace what a run is called. It may be training: its process writes other files.

        Raises:
            RunError: there is no such run any more, or its folder can't be written.
        """
        path = self.path_of(run_id) / "label.json"
        try:
            replace_file(path, _json(label))
        except OSError as error:
            raise RunError(f"{path} can't be written: {error.strerror}.") from None

    @contextmanager
    def alone(self, run_id: str) -> Iterator[None]:
        """Hold the lock of whoever writes the run, while the block runs.

        Raises:
            RunLockedError: another thread or process holds it.
        """
        lock = FileLock(self.path_of(run_id) / ".lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout:
            raise RunLockedError(f"run {run_id} is being trained; stop it first.") from None
        try:
            yield
        finally:
            lock.release()

    def request(self, run_id: str, wish: Request) -> None:
        """Ask whoever trains the run to pause or stop; a run that waits is changed at once.

        Raises:
            RunError: the run is neither waiting nor running.
        """
        run = self.get(run_id)
        if run.status.state == "queued":
            state = "paused" if wish == "pause" else "stopped"
            try:
                with self.alone(run_id):
                    self.write_status(run_id, run.status.model_copy(update={"state": state}))
                return
            except RunLockedError:
                pass  # a queue has just begun to train it, and will find the request
        elif run.status.state != "running":
            raise RunError(f"run {run_id} is {run.status.state}; only a waiting or running run can {wish}.")
        replace_file(run.path / "request", wish.encode())

    def take_request(self, run_id: str) -> Request | None:
        """Return what was asked of a run since last time, and forget it."""
        path = self.folder / run_id / "request"
        if not path.is_file():
            return None
        wish = path.read_text(errors="replace")
        path.unlink(missing_ok=True)
        return "pause" if wish == "pause" else "stop" if wish == "stop" else None

    def requeue(self, run_id: str) -> None:
        """Put a run that is not finished back into the queue; it goes on from its checkpoint.

        Raises:
            RunError: the run is finished, waiting or running.
        """
        run = self.get(run_id)
        if run.status.state in ("done", "queued", "running"):
            raise RunError(f"run {run_id} is {run.status.state}; there is nothing to resume.")
        with self.alone(run_id):
            update = {"state": "queued", "queued_at": time.time(), "error": ""}
            self.write_status(run_id, run.status.model_copy(update=update))

    def reorder(self, run_ids: Sequence[str]) -> None:
        """Let waiting runs wait in this order; one that no longer waits is passed over.

        Args:
            run_ids: runs that wait, the next first.
        """
        waiting = [run for run in map(self.get, run_ids) if run.status.state == "queued"]
        moments = sorted(run.status.queued_at for run in waiting)
        for place, run in enumerate(waiting):
            # Runs that were queued in the same tick of the clock get an order all the same.
            moment = moments[place] + 1e-6 * place
            try:
                with self.alone(run.run_id):
                    now = self.get(run.run_id).status
                    if now.state == "queued":
                        self.write_status(run.run_id, now.model_copy(update={"queued_at": moment}))
            except RunLockedError:
                pass  # a queue has just begun to train it

    def delete(self, run_id: str) -> Path:
        """Move a run to the trash, and return where it lies there; ``restore`` is the way back.

        An older run of that name makes room in the trash: it is the last one deleted that comes back.

        Raises:
            RunError: there is no such run, or it is being trained.
        """
        path = self.path_of(run_id)
        with self.alone(run_id):
            pass
        trash = self.folder.parent / "trash"
        trash.mkdir(parents=True, exist_ok=True)
        there = trash / run_id
        if there.exists():
            there.rename(trash / f"{run_id}-{secrets.token_hex(3)}")
        shutil.move(path, there)
        return there

    def restore(self, run_id: str) -> Path:
        """Bring a run back that was deleted, as it was, and return where it lies.

        Raises:
            RunError: there is none of that name in the trash, or there is one among the runs.
        """
        trashed, there = self.folder.parent / "trash" / run_id, self.folder / run_id
        if not _is_plain(run_id) or not os.path.isdir(trashed):
            raise RunError(f"there is no run named {run_id!r} in the trash.")
        if there.exists():
            raise RunError(f"there is a run named {run_id} already; delete it before you restore the other.")
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.move(trashed, there)
        return there


def _is_plain(name: str) -> bool:
    """Say whether a name from outside stays in its folder: not above it, nor a hidden one in it."""
    return bool(name) and Path(name).name == name and not name.startswith(".")


@dataclass(frozen=True)
class _ReadMetrics:
    """The records of the first ``size`` bytes of a file."""

    inode: int
    size: int
    records: list[EpochRecord]


def _read_records(file: BinaryIO) -> tuple[list[EpochRecord], int]:
    """Return the records from here on, and how many bytes they take; a line that is none ends them."""
    records: list[EpochRecord] = []
    size = 0
    for line in file:
        if not line.endswith(b"\n"):
            break  # it is still being written
        try:
            records.append(_RECORD.validate_json(line))
        except ValidationError:
            break
        size += len(line)
    return records, size


def _json(settings: Settings) -> bytes:
    return settings.model_dump_json(indent=2).encode()


def sign_of_life(status: Status, **changes: Any) -> Status:
    """Return the status with this process and this moment in it, and other changes."""
    signs = {"process": os.getpid(), "host": socket.gethostname(), "heartbeat": time.time()}
    return status.model_copy(update=signs | changes)


def _seen_now(status: Status) -> Status:
    """Return the status as it is in truth: a run whose process is gone is interrupted."""
    if status.state != "running":
        return status
    silent = time.time() - status.heartbeat > SILENT_AFTER
    gone = status.host == socket.gethostname() and not _lives(status.process)
    return status.model_copy(update={"state": "interrupted"}) if silent or gone else status


def _lives(process: int) -> bool:
    if os.name == "nt":
        return True  # os.kill would end it there; the heartbeat tells
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
