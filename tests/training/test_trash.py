"""Deleted runs: listed, and moved there and back whole or not at all, on one file system or between two."""

import errno
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from har_core.errors import RunError
from har_core.training import trash
from har_core.training.records import Label
from har_core.training.store import DamagedRun, Run, RunStore
from tests.killing import grow_old, hidden_in, killed_at_each_write, knows_signals

rename = os.rename


@pytest.fixture
def store(har_home: Path) -> RunStore:
    return RunStore()


@pytest.fixture
def run(store: RunStore, small_config) -> Run:
    made = store.create(small_config)
    (made.path / "more").mkdir()
    (made.path / "more" / "weights").write_bytes(bytes(range(256)))
    return made


@pytest.fixture
def two_disks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two folders nothing can be renamed, as between two file systems."""

    def refuse(path: Path, there: Path) -> None:
        if path.parent != there.parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), str(path))
        rename(path, there)

    monkeypatch.setattr(trash.os, "rename", refuse)


@pytest.fixture(params=["one disk", "two disks"])
def any_disks(request: pytest.FixtureRequest) -> None:
    if request.param == "two disks":
        request.getfixturevalue("two_disks")


def content(folder: Path) -> dict[str, bytes | None]:
    """All that a folder holds; None for what is no regular file."""
    found = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.name != ".lock"}
    return {name: path.read_bytes() if path.is_file() else None for name, path in found.items()}


# What is in the trash


def test_deleted_runs_are_listed_the_last_one_first_and_say_when(store, small_config):
    first, second, third = (store.create(small_config.model_copy(update={"seed": n})) for n in range(3))
    store.write_label(second.run_id, Label(name="mine"))
    begin = datetime.now(UTC)
    for run in (second, third, first):
        store.delete(run.run_id)
    found = RunStore().deleted()  # as another process or the next session sees it
    assert [each.run.run_id for each in found] == [first.run_id, third.run_id, second.run_id]
    moments = [each.at for each in found]
    assert moments == sorted(moments, reverse=True)
    assert all(begin <= moment <= begin + timedelta(minutes=5) for moment in moments)
    assert found[2].run.label.name == "mine" and found[2].run.config == second.config
    store.restore(third.run_id)
    assert [each.run.run_id for each in store.deleted()] == [first.run_id, second.run_id]
    assert store.get(third.run_id).config == third.config


def test_where_nothing_was_deleted_nothing_is_listed(store, run):
    assert store.deleted() == [] and not (store.folder.parent / "trash").exists()


@pytest.mark.parametrize(
    "mark", [None, b"", b"yesterday", b"\xff", b"9" * 5000, b"0001-01-01T00:00:00+14:00"]
)
def test_what_was_deleted_nobody_knows_when_is_listed_last(mark, store, small_config):
    old, new = store.create(small_config), store.create(small_config)
    at = store.delete(old.run_id)
    (at / ".deleted").unlink() if mark is None else (at / ".deleted").write_bytes(mark)
    store.delete(new.run_id)
    assert [each.run.run_id for each in store.deleted()] == [new.run_id, old.run_id]
    assert store.deleted()[1].at is None
    assert store.restore(old.run_id) == old.path and store.get(old.run_id).config == old.config


def test_a_deleted_link_and_a_mark_that_is_a_pipe_keep_nobody_waiting(store, small_config, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    os.mkfifo(elsewhere / ".deleted")
    link, run = store.folder / "link", store.create(small_config)
    link.symlink_to(elsewhere)
    store.delete("link")
    at = store.delete(run.run_id)
    (at / ".deleted").unlink()
    os.mkfifo(at / ".deleted")
    assert {each.run.run_id: each.at for each in store.deleted()} == {"link": None, run.run_id: None}


def test_damage_in_the_trash_is_listed_and_hides_nothing(store, small_config):
    torn, whole = store.create(small_config), store.create(small_config)
    (torn.path / "status.json").write_text("{")
    store.delete(torn.run_id)
    store.delete(whole.run_id)
    trashed = store.folder.parent / "trash"
    (trashed / "a file").touch()
    (trashed / "a folder").mkdir()
    (trashed / ".hidden").mkdir()
    found = {each.run.run_id: each.run for each in store.deleted()}
    assert set(found) == {torn.run_id, whole.run_id, "a folder"}
    assert isinstance(found[whole.run_id], Run)
    assert isinstance(found[torn.run_id], DamagedRun) and isinstance(found["a folder"], DamagedRun)
    store.restore(torn.run_id)
    (back,) = store.all()
    assert isinstance(back, DamagedRun) and back.run_id == torn.run_id


def test_runs_of_one_name_are_listed_each_and_both_come_back(store, run):
    trashed = store.delete(run.run_id)
    shutil.copytree(trashed, run.path)
    (run.path / "newer").touch()
    assert store.delete(run.run_id) == trashed
    last, older = store.deleted()
    assert last.run.run_id == run.run_id and older.run.run_id.startswith(f"{run.run_id}-")
    assert last.run.config == older.run.config == run.config
    assert store.restore(older.run.run_id).name == older.run.run_id
    assert store.restore(run.run_id) == run.path and (run.path / "newer").is_file()
    assert len(store.runs()) == 2 and store.deleted() == []


# Whole or not at all


def test_a_run_goes_and_comes_back_to_the_last_byte(any_disks, store, run):
    before = content(run.path)
    there = store.delete(run.run_id)
    assert {name: held for name, held in content(there).items() if name != ".deleted"} == before
    assert [path.name for path in store.folder.iterdir()] == []
    assert store.restore(run.run_id) == run.path and content(run.path) == before
    assert [path.name for path in there.parent.iterdir()] == []


def test_an_older_run_makes_room(any_disks, store, run):
    there = store.delete(run.run_id)
    shutil.copytree(there, run.path)
    (run.path / "newer").touch()
    store.delete(run.run_id)
    assert (there / "newer").is_file() and len(list(there.parent.iterdir())) == 2


def special(path: Path, kind: str) -> None:
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("config.json")


@pytest.mark.parametrize("kind", ["pipe", "link"])
@pytest.mark.parametrize("where", [".", "more"])
def test_what_can_not_be_copied_is_refused_before_anything_is_moved(kind, where, two_disks, store, run):
    there = store.delete(run.run_id)
    shutil.copytree(there, run.path)
    special(run.path / where / "strange", kind)
    before, in_trash = content(run.path), content(there)
    with pytest.raises(RunError) as told:
        store.delete(run.run_id)
    assert "strange is neither a file nor a folder" in str(told.value) and "\n" not in str(told.value)
    assert content(run.path) == before and content(there) == in_trash
    assert [path.name for path in store.folder.iterdir()] == [run.run_id]
    assert [path.name for path in there.parent.iterdir()] == [run.run_id]


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_on_one_disk_all_that_a_run_holds_goes_with_it(kind, store, run):
    special(run.path / "strange", kind)
    assert os.path.lexists(store.delete(run.run_id) / "strange") and not run.path.exists()


@pytest.mark.parametrize("step", ["copy2", "scandir", "mkdir"])
def test_a_full_disk_leaves_no_half_copy(step, two_disks, store, run, monkeypatch):
    before = content(run.path)
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(run.path / "more" / "weights"))

    def refuse(*args: object, **options: object) -> None:
        if step != "copy2" or "weights" in str(args[0]):
            raise full

    place = {"copy2": trash.shutil, "scandir": trash.os, "mkdir": trash.Path}[step]
    with monkeypatch.context() as patch:
        patch.setattr(place, step, refuse)
        with pytest.raises(RunError) as told:
            store.delete(run.run_id)
    assert "No space left on device" in str(told.value) and run.run_id in str(told.value)
    assert "('" not in str(told.value) and "\n" not in str(told.value)
    assert content(run.path) == before and store.get(run.run_id) == run
    assert not (store.folder.parent / "trash").exists() or content(store.folder.parent / "trash") == {}


def test_a_run_that_can_not_leave_its_folder_is_in_one_place(two_disks, store, run, monkeypatch):
    before = content(run.path)
    between = trash.os.rename

    def refuse(path: Path, there: Path) -> None:
        if path == run.path and path.parent == there.parent:
            raise OSError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        between(path, there)

    monkeypatch.setattr(trash.os, "rename", refuse)
    with pytest.raises(RunError, match="can't be moved to .*trash: Permission denied .*it is still in"):
        store.delete(run.run_id)
    assert content(run.path) == before and content(store.folder.parent / "trash") == {}


def test_a_moment_that_can_not_be_written_down_keeps_no_run(store, run, monkeypatch):
    def refuse(*args: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(trash, "replace_file", refuse)
    store.delete(run.run_id)
    assert [each.at for each in store.deleted()] == [None]


def test_between_two_real_file_systems(store, run, tmp_path):
    other = Path("/dev/shm")  # noqa: S108 (a file system of its own under Linux)
    if not other.is_dir() or os.stat(other).st_dev == os.stat(tmp_path).st_dev:
        pytest.skip("there is no second file system at /dev/shm")
    folder = other / f"har-trash-{os.getpid()}"
    folder.mkdir()
    try:
        (store.folder.parent / "trash").symlink_to(folder)
        before = content(run.path)
        os.mkfifo(run.path / "pipe")
        with pytest.raises(RunError, match="pipe is neither a file nor a folder"):
            store.delete(run.run_id)
        (run.path / "pipe").unlink()
        store.delete(run.run_id)
        assert [each.run.run_id for each in store.deleted()] == [run.run_id] and store.all() == []
        store.restore(run.run_id)
        assert content(run.path) == before and list(folder.iterdir()) == []
    finally:
        shutil.rmtree(folder)


# Killed


def assert_whole(whole: dict[str, bytes | None], *folders: Path) -> None:
    """The run lies in at least one of these folders, and wherever it is seen it is whole."""
    seen = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if path.name[0] != "."]
    assert seen
    for path in seen:
        found = {name: held for name, held in content(path).items() if ".deleted" not in name}
        assert found == whole


@knows_signals
@pytest.mark.parametrize("verb", ["delete", "restore"])
def test_killed_at_any_write_of_a_move_a_run_is_whole_and_nothing_stays_behind(
    verb: str, store: RunStore, run: Run, har_home: Path, any_disks: None
) -> None:
    runs, deleted = har_home / "runs", har_home / "trash"
    whole = content(run.path)
    if verb == "restore":
        store.delete(run.run_id)
    kills = 0
    for kills in killed_at_each_write(lambda: getattr(RunStore(), verb)(run.run_id)):  # noqa: B007
        assert_whole(whole, runs, deleted)
        grow_old(har_home)
        if not run.path.exists():
            store.restore(run.run_id)
        store.delete(run.run_id)
        assert [each.run.run_id for each in store.deleted()][0] == run.run_id
        store.restore(run.run_id)
        assert content(run.path) == whole and hidden_in(har_home) == []
        shutil.rmtree(deleted)
        if verb == "restore":
            store.delete(run.run_id)
    assert kills >= 3


@knows_signals
def test_killed_at_any_write_a_run_is_made_whole_or_not_at_all(
    store: RunStore, small_config, har_home: Path
) -> None:
    for _ in killed_at_each_write(lambda: RunStore().create(small_config)):
        assert all(isinstance(found, Run) for found in store.all())
        grow_old(har_home)
        store.create(small_config)
        assert hidden_in(har_home) == []


@knows_signals
def test_killed_at_any_write_of_a_label_it_is_the_old_one_or_the_new(
    store: RunStore, run: Run, har_home: Path
) -> None:
    old, new = Label(name="old"), Label(name="new", note="x" * 2000)
    store.write_label(run.run_id, old)
    for _ in killed_at_each_write(lambda: RunStore().write_label(run.run_id, new)):
        assert store.get(run.run_id).label in (old, new)
        grow_old(har_home)
        store.write_label(run.run_id, old)
        assert store.get(run.run_id).label == old and hidden_in(har_home) == []
    assert store.get(run.run_id).label == new
