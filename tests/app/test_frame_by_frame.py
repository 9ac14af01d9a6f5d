"""A sentence says until when the model holds which action, and the lines carry its probabilities."""

import numpy as np
import pytest

from app.runs.frame_by_frame import change_of_mind, colours_of, with_probabilities
from har_core.analysis.prefix_predictions import PrefixPredictions
from har_core.player.clips import Clip
from har_core.plots.colours import CORRECT, WRONG
from har_core.skeleton import KINECT_20

ACTIONS = ["wave", "bend", "jog", "kick", "pickup & throw"]


def saying(leaders: list[int], moments: list[float] | None = None) -> PrefixPredictions:
    """Readings in which these actions lead, one after the other."""
    probabilities = 0.1 + 0.5 * np.eye(5)[leaders]
    places = np.arange(len(leaders), dtype=float) if moments is None else np.array(moments)
    return PrefixPredictions(places, probabilities, np.zeros((len(leaders), 2), np.float32))


@pytest.mark.parametrize(
    ("leaders", "true", "said"),
    [
        ([0, 0, 0], 0, "It says “wave” from the first frame to the last."),
        ([0, 0, 1], 1, "It says “wave” until frame 2 of 3, then “bend”."),
        (
            [2, 0, 0, 1, 1], 3,
            "It says “jog” until frame 1 of 5, “wave” until frame 3, then “bend”. It never says “kick”.",
        ),
        ([2, 0, 1, 0, 1, 1], 1, "It changes its mind 4 times; after frame 4 of 6 it stays with “bend”."),
        ([1, 4], 4, "It says “bend” until frame 1 of 2, then “pickup \\& throw”."),
    ],
)  # fmt: skip
def test_sentence_tells_who_leads_until_when(leaders: list[int], true: int, said: str) -> None:
    assert change_of_mind(saying(leaders), ACTIONS, true, len(leaders)) == said


def test_frames_of_the_sentence_are_those_that_the_player_counts() -> None:
    found = saying([0, 0, 1], [0, 17.5, 35])
    assert change_of_mind(found, ACTIONS, 1, 36) == "It says “wave” until frame 18 of 36, then “bend”."


def test_lines_are_percent_with_the_true_and_the_predicted_action_first() -> None:
    found = saying([2, 2, 0, 1])
    clip = Clip("a clip", np.zeros((4, 20, 3), np.float32), np.zeros(4, bool), KINECT_20)
    track = with_probabilities(clip, found, ACTIONS, colours_of(3, 1)).track
    assert track is not None
    assert [(line.name, line.colour) for line in track.lines if not line.faint] == [
        ("kick", CORRECT), ("bend", WRONG), ("jog", ""), ("wave", ""),
    ]  # fmt: skip
    assert [line.name for line in track.lines if line.faint] == ["pickup & throw"]
    for line in track.lines:
        action = ACTIONS.index(line.name)
        np.testing.assert_allclose(line.values, 100 * found.probabilities[:, action])


def test_recognised_sequence_has_one_action_with_a_colour() -> None:
    assert colours_of(2, 2) == {2: CORRECT}
