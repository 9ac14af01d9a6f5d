"""What a notebook gets of ``import har_core as har``."""

import io
import os
import subprocess
import sys
import types
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

import har_core as har
from har_core import progress
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import Split
from har_core.errors import ConfigError, DataError, RunError
from har_core.skeleton import KINECT_20, UTD_20, nameless
from har_core.training.records import EpochRecord, Readiness
from har_core.training.store import RunStore

pytestmark = pytest.mark.usefixtures("har_home")

HEAVY = ("torch", "pandas", "sklearn", "scipy")
SMALL = {"name": "small", "train": [1, 2, 3], "validation": [4], "test": [5, 6]}


@pytest.fixture
def settings(small_source):
    """A short experiment as a notebook writes it: mappings and lists."""
    return {
        "source": str(small_source), "model": {"name": "bilstm", "hidden": 6}, "split": SMALL,
        "preparation": {"frames": None}, "inputs": ["positions"], "device": "cpu",
        "training": {"epochs": 3, "batch_size": 16, "learning_rate": 0.01},
    }  # fmt: skip


@pytest.mark.parametrize(
    "program",
    [
        "import har_core",
        "import har_core as har; har.ExperimentConfig(model={'name': 'cnn'}); har.load_run, har.train",
        "import har_core as har; har.load('synthetic')",
    ],
)
def test_torch_and_pandas_are_not_imported_before_they_are_used(program, har_home):
    said = f"{program}\nimport sys; print([name for name in {HEAVY} if name in sys.modules])"
    environment = os.environ | {"HAR_HOME": str(har_home)}
    done = subprocess.run(
        [sys.executable, "-c", said], capture_output=True, text=True, check=True, timeout=120, env=environment
    )
    assert done.stdout == "[]\n"


def test_every_public_name_is_there_and_documented():
    assert dir(har) == har.__all__
    for name in har.__all__:
        assert getattr(har, name).__doc__ and f"``{name}``" in har.__doc__
    with pytest.raises(AttributeError, match="no attribute 'lod'"):
        har.lod  # noqa: B018


def test_a_data_set_is_loaded_by_its_folder(small_source, small_sequences):
    loaded = har.load(small_source)
    assert isinstance(loaded, SkeletonSequences) and loaded.fingerprint == small_sequences.fingerprint
    with pytest.raises(DataError, match="nowhere"):
        har.load("nowhere")


def test_mappings_and_lists_say_what_objects_say(settings, small_config):
    config = har.ExperimentConfig(**settings)
    assert config.split == Split(
        **{name: each if name == "name" else tuple(each) for name, each in SMALL.items()}
    )
    assert config.inputs == ("positions",) and config.model.hidden == 6 and config.epochs == 3


@pytest.mark.parametrize(
    ("wrong", "because"),
    [
        (
            {"model": {"name": "lstmm"}},
            "ExperimentConfig: model is .*'lstmm' is not known; choose one of",
        ),
        ({"training": {"epochs": "many"}}, "ExperimentConfig: training.epochs is 'many'"),
        ({"split": {"train": ["one"]}}, "ExperimentConfig: split.train.0 is 'one'"),
        ({"sead": 3}, "ExperimentConfig: sead is not a known setting"),
    ],
)
def test_what_a_config_can_t_be_is_one_sentence(wrong, because):
    with pytest.raises(ConfigError, match=because) as refusal:
        har.ExperimentConfig(**wrong)
    assert "\n" not in str(refusal.value)


def test_a_run_is_trained_opened_and_asked(settings, small_sequences, capsys):
    run = har.train(har.ExperimentConfig(**settings))
    assert run.status.state == "done" and run.results.last.epoch == 3
    assert capsys.readouterr().out == ""  # where it stands is for eyes at a terminal
    arrays = RunStore().arrays(run.run_id, "predictions.npz", ["best"])
    rows = [small_sequences.row_of(name) for name in arrays["ids"]]
    expected = [run.meta.actions[label].number for label in arrays["logits_best"].argmax(axis=1)]
    opened = har.load_run(run.run_id)
    assert opened.predict(small_sequences)[rows].tolist() == expected
    few = [small_sequences[row] for row in rows[:5]]
    assert opened.predict(few).tolist() == expected[:5]
    shares = opened.predict_proba(few)
    assert shares.shape == (5, 4) and np.allclose(shares.sum(axis=1), 1)


