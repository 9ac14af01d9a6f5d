"""The translated kernels are those of the sources; their code is kept on disk, and takes only what it can."""

import gzip
import logging

import llvmlite.binding as llvm
import numpy as np
import pytest

from har_core.models import machine_code
from har_core.models.kernels import TRANSLATED, sources

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


@pytest.fixture
def kept(tmp_path, monkeypatch):
    monkeypatch.setattr(machine_code, "_KEPT", tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture
def compiled(monkeypatch) -> list[str]:
    """What is compiled, file by file."""
    found, compile_it = [], machine_code._compile
    monkeypatch.setattr(
        machine_code, "_compile", lambda text, machine: found.append(text) or compile_it(text, machine)
    )
    return found


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
    code = llvm.ObjectFileRef.from_data(machine_code._compile(text_of(name), machine))
    assert sum(section.size() for section in code.sections() if section.is_text()) > 10_000


def test_kernels_call_nothing_but_what_every_system_has():
    calls = {
        line.split("@")[1].split("(")[0]
        for name in FILES
        for line in text_of(name).splitlines()
        if line.startswith("declare")
    }
    assert calls and all(called.startswith("llvm.") for called in calls)


def test_code_is_kept_and_not_compiled_again(kept, compiled):
    assert convolved(machine_code.load("layers")).tolist() == [3, 6, 5]
    assert len(list(kept.iterdir())) == len(compiled) == 1
    assert convolved(machine_code.load("layers")).tolist() == [3, 6, 5]
    assert len(compiled) == 1


@pytest.mark.parametrize("damage", [b"", b"rubbish", None])
def test_damaged_code_is_compiled_again(kept, compiled, damage):
    machine_code.load("layers")
    (place,) = kept.iterdir()
    whole = place.read_bytes()
    place.write_bytes(whole[:-1] if damage is None else damage)
    assert convolved(machine_code.load("layers")).tolist() == [3, 6, 5]
    assert len(compiled) == 2 and place.read_bytes() == whole


def test_code_for_another_processor_or_from_another_llvm_is_not_taken(kept, compiled, monkeypatch):
    machine_code.load("layers")
    monkeypatch.setattr(machine_code.llvmlite, "__version__", "99.0")
    machine_code.load("layers")
    monkeypatch.setattr(machine_code.llvm, "get_host_cpu_name", lambda: "generic")
    machine_code.load("layers")
    assert len(compiled) == 3 and len(list(kept.iterdir())) == 3


def test_code_of_a_kernel_as_it_was_before_is_dropped_and_no_other(kept, compiled, tmp_path, monkeypatch):
    machine_code.load("layers")
    (older,) = kept.iterdir()
    machine_code.load("steps_of_convolution")
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(machine_code.llvm, "get_host_cpu_name", lambda: "generic")
        machine_code.load("layers")
    before = set(kept.iterdir())
    changed = gzip.compress(f"{text_of('layers')}\n; changed\n".encode())
    (tmp_path / "layers.ll.gz").write_bytes(changed)
    monkeypatch.setattr(machine_code, "TRANSLATED", tmp_path)
    assert convolved(machine_code.load("layers")).tolist() == [3, 6, 5]
    after = set(kept.iterdir())
    assert len(compiled) == 4 and len(before) == len(after) == 3
    assert before - after == {older}


def test_where_nothing_can_be_kept_it_is_compiled_and_that_is_told(kept, compiled, caplog):
    kept.write_text("a file, where a folder is needed")
    with caplog.at_level(logging.INFO, logger=machine_code.__name__):
        assert convolved(machine_code.load("layers")).tolist() == [3, 6, 5]
    assert len(compiled) == 1 and "can't be kept" in caplog.text


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
