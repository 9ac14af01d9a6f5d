"""Eight data sets as people bring them are told right by path: what they are, and what was assumed."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from har_core.data.sources import load_source
from har_core.skeleton import SKELETONS
from tests.data.made_up_files import folder_of
from tests.data.reading.brought_in import EXPECTED, brought_in, some_recordings

SETS = brought_in(some_recordings())


@pytest.mark.parametrize("name", EXPECTED)
def test_a_set_is_described_as_what_it_is(
    lab: Callable[..., tuple[int, str, str]], har_home: Path, tmp_path: Path, name: str
) -> None:
    place, expected = folder_of(tmp_path / "mine", SETS[name]), EXPECTED[name]
    code, out, _ = lab("data", "describe", place, "--json")
    found = json.loads(out.splitlines()[-1])
    assert code == 0
    assert {each: found[each] for each in ("skeleton", "axes", "unit", "rate")} == {
        "skeleton": expected.skeleton, "axes": expected.axes, "unit": expected.unit, "rate": expected.rate,
    }  # fmt: skip
    told = [*found["assumptions"], *found["notes"]]
    assert [part for part in expected.told if not any(part in sentence for sentence in told)] == []
    assert len(found["assumptions"]) == expected.assumed
    assert (found["sequences"], found["classes"], found["subjects"]) == (6, 2, 3)
    assert stands(place, expected.left)


def stands(place: str, left: int) -> bool:
    """Say whether bodies are as high as people, head above hips above feet, and left is where it was."""
    sequences = load_source(place).sequences
    skeleton = sequences.skeleton
    assert skeleton == SKELETONS[skeleton.name]
    at = {
        name: np.median(sequences.frames[~sequences.untracked][:, joint], axis=0)
        for joint, name in enumerate(skeleton.joints)
    }
    top = at["head" if "head" in at else "nose"]
    assert top[1] > at["left_shoulder"][1] > at["right_hip"][1] > at["left_knee"][1] > at["right_ankle"][1]
    assert 1.2 < top[1] - at["right_ankle"][1] < 1.8  # metres
    assert at["right_foot" if "right_foot" in at else "right_toe"][2] < at["right_ankle"][2]  # to the camera
    return bool(np.sign(at["left_shoulder"][0] - at["right_shoulder"][0]) == left)
