"""Runs, configs and checkpoints that lie: a sentence each, and no run is harmed but the one they lie in."""

import json
import os
import shutil
import struct
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save

from har_core import cli
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.store import RunStore
from tests.hostile.patience import Patience
from tests.hostile.spoiled import Spoiled
from tests.hostile.spoiled_runs import BEGIN, ELSEWHERE, GOOD, lay_out, make_homes, spoiled_everywhere

FIELDS = (
    "schema_version", "source", "preparation", "split", "model", "training", "epochs", "batch_size",
    "learning_rate", "seed", "device",
)  # fmt: skip
NONSENSE = ("null", "[]", "{}", "-1", "1e999", "NaN", '"\\u202e<b>:red[x]</b>"', '"' + "x" * 10_000 + '"')


def configs() -> Iterator[tuple[str, bytes]]:
    for field in FIELDS:
        for value in NONSENSE:
            fits = (value == "{}" and field in ("preparation", "split", "training")) or (
                field == "source" and value.startswith('"')
            )
            if not fits:
                yield f"{field} is {value[:20]}", f'{{"{field}": {value}}}'.encode()
    yield "a newer version", b'{"schema_version": 3, "brand_new": true}'
    yield "an unknown field", b'{"__class__": "os.system"}'
    yield "a field twice as deep", b'{"model": {"name": "lstm", "hidden": {"hidden": 1}}}'
    yield "another model's options", b'{"model": {"name": "lstm", "kernel": 5}}'
    yield "a million units", b'{"model": {"name": "lstm", "units": 1000000000}}'
    yield "epochs beyond all", b'{"epochs": 1' + b"0" * 5000 + b"}"
    yield from TEXTS.items()


TEXTS = {
    "nothing": b"", "a list": b"[]", "a number": b"7", "null": b"null", "a word": b"config",
    "half": b'{"epochs": 1', "nested": b"[" * 50_000, "nested objects": b'{"a":' * 50_000,
    "UTF-16": '{"epochs": 1}'.encode("utf-16"), "no UTF-8": b'{"source": "\xff\xfe"}',
    "rubbish": bytes(range(256)), "a pickle": b"\x80\x04N.", "two": b'{"epochs": 1}{"epochs": 2}',
    "a comment": b'{"epochs": 1} // one', "single quotes": b"{'epochs': 1}",
    "half of a pair": b'{"source": "\\ud800"}', "zeros": bytes(500),
}  # fmt: skip
CONFIGS = dict(configs())


