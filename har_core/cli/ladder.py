"""`ladder`: from the course's LSTM to the state of the art, rung by rung."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer

from har_core.analysis.ladder import Ladder, ladder_from_runs
from har_core.analysis.ladder_standing import Key, Reached, Standing
from har_core.analysis.what_matters import say_what_matters
from har_core.cli.answers import Json, Reading, answer
from har_core.cli.following import ThreadCount, compile_kernels_of, follow
from har_core.cli.run_summary import summary_of
from har_core.data.named_splits import HOW_WRITTEN
from har_core.data.reading.choices import parse_choices
from har_core.data.sources import LoadedSource, load_source
from har_core.engine import thread_count
from har_core.errors import ConfigError
from har_core.settings import make_settings
from har_core.terminal import draw_table, say
from har_core.training.config import ExperimentConfig
from har_core.training.experiment import resolve_experiment
from har_core.training.ladder import RUNGS, Place, experiment_of
from har_core.training.last_data_set import keep_last_data_set, last_data_set
from har_core.training.seed_list import parse_seeds
from har_core.training.store import RunStore
from har_core.training.time_estimate import estimate_all, say_time
from har_core.wording import PART_TITLES, counted, duration, interval, mean_and_deviation, percent, points

_ALL = "all"


def ladder(
    source: Annotated[str, typer.Option(help="A source's name, a folder, or a zip.")] = "synthetic",
    seeds: Annotated[str, typer.Option(help="Of each rung, such as 0-9 or 0, 3, 7.")] = "0-2",
    split: Annotated[str | None, typer.Option(help=f"One of {HOW_WRITTEN}.")] = None,
    rungs: Annotated[
        str, typer.Option(help=f"Which to climb, such as L3,L4; one or more of {', '.join(RUNGS)}.")
    ] = _ALL,
    alone: Annotated[
        str | None, typer.Option(help="Rungs whose change is put into the course's LSTM alone, or all.")
    ] = None,
    without: Annotated[
        str | None, typer.Option(help="Rungs whose change is taken out of the top, or all.")
    ] = None,
    read: Reading = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None,
    threads: ThreadCount = None,
    as_json: Json = False,
) -> None:
    """Climb the ladder: train each rung with each seed, if that was not done before, and compare them."""
    threads = thread_count(threads)
    numbers = parse_seeds(seeds)
    chosen = [*_asked(rungs, "rung"), *_asked(alone, "alone"), *_asked(without, "without")]
    base = make_settings(
        ExperimentConfig, "ladder", source=source, reading=parse_choices(read), device=device or "auto"
    )
    loaded = load_source(base.source, base.reading)
    base, note = resolve_experiment(base, loaded.sequences, split)
    climb = _Climb(base, numbers, chosen, loaded, threads, as_json)
    if note:
        climb.tell(note)
    climb.check()  # what can't be trained leaves no run behind
    said = base.reading if base.reading.made else last_data_set().reading_of(base.source)
    keep_last_data_set(base.source, said)  # what was said on the page is not forgotten
    climb.tell_time()
    for name, place in chosen:
        climb.train(name, place)
    found = climb.ladder()
    if as_json:
        answer(_as_json(found, chosen, numbers))
        return
    _draw(found, chosen)
    say(say_what_matters(found).replace("**", ""))


def _asked(text: str | None, place: Place) -> list[Key]:
    """Return the rungs that an option names, from the bottom, each with the place of its change."""
    able = [name for name in RUNGS if experiment_of(name, place)]
    names = able if text == _ALL else [name.strip() for name in (text or "").split(",") if name.strip()]
    unknown = [name for name in names if name not in able]
    if unknown or (text is not None and not names):
        option = {"rung": "--rungs", "alone": "--alone", "without": "--without"}[place]
        found = repr(unknown[0]) if unknown else "nothing"
        raise ConfigError(f"ladder: {option} names {found}; choose of {', '.join(able)}, or write {_ALL}.")
    return [(name, place) for name in able if name in names]


class _Climb:
    """What is climbed, and how far it is."""

    def __init__(
        self,
        base: ExperimentConfig,
        seeds: Sequence[int],
        chosen: Sequence[Key],
        loaded: LoadedSource,
        threads: int,
        quiet: bool,
    ) -> None:
        self.base, self.seeds, self.chosen = base, seeds, chosen
        self.loaded, self.threads, self.quiet = loaded, threads, quiet
        self.store = RunStore()

    def tell(self, sentence: str) -> None:
        """Say it, unless JSON is all that is wanted."""
        if not self.quiet:
            say(sentence)

    def ladder(self) -> Ladder:
        """Return how far it is."""
        return ladder_from_runs(self.base, self.seeds, self.store.runs(), self.loaded.sequences.fingerprint)

    def check(self) -> None:
        """Find what can't be trained before anything is."""
        # Not imported above: torch comes with it, and the other verbs answer without.
        from har_core.training.check import check_experiment

        found = self.ladder()
        for name, place in self.chosen:
            standing = found.standings[name, place]
            if standing.missing:
                check_experiment(standing.missing[0], self.loaded)

    def tell_time(self) -> None:
        """Say how much is to be trained, and how long it takes."""
        found = self.ladder()
        left = found.left(self.chosen)
        total = sum(len(found.standings[key].experiments) for key in self.chosen)
        if not left:
            self.tell("All of these runs are here already.")
            return
        ended = total - len(left)
        self.tell(f"{ended:,} of {counted(total, 'run')} {'is' if ended == 1 else 'are'} here already.")
        estimate = estimate_all(left, self.loaded.sequences, self.store.runs(), by_size=True)
        self.tell(say_time(estimate))

    def train(self, name: str, place: Place) -> None:
        """Train what is missing of an experiment, seed by seed, and say what it reaches."""
        from har_core.training.check import check_experiment  # not imported above, as in check
        from har_core.training.driver import train_run

        standing = self.ladder().standings[name, place]
        self.tell(f"{standing.title}. {standing.change}")
        prepared = None
        for run in [*standing.halted, *standing.at_work]:  # also what waits for a dashboard that is not open
            follow(train_run(self.store, run.run_id, threads=self.threads), run, self.quiet)
        for experiment in standing.missing:
            prepared = prepared or check_experiment(experiment, self.loaded)
            compile_kernels_of(experiment)
            run = self.store.create(experiment, queued=False)
            steps = train_run(self.store, run.run_id, prepared=prepared, threads=self.threads)
            follow(steps, run, self.quiet)
        reached = self.ladder().standings[name, place].reached("test")
        self.tell(f"    {PART_TITLES['test']}: {_say(reached)}" if reached else "")


