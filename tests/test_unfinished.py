"""What is unfinished is deleted when its process must be gone, and stays while it may be at work."""

import os
import time
from pathlib import Path

import pytest

from har_core.unfinished import forget_abandoned, unfinished_folder, unfinished_in

LONG_AGO = time.time() - 7200


def written(path: Path, moment: float | None = None) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text("half")
    if moment is not None:
        for each in (path, path.parent):
            os.utime(each, (moment, moment))
    return path


def test_a_folder_is_there_while_it_is_filled_and_gone_after_whatever_happens(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="full"), unfinished_folder(tmp_path) as made:
        assert made.parent == tmp_path and made.name.startswith(".")
        (made / "file").write_text("half")
        raise OSError("full")
    assert list(tmp_path.iterdir()) == []


def test_what_is_abandoned_goes_and_what_may_be_at_work_stays(tmp_path: Path) -> None:
    killed, at_work, anew = (tmp_path / f".{name}.unfinished" for name in ("killed", "at work", "anew"))
    written(killed / "file", LONG_AGO)
    written(at_work / "file")
    written(anew / "old", LONG_AGO)
    written(anew / "new")
    mine = written(tmp_path / "mine" / "work.unfinished", LONG_AGO)
    unfinished_in(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([at_work, anew, mine.parent]) and mine.exists()


def test_an_abandoned_link_goes_and_not_what_it_leads_to(tmp_path: Path) -> None:
    kept = written(tmp_path / "kept" / "file", LONG_AGO)
    link = tmp_path / ".link.unfinished"
    link.symlink_to(kept.parent)
    os.utime(link, (LONG_AGO, LONG_AGO), follow_symlinks=False)
    forget_abandoned(tmp_path, ".*.unfinished")
    assert not link.is_symlink() and kept.read_text() == "half"
