"""What a run's model says of a sequence frame by frame: lines for the player, and a sentence."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from app.runs.chooser import Chosen
from app.shell.selection import source_of
from app.shell.wording import ASKING, escape_markdown
from har_core.analysis.prefix_predictions import (
    PrefixPredictions,
    actions_that_matter,
    prefix_predictions,
    segments,
)
from har_core.data.sequences import SkeletonSequences
from har_core.errors import HarError
from har_core.player.clips import Clip, Line, Track, Values
from har_core.plots.colours import CORRECT, WRONG
from har_core.training.kept_arrays import stamp_of
from har_core.training.records import CheckpointChoice
from har_core.training.store import Run

MOST_OPINIONS = 4
"""A sentence that names more of them is read by nobody."""


def prefix_predictions_of(about: Chosen, sequence: str) -> PrefixPredictions | None:
    """Return what the model says of a sequence frame by frame, or None after a word on why it can't."""
    try:
        sequences = source_of(about.run).sequences
        stamp = stamp_of(about.run.path, f"{about.checkpoint}.safetensors", "config.json", "meta.json")
        known = str(about.run.path), stamp, about.checkpoint, sequences.fingerprint, sequence
        found: PrefixPredictions = _read_prefixes(known, about.run, about.checkpoint, sequences, sequence)
        return found
    except HarError as error:
        st.caption(f"What the model says frame by frame can't be shown: {escape_markdown(str(error))}")
        return None


@st.cache_resource(max_entries=200, show_spinner=ASKING)
def _read_prefixes(
    known: tuple[object, ...],
    _run: Run,
    _checkpoint: CheckpointChoice,
    _sequences: SkeletonSequences,
    _sequence: str,
) -> PrefixPredictions:
    return prefix_predictions(_run, _checkpoint, _sequences, _sequence)


def colours_of(true: int, predicted: int) -> dict[int, str]:
    """Return the colours of the two actions that a prediction is about."""
    return {true: CORRECT} if true == predicted else {true: CORRECT, predicted: WRONG}


def with_probabilities(
    clip: Clip, found: PrefixPredictions, actions: Sequence[str], colours: Mapping[int, str]
) -> Clip:
    """Return a clip with the probability of each action below it, those that matter strong and first.

    Args:
        clip: of a sequence as recorded.
        found: of the same sequence.
        actions: K names.
        colours: of the actions that are strong at any rate.
    """
    strong = actions_that_matter(found.probabilities, list(colours))
    faint = [action for action in range(len(actions)) if action not in strong]
    percent: Values = 100 * found.probabilities
    lines = [
        Line(actions[action], percent[:, action], colours.get(action, ""), faint=action in faint)
        for action in (*strong, *faint)
    ]
    track = Track(found.moments, lines, "probability of each action (%)", (0, 100), " %")
    return replace(clip, track=track)


def change_of_mind(found: PrefixPredictions, actions: Sequence[str], true: int, frames: int) -> str:
    """Say which action leads until when.

    Args:
        found: of a sequence.
        actions: K names.
        true: index of the action that was performed.
        frames: of the sequence as recorded.
    """
    held = segments(found.probabilities)
    named = [f"“{escape_markdown(actions[opinion.action])}”" for opinion in held]
    ends = [int(np.floor(found.moments[opinion.last])) + 1 for opinion in held]
    if len(held) == 1:
        return f"It says {named[0]} from the first frame to the last."
    if len(held) <= MOST_OPINIONS:
        first, *later = (f"{name} until frame {end}" for name, end in zip(named[:-1], ends, strict=False))
        said = ", ".join([f"It says {first} of {frames}", *later, f"then {named[-1]}."])
    else:
        said = (
            f"It changes its mind {len(held) - 1} times; "
            f"after frame {ends[-2]} of {frames} it stays with {named[-1]}."
        )
    never = true not in {opinion.action for opinion in held}
    return said + (f" It never says “{escape_markdown(actions[true])}”." if never else "")
