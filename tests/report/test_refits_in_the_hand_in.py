"""A hand-in keeps the figures of a refit apart from those of the runs before it."""

import json
import re
from typing import Any

import pytest

from har_core.data.splits import REFITTED, Split
from har_core.models import LstmOptions
from har_core.report.assignment import STEPS
from har_core.report.hand_in import hand_in
from har_core.training.store import RunStore

SPLIT = Split(name="small", train=(1, 2, 3), validation=(4,), test=(5, 6))


@pytest.fixture(scope="module")
def made(train_small: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Any], dict[str, bytes]]:
    """A refit, handed in before the run that it is a refit of, and the files."""
    store = RunStore(tmp_path_factory.mktemp("refits") / "runs")
    splits = (SPLIT.model_copy(update={"refit": True}), SPLIT)
    runs = [train_small(store, model=LstmOptions(hidden=6), split=split) for split in splits]
    return runs, hand_in(store, [run.run_id for run in runs])


def table_of(page: str, heading: str) -> str:
    """The first table behind a heading of the page."""
    return re.sub(r"<[^>]+>", " ", page[page.index(heading) :].split("<tbody>")[1].split("</tbody>")[0])


def test_the_page_has_a_table_for_refits_alone(made: Any) -> None:
    (refit, before), files = made
    page = files["report.html"].decode()
    beside, apart = (table_of(page, f"{heading}</h") for heading in ("side by side", REFITTED.capitalize()))
    assert "2. LSTM" in beside and "1. LSTM" not in beside
    assert apart.split()[-4:] == [
        *f"{100 * refit.results.last.test:.1f} %".split(), *f"{100 * refit.results.last.train:.1f} %".split(),
    ]  # fmt: skip
    assert f"{REFITTED.capitalize()}, it recognises of the test sequences" in page
    assert "small, refitted on training and validation: training subjects 1 to 4, 48 sequences; test" in page


def test_the_questions_stand_with_the_run_before(made: Any) -> None:
    page = made[1]["report.html"].decode()
    asked = next(step for step in STEPS if step.about == "lstm" and step.question)
    at = page.index(f'data-answer="{asked.number}"')
    assert page.index('<section id="run-2"') < at < page.index('<section id="conclusions"')
    cells = json.loads(made[1]["notebook.ipynb"])["cells"]
    texts = ["".join(cell["source"]) for cell in cells]
    first, second = (
        next(row for row, text in enumerate(texts) if text.startswith(f"## Run {n}:")) for n in (1, 2)
    )
    assert first < second < next(row for row, text in enumerate(texts) if asked.question in text)
    assert REFITTED in texts[first] and REFITTED not in texts[second]
    assert any(text.startswith(f"## {REFITTED.capitalize()}") for text in texts)


def test_the_tables_name_the_split_of_each_row(made: Any) -> None:
    (refit, before), files = made
    for name in ("metrics.csv", "predictions.csv"):
        header, *rows = files[name].decode("utf-8-sig").splitlines()
        assert header.split(",")[:3] == ["run", "model", "split"]
        for run, split in ((refit, f'"small, {REFITTED}"'), (before, "small")):
            own = [row for row in rows if row.startswith(run.run_id)]
            assert own and all(row.startswith(f"{run.run_id},lstm,{split},") for row in own)
