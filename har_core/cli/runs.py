"""`runs`: what was trained."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import typer

from har_core.cli.answers import Json, answer, tell_move
from har_core.cli.following import ThreadCount, compile_kernels_of, follow
from har_core.cli.run_summary import show, summary_of
from har_core.engine import thread_count
from har_core.errors import RunError
from har_core.settings import make_settings
from har_core.terminal import draw_entries, say
from har_core.training.records import Label
from har_core.training.store import DamagedRun, Run, RunStore
from har_core.wording import percent

app = typer.Typer(help="Runs: what was trained.", no_args_is_help=True)

RunName = Annotated[str, typer.Argument(help="Name of a run, as `runs list` shows it.")]


@app.command("list")
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
        told = [summary_of(run) | _deletion(run.run_id, moments) for run in runs]
        torn = [{"run": run_id, "reason": reason} | _deletion(run_id, moments) for run_id, reason in faults]
        answer({"runs": told, "damaged": torn})
        return
    _draw_runs(runs, moments)
    for run_id, reason in faults:
        said = f"{run_id} is damaged: "
        say(said + reason.removeprefix(f"run {said}"))


def _deletion(run_id: str, moments: Mapping[str, datetime | None]) -> dict[str, Any]:
    """Return when a run was deleted, as a field of its own; nothing of one that was not."""
    if run_id not in moments:
        return {}
    at = moments[run_id]
    return {"deleted_at": at.isoformat(timespec="seconds") if at else None}


def _draw_runs(runs: list[Run], moments: Mapping[str, datetime | None]) -> None:
    entries = []
    refits = any(run.config.split.refit for run in runs)  # their test accuracies have a column of their own
    for run in runs:
        test = percent(run.results.chosen.test) if run.results else ""
        shares = ("", test) if run.config.split.refit else (test, "")
        at = moments.get(run.run_id)
        model, deleted = run.config.kind.title, f"deleted {at:%Y-%m-%d %H:%M}" if at else ""
        names = [name for name in (run.label.name, model, deleted) if name]
        epochs = f"{run.status.epoch:,}" if run.config.training else ""
        columns = (run.run_id, run.status.state, epochs, *shares[: 1 + refits])
        entries.append((columns, names, run.config.source))
    header = ("Run", "State", "Epochs", "Test", *(["Test, refitted"] if refits else []))
    draw_entries(header, entries)


@app.command("show")
def show_run(run: RunName, as_json: Json = False) -> None:
    """Show one run."""
    show(RunStore().get(run), as_json)


@app.command("delete")
def delete_run(run: RunName, as_json: Json = False) -> None:
    """Move a run to the trash folder; `restore` brings it back."""
    tell_move("run", run, RunStore().delete(run), "was moved to", as_json)


@app.command("restore")
def restore_run(
    run: Annotated[str, typer.Argument(help="Name of a run, as `runs list --deleted` shows it.")],
    as_json: Json = False,
) -> None:
    """Bring a deleted run back from the trash folder."""
    tell_move("run", run, RunStore().restore(run), "is back at", as_json)


@app.command("label")
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
    show(store.get(run), as_json)


@app.command("resume")
def resume_run(run: RunName, threads: ThreadCount = None, as_json: Json = False) -> None:
    """Go on with a run that was paused, stopped or interrupted, from its last checkpoint if it has one."""
    threads, store = thread_count(threads), RunStore()
    found = store.get(run)
    if found.status.state == "done":
        raise RunError(f"run {run} is done; there is nothing to resume.")
    compile_kernels_of(found.config)
    from har_core.training.driver import train_run  # not imported above, as in train

    follow(train_run(store, run, threads=threads), found, as_json)
    show(store.get(run), as_json)
