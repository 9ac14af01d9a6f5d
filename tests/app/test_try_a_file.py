"""The page Try a file: a run on sequences that are not of its data, chosen or uploaded."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.models import MODELS
from har_core.skeleton import KINECT_25
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]
ClipsOf = Callable[[AppTest], list[dict[str, Any]]]

_BESIDE = {
    "neck": "shoulder_center", "left_hand_tip": "left_hand", "left_thumb": "left_hand",
    "right_hand_tip": "right_hand", "right_thumb": "right_hand",
}  # fmt: skip


def save_wide(folder: Path, sequences: SkeletonSequences) -> None:
    """Write sequences as a tracker of 25 joints has them."""
    wide = np.zeros((len(sequences), sequences.lengths.max(), 25, 3), np.float32)
    for row, frames in enumerate(sequences.each()):
        for joint, name in enumerate(KINECT_25.joints):
            own = sequences.skeleton.joints.index(_BESIDE.get(name, name))
            moved = (0.02, 0.04, 0.01) if name in _BESIDE else (0, 0, 0)
            wide[row, : len(frames), joint] = frames[:, own] + np.float32(moved)
    folder.mkdir(parents=True)
    np.save(folder / "X.npy", wide)
    np.save(folder / "Y.npy", [sequences.action_of(row).number for row in range(len(sequences))])
    np.save(folder / "Y_s.npy", sequences.subjects)
    (folder / "layout.json").write_text('{"skeleton": "kinect2-25", "axes": "x,y,z", "unit": "metres"}')


def said_by(screen: AppTest) -> str:
    return "\n".join(text.value for text in (*screen.markdown, *screen.caption)).replace("\\", "")


def test_a_run_of_20_joints_says_of_25_joints_what_it_says_of_the_same_20(
    open_page: OpenPage, clips_of: ClipsOf, runs: dict[str, Run], synthetic_set: SkeletonSequences
) -> None:
    run = runs["lstm"]
    few = synthetic_set.take(np.flatnonzero((synthetic_set.subjects == 8) & (synthetic_set.labels < 4)))
    folder = run.path.parents[1] / "sources" / "wide"
    save_wide(folder, few)
    assert load_source("wide").sequences.skeleton == KINECT_25
    screen = open_page("try_a_file", source="wide", run=run.run_id, sequence="row_0002")
    assert not screen.exception and not screen.error
    expected = run.predict_proba(few.take([1]))[0]
    action = run.meta.actions[int(expected.argmax())]
    true = few.action_of(1).number
    verdict = "right" if action.number == true else "wrong"
    assert f"**{action.name}**, {100 * expected.max():.0f} % sure, which is {verdict}." in said_by(screen)
    assert "Joints are found by their names: those of Kinect v1, 20 joints, in Kinect v2" in said_by(screen)
    tried, nearest = clips_of(screen)
    assert tried["title"].startswith("row_0002") and len(tried["joints"]) == 20
    assert {line["name"] for line in tried["track"]["lines"]} == set(run.meta.action_names)
    name = nearest["title"].removeprefix("Nearest: ").split(" · ")[0]
    assert synthetic_set.subjects[synthetic_set.row_of(name)] in run.config.split.train
    # The same numbers are another body where the visitor says so.
    screen = open_page(
        "try_a_file", source="wide", run=run.run_id, sequence="row_0002", skeleton="openpose-25"
    )
    assert not screen.exception and not screen.error
    assert "right_foot (right_toe), head (left_ear, right_ear)." in said_by(screen)


def test_another_sequence_goes_into_the_url_and_one_that_was_trained_on_is_said(
    open_page: OpenPage, clips_of: ClipsOf, runs: dict[str, Run]
) -> None:
    screen = open_page("try_a_file", run=runs["cnn"].run_id, sequence="a01_s08_e01")
    assert "The run was trained on this sequence" not in said_by(screen)
    (box,) = (box for box in screen.selectbox if box.label == "Sequence")
    box.select("a02_s01_e01").run()
    assert not screen.exception and screen.query_params["sequence"] == "a02_s01_e01"
    assert "The run was trained on this sequence" in said_by(screen)
    assert [clip["title"].split(" · ")[0] for clip in clips_of(screen)] == [
        "a02_s01_e01", "Nearest: a02_s01_e01"
    ]  # fmt: skip


def test_what_is_uploaded_is_selected_and_what_is_no_data_set_is_refused_in_a_sentence(
    open_page: OpenPage, runs: dict[str, Run], synthetic_set: SkeletonSequences, tmp_path: Path
) -> None:
    save_wide(tmp_path / "wide", synthetic_set.take([0, 200, 400]))
    screen = open_page("try_a_file", run=runs["lstm"].run_id)
    screen.get("file_uploader")[0].set_value([("evil.pkl", b"cos\nsystem\n", "")])
    screen.run()
    screen.button(key="try the files").click().run()
    assert not screen.exception and len(screen.error) == 1 and "no data set" in screen.error[0].value
    files = {file.name: file.read_bytes() for file in (tmp_path / "wide").glob("*.npy")}
    screen.get("file_uploader")[0].set_value([(name, content, "") for name, content in files.items()])
    screen.run()
    screen.button(key="try the files").click().run()
    assert not screen.exception and not screen.error
    assert screen.query_params["source"] == load_source(screen.query_params["source"]).sequences.source
    (box,) = (box for box in screen.selectbox if box.label == "Sequence")
    assert len(box.options) == 3


def test_of_a_model_that_is_not_sure_of_anything_it_says_what_the_percentage_is(
    open_page: OpenPage, clips_of: ClipsOf, small_run: Run
) -> None:
    store = RunStore(small_run.path.parent)
    options = MODELS["nearest-neighbour"].options()
    config = ExperimentConfig(source="small", model=options, split=small_run.config.split)
    run = store.create(config, queued=False)
    assert list(train_run(store, run.run_id)) == []
    screen = open_page("try_a_file", source="small", run=run.run_id)
    assert not screen.exception and not screen.error
    assert "The percentage is the share of the nearest training sequences" in said_by(screen)
    assert " sure" not in said_by(screen)
    tried, nearest = clips_of(screen)
    assert tried["track"] is None and nearest["title"].startswith("Nearest: ")
