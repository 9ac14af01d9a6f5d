"""Kernels are compiled and proved once on a machine, in a process of their own; what fails is torch's."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from har_core.engine import Batch, compiling, first_use, fused_step, kernel_cache, what_runs
from har_core.errors import ConfigError, HarError
from har_core.models import MODELS
from har_core.models.networks import build_model
from tests.networks import NETWORKS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's kernels are kept; nothing of them is known yet."""
    monkeypatch.setattr(compiling, "_folder", lambda: tmp_path)
    compiling._load.cache_clear()
    yield tmp_path
    forget()


def forget() -> None:
    """Know of kernels what a new process does."""
    compiling._load.cache_clear()
    compiling._faults.clear()


def ended(code: int, said: str = "", error: str = ""):
    """A process that ended so, in place of the one that compiles."""
    return lambda command, **more: subprocess.CompletedProcess(command, code, said, error)


def convolved(kernels: SimpleNamespace) -> list[float]:
    """One sequence of three frames, one input, a window of 3 that sums: 1 + 2, 1 + 2 + 3, 2 + 3."""
    frames, outputs = np.array([[1.0], [2.0], [3.0]], np.float32), np.zeros((3, 8), np.float32)
    integers = [np.array(values) for values in ([0], [0, 1], [0], [0], [3])]
    kernels.conv_forward(
        *integers[:2], frames, *integers[2:], 1, np.ones((3, 8), np.float32), np.zeros((1, 8), np.float32),
        outputs, np.zeros((1, 8), np.float32), np.zeros((1, 5, 1), np.float32),
    )  # fmt: skip
    return outputs[:, 0].tolist()


def test_a_kernel_computes_what_it_should():
    assert convolved(compiling.kernels("layers")) == [3, 6, 5]


def test_kernels_are_loaded_once_also_where_it_is_begun_ahead(folder, monkeypatch):
    made, began, go_on = [], threading.Event(), threading.Event()

    def load_from(folder: Path, name: str) -> SimpleNamespace:
        made.append(name)
        began.set()
        assert go_on.wait(60)
        return SimpleNamespace()

    monkeypatch.setattr(compiling, "load_from", load_from)
    monkeypatch.setattr(subprocess, "run", ended(0))
    try:
        compiling.compile_ahead("layers")
        assert began.wait(60)
        go_on.set()
        assert compiling.kernels("layers") is compiling.kernels("layers") is not None
        assert made == ["layers"]
    finally:
        go_on.set()


@pytest.mark.parametrize("kind", [MODELS[name] for name in NETWORKS], ids=NETWORKS)
def test_what_is_compiled_ahead_is_what_trains_the_model(kind):
    network = build_model(kind.options(), 60, 20, torch.Generator())
    spec = network.spec() if hasattr(network, "spec") else None
    assert (spec.kernels if spec else "") == kind.kernels


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (0, np.zeros(1, np.int32)),
        (2, np.zeros((3, 2), np.float32)[:, :1]),  # with gaps
        (2, np.zeros(3, np.float32)),
        (2, np.zeros((1, 1), np.float64)),
        (6, None),
        (3, [0, 1]),
    ],
)
def test_a_kernel_takes_no_other_arguments_than_its_own(place, wrong):
    kernel = compiling.kernels("layers").conv_forward
    nothing, matrix = np.zeros(1, np.int64), np.zeros((1, 1), np.float32)
    given = [nothing, nothing, matrix, nothing, nothing, nothing, 1, *[matrix] * 4, matrix[None]]
    kernel(*given)
    with pytest.raises(TypeError):
        kernel(*given[:place], wrong, *given[place + 1 :])


# The first use


def test_what_was_found_out_once_is_not_asked_again(folder, monkeypatch):
    commands = []

    def run(command: list[str], **more: object) -> subprocess.CompletedProcess[str]:
        commands.append(command[2:])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setattr(compiling, "load_from", lambda folder, name: SimpleNamespace(of=name))
    for _ in range(2):
        assert compiling.kernels("layers").of == "layers"
        compiling._load.cache_clear()
    assert commands == [["har_core.engine.first_use", "layers", str(folder)]]


