"""How well a run does, in two lines."""

import streamlit as st

from app.runs.chooser import Chosen
from har_core.analysis.intervals import wilson_interval
from har_core.data.splits import REFITTED, Part
from har_core.training.store import Run
from har_core.wording import PART_TITLES, count_of, interval, loss, percent


def draw_scores(about: Chosen) -> None:
    """Draw the accuracy on the test part with its interval and loss, and those on the other parts."""
    run = about.run
    scores = run.results.of(about.checkpoint)
    others = [part for part in ("validation", "train") if scores.of(part) is not None]
    said = f"**{_say_accuracy(about, 'test')}** (95 %: {_say_interval(about, 'test')})"
    if run.config.training:
        said += f" · loss {loss(about.predictions.of('test').loss)}"
    more = [_say_accuracy(about, part) for part in others]
    if run.config.split.refit:
        more.append(REFITTED)
    if about.epoch_chosen:
        more.append(f"{about.epoch_chosen} epoch: {scores.epoch:,}")
    with st.container(gap=None):
        st.markdown(said, help=_explain(about, others))
        st.caption(" · ".join(more), help=_why_the_last(run) or None)
    if run.config.model.on_training_part:
        st.caption(f":material/info: {run.config.model.on_training_part}")


def _why_the_last(run: Run) -> str:
    """Say why no epoch of a run is chosen; empty where one is, or where that is said already."""
    if not run.config.training or run.results.best or run.config.split.refit:
        return ""
    why = "Without a validation part" if run.config.chooses_epoch else "Under this schedule"
    return f"{why} no epoch is chosen as the best: this is the last."


def _say_refit(run: Run) -> str:
    split = run.config.split
    return (
        f"It was trained on {split.who('train')}, those of training and validation together, so no epoch is "
        "chosen. Set it beside no run that has learned from fewer."
    )


def _say_accuracy(about: Chosen, part: Part) -> str:
    of_part = about.predictions.of(part)
    correct, total = of_part.correct, len(of_part)
    return f"{PART_TITLES[part]} {percent(correct / total)}, {count_of(correct, total)}"


def _say_interval(about: Chosen, part: Part) -> str:
    of_part = about.predictions.of(part)
    return interval(*wilson_interval(of_part.correct, len(of_part)))


def _explain(about: Chosen, others: list[Part]) -> str:
    refit = about.run.config.split.refit
    said = [_say_refit(about.run)] if refit else []
    said += ["Accuracy: the share of sequences that are recognised, without dropout."]
    said += ["In brackets its 95 % interval (Wilson)."]
    said += [f"{PART_TITLES[part]}: {_say_interval(about, part)}." for part in others]
    if about.run.config.training:
        said += ["The loss is the mean cross-entropy of the test part, in nats."]
    return "  \n".join(said)
