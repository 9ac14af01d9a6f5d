"""How a verb answers: in words, or with one JSON object on the last line."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from har_core.data.reading.choices import ReadingChoices
from har_core.terminal import say

Json = Annotated[bool, typer.Option("--json", help="Give one JSON object on the last line.")]


Reading = Annotated[
    list[str] | None,
    typer.Option(
        "--read", help=f"What the files don't tell: {', '.join(ReadingChoices.model_fields)}, "
        "such as --read unit=millimetres.",
    ),
]  # fmt: skip


def answer(values: Any) -> None:
    """Write values as one JSON object on a line, at once."""
    sys.stdout.write(json.dumps(values) + "\n")
    sys.stdout.flush()


def tell_move(what: str, name: str, there: Path, said: str, as_json: bool) -> None:
    """Say where something has gone.

    Args:
        what: it is, as the field of JSON is called.
        name: of it.
        there: its new place.
        said: between name and place.
        as_json: whether to answer with JSON.
    """
    if as_json:
        answer({what: name, "moved_to": str(there)})
    else:
        say(f"{name} {said} {there}")
