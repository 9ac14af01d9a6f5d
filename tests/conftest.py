"""What tests share: the real data where it is there, and a home of its own for each test."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from _pytest.terminal import TerminalReporter  # pytest 8 gives it no public name
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from har_core import cli
from har_core.data.preparation import Preparation
from har_core.data.sequences import Action, SkeletonSequences
from har_core.data.splits import Split
from har_core.models import MODELS, ModelKind
from har_core.skeleton import KINECT_20
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.parts import TrainingData, assemble
from tests.guesses import GUESSES

Command = Callable[..., tuple[int, str, str]]

_USUAL = "not soak and not cuda"
"""What of the tests runs where nobody says which, as pyproject.toml has it."""

_IN_A_BROWSER = "tests/browser/"

os.environ["HAR_THREADS"] = "1"  # two processes test, and torch's threads wait for each other at full speed
torch.set_num_threads(1)

settings.register_profile("patient", settings.default, deadline=None)  # a busy machine is no fault
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--screenshots", metavar="FOLDER", help="keep the pictures of the tour in this folder")


def pytest_configure(config: pytest.Config) -> None:
    """Hide graphics processors from all but their own tests: with one, torch's gradients survive no fork."""
    if config.option.markexpr != "cuda":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let tests in a browser fail once in CI, where a machine that others use may stop for a while."""
    for item in items if os.environ.get("CI") else ():
        if item.nodeid.startswith(_IN_A_BROWSER):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Tell what failed once, and how: it may be a fault of the dashboard that is seldom seen."""
    for report in terminalreporter.stats.get("rerun", []):
        terminalreporter.section(f"failed, and was run again: {report.nodeid}")
        terminalreporter.write_line(report.longreprtext)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Two processes for the whole suite: one has the browser tests, which wait a lot, the other the rest.

    Whoever names files or marks, or wants to see what tests print (-s), has them run in this process.
    """
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    marked = config.option.markexpr != _USUAL
    return 0 if not whole or marked or config.option.capture == "no" else 2


class BrowserApart(LoadScopeScheduling):
    """Gives all browser tests to one process, for two browsers at once would fill both cores.

    Marks of the kind ``xdist_group`` would say the same, but xdist 3.8 does not see them under pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        """Return what a test is given away with: the largest such group comes first."""
        return "browser" if nodeid.startswith(_IN_A_BROWSER) else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> BrowserApart:
    return BrowserApart(config, log)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with the real MSR Action3D data; its absence skips a test, but fails in CI."""
    named = os.environ.get("HAR_TEST_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[2] / "shared" / "data"
    if not (folder / "msr_action3d" / "X.npy").exists():
        reason = f"the real data are not at {folder}; HAR_TEST_DATA names another folder"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(autouse=True)
def torch_on_one_thread() -> Iterator[None]:
    """Each test begins with one thread of torch's, whatever the one before has set for its process."""
    if torch.get_num_threads() != 1:
        torch.set_num_threads(1)
    yield


@pytest.fixture
def har_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the user's data sets and runs."""
    monkeypatch.setenv("HAR_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def small_sequences() -> SkeletonSequences:
    """4 actions, 6 subjects, 3 takes, of 8 to 14 frames: in each action other joints move another way."""
    random = np.random.default_rng(7)
    pose = random.uniform(-0.5, 0.5, (20, 3)) + (0, 0, 2.5)
    rows = [(action, subject, take) for action in range(4) for subject in range(1, 7) for take in range(3)]
    parts = []
    for action, subject, _ in rows:
        time = np.linspace(0, 1, random.integers(8, 15))[:, None]
        frames = np.tile(pose * (0.9 + 0.03 * subject), (len(time), 1, 1))
        moving = slice(7 + 3 * action, 10 + 3 * action)
        frames[:, moving, action % 3] += 0.4 * np.sin(np.pi * (time + 0.05 * random.normal()))
        parts.append(frames + random.normal(0, 0.01, frames.shape))
    return SkeletonSequences.from_list(
        parts,
        labels=[action for action, _, _ in rows],
        subjects=[subject for _, subject, _ in rows],
        ids=[f"action{action}_subject{subject}_take{take}" for action, subject, take in rows],
        actions=[Action(number, f"action {number}") for number in range(1, 5)],
        skeleton=KINECT_20,
        source="small",
    )


@pytest.fixture(scope="session")
def small_source(small_sequences: SkeletonSequences, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small set as a folder of numpy files; nobody may write into it."""
    return write_numpy_files(small_sequences, tmp_path_factory.mktemp("small"))


def write_numpy_files(sequences: SkeletonSequences, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    ragged = np.empty(len(sequences), object)
    for row in range(len(sequences)):
        ragged[row] = sequences[row]
    np.save(folder / "X.npy", ragged, allow_pickle=True)
    np.save(folder / "Y.npy", sequences.labels + 1)
    np.save(folder / "Y_s.npy", sequences.subjects)
    np.save(folder / "ids.npy", np.array(sequences.ids))
    # Made-up bodies look like nobody, so that which skeleton they are can't be found out.
    said = {"skeleton": sequences.skeleton.name, "axes": "x,y,z", "unit": "metres"}
    (folder / "layout.json").write_text(json.dumps(said))
    return folder


@pytest.fixture
def small_source_of_its_own(small_sequences: SkeletonSequences, tmp_path: Path) -> Path:
    """The small set as a folder that the test may spoil."""
    return write_numpy_files(small_sequences, tmp_path / "source")


@pytest.fixture
def small_config(small_source: Path) -> ExperimentConfig:
    """A short experiment on the small set: a fraction of a second."""
    return ExperimentConfig(
        source=str(small_source),
        preparation=Preparation(frames=None),
        split=Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6)),
        training=GradientTraining(epochs=6, batch_size=16, learning_rate=0.01),
        device="cpu",
    )


@pytest.fixture
def small_data(small_config: ExperimentConfig, small_sequences: SkeletonSequences) -> TrainingData:
    """The small set as the small experiment prepares and splits it."""
    return assemble(small_config, small_sequences)


@pytest.fixture
def guesses(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModelKind]:
    """Learners without epochs, with features and without, as they are added to the house."""
    for name, kind in GUESSES.items():
        monkeypatch.setitem(MODELS, name, kind)
    return GUESSES


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Give a command in this process; get exit code, output and error output."""

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["har_core", *map(str, words)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        said = capsys.readouterr()
        return int(end.value.code or 0), said.out, said.err

    return command
