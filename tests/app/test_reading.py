"""What was assumed of files stands beside the control that corrects it, and a correction stays."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from har_core.skeleton import UTD_20
from har_core.training.queue import TrainingQueue
from har_core.training.store import RunStore
from tests.app.test_data_set import cards, field, plain_upload, press, said, upload
from tests.data.made_up_files import folder_of
from tests.data.reading.bodies import bodies
from tests.data.reading.made_up_formats import ntu_set

OpenPage = Callable[..., AppTest]

FOUND = ""


@pytest.fixture
def turned(har_home: Path) -> str:
    """A source of 20 joints in the order of UTD-MHAD, in millimetres, with z up, filled up with -1."""
    frames = np.full((12, 40, 20, 3), -1.0, np.float32)
    for row, recorded in enumerate(bodies(UTD_20, [22 + row for row in range(12)])):
        frames[row, : len(recorded)] = 1000 * recorded[:, :, [0, 2, 1]]
    folder = har_home / "sources" / "turned"
    folder.mkdir(parents=True)
    np.save(folder / "X.npy", frames)
    np.save(folder / "Y.npy", np.tile([1, 2, 3], 4))
    np.save(folder / "Y_s.npy", np.repeat([1, 2, 3, 4], 3))
    return "turned"


def control(screen: AppTest, label: str) -> Any:
    found = field(screen, label)
    assert found is not None, label
    return found


def shown(screen: AppTest, label: str) -> str:
    """What a control shows: of the options the one that is chosen."""
    box = control(screen, label)
    return str(box.options[box.index])


def test_each_assumption_stands_by_the_control_that_corrects_it(open_page: OpenPage, turned: str) -> None:
    screen = open_page("data_set", source=turned, view="Files")
    assert not screen.exception and not screen.error
    assert shown(screen, "Skeleton") == "found by itself: utd-20"
    assert shown(screen, "Axes") == "found by itself: x,z,y"
    assert shown(screen, "Unit") == "found by itself: millimetres"
    assert shown(screen, "Frames a second") == "found by itself: 15"
    assert shown(screen, "Padding") == "found by itself: -1 at the end"
    assert field(screen, "Body") is None  # there is one
    for sentence in ("z points up in the files", "taken for millimetres", "15 frames a second are assumed"):
        assert said(screen).count(sentence) == 1
    assert len(screen.get("bidi_component")) > 0


def test_a_correction_is_read_at_once_and_can_be_taken_back(open_page: OpenPage, turned: str) -> None:
    screen = open_page("data_set", source=turned, view="Files")
    frames = cards(screen)["Frames"]
    control(screen, "Padding").set_value("none").run()
    assert not screen.exception and not screen.error
    assert (frames, cards(screen)["Frames"]) == (str(sum(range(22, 34))), str(12 * 40))
    assert screen.query_params["padding"] == "none"
    control(screen, "Padding").set_value(FOUND).run()
    assert cards(screen)["Frames"] == frames and "padding" not in screen.query_params
    control(screen, "Unit").set_value("centimetres").run()
    control(screen, "Frames a second").set_value("30").run()
    assert "taken for millimetres" not in said(screen) and "are assumed" not in said(screen)
    press(screen, "Let all be found anew")
    assert "taken for millimetres" in said(screen) and "15 frames a second are assumed" in said(screen)


def test_a_correction_that_does_not_fit_is_told_and_let_go(open_page: OpenPage, turned: str) -> None:
    screen = open_page("data_set", source=turned, view="Files", axes="up")
    (error,) = screen.error
    assert "The axes 'up' are none" in error.value
    control(screen, "Axes").set_value(FOUND).run()
    assert not screen.error and cards(screen)["Joints"] == "20"


def test_corrections_stay_with_their_source_and_in_its_runs(
    open_page: OpenPage, turned: str, har_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TrainingQueue, "start", lambda _: None)  # nobody trains it
    screen = open_page("data_set", source=turned, view="Files")
    control(screen, "Unit").set_value("centimetres").run()
    control(screen, "Data set").select("synthetic").run()
    assert "unit" not in screen.query_params
    control(screen, "Data set").select(turned).run()
    assert shown(screen, "Unit") == "centimetres"
    open_page("overview", source="synthetic")
    later = open_page("training", source=turned)  # a link that says nothing of the files
    assert later.query_params["unit"] == "centimetres"
    press(later, "Start training")
    (run,) = RunStore(har_home / "runs").runs()
    assert run.config.reading.made == {"unit": "centimetres"}
    screen = open_page("data_set", source=turned, view="Files")
    press(screen, "Let all be found anew")
    assert "unit" not in open_page("data_set", source=turned).query_params


def test_an_upload_tells_what_was_assumed(open_page: OpenPage, har_home: Path) -> None:
    screen = open_page("data_set")
    upload(screen, "mine", plain_upload())
    assert "15 frames a second are assumed" in said(screen)


def test_a_layout_said_when_files_were_brought_in_is_told(
    open_page: OpenPage, turned: str, har_home: Path
) -> None:
    (har_home / "sources" / turned / "layout.json").write_text(json.dumps({"layout": "N,T,J,3"}))
    screen = open_page("data_set", source=turned, view="Files")
    assert shown(screen, "Layout") == "N,T,J,3, as said before"


def test_what_the_files_tell_is_not_called_found(open_page: OpenPage, har_home: Path) -> None:
    folder_of(har_home / "sources" / "seen", ntu_set())
    screen = open_page("data_set", source="seen", view="Files")
    for label, value in (("Skeleton", "kinect2-25"), ("Unit", "metres"), ("Frames a second", "30")):
        assert shown(screen, label) == f"told by the files: {value}"


def test_known_recordings_have_nothing_to_correct(open_page: OpenPage) -> None:
    screen = open_page("data_set", source="synthetic", view="Files")
    assert field(screen, "Unit") is None


def test_what_a_card_tells_is_told_to_be_from_it(open_page: OpenPage, turned: str, har_home: Path) -> None:
    card = {"rate": 30, "unit": "centimetres", "licence": "CC BY 4.0"}
    (har_home / "sources" / turned / "dataset.json").write_text(json.dumps(card))
    screen = open_page("data_set", source=turned, view="Files")
    assert shown(screen, "Frames a second") == "30, as dataset.json tells"
    assert shown(screen, "Unit") == "centimetres, as dataset.json tells"
    assert "Licence: CC BY 4.0." in said(screen)
    control(screen, "Unit").set_value("millimetres").run()  # goes before the card
    assert shown(screen, "Unit") == "millimetres" and not screen.error


def test_the_form_writes_a_card_of_what_was_found_and_chosen(
    open_page: OpenPage, turned: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []
    draw = st.download_button

    def download(label: str, content: Any, *words: Any, **more: Any) -> Any:
        if label == "Download the card":
            written.append(json.loads(content))
        return draw(label, content, *words, **more)

    monkeypatch.setattr(st, "download_button", download)
    screen = open_page("data_set", source=turned, view="Files", rate="30")
    control(screen, "Licence").set_value("CC BY 4.0").run()
    assert written[-1] == {
        "skeleton": "utd-20", "rate": 30, "unit": "millimetres", "axes": "x,z,y", "licence": "CC BY 4.0",
    }  # fmt: skip
    control(screen, "Licence").set_value("x" * 3000).run()
    assert "licence" in screen.error[0].value and not screen.exception
