"""`data`: data sets, where they lie, what is in them."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

from har_core.cli.answers import Json, Reading, answer, tell_move
from har_core.data.action_names import say_msr_action3d, take_names_back
from har_core.data.describe import describe
from har_core.data.downloads import fetch_msr_action3d
from har_core.data.reading.card import CARD_FILE, card_of
from har_core.data.reading.choices import parse_choices
from har_core.data.reading.csv_files import TEMPLATE, TEMPLATE_NAME
from har_core.data.sources import choices_brought_in, list_sources, load_source
from har_core.errors import HarError
from har_core.terminal import Cell, as_typed, changing_text, draw_table, say, screen
from har_core.training.source_trash import delete_source, restore_source
from har_core.training.store import RunStore

app = typer.Typer(help="Data sets: where they lie, what is in them.", invoke_without_command=True)


@app.callback()
def data(context: typer.Context, as_json: Json = False) -> None:
    """Show the sources, where they lie, and whether they are here."""
    if context.invoked_subcommand:
        return
    sources = list_sources()
    if as_json:
        found = [asdict(source) | {"path": source.path and str(source.path)} for source in sources]
        answer({"sources": found})
        return
    rows = [
        (source.name, "yes" if source.present else "no", source.what, str(source.path or "built in"))
        for source in sources
    ]
    draw_table(("Source", "Here", "What it is", "Where it lies"), rows)


@app.command("fetch")
def fetch(
    source: Annotated[str, typer.Argument(help="msr-action3d is the one that can be fetched.")],
    as_json: Json = False,
) -> None:
    """Download a data set."""
    if source != "msr-action3d":
        raise HarError(f"{source!r} can't be fetched; only msr-action3d can.")
    if as_json:
        answer({"source": source, "path": str(fetch_msr_action3d())})
        return
    with Progress(
        changing_text("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=screen,
    ) as progress:  # fmt: skip
        tasks: dict[str, Any] = {}

        def show(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(as_typed(name), total=total or None)
            progress.update(tasks[name], completed=done, total=total or None)

        folder = fetch_msr_action3d(show)
    say(f"{source} lies in {folder}")


@app.command("describe")
def describe_source(
    source: Annotated[str, typer.Argument(help="A source's name, a folder, or a zip.")],
    read: Reading = None,
    as_json: Json = False,
) -> None:
    """Say how a data set is organised and what is wrong with it."""
    loaded = load_source(source, parse_choices(read))
    found = describe(loaded).as_dict()
    if as_json:
        answer(found)
        return
    rows: list[tuple[str, Cell]] = []
    for field, value in found.items():
        name = field.replace("_", " ")
        if name in ("notes", "assumptions"):
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
    for sentence in (*found["notes"], *found["assumptions"]):
        say(sentence)


@app.command("template")
def template(
    file: Annotated[Path, typer.Argument(help="Where to put it.")] = Path(TEMPLATE_NAME),
    as_json: Json = False,
) -> None:
    """Write a CSV to be filled in: a row for each joint in each frame."""
    try:
        with file.open("x", encoding="utf-8") as stream:
            stream.write(TEMPLATE)
    except OSError as error:
        raise HarError(f"{file} can't be written: {error.strerror or error}.") from error
    if as_json:
        answer({"template": str(file)})
    else:
        say(f"{file} is a table to be filled in; then give it as a source.")


@app.command("card")
def card(
    source: Annotated[str, typer.Argument(help="A source's name, a folder, or a zip.")],
    out: Annotated[Path, typer.Option(help="Where to put it.")] = Path(CARD_FILE),
    name: Annotated[str | None, typer.Option(help="What the data set is called.")] = None,
    licence: Annotated[str | None, typer.Option(help="Under which it may be used.")] = None,
    citation: Annotated[str | None, typer.Option(help="How its authors want to be named.")] = None,
    read: Reading = None,
    as_json: Json = False,
) -> None:
    """Write the data card of a data set: what is told, found out and chosen, to lie beside its files."""
    choices = parse_choices(read)
    said = {"name": name, "licence": licence, "citation": citation}
    told = card_of(load_source(source, choices), choices_brought_in(source).with_changes(choices), said)
    try:
        with out.open("x", encoding="utf-8") as stream:
            stream.write(told.written())
    except OSError as error:
        raise HarError(f"{out} can't be written: {error.strerror or error}.") from error
    if as_json:
        answer({"card": str(out), "says": told.says})
    else:
        say(f"{out} is the data card of {source}: put it beside the files, as {CARD_FILE}.")


@app.command("name-actions")
def name_actions(
    source: Annotated[str, typer.Argument(help="A source's name, a folder, or a zip.")],
    after: Annotated[
        str,
        typer.Option("--as", help="msr-action3d, or numbers, which is the way back."),
    ],
    read: Reading = None,
    as_json: Json = False,
) -> None:
    """Say what the numbers of a data set's actions stand for, where its files do not tell."""
    if after not in ("msr-action3d", "numbers"):
        raise HarError(f"actions can't be named as {after!r}; choose msr-action3d or numbers.")
    change = say_msr_action3d if after == "msr-action3d" else take_names_back
    change(load_source(source, parse_choices(read)))
    found = describe(load_source(source, parse_choices(read)))
    if as_json:
        answer({"source": source, "action_names": found.action_names, "actions": found.actions})
    else:
        say(found.action_names)


@app.command("delete")
def delete_data(
    source: Annotated[str, typer.Argument(help="The name of a data set of your own.")], as_json: Json = False
) -> None:
    """Move a data set of your own to the trash folder; `restore` brings it back."""
    tell_move("source", source, delete_source(RunStore(), source), "was moved to", as_json)


@app.command("restore")
def restore_data(
    source: Annotated[str, typer.Argument(help="Its name, as it was.")], as_json: Json = False
) -> None:
    """Bring a deleted data set back from the trash folder."""
    tell_move("source", source, restore_source(source), "is back at", as_json)
