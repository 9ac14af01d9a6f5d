"""The command line shows names as they were typed, by every verb, and cuts nothing in 80 columns."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from rich.console import Console

from har_core import terminal
from har_core.data.sequences import SkeletonSequences
from har_core.models import MODELS
from har_core.terminal import as_typed
from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import Run, RunStore

NAMES = ("[b]x[/b] [/b]", "[red]x", ":x: :smile:", "[link=http://t.example]u")
ESCAPES = "\x1b[31mred\x1b]0;t\x07\x9b1m\u202eup\rdown\b"
SHOWN = r"\x1b[31mred\x1b]0;t\x07\x9b1m\u202eup\rdown\x08"

Verb = Callable[..., tuple[int, str]]


@pytest.fixture(params=(*NAMES, ESCAPES))
def hostile_run(
    request: pytest.FixtureRequest, har_home: Path, small_source: Path, small_config: ExperimentConfig
) -> Run:
    """A run whose folder, source, sequences, name, tags and note have a hostile name."""
    name = request.param.replace("/", "|")
    folder = har_home / "sources" / name
    folder.mkdir(parents=True)
    typed = "".join(sign for sign in name if sign.isprintable())
    sequences = np.load(small_source / "X.npy", allow_pickle=True)
    sequences[0] = np.vstack([np.zeros((1, 20, 3)), sequences[0]])  # a fault, which is told with its name
    np.save(folder / "X.npy", sequences, allow_pickle=True)
    np.save(folder / "ids.npy", np.array([f"{typed} no. {row}" for row in range(len(sequences))]))
    for file in ("Y.npy", "Y_s.npy"):
        (folder / file).write_bytes((small_source / file).read_bytes())
    store = RunStore()
    run = store.create(small_config.model_copy(update={"source": name}), queued=False)
    epochs = train_run(store, run.run_id)
    next(epochs)
    epochs.close()
    named = run.path.rename(run.path.with_name(f"{run.run_id}-{name}")).name
    store.write_label(named, Label(name=typed[:80], tags=(typed[:30],), note=f"{typed}\n{typed}"))
    return store.get(named)


@pytest.fixture
def verb(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Verb:
    """The function ``verb(*words) -> exit code, all that a colour terminal of 200 columns was sent``."""

    def give(*words: object) -> tuple[int, str]:
        from har_core import cli

        sent = io.StringIO()
        for name in ("screen", "_complaints"):
            console = getattr(terminal, name)
            monkeypatch.setattr(console, "_file", sent, raising=False)
            monkeypatch.setattr(console, "_width", 200)
        monkeypatch.setattr(sys, "argv", ["har_core", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        return int(end.value.code or 0), sent.getvalue() + "".join(capsys.readouterr())

    return give


def shows(said: str, name: str) -> bool:
    shown = SHOWN if name.startswith("\x1b") else name
    return shown in said and not any(sign in said for sign in "\x1b\x07\x9b\u202e\b\r\U0001f604\u274c")


def test_every_verb_shows_names_as_typed(hostile_run: Run, verb: Verb, tmp_path: Path) -> None:
    run, name = hostile_run.run_id, hostile_run.config.source
    short = "--split", "1-3/4/5-6", "--epochs", 1, "--device", "cpu"
    for words in (
        ["data"],
        ["data", "describe", name],
        ["train", "--source", name, *short],
        ["runs", "list"],
        ["runs", "show", run],
        ["runs", "label", run, "--tag", "[/b]"],
        ["runs", "delete", run],
        ["runs", "restore", run],
        ["runs", "resume", run],
        ["report", run, "--out", tmp_path / name],
    ):
        code, said = verb(*words)
        assert code == 0 and shows(said, name), (words, said)
        if "describe" in words:
            assert f"{hostile_run.label.name} no. 0: 1 of " in said


def test_what_is_refused_is_told_with_the_name_as_typed(hostile_run: Run, verb: Verb) -> None:
    (hostile_run.path / "status.json").write_text("{")
    name = hostile_run.config.source
    code, said = verb("runs", "list")
    assert code == 0 and shows(said, name) and "is damaged" in said
    for words in (["data", "describe", name + "?"], ["data", "fetch", name], ["runs", "show", name]):
        code, said = verb(*words)
        assert code == 2 and said.startswith("Error: ") and said.count("\n") == 1
        assert shows(said, name) or shows(said.replace("\\\\", "\\"), name), (words, said)


@given(some.text())
def test_no_sign_is_obeyed_and_what_can_be_shown_stays(text: str) -> None:
    shown = as_typed(text)
    assert shown.isprintable()
    if text.isprintable():
        assert shown == text


def test_what_an_encoding_lacks_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal, "screen", Console(file=io.TextIOWrapper(io.BytesIO(), "ascii")))
    assert as_typed("Größe \udcff \N{GRINNING FACE}") == r"Gr\xf6\xdfe \udcff \U0001f600"


# The list of runs


LONG = "/".join(["a-long-folder-name"] * 8) + "/the end of it"
NAME = "a name of eighty letters, which is as long as a name may be and longer than most"


def listed(har_home: Path, columns: str | None) -> list[str]:
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    environment |= {} if columns is None else {"COLUMNS": columns}
    done = subprocess.run(
        [sys.executable, "-m", "har_core", "runs", "list"], capture_output=True, check=True, timeout=60,
        env=environment | {"HAR_HOME": str(har_home), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    return done.stdout.decode().splitlines()


@pytest.mark.parametrize("columns", ["80", "120", None])
def test_the_list_of_runs_cuts_nothing_and_shows_the_end_of_a_path(
    columns: str | None, har_home: Path, small_config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    store = RunStore()
    config = small_config.trained(epochs=2)
    ended = store.create(config, queued=False)
    assert len(list(train_run(store, ended.run_id))) == 2
    store.write_label(ended.run_id, Label(name=NAME))
    far = config.model_copy(update={"source": f"/{LONG}", "model": MODELS["stacked-lstm"].options()})
    waiting = store.create(far)
    lines = listed(har_home, columns)
    assert all(len(line) <= int(columns or 1000) for line in lines)
    best = store.get(ended.run_id).results.best.test
    (of_ended,) = (line for line in lines if line.startswith(ended.run_id))
    assert of_ended.split() == [ended.run_id, "done", "2", f"{100 * best:.1f}", "%"]
    (of_waiting,) = (line for line in lines if line.startswith(waiting.run_id))
    assert of_waiting.split() == [waiting.run_id, "queued", "0"]
    whole = " ".join(line.strip() for line in lines)
    assert NAME in whole and "Stacked LSTM" in whole and "LSTM" in whole
    assert any(line.endswith("a-long-folder-name/the end of it") for line in lines)
    assert (f"/{LONG}" in whole) == (columns is None)


def test_the_end_of_a_path_is_cut_out_at_once_however_long_it_is(monkeypatch):
    measured = []
    monkeypatch.setattr(terminal, "cell_len", lambda text: measured.append(len(text)) or len(text))
    assert terminal._end_of("x" * 100_000 + "/here", 40) == "…" + "x" * 34 + "/here"
    assert sum(measured) < 100_005 + 10 * 40
