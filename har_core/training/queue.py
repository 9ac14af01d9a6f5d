"""TrainingQueue: one background thread that trains the waiting runs, the oldest first."""

import atexit
import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

from har_core.errors import HarError, RunLockedError
from har_core.training.heartbeats import heartbeat
from har_core.training.records import EpochRecord, Readiness
from har_core.training.store import Run, RunStore

_LOG = logging.getLogger(__name__)
_FAREWELL = 0.7
"""Seconds in which the running run may end its epoch and save itself, before the process ends without it.

A run that takes longer loses what it did since its last checkpoint; Ctrl-C has to end a server at once.
"""

_LOOK_EVERY = 1.0  # seconds between two looks for runs that another process has queued

_TURN = 0.0005
"""Seconds that a thread may compute in Python while another one waits for the interpreter.

An epoch asks for the interpreter ten times, and with Python's own 5 ms would wait for it so often while a
page is computed: beside a thread that never pauses an LSTM's epoch takes 28 ms, instead of 60.
"""

_READY_AFTER = 20.0
"""Seconds after which the thread makes ready for a first run; until then the first pages have the machine."""


class TrainingQueue:
    """Trains what waits in a store. The queue itself is on disk; this is only who works it off.

    The thread is a daemon, so that Ctrl-C ends the server at once; at the end of the process the running
    run is asked to save itself, and shows as interrupted.

    Args:
        store: where the runs lie.
        after: seconds that the thread lets pass before its first look, unless it is woken earlier. To train
            it imports torch, which for some seconds slows down whatever else the process does.
        threads: that each run computes on; None for what ``thread_count`` says when it starts.
    """

    def __init__(self, store: RunStore, *, after: float = 0.0, threads: int | None = None) -> None:
        self.store = store
        self._threads = threads
        self._after = after
        self._closing = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._work, name="training", daemon=True)

    def start(self) -> None:
        """Start the thread, and let all threads of the process take turns more often."""
        sys.setswitchinterval(_TURN)
        atexit.register(self.close)
        self._thread.start()

    def wake(self) -> None:
        """Look for waiting runs now."""
        self._wake.set()

    def close(self) -> None:
        """Interrupt the running run and end the thread."""
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=_FAREWELL)
        atexit.unregister(self.close)

    def waiting(self) -> list[Run]:
        """Return the waiting runs in the order in which they will be trained."""
        waiting = []
        # Asked every second: of runs that don't wait, and there may be a thousand, only the status is read.
        for run_id, status in self.store.active().items():
            if status.state == "queued":
                with suppress(HarError):  # a damaged run is told where runs are listed
                    waiting.append(self.store.get(run_id))
        return sorted(waiting, key=lambda run: run.status.queued_at)

    def work_off(self) -> None:
        """Train every waiting run, in this thread."""
        if not self.waiting():
            return
        # Not imported above: torch comes with it, and who opens the dashboard need not wait for that.
        from har_core.training.driver import train_run

        tried: set[str] = set()
        while not self._closing.is_set():
            run = next((run for run in self.waiting() if run.run_id not in tried), None)
            if run is None:
                return
            tried.add(run.run_id)
            steps = train_run(self.store, run.run_id, only_queued=True, threads=self._threads)
            self._train(run.run_id, steps)

    def _work(self) -> None:
        self._wake.wait(self._after)
        started: float | None = time.monotonic()
        said = ""
        while not self._closing.is_set():
            self._wake.clear()
            try:
                self.work_off()
                said = ""
                if started is not None and time.monotonic() - started > _READY_AFTER:
                    started = None
                    self._make_ready()
            except HarError as error:  # such as a home that is gone for the moment; said once, it is enough
                if str(error) != said:
                    _LOG.warning("%s", error)
                said = str(error)
            except Exception:
                # The thread must not die of it.
                _LOG.exception("the queue can't be read")
            self._wake.wait(_LOOK_EVERY)

    def _make_ready(self) -> None:
        """Import what training needs, and compile the kernels, before somebody waits for a run."""
        from har_core.engine import compile_all

        compile_all()

    def _train(self, run_id: str, steps: Iterator[Readiness | EpochRecord]) -> None:
        try:
            for _ in steps:
                if self._closing.is_set():
                    steps.close()  # type: ignore[attr-defined]
        except HarError as error:
            _LOG.warning("run %s: %s", run_id, error)
            if not isinstance(error, RunLockedError):
                self._let_fail(run_id, str(error))
        except Exception:
            # The run's status says it too; the other runs have to go on.
            _LOG.exception("run %s failed", run_id)

    def _let_fail(self, run_id: str, reason: str) -> None:
        """Let a run fail that could not even be begun: left in the line, it would be tried every second."""
        with suppress(HarError):
            status = self.store.get(run_id).status
            if status.state == "queued":
                self.store.write_last_status(run_id, heartbeat(status, state="failed", error=reason))
