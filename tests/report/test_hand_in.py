"""A hand-in on the disk: all of its files or none, the same each time, and never over somebody's answers."""

import re
import shutil
from io import BytesIO
from zipfile import ZipFile

import pytest

from har_core.errors import RunError
from har_core.report.hand_in import hand_in, write_hand_in, zipped
from tests.killing import command_line, grow_old, killed_at_each_write, knows_signals


def test_same_runs_give_the_same_bytes(made):
    again = hand_in(type(made.store)(made.store.folder), made.ids)
    assert again == made.files and zipped(again) == zipped(made.files)


def test_paths_hold_no_text_of_the_user(made):
    assert {"report.html", "notebook.ipynb", "metrics.csv", "predictions.csv"} < set(made.files)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+|figures/[12]-[a-z]+-[a-z]+\.svg", name) for name in made.files)


def test_folder_and_zip_hold_the_files(made, tmp_path):
    write_hand_in(made.files, tmp_path / "deep" / "folder")
    write_hand_in(made.files, tmp_path / "work.zip")
    found = {path.relative_to(tmp_path / "deep" / "folder").as_posix(): path.read_bytes()
             for path in (tmp_path / "deep" / "folder").rglob("*") if path.is_file()}  # fmt: skip
    assert found == made.files
    with ZipFile(BytesIO((tmp_path / "work.zip").read_bytes())) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"hand-in/{name}": content for name, content in made.files.items()
        }
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "work.zip"]


@pytest.mark.parametrize("name", ["taken", "taken.zip", "file"])
def test_nothing_is_written_over(name, made, tmp_path):
    place = tmp_path / name
    if name == "taken":
        place.mkdir()
        (place / "report.html").write_text("my answers")
    else:
        place.write_text("my answers")
    with pytest.raises(RunError, match="is there already, and may hold your answers"):
        write_hand_in(made.files, place)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_empty_folder_is_filled(made, tmp_path):
    (tmp_path / "empty").mkdir()
    write_hand_in(made.files, tmp_path / "empty")
    assert (tmp_path / "empty" / "report.html").read_bytes() == made.files["report.html"]


def test_place_that_can_not_be_written_is_told_and_nothing_is_left(made, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="can't be written"):
        write_hand_in(made.files, tmp_path / "file" / "hand-in")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_runs_without_results_are_refused(made, small_config, tmp_path):
    store = type(made.store)(tmp_path / "runs")
    with pytest.raises(RunError, match="needs a run"):
        hand_in(store, [])
    with pytest.raises(RunError, match="there is no run named 'nothing'"):
        hand_in(store, ["nothing"])
    with pytest.raises(RunError, match="is queued and has no results"):
        hand_in(store, [store.create(small_config).run_id])


def test_run_that_is_named_twice_counts_once(made):
    assert hand_in(made.store, [*made.ids, made.ids[0]]) == made.files


@knows_signals
@pytest.mark.parametrize("name", ["folder", "work.zip", "empty"])
def test_killed_at_any_write_a_hand_in_is_there_whole_or_not_at_all(made, tmp_path, monkeypatch, name):
    files = {name: made.files[name] for name in sorted(made.files)[-4:]} | {"figures/1.svg": b"<svg/>"}
    monkeypatch.setattr("har_core.report.hand_in.hand_in", lambda *_, **__: files)
    out = tmp_path / name

    def begin_again():
        shutil.rmtree(tmp_path)
        (out if name == "empty" else tmp_path).mkdir(parents=True)

    begin_again()
    for _ in killed_at_each_write(lambda: command_line("report", *made.ids, "--out", out)):
        if out.is_dir() and any(out.iterdir()) or out.is_file():
            assert held_in(out) == files
        grow_old(tmp_path)
        write_hand_in(files, tmp_path / "again")
        assert {path.name for path in tmp_path.iterdir()} <= {"again", name}
        begin_again()
    assert held_in(out) == files


def held_in(out):
    if out.is_dir():
        return {
            path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()
        }
    with ZipFile(out) as archive:
        return {name.removeprefix("hand-in/"): archive.read(name) for name in archive.namelist()}
