"""Drives a run from its directory: reads its data, trains, writes each epoch, keeps checkpoints."""

import json
import os
import time
from collections.abc import Generator, Iterator
from contextlib import closing
from io import BytesIO
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from har_core.engine import thread_count
from har_core.errors import HarError, RunError
from har_core.training.atomic import forget_torn, replace_file
from har_core.training.check import PreparedExperiment, check_experiment, meta_of
from har_core.training.checkpoint import read_epoch, save_weights
from har_core.training.config import ExperimentConfig
from har_core.training.ensemble import sum_of_members
from har_core.training.learner import Learner, learner_class
from har_core.training.members import Members
from har_core.training.outcome import Outcome, final_evaluation, outcome_of
from har_core.training.records import EpochRecord, Meta, Readiness, Request, RunState
from har_core.training.store import Run, RunStore, heartbeat

STATUS_EVERY = 0.5
"""Seconds between two signs of life, and between two looks for a request."""

_WRITTEN = (
    "meta.json", "status.json", "metrics.jsonl", "checkpoint.safetensors", "best.safetensors",
    "last.safetensors", "predictions.npz", "features.npz", "results.json",
)  # fmt: skip

_Step = TypeVar("_Step")

CHECKPOINT_EVERY = 5.0
"""Seconds of work that a crash may lose."""


def train_run(
    store: RunStore,
    run_id: str,
    *,
    only_queued: bool = False,
    prepared: PreparedExperiment | None = None,
    threads: int | None = None,
) -> Generator[Readiness | EpochRecord]:
    """Train a run to its end, from its checkpoint where it has one; yield each record when it is on disk.

    Before the first there may be work to be done, and how far that is is yielded meanwhile.

    Closing the generator interrupts the run; it can be resumed. A request to pause or stop ends it early.

    Args:
        store: where the run lies.
        run_id: a run that is not done.
        only_queued: True for a queue, which must not train what was taken out of the line meanwhile.
        prepared: of the run's experiment, where it was checked just now; None to do so here.
        threads: to compute on, which changes no number; None for what ``thread_count`` says.

    Raises:
        HarError: the run can't be trained; its status says why, too.
    """
    with store.alone(run_id):
        run = store.get(run_id)
        if run.status.state == "done":
            raise RunError(f"run {run_id} is done; there is nothing to train.")
        if only_queued and run.status.state != "queued":
            raise RunError(f"run {run_id} is {run.status.state} and no longer waits; requeue it to train it.")
        writer = _RunWriter(store, run)
        try:
            writer.clear_away()
            yield from _or_interrupt(writer, _train(writer, run, prepared, threads))
        except HarError as error:
            writer.give_up(str(error))
            raise
        except OSError as error:
            reason = f"{run.path} can't be written: {error.strerror or error}. Resume the run when it can."
            writer.give_up(reason)
            raise RunError(reason) from error
        except Exception as error:
            writer.give_up(f"{type(error).__name__}: {error}")
            raise


def _or_interrupt(writer: "_RunWriter", steps: Iterator[_Step]) -> Iterator[_Step]:
    try:
        yield from steps
    except GeneratorExit:
        writer.interrupt()
        raise
    except KeyboardInterrupt:
        # It may strike in the middle of an epoch, whose half-trained weights must not be kept.
        writer.write_status(state="interrupted", ready=None)
        raise


def _train(
    writer: "_RunWriter", run: Run, prepared: PreparedExperiment | None, threads: int | None
) -> Iterator[Readiness | EpochRecord]:
    writer.write_status(state="running", error="", ready=None)
    if run.config.members:
        yield from _add_up(writer, run, prepared, threads)
        return
    config = run.config
    if run.meta and config.device == "auto":  # begun when the device was not kept in the config yet
        config = config.model_copy(update={"device": run.meta.device.partition(":")[0]})
    prepared = prepared or check_experiment(config)
    config = writer.keep_device(config.model_copy(update={"device": prepared.device.name}))
    data = prepared.data
    started = time.perf_counter()
    learner = learner_class(config.model.name)(config, data)
    learner.threads = thread_count(threads)
    writer.describe(meta_of(prepared, learner))
    writer.go_on_from_checkpoint(learner)
    wish: Request | None = None
    for share in learner.get_ready():
        yield Readiness(share)
        wish = writer.request_if_due(ready=share)
        if wish:  # nothing was learned yet that it could end with
            writer.write_status(state=_ENDED[wish], ready=None)
            return
    for record in learner.fit():
        writer.append(record, learner)
        yield record
        wish = writer.request_if_due()
        if wish:
            break
    writer.save(learner)
    if wish == "pause":
        writer.write_status(state="paused")
        return
    outcome = final_evaluation(data, learner, config.checkpoints)
    # Without epochs, which are timed each, all the time since the start is the run's.
    writer.write_results(outcome, None if config.training else time.perf_counter() - started)
    writer.write_status(state="stopped" if wish == "stop" else "done", ready=None)


_ENDED: dict[Request, RunState] = {"pause": "paused", "stop": "stopped"}


