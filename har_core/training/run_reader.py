"""Reading of run directories, by any number of processes while one of them writes."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from har_core.errors import HarError, RunError
from har_core.files import read_regular, stat_regular
from har_core.home import home
from har_core.settings import AnySettings, Settings, parse_settings
from har_core.training.arrays import Arrays, read_features, read_predictions
from har_core.training.config import ExperimentConfig
from har_core.training.damage import find_contradiction, find_damage
from har_core.training.heartbeats import seen_now
from har_core.training.kept_arrays import FileStamp, KeptArrays, stamp_of, stamp_of_file
from har_core.training.metrics import MetricsReader, records_at
from har_core.training.records import CheckpointChoice, EpochRecord, Label, Meta, Results, Status
from har_core.training.run import DamagedRun, Run
from har_core.training.trash import is_plain

_LARGEST = {"meta.json": 1 << 24}
_LARGEST_FILE = 1 << 20
"""Bytes of a small file; ``meta.json`` names each sequence that was left out."""


class RunReader:
    """All runs of one home, to be read. They may come from elsewhere: nothing in them is believed unchecked.

    The home, or its folder of runs, may be a link. A run, or a file of it, may not: it would lead to what
    nobody has handed over, and whoever changes the run would change that.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or home() / "runs"
        self._parsed: dict[str, tuple[FileStamp, Settings]] = {}
        self._metrics = MetricsReader()
        self._arrays = KeptArrays()
        self._seen = False  # the folder was there
        # Last words that the disk didn't take, and the status on it that they follow.
        self._untold: dict[str, tuple[Status | None, Status]] = {}

    def all(self) -> list[Run | DamagedRun]:
        """Return all runs, the newest first.

        Raises:
            RunError: their folder can't be read, or was there and is gone with the home.
        """
        found: list[Run | DamagedRun] = []
        for path in sorted(self._directories()):
            try:
                found.append(self._run(path))
            except HarError as error:
                found.append(DamagedRun(path.name, path, str(error)))
        return sorted(found, key=_age, reverse=True)

    def runs(self) -> list[Run]:
        """Return the runs that can be read, the newest first."""
        return [run for run in self.all() if isinstance(run, Run)]

    def active(self) -> dict[str, Status]:
        """Return the status of each waiting or running run, by its id, the oldest first."""
        found = {}
        for path in sorted(self._directories()):
            try:
                self._refuse_link(path)
                status = self._status(path)
            except HarError:  # a damaged run is told where runs are listed
                continue
            if status and status.state in ("queued", "running"):
                found[path.name] = status
        return found

    def _directories(self) -> Iterable[Path]:
        try:
            with os.scandir(self.folder) as entries:  # which tells a directory without asking for each one
                found = [entry.name for entry in entries if entry.name[0] != "." and entry.is_dir()]
        except (FileNotFoundError, NotADirectoryError):
            if self._seen and not self.folder.parent.is_dir():
                raise RunError(
                    f"{self.folder.parent} is gone, and the runs with it: bring it back, or restart to begin "
                    "with none."
                ) from None
            return []
        except OSError as error:
            raise RunError(f"{self.folder} can't be read: {error.strerror}.") from None
        self._seen = True
        return [self.folder / name for name in found]

    def _refuse_link(self, path: Path) -> None:
        if path.is_symlink():
            raise RunError(
                f"run {path.name} is a link to another folder; move that folder to {self.folder}, or delete "
                "the link."
            )

    def get(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            RunError: there is none of that name, or its directory is damaged.
            ConfigError: its config or status is damaged.
        """
        return self._run(self.path_of(run_id))

    def _run(self, path: Path) -> Run:
        self._refuse_link(path)
        config = self._read(path, "config.json", ExperimentConfig)
        status = self._status(path)
        if config is None or status is None:
            missing = "config.json" if config is None else "status.json"
            raise RunError(
                f"run {path.name} is damaged: {missing} is missing; delete the run and train again."
            )
        meta = self._read(path, "meta.json", Meta)
        # Numbers of nobody knows what are no results.
        results = self._read(path, "results.json", Results) if meta else None
        if results and config.training and not config.chooses_epoch:  # earlier versions chose one there, too
            results = results.model_copy(update={"best": None})
        contradiction = find_contradiction(config, status, meta, results)
        if contradiction:
            raise RunError(f"run {path.name} is damaged: {contradiction}; delete the run and train again.")
        faults = find_damage(path, config, status)
        return Run(path.name, path, config, status, meta, results, *self._label(path), faults)

    def _status(self, path: Path) -> Status | None:
        """Return the status as it is in truth, which may be another than the file could be made to say."""
        status = self._read(path, "status.json", Status)
        followed, untold = self._untold.get(path.name, (None, None))
        # Another one on the disk is news of another process; clocks, which may be set, tell nothing of that.
        if status and untold and status == followed:
            return untold
        return status and seen_now(status, path)

    def _label(self, path: Path) -> tuple[Label, str]:
        """Return a run's label, and what is wrong with it: a name is no reason to hide what was computed."""
        try:
            return self._read(path, "label.json", Label) or Label(), ""
        except HarError as error:
            return Label(), f"{error} Name the run anew to mend it."

    def path_of(self, run_id: str) -> Path:
        """Return the directory of a run.

        Raises:
            RunError: there is none of that name, or it is a link.
        """
        path = self.place_of(run_id)
        self._refuse_link(path)
        return path

    def place_of(self, run_id: str) -> Path:
        """Return where a run lies, even if that is a link.

        Raises:
            RunError: there is none of that name.
        """
        if not is_plain(run_id) or not os.path.isdir(self.folder / run_id):
            raise RunError(f"there is no run named {run_id!r}; `python -m har_core runs list` names them.")
        return self.folder / run_id

    def _read(self, path: Path, name: str, kind: type[AnySettings]) -> AnySettings | None:
        """Return a file's settings, parsed once while the file stays the same; None if it is not there."""
        file = os.path.join(path, name)  # a thousand runs have five thousand: a Path takes as long as asking
        try:
            stamp = stamp_of_file(stat_regular(file))
            known = self._parsed.get(file)
            if known and known[0] == stamp and isinstance(known[1], kind):
                return known[1]
            value = parse_settings(kind, read_regular(file, _LARGEST.get(name, _LARGEST_FILE)), file)
            self._parsed[file] = (stamp, value)
            return value
        except FileNotFoundError:
            return None
        except OSError as error:
            raise RunError(f"{file} can't be read: {error.strerror}.") from None

    def metrics(self, run_id: str) -> list[EpochRecord]:
        """Return a run's records. A torn last line, or one that is not a record, ends the list."""
        path = self.path_of(run_id)
        config = self._read(path, "config.json", ExperimentConfig)
        if config is None or config.epochs is None:
            return []
        found = self._metrics.records(path / "metrics.jsonl", validated=config.validated)
        return found[: config.epochs]

    def records_at(self, run_id: str, epochs: Iterable[int]) -> dict[int, EpochRecord]:
        """Return the records of some epochs; those that the run has not, or that can't be read, are missing.

        Much faster than ``metrics``: of a long file only these lines are understood.
        """
        path = self.path_of(run_id)
        config = self._read(path, "config.json", ExperimentConfig)
        validated = config is not None and config.validated
        return records_at(path / "metrics.jsonl", epochs, validated=validated)

    def arrays(
        self, run_id: str, name: Literal["predictions.npz", "features.npz"],
        checkpoints: Sequence[CheckpointChoice] | None = None,
    ) -> Arrays:  # fmt: skip
        """Return the arrays of a file, as ``Outcome`` names them.

        Args:
            run_id: a run that has ended.
            name: of the file.
            checkpoints: whose logits or features are read; None for all that the run has.

        Raises:
            RunError: the file is missing, damaged, or not of this run; or so is another one that it goes by.
        """
        run = self.get(run_id)
        if run.meta is None:
            raise RunError(
                f"{run.path / name} can't be read: without meta.json nobody knows what it is of; train the "
                "run again."
            )
        if name == "features.npz" and not run.config.kind.features:
            raise RunError(f"run {run_id} has no features: a model of its kind makes none.")
        config, meta, path = run.config, run.meta, run.path / name
        asked = tuple(checkpoints or config.checkpoints)

        def read() -> Arrays:
            if name == "predictions.npz":
                return read_predictions(path, meta, asked)
            return read_features(path, config, meta, asked)

        stamp = stamp_of(run.path, name, "predictions.npz", "meta.json", "config.json")
        return self._arrays.get((path, asked, stamp), read)


def _age(run: Run | DamagedRun) -> tuple[str, float, str]:
    """Return what rises from run to run: the second of its name, and within that its place in the queue."""
    queued_at = run.status.queued_at if isinstance(run, Run) else 0.0
    return run.run_id[: len("20261123-101542")], queued_at, run.run_id
