"""The translated kernels are those of the sources; code is made of them once, and takes only what it can."""

import gzip
import subprocess
import sys
import threading
from types import SimpleNamespace

import llvmlite.binding as llvm
import numpy as np
import pytest
import torch

from har_core.models import MODELS, compiled, engine, machine_code, whole_steps
from har_core.models.kernels import TRANSLATED, sources
from har_core.models.networks import build_model
from tests.networks import NETWORKS

FILES = ("layers", "steps_of_lstm", "steps_of_convolution")


def text_of(name: str) -> str:
    return gzip.decompress((TRANSLATED / f"{name}.ll.gz").read_bytes()).decode()


def convolved(kernels) -> np.ndarray:
    """One sequence of three frames, one input, a window of 3 that sums: 1 + 2, 1 + 2 + 3, 2 + 3."""
    frames, outputs = np.array([[1.0], [2.0], [3.0]], np.float32), np.zeros((3, 8), np.float32)
    integers = [np.array(values) for values in ([0], [0, 1], [0], [0], [3])]
    kernels.convolve(
        *integers[:2], frames, *integers[2:], 1, np.ones((3, 8), np.float32), np.zeros((1, 8), np.float32),
        outputs, np.zeros((1, 8), np.float32), np.zeros((1, 5, 1), np.float32),
    )  # fmt: skip
    return outputs[:, 0]


@pytest.mark.parametrize("name", FILES)
def test_what_is_kept_was_translated_from_the_sources_as_they_are(name):
    assert sources() in text_of(name).splitlines()[0], (
        "a kernel was changed: python -m har_core.models.kernels.translation"
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    ("triple", "cpu"),
    [
        ("x86_64-pc-windows-msvc", "x86-64"),
        ("x86_64-unknown-linux-gnu", "x86-64-v4"),
        ("arm64-apple-macosx14.0.0", "apple-m1"),
        ("aarch64-unknown-linux-gnu", "generic"),
    ],
)
def test_code_can_be_made_for_every_processor(name, triple, cpu):
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=cpu, opt=3)
    made = machine.emit_object(machine_code._module(text_of(name), machine))
    code = llvm.ObjectFileRef.from_data(made)
    assert sum(section.size() for section in code.sections() if section.is_text()) > 10_000


def test_kernels_call_nothing_but_what_every_system_has():
    calls = {
        line.split("@")[1].split("(")[0]
        for name in FILES
        for line in text_of(name).splitlines()
        if line.startswith("declare")
    }
    assert calls and all(called.startswith("llvm.") for called in calls)


def test_a_kernel_computes_what_it_should():
    assert convolved(machine_code.load("layers")).tolist() == [3, 6, 5]


OPENED = """
import sys
from har_core.models import machine_code  # imports keep their own files
opened = []
sys.addaudithook(lambda event, given: opened.append(given[0]) if event == "open" else None)
machine_code.load("layers").convolve
print(*opened, sep="\\n")
"""


def test_code_is_neither_read_from_the_disk_nor_kept_there():
    done = subprocess.run([sys.executable, "-c", OPENED], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [str(TRANSLATED / "layers.ll.gz")]


def test_code_is_made_once_also_where_it_is_begun_ahead(monkeypatch):
    made, began, go_on = [], threading.Event(), threading.Event()

    def load(name):
        made.append(name)
        began.set()
        assert go_on.wait(60)
        return SimpleNamespace()

    monkeypatch.setattr(machine_code, "load", load)
    compiled._load.cache_clear()
    try:
        compiled.compile_ahead("layers")
        assert began.wait(60)
        go_on.set()
        assert compiled.kernels("layers") is compiled.kernels("layers")
        assert made == ["layers"]
    finally:
        go_on.set()
        compiled._load.cache_clear()


@pytest.mark.parametrize("kind", [MODELS[name] for name in NETWORKS], ids=NETWORKS)
def test_what_is_compiled_ahead_is_what_trains_the_model(kind, monkeypatch):
    asked = []
    monkeypatch.setattr(
        whole_steps,
        "kernels_for",
        lambda name, *given: asked.append(name) or engine.kernels_for(name, *given),
    )
    model = build_model(kind.options(), 60, 20, torch.Generator())
    assert whole_steps.whole_steps(model, torch.zeros(1, 60)) is not None
    assert asked == [kind.kernels]


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        (0, np.zeros(1, np.int32)),
        (2, np.zeros((3, 2), np.float32)[:, :1]),  # with gaps
        (2, np.zeros(3, np.float32)),
        (6, 1.5),
        (6, 2**63),
        (6, None),
        (3, [0, 1]),
    ],
)
def test_a_kernel_takes_no_other_arguments_than_its_own(place, wrong):
    kernel = machine_code.load("layers").convolve
    integers, matrix = np.zeros(1, np.int64), np.zeros((1, 1), np.float32)
    given = [integers, integers, matrix, integers, integers, integers, 1, *[matrix] * 4, matrix[None]]
    kernel.given(*given)
    with pytest.raises(TypeError, match=r"the kernel layers\.convolve takes other arguments"):
        kernel.given(*given[:place], wrong, *given[place + 1 :])
    with pytest.raises(TypeError):
        kernel.given(*given[:-1])
