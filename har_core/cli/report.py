"""`report`: the hand-in of some runs."""

from pathlib import Path
from typing import Annotated

import typer

from har_core.cli.answers import Json, answer
from har_core.terminal import say
from har_core.training.store import RunStore


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
        answer({"out": str(out), "files": sorted(files), "runs": list(dict.fromkeys(runs))})
    else:
        say(f"{out} holds {', '.join(sorted(files))}")
