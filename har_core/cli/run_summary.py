"""A run as the verbs tell it: its settings, and what has become of it."""

from typing import Any

from har_core.cli.answers import answer
from har_core.data.splits import PARTS
from har_core.terminal import Cell, draw_table
from har_core.training.named_settings import say_members
from har_core.training.records import CheckpointChoice, Meta, WeightsResult
from har_core.training.store import Run
from har_core.wording import PART_TITLES, duration, number, percent


def summary_of(run: Run) -> dict[str, Any]:
    """Return what there is to say of a run, as JSON has it; what is not known yet is None."""
    found: dict[str, Any] = {
        "run": run.run_id,
        **run.label.model_dump(mode="json", exclude={"schema_version"}),
    }
    found |= {"state": run.status.state, "source": run.config.source}
    found |= {"split": run.config.split.name, "refit": run.config.split.refit}
    found |= {"synthetic": None, "model": run.config.model.name, "parameters": None}
    epochs = run.status.epoch if run.config.training else None
    seconds = None if run.seconds is None else round(run.seconds, 3)
    found |= {"epochs": epochs, "seconds": seconds, "split_sizes": None}
    found |= {"best": None, "last": None}
    if run.meta:
        found |= {
            "synthetic": run.meta.synthetic,
            "parameters": run.meta.parameters,
            "split_sizes": run.meta.split_sizes,
        }
    if run.meta and run.meta.members:
        found["members"] = [member.model_dump() for member in run.meta.members]
    if run.results:
        found |= {name: run.results.of(name).model_dump() for name in run.config.checkpoints}
    return found


def show(run: Run, as_json: bool) -> None:
    """Show a run as a table, or as JSON."""
    summary = summary_of(run)
    if as_json:
        answer(summary)
        return
    rows: list[tuple[str, Cell]] = [
        ("name", run.label.name),
        ("tags", ", ".join(run.label.tags)),
        ("note", run.label.note.split("\n")),
    ]
    rows += [
        ("state", run.status.state),
        ("source", run.config.source),
        ("split", run.config.split.label),
        ("model", run.config.kind.title),
        *([("members", _members(run))] if run.config.members else []),
        ("epochs", f"{run.status.epoch:,}" if run.config.training else "none"),
        *([] if run.seconds is None else [("time", duration(run.seconds))]),
    ]
    if run.meta:
        sizes = [f"{PART_TITLES[part].lower()} {size:,}" for part, size in run.meta.split_sizes.items()]
        count = f"{run.meta.parameters:,}" if run.meta.parameters else "none"
        rows += [
            ("computed on", run.meta.computing),
            ("parameters", count),
            *_layers(run, run.meta),
            ("sequences", ", ".join(sizes)),
        ]
    if run.results:
        how = "refitted, " if run.config.split.refit else ""
        rows += [_scores(how, name, run.results.of(name)) for name in run.config.checkpoints]
        if run.config.model.on_training_part:
            rows.append(("training part", run.config.model.on_training_part))
    if run.status.error:
        rows.append(("error", run.status.error))
    rows += [("damage", fault) for fault in (run.label_fault, *run.faults) if fault]
    title = f"{run.run_id}{' (synthetic data)' if summary['synthetic'] else ''}"
    draw_table(("What", "Value"), rows, title)


def _members(run: Run) -> Cell:
    """Say whom an ensemble adds up: the runs, once they are known."""
    known = run.meta.members if run.meta else ()
    if not known:
        return say_members(run.config)
    titles = [config.kind.title for config in run.config.of_members]
    return [
        f"{title}, weight {number(member.weight)}: {member.run}"
        for title, member in zip(titles, known, strict=True)
    ]


def _layers(run: Run, meta: Meta) -> list[tuple[str, Cell]]:
    # Not imported above: torch comes with it, and the other verbs answer without.
    from har_core.models.layer_table import layers_of, say_layers

    if not run.config.kind.network:
        return []
    return [("layers, for T frames", say_layers(layers_of(run.config.model, meta.inputs, len(meta.actions))))]


def _scores(how: str, checkpoint: CheckpointChoice, scores: WeightsResult) -> tuple[str, Cell]:
    found = {part: scores.of(part) for part in PARTS}
    said = [
        f"{PART_TITLES[part].lower()} {percent(share)}" for part, share in found.items() if share is not None
    ]
    title = "accuracy" if scores.epoch is None else f"{checkpoint} epoch, {scores.epoch:,}"
    return how + title, ", ".join(said)
