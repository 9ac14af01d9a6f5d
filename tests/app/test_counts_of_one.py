"""Where there is one of a thing nobody says "1 things": on no page, in no hand-in, by no verb."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

from har_core import cli
from har_core.data.splits import Split
from har_core.models import LstmOptions
from har_core.report.hand_in import hand_in
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]

THINGS = (
    "actions|axes|bytes|channels|classes|components|configs|convolutions|epochs|faults|features|files|frames|"
    "joints|layers|lines|minutes|neighbours|parameters|people|rows|runs|seconds|seeds|sequences|steps|"
    "subjects|times|units"
)
# "1 of 1 sequences" and "4 / 1 / 1 sequences" are right.
WRONG = re.compile(rf"(?<![\w.,/-])(?<!\d of )(?<!One of )(?<!/ )1 (?:[a-z]+ )?(?:{THINGS})\b")


@pytest.fixture
def lonely(har_home: Path) -> Run:
    """A run of one epoch on a set in which there is one of nearly everything."""
    folder = har_home / "sources" / "lonely"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    ragged = np.empty(6, object)
    for row, length in enumerate((9, 8, 7, 6, 5, 1)):
        ragged[row] = random.uniform(-1, 1, (length, 20, 3)).astype(np.float32)
    ragged[1][2, 0] = np.nan  # one broken frame, which counts as untracked
    np.save(folder / "X.npy", ragged, allow_pickle=True)
    np.save(folder / "Y.npy", np.array([1, 2, 1, 2, 1, 2]))
    np.save(folder / "Y_s.npy", np.array([1, 1, 1, 1, 2, 3]))
    config = ExperimentConfig(
        source="lonely", split=Split(name="lonely", train=(1,), validation=(2,), test=(3,)),
        model=LstmOptions(hidden=2), training=GradientTraining(epochs=1), device="cpu",
    )  # fmt: skip
    store = RunStore()
    run_id = store.create(config, queued=False).run_id
    assert len(list(train_run(store, run_id))) == 1
    return store.get(run_id)


def elements(node: object) -> Iterator[Any]:
    """All elements of a page."""
    for child in getattr(node, "children", {}).values():
        yield child
        yield from elements(child)


def wrong_in(text: str) -> list[str]:
    return [text[max(0, it.start() - 40) : it.end() + 20] for it in WRONG.finditer(text)]


def test_the_search_finds_what_it_is_for():
    for said in (
        "1 frames",
        "after 1 epochs the",
        "Queue: 1 runs",
        "**1 sequences**",
        "in 1 sequences",
        "Table of 1 runs",
    ):
        assert wrong_in(said), said
    for said in (
        "1 frame",
        "21 sequences",
        "1 of 1 sequences",
        "epoch 1, sequences",
        "0.1 points",
        "1,001 runs",
    ):
        assert not wrong_in(said), said


@pytest.mark.parametrize(
    "page", ["overview", "data_set", "skeletons", "training", "results", "features", "comparison", "hand_in"]
)
def test_pages(page: str, open_page: OpenPage, lonely: Run) -> None:
    one_frame = {"sequence": "row_0006"} if page in ("data_set", "skeletons") else {}
    screen = open_page(page, source="lonely", run=lonely.run_id, **one_frame)
    assert not screen.exception
    said = "\n".join(str(each.proto) for each in elements(screen._tree) if hasattr(each, "proto"))
    assert len(said) > 1000 and wrong_in(said) == []


def test_hand_in(lonely: Run) -> None:
    for name, content in hand_in(RunStore(), [lonely.run_id]).items():
        text = re.sub(r"<script.*?</script>", "", content.decode(errors="replace"), flags=re.DOTALL)
        assert wrong_in(text) == [], name


@pytest.mark.parametrize(
    "verb", ["data", "data describe lonely", "runs list", "runs show RUN", "train --source lonely --epochs 1"]
)
def test_command_line(verb: str, lonely: Run) -> None:
    result = CliRunner().invoke(cli.app, verb.replace("RUN", lonely.run_id).split(), catch_exceptions=True)
    assert wrong_in(f"{result.output}\n{result.exception or ''}") == []
