"""`predict`: what a run says of other sequences, of any skeleton whose joints have the names of its own."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from har_core.cli.answers import Json, Reading, answer
from har_core.csv_table import csv_table
from har_core.data.reading.choices import parse_choices
from har_core.data.sources import load_source
from har_core.terminal import say
from har_core.training.run import Run
from har_core.training.store import RunStore
from har_core.wording import count_of, counted, percent

if TYPE_CHECKING:
    from har_core.analysis.other_data import Tried


def predict(
    run: Annotated[str, typer.Argument(help="Name of a run, as `runs list` shows it.")],
    source: Annotated[str, typer.Argument(help="A source's name, a folder, or a zip.")],
    read: Reading = None,
    as_json: Json = False,
) -> None:
    """Say which actions a run sees in other sequences, as a table of CSV; and how many it knows.

    Joints are found by their names where the skeleton is another one. Of each sequence it says the nearest
    training sequence, and whether it is like any.
    """
    # Not imported above: torch comes with it, and the other verbs answer without.
    from har_core.analysis.other_data import trained_on, try_run
    from har_core.training.prediction import own_data

    store = RunStore()
    found, own = store.get(run), None
    loaded = load_source(source, parse_choices(read)).sequences
    if found.results is not None:
        own = own_data(found)
    tried = try_run(store, found, loaded, own)
    rows = _rows(found, tried)
    known = [row for row in rows if row["correct"] is not None]
    correct = sum(row["correct"] for row in known)
    seen = None if own is None else trained_on(found, own, tried.sequences)
    likeness = tried.likeness
    if as_json:
        answer(
            {
                "run": run, "source": loaded.source, "predictions": rows, "known": len(known),
                "correct": correct, "accuracy": correct / len(known) if known else None,
                "trained_on": seen, "left_out": {item.sequence_id: item.reason for item in tried.left_out},
                "notes": list(tried.notes), "rule": likeness and likeness.rule,
                "usual_distance": likeness and likeness.usual,
            }
        )  # fmt: skip
        return
    table = csv_table(list(rows[0]), [list(row.values()) for row in rows])
    for line in table.decode("utf-8-sig").splitlines():
        say(line)
    for item in tried.left_out:
        say(f"Left out: {item.sequence_id}, {item.reason}.")
    for note in tried.notes:
        say(note)
    if known:
        share = percent(correct / len(known))
        say(f"Accuracy: {share}, {count_of(correct, len(known))} sequences of actions that the run knows.")
    if len(known) < len(rows):
        unknown = counted(len(rows) - len(known), "sequence")
        say(f"{unknown} of actions that the run does not know: nothing says whether it is right there.")
    _say_likeness(tried)
    if seen is None:
        say("Whether the run was trained on some of them is not known: its data set is not here as it was.")
    elif seen:
        said = counted(seen, "sequence")
        say(f"The run was trained on {said} of them: its accuracy there says little of new ones.")


def _rows(run: Run, tried: "Tried") -> list[dict[str, Any]]:
    """Return what the run says of each sequence, and what the sequence is where the run knows that action."""
    from har_core.analysis.other_data import knows_action  # here, as in predict

    actions, likeness = run.meta.actions if run.meta else (), tried.likeness
    rows = []
    for row, probabilities in enumerate(tried.probabilities):
        predicted, true = actions[int(probabilities.argmax())], tried.sequences.action_of(row)
        known = knows_action(run, tried.sequences, row)
        rows.append(
            {
                "sequence": tried.sequences.ids[row], "true": true.number, "predicted": predicted.number,
                "name": predicted.name, "probability": round(float(probabilities.max()), 4),
                "nearest": tried.nearest and tried.nearest[row],
                "distance": likeness and round(float(likeness.distances[row]), 4),
                "like_nothing": likeness and likeness.is_unlike(row),
                "correct": predicted.number == true.number if known else None,
            }
        )  # fmt: skip
    return rows


def _say_likeness(tried: "Tried") -> None:
    """Say how many sequences are like nothing that the run was trained on, and by which rule."""
    if tried.likeness is None:
        return
    unlike = sum(map(tried.likeness.is_unlike, range(len(tried.sequences))))
    if unlike:
        count = count_of(unlike, len(tried.sequences))
        say(f"Like nothing that it was trained on: {count} sequences. {tried.likeness.rule}")
