"""`predict`: what a run says of other sequences, with the accuracy where their actions are known to it."""

import csv
import json

import numpy as np
import pytest

from har_core.data.sequences import Action, SkeletonSequences, replace_frames
from har_core.skeleton import KINECT_20, skeleton_of
from har_core.training.store import RunStore
from tests.conftest import write_numpy_files

pytestmark = pytest.mark.usefixtures("har_home")


@pytest.fixture
def trained(lab, small_source):
    how = ["--split", "1-3/4/5-6", "--epochs", 8, "--device", "cpu", "--json"]
    how += ["--set", "training.batch_size=16", "--set", "training.learning_rate=0.01"]
    code, out, err = lab("train", "--source", small_source, *how)
    assert code == 0, err
    return json.loads(out.splitlines()[-1])


def test_of_its_own_test_part_it_says_what_the_run_says(lab, trained, small_sequences, tmp_path):
    test = small_sequences.take(np.flatnonzero(small_sequences.subjects >= 5))
    source = write_numpy_files(test, tmp_path / "test")
    code, out, err = lab("predict", trained["run"], source, "--json")
    assert code == 0, err
    said = json.loads(out.splitlines()[-1])
    assert said["accuracy"] == pytest.approx(trained["best"]["test"]) and said["known"] == len(test)
    assert said["trained_on"] == 0 and said["left_out"] == {}
    kept = RunStore().arrays(trained["run"], "predictions.npz", ["best"])
    expected = dict(zip(kept["ids"].tolist(), (kept["logits_best"].argmax(axis=1) + 1).tolist(), strict=True))
    assert {row["sequence"]: row["predicted"] for row in said["predictions"]} == {
        name: expected[name] for name in test.ids
    }
    code, out, _ = lab("predict", trained["run"], source)
    lines = out.splitlines()
    table = list(csv.DictReader(lines[: len(test) + 1]))
    assert [row["sequence"] for row in table] == list(test.ids)
    assert {row["correct"] for row in table} <= {"True", "False"}
    right = sum(row["correct"] == "True" for row in table)
    share = f"{100 * right / len(test):.1f} %"
    unlike = [row["like_nothing"] for row in table].count("True")
    assert lines[len(test) + 1] == (
        f"Accuracy: {share}, {right} of {len(test)} sequences of actions that the run knows."
    )
    assert [line.split(". A")[0] for line in lines[len(test) + 2 :]] == (
        [f"Like nothing that it was trained on: {unlike} of {len(test)} sequences"] if unlike else []
    )
    assert {row["nearest"] for row in table} <= set(trained_ids(trained["run"]))
    far = [row["distance"] > said["usual_distance"] for row in said["predictions"]]
    assert [row["like_nothing"] for row in said["predictions"]] == far and sum(far) == unlike < len(test)


def trained_ids(run):
    kept = RunStore().arrays(run, "predictions.npz", ["best"])
    return kept["ids"][kept["part"] == "train"].tolist()


def test_a_body_upside_down_is_like_nothing_that_it_was_trained_on(lab, trained, small_sequences, tmp_path):
    test = small_sequences.take(np.flatnonzero(small_sequences.subjects >= 5))
    turned = replace_frames(test, [frames * (1, -1, 1) for frames in test.each()])
    how = ["--read", "axes=x,y,z", "--read", "unit=metres", "--json"]
    code, out, err = lab("predict", trained["run"], write_numpy_files(turned, tmp_path / "turned"), *how)
    assert code == 0, err
    said = json.loads(out.splitlines()[-1])
    assert all(row["like_nothing"] for row in said["predictions"])
    assert all(row["distance"] > said["usual_distance"] for row in said["predictions"])
    assert said["rule"].endswith("than 99 % of the validation sequences are.")


def test_that_it_was_trained_on_some_of_them_is_said(lab, trained, small_sequences, small_source, tmp_path):
    _, out, _ = lab("predict", trained["run"], small_source)
    assert out.splitlines()[-1].startswith("The run was trained on 36 sequences of them: ")
    few = write_numpy_files(small_sequences.take([0, 71]), tmp_path / "few")
    assert json.loads(lab("predict", trained["run"], few, "--json")[1])["trained_on"] == 1


def test_nothing_is_said_of_what_nobody_knows(lab, small_sequences, small_source_of_its_own, tmp_path):
    own = small_source_of_its_own
    _, out, _ = lab(
        "train", "--source", own, "--model", "nearest-neighbour", "--split", "1-3/4/5-6", "--json"
    )
    run = json.loads(out.splitlines()[-1])["run"]
    unseen = [np.zeros((4, 20, 3)), *small_sequences.each([0, 1])]
    others = SkeletonSequences.from_list(
        unseen, labels=[0, 1, 1], subjects=[1, 1, 1], ids=["lost", "new", "newer"],
        actions=[Action(1, "action 1"), Action(9, "action 9")], skeleton=KINECT_20, source="others",
    )  # fmt: skip
    folder = tmp_path / "others"
    write_numpy_files(others, folder)
    np.save(folder / "Y.npy", np.array([1, 9, 9]))
    (own / "Y.npy").unlink()
    code, out, err = lab("predict", run, folder)
    assert code == 0, err
    assert [line.split(",")[0] for line in out.splitlines()[:3]] == ["sequence", "new", "newer"]
    assert [line.split(",")[-1] for line in out.splitlines()[1:3]] == ["", ""]
    assert out.splitlines()[3:] == [
        "Left out: lost, the tracker never saw the body: all frames are zero.",
        "The data set that the run was trained on is not here as it was, so joints are taken as they come.",
        "2 sequences of actions that the run does not know: nothing says whether it is right there.",
        "Whether the run was trained on some of them is not known: its data set is not here as it was.",
    ]
    said = json.loads(lab("predict", run, folder, "--json")[1])
    assert said["accuracy"] is None and said["known"] == 0 and said["trained_on"] is None
    assert set(said["left_out"]) == {"lost"}


def test_actions_of_another_name_are_not_compared_by_their_number(lab, trained):
    said = json.loads(lab("predict", trained["run"], "synthetic", "--json")[1])
    assert said["known"] > 0  # the run's actions have no names, so the numbers count
    run = RunStore().get(trained["run"])
    meta = run.meta.model_dump()
    meta["actions"] = [each | {"name": f"juggling {each['number']}"} for each in meta["actions"]]
    (run.path / "meta.json").write_text(json.dumps(meta))
    said = json.loads(lab("predict", trained["run"], "synthetic", "--json")[1])
    assert said["known"] == 0 and said["accuracy"] is None


@pytest.mark.parametrize(
    ("joints", "because"),
    [(12, "small has 12 joints (unknown, 12 joints) and 20 joints are expected"), (0, "no run named")],
)
def test_what_can_t_be_predicted_is_one_sentence(joints, because, lab, trained, tmp_path, small_sequences):
    run = trained["run"] if joints else "nothing"
    other = SkeletonSequences.from_list(
        [frames[:, : joints or 20] for frames in small_sequences.each()], labels=small_sequences.labels,
        subjects=small_sequences.subjects, ids=small_sequences.ids, actions=small_sequences.actions,
        skeleton=skeleton_of(joints or 20), source="small",
    )  # fmt: skip
    code, out, err = lab("predict", run, write_numpy_files(other, tmp_path / "small"))
    assert code == 2 and out == "" and err.count("\n") == 1 and because in err
