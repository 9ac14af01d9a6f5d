"""What a run says of one sequence of other data, in words and as it moves."""

from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from app.components.player import skeleton_player
from app.runs.frame_by_frame import change_of_mind, colours_of, with_probabilities
from app.shell.lab import get_lab, get_source
from app.shell.run_titles import title_of
from app.shell.wording import ASKING, escape_markdown
from har_core.analysis.other_data import Tried, knows_action, trained_on, try_run
from har_core.analysis.prefix_predictions import PrefixPredictions, prefix_predictions_of_other
from har_core.data.sequences import SkeletonSequences
from har_core.errors import HarError
from har_core.player.recordings import recorded_clip
from har_core.training.kept_arrays import stamp_of
from har_core.training.prediction import as_trained_on
from har_core.training.store import Run
from har_core.wording import percent

_HEIGHT_OF_PLAYER = 476
"""In pixels, so that all is seen at once on a screen of 1280 x 720."""


@dataclass(frozen=True, eq=False)
class Answer:
    """What a run says of one sequence.

    Attributes:
        run: the run.
        tried: what it says of the sequence, the only one.
        recorded: the run's data set; None where it is not here as it was.
        by_frame: what it says frame by frame; None of a model that answers for whole sequences only.
    """

    run: Run
    tried: Tried
    recorded: SkeletonSequences | None
    by_frame: PrefixPredictions | None

    @property
    def actions(self) -> list[str]:
        """K names, in the order of the model's outputs."""
        return self.run.meta.action_names if self.run.meta else []

    @property
    def predicted(self) -> int:
        """The index of the action that it takes the sequence for."""
        return int(self.tried.probabilities[0].argmax())

    @property
    def true(self) -> int | None:
        """The index of the action that it is; None of one that the run does not know."""
        if not knows_action(self.run, self.tried.sequences, 0):
            return None
        number = self.tried.sequences.action_of(0).number
        return [action.number for action in self.run.meta.actions].index(number)


def answer_of(run: Run, given: SkeletonSequences, name: str) -> Answer:
    """Return what a run says of a sequence; it is asked once for all visitors.

    Raises:
        HarError: as ``try_run``.
    """
    recorded = None
    with suppress(HarError):
        recorded = as_trained_on(run, get_source(run.config.source, run.config.reading).sequences)
    files = [f"{run.config.judged_by}.safetensors", "config.json", "meta.json", "features.npz"]
    what = given.fingerprint, given.skeleton, given.actions, given.source, name
    members = run.meta.members if run.meta else ()
    files += [f"../{member.run}/last.safetensors" for member in members]  # which may be deleted meanwhile
    known = str(run.path), stamp_of(run.path, *files), *what, recorded is None
    found: Answer = _ask(known, run, given, name, recorded)
    return found


@st.cache_resource(max_entries=200, show_spinner=ASKING)
def _ask(
    known: tuple[object, ...], _run: Run, _given: SkeletonSequences, _name: str,
    _recorded: SkeletonSequences | None,
) -> Answer:  # fmt: skip
    tried = try_run(get_lab().store, _run, _given.take([_given.row_of(_name)]), _recorded)
    by_frame = None
    if _run.config.kind.network:
        by_frame = prefix_predictions_of_other(_run, _run.config.judged_by, tried.sequences, _name)
    return Answer(_run, tried, _recorded, by_frame)


def draw_answer(answer: Answer) -> None:
    """Say what a run takes a sequence for, and play it beside the nearest training sequence."""
    _say_answer(answer)
    _play(answer)
    said = list(map(escape_markdown, answer.tried.notes))
    if answer.by_frame:
        true = answer.predicted if answer.true is None else answer.true
        frames = int(answer.tried.sequences.lengths[0])
        said.insert(0, change_of_mind(answer.by_frame, answer.actions, true, frames))
    if scores := answer.run.config.kind.scores:
        said.insert(0, f"The percentage is {scores}.")
    if answer.recorded is not None and trained_on(answer.run, answer.recorded, answer.tried.sequences):
        said.append("The run was trained on this sequence: that it knows it says little of new ones.")
    st.caption("  \n".join(said))


def _say_answer(answer: Answer) -> None:
    tried, true = answer.tried, answer.true
    sure = "" if answer.run.config.kind.scores else " sure"
    verdict = "" if true is None else ", which is right" if true == answer.predicted else ", which is wrong"
    probability = percent(tried.probabilities[0, answer.predicted], 0)
    said = f"**{escape_markdown(answer.actions[answer.predicted])}**, {probability}{sure}{verdict}."
    if tried.likeness and tried.likeness.is_unlike(0):
        said += " **:material/help: Like nothing that it was trained on.**"
    st.markdown(said, help=escape_markdown(tried.likeness.rule) if tried.likeness else None)


def _play(answer: Answer) -> None:
    sequences, nearest = answer.tried.sequences, answer.tried.nearest
    clip = recorded_clip(sequences, sequences.ids[0])
    if answer.by_frame:
        colours = colours_of(answer.predicted if answer.true is None else answer.true, answer.predicted)
        clip = with_probabilities(clip, answer.by_frame, answer.actions, colours)
    clips = [clip]
    if nearest and answer.recorded is not None:
        clips.append(recorded_clip(answer.recorded, nearest[0], "Nearest: "))
    skeleton_player(
        clips, key="tried player", height=_HEIGHT_OF_PLAYER, grows=True,
        caption=f"{title_of(answer.run)}: {sequences.ids[0]}, {answer.actions[answer.predicted]}",
    )  # fmt: skip
