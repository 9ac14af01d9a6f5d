"""The data set page: counts, the split, faults, and what is said when a set can't be read."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from har_core.data.formulas import formulas_of
from har_core.data.preparation import Preparation
from har_core.data.reading.numpy_files import NumpyFiles
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.fields import choices_of
from har_core.skeleton import COCO_17, KINECT_20
from har_core.training.config import ExperimentConfig
from har_core.training.queue import TrainingQueue
from har_core.training.source_trash import restore_source
from har_core.training.store import RunStore
from tests.data.reading.bodies import bodies, rivals

OpenPage = Callable[..., AppTest]


def cards(screen: AppTest) -> dict[str, str]:
    return {card.label: card.value for card in screen.metric}


def test_cards_count_what_is_in_the_set(open_page: OpenPage, synthetic_set: SkeletonSequences) -> None:
    screen = open_page("data_set")
    assert not screen.exception
    assert not screen.error
    assert cards(screen) == {
        "Sequences": "567",
        "Classes (actions)": "20",
        "Subjects": "10",
        "Joints": "20",
        "Frames": f"{len(synthetic_set.frames):,}",
    }
    assert any("Synthetic data" in text.value for text in screen.caption)
    assert any(text.value == "Test: subjects 8 to 10 · 176 sequences" for text in screen.markdown)


def test_every_sequence_with_a_lost_body_is_a_listed_fault(
    open_page: OpenPage, synthetic_set: SkeletonSequences
) -> None:
    screen = open_page("data_set")
    lost = {
        name
        for row, name in enumerate(synthetic_set.ids)
        if not np.any(synthetic_set[row], axis=(1, 2)).all()
    }
    screen = open_page("data_set", view="Faults")
    listed = set(screen.dataframe[0].value["Sequence"])
    assert lost
    assert lost <= listed


def test_recorded_files_are_counted_as_they_lie_there(
    open_page: OpenPage, recorded_source: str, har_home: Path
) -> None:
    folder = har_home / "sources" / recorded_source
    padded, labels = np.load(folder / "X.npy"), np.load(folder / "Y.npy")
    screen = open_page("data_set", source=recorded_source)
    assert not screen.exception
    assert cards(screen)["Sequences"] == str(len(labels))
    assert cards(screen)["Classes (actions)"] == "3"
    assert cards(screen)["Frames"].replace(",", "") == str(int(trailing_free_lengths(padded).sum()))
    assert not any("Synthetic data" in text.value for text in screen.caption)


def trailing_free_lengths(padded: np.ndarray) -> np.ndarray:
    """Count the frames up to the last one that holds anything."""
    filled = padded.any(axis=(2, 3))
    return padded.shape[1] - filled[:, ::-1].argmax(axis=1)


def test_unknown_source_in_the_url_is_told_in_a_sentence(open_page: OpenPage) -> None:
    screen = open_page("data_set", source="nowhere")
    assert not screen.exception
    (error,) = screen.error
    assert "'nowhere'" in error.value
    assert error.value.endswith(".")
    assert screen.selectbox(key="choose source").value == "nowhere"


def test_missing_published_set_names_the_command_that_fetches_it(open_page: OpenPage) -> None:
    screen = open_page("data_set", source="msr-action3d")
    assert not screen.exception
    assert "python -m har_core data fetch msr-action3d" in screen.error[0].value


def test_damaged_files_are_told_in_a_sentence(
    open_page: OpenPage, recorded_source: str, har_home: Path
) -> None:
    file = har_home / "sources" / recorded_source / "X.npy"
    file.write_bytes(file.read_bytes()[:5000])
    screen = open_page("data_set", source=recorded_source)
    assert not screen.exception
    assert "X.npy" in screen.error[0].value


def test_array_that_fits_two_layouts_asks_and_the_choice_is_taken(
    open_page: OpenPage, har_home: Path
) -> None:
    folder = har_home / "sources" / "square"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    np.save(folder / "X.npy", random.normal(size=(30, 60, 60)).astype(np.float32))
    np.save(folder / "Y.npy", np.tile([1, 2, 3], 10))
    np.save(folder / "Y_s.npy", np.repeat(np.arange(1, 11), 3))
    screen = open_page("data_set", source="square")
    assert not screen.exception
    assert "X.npy" in screen.warning[0].value
    layouts = next(box for box in screen.selectbox if box.label == "Layout of the files")
    layouts.set_value(layouts.options[0])
    screen.run()
    next(button for button in screen.button if button.label == "Use this layout").click()
    screen.run()
    assert not screen.exception
    assert cards(screen)["Sequences"] == "30"


# Layouts


def square(seed: int) -> dict[str, bytes]:
    """An upload whose sequences may be 60 frames of 60 values, either way round."""
    random = np.random.default_rng(seed)
    arrays = {
        "X.npy": random.normal(size=(30, 60, 60)).astype(np.float32),
        "Y.npy": np.tile([1, 2, 3], 10),
        "Y_s.npy": np.repeat(np.arange(1, 11), 3),
    }
    return {name: npy(array) for name, array in arrays.items()}


def plain_upload(**changes: object) -> dict[str, bytes]:
    arrays = {
        "X.npy": np.random.default_rng(1).uniform(1, 2, (30, 8, 20, 3)).astype(np.float32),
        "Y.npy": np.tile([1, 2, 3], 10),
        "Y_s.npy": np.repeat(np.arange(1, 11), 3),
    }
    return {name: npy(array) for name, array in (arrays | changes).items()}


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array))
    return stream.getvalue()


def upload(screen: AppTest, name: str, files: dict[str, bytes]) -> None:
    """Fill the fields of the upload and press its button."""
    sent = [(file, content, "application/octet-stream") for file, content in files.items()]
    screen.get("file_uploader")[0].set_value(sent)
    field(screen, "Name of the new data set").set_value(name)
    press(screen, "Add the data set")


def field(screen: AppTest, label: str) -> Any:
    boxes = [*screen.text_input, *screen.selectbox]
    return next((box for box in boxes if box.label == label), None)


def press(screen: AppTest, label: str) -> None:
    next(button for button in screen.button if button.label == label).click().run()
    assert not screen.exception


def said(screen: AppTest) -> str:
    """All texts of the page, as they read."""
    parts = (screen.markdown, screen.caption, screen.success, screen.warning, screen.error)
    return "\n".join(text.value for part in parts for text in part).replace("\\", "")


def test_who_has_many_files_is_told_that_they_are_packed(open_page: OpenPage) -> None:
    assert "More than 20 files go up as one zip, which your browser packs." in said(open_page("data_set"))


@pytest.mark.parametrize(
    "name, files, told",
    [
        ("", {}, "The data set still needs its files and a name."),
        ("  ", square(0), "The data set still needs a name."),
        ("third", {}, "The data set still needs its files."),
    ],
)
def test_what_an_upload_lacks_is_said(
    open_page: OpenPage, har_home: Path, name: str, files: dict[str, bytes], told: str
) -> None:
    screen = open_page("data_set")
    upload(screen, name, files)
    assert [error.value for error in screen.error] == [told]
    assert not (har_home / "sources").exists()


def test_each_upload_is_asked_for_its_own_layout(open_page: OpenPage, har_home: Path) -> None:
    screen = open_page("data_set")
    upload(screen, "first", square(0))
    assert "fits more than one layout" in said(screen) and not (har_home / "sources" / "first").exists()
    field(screen, "Layout of the files").set_value("N,3J,T")
    press(screen, "Add the data set")
    kept = har_home / "sources" / "first" / "layout.json"
    assert json.loads(kept.read_text()) == {"layout": "N,3J,T"}
    assert field(screen, "Layout of the files") is None
    upload(screen, "second", square(1))
    assert "fits more than one layout" in said(screen) and not (har_home / "sources" / "second").exists()
    assert field(screen, "Layout of the files").value == "N,T,3J"  # not what the first one got
    upload(screen, "third", plain_upload())  # while the second is still asked about
    assert not screen.error
    assert cards(screen)["Sequences"] == "30" and cards(screen)["Joints"] == "20"
    assert not (har_home / "sources" / "third" / "layout.json").exists()


def trunkless() -> dict[str, bytes]:
    """An upload whose joints may be those of two skeletons."""
    frames = np.stack(rivals([20] * 6)).astype(np.float32)
    return {"X.npy": npy(frames), "Y.npy": npy([1, 2] * 3), "Y_s.npy": npy([1, 1, 2, 2, 3, 3])}


def test_a_skeleton_that_cannot_be_told_is_asked_for(open_page: OpenPage, har_home: Path) -> None:
    screen = open_page("data_set")
    upload(screen, "first", trunkless())
    assert "choose the skeleton kinect-sdk-20 or utd-20" in said(screen)
    field(screen, "Skeleton of the files").set_value("utd-20")
    press(screen, "Add the data set")
    kept = har_home / "sources" / "first" / "layout.json"
    assert json.loads(kept.read_text()) == {"skeleton": "utd-20"} and cards(screen)["Joints"] == "20"
    save(har_home / "sources" / "second", trunkless())
    screen = open_page("data_set", source="second", view="Files")
    field(screen, "Skeleton of the files").set_value("utd-20").run()
    press(screen, "Use this skeleton")
    assert screen.query_params["skeleton"] == "utd-20" and field(screen, "Skeleton").value == "utd-20"


def test_layout_of_the_data_set_before_does_not_reach_an_upload(open_page: OpenPage, har_home: Path) -> None:
    save(har_home / "sources" / "square", square(0))
    screen = open_page("data_set", source="square", layout="N,3J,T", sequence="row_0003", view="Files")
    assert field(screen, "Layout").value == "N,3J,T"
    upload(screen, "other", plain_upload())
    assert not screen.error
    assert screen.query_params["source"] == "other"
    assert "layout" not in screen.query_params and "sequence" not in screen.query_params


def test_link_to_another_data_set_lets_the_layout_go(open_page: OpenPage, har_home: Path) -> None:
    save(har_home / "sources" / "square", square(0))
    save(har_home / "sources" / "other", plain_upload())
    screen = open_page("data_set", source="square", layout="N,3J,T")
    screen.query_params.clear()
    screen.query_params["linked"], screen.query_params["source"] = "yes", "other"
    screen.run()
    assert not screen.error and "layout" not in screen.query_params
    assert cards(screen)["Frames"] == "240"


def test_each_data_set_is_asked_for_its_own_layout(open_page: OpenPage, har_home: Path) -> None:
    for seed, name in enumerate(("first", "second")):
        save(har_home / "sources" / name, square(seed))
    screen = open_page("data_set", source="first")
    field(screen, "Layout of the files").set_value("N,3J,T").run()
    screen.selectbox(key="choose source").select("second").run()
    assert field(screen, "Layout of the files").value == "N,T,3J"


def test_layout_that_does_not_fit_can_be_let_go(open_page: OpenPage, recorded_source: str) -> None:
    screen = open_page("data_set", source=recorded_source, layout="N,3J,T")
    assert "does not fit the layout" in screen.error[0].value
    press(screen, "Let all be found anew")
    assert not screen.error and cards(screen)["Classes (actions)"] == "3"


def save(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)


# What is said of the files


def test_numpy_files_are_described_by_their_names(
    open_page: OpenPage, recorded_source: str, har_home: Path
) -> None:
    subjects = len(np.unique(np.load(har_home / "sources" / recorded_source / "Y_s.npy")))
    told = said(open_page("data_set", source=recorded_source, view="Files"))
    assert "- **X.npy, the skeletons**: float32 array" in told
    rows = len(np.load(har_home / "sources" / recorded_source / "Y.npy"))
    of_numbers = f"int64 array ({rows},), one number a sequence, 1 to"
    last = np.load(har_home / "sources" / recorded_source / "Y_s.npy").max()
    assert f"- **Y.npy, the actions**: {of_numbers} 3, 3 different ones.\n" in told
    assert f"- **Y_s.npy, the subjects**: {of_numbers} {last}, {subjects} different ones.\n" in told


def test_text_files_and_no_files_are_not_told_to_be_numpy_files(open_page: OpenPage, har_home: Path) -> None:
    names = [f"a{action:02d}_s{subject:02d}_e01" for action in (8, 9) for subject in (1, 2)]
    save(har_home / "sources" / "texts", {f"{name}_skeleton3D.txt": b"1 2 3 1\n" * 40 for name in names})
    for source, sentence in (("texts", "4 text files, one a sequence"), ("synthetic", "No files")):
        told = said(open_page("data_set", source=source, view="Files"))
        organised = [line for line in told.splitlines() if line.startswith("- ")]
        assert any(sentence in line for line in organised)
        assert not any(".npy" in line for line in organised), organised


def test_how_files_are_organised_is_told_where_no_file_tells_it(
    open_page: OpenPage, recorded_source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = NumpyFiles.read

    def other(*words: Any) -> Any:
        return replace(
            read(*words), layout="a table, a joint a column", files={"moves.csv": "numbers"}, file=None
        )

    monkeypatch.setattr(NumpyFiles, "read", other)
    told = said(open_page("data_set", source=recorded_source, view="Files"))
    assert (
        "- **moves.csv**: numbers.\n- **How they are organised**: a table, a joint a column, lengths" in told
    )


def test_some_rows_of_the_files_are_shown(open_page: OpenPage, recorded_source: str, har_home: Path) -> None:
    folder = har_home / "sources" / recorded_source
    table = open_page("data_set", source=recorded_source, view="Files").dataframe[0].value
    for file, column in (("Y.npy", "Action"), ("Y_s.npy", "Subject")):
        assert table[column].tolist() == np.load(folder / file)[table["Row"]].tolist()
    lengths = trailing_free_lengths(np.load(folder / "X.npy"))[table["Row"]]
    assert len(table) == 8 and set(table["Action"]) == {1, 2, 3}
    assert table["Skeletons"].tolist() == [f"({length}, 20, 3)" for length in lengths]


def test_joints_stand_in_their_order_with_their_side(open_page: OpenPage) -> None:
    screen = open_page("data_set", view="Joints")
    table = screen.dataframe[0].value
    assert not screen.exception
    assert table["Index"].tolist() == list(range(20))
    assert [name.replace(" ", "_") for name in table["Joint"]] == list(KINECT_20.joints)
    assert table.set_index("Joint")["Side"][["left hip", "right foot", "head"]].tolist() == [
        "left", "right", "middle",
    ]  # fmt: skip


def test_normalisation_shows_the_formula_and_the_sequence_of_each_choice(
    open_page: OpenPage, synthetic_set: SkeletonSequences
) -> None:
    name = synthetic_set.ids[3]
    screen = open_page("data_set", view="Normalisation", sequence=name)
    for scaling in choices_of(Preparation.model_fields["scaling"]):
        screen.selectbox(key="preview scaling").set_value(scaling).run()
        assert not screen.exception and not screen.error
        _, *formulas = formulas_of(Preparation(scaling=scaling))
        assert [shown.value.strip("$\n ") for shown in screen.latex] == [
            formula.latex for formula in formulas
        ]
    specs = [json.loads(chart.proto.spec) for chart in screen.get("echarts_chart")]
    assert [spec["title"]["text"] for spec in specs[:2]] == [
        "right hand, as recorded",
        "right hand, prepared",
    ]
    assert any(name in text.value for text in screen.caption)
    screen.number_input(key="preview frames").set_value(1.0).run()
    assert "Frames of each sequence: found 1, expected" in screen.error[0].value.replace("\\", "")


def test_missing_joints_have_a_choice_its_formula_and_a_joint_that_shows_it(
    open_page: OpenPage, har_home: Path
) -> None:
    frames = np.stack(bodies(KINECT_20, [20] * 6))
    ankle = KINECT_20.joints.index("left_ankle")
    frames[0, 5:9, ankle] = np.nan
    arrays = {"X.npy": frames, "Y.npy": [1, 2] * 3, "Y_s.npy": [1, 1, 2, 2, 3, 3]}
    save(har_home / "sources" / "gaps", {name: npy(array) for name, array in arrays.items()})
    sequences = load_source("gaps").sequences
    assert np.isnan(sequences[0][5:9, ankle]).all()
    screen = open_page("data_set", source="gaps", view="Normalisation", sequence=sequences.ids[0])
    screen.number_input(key="preview frames").set_value(None).run()
    for missing in choices_of(Preparation.model_fields["missing"]):
        screen.selectbox(key="preview missing").set_value(missing).run()
        assert not screen.exception and not screen.error
        expected = [formula.latex for formula in formulas_of(Preparation(missing=missing, frames=None))]
        assert [shown.value.strip("$\n ") for shown in screen.latex] == expected
        specs = [json.loads(chart.proto.spec) for chart in screen.get("echarts_chart")]
        assert [spec["title"]["text"] for spec in specs[:2]] == [
            "left ankle, as recorded", "left ankle, prepared",
        ]  # fmt: skip


def test_pixels_are_not_called_metres(open_page: OpenPage, har_home: Path) -> None:
    frames = np.stack(bodies(COCO_17, [20] * 6))[..., :2] * (300, -300) + (320, 600)
    arrays = {"X.npy": frames, "Y.npy": [1, 2] * 3, "Y_s.npy": [1, 1, 2, 2, 3, 3]}
    save(har_home / "sources" / "seen", {name: npy(array) for name, array in arrays.items()})
    assert [load_source("seen").sequences.unit for _ in range(2)] == ["px"] * 2  # from the files, and kept
    charts = open_page("data_set", source="seen", view="Normalisation").get("echarts_chart")
    specs = [chart.proto.spec for chart in charts]
    assert "Place (px)" in specs[0] and not any("(m)" in spec for spec in specs)


def test_part_of_each_subject_stands_above_its_counts(open_page: OpenPage) -> None:
    spec = json.loads(open_page("data_set").get("echarts_chart")[0].proto.spec)
    *_, band = spec["series"]
    parts = [cell["label"]["formatter"] for cell in band["data"]]
    assert parts == ["Training"] * 5 + ["Validation"] * 2 + ["Test"] * 3


# Names of actions


def test_actions_are_numbered_until_the_user_says_that_they_are_msrs(
    open_page: OpenPage, recorded_source: str, har_home: Path
) -> None:
    screen = open_page("data_set", source=recorded_source, view="Files")
    assert "Actions are numbered; their names are not known." in said(screen)
    assert shown_actions(screen) == ["action 1", "action 2", "action 3"]
    press(screen, "They are MSR Action3D's")
    assert "The actions have the names of MSR Action3D, as you said." in said(screen)
    assert shown_actions(screen) == ["high arm wave", "horizontal arm wave", "hammer"]
    other = open_page("skeletons", source=recorded_source)  # for every visitor and on every page
    assert other.selectbox(key="skeletons action").options == shown_actions(screen)
    press(screen, "Call them by their numbers")
    assert shown_actions(screen) == ["action 1", "action 2", "action 3"]


def shown_actions(screen: AppTest) -> list[str]:
    actions: list[str] = screen.dataframe[0].value["Called"].unique().tolist()
    return actions


def test_actions_that_msr_does_not_have_are_not_offered_names(open_page: OpenPage, har_home: Path) -> None:
    save(har_home / "sources" / "many", plain_upload(**{"Y.npy": np.tile([1, 2, 21], 10)}))
    screen = open_page("data_set", source="many", view="Files")
    assert "Actions are numbered" in said(screen)
    assert "They are MSR Action3D's" not in [button.label for button in screen.button]


# Adding and deleting


def test_an_upload_is_confirmed_with_what_was_read(open_page: OpenPage, har_home: Path) -> None:
    screen = open_page("data_set")
    upload(screen, " données été ", plain_upload() | {"notes.txt": b"x"})
    told = said(screen)
    assert "**données été** is added: 30 sequences of 3 actions by 10 subjects." in told
    assert "There is no ids.npy" in told and "Left out of the upload: notes.txt." in told
    assert field(screen, "Data set").value == "données été"
    assert field(screen, "Name of the new data set").value == ""
    screen.run()
    assert "is added" not in said(screen)


def test_a_name_that_is_taken_is_told_and_changes_nothing(open_page: OpenPage, har_home: Path) -> None:
    screen = open_page("data_set")
    upload(screen, "Mine", plain_upload())
    upload(screen, "mine", plain_upload())
    assert "A source named Mine is already here" in screen.error[0].value
    assert [path.name for path in (har_home / "sources").iterdir()] == ["Mine"]


def test_a_data_set_that_somebody_else_brought_back_is_not_said_to_be_in_the_trash(
    open_page: OpenPage, recorded_source: str
) -> None:
    screen = open_page("data_set", source=recorded_source)
    press(screen, "Delete")
    assert f"Data set {recorded_source} is in the trash folder." in said(screen)
    restore_source(recorded_source)
    assert "in the trash folder" not in said(screen.run())


def test_a_data_set_is_deleted_and_brought_back(
    open_page: OpenPage, recorded_source: str, har_home: Path
) -> None:
    folder = har_home / "sources" / recorded_source
    save(har_home / "sources" / "another", plain_upload())
    screen = open_page("data_set", source="another")
    field(screen, "Data set").select(recorded_source).run()
    press(screen, "Delete")  # what is selected, where nothing else was chosen
    assert not folder.exists() and (har_home / "sources" / "another").exists()
    assert f"Data set {recorded_source} is in the trash folder." in said(screen)
    assert field(screen, "Data set").value == "synthetic" and not screen.error
    press(screen, "Undo")
    assert len(list(folder.iterdir())) == 3 and "trash folder" not in said(screen)
    assert field(screen, "Data set").value == recorded_source
    assert cards(screen)["Classes (actions)"] == "3"


def test_a_data_set_that_a_run_waits_for_stays(
    open_page: OpenPage, recorded_source: str, har_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingQueue, "start", lambda _: None)  # nobody trains it
    run = RunStore(har_home / "runs").create(ExperimentConfig(source=recorded_source))
    screen = open_page("data_set", source=recorded_source)
    press(screen, "Delete")
    (error,) = screen.error
    assert run.run_id in error.value.replace("\\", "") and "Stop that first" in error.value
    assert (har_home / "sources" / recorded_source).exists()


@pytest.mark.parametrize("page", ["overview", "data_set", "skeletons", "training"])
def test_a_missing_path_is_told_to_be_missing(open_page: OpenPage, tmp_path: Path, page: str) -> None:
    place = tmp_path / "recordings"
    screen = open_page(page, source=str(place))
    assert len(screen.error) == 1
    assert f"'{place}' was not found: there is no source of that name" in said(screen)
    place.mkdir()
    screen.run()
    assert len(screen.error) == 1
    assert f"'{place}' is there, but holds no data set. Expected X.npy" in said(screen)
