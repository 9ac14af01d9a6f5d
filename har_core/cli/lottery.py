"""`lottery`: how far a figure is luck, of the split and of the seed."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from har_core.analysis.split_lottery import LOTTERY_CONFIG, Half, SplitLottery, kept_lottery, say_lottery
from har_core.cli.answers import Json, Reading, answer
from har_core.cli.following import ThreadCount
from har_core.data.reading.choices import parse_choices
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.errors import ConfigError
from har_core.terminal import say
from har_core.training.store import RunStore
from har_core.wording import percent

if TYPE_CHECKING:
    from har_core.analysis.seeds import SeedGroup


def lottery(
    source: Annotated[
        str | None, typer.Option(help="A source's name, a folder, or a zip: of its splits.")
    ] = None,
    between: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Names of two runs: of the seeds of each, and whether one is above the other."),
    ] = None,
    read: Reading = None,
    threads: ThreadCount = None,
    as_json: Json = False,
) -> None:
    """Say how far an accuracy is luck: DTW-SVM over all halves of the subjects, or two configs over seeds.

    It is the test part that is looked at; nothing is chosen by it.
    """
    if (source is None) == (between is None):
        raise ConfigError("lottery: say --source for that of the splits, or --between for that of the seeds.")
    if between is not None:
        _say_seeds(between, as_json)
        return
    sequences = load_source(source or "", parse_choices(read)).sequences
    found = kept_lottery(sequences) or _draw(sequences, threads)
    if as_json:
        answer(_as_json(sequences.source, found))
        return
    say(say_lottery(found))
    for name, half in found.usual.items():
        say(f"{name}: {percent(half.accuracy)} ({half.who}).")


def _draw(sequences: SkeletonSequences, threads: int | None) -> SplitLottery:
    # Not imported above: torch and scikit-learn come with it.
    from har_core.analysis.split_draws import draw_splits

    found: list[SplitLottery] = []
    for _ in draw_splits(sequences, found.append, threads):
        pass
    return found[0]


def _as_json(source: str, found: SplitLottery) -> dict[str, Any]:
    return {
        "source": source, "model": LOTTERY_CONFIG.model.name, "splits": len(found.halves), "of": found.of,
        "untrained": found.untrained, "mean": found.mean, "sd": found.deviation,
        "least": _half(found.least), "most": _half(found.most),
        "usual": {name: _half(half) for name, half in found.usual.items()},
        "halves": [_half(half) for half in found.halves],
    }  # fmt: skip


def _half(half: Half) -> dict[str, Any]:
    return {
        "train": half.train, "test": half.test, "correct": half.correct, "total": half.total,
        "accuracy": half.accuracy,
    }  # fmt: skip


def _say_seeds(names: tuple[str, str], as_json: bool) -> None:
    # Not imported above: pandas comes with it, and the other verbs answer without.
    from har_core.analysis.seed_lottery import comparable, difference_of, say_difference, scatter_of
    from har_core.analysis.seeds import group_by_config

    store = RunStore()
    wanted = [store.get(name) for name in names]
    groups = group_by_config(store.runs())
    first, second = (_group_of(run.run_id, groups) for run in wanted)
    if second not in comparable(groups, first):
        raise ConfigError(
            f"{names[0]} and {names[1]} are of one config, or were tested on other sequences; name two runs "
            "of other settings on the same split of the same data."
        )
    one, other = scatter_of(first), scatter_of(second)
    if not as_json:
        say(say_difference(one, other, (first.title, second.title)))
        return
    found = difference_of(one, other) if one.tells and other.tells else None
    answer(
        {
            "titles": [first.title, second.title],
            "accuracies": [list(one.accuracies), list(other.accuracies)],
            "difference": found and found.estimate,
            "interval": found and [found.low, found.high],
            "seeds_needed": found and found.needed,
            "seeds_needed_at_most": found and found.needed_at_most,
        }
    )


def _group_of(run_id: str, groups: "list[SeedGroup]") -> "SeedGroup":
    return next(group for group in groups if any(run.run_id == run_id for run in group.everyone))
