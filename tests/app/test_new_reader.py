"""A file format is a reader and its line in READERS; this test follows a new one from upload to results."""

import io
import json
import sys
import zipfile
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from har_core import cli
from har_core.data.action_names import say_msr_action3d
from har_core.data.new_sources import import_source
from har_core.data.preparation import Preparation, prepare
from har_core.data.reading import readers
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.raw_sequences import RawSequences
from har_core.data.reading.reader import Content
from har_core.data.sources import list_sources, load_source, source_folder
from har_core.data.splits import Split
from har_core.errors import AmbiguousReadingError, DataError
from har_core.skeleton import Skeleton
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.store import RunStore

OpenPage = Callable[..., AppTest]

STICK = Skeleton(
    "stick figure", ("hips", "head", "left_hand", "right_hand"), ((0, 1), (1, 2), (1, 3)), root=(0,)
)
ACTIONS = ("rising", "sinking")
UPRIGHT = ReadingChoices(layout="upright")


class StickFigures:
    """A made-up format: in a file a sequence in JSON a line, which may be upside down."""

    title = "stick files"
    expected = "one file such as moves.stick"

    def recognises(self, names: Collection[str]) -> tuple[str, ...]:
        """Return the first such file."""
        return tuple(sorted(name for name in names if name.endswith(".stick"))[:1])

    def missing(self, names: Collection[str]) -> tuple[str, ...]:
        """Return nothing: one file is all."""
        return ()

    def read(self, files: Mapping[str, Content], choices: ReadingChoices) -> RawSequences:
        """Read the file, and ask which way is up."""
        ((name, content),) = files.items()
        try:
            rows = [json.loads(line) for line in bytes(content).splitlines()]
        except ValueError as error:
            raise DataError(f"{name} is no file of stick figures.") from error
        if choices.layout not in (None, "upright", "upside down"):
            raise DataError(f"{name} has no layout {choices.layout}.")
        if choices.layout is None:
            raise AmbiguousReadingError(
                f"{name} may be upside down: choose.", "layout", ("upright", "upside down")
            )
        return RawSequences(
            frames=[np.array(row["frames"]) for row in rows],
            actions=np.array([ACTIONS.index(row["action"]) + 1 for row in rows]),
            subjects=np.array([row["subject"] for row in rows]),
            ids=[row["name"] for row in rows],
            layout=f"stick figures, {choices.layout}",
            files={name: f"{len(rows)} stick figures that move"},
            notes=("Stick figures are thin.",),
            skeleton=STICK,
            axes="x,y,z" if choices.layout == "upright" else "x,-y,z",
            unit="metres",
            action_names=dict(enumerate(ACTIONS, start=1)),
        )


def moves() -> bytes:
    """24 sequences: two actions by six subjects, twice."""
    random = np.random.default_rng(3)
    lines = []
    for action, rise in (("rising", 0.1), ("sinking", -0.1)):
        for subject in range(1, 7):
            for take in (1, 2):
                frames = random.normal(0, 0.01, (9, 4, 3)) + [
                    [0, 0, 2],
                    [0, 0.6, 2],
                    [-0.5, 0.3, 2],
                    [0.5, 0.3, 2],
                ]
                frames[:, 2:, 1] += rise * np.arange(9)[:, None]
                name = f"{action} {subject}.{take}"
                row = {"name": name, "action": action, "subject": subject, "frames": frames.tolist()}
                lines.append(json.dumps(row))
    return "\n".join(lines).encode()


