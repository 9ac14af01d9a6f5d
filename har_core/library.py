"""What a notebook calls: load a data set, train a run, open a run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from har_core.data.reading.choices import ReadingChoices
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.progress import follow_epochs, in_notebook
from har_core.settings import make_settings
from har_core.terminal import say, screen
from har_core.training.config import ExperimentConfig
from har_core.training.experiment import resolve_experiment
from har_core.training.run import Run
from har_core.training.store import RunStore


def load(source: str | Path, **choices: Any) -> SkeletonSequences:
    """Load a data set as it was recorded.

    Args:
        source: ``synthetic``, ``msr-action3d``, the name of another data set of yours, or the path of a
            folder or a zip.
        choices: what you say of its files, by the names of ``ReadingChoices``, such as ``unit="metres"``.

    Raises:
        DataError: there is no such data set, or its files can't be read.
        ConfigError: there is no such choice.
    """
    return load_source(str(source), make_settings(ReadingChoices, "load", **choices)).sequences


def train(config: ExperimentConfig | Mapping[str, Any], *, threads: int | None = None) -> Run:
    """Train a run to its end, as ``python -m har_core train`` does; the dashboard shows it, too.

    Where it stands is shown in a notebook and in a terminal.

    Args:
        config: what to train and how; a mapping has the form of a run's ``config.json``. The split is the
            course's where it says none.
        threads: to compute on; the numbers are the same on any.

    Returns:
        The run, with its results, and ready to predict.

    Raises:
        HarError: says in one sentence what can't be read, learned from, or trained.
    """
    # Not imported above: torch comes with it, and who loads data or a run may have no need of that.
    from har_core.training.check import check_experiment
    from har_core.training.driver import train_run

    if not isinstance(config, ExperimentConfig):
        config = make_settings(ExperimentConfig, "train", **config)
    loaded = load_source(config.source, config.reading)
    experiment, note = resolve_experiment(config, loaded.sequences)
    if note:
        say(note)
    prepared = check_experiment(experiment, loaded)  # what can't be trained leaves no run behind
    store = RunStore()
    run = store.create(experiment, queued=False)
    epochs = train_run(store, run.run_id, prepared=prepared, threads=threads)
    quiet = not (in_notebook() or screen.is_terminal)
    follow_epochs(epochs, experiment.epochs, of_members=bool(experiment.members), quiet=quiet)
    return store.get(run.run_id)


def load_run(run_id: str) -> Run:
    """Open a run of yours by its name, as ``python -m har_core runs list`` and the dashboard show it.

    Raises:
        RunError: there is no such run, or its files are damaged.
    """
    return RunStore().get(run_id)