@pytest.mark.parametrize(
    ("code", "said", "error", "fault"),
    [
        (
            compiling.WRONG,
            "they compute other logits than torch\n",
            "",
            "they compute other logits than torch",
        ),
        (-signal.SIGSEGV, "", "", f"they end their process ({signal.strsignal(signal.SIGSEGV)})"),
        (-signal.SIGILL, "", "", f"they end their process ({signal.strsignal(signal.SIGILL)})"),
        (3221225501, "", "", "they end their process (code 3221225501)"),
        (1, "", "Traceback ...\nLLVM ERROR: no such processor\n", "LLVM ERROR: no such processor"),
    ],
)
def test_a_fault_of_theirs_leads_to_torch_with_one_sentence_and_is_remembered(
    code, said, error, fault, folder, monkeypatch, caplog
):
    monkeypatch.setattr(subprocess, "run", ended(code, said, error))
    for _ in range(2):
        assert compiling.kernels("lstm_steps") is None and compiling.kernels("lstm_steps") is None
        assert compiling.fault_of_kernels() == fault
        forget()
        monkeypatch.setattr(subprocess, "run", ended(0))
    sentence = (
        f"The project's own kernels can't be used, torch computes instead: {fault}; "
        f"delete {folder} to have them compiled anew."
    )
    said = [record.message for record in caplog.records]
    assert said[0].startswith("The kernels are compiled on this machine for the first time")
    assert said[1:] == [sentence] * 2


def test_a_fault_of_some_leads_to_torch_for_all_that_are_not_in_use_yet(folder, monkeypatch, caplog):
    monkeypatch.setattr(compiling, "load_from", lambda folder, name: SimpleNamespace())
    monkeypatch.setattr(subprocess, "run", ended(0))
    in_use = compiling.kernels("conv_steps")
    monkeypatch.setattr(subprocess, "run", ended(compiling.WRONG, "they compute other logits than torch"))
    assert compiling.kernels("lstm_steps") is None
    monkeypatch.setattr(subprocess, "run", ended(0))
    assert compiling.kernels("layers") is None
    assert compiling.kernels("conv_steps") is in_use is not None  # no run goes on otherwise than it began
    assert [record.message for record in caplog.records if "torch computes instead" in record.message] == [
        f"The project's own kernels can't be used, torch computes instead: they compute other logits than "
        f"torch; delete {folder} to have them compiled anew."
    ]
    forget()
    assert compiling.kernels("conv_steps") is None
    assert compiling.fault_of_kernels() == "they compute other logits than torch"


def test_where_the_fused_step_is_wrong_the_run_says_what_computes_it(folder, monkeypatch):
    (folder / "lstm_steps.json").write_text('{"fault": "they compute other logits than torch"}')
    network = build_model(MODELS["lstm"].options(), 6, 4, torch.Generator())
    batch, labels = Batch.of([torch.zeros(5, 6), torch.zeros(3, 6)]), torch.zeros(2, dtype=torch.int64)
    step = fused_step(network, batch, labels)
    network(batch)
    assert compiling.kernels("layers") is None
    assert what_runs(network, step) == "torch on 1 thread: they compute other logits than torch"


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signals on Windows")
def test_who_is_ended_from_outside_is_asked_again_the_next_time(folder, monkeypatch):
    monkeypatch.setattr(subprocess, "run", ended(-signal.SIGKILL))
    assert compiling.kernels("layers") is None
    assert compiling.fault_of_kernels() == "compiling them was ended from outside"
    forget()
    monkeypatch.setattr(subprocess, "run", ended(0))
    monkeypatch.setattr(compiling, "load_from", lambda folder, name: SimpleNamespace())
    assert compiling.kernels("layers") is not None


def test_a_verdict_that_was_not_written_to_its_end_counts_for_nothing(folder, monkeypatch):
    monkeypatch.setattr(subprocess, "run", ended(0))
    monkeypatch.setattr(compiling, "load_from", lambda folder, name: SimpleNamespace())
    for damaged in ("", "{", "[]", '{"fault": 3}', '{"other": ""}'):
        (folder / "layers.json").write_text(damaged)
        compiling._load.cache_clear()
        assert compiling.kernels("layers") is not None
        assert json.loads((folder / "layers.json").read_text()) == {"fault": ""}


