"""The command line does what the dashboard does; what is wrong is one sentence and exit code 2."""

import json
import os
import shutil
import subprocess
import sys
from collections import OrderedDict
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from har_core import cli
from har_core.data.preparation import prepare
from har_core.data.sources import load_source
from har_core.data.splits import Split
from har_core.home import home
from har_core.models import MODELS, DtwSvmOptions, LstmOptions
from har_core.training import check, driver, parts, prepared
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.last_data_set import last_data_set
from har_core.training.presets import PRESETS
from har_core.training.store import RunStore
from tests.data.made_up_files import folder_of, npy
from tests.data.reading.bodies import rivals
from tests.networks import NETWORKS

pytestmark = pytest.mark.usefixtures("har_home")

SPLIT = "1-3/4/5-6"
TRAIN_KEYS = {
    "run", "name", "tags", "note", "source", "split", "refit", "synthetic", "model", "parameters", "epochs",
    "seconds", "split_sizes", "best", "last",
}  # fmt: skip
DESCRIBE_KEYS = {
    "layout", "sequences", "frames", "joints", "classes", "subjects", "per_class", "per_subject", "lengths",
    "untracked_frames", "faults", "skeleton", "axes", "unit", "rate", "padding", "assumptions",
}  # fmt: skip


@pytest.fixture
def answer(lab):
    """Give a command with ``--json``; get what its last line says."""

    def command(*words: object):
        code, out, err = lab(*words, "--json")
        assert code == 0 and err == "", err
        return json.loads(out.splitlines()[-1])

    return command


@pytest.fixture
def refused(lab):
    """Give a command that has to be refused with one sentence that holds some words."""

    def command(*words: object, because: str) -> None:
        before = content(home())
        code, out, err = lab(*words)
        assert code == 2 and out == ""
        assert err.startswith("Error: ") and because in err, err
        assert err.count("\n") == 1 and err.endswith("\n") and "Traceback" not in err
        assert content(home()) == before

    return command