def _add_up(
    writer: "_RunWriter", run: Run, prepared: PreparedExperiment | None, threads: int | None
) -> Iterator[Readiness]:
    """Train the members of an ensemble that are not there yet, and add up what all of them say."""
    store, config = writer.store, run.config
    prepared = prepared or check_experiment(config)
    meta = meta_of(prepared)
    writer.describe(meta)
    members = Members(store, config, meta.fingerprint)
    with closing(members.train(lambda its: train_run(store, its, threads=threads))) as shares:
        for share in shares:
            yield Readiness(share)
            wish = writer.request_if_due(ready=share)
            if wish:  # closed, the one that is trained is interrupted, and goes on when this one does
                shares.close()
                writer.write_status(state=_ENDED[wish], ready=None)
                return
    if members.state != "done":
        writer.write_status(state=members.state, ready=None)
        return
    started = time.perf_counter()
    weights = [member.weight for member in config.members]
    outcome = outcome_of(prepared.data, sum_of_members(store, members.runs, weights, prepared.data))
    made_of = {"members": members.member_runs, "parameters": members.parameter_count}
    writer.write_meta(meta.model_copy(update=made_of))
    writer.write_results(outcome, members.seconds + time.perf_counter() - started)
    writer.write_status(state="done", ready=None)


class _RunWriter:
    """The one who writes a run directory while it is trained."""

    def __init__(self, store: RunStore, run: Run) -> None:
        self.store = store
        self.run = run
        self.status = run.status
        self.learner: Learner | None = None
        self.status_written = self.saved = time.monotonic()

    def clear_away(self) -> None:
        """Delete what an earlier session left: files half written, a request that came too late."""
        forget_torn(self.run.path, *_WRITTEN)
        self.store.take_request(self.run.run_id)

    def write_status(self, **changes: Any) -> None:
        """Write the status with these changes and a sign of life."""
        self.status = heartbeat(self.status, **changes)
        self.store.write_status(self.run.run_id, self.status)
        self.status_written = time.monotonic()

    def give_up(self, reason: str) -> None:
        """Let the run fail for a reason."""
        self.store.write_last_status(self.run.run_id, heartbeat(self.status, state="failed", error=reason))

    def keep_device(self, config: ExperimentConfig) -> ExperimentConfig:
        """Keep the device that was chosen: the same bits come from the same one, also after a resume."""
        if config != self.run.config:
            replace_file(self.run.path / "config.json", config.model_dump_json(indent=2).encode())
        return config

    def describe(self, meta: Meta) -> None:
        """Write what the run is made from, once; a resumed run has to find the same data."""
        if self.run.meta is None:
            self.write_meta(meta)
        elif self.run.meta.fingerprint != meta.fingerprint:
            raise RunError(
                f"run {self.run.run_id} was started on other data than {meta.source} holds now; "
                "bring the old data back, or start a new run."
            )

    def write_meta(self, meta: Meta) -> None:
        """Write what the run is made from, as it is known now."""
        replace_file(self.run.path / "meta.json", meta.model_dump_json(indent=2).encode())

    def go_on_from_checkpoint(self, learner: Learner) -> None:
        """Bring learner and metrics to the last checkpoint, or to the start where there is none."""
        path = self.run.path / "checkpoint.safetensors"
        records = self.store.metrics(self.run.run_id)
        # Where records were lost the run begins again, and gives the same numbers as it would have given.
        if path.exists() and read_epoch(path) <= len(records):
            learner.load_checkpoint(path)
        records = records[: learner.epoch]
        if self.run.config.training:
            lines = "".join(_line(record) for record in records)
            replace_file(self.run.path / "metrics.jsonl", lines.encode())
        seconds = sum(record.seconds for record in records)
        self.write_status(epoch=learner.epoch, best_epoch=learner.best_epoch, seconds=seconds)

    def append(self, record: EpochRecord, learner: Learner) -> None:
        """Write a record; now and then a checkpoint and a sign of life."""
        self.learner = learner
        with (self.run.path / "metrics.jsonl").open("a") as file:
            file.write(_line(record))
        self.status = self.status.model_copy(
            update={
                "epoch": record.epoch,
                "best_epoch": learner.best_epoch,
                "seconds": self.status.seconds + record.seconds,
            }
        )
        if time.monotonic() - self.saved >= CHECKPOINT_EVERY:
            self.save(learner)

    def request_if_due(self, **changes: Any) -> Request | None:
        """Give a sign of life, with these changes of the status, and look for a request, if it is time."""
        if time.monotonic() - self.status_written < STATUS_EVERY:
            return None
        self.write_status(**changes)
        return self.store.take_request(self.run.run_id)

    def save(self, learner: Learner) -> None:
        """Write a checkpoint, when the records up to it are safe: it must not be ahead of them."""
        if self.run.config.training:
            with (self.run.path / "metrics.jsonl").open("a") as file:
                os.fsync(file.fileno())
        learner.save_checkpoint(self.run.path / "checkpoint.safetensors")
        self.saved = time.monotonic()

    def interrupt(self) -> None:
        """Keep what was done so far, for a later resume."""
        if self.learner is not None:
            self.save(self.learner)
        self.write_status(state="interrupted", ready=None)

    def write_results(self, outcome: Outcome, seconds: float | None) -> None:
        """Write weights, predictions, features and results, of the best and of the last weights.

        Args:
            outcome: what the learner gives in the end.
            seconds: what it took; None where the epochs have told it.
        """
        if seconds is not None:
            self.status = self.status.model_copy(update={"seconds": seconds})
        for checkpoint, weights in outcome.weights.items():
            save_weights(self.run.path / f"{checkpoint}.safetensors", weights)
        replace_file(self.run.path / "predictions.npz", _npz(outcome.predictions))
        if outcome.features:
            replace_file(self.run.path / "features.npz", _npz(outcome.features))
        replace_file(self.run.path / "results.json", outcome.results.model_dump_json(indent=2).encode())


def _line(record: EpochRecord) -> str:
    return json.dumps(record.as_dict(), allow_nan=False) + "\n"


def _npz(arrays: dict[str, NDArray[Any]]) -> bytes:
    file = BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    return file.getvalue()
