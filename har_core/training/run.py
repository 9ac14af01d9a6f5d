"""A run as it is on disk at one moment: whole, damaged, or deleted."""

import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from har_core.data.given_sequences import GivenSequences, as_sequences
from har_core.data.sequences import IntArray, SkeletonSequences
from har_core.training.config import ExperimentConfig
from har_core.training.probabilities import softmax
from har_core.training.records import Label, Meta, Results, Status


@dataclass(frozen=True)
class Run:
    """A run that can be read.

    Attributes:
        run_id: the name of its directory.
        path: its directory.
        config: what was asked for.
        status: where it stands.
        meta: what it was made from; None until its data were read.
        results: None until it has ended, and without ``meta``.
        label: what the user calls it.
        label_fault: a sentence, where the label can't be read; the run is whole without it.
        faults: a sentence for each file of its results that is not there.
    """

    run_id: str
    path: Path
    config: ExperimentConfig
    status: Status
    meta: Meta | None
    results: Results | None
    label: Label = field(default_factory=Label)
    label_fault: str = ""
    faults: tuple[str, ...] = ()

    @property
    def seconds(self) -> float | None:
        """How long it has worked; None of one without epochs that has not come to its end."""
        return self.status.seconds if self.config.training or self.results else None

    def predict(self, sequences: GivenSequences) -> IntArray:
        """Say which action each of N sequences shows, by the weights that the run is judged by.

        Args:
            sequences: (T, J, 3) positions of each, as recorded, with the run's joints in its order; or
                ``SkeletonSequences``, whose joints are found by their names, which a warning tells of.

        Returns:
            (N) numbers of the actions, as published.

        Raises:
            HarError: the run has not ended, or these are no sequences whose skeleton fits its own.
        """
        shares = self._predict_proba(sequences)
        numbers: IntArray = np.array([action.number for action in self.meta.actions] if self.meta else [])
        predicted: IntArray = np.take(numbers, shares.argmax(axis=1))
        return predicted

    def predict_proba(self, sequences: GivenSequences) -> NDArray[np.float64]:
        """Return how probable each action is, (N, K), in the order of ``meta.actions``.

        Args:
            sequences: as ``predict`` takes them.

        Raises:
            HarError: as ``predict``.
        """
        return self._predict_proba(sequences)

    def _predict_proba(self, sequences: GivenSequences) -> NDArray[np.float64]:
        # Not imported above: torch comes with it, and who lists runs has no need of that.
        from har_core.training.prediction import own_data, scores_of, with_joints_of

        given, notes = as_sequences(sequences), tuple[str, ...]()
        if isinstance(sequences, SkeletonSequences):  # a list has no names of joints
            given, notes = with_joints_of(self, own_data(self), given)
        shares = softmax(scores_of(self, given))
        for note in notes:
            warnings.warn(note, stacklevel=3)
        return shares

    @property
    def asked_for(self) -> ExperimentConfig:
        """The experiment as it was asked for: with ``auto`` again, where the device was chosen for it."""
        chosen = self.meta is not None and self.meta.device_because
        return self.config.anywhere if chosen else self.config

    @property
    def is_complete(self) -> bool:
        """Whether it has come to its end, after all of its epochs; one that was stopped is no equal."""
        return self.results is not None and self.results.last.epoch == self.config.epochs


@dataclass(frozen=True)
class DamagedRun:
    """A run directory that can't be read, and why."""

    run_id: str
    path: Path
    reason: str


@dataclass(frozen=True)
class DeletedRun:
    """A run in the trash.

    Attributes:
        run: as it is there; by its name it is restored.
        at: when it was deleted, in local time; None where nobody knows.
    """

    run: Run | DamagedRun
    at: datetime | None


def runs_of(config: ExperimentConfig, runs: Iterable[Run], fingerprint: str) -> list[Run]:
    """Return the runs that give the results of an experiment, or will: neither failed nor stopped.

    Args:
        config: all of whose settings are theirs, and the seed, where it changes anything; where it is
            computed is not asked.
        runs: any; their order stays.
        fingerprint: of its data as they are now: those of a run may have had the same name, and no more.
    """
    wanted = config.alike
    return [
        run
        for run in runs
        if run.config.alike == wanted
        and run.status.state not in ("failed", "stopped")
        and (run.meta is None or run.meta.fingerprint == fingerprint)
    ]