def content(folder: Path) -> dict[Path, bytes]:
    """All files but the cache of sources, which is safe to write and to lose."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.parent.name != "cache"]
    return {path: path.read_bytes() for path in files}


def process(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "har_core", *map(str, words)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment)


def short(source: Path, *more: object) -> list[object]:
    return ["train", "--source", source, "--split", SPLIT, "--epochs", 2, "--device", "cpu", *more]


# As a process of its own


def test_training_on_the_embedded_data_says_that_it_is_synthetic(har_home):
    done = process("train", "--source", "synthetic", "--model", "lstm", "--epochs", 1, "--seed", 3, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    result = json.loads(done.stdout.splitlines()[-1])
    assert TRAIN_KEYS <= set(result)
    assert result["synthetic"] is True and result["source"] == "synthetic" and result["parameters"] == 8756
    assert (har_home / "runs" / result["run"] / "results.json").is_file()


@pytest.mark.parametrize(
    "words",
    [
        ["train", "--source", "nowhere", "--epochs", 2],
        ["train", "--epochs", 0],
        ["train", "--config", "missing.json"],
        ["data", "describe", "nowhere", "--json"],
        ["runs", "show", "nothing"],
    ],
)
def test_a_mistake_is_one_sentence_without_a_traceback_and_writes_nothing(words, har_home):
    done = process(*words)
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr.startswith("Error: ") and done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr and not har_home.exists()


# Data


def test_the_sources_are_listed(lab, answer):
    sources = {source["name"]: source for source in answer("data")["sources"]}
    assert sources["synthetic"]["present"] and not sources["msr-action3d"]["present"]
    assert sources["msr-action3d"]["path"] == str(home() / "sources" / "msr-action3d")
    code, out, _ = lab("data")
    assert code == 0 and "synthetic" in out and "msr-action3d" in out


def test_a_source_is_described(lab, answer, small_source, small_sequences):
    found = answer("data", "describe", small_source)
    assert DESCRIBE_KEYS <= set(found)
    assert (found["sequences"], found["joints"], found["classes"], found["subjects"]) == (72, 20, 4, 6)
    assert found["frames"] == sum(len(small_sequences[row]) for row in range(72))
    assert found["per_class"] == {str(number): 18 for number in range(1, 5)}
    assert found["per_subject"] == {str(number): 12 for number in range(1, 7)}
    assert set(found["lengths"]) == {"min", "median", "max"} and found["untracked_frames"] == 0
    assert found["faults"] == [] and isinstance(found["layout"], str)
    code, out, _ = lab("data", "describe", small_source)
    assert code == 0 and "none" in out and "Traceback" not in out


def test_actions_get_the_names_that_the_user_says_and_lose_them_again(answer, refused, small_source):
    assert answer("data", "describe", small_source)["actions"]["4"] == "action 4"
    said = answer("data", "name-actions", small_source, "--as", "msr-action3d")
    assert said["actions"] == {
        "1": "high arm wave",
        "2": "horizontal arm wave",
        "3": "hammer",
        "4": "hand catch",
    }
    described = answer("data", "describe", small_source)
    assert described["actions"] == said["actions"] and "as you said" in described["action_names"]
    run = answer(*short(small_source))["run"]
    assert [action.name for action in RunStore().get(run).meta.actions] == list(said["actions"].values())
    assert answer("data", "name-actions", small_source, "--as", "numbers")["actions"]["4"] == "action 4"
    assert RunStore().get(run).meta.actions[3].name == "hand catch"
    refused("data", "name-actions", small_source, "--as", "letters", because="choose msr-action3d or numbers")
    refused("data", "name-actions", "synthetic", "--as", "numbers", because="is known from the data")


def test_a_data_set_is_deleted_and_brought_back(answer, refused, small_source, tmp_path):
    shutil.copytree(small_source, home() / "sources" / "mine")
    before = content(home())
    there = Path(answer("data", "delete", "mine")["moved_to"])
    assert sorted(path.name for path in there.iterdir()) == [
        "X.npy",
        "Y.npy",
        "Y_s.npy",
        "ids.npy",
        "layout.json",
    ]
    refused("data", "describe", "mine", because="'mine' was not found")
    refused("data", "delete", "mine", because="'mine' was not found")
    assert answer("data", "restore", "mine")["moved_to"] == str(home() / "sources" / "mine")
    assert content(home()) == before
    refused("data", "delete", small_source, because="none of your own data sets")
    refused("data", "restore", "other", because="no data set named 'other' in the trash")


def test_what_is_not_there_is_told_apart_from_what_holds_nothing(refused, tmp_path):
    place = tmp_path / "set"
    refused("data", "describe", place, because="was not found: there is no source of that name")
    refused("train", "--source", place, because="was not found: there is no source of that name")
    place.mkdir()
    refused("data", "describe", place, because="is there, but holds no data set")


def test_a_skeleton_that_cannot_be_told_is_asked_for(answer, refused, har_home, tmp_path):
    arrays = {"X.npy": np.stack(rivals([20] * 4)), "Y.npy": [1, 2, 1, 2], "Y_s.npy": [1, 1, 2, 2]}
    place = folder_of(tmp_path / "set", {name: npy(array) for name, array in arrays.items()})
    refused(
        "data", "describe", place, because="utd-20. Say it with --read skeleton=kinect-sdk-20, for example."
    )
    assert answer("data", "describe", place, "--read", "skeleton=utd-20")["skeleton"] == "utd-20"


def test_a_data_card_tells_what_was_found_and_chosen_and_overwrites_nothing(
    answer, refused, small_source, tmp_path
):
    place = str(tmp_path / "card.json")
    said = answer("data", "card", str(small_source), "--out", place, "--name", "Mine", "--read", "rate=30")
    assert said["card"] == place and said["says"] == json.loads(Path(place).read_text())
    assert said["says"]["name"] == "Mine" and said["says"]["rate"] == 30
    refused("data", "card", str(small_source), "--out", place, because="card.json can't be written")


def test_the_template_of_a_csv_is_a_data_set_and_overwrites_nothing(answer, refused, tmp_path):
    place = tmp_path / "mine.csv"
    assert answer("data", "template", place) == {"template": str(place)}
    described = answer("data", "describe", place)
    assert (described["sequences"], described["classes"], described["subjects"]) == (2, 2, 2)
    refused("data", "template", place, because="mine.csv can't be written: File exists.")


def test_only_the_published_set_can_be_fetched(refused):
    refused("data", "fetch", "something", because="'something' can't be fetched; only msr-action3d can")


def test_a_download_with_json_writes_nothing_else(lab, monkeypatch):
    monkeypatch.setattr("har_core.cli.data.fetch_msr_action3d", lambda progress=None: Path("here"))
    code, out, complaints = lab("data", "fetch", "msr-action3d", "--json")
    assert (code, complaints) == (0, "") and json.loads(out) == {"source": "msr-action3d", "path": "here"}
    assert out.count("\n") == 1


def test_files_that_do_not_belong_together_are_refused(refused, small_source_of_its_own):
    np.save(small_source_of_its_own / "Y_s.npy", np.ones(70, int))
    for words in (["data", "describe", small_source_of_its_own], short(small_source_of_its_own)):
        refused(*words, because="Y_s.npy has 70 subjects, X.npy has 72 sequences")


# Training


@pytest.mark.parametrize("model", NETWORKS)
def test_training_answers_with_what_the_run_gave(model, answer, small_source):
    found = answer(*short(small_source, "--model", model, "--seed", 4))
    assert set(found) - {"state", "same_settings"} == TRAIN_KEYS
    run = RunStore().get(found["run"])
    assert run.config.seed == 4 and found["model"] == model and found["epochs"] == 2
    assert found["synthetic"] is False and found["parameters"] == run.meta.parameters
    assert found["split_sizes"] == {"train": 36, "validation": 12, "test": 24}
    for checkpoint in ("best", "last"):
        assert set(found[checkpoint]) == {"epoch", "train", "validation", "test"}
        predictions = np.load(run.path / "predictions.npz")
        for part in ("train", "validation", "test"):
            here = predictions["part"] == part
            right = predictions[f"logits_{checkpoint}"][here].argmax(axis=1) == predictions["truth"][here]
            assert found[checkpoint][part] == pytest.approx(right.mean())
    assert found["last"]["epoch"] == 2 and found["seconds"] > 0


def test_the_data_are_read_and_prepared_once(answer, small_source, monkeypatch):
    done = []
    monkeypatch.setattr(prepared, "_entries", OrderedDict())  # not what another test has prepared
    monkeypatch.setattr(parts, "prepare", lambda *given: done.append("prepared") or prepare(*given))
    monkeypatch.setattr(cli.train, "load_source", lambda *given: done.append("read") or load_source(*given))
    monkeypatch.setattr(check, "load_source", lambda *given: done.append("read again") or load_source(*given))
    assert answer(*short(small_source))["state"] == "done"
    assert done == ["read", "prepared"]


def test_training_is_told_in_words_too(lab, small_source):
    code, out, err = lab(*short(small_source))
    assert code == 0 and err == "" and "best epoch, " in out and "LSTM" in out
    assert "training 36, validation 12, test 24" in out


def test_a_config_file_is_taken_and_an_option_goes_before_it(answer, small_config, tmp_path):
    file = tmp_path / "config.json"
    file.write_text(small_config.model_dump_json())
    found = answer("train", "--config", file, "--epochs", 1, "--model", "bilstm")
    config = RunStore().get(found["run"]).config
    assert config.epochs == 1 and config.model == MODELS["bilstm"].options()
    assert config == small_config.trained(epochs=1).model_copy(update={"model": config.model})
    assert answer("train", "--config", file)["epochs"] == 6


def test_the_split_adapts_to_the_subjects_that_are_there_and_that_is_told(lab, small_source, tmp_path):
    words = ["train", "--source", small_source, "--epochs", 1, "--device", "cpu"]
    file = tmp_path / "config.json"
    file.write_text('{"seed": 3}')
    for more in ([], ["--config", file], ["--split", "course"]):
        code, out, err = lab(*words, *more)
        assert code == 0 and err == ""
        said = "This data set has 1 to 6: they are split into thirds, in the order of their numbers."
        assert said in out
    thirds = Split(name="thirds", train=(1, 2), validation=(3, 4), test=(5, 6))
    assert [run.config.split for run in RunStore().runs()] == 3 * [thirds]
    _, out, _ = lab(*words, "--split", "1/2/3-5")
    assert "In no part, and so not used: subject 6." in out


def test_a_split_of_a_file_that_names_others_is_refused(refused, small_source, tmp_path):
    file = tmp_path / "config.json"
    file.write_text(ExperimentConfig(source=str(small_source)).model_dump_json())
    refused(
        "train", "--config", file, because="split course: the data set has no subjects 7 to 10; choose of 1"
    )


def test_what_a_config_file_leaves_out_is_as_the_course_sets_it(answer, small_source, tmp_path):
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"model": {"name": "cnn", "layers": 3, "match": "bilstm"}}))
    found = answer(*short(small_source, "--config", file))
    config = RunStore().get(found["run"]).config
    assert config.training == GradientTraining(epochs=2) and config.model.layers == 3


def test_a_preset_is_taken_and_an_option_goes_before_it(answer, refused, small_source, tmp_path):
    words = ["train", "--source", small_source, "--split", SPLIT, "--seed", 1, "--preset"]
    found = answer(*words, "dtw-svm", "--set", "model.c=2.5")
    preset, config = PRESETS["dtw-svm"].config, RunStore().get(found["run"]).config
    assert config.model == DtwSvmOptions(c=2.5) and config.preparation == preset.preparation
    assert (config.seed, config.training, config.split.train) == (1, None, (1, 2, 3))
    found = answer(*words, "no-dropout", "--epochs", 1)
    config = RunStore().get(found["run"]).config
    assert config.model == LstmOptions(dropout=0.0) and config.training == GradientTraining(epochs=1)
    found = answer(*words, "dtw-svm", "--model", "lstm", "--epochs", 1)
    config = RunStore().get(found["run"]).config
    assert config.model == LstmOptions() and config.preparation == preset.preparation
    (file := tmp_path / "config.json").write_text("{}")
    refused(*words, "lstm", "--config", file, because="--config and --preset both say all settings")


@pytest.mark.parametrize(
    ("text", "because"),
    [
        ('{"epoch": 5}', "epoch is not a known setting"),
        ('{"epochs": 5, "model": {"name": "lstm", "units": 24}}', "units is not a known setting"),
        ('{"preparation": {"scale": "none"}}', "preparation.scale is not a known setting"),
        ('{"epochs": "many"}', "epochs is 'many': "),
        ('{"epochs": "5"}', "epochs is '5': "),
        ('{"epochs": 5.5}', "epochs is 5.5: "),
        ('{"epochs": true}', "epochs is True: "),
        ('{"epochs": null}', "epochs is None: "),
        ('{"seed": -1}', "seed is -1: "),
        ('{"model": {"name": "transformer"}}', "transformer"),
        ('{"model": "lstm"}', "model is 'lstm': "),
        ('{"preparation": {"frames": 1}}', "preparation.frames is 1: "),
        ('{"split": {"train": "1-5"}}', "split.train is '1-5': "),
        ('{"learning_rate": NaN}', "learning_rate"),
        ('{"source": " "}', "name a source"),
        ('{"epochs": 5', "nvalid JSON"),
        ("", "nvalid JSON"),
        ("[]", "config.json"),
        ("null", "config.json"),
        ("\udcff", "config.json"),
        ("[" * 100_000, "config.json"),
    ],
)
def test_a_wrong_config_is_refused_by_the_name_of_the_field(text, because, refused, tmp_path):
    file = tmp_path / "config.json"
    file.write_bytes(text.encode(errors="surrogateescape"))
    refused("train", "--config", file, because=because)
    refused("train", "--config", file, because=str(file))


def test_a_config_file_that_can_not_be_read_is_refused(refused, tmp_path):
    refused("train", "--config", tmp_path / "missing.json", because="missing.json can't be read")
    refused("train", "--config", tmp_path, because="can't be read")


@pytest.mark.parametrize(
    ("words", "because"),
    [
        (["--split", "1-3/3-4/5-6"], "subject 3 is in both training and validation"),
        (["--split", "1-3/4/5-8"], "split 1-3/4/5-8: the data set has no subjects 7, 8; choose of 1 to 6."),
        (["--split", "/4/5-6"], "split /4/5-6: the training part holds no sequence"),
        (["--split", "halves"], "split 'halves' is not known"),
        (["--model", "rnn"], "model 'rnn' is not known; choose one of lstm, stacked-lstm, bilstm, cnn"),
        (["--epochs", "0"], "epochs is 0"),
        (["--epochs", 3, "--model", "nearest-neighbour"], "nearest-neighbour has no epochs"),
        (
            ["--preset", "best-of-all"],
            "--preset 'best-of-all' is not known; choose one of lstm, stacked-lstm",
        ),
        (["--seed", "-1"], "Seeds: found '-1', expected whole numbers"),
        (["--seeds", "4-0"], "Seeds: found '4-0', expected whole numbers"),
        (["--device", "tpu"], "device is 'tpu'"),
        (["--threads", "0"], "threads: found 0, expected a whole number, 1 to 256."),
        (["--threads", "257"], "threads: found 257, expected a whole number, 1 to 256."),
        (["--read", "layout=sideways"], "sideways"),
        (["--source", "no such folder"], "'no such folder'"),
        (["--source", ""], "name a source"),
    ],
)
def test_what_can_not_be_trained_is_refused_and_leaves_no_run(words, because, refused, small_source):
    refused(*short(small_source, *words), because=because)


def test_an_action_that_is_never_trained_on_is_told(refused, small_source_of_its_own):
    labels, subjects = (
        np.load(small_source_of_its_own / "Y.npy"),
        np.load(small_source_of_its_own / "Y_s.npy"),
    )
    labels[(labels == 4) & (subjects <= 3)] = 1
    np.save(small_source_of_its_own / "Y.npy", labels)
    refused(*short(small_source_of_its_own), because="no training subject performs action 4")


def test_training_says_that_a_run_of_the_same_settings_exists(lab, answer, small_source):
    first = answer(*short(small_source))
    assert first["same_settings"] == []
    code, out, _ = lab(*short(small_source, "--seed", 1))
    assert code == 0 and "There is a run of the same settings" not in out
    code, out, _ = lab(*short(small_source))
    assert code == 0 and f"There is a run of the same settings, the seed too: {first['run']}." in out
    *_, second = RunStore().runs()[::-1]
    assert answer(*short(small_source))["same_settings"] == [second.run_id, first["run"]]
    for run in RunStore().runs():
        RunStore().write_status(run.run_id, run.status.model_copy(update={"state": "stopped"}))
    assert answer(*short(small_source))["same_settings"] == []


@pytest.mark.parametrize("option", ["--seed", "--seeds"])
def test_several_seeds_make_a_run_each_and_are_told_together(lab, answer, small_source, option):
    found = answer(*short(small_source, option, "0-1, 7"))
    assert [RunStore().get(run["run"]).config.seed for run in found["runs"]] == [0, 1, 7]
    assert all(TRAIN_KEYS <= set(run) and run["same_settings"] == [] for run in found["runs"])
    code, out, _ = lab(*short(small_source, option, "8,9"))
    assert code == 0 and [run.config.seed for run in RunStore().runs()] == [9, 8, 7, 1, 0]
    assert all(run.run_id in out for run in RunStore().runs()[:2])


def test_several_seeds_of_a_model_that_none_changes_are_refused(refused, small_source):
    words = ["train", "--source", small_source, "--model", "nearest-neighbour", "--seed", "0-4"]
    refused(*words, because="Nearest neighbour learns the same with any seed; name one, or none.")


def test_how_long_it_takes_is_said_before_it_starts(lab, answer, small_source):
    code, out, _ = lab(*short(small_source, "--set", "model.hidden=8"))
    assert code == 0 and "a first guess by the size of the network" in out.splitlines()[0]
    code, out, _ = lab(*short(small_source, "--set", "model.hidden=8", "--seed", "1-2"))
    assert code == 0 and "as 1 run of the same settings did." in out.splitlines()[0]
    code, out, _ = lab(*short(small_source))
    assert code == 0 and "scaled from the run here that is nearest in size" in out.splitlines()[0]


# Runs


def test_runs_are_listed_and_shown(lab, answer, small_source):
    assert lab("runs", "list")[0] == 0
    ids = [answer(*short(small_source))["run"] for _ in range(2)]
    listed = answer("runs", "list")["runs"]
    assert [run["run"] for run in listed] == ids[::-1]
    shown = answer("runs", "show", ids[0])
    assert TRAIN_KEYS <= set(shown) and shown["run"] == ids[0] and shown in listed
    for words in (["list"], ["show", ids[0]]):
        code, out, _ = lab("runs", *words)
        assert code == 0 and ids[0][:15] in out


def test_a_damaged_run_is_listed_with_the_others(lab, answer, small_source):
    run_id = answer(*short(small_source))["run"]
    (RunStore().path_of(run_id) / "status.json").write_text("{")
    (damaged,) = answer("runs", "list")["damaged"]
    assert damaged["run"] == run_id and "status.json" in damaged["reason"]
    code, out, _ = lab("runs", "list")
    assert code == 0 and "damaged" in out


def test_damage_is_told_once(lab, small_config):
    run = RunStore().create(small_config)
    (run.path / "config.json").unlink()
    _, out, _ = lab("runs", "list")
    assert f"{run.run_id} is damaged: config.json is missing" in out and out.count("is damaged") == 1


def test_a_run_is_deleted_into_the_trash(lab, answer, refused, small_source):
    run_id = answer(*short(small_source))["run"]
    deleted = answer("runs", "delete", run_id)
    assert deleted == {"run": run_id, "moved_to": str(home() / "trash" / run_id)}
    assert (home() / "trash" / run_id / "results.json").is_file() and RunStore().all() == []
    refused("runs", "delete", run_id, because=f"there is no run named '{run_id}'")
    assert answer("runs", "restore", run_id) == {"run": run_id, "moved_to": str(home() / "runs" / run_id)}
    assert [run.run_id for run in RunStore().runs()] == [run_id]
    refused("runs", "restore", run_id, because=f"there is no run named '{run_id}' in the trash")


def test_deleted_runs_are_listed_and_restored_by_the_names_of_the_list(lab, answer, small_config):
    store = RunStore()
    first, second = store.create(small_config), store.create(small_config)
    assert answer("runs", "list", "--deleted") == {"runs": [], "damaged": []}
    begin = datetime.now().astimezone()
    trashed = store.delete(first.run_id)
    shutil.copytree(trashed, first.path)
    store.delete(first.run_id)  # an older run of that name makes room
    (second.path / "config.json").write_text("{")
    store.delete(second.run_id)
    listed = answer("runs", "list", "--deleted")
    last, older = listed["runs"]
    assert TRAIN_KEYS < set(last) and last["run"] == first.run_id
    assert older["run"].startswith(f"{first.run_id}-")
    assert begin.replace(microsecond=0) <= datetime.fromisoformat(last["deleted_at"])
    (torn,) = listed["damaged"]
    assert torn["run"] == second.run_id and "config.json" in torn["reason"] and torn["deleted_at"]
    code, out, _ = lab("runs", "list", "--deleted")
    assert code == 0 and older["run"] in out and f"{second.run_id} is damaged: " in out
    assert f"{datetime.fromisoformat(last['deleted_at']):%Y-%m-%d}" in out
    for name in (older["run"], last["run"], torn["run"]):
        assert answer("runs", "restore", name)["moved_to"] == str(home() / "runs" / name)
    assert answer("runs", "list", "--deleted") == {"runs": [], "damaged": []}
    assert [run["run"] for run in answer("runs", "list")["runs"]] == [older["run"], last["run"]]


def test_a_run_is_labelled_and_what_is_not_said_stays(lab, answer, refused, small_config):
    run_id = RunStore().create(small_config).run_id
    answer("runs", "label", run_id, "--name", "[red]mine[/red]", "--tag", "a", "--tag", "b", "--note", "why")
    found = answer("runs", "label", run_id, "--tag", "")
    assert (found["name"], found["tags"], found["note"]) == ("[red]mine[/red]", [], "why")
    for words in (["show", run_id], ["list"]):
        code, out, _ = lab("runs", *words)
        assert code == 0 and "[red]" in out
    refused("runs", "label", run_id, "--name", "n" * 81, because="label: name is ")
    refused("runs", "label", "nothing", "--name", "n", because="there is no run named")


@pytest.mark.parametrize("verb", ["show", "delete", "restore", "label", "resume"])
@pytest.mark.parametrize("name", ["nothing", "..", "../..", "/etc", ""])
def test_a_run_that_is_not_there_is_told(verb, name, refused, small_config):
    RunStore().create(small_config)
    refused("runs", verb, name, because="there is no run named")


def test_an_interrupted_run_is_resumed(answer, small_config):
    store = RunStore()
    whole = store.create(small_config).run_id
    assert [record.epoch for record in driver.train_run(store, whole)] == [1, 2, 3, 4, 5, 6]
    run_id = store.create(small_config).run_id
    epochs = driver.train_run(store, run_id)
    next(epochs), next(epochs)
    epochs.close()
    found = answer("runs", "resume", run_id)
    assert found["epochs"] == 6 and found["run"] == run_id
    assert (found["best"], found["last"]) == (
        store.get(whole).results.best.model_dump(),
        store.get(whole).results.last.model_dump(),
    )
    assert [record.epoch for record in store.metrics(run_id)] == [1, 2, 3, 4, 5, 6]


def test_threads_are_handed_to_the_run_and_change_no_number(answer, refused, small_config, monkeypatch):
    given, train_run = [], driver.train_run
    monkeypatch.setattr(
        driver,
        "train_run",
        lambda store, run_id, **more: (given.append(more["threads"]), train_run(store, run_id, **more))[1],
    )
    words = short(small_config.source)
    one, three = (answer(*words, "--threads", count) for count in (1, 3))
    monkeypatch.setenv("HAR_THREADS", "2")
    waiting = RunStore().create(small_config).run_id
    refused("runs", "resume", waiting, "--threads", 0, because="threads: found 0")
    answer("runs", "resume", waiting, "--threads", 4)
    answer(*words)
    assert given == [1, 3, 4, 2]
    assert one["best"] == three["best"] and one["last"] == three["last"]


def test_threads_of_the_environment_that_are_none_are_told_and_leave_no_run(
    refused, small_config, monkeypatch
):
    run_id = RunStore().create(small_config).run_id
    monkeypatch.setenv("HAR_THREADS", "many")
    refused(*short(small_config.source), because="HAR_THREADS: found 'many', expected a whole number")
    refused("runs", "resume", run_id, because="HAR_THREADS: found 'many', expected a whole number")


def test_a_finished_run_is_not_resumed(lab, answer, small_source):
    run_id = answer(*short(small_source))["run"]
    code, _, err = lab("runs", "resume", run_id)
    assert code == 2 and err == f"Error: run {run_id} is done; there is nothing to resume.\n"


def test_a_run_whose_source_vanished_is_told_and_can_be_resumed_later(lab, answer, small_config, tmp_path):
    store = RunStore()
    run_id = store.create(small_config.model_copy(update={"source": str(tmp_path / "set")})).run_id
    code, _, err = lab("runs", "resume", run_id)
    assert code == 2 and err.count("\n") == 1 and "Traceback" not in err
    assert store.get(run_id).status.state == "failed"
    (tmp_path / "set").symlink_to(small_config.source, target_is_directory=True)
    assert answer("runs", "resume", run_id)["epochs"] == 6


# Hand-ins


def test_a_hand_in_is_written_as_a_folder_or_a_zip(answer, lab, small_source, tmp_path):
    run_id = answer(*short(small_source))["run"]
    found = answer("report", run_id, "--out", tmp_path / "folder")
    assert found["runs"] == [run_id] and found["out"] == str(tmp_path / "folder")
    assert {"report.html", "notebook.ipynb", "metrics.csv", "predictions.csv"} <= set(found["files"])
    assert all((tmp_path / "folder" / name).is_file() for name in found["files"])
    code, out, _ = lab("report", run_id, "--out", tmp_path / "work.zip")
    assert code == 0 and "report.html" in out and (tmp_path / "work.zip").read_bytes()[:2] == b"PK"


def test_author_and_answers_of_an_earlier_hand_in_go_into_the_next(
    answer, refused, lab, small_source, tmp_path
):
    run_id = answer(*short(small_source))["run"]
    answer("report", run_id, "--out", tmp_path / "first")
    page = tmp_path / "first" / "report.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace('data-answer="3">', 'data-answer="3">Twenty &amp; more'), encoding="utf-8")
    words = ["report", run_id, "--author", "Ada L.", "--answers", page, "--out", tmp_path / "second"]
    assert answer(*words)["answered"] == [3]
    made = (tmp_path / "second" / "report.html").read_text(encoding="utf-8")
    assert 'data-answer="3">Twenty &amp; more</div>' in made and '<p class="author">Ada L.</p>' in made
    code, out, _ = lab("report", run_id, "--out", tmp_path / "third")  # they are kept
    assert code == 0 and "with 1 answer" in out
    assert "Twenty &amp; more" in (tmp_path / "third" / "report.html").read_text(encoding="utf-8")
    nowhere = ["report", run_id, "--out", tmp_path / "fourth"]
    refused(*nowhere, "--answers", tmp_path / "none.html", because="none.html can't be read")
    refused(*nowhere, "--answers", small_source / "Y.npy", because="Y.npy has no room for answers")
    refused(*nowhere, "--author", "x" * 101, because="at most 100 characters")
    assert not (tmp_path / "fourth").exists()


def test_what_can_not_be_handed_in_is_refused(answer, refused, small_config, small_source, tmp_path):
    run_id = answer(*short(small_source))["run"]
    waiting = RunStore().create(small_config).run_id
    refused("report", "nothing", "--out", tmp_path / "a", because="there is no run named 'nothing'")
    refused("report", run_id, waiting, "--out", tmp_path / "a", because=f"run {waiting} is queued")
    assert not (tmp_path / "a").exists()
    (tmp_path / "a").write_text("my answers")
    refused("report", run_id, "--out", tmp_path / "a", because="is there already")


def test_the_dashboard_opens_with_what_was_trained_on_last(lab, small_source):
    assert lab("train", "--source", small_source, "--epochs", 1, "--split", SPLIT, "--device", "cpu")[0] == 0
    assert last_data_set().source == str(small_source)


@pytest.mark.parametrize("model", ["guesses", "blind-guesses", "nearest-neighbour", "dtw-svm"])
def test_a_learner_without_epochs_has_none_in_any_verb(
    model, guesses, lab, answer, refused, small_source, monkeypatch
):
    words = ["train", "--source", small_source, "--model", model, "--split", SPLIT]
    made = answer(*words)
    assert made["state"] == "done" and made.keys() >= TRAIN_KEYS
    assert (made["epochs"], made["parameters"], made["best"]) == (None, None, None)
    assert made["last"]["epoch"] is None and made["last"]["test"] > 0.5 and made["seconds"] > 0
    code, listed, _ = lab("runs", "list")
    assert code == 0 and f"{100 * made['last']['test']:.1f} %" in listed and MODELS[model].title in listed
    code, shown, _ = lab("runs", "show", made["run"])
    assert code == 0 and "best" not in shown and "epoch, " not in shown and "None" not in shown
    assert MODELS[model].options().on_training_part in " ".join(shown.replace("│", " ").split())
    refused("runs", "resume", made["run"], because="nothing to resume")
    refused(*words, "--epochs", 5, because=f"{model} has no epochs")
    # One that was cut off begins again, for it has no checkpoint.
    path = home() / "runs" / made["run"]
    for name in ("results.json", "predictions.npz"):
        (path / name).unlink()
    status = json.loads((path / "status.json").read_text()) | {"state": "interrupted", "seconds": 0}
    (path / "status.json").write_text(json.dumps(status))
    assert answer("runs", "show", made["run"])["seconds"] is None
    assert "0 ms" not in lab("runs", "show", made["run"])[1]
    resumed = answer("runs", "resume", made["run"])
    assert resumed["last"] == made["last"] and resumed["seconds"] > 0


def test_options_of_what_was_added_are_set_by_their_names(guesses, answer, refused, small_source):
    words = ["train", "--source", small_source, "--model", "guesses", "--split", SPLIT]
    made = answer(*words, "--set", "model.boldness=7.5")
    assert json.loads((home() / "runs" / made["run"] / "config.json").read_text())["model"]["boldness"] == 7.5
    refused(*words, "--set", "model.boldness=0", because="boldness")


def test_a_run_without_a_validation_part_is_told_by_its_last_epoch(lab, answer, small_config, tmp_path):
    split = Split(name="cross", train=(1, 3, 5), validation=(), test=(2, 4, 6))
    file = tmp_path / "config.json"
    file.write_text(small_config.model_copy(update={"split": split}).model_dump_json())
    made = answer("train", "--config", file)
    assert made["best"] is None and made["last"]["validation"] is None and made["split_sizes"].keys() == {
        "train", "test"
    }  # fmt: skip
    _, shown, _ = lab("runs", "show", made["run"])
    assert "last epoch, 6" in shown and "best" not in shown and "alidation" not in shown
    _, listed, _ = lab("runs", "list")
    assert f"{100 * made['last']['test']:.1f} %" in listed


def test_sequences_that_a_model_can_not_compare_are_told_before_a_run_is_made(refused, small_source):
    words = ("train", "--source", small_source, "--split", SPLIT, "--model", "nearest-neighbour")
    refused(*words, "--set", "preparation.frames=null", because="choose a number of frames")


def test_a_preset_of_members_is_trained_as_one_run_and_they_are_runs_too(lab, answer, refused, small_source):
    words = ["train", "--source", small_source, "--split", SPLIT, "--seed", 3]
    made = answer(*words, "--preset", "L10")
    assert made["state"] == "done" and made.keys() >= TRAIN_KEYS
    assert (made["epochs"], made["best"], made["last"]["epoch"]) == (None, None, None)
    assert made["last"]["test"] > 0.9 and [member["weight"] for member in made["members"]] == [1, 1]
    members = [answer("runs", "show", member["run"]) for member in made["members"]]
    assert [(its["model"], its["epochs"]) for its in members] == [("bilstm", 80), ("dtw-svm", None)]
    assert made["parameters"] == members[0]["parameters"]
    _, shown, _ = lab("runs", "show", made["run"])
    assert "Bi-LSTM, weight 1: " in shown and made["members"][1]["run"] in shown and "None" not in shown
    alone = answer(*words, "--preset", "L10", "--model", "lstm", "--epochs", 1)
    assert alone["model"] == "lstm" and "members" not in alone
    refused(*words, "--preset", "L10", "--epochs", 5, because="ensemble has no epochs")
    refused(*words, "--model", "ensemble", because="name one or more")


def test_runs_are_added_up_by_weights(answer, refused, small_source):
    one = answer(*short(small_source))["run"]
    other = answer("train", "--source", small_source, "--split", SPLIT, "--model", "dtw-svm")["run"]
    words = ["ensemble", one, other]
    made = answer(*words, "--weights", "1,2.5")
    assert made["members"] == [{"run": one, "weight": 1}, {"run": other, "weight": 2.5}]
    assert made["state"] == "done" and made["model"] == "ensemble"
    assert [member["weight"] for member in answer(*words)["members"]] == [1, 1]
    for weights in ("1", "1,2,3", "1,x", ""):
        refused(*words, "--weights", weights, because="expected a number for each of 2 runs")
    for weights in ("1,0", "1,nan", "1,-2", "1,inf"):
        refused(*words, "--weights", weights, because="weight is")
    refused("ensemble", one, made["run"], because="no ensemble itself")
    refused("ensemble", one, "nobody", because="there is no run named 'nobody'")