@pytest.fixture(autouse=True)
def added(monkeypatch: pytest.MonkeyPatch, har_home: Path) -> None:
    """The reader and its line."""
    monkeypatch.setattr(readers, "READERS", (*readers.READERS, StickFigures()))


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["har_core", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return int(end.value.code or 0)


def said(screen: AppTest) -> str:
    assert not screen.exception
    parts = (screen.markdown, screen.caption, screen.warning, screen.error)
    return "\n".join(text.value for part in parts for text in part).replace("\\", "")


def press(screen: AppTest, label: str) -> None:
    next(button for button in screen.button if button.label == label).click().run()


def cards(screen: AppTest) -> dict[str, str]:
    return {card.label: card.value for card in screen.metric}


def test_the_command_line_describes_a_folder_of_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine" / "data").mkdir(parents=True)
    assert command(monkeypatch, "data", "describe", str(tmp_path / "mine")) == 2
    assert "or one file such as moves.stick, in a folder or a zip." in " ".join(
        capsys.readouterr().err.split()
    )
    (tmp_path / "mine" / "data" / "moves.stick").write_bytes(moves())
    assert command(monkeypatch, "data", "describe", str(tmp_path / "mine")) == 2
    assert "moves.stick may be upside down: choose." in " ".join(capsys.readouterr().err.split())
    words = ["data", "describe", str(tmp_path / "mine"), "--read", "layout=upright", "--json"]
    for _ in range(2):  # read, and from the cache
        assert command(monkeypatch, *words) == 0
        found = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert (found["sequences"], found["joints"], found["subjects"]) == (24, 4, 6)
        assert found["files"] == {"moves.stick": "24 stick figures that move"}
        assert found["layout"] == "stick figures, upright, all of length 9, no padding" and found[
            "notes"
        ] == ["Stick figures are thin."]
        assert found["actions"] == {"1": "rising", "2": "sinking"}
        assert (
            found["action_names"]
            == "The actions are called as the files tell, or the data set whose form they have."
        )
    loaded = load_source(str(tmp_path / "mine"), ReadingChoices(layout="upright"))
    assert loaded.sequences.skeleton == STICK
    with pytest.raises(DataError, match="what the actions are called is known already"):
        say_msr_action3d(loaded)


def test_an_upload_is_asked_for_its_layout_trained_on_and_shown(
    open_page: OpenPage,
    matrices_of: Callable[[AppTest], list[dict[str, Any]]],
    clips_of: Callable[[AppTest], list[dict[str, Any]]],
) -> None:
    screen = open_page("data_set")
    uploader = screen.file_uploader(key="upload files 0")
    assert "one file such as moves.stick" in uploader.help
    uploader.set_value([("moves.stick", moves(), "application/octet-stream")])
    screen.text_input(key="upload name 0").set_value("sticks")
    press(screen, "Add the data set")
    assert "moves.stick may be upside down: choose." in said(screen) and not source_folder("sticks").exists()
    screen.selectbox(key="upload layout").set_value("upside down")
    press(screen, "Add the data set")
    assert "**sticks** is added: 24 sequences of 2 actions by 6 subjects." in said(screen)
    told = said(screen.segmented_control(key="data set view").set_value("Files").run())
    assert (
        "- **moves.stick**: 24 stick figures that move.\n- **How they are organised**: stick figures, "
        in told
    )
    assert "Stick figures are thin." in told
    assert "The actions are called as the files tell, or the data set whose form they have." in told
    assert cards(screen)["Sequences"] == "24" and cards(screen)["Joints"] == "4"
    (info,) = (info for info in list_sources() if info.name == "sticks")
    assert info.present and info.what == "Your data set, in stick files."
    kept = json.loads((source_folder("sticks") / "layout.json").read_text())
    assert kept == {"layout": "upside down"}

    loaded = load_source("sticks").sequences
    assert loaded.row_of("sinking 6.2") == 23 and loaded[0][:, 1, 1].max() < 0
    prepared = prepare(loaded, Preparation(), [1, 2, 3]).sequences
    assert len(prepared) == 24 and prepared.skeleton == STICK and np.abs(prepared.frames).max() <= 1.5

    store = RunStore()
    config = ExperimentConfig(
        source="sticks",
        split=Split(name="mine", train=(1, 2, 3), validation=(4,), test=(5, 6)),
        training=GradientTraining(epochs=3, batch_size=4, learning_rate=0.01),
        device="cpu",
    )
    run = store.create(config, queued=False)
    assert len(list(train_run(store, run.run_id))) == 3
    results = open_page("results", run=run.run_id)
    assert not results.exception and not results.error
    (matrix,) = matrices_of(results)
    assert "rising" in json.dumps(matrix) and "sinking" in json.dumps(matrix)
    sequence = next(box.options[0] for box in results.selectbox if box.label == "Sequence")
    assert sequence.split(" · ")[0] in loaded.ids
    assert len(clips_of(results)[0]["bones"]) == len(STICK.bones)


def test_a_zip_of_its_files_is_taken_and_a_bad_one_is_one_sentence(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("download\\moves.stick", moves())
    assert (
        import_source("packed", {"set.zip": packed.getvalue()}, UPRIGHT).layout
        == "stick figures, upright, all of length 9, no padding"
    )
    (info,) = (info for info in list_sources() if info.name == "packed")
    assert info.what == "Your data set, in stick files, in a zip."
    with pytest.raises(DataError, match=r"^moves\.stick is no file of stick figures\.$"):
        import_source("sticks", {"moves.stick": b"{"})
    with pytest.raises(DataError, match="has no layout N,T,J,3"):
        (tmp_path / "moves.stick").write_bytes(moves())
        (tmp_path / "layout.json").write_text('{"layout": "N,T,J,3"}')
        load_source(str(tmp_path))


def test_without_its_line_nothing_of_it_is_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "moves.stick").write_bytes(moves())
    assert len(load_source(str(tmp_path), UPRIGHT).sequences) == 24
    monkeypatch.setattr(readers, "READERS", readers.READERS[:-1])
    with pytest.raises(DataError, match="holds no data set") as refused:
        load_source(str(tmp_path), UPRIGHT)
    assert "stick" not in str(refused.value).partition("Expected")[2]
