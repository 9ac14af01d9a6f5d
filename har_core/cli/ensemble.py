"""`ensemble`: a run that adds up what other runs say."""

from typing import Annotated

import typer

from har_core.cli.answers import Json
from har_core.cli.following import ThreadCount, follow
from har_core.cli.run_summary import show
from har_core.data.sources import load_source
from har_core.engine import thread_count
from har_core.errors import ConfigError
from har_core.training.members import add_up_runs
from har_core.training.store import RunStore


def ensemble(
    runs: Annotated[list[str], typer.Argument(help="Names of runs of one data set and split, all done.")],
    weights: Annotated[
        str | None, typer.Option(help="One for each run, such as 1,1,4. What is not said is 1 for all.")
    ] = None,
    threads: ThreadCount = None,
    as_json: Json = False,
) -> None:
    """Add up the probabilities that runs give, as a run of its own."""
    threads, store = thread_count(threads), RunStore()
    found = [store.get(run) for run in runs]
    config = found[0].config
    loaded = load_source(config.source, config.reading)
    experiment = add_up_runs(found, _weights(weights, len(found)), loaded.sequences.fingerprint)
    # Not imported above: torch comes with it, and the other verbs answer without.
    from har_core.training.check import check_experiment
    from har_core.training.driver import train_run

    prepared = check_experiment(experiment, loaded)
    run = store.create(experiment, queued=False)
    follow(train_run(store, run.run_id, prepared=prepared, threads=threads), run, as_json)
    show(store.get(run.run_id), as_json)


def _weights(text: str | None, count: int) -> list[float] | None:
    """Return the weights that a text lists; which of them are none, who makes members says.

    Raises:
        ConfigError: they are no numbers, or not as many as there are runs.
    """
    if text is None:
        return None
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError:
        weights = []
    if len(weights) != count:
        raise ConfigError(f"--weights {text!r}: expected a number for each of {count} runs, such as 1,1,4.")
    return weights
