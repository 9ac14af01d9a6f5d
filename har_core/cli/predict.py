"""`predict`: what a run says of other sequences of its skeleton."""

from typing import Annotated, Any

import numpy as np
import typer

from har_core.cli.answers import Json, Reading, answer
from har_core.csv_table import csv_table
from har_core.data.preparation import left_out_of
from har_core.data.reading.choices import parse_choices
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.errors import DataError, HarError
from har_core.terminal import say
from har_core.training.run import Run
from har_core.training.store import RunStore
from har_core.wording import count_of, counted, percent


def predict(
    run: Annotated[str, typer.Argument(help="Name of a run, as `runs list` shows it.")],
    source: Annotated[str, typer.Argument(help="A source's name, a folder, or a zip.")],
    read: Reading = None,
    as_json: Json = False,
) -> None:
    """Say which actions a run sees in other sequences, as a table of CSV; and how many it knows."""
    found = RunStore().get(run)
    loaded = load_source(source, parse_choices(read)).sequences
    left_out = left_out_of(loaded, found.config.preparation)
    unused = {item.sequence_id for item in left_out}
    sequences = loaded.take([row for row, name in enumerate(loaded.ids) if name not in unused])
    if not len(sequences):
        raise DataError(f"{loaded.source}: the run's preparation leaves no sequence to predict.")
    rows = _rows(found, sequences)
    known = [row for row in rows if row["correct"] is not None]
    correct = sum(row["correct"] for row in known)
    trained_on = _trained_on(found, sequences)
    if as_json:
        answer(
            {
                "run": run, "source": loaded.source, "predictions": rows, "known": len(known),
                "correct": correct, "accuracy": correct / len(known) if known else None,
                "trained_on": trained_on, "left_out": {item.sequence_id: item.reason for item in left_out},
            }
        )  # fmt: skip
        return
    table = csv_table(list(rows[0]), [list(row.values()) for row in rows])
    for line in table.decode("utf-8-sig").splitlines():
        say(line)
    for item in left_out:
        say(f"Left out: {item.sequence_id}, {item.reason}.")
    if known:
        share = percent(correct / len(known))
        say(f"Accuracy: {share}, {count_of(correct, len(known))} sequences of actions that the run knows.")
    if len(known) < len(rows):
        unknown = counted(len(rows) - len(known), "sequence")
        say(f"{unknown} of actions that the run does not know: nothing says whether it is right there.")
    if trained_on is None:
        say("Whether the run was trained on some of them is not known: its data set is not here as it was.")
    elif trained_on:
        said = counted(trained_on, "sequence")
        say(f"The run was trained on {said} of them: its accuracy there says little of new ones.")


def _rows(run: Run, sequences: SkeletonSequences) -> list[dict[str, Any]]:
    """Return what the run says of each sequence, and what the sequence is where the run knows that action."""
    shares = run.predict_proba(sequences)
    actions = run.meta.actions if run.meta else ()
    own = {action.number: action.name for action in actions}
    rows = []
    for row, probabilities in enumerate(shares):
        predicted, true = actions[int(np.argmax(probabilities))], sequences.action_of(row)
        known = _same(true.name, own.get(true.number), true.number)
        rows.append(
            {
                "sequence": sequences.ids[row], "true": true.number, "predicted": predicted.number,
                "name": predicted.name, "probability": round(float(probabilities.max()), 4),
                "correct": predicted.number == true.number if known else None,
            }
        )  # fmt: skip
    return rows


def _same(name: str, own: str | None, number: int) -> bool:
    """Say whether two data sets mean the same action by a number: its names agree where both have one."""
    nameless = f"action {number}"
    return own is not None and (name == own or nameless in (name, own))


def _trained_on(run: Run, sequences: SkeletonSequences) -> int | None:
    """Return how many of the sequences the run was trained on; None where its data are not as they were."""
    try:
        recorded = load_source(run.config.source, run.config.reading).sequences
    except HarError:
        return None
    if run.meta is None or recorded.fingerprint != run.meta.fingerprint:
        return None
    prints = recorded.sequence_fingerprints
    trained = {prints[recorded.ids[row]] for row in run.config.split.rows(recorded)["train"]}
    return sum(its in trained for its in sequences.sequence_fingerprints.values())
