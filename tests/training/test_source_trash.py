"""The user's own data sets go to the trash and come back; what a run needs, or lies elsewhere, stays."""

import shutil
from pathlib import Path

import pytest

from har_core.data.sources import list_sources, load_source, source_folder
from har_core.errors import DataError
from har_core.home import home
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.source_trash import delete_source, own_sources, restore_source
from har_core.training.store import RunStore

pytestmark = pytest.mark.usefixtures("har_home")


@pytest.fixture
def mine(small_source: Path) -> Path:
    """A source of the user's own."""
    return Path(shutil.copytree(small_source, source_folder("mine")))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_deleted_source_is_gone_and_comes_back_as_it_was(mine: Path) -> None:
    before = content(mine)
    there = delete_source(RunStore(), "mine")
    assert there.is_relative_to(home()) and content(there) == before
    assert own_sources() == [] and [info.name for info in list_sources()] == ["synthetic", "msr-action3d"]
    with pytest.raises(DataError, match="'mine' was not found"):
        load_source("mine")
    assert restore_source("mine") == mine
    assert content(mine) == before and own_sources() == ["mine"]


def test_the_last_one_deleted_comes_back_and_none_is_lost(mine: Path, small_source: Path) -> None:
    (mine / "note").write_text("first")
    delete_source(RunStore(), "mine")
    shutil.copytree(small_source, mine)
    trash = delete_source(RunStore(), "mine").parent
    restore_source("mine")
    assert not (mine / "note").exists()
    assert [(other / "note").read_text() for other in trash.iterdir()] == ["first"]


@pytest.mark.parametrize("state", ["queued", "running"])
@pytest.mark.parametrize("named", ["by name", "by path"])
def test_a_source_that_a_run_needs_stays(mine: Path, state: str, named: str) -> None:
    store = RunStore()
    config = ExperimentConfig(
        source="mine" if named == "by name" else str(mine), training=GradientTraining(epochs=1)
    )
    run = store.create(config, queued=state == "queued")
    with store.alone(run.run_id), pytest.raises(DataError, match=f"needed by {run.run_id}") as caught:
        delete_source(store, "mine")
    assert str(caught.value).endswith("Stop that first, or let it end.")
    assert own_sources() == ["mine"]


def test_a_run_on_other_data_or_one_that_was_stopped_needs_nothing(mine: Path) -> None:
    store = RunStore()
    store.create(ExperimentConfig(source="synthetic"))
    store.create(ExperimentConfig(source="gone"))
    stopped = store.create(ExperimentConfig(source="mine"))
    store.request(stopped.run_id, "stop")
    delete_source(store, "mine")
    assert own_sources() == []


def test_nothing_but_sources_of_the_user_is_deleted(mine: Path, small_source: Path, tmp_path: Path) -> None:
    shutil.copytree(small_source, tmp_path / "elsewhere")
    (source_folder("link")).symlink_to(tmp_path / "elsewhere")
    for source in ("synthetic", "msr-action3d", str(tmp_path / "elsewhere"), str(mine.parent)):
        with pytest.raises(DataError, match="none of your own data sets"):
            delete_source(RunStore(), source)
    delete_source(RunStore(), "link")  # which goes, but not what it leads to
    assert len(content(tmp_path / "elsewhere")) == 5
    assert load_source("mine").sequences.ids


@pytest.mark.parametrize("name", ["nothing", "", ".", "..", "../sources/mine", "a/b", ".trash"])
def test_what_is_not_in_the_trash_is_told(mine: Path, name: str) -> None:
    with pytest.raises(DataError, match="no data set named"):
        restore_source(name)
    assert own_sources() == ["mine"]


def test_a_source_of_that_name_is_not_written_over(mine: Path, small_source: Path) -> None:
    delete_source(RunStore(), "mine")
    shutil.copytree(small_source, source_folder("Mine"))
    with pytest.raises(DataError, match="named mine already"):
        restore_source("mine")


def test_a_disk_that_refuses_is_told(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(DataError, match="can't be moved: Permission denied"):
        delete_source(RunStore(), "mine")
    assert own_sources() == ["mine"]