@pytest.mark.parametrize("case", CONFIGS)
def test_a_bad_config_is_one_sentence_and_leaves_no_run(
    case: str, har_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    file = tmp_path / "config.json"
    file.write_bytes(CONFIGS[case])
    said = refusal(monkeypatch, capsys, "train", "--config", str(file), "--source", str(tmp_path))
    assert "config.json" in said and len(said) < 500
    assert not (har_home / "runs").exists()
    if case == "a newer version":
        assert "newer" in said and "version 3" in said


def test_a_config_that_is_no_file_is_not_waited_for(
    tmp_path: Path, har_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large").open("wb") as file:
        file.truncate(10 * 2**30)
    for name, what in (("pipe", "it is a pipe, expected a file"), ("large", "it is larger than")):
        said = refusal(monkeypatch, capsys, "train", "--config", str(tmp_path / name))
        assert f"{name} can't be read: {what}" in said


def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Give a command that has to be refused, and return its sentence."""
    monkeypatch.setattr(sys, "argv", ["har_core", *words])
    with pytest.raises(SystemExit) as end:
        cli.main()
    said = capsys.readouterr()
    assert end.value.code == 2, said.out
    sentence = said.err.removeprefix("Error: ").removesuffix("\n")
    assert sentence.isprintable() and "Traceback" not in sentence
    return sentence


# Checkpoints


@pytest.fixture(scope="module")
def half_trained(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one run, interrupted after its second epoch."""
    from har_core.data.splits import Split

    home = tmp_path_factory.mktemp("half trained")
    split = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(home))
        store = RunStore()
        config = ExperimentConfig(
            source=str(small_source), split=split, training=GradientTraining(epochs=4), device="cpu"
        )
        epochs = train_run(store, store.create(config).run_id)
        next(epochs), next(epochs)
        epochs.close()
    return home


def lies(path: Path) -> Iterator[tuple[str, bytes]]:
    """Checkpoints that are none, made from a good one."""
    content = path.read_bytes()
    length = struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8 : 8 + length])
    body = content[8 + length :]

    def changed(**changes: object) -> bytes:
        text = json.dumps(header | changes).encode()
        return struct.pack("<Q", len(text)) + text + body

    first = next(name for name in header if name.startswith("model/"))
    about = header[first]
    start, end = about["data_offsets"]
    yield "a header of terabytes", struct.pack("<Q", 2**62) + content[8:]
    yield "a header longer than the file", struct.pack("<Q", len(content)) + content[8:]
    yield "no header", struct.pack("<Q", 0) + content[8:]
    for name, change in (
        ("negative offsets", {"data_offsets": [-end, -start]}),
        ("offsets beyond the end", {"data_offsets": [2**50, 2**50 + end]}),
        ("offsets backwards", {"data_offsets": [end, start]}),
        ("overlapping tensors", {"data_offsets": [start, end - 4]}),
        ("a shape of terabytes", {"shape": [2**40, 2**40]}), ("a negative shape", {"shape": [-1]}),
        ("another shape", {"shape": [1, (end - start) // 4]}), ("an unknown type", {"dtype": "OBJECT"}),
        ("another type", {"dtype": "I32"}), ("a shape that is no list", {"shape": "all"}),
    ):  # fmt: skip
        yield name, changed(**{first: about | change})
    state = json.loads(header["__metadata__"]["state"])
    states: dict[str, str | None] = {"no state": None, "rubbish": "{", "a list": "[]", "nested": "[" * 90_000}
    lies = (
        ("epoch", -1), ("epoch", "x"), ("epoch", 0), ("best_epoch", 99),
        ("best_epoch", None), ("best_loss", "x"), ("best_accuracy", []), ("schema_version", 2),
    )  # fmt: skip
    states |= {f"{key} is {value!r}": json.dumps(state | {key: value}) for key, value in lies}
    for name, text in states.items():
        yield f"state: {name}", changed(__metadata__={} if text is None else {"state": text})
    tensors = load_file(path)
    metadata = {"state": header["__metadata__"]["state"]}
    others = {
        "no generator": {name: value for name, value in tensors.items() if name != "generator"},
        "a short generator": tensors | {"generator": torch.zeros(3, dtype=torch.uint8)},
        "a generator of numbers": tensors | {"generator": torch.zeros(5056)},
        "an order of numbers": tensors | {"left": torch.zeros(3)},
        "an order of other data": tensors | {"left": torch.tensor([10**6])},
        "a wider model": tensors | {first: torch.zeros(7, 7)},
        "no best weights": {name: value for name, value in tensors.items() if not name.startswith("best/")},
        "other best weights": tensors | {first.replace("model/", "best/"): torch.zeros(2)},
        "no moments": {name: value for name, value in tensors.items() if "exp_avg" not in name},
        "wider moments": tensors | {"optimiser/0/exp_avg": torch.zeros(3, 3)},
        "nothing but rubbish": {"rubbish": torch.zeros(1)},
    }
    for name, values in others.items():
        yield name, save(values, metadata=metadata)


def test_a_checkpoint_that_lies_fails_its_run_in_a_sentence(
    half_trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (run,) = RunStore(half_trained / "runs").runs()
    for number, (name, content) in enumerate(lies(run.path / "checkpoint.safetensors")):
        home = tmp_path / str(number)
        shutil.copytree(half_trained / "runs", home / "runs")
        monkeypatch.setenv("HAR_HOME", str(home))
        (home / "runs" / run.run_id / "checkpoint.safetensors").write_bytes(content)
        said = refusal(monkeypatch, capsys, "runs", "resume", run.run_id)
        assert "checkpoint.safetensors can't be read" in said, name
        status = RunStore().get(run.run_id).status
        assert (status.state, status.error) == ("failed", said), name
    assert number > 25


# Whole runs

Homes = dict[str, tuple[Path, Path]]


@pytest.fixture(scope="module")
def homes(small_source: Path, tmp_path_factory: pytest.TempPathFactory) -> Homes:
    return make_homes(small_source, tmp_path_factory.mktemp("homes"))


def test_a_hostile_run_is_told_in_sentences(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    go_through(islice(spoiled_everywhere(homes), 0, None, 59), homes, tmp_path, monkeypatch, capsys)


@pytest.mark.soak
def test_every_hostile_run_is_told_in_sentences(
    homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{sum(1 for _ in spoiled_everywhere(homes)):,} hostile runs, from {BEGIN}")  # noqa: T201
    go_through(islice(spoiled_everywhere(homes), BEGIN, None), homes, tmp_path, monkeypatch, capsys)


def go_through(
    cases: Iterable[tuple[str, Spoiled]], homes: Homes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    """Spoil a run beside a whole one, give every command on it, and tell each fault when it is found."""
    faults = []
    monkeypatch.chdir(tmp_path)  # where the pickles would leave their mark
    for count, (state, case) in enumerate(cases, start=1):
        home = tmp_path / str(count)
        (run_id,) = lay_out([(state, case)], homes, home)
        monkeypatch.setenv("HAR_HOME", str(home))
        before = contents(home / "elsewhere")
        found = []
        for words in (
            ("runs", "list", "--json"), ("runs", "list"), ("runs", "show", run_id),
            ("report", run_id, GOOD, "--out", str(home / "hand-in")),
            ("runs", "label", run_id, "--name", "new"), ("runs", "resume", run_id),
            ("runs", "show", GOOD), ("runs", "delete", run_id),
        ):  # fmt: skip
            fault = fault_of(words, monkeypatch, capsys)
            found += [f"{' '.join(words)}: {fault}"] if fault else []
        left = os.path.lexists(home / "runs" / run_id)
        if left or contents(home / "elsewhere") != before or (tmp_path / "evil").exists():
            found.append("it was not deleted, or something else was changed")
        shutil.rmtree(home)
        faults += [f"{state} run, {case.name}: {fault}" for fault in found]
        if found or count % 500 == 0:
            with capsys.disabled():
                print(f"{count:,} done, {len(faults)} faults", *faults[len(faults) - len(found) :], sep="\n")  # noqa: T201
    assert not faults, "\n".join(faults)


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fault_of(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """Give a command, and return what is wrong with its answer; nothing if it does, or says why not."""
    monkeypatch.setattr(sys, "argv", ["har_core", *words])
    code: object = 0
    try:
        with Patience():
            cli.main()
    except SystemExit as end:
        code = end.code
    except BaseException as error:
        return f"{error!r}"[:300]
    finally:
        said = capsys.readouterr()
    sentence = said.err.removeprefix("Error: ").removesuffix("\n")
    if code == 2 and not (len(sentence) < 1500 and sentence.isprintable()):
        return f"it says {sentence[:300]!r}"
    if ELSEWHERE in said.out + said.err:
        return "it quotes another file"
    if code not in ((0,) if words[-1] == GOOD else (0, 2)):
        return f"it ends with {code}: {sentence[:300]}"
    return "" if "list" not in words or GOOD in said.out else "it doesn't list the whole run"
