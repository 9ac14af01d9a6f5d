"""`bench`: how fast it trains, beside its peers."""

from statistics import median
from typing import Annotated, Any

import typer

from har_core.cli.answers import Json, answer
from har_core.engine import MOST_THREADS, thread_count
from har_core.errors import ConfigError
from har_core.terminal import draw_table, say
from har_core.wording import counted, duration, milliseconds, seconds


def bench(
    threads: Annotated[int, typer.Option(help=f"Of each contender, 1 to {MOST_THREADS}.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="How often each contender has its turn.")] = 7,
    work: Annotated[
        list[str] | None, typer.Option(help="Only this work; may be given several times.")
    ] = None,
    whole_runs: Annotated[
        bool, typer.Option(help="Also time whole runs: first epoch, busy machine, 10 and 100 times the data.")
    ] = False,
    recipe: Annotated[
        bool,
        typer.Option(
            "--recipe",
            help="Time the parts of the ladder's top beside plain code instead: an epoch of the "
            "best network, and all distances.",
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Time an epoch of training beside a plain torch loop and Keras, in turn."""
    # Not imported above, as in train.
    from har_core.bench.race import machine, race, versions
    from har_core.bench.work import WORKS, timed_source

    works = work or list(WORKS)
    if not set(works) <= set(WORKS):
        raise ConfigError(f"work {work} is not known; choose of {', '.join(WORKS)}.")
    threads, source, here = thread_count(threads), timed_source(), machine()
    threads_each = f"{counted(threads, 'thread')} each"
    say(f"{here}; {versions()}; {threads_each}; data: {source}")
    if recipe:
        parts = _bench_recipe(source, threads, rounds)
        if as_json:
            answer({"machine": here, "threads": threads, "recipe": parts})
        return
    rows, models = [], {}
    for name, timing in race(works, source, threads=threads, rounds=rounds):
        models[name] = timing.summary()
        times = [_milliseconds(timing.median(who)) for who in ("har", "torch", "keras")]
        ratios = [_spread(timing.ratios(peer)) for peer in ("torch", "keras")]
        aims = f"{timing.work.floor_torch:g}, {timing.work.floor_keras:g}"
        rows.append((timing.work.title, *times, *ratios, aims))
    headings = ("Milliseconds an epoch", "HAR Lab", "torch", "Keras", "torch takes", "Keras takes", "aims")
    draw_table(headings, rows)
    say("Medians of the rounds. A peer takes so many times as long: median (least-most).")
    if not any(summary["keras"] for summary in models.values()):
        say("Keras is not installed here: pip install -r requirements-bench.txt adds it.")
    more = _bench_whole_runs(source, rounds) if whole_runs else {}
    if as_json:
        answer({"machine": here, "threads": threads, "models": models, **more})


def _bench_recipe(source: str, threads: int, rounds: int) -> dict[str, Any]:
    from har_core.bench.recipe import PARTS, race_recipe

    rows, found = [], {}
    for name, times in race_recipe(source, threads=threads, rounds=rounds):
        part, here, plain = PARTS[name], times["har"], times.get("plain", [])
        ratios = [theirs / own for own, theirs in zip(here, plain, strict=False)]
        aim = f"{part.aim:g} times" if plain else f"at most {duration(part.aim)}"
        said = (duration(median(here)), duration(median(plain)) if plain else "")
        rows.append((part.title, *said, _spread(ratios) or f"({_between(here, 3)} s)", aim))
        found[name] = {
            "har": median(here), "plain": median(plain) if plain else None,
            "ratio": median(ratios) if ratios else None, "aim": part.aim,
        }  # fmt: skip
    draw_table(("Part", "HAR Lab", "plain", "plain takes", "aim"), rows)
    say("Medians of the rounds. Plain code takes so many times as long: median (least-most).")
    say("An epoch here also judges validation and test; that of the plain script trains alone.")
    return found


def _bench_whole_runs(source: str, rounds: int) -> dict[str, Any]:
    from har_core.bench import whole_runs

    first = whole_runs.time_first_epoch(source, rounds)
    say(f"From the command to the first epoch on disk: {seconds(median(first))} ({_between(first)}).")
    strain = whole_runs.time_beside_a_busy_process(source, rounds)
    say(
        f"An epoch of the LSTM alone: {milliseconds(strain.alone)}; while another process keeps a core busy: "
        f"{milliseconds(strain.busy)}, {strain.ratio:.1f} times as long."
    )
    sizes = []
    for sized in whole_runs.time_sizes():
        sizes.append(sized)
        said = (
            f"{sized.sequences:,} sequences of {whole_runs.JOINTS} joints, {sized.data_bytes / 1e6:.0f} MB: "
        )
        said += f"{1e6 * sized.frame_seconds:.2f} microseconds a frame"
        if sized.peak_memory:
            times = sized.peak_memory / sized.data_bytes
            said += f", at most {sized.peak_memory / 1e6:.0f} MB of memory ({times:.1f} times the data)"
        say(f"{said}.")
    return whole_runs.summary(first, strain, sizes)


def _between(values: list[float], digits: int = 1) -> str:
    return f"{min(values):.{digits}f} to {max(values):.{digits}f}"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:.1f}"


def _spread(ratios: list[float]) -> str:
    return f"{median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})" if ratios else ""
