"""The command line: the same verbs as the dashboard, without a browser."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Annotated, Any, get_args

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from har_core.data.action_names import say_msr_action3d, take_names_back
from har_core.data.describe import describe
from har_core.data.downloads import fetch_msr_action3d
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import canonical_source, list_sources, load_source
from har_core.data.splits import PARTS, SPLIT_NAMES, Split, about_split, check_subjects, parse_split
from har_core.errors import ConfigError, HarError, RunError
from har_core.files import read_regular
from har_core.models import MODELS
from har_core.models.compiled import compile_ahead
from har_core.models.threads import MOST_THREADS, thread_count
from har_core.settings import make_settings, parse_settings
from har_core.terminal import Cell, as_typed, changing_text, complain, draw_entries, draw_table, say, screen
from har_core.training.config import ExperimentConfig
from har_core.training.last_data_set import keep_last_data_set
from har_core.training.records import EpochRecord, Label, Weighting
from har_core.training.run import runs_of
from har_core.training.source_trash import delete_source, restore_source
from har_core.training.store import DamagedRun, Run, RunStore
from har_core.wording import PART_TITLES, counted, duration, loss, milliseconds, percent, seconds

app = typer.Typer(help="Recognise human actions from skeletons.", no_args_is_help=True, add_completion=False)
data_app = typer.Typer(help="Data sets: where they lie, what is in them.", invoke_without_command=True)
runs_app = typer.Typer(help="Runs: what was trained.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.add_typer(runs_app, name="runs")

_LARGEST_CONFIG = 1 << 20  # bytes

Json = Annotated[bool, typer.Option("--json", help="Give one JSON object on the last line.")]
ThreadCount = Annotated[
    int | None,
    typer.Option(
        help=f"To compute on, 1 to {MOST_THREADS}; the numbers are the same on any. What is not said is as "
        "HAR_THREADS says, or as many as there are cores, up to four."
    ),
]


def main() -> None:
    """Run the command line; what the user did wrong ends it with one sentence and exit code 2."""
    try:
        app()
    except HarError as error:
        complain(f"Error: {error}")
        sys.exit(2)


def _answer(values: Any) -> None:
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


@data_app.callback()
def data(context: typer.Context, as_json: Json = False) -> None:
    """Show the sources, where they lie, and whether they are here."""
    if context.invoked_subcommand:
        return
    sources = list_sources()
    if as_json:
        found = [asdict(source) | {"path": source.path and str(source.path)} for source in sources]
        _answer({"sources": found})
        return
    rows = [
        (source.name, "yes" if source.present else "no", source.what, str(source.path or "built in"))
        for source in sources
    ]
    draw_table(("Source", "Here", "What it is", "Where it lies"), rows)


@data_app.command("fetch")
def fetch(
    source: Annotated[str, typer.Argument(help="msr-action3d is the one that can be fetched.")],
    as_json: Json = False,
) -> None:
    """Download a data set."""
    if source != "msr-action3d":
        raise HarError(f"{source!r} can't be fetched; only msr-action3d can.")
    with Progress(
        changing_text("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=screen, disable=as_json,
    ) as progress:  # fmt: skip
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(as_typed(name), total=total or None)
            progress.update(tasks[name], completed=done, total=total or None)

        folder = fetch_msr_action3d(show)
    if as_json:
        _answer({"source": source, "path": str(folder)})
    else:
        say(f"{source} lies in {folder}")


@data_app.command("describe")
def describe_source(
    source: Annotated[str, typer.Argument(help="A source's name, a folder, or a zip.")],
    layout: Annotated[str | None, typer.Option(help="Layout of X.npy, where it fits several.")] = None,
    as_json: Json = False,
) -> None:
    """Say how a data set is organised and what is wrong with it."""
    loaded = load_source(source, layout)
    found = describe(loaded).as_dict()
    if as_json:
        _answer(found)
        return
    rows: list[tuple[str, Cell]] = []
    for field, value in found.items():
        name = field.replace("_", " ")
        if name == "notes":
            continue  # they are sentences, and follow the table
        if name == "faults":
            rows.append((name, [f"{fault['id']}: {fault['fault']}" for fault in value] or "none"))
        elif isinstance(value, dict):
            said = [f"{key}: {item}" for key, item in value.items()]
            rows.append((name, said if name == "files" else ", ".join(said)))
        elif isinstance(value, bool):
            rows.append((name, "yes" if value else "no"))
        else:
            rows.append((name, f"{value:,}" if isinstance(value, int) else str(value)))
    draw_table(("What", "Value"), rows, title=source)
    for note in loaded.notes:
        say(note)


@data_app.command("name-actions")
def name_actions(
    source: Annotated[str, typer.Argument(help="A source's name, a folder, or a zip.")],
    after: Annotated[
        str,
        typer.Option("--as", help="msr-action3d, or numbers, which is the way back."),
    ],
    layout: Annotated[str | None, typer.Option(help="Layout of X.npy, where it fits several.")] = None,
    as_json: Json = False,
) -> None:
    """Say what the numbers of a data set's actions stand for, where its files do not tell."""
    if after not in ("msr-action3d", "numbers"):
        raise HarError(f"actions can't be named as {after!r}; choose msr-action3d or numbers.")
    change = say_msr_action3d if after == "msr-action3d" else take_names_back
    change(load_source(source, layout))
    found = describe(load_source(source, layout))
    if as_json:
        _answer({"source": source, "action_names": found.action_names, "actions": found.actions})
    else:
        say(found.action_names)


