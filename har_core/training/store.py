"""RunStore: run directories on disk. One process writes a run, any number read it."""

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from filelock import Timeout

from har_core.errors import HarError, RunError, RunLockedError
from har_core.files import read_regular
from har_core.settings import Settings
from har_core.training.atomic import replace_file
from har_core.training.config import ExperimentConfig
from har_core.training.heartbeats import can_be_locked, heartbeat, lock_of
from har_core.training.records import LATEST_MOMENT, Label, Request, RunState, Status
from har_core.training.run import DamagedRun, DeletedRun, Run
from har_core.training.run_reader import RunReader
from har_core.training.trash import bring_back, deleted_at, move_to_trash
from har_core.unfinished import unfinished_folder

__all__ = ["DamagedRun", "DeletedRun", "Run", "RunStore", "heartbeat"]

_WISHES: dict[bytes, Request] = {b"pause": "pause", b"stop": "stop"}
_LONGEST_WISH = max(map(len, _WISHES))


class RunStore(RunReader):
    """All runs of one home, to be read, made and changed."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._trash = RunReader(self.folder.parent / "trash")
        self._queued_at = 0.0
        self._told: dict[str, Status] = {}  # what this process wrote last of each run

    def create(self, config: ExperimentConfig, *, queued: bool = True) -> Run:
        """Make the directory of a new run.

        Args:
            config: what to train.
            queued: True to let it wait for a queue; False where this process trains it at once.

        Raises:
            RunError: the folder of the runs can't be written.
        """
        with _writing(self.folder):
            return self._create(config, queued)

    def _create(self, config: ExperimentConfig, queued: bool) -> Run:
        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        run_id = f"{stamp}-{config.model.name}-{secrets.token_hex(3)}"
        queued_at = self._end_of_line()  # a home that is gone is told, and not made anew
        self.folder.mkdir(parents=True, exist_ok=True)
        # Made under a hidden name and then renamed: nobody sees a run that is only half there.
        with unfinished_folder(self.folder) as made:
            replace_file(made / "config.json", _json(config))
            state: RunState = "queued" if queued else "running"
            status = heartbeat(Status(state=state, queued_at=queued_at))
            replace_file(made / "status.json", _json(status))
            os.rename(made, self.folder / run_id)
        return self.get(run_id)

    def write_status(self, run_id: str, status: Status) -> None:
        """Replace a run's status."""
        replace_file(self.folder / run_id / "status.json", _json(status))
        self._told[run_id] = status
        self._untold.pop(run_id, None)

    def write_last_status(self, run_id: str, status: Status) -> None:
        """Replace the status of a run that is given up; where the disk says no, remember it in this process.

        Others see the run as interrupted, since nobody trains it any more.
        """
        try:
            self.write_status(run_id, status)
        except OSError:
            self._untold[run_id] = self._on_disk(run_id), status

    def _on_disk(self, run_id: str) -> Status | None:
        """Return the status that the disk holds, though it may be out of reach now."""
        try:
            return self._read(self.folder / run_id, "status.json", Status) or self._told.get(run_id)
        except HarError:
            return self._told.get(run_id)

    def write_label(self, run_id: str, label: Label) -> None:
        """Replace what a run is called. It may be training: its process writes other files.

        Raises:
            RunError: there is no such run any more, or its folder can't be written.
        """
        path = self.path_of(run_id) / "label.json"
        with _writing(path):
            replace_file(path, _json(label))

    @contextmanager
    def alone(self, run_id: str) -> Iterator[None]:
        """Hold the lock of whoever writes the run, while the block runs.

        Raises:
            RunLockedError: another thread or process holds it.
            RunError: there is no such run, or its folder can't be written.
        """
        path = self.path_of(run_id)
        lock = lock_of(path)
        try:
            with _writing(path):
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
            RunError: the run is neither waiting nor running, or its folder can't be written.
        """
        run = self.get(run_id)
        if run.status.state == "queued":
            state = "paused" if wish == "pause" else "stopped"
            try:
                with self.alone(run_id), _writing(run.path):
                    self.write_status(run_id, run.status.model_copy(update={"state": state}))
                return
            except RunLockedError:
                pass  # a queue has just begun to train it, and will find the request
        elif run.status.state != "running":
            raise RunError(f"run {run_id} is {run.status.state}; only a waiting or running run can {wish}.")
        with _writing(run.path):
            replace_file(run.path / "request", wish.encode())

    def take_request(self, run_id: str) -> Request | None:
        """Return what was asked of a run since last time, and forget it."""
        path = self.folder / run_id / "request"
        try:
            wish = read_regular(path, _LONGEST_WISH)
        except FileNotFoundError:
            return None
        except OSError:
            wish = b""  # what lies there is no request
        path.unlink(missing_ok=True)
        return _WISHES.get(wish)

    def requeue(self, run_id: str) -> None:
        """Put a run that is not finished back into the queue; it goes on from its checkpoint.

        Raises:
            RunError: the run is finished, waiting or running, or its folder can't be written.
        """
        run = self.get(run_id)
        if run.status.state in ("done", "queued", "running"):
            raise RunError(f"run {run_id} is {run.status.state}; there is nothing to resume.")
        with self.alone(run_id), _writing(run.path):
            update = {"state": "queued", "queued_at": self._end_of_line(), "error": ""}
            self.write_status(run_id, run.status.model_copy(update=update))

    def _end_of_line(self) -> float:
        """Return a moment after those at which the waiting runs were queued, whatever the clock says now."""
        last = max((status.queued_at for status in self.active().values()), default=0.0)
        self._queued_at = min(max(time.time(), last + 1e-6, self._queued_at + 1e-6), LATEST_MOMENT)
        return self._queued_at

    def reorder(self, run_ids: Sequence[str]) -> None:
        """Let waiting runs wait in this order; one that no longer waits is passed over.

        Args:
            run_ids: runs that wait, the next first.

        Raises:
            RunError: the folder of one of them can't be written.
        """
        waiting = [run for run in map(self.get, run_ids) if run.status.state == "queued"]
        moments = sorted(run.status.queued_at for run in waiting)
        for place, run in enumerate(waiting):
            # Runs that were queued in the same tick of the clock get an order all the same.
            moment = min(moments[place] + 1e-6 * place, LATEST_MOMENT)
            try:
                with self.alone(run.run_id), _writing(run.path):
                    now = self.get(run.run_id).status
                    if now.state == "queued":
                        self.write_status(run.run_id, now.model_copy(update={"queued_at": moment}))
            except RunLockedError:
                pass  # a queue has just begun to train it

    def delete(self, run_id: str) -> Path:
        """Move a run to the trash, and return where it lies there; ``restore`` is the way back.

        An older run of that name makes room in the trash: it is the last one deleted that comes back by it.

        Raises:
            RunError: there is no such run, it is being trained, or it can't be moved, and is where it was.
        """
        path = self.place_of(run_id)
        if can_be_locked(path):
            with self.alone(run_id):
                pass
        return move_to_trash(path, self._trash.folder)

    def restore(self, run_id: str) -> Path:
        """Bring a run back that was deleted, as it was, and return where it lies.

        That is under a longer name where there is a run of its own name already.

        Raises:
            RunError: there is none of that name in the trash, or it can't be moved, and is where it was.
        """
        return bring_back(run_id, self._trash.folder, self.folder)

    def deleted(self) -> list[DeletedRun]:
        """Return the runs in the trash, the last one deleted first; those of an unknown moment at the end."""
        found = [DeletedRun(run, deleted_at(run.path)) for run in self._trash.all()]
        return sorted(found, key=lambda each: each.at.timestamp() if each.at else 0.0, reverse=True)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say in a sentence that the disk doesn't take what the block writes there."""
    try:
        yield
    except Timeout:  # of a lock, and an OSError, too
        raise
    except OSError as error:
        raise RunError(f"{path} can't be written: {error.strerror or error}.") from None


def _json(settings: Settings) -> bytes:
    return settings.model_dump_json(indent=2).encode()