def _say(reached: Reached | None) -> str:
    if reached is None:
        return ""
    if reached.deviation is None:
        return percent(reached.mean)
    return mean_and_deviation(reached.mean, reached.deviation)


_HEADINGS = (
    "Rung", "Seeds", "Test, last epoch", "95 %", "Validation, last epoch", "Gain, test", "Gain, validation",
    "Time a run", "Parameters",
)  # fmt: skip


def _draw(found: Ladder, chosen: Sequence[Key]) -> None:
    draw_table(_HEADINGS, [_row(found, found.standings[key]) for key in chosen])
    say(
        "Mean ± standard deviation over the seeds; 95 %: of the mean by Student's t, of a single run by "
        "Wilson. Gains: points over the rung below, over the course's LSTM, or against the top, ± standard "
        "error. Choose by the validation part: the test part chooses nothing."
    )


def _row(found: Ladder, standing: Standing) -> list[str]:
    test, validation = standing.reached("test"), standing.reached("validation")
    gains = [found.gain(standing.name, part, standing.place) for part in ("test", "validation")]
    return [
        standing.title,
        f"{test.seeds:,}" if test else "0",
        _say(test),
        interval(*test.interval) if test else "",
        _say(validation),
        *(points(gain.gain, gain.error) if gain else "" for gain in gains),
        duration(standing.seconds) if standing.seconds is not None else "",
        f"{standing.parameters:,}" if standing.parameters else "",
    ]


def _as_json(found: Ladder, chosen: Sequence[Key], seeds: Sequence[int]) -> dict[str, Any]:
    return {
        "split": found.split.name,
        "seeds": list(seeds),
        "epoch": "last",
        "rungs": [_entry(found, found.standings[key]) for key in chosen],
        "what_matters": say_what_matters(found).replace("**", ""),
    }


def _entry(found: Ladder, standing: Standing) -> dict[str, Any]:
    gains = {part: found.gain(standing.name, part, standing.place) for part in found.parts if part != "train"}
    reached = {part: standing.reached(part) for part in found.parts}
    return {
        "rung": standing.name,
        "title": RUNGS[standing.name].title,
        "place": standing.place,
        "change": standing.change,
        "parameters": standing.parameters,
        "seconds": standing.seconds,
        **{part: asdict(of_part) if of_part else None for part, of_part in reached.items()},
        "gain": {part: asdict(gain) if gain else None for part, gain in gains.items()},
        "runs": [summary_of(run) | {"seed": run.config.seed} for run in standing.ended],
    }