def test_joints_in_another_order_are_found_by_their_names(settings, small_sequences):
    run = har.train(settings)
    order = [KINECT_20.joints.index(joint) for joint in UTD_20.joints]
    other = replace(small_sequences, frames=small_sequences.frames[:, order], skeleton=UTD_20)
    with pytest.warns(UserWarning, match="Joints are found by their names"):
        found = run.predict_proba(other)
    assert np.array_equal(found, run.predict_proba(small_sequences))
    opposite = replace(small_sequences, frames=small_sequences.frames * np.float32([-1, 1, 1]))
    with pytest.warns(UserWarning, match="left and right were exchanged"):
        assert np.array_equal(found, run.predict_proba(opposite))
    unnamed = replace(small_sequences, skeleton=nameless(20))
    with pytest.warns(UserWarning, match="Joints are taken in their order"):
        run.predict(unnamed)


def test_a_mapping_trains_and_what_is_wrong_with_it_is_one_sentence(settings):
    with pytest.raises(ConfigError, match=r"^train: model\.hidden is 0: [^\n]*\.$"):
        har.train(settings | {"model": {"name": "lstm", "hidden": 0}})
    with pytest.raises(ConfigError, match="the data set has no subject 9"):
        har.train(settings | {"split": {**SMALL, "test": [9]}})
    with pytest.raises(RunError, match="no run named 'nothing'"):
        har.load_run("nothing")
    assert RunStore().all() == []
    assert har.train(settings).is_complete


def test_where_the_split_adapts_is_told(settings, capsys):
    del settings["split"]
    run = har.train(settings)
    assert capsys.readouterr().out.startswith("The split course is made for subjects 1 to 10.")
    assert run.config.split.name == "thirds"


# Where it stands


def records(count: int):
    return (EpochRecord(epoch, 0.1, 2.0 / epoch, 0.5, None, None, 1.0, 0.25) for epoch in range(1, count + 1))


def test_a_terminal_sees_the_last_epoch(monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr(progress, "screen", terminal)
    progress.follow_epochs(records(4), 4)
    assert "epoch 4 of 4" in terminal.file.getvalue() and "test 25.0 %" in terminal.file.getvalue()


@pytest.mark.parametrize("total", [None, 4])
def test_a_terminal_sees_how_far_a_learner_is_that_gets_ready(total, monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=120)
    monkeypatch.setattr(progress, "screen", terminal)
    steps = [*map(Readiness, (0.25, 0.75, 1.0)), *records(total or 0)]
    progress.follow_epochs(iter(steps), total)
    shown = terminal.file.getvalue()
    assert "getting ready" in shown and ("epoch 4 of 4" in shown) == (total == 4)
    terminal.file.truncate(0)
    progress.follow_epochs(iter(steps), total, quiet=True)
    assert "ready" not in terminal.file.getvalue()


@pytest.mark.parametrize(("count", "last"), [(4, "epoch 4 of 4 ━"), (0, "no epoch was left to train")])
def test_a_notebook_has_one_line_that_ends_with_the_last_epoch(count, last, monkeypatch):
    shown = []

    class Line:
        def update(self, data, raw):
            shown.append(data["text/plain"])

    def display(data, raw, display_id):
        shown.append(data["text/plain"])
        return Line()

    shell = types.SimpleNamespace(kernel=object())
    monkeypatch.setitem(sys.modules, "IPython", types.SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "IPython.display", types.SimpleNamespace(display=display))
    progress.follow_epochs(records(count), 4)
    assert shown[0] == "epoch 0 of 4" and shown[-1].startswith(last) and "left," not in shown[-1]
    shown.clear()
    progress.follow_epochs(records(4), 4, quiet=True)
    assert shown == []
