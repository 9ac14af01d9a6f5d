"""`report`: the hand-in of some runs."""

from pathlib import Path
from typing import Annotated

import typer

from har_core.cli.answers import Json, answer
from har_core.errors import ConfigError
from har_core.files import read_regular
from har_core.report.answer_files import LARGEST_FILE, answers_in
from har_core.report.written import Answers, keep_answers, kept_answers
from har_core.terminal import say
from har_core.training.store import RunStore
from har_core.wording import counted


def report(
    runs: Annotated[list[str], typer.Argument(help="Names of runs, as `runs list` shows them.")],
    out: Annotated[Path, typer.Option(help="A new folder; where the name ends in .zip, a zip.")],
    author: Annotated[str, typer.Option(help="Who hands in.")] = "",
    answers: Annotated[
        list[Path] | None,
        typer.Option(
            help="A report.html or notebook.ipynb with answers that you have typed. They are kept, and stand "
            "in this hand-in and all later ones. Of several files the last counts."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a hand-in of some runs: a page, a notebook that repeats them, tables and figures."""
    from har_core.report.hand_in import hand_in, write_hand_in  # plotly and scikit-learn take a while

    known = kept_answers()
    for path in answers or ():
        known = known.updated(_typed_in(path))
    files = hand_in(RunStore(), runs, author=author, answers=known)
    write_hand_in(files, out)
    if answers:
        keep_answers(known)
    if as_json:
        told = {"answered": sorted(known.given), "runs": list(dict.fromkeys(runs))}
        answer({"out": str(out), "files": sorted(files)} | told)
    else:
        say(f"{out} holds {', '.join(sorted(files))}, with {counted(len(known.given), 'answer')}")


def _typed_in(path: Path) -> Answers:
    try:
        content = read_regular(path, LARGEST_FILE, follow=True)
    except OSError as error:
        raise ConfigError(f"{path} can't be read: {error.strerror or error}.") from None
    return answers_in(content, path.name)
