"""The run that is watched: its state in one line of numbers, and what else there is to say of it."""

from collections.abc import Sequence

import streamlit as st

from app.shell.lab import get_lab
from app.shell.messages import leak_notice, synthetic_notice
from app.shell.wording import escape_markdown
from har_core.analysis.learning import best_record, diagnose, say_one_action
from har_core.analysis.predictions import load_predictions
from har_core.errors import HarError
from har_core.training.named_settings import say_non_default_settings
from har_core.training.records import EpochRecord, Meta
from har_core.training.store import Run
from har_core.wording import duration, percent, score_title

_STATES = {
    "queued": ":gray-badge[:material/schedule: waiting]",
    "running": ":blue-badge[:material/play_arrow: running]",
    "paused": ":orange-badge[:material/pause: paused]",
    "stopped": ":gray-badge[:material/stop: stopped]",
    "interrupted": ":orange-badge[:material/power_off: interrupted]",
    "done": ":green-badge[:material/check: done]",
    "failed": ":red-badge[:material/error: failed]",
}

_NONE = "none yet"
_OF_MEMBERS = "An ensemble has no epochs and no curves: its members have them."

Numbers = list[tuple[str, str]]


def has_curves(run: Run, records: Sequence[EpochRecord]) -> bool:
    """Say whether there are curves of a run, or will be."""
    return bool(run.config.training) and (bool(records) or run.status.state in ("queued", "running"))


def draw_numbers(run: Run, records: Sequence[EpochRecord]) -> None:
    """Draw the state of a run and its numbers in one line, each in a place that stays."""
    numbers = numbers_of(run, records)
    with st.container(horizontal=True, key="numbers"):
        st.markdown(f":small[:gray[State]]  \n{_STATES[run.status.state]}", width=_width_of("State", run))
        for title, value in numbers:
            st.markdown(f":small[:gray[{title}]]  \n**{value}**", width=_width_of(title, run))


def _width_of(title: str, run: Run) -> int:
    """Return a width in pixels in which a title has room, and a number that grows beneath it."""
    longest = 2 * len(f"{run.config.epochs:,}") + 4 if title == "Epoch" else 0
    return max(112, 24 + 7 * len(title), 9 * longest)


def numbers_of(run: Run, records: Sequence[EpochRecord]) -> Numbers:
    """Return what is known of a run, each with its title."""
    if has_curves(run, records):
        return _numbers_of_epochs(run, records)
    found = []
    if run.results:
        scores = {part: run.results.chosen.of(part) for part in ("test", "validation")}
        how = "refitted" if run.config.split.refit else None
        found = [
            (score_title(part, how), percent(share)) for part, share in scores.items() if share is not None
        ]
    return [*found, *([("Time spent", duration(run.status.seconds))] if run.status.seconds else [])]


def _numbers_of_epochs(run: Run, records: Sequence[EpochRecord]) -> Numbers:
    config, status = run.config, run.status
    has_best = config.judged_by == "best"  # else the run is judged by its last epoch
    judged = _best_of(run, records) if has_best else records[-1] if records else None
    pace = status.seconds / status.epoch if status.epoch else 0.0
    epochs = config.epochs or 0
    left = pace * max(0, epochs - len(records))
    found = [("Epoch", f"{len(records):,} of {epochs:,}")]
    if config.validated:
        share = percent(judged.validation_accuracy or 0) if judged else _NONE
        found.append((score_title("validation", config.judged_by), share))
    how = "refitted" if config.split.refit else config.judged_by
    found.append((score_title("test", how), percent(judged.test_accuracy) if judged else _NONE))
    found.append(("Time an epoch", duration(pace) if pace else _NONE))
    if status.state in ("running", "queued"):
        return [*found, ("Time left", duration(left) if pace else _NONE)]
    return [*found, ("Time spent", duration(status.seconds))]


def _best_of(run: Run, records: Sequence[EpochRecord]) -> EpochRecord | None:
    """Return the best record; of a run at work, only those since its last sign of life are compared."""
    status = run.status
    if status.state == "running" and 0 < status.best_epoch <= status.epoch <= len(records):
        records = [records[status.best_epoch - 1], *records[status.epoch :]]
    return best_record(records)


def draw_no_curves(run: Run) -> None:
    """Draw, in the place of the curves, why a run has none."""
    state = run.status.state
    if run.config.training:
        said = f"## {state.capitalize()} before its first epoch"
        more = "Resume goes on from the beginning." if state != "failed" else "Retry begins again."
        if state in ("stopped", "done"):
            more = "There is nothing to draw of it."
    elif state in ("queued", "running"):
        said = f"## {'Waiting' if state == 'queued' else 'Learning'}"
        more = "This model has no epochs: it learns in one go, and has no curves."
        more = _OF_MEMBERS if run.config.members else more
        if state == "running" and run.status.ready is not None:
            getting = "Its members are trained" if run.config.members else "It is getting ready to"
            more = f"{getting}: {percent(run.status.ready, 0)} is done. {more}"
    else:
        said, more = "## No curves", "This model has no epochs: it learns in one go."
        more = _OF_MEMBERS if run.config.members else more
    draw_empty_place(said, more, error=run.status.error)


def draw_empty_place(said: str, more: str, *, error: str = "", height: int | None = None) -> None:
    """Draw a frame in the place of figures, with words in its middle.

    Args:
        said: as Markdown.
        more: a sentence below it, as Markdown.
        error: what went wrong, as a user is told; empty where nothing did.
        height: in pixels; None for as high as what is said.
    """
    with st.container(
        border=True, height=height or "content", horizontal_alignment="center", vertical_alignment="center"
    ):
        st.markdown(said, width="content")
        if error:
            st.error(escape_markdown(error), icon=":material/error:")
        st.markdown(more, width="content")


def draw_notes(run: Run, records: Sequence[EpochRecord]) -> None:
    """Draw what was asked for, where the data are not the usual ones, and what stands out."""
    st.caption(escape_markdown(_settings_of(run)))
    if run.meta:
        synthetic_notice(run.meta.synthetic)
    leak_notice([run.config.split])
    if run.meta:
        for sentence in _diagnosis_of(run, run.meta, records):
            st.warning(escape_markdown(sentence), icon=":material/lightbulb:")


def _diagnosis_of(run: Run, meta: Meta, records: Sequence[EpochRecord]) -> list[str]:
    """Say what stands out in a run's curves and, once it has ended, in its predictions."""
    said = diagnose(records, len(meta.actions))
    if run.results:
        actions = meta.action_names
        for checkpoint in run.config.checkpoints:
            try:
                predictions = load_predictions(get_lab().store, run.run_id, checkpoint)
            except HarError as error:
                return [*filter(None, said), str(error)]
            said.append(say_one_action(predictions, actions, checkpoint if run.config.training else None))
    return [*filter(None, said)]


def _settings_of(run: Run) -> str:
    """Say in a line what was asked for, as far as it is not the course's."""
    config = run.config
    said = [f"{run.meta.parameters:,} parameters"] if run.meta and run.meta.parameters else []
    said.append(f"split {config.split.full_name}")
    said += say_non_default_settings(config).values()
    said += [run.meta.computed_by] if run.meta and run.meta.computed_by else []
    return " · ".join(said)
