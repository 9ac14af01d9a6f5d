"""The runs that an ensemble is made of."""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from har_core.errors import ConfigError, HarError, RunError
from har_core.models import EnsembleOptions
from har_core.training.config import ExperimentConfig, Member
from har_core.training.member import INPUT_SETTINGS
from har_core.training.records import EpochRecord, MemberRun, Readiness, RunState
from har_core.training.run import Run, runs_of
from har_core.training.run_reader import RunReader
from har_core.training.store import RunStore

TrainRun = Callable[[str], Generator[Readiness | EpochRecord]]
"""Trains a run of that name, as ``train_run``."""


def ensemble_of(
    experiments: Sequence[ExperimentConfig], weights: Sequence[float] | None = None
) -> ExperimentConfig:
    """Return the experiment that adds up what others say.

    Args:
        experiments: one or more, of one data set and split; where each is computed is not taken over.
        weights: of each; 1 where it is None.

    Raises:
        ConfigError: they are of several data sets or splits, one of them is an ensemble, or a weight is none.
    """
    first = experiments[0]
    for config in experiments:
        if (config.source, config.reading, config.split) != (first.source, first.reading, first.split):
            raise ConfigError(
                f"only runs of one data set and one split can be added up, found {first.source}, split "
                f"{first.split.label}, and {config.source}, split {config.split.label}; choose others."
            )
        if config.members:
            raise ConfigError("a member of an ensemble is no ensemble itself; choose its members instead.")
    lowest = min((config.seed for config in experiments if config.kind.seeded), default=0)
    members = [
        Member(
            weight=weight, seed_offset=config.seed - lowest if config.kind.seeded else 0,
            **{name: getattr(config, name) for name in (*INPUT_SETTINGS, "model", "training")},
        )
        for config, weight in zip(experiments, weights or [1.0] * len(experiments), strict=True)
    ]  # fmt: skip
    return ExperimentConfig(
        source=first.source, reading=first.reading, split=first.split, model=EnsembleOptions(),
        seed=lowest, members=tuple(members),
    )  # fmt: skip


def add_up_runs(runs: Sequence[Run], weights: Sequence[float] | None, fingerprint: str) -> ExperimentConfig:
    """Return the experiment that adds up what runs have said.

    Args:
        runs: one or more.
        weights: of each; 1 where it is None.
        fingerprint: of their data set as it is now.

    Raises:
        ConfigError: one of them is not done, or was trained on other data, or as ``ensemble_of``.
    """
    for run in runs:
        if run.status.state != "done":
            raise ConfigError(
                f"run {run.run_id} is {run.status.state}; only runs that are done are added up."
            )
    config = ensemble_of([run.config for run in runs], weights)
    for run in runs:
        if run.meta is None or run.meta.fingerprint != fingerprint:
            raise ConfigError(
                f"run {run.run_id} was trained on other data than {run.config.source} holds now; choose runs "
                "of the data that are here."
            )
    return config


class Members:
    """The runs that an ensemble is made of: those that are there, and those that are still to be trained.

    Args:
        store: where they lie.
        config: of the ensemble.
        fingerprint: of its data as they are now.
    """

    def __init__(self, store: RunStore, config: ExperimentConfig, fingerprint: str) -> None:
        self._store, self._config, self._fingerprint = store, config, fingerprint
        self.runs: list[Run] = []

    def train(self, train: TrainRun) -> Generator[float]:
        """Take each member that is done, and train the others; yield which share of all epochs is done.

        It ends early where one is paused or stopped, and interrupts one where it is closed.

        Raises:
            RunError: a member can't be trained; it is named.
        """
        experiments = self._config.of_members
        sizes = [config.epochs or 1 for config in experiments]
        self.runs = []
        for place, config in enumerate(experiments):
            run = self._done(config)
            if run is None:
                run = self._unfinished(config) or self._store.create(config, queued=False)
                for done in _finish(run, train):
                    yield (sum(sizes[:place]) + done) / sum(sizes)
                run = self._store.get(run.run_id)
            self.runs.append(run)
            if run.status.state != "done":
                return

    @property
    def state(self) -> RunState:
        """That of the last one that was taken or trained: done, unless somebody has ended it early."""
        return self.runs[-1].status.state

    def _of(self, config: ExperimentConfig) -> list[Run]:
        return runs_of(config, self._store.runs(), self._fingerprint)

    def _done(self, config: ExperimentConfig) -> Run | None:
        found = (run for run in self._of(config) if run.status.state == "done" and not run.faults)
        return next(found, None)

    def _unfinished(self, config: ExperimentConfig) -> Run | None:
        return next((run for run in self._of(config) if run.status.state != "done"), None)

    @property
    def member_runs(self) -> tuple[MemberRun, ...]:
        """The runs by name, each with its weight."""
        weights = [member.weight for member in self._config.members]
        return tuple(
            MemberRun(run=run.run_id, weight=weight) for run, weight in zip(self.runs, weights, strict=True)
        )

    @property
    def seconds(self) -> float:
        """What all of them took."""
        return sum(run.status.seconds for run in self.runs)

    @property
    def parameter_count(self) -> int | None:
        """Of all that have any; None where nobody has."""
        return sum(run.meta.parameters or 0 for run in self.runs if run.meta) or None


def _finish(run: Run, train: TrainRun) -> Iterator[float]:
    """Train a member; yield how many of its epochs are done."""
    try:
        with closing(train(run.run_id)) as steps:
            for step in steps:
                if isinstance(step, EpochRecord):
                    yield step.epoch
                else:
                    yield 0 if run.config.epochs else step.share
    except HarError as error:
        raise RunError(f"its member {named(run)} can't be trained: {error}") from error


def named(run: Run) -> str:
    """Name a member in a sentence."""
    return f"{run.config.kind.title} (run {run.run_id})"


def members_of(run: Run) -> list[Run]:
    """Return the runs that an ended ensemble adds up, in the order of its config.

    Raises:
        RunError: one of them is not here any more, or is another than it was.
    """
    store, found = RunReader(run.path.parent), []
    members = run.meta.members if run.meta else ()
    for config, member in zip(run.config.of_members, members, strict=True):
        try:
            its = store.get(member.run)
        except HarError as error:
            raise RunError(
                f"run {run.run_id} adds up what {len(members)} runs say, and {member.run} can't be asked: "
                f"{error} Where it was deleted, bring it back from the deleted runs."
            ) from error
        if not runs_of(config, [its], run.meta.fingerprint if run.meta else ""):
            raise RunError(
                f"run {member.run} is not the one that run {run.run_id} adds up: its settings or its data "
                "are others; train the ensemble again."
            )
        found.append(its)
    return found