@data_app.command("delete")
def delete_data(
    source: Annotated[str, typer.Argument(help="The name of a data set of your own.")], as_json: Json = False
) -> None:
    """Move a data set of your own to the trash folder; `restore` brings it back."""
    _tell_move("source", source, delete_source(RunStore(), source), "was moved to", as_json)


@data_app.command("restore")
def restore_data(
    source: Annotated[str, typer.Argument(help="Its name, as it was.")], as_json: Json = False
) -> None:
    """Bring a deleted data set back from the trash folder."""
    _tell_move("source", source, restore_source(source), "is back at", as_json)


@app.command()
def train(
    source: Annotated[str | None, typer.Option(help="A source's name, a folder, or a zip.")] = None,
    model: Annotated[str | None, typer.Option(help=f"One of {', '.join(MODELS)}.")] = None,
    epochs: Annotated[int | None, typer.Option(help="How often the training part is gone through.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of weights, order of batches and dropout.")] = None,
    split: Annotated[
        str | None, typer.Option(help=f"{', '.join(SPLIT_NAMES)}, leave-out-N, or 1-5/6-7/8-10.")
    ] = None,
    layout: Annotated[str | None, typer.Option(help="Layout of X.npy, where it fits several.")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps.")] = None,
    threads: ThreadCount = None,
    config: Annotated[
        Path | None, typer.Option(help="A JSON file of settings; the options above go before it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Train a model. What is not said is as the course sets it."""
    threads = thread_count(threads)
    chosen: dict[str, Any] = {
        "source": source, "epochs": epochs, "seed": seed, "layout": layout, "device": device,
        "model": None if model is None else _default_options(model),
    }  # fmt: skip
    experiment = _experiment(config, {name: value for name, value in chosen.items() if value is not None})
    loaded = load_source(experiment.source, experiment.layout)
    parts, note = _split(split, experiment, loaded.sequences)
    update = {"source": canonical_source(experiment.source), "split": parts}
    experiment = experiment.model_copy(update=update)
    _compile_kernels_of(experiment)
    # Not imported above: torch comes with it, and the other verbs answer without.
    from har_core.training.check import check_experiment
    from har_core.training.driver import train_run

    material = check_experiment(experiment, loaded)  # what can't be trained leaves no run behind
    if note:
        say(note)
    keep_last_data_set(experiment.source, experiment.layout)
    store = RunStore()
    known = [run.run_id for run in runs_of(experiment, store.runs(), loaded.sequences.fingerprint)]
    if known and not as_json:
        say(f"There is a run of the same settings, the seed too: {known[0]}.")
    run = store.create(experiment, queued=False)
    epochs_done = train_run(store, run.run_id, material=material, threads=threads)
    _follow(epochs_done, store, run, as_json, same_settings=known)


@app.command()
def bench(
    threads: Annotated[int, typer.Option(help=f"Of each contender, 1 to {MOST_THREADS}.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="How often each contender has its turn.")] = 7,
    work: Annotated[
        list[str] | None, typer.Option(help="Only this work; may be given several times.")
    ] = None,
    whole_runs: Annotated[
        bool, typer.Option(help="Also time whole runs: first epoch, busy machine, 10 and 100 times the data.")
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
        _answer({"machine": here, "threads": threads, "models": models, **more})


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


def _between(values: list[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f}"


def _milliseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{1000 * seconds:.1f}"


def _spread(ratios: list[float]) -> str:
    return f"{median(ratios):.1f} ({min(ratios):.1f}-{max(ratios):.1f})" if ratios else ""


def _compile_kernels_of(experiment: ExperimentConfig) -> None:
    """Begin to compile what an experiment is trained by, while torch is imported."""
    kernels = MODELS[experiment.model.name].kernels
    if kernels is not None:
        compile_ahead(kernels)


def _default_options(model: str) -> Any:
    if model not in MODELS:
        raise ConfigError(f"model {model!r} is not known; choose one of {', '.join(MODELS)}.")
    return MODELS[model].options()


def _experiment(file: Path | None, chosen: dict[str, Any]) -> ExperimentConfig:
    if file is None:
        return make_settings(ExperimentConfig, "train", **chosen)
    try:
        text = read_regular(file, _LARGEST_CONFIG, follow=True)
    except OSError as error:
        raise ConfigError(f"{file} can't be read: {error.strerror}.") from None
    base = parse_settings(ExperimentConfig, text, str(file))
    values = {name: getattr(base, name) for name in base.model_fields_set}
    return make_settings(ExperimentConfig, "train", **(values | chosen))


def _split(
    asked: str | None, experiment: ExperimentConfig, sequences: SkeletonSequences
) -> tuple[Split, str]:
    """Return the split to train on, as asked or as a file has it or the course's, and where it adapts."""
    subjects = sequences.subjects.tolist()
    of_file = asked is None and "split" in experiment.model_fields_set
    asked = asked or (experiment.split.name if of_file else "course")
    split = experiment.split if of_file else parse_split(asked, subjects)
    check_subjects(sequences, split)
    return split, about_split(asked, split, subjects)


def _follow(
    epochs: Iterator[EpochRecord], store: RunStore, run: Run, as_json: bool, **more: list[str]
) -> None:
    """Show a run while it is trained, and what has become of it; with more fields where it is JSON."""
    total = run.config.epochs
    with Progress(
        changing_text("epoch {task.completed:.0f} of {task.total:.0f}"), BarColumn(),
        changing_text("{task.description}"), TimeRemainingColumn(), console=screen, disable=as_json,
    ) as progress:  # fmt: skip
        task = progress.add_task("", total=total)
        for record in epochs:
            said = (
                f"loss {loss(record.train_loss)}, accuracy: training {percent(record.train_accuracy)}, "
                f"validation {percent(record.validation_accuracy)}, "
                f"test {percent(record.test_accuracy)}"
            )
            progress.update(task, completed=record.epoch, description=said)
    _show(store.get(run.run_id), as_json, **more)


def _summary(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {
        "run": run.run_id,
        **run.label.model_dump(mode="json", exclude={"schema_version"}),
    }
    found |= {"state": run.status.state, "source": run.config.source}
    found |= {"synthetic": None, "model": run.config.model.name, "parameters": None}
    found |= {"epochs": run.status.epoch, "seconds": round(run.status.seconds, 3), "split_sizes": None}
    found |= {"best": None, "last": None}
    if run.meta:
        found |= {
            "synthetic": run.meta.synthetic,
            "parameters": run.meta.parameters,
            "split_sizes": run.meta.split_sizes,
        }
    if run.results:
        found |= {"best": run.results.best.model_dump(), "last": run.results.last.model_dump()}
    return found


def _show(run: Run, as_json: bool, **more: list[str]) -> None:
    summary = _summary(run)
    if as_json:
        _answer(summary | more)
        return
    rows: list[tuple[str, Cell]] = [
        ("name", run.label.name),
        ("tags", ", ".join(run.label.tags)),
        ("note", run.label.note.split("\n")),
    ]
    rows += [
        ("state", run.status.state),
        ("source", run.config.source),
        ("model", MODELS[run.config.model.name].title),
        ("epochs", f"{run.status.epoch:,}"),
        ("time", duration(run.status.seconds)),
    ]
    if run.meta:
        sizes = [f"{PART_TITLES[part].lower()} {size:,}" for part, size in run.meta.split_sizes.items()]
        rows += [("parameters", f"{run.meta.parameters:,}"), ("sequences", ", ".join(sizes))]
    for name in get_args(Weighting):
        scores = summary[name]
        if scores:
            said = ", ".join(f"{PART_TITLES[part].lower()} {percent(scores[part])}" for part in PARTS)
            rows.append((f"{name} epoch, {scores['epoch']:,}", said))
    if run.status.error:
        rows.append(("error", run.status.error))
    rows += [("damage", fault) for fault in (run.label_fault, *run.faults) if fault]
    title = f"{run.run_id}{' (synthetic data)' if summary['synthetic'] else ''}"
    draw_table(("What", "Value"), rows, title)


@app.command()
def report(
    runs: Annotated[list[str], typer.Argument(help="Names of runs, as `runs list` shows them.")],
    out: Annotated[Path, typer.Option(help="A new folder; where the name ends in .zip, a zip.")],
    as_json: Json = False,
) -> None:
    """Write a hand-in of some runs: a page, a notebook that repeats them, tables and figures."""
    from har_core.report.hand_in import hand_in, write_hand_in  # plotly and scikit-learn take a while

    files = hand_in(RunStore(), runs)
    write_hand_in(files, out)
    if as_json:
        _answer({"out": str(out), "files": sorted(files), "runs": list(dict.fromkeys(runs))})
    else:
        say(f"{out} holds {', '.join(sorted(files))}")


@runs_app.command("list")
def list_runs(
    deleted: Annotated[
        bool, typer.Option("--deleted", help="Those in the trash folder, the last one deleted first.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show all runs, the newest first."""
    store = RunStore()
    trashed = store.deleted() if deleted else []
    moments = {each.run.run_id: each.at for each in trashed}
    found = [each.run for each in trashed] if deleted else store.all()
    runs = [run for run in found if isinstance(run, Run)]
    damaged = [run for run in found if isinstance(run, DamagedRun)]
    faults = [(each.run_id, each.reason) for each in damaged]
    faults += [(run.run_id, fault) for run in runs for fault in (run.label_fault, *run.faults) if fault]
    if as_json:
        told = [_summary(run) | _deletion(run.run_id, moments) for run in runs]
        torn = [{"run": run_id, "reason": reason} | _deletion(run_id, moments) for run_id, reason in faults]
        _answer({"runs": told, "damaged": torn})
        return
    _show_runs(runs, moments)
    for run_id, reason in faults:
        said = f"{run_id} is damaged: "
        say(said + reason.removeprefix(f"run {said}"))


def _deletion(run_id: str, moments: Mapping[str, datetime | None]) -> dict[str, Any]:
    """Return when a run was deleted, as a field of its own; nothing of one that was not."""
    if run_id not in moments:
        return {}
    at = moments[run_id]
    return {"deleted_at": at.isoformat(timespec="seconds") if at else None}


def _show_runs(runs: list[Run], moments: Mapping[str, datetime | None]) -> None:
    entries = []
    for run in runs:
        best = percent(run.results.best.test) if run.results else ""
        at = moments.get(run.run_id)
        model, deleted = MODELS[run.config.model.name].title, f"deleted {at:%Y-%m-%d %H:%M}" if at else ""
        names = [name for name in (run.label.name, model, deleted) if name]
        columns = (run.run_id, run.status.state, f"{run.status.epoch:,}", best)
        entries.append((columns, names, run.config.source))
    draw_entries(("Run", "State", "Epochs", "Test, best epoch"), entries)


RunName = Annotated[str, typer.Argument(help="Name of a run, as `runs list` shows it.")]


@runs_app.command("show")
def show_run(run: RunName, as_json: Json = False) -> None:
    """Show one run."""
    _show(RunStore().get(run), as_json)


@runs_app.command("delete")
def delete_run(run: RunName, as_json: Json = False) -> None:
    """Move a run to the trash folder; `restore` brings it back."""
    _tell_move("run", run, RunStore().delete(run), "was moved to", as_json)


@runs_app.command("restore")
def restore_run(
    run: Annotated[str, typer.Argument(help="Name of a run, as `runs list --deleted` shows it.")],
    as_json: Json = False,
) -> None:
    """Bring a deleted run back from the trash folder."""
    _tell_move("run", run, RunStore().restore(run), "is back at", as_json)


def _tell_move(what: str, name: str, there: Path, said: str, as_json: bool) -> None:
    if as_json:
        _answer({what: name, "moved_to": str(there)})
    else:
        say(f"{name} {said} {there}")


@runs_app.command("label")
def label_run(
    run: RunName,
    name: Annotated[str | None, typer.Option(help="What to call it.")] = None,
    tag: Annotated[
        list[str] | None, typer.Option(help="A word to find it by; give it once for each. '' for none.")
    ] = None,
    note: Annotated[str | None, typer.Option(help="What there is to remember of it.")] = None,
    as_json: Json = False,
) -> None:
    """Name a run, tag it, or write a note. What is not said stays."""
    store = RunStore()
    chosen = {"name": name, "tags": None if tag is None else tuple(tag), "note": note}
    given = {field: value for field, value in chosen.items() if value is not None}
    label = make_settings(Label, "label", **(dict(store.get(run).label) | given))
    store.write_label(run, label)
    _show(store.get(run), as_json)


@runs_app.command("resume")
def resume_run(run: RunName, threads: ThreadCount = None, as_json: Json = False) -> None:
    """Go on with a run that was paused, stopped or interrupted, from its last checkpoint."""
    threads, store = thread_count(threads), RunStore()
    found = store.get(run)
    if found.status.state == "done":
        raise RunError(f"run {run} is done; there is nothing to resume.")
    _compile_kernels_of(found.config)
    from har_core.training.driver import train_run  # not imported above, as in train

    _follow(train_run(store, run, threads=threads), store, found, as_json)
