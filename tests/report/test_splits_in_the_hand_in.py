"""A hand-in says how its runs were split, and its notebook splits the same way."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

from har_core.data.named_splits import parse_split
from har_core.data.splits import LEAKS
from har_core.report.facts import facts_of_run
from har_core.report.findings import Findings, gather
from har_core.report.notebook import notebook
from har_core.report.written import Answers
from har_core.training.store import RunStore


def made(train_small: Any, *asked: str) -> list[Findings]:
    store = RunStore()
    splits = [parse_split(name, range(1, 7)) for name in asked]
    return gather(store, [train_small(store, split=split).run_id for split in splits])


def test_a_random_split_is_told_with_its_shares_and_with_what_leaks(train_small: Any, har_home: Any) -> None:
    (found,) = made(train_small, "random-7")
    assert dict(facts_of_run(found))["Split"] == (
        "random-7: training 50 % of the sequences of each action, 36 sequences; validation 20 % of the "
        "sequences of each action, 16 sequences; test 30 % of the sequences of each action, 20 sequences. "
        f"{LEAKS}"
    )


def test_a_split_without_validation_is_told_with_its_two_parts(train_small: Any, har_home: Any) -> None:
    (found,) = made(train_small, "1,3,5//2,4,6")
    assert dict(facts_of_run(found))["Split"] == (
        "1,3,5//2,4,6: training subjects 1, 3, 5, 36 sequences; test subjects 2, 4, 6, 36 sequences. "
        "Nobody validates, so nothing chooses a best epoch."
    )


@pytest.mark.parametrize("asked", ["random-7", "1-3/4/5-6"])
def test_the_notebook_splits_as_the_run_did(
    asked: str, train_small: Any, har_home: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runs = made(train_small, asked, "random")
    cells = [
        cell["source"]
        for cell in json.loads(notebook(runs, "", Answers()))["cells"]
        if cell["cell_type"] == "code"
    ]
    last = next(row for row, cell in enumerate(cells) if "for part in split.parts" in cell)
    script = tmp_path / "first_steps.py"
    script.write_text("\n".join(cells[: last + 1]), encoding="utf-8")
    made_there = runpy.run_path(str(script))
    split, said = runs[0].run.config.split, capsys.readouterr().out
    assert made_there["split"] == split
    for part, size in runs[0].meta.split_sizes.items():
        assert f"{part}: {split.who(part)}, {size} sequences of 4 classes" in said
