"""A description counts what is there; on the real set, what is known of it from elsewhere."""

import json
from dataclasses import replace

import numpy as np
import pytest

from har_core.data.describe import describe
from har_core.data.msr_action3d import name_as_msr
from har_core.data.reading.data_set import LoadedSource
from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.sources import load_source
from har_core.skeleton import KINECT_20

pytestmark = pytest.mark.usefixtures("har_home")


def made_up(ids=("a", "b", "c", "d", "e"), *, synthetic=False) -> LoadedSource:
    frames = [np.ones((length, 20, 3), np.float32) for length in (4, 4, 6, 4, 21)]
    frames[1][1:3] = 0
    frames[2][:] = 0
    sequences = SkeletonSequences.from_list(
        frames,
        labels=[0, 0, 1, 1, 1],
        subjects=[1, 3, 3, 3, 1],
        ids=ids,
        actions=[Action(2, "bow"), Action(10, "clap")],
        skeleton=KINECT_20,
        source="made up",
        synthetic=synthetic,
    )
    return LoadedSource(sequences, "by hand", ("a note",))


def test_a_small_set_is_counted():
    result = describe(made_up()).as_dict()
    assert result["sequences"] == 5 and result["frames"] == 39 and result["joints"] == 20
    assert result["classes"] == 2 and result["subjects"] == 2
    assert result["per_class"] == {"2": 2, "10": 3}
    assert result["per_subject"] == {"1": 2, "3": 3}
    assert result["actions"] == {"2": "bow", "10": "clap"}
    assert result["lengths"] == {"min": 4, "median": 4, "max": 21}
    assert result["untracked_frames"] == 8
    assert (result["layout"], result["notes"], result["source"]) == ("by hand", ["a note"], "made up")
    assert result["synthetic"] is False
    assert json.loads(json.dumps(result)) == result


def test_faults_are_named():
    assert describe(made_up()).as_dict()["faults"] == [
        {"id": "b", "fault": "2 of 4 frames are untracked"},
        {"id": "c", "fault": "all 6 frames are untracked"},
        {"id": "e", "fault": "21 frames, far longer than the median of 4"},
    ]


def test_a_synthetic_sequence_has_no_faults_of_the_recorded_one():
    ids = ("a13_s09_e01", "b", "c", "d", "e")
    recorded = made_up(ids)
    recorded = replace(recorded, sequences=name_as_msr(recorded.sequences))
    assert describe(recorded).faults[0].fault == "not among the 557 of the literature"
    assert describe(made_up(ids, synthetic=True)).faults[0].id == "b"


def test_the_real_set_is_what_is_known_of_it(real_data):
    result = describe(load_source(str(real_data / "msr_action3d"))).as_dict()
    assert (result["sequences"], result["frames"], result["untracked_frames"]) == (567, 23478, 1113)
    assert (result["classes"], result["subjects"], result["joints"]) == (20, 10, 20)
    assert result["lengths"] == {"min": 13, "median": 39, "max": 936}
    assert list(result["per_subject"].values()) == [60, 59, 56, 38, 57, 58, 59, 60, 60, 60]
    assert sum(result["per_class"].values()) == 567 and result["actions"]["16"] == "jogging"
    known = json.loads((real_data / "msr_action3d" / "defects.json").read_text())
    assert [fault["id"] for fault in result["faults"]] == [defect["id"] for defect in known]
    for fault, defect in zip(result["faults"], known, strict=True):
        zeros = defect["all_zero_frames"]
        assert (f"{zeros} " in fault["fault"] and "untracked" in fault["fault"]) == (zeros > 0)
        assert ("not among the 557" in fault["fault"]) != defect["in_cvpr12_557"]
