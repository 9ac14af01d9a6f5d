"""A run with damaged files costs that run: every page opens, and one says what is wrong with it."""

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]

# Where a fault of the file is told.
TOLD_ON = {
    "config.json": "comparison", "status.json": "comparison", "meta.json": "comparison",
    "results.json": "comparison", "metrics.jsonl": "training", "predictions.npz": "results",
    "features.npz": "features", "best.safetensors": "results", "last.safetensors": "results",
}  # fmt: skip


def removed(path: Path) -> None:
    path.unlink()


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: random.Random(path.name).randrange(1, len(content) - 1)])


def rubbish(path: Path) -> None:
    path.write_bytes(random.Random(path.name).randbytes(3000))


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (removed, emptied, cut, rubbish, folder)
UNSEEN = {(name, damage) for name in ("best.safetensors", "last.safetensors") for damage in (cut, rubbish)}
"""No page reads weights; who does is told then."""

QUICK = [(name, DAMAGES[place % len(DAMAGES)]) for place, name in enumerate(TOLD_ON)]
QUICK.append(("meta.json", removed))  # its results are there, and of no use
ALL = [(name, damage) for name in TOLD_ON for damage in DAMAGES]


def said(screen: AppTest) -> str:
    assert not screen.exception
    alerts = [*screen.error, *screen.warning]
    return "\n".join(alert.value.replace("\\", "") for alert in alerts)


def spoil(run: Run, name: str, damage: Callable[[Path], None], open_page: OpenPage) -> None:
    """Damage a file, open the pages, and look that one of them says what is wrong."""
    damage(run.path / name)
    for page in ("comparison", "training", "results", "features"):
        told = said(open_page(page, run=run.run_id))
        if page == TOLD_ON[name] and (name, damage) not in UNSEEN:
            assert name in told and run.run_id in told, told


@pytest.mark.parametrize(("name", "damage"), QUICK)
def test_pages_open_and_one_says_what_is_damaged(
    name: str, damage: Callable[[Path], None], open_page: OpenPage, runs: dict[str, Run]
) -> None:
    spoil(runs["lstm"], name, damage, open_page)


@pytest.mark.soak
@pytest.mark.parametrize(("name", "damage"), [case for case in ALL if case not in QUICK])
def test_pages_open_whatever_the_damage(
    name: str, damage: Callable[[Path], None], open_page: OpenPage, runs: dict[str, Run]
) -> None:
    spoil(runs["lstm"], name, damage, open_page)


def test_what_is_wrong_with_the_last_weights_alone_is_one_sentence(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    path = runs["lstm"].path / "predictions.npz"
    with np.load(path) as kept:
        arrays = dict(kept)
    np.savez(path, **arrays | {"logits_last": arrays["logits_last"] * np.float32(np.nan)})
    screen = open_page("training", run=runs["lstm"].run_id)
    told = [box.value.replace("\\", "") for box in screen.warning]
    assert all(told) and [each for each in told if "logits_last" in each] == told[-1:]


def test_damaged_runs_are_deleted_on_the_page_and_come_back(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    store, torn = RunStore(), runs["cnn"]
    (torn.path / "status.json").write_text("{")
    screen = open_page("comparison")
    assert f"{torn.run_id} can't be read" in said(screen)
    screen.button(key=f"Delete damaged {torn.run_id}").click().run()
    assert said(screen) == "" and not torn.path.exists() and len(store.all()) == 3
    next(button for button in screen.button if button.label == "Undo").click().run()
    assert f"{torn.run_id} can't be read" in said(screen) and torn.path.is_dir()


def test_many_damaged_runs_are_told_in_few_lines_and_deleted_at_once(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    for number in range(12):
        shutil.copytree(runs["lstm"].path, runs["lstm"].path.with_name(f"2020-{number:02d}"))
        (runs["lstm"].path.with_name(f"2020-{number:02d}") / "config.json").write_bytes(b"\0")
    screen = open_page("comparison")
    assert len(screen.warning) == 6 and "7 more runs can't be read" in said(screen)
    next(button for button in screen.button if button.label == "Delete all 12").click().run()
    assert said(screen) == "" and len(RunStore().all()) == 4


def test_a_damaged_run_that_alone_is_there_can_be_deleted(open_page: OpenPage, runs: dict[str, Run]) -> None:
    for run in runs.values():
        (run.path / "config.json").unlink()
    screen = open_page("comparison")
    assert len(screen.warning) == 4
    screen.button(key=f"Delete damaged {runs['lstm'].run_id}").click().run()
    assert len(screen.warning) == 3 and not screen.exception


def test_a_run_that_is_a_link_is_told_and_only_the_link_deleted(
    open_page: OpenPage, runs: dict[str, Run], tmp_path: Path
) -> None:
    linked = runs["cnn"].path
    linked.rename(tmp_path / "elsewhere")
    linked.symlink_to(tmp_path / "elsewhere")
    assert f"run {linked.name} is a link to another folder" in said(open_page("results", run=linked.name))
    screen = open_page("comparison")
    assert f"{linked.name} can't be read" in said(screen)
    screen.button(key=f"Delete damaged {linked.name}").click().run()
    assert said(screen) == "" and len(RunStore().all()) == 3
    assert (tmp_path / "elsewhere" / "results.json").is_file()