def test_the_process_of_the_first_use_ends_well(tmp_path):
    whole = compiling._folder()
    shutil.copytree(whole, tmp_path / whole.name)  # compiled already: that takes its time
    command = [sys.executable, "-m", "har_core.engine.first_use", "conv_steps", str(tmp_path / whole.name)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("name", compiling.KERNELS)
def test_kernels_that_compute_something_else_are_found_out(name):
    whole = compiling.kernels(name)
    assert first_use.fault_of(name, whole) == ""

    def wrong(kernel):
        def spoilt(*given):
            kernel(*given)
            arrays = [it for it in given if isinstance(it, np.ndarray) and it.dtype == np.float32]
            last = given[-2].logits if isinstance(given[-1], int) else arrays[-3]
            last *= np.float32(1.01)

        return spoilt

    for own, kernel in vars(whole).items():
        spoilt = SimpleNamespace(**{**vars(whole), own: wrong(kernel)})
        if own not in ("lstm_backward", "conv_backward"):  # those end with what is given to compute in
            assert first_use.fault_of(name, spoilt).startswith("other ")


def test_wrong_gradients_of_layers_are_found_out():
    whole = compiling.kernels("layers")

    def spoilt(kernel, place):
        def wrong(*given):
            kernel(*given)
            given[place][...] *= np.float32(0.99)

        return wrong

    for own, place in (("lstm_backward", -2), ("conv_backward", -3)):
        kernels = SimpleNamespace(**{**vars(whole), own: spoilt(vars(whole)[own], place)})
        assert first_use.fault_of("layers", kernels) == "other gradients of weights"


# Off


@pytest.mark.parametrize("said", ["off", " OFF "])
def test_the_environment_lets_torch_compute_everything(said, monkeypatch, caplog):
    monkeypatch.setenv("HAR_KERNELS", said)
    assert compiling.kernels("layers") is None and not caplog.records


def test_what_is_neither_on_nor_off_is_told_in_a_sentence(monkeypatch):
    monkeypatch.setenv("HAR_KERNELS", "maybe")
    with pytest.raises(ConfigError, match=r"^HAR_KERNELS: found 'maybe', expected on or off; leave it empty"):
        compiling.kernels("layers")
    for said in ("", "on"):
        monkeypatch.setenv("HAR_KERNELS", said)
        assert compiling.kernels("layers") is not None


# Where they are kept


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A program of its own, and a home."""
    sources = tmp_path / "program" / "kernels"
    sources.mkdir(parents=True)
    (sources / "a.py").write_text("1")
    monkeypatch.setattr(kernel_cache, "_SOURCES", sources)
    monkeypatch.setenv("HAR_HOME", str(tmp_path / "home"))
    home = (tmp_path / "home").resolve() / "cache" / "kernels"
    return SimpleNamespace(sources=sources, beside=sources / "__pycache__", home=home)


def test_they_are_kept_beside_their_sources_and_older_ones_are_deleted(places):
    first = kernel_cache.kernel_cache("0.60", "cpu")
    assert first.parent == places.beside and first.is_dir()
    assert kernel_cache.kernel_cache("0.60", "cpu") == first
    others = {kernel_cache.kernel_cache(*given) for given in (("0.61", "cpu"), ("0.60", "other cpu"))}
    assert len({first, *others}) == 3 and first.is_dir()
    (places.sources / "a.py").write_text("22")
    second = kernel_cache.kernel_cache("0.60", "cpu")
    assert second != first and not first.exists() and all(other.is_dir() for other in others)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no such modes")
def test_a_folder_that_others_can_write_is_not_trusted(places):
    first = kernel_cache.kernel_cache("0.60", "cpu")
    first.chmod(0o777)
    second = kernel_cache.kernel_cache("0.60", "cpu")
    assert second.parent == places.home
    second.chmod(0o775)
    with pytest.raises(HarError, match=r"there is no place to keep them \(.*others can write it; delete it"):
        kernel_cache.kernel_cache("0.60", "cpu")


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="Windows has no such owners")
def test_a_folder_of_somebody_else_is_not_trusted(places, monkeypatch):
    first = kernel_cache.kernel_cache("0.60", "cpu")
    lstat = os.lstat

    def of_somebody_else(path: Path) -> SimpleNamespace:
        found = lstat(path)
        return SimpleNamespace(st_mode=found.st_mode, st_uid=found.st_uid + (Path(path) == first))

    monkeypatch.setattr(os, "lstat", of_somebody_else)
    assert kernel_cache.kernel_cache("0.60", "cpu").parent == places.home


def test_where_the_program_can_not_be_written_the_home_keeps_them(places):
    places.beside.write_text("")  # no folder can be made there
    assert kernel_cache.kernel_cache("0.60", "cpu").parent == places.home


def test_a_link_is_not_followed(places, tmp_path):
    first = kernel_cache.kernel_cache("0.60", "cpu")
    first.rmdir()
    (tmp_path / "elsewhere").mkdir()
    first.symlink_to(tmp_path / "elsewhere")
    assert kernel_cache.kernel_cache("0.60", "cpu").parent == places.home
