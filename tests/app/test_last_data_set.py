"""The dashboard opens with the data set that was used last, whatever became of the file that says so."""

import errno
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from har_core.training import last_data_set

OpenPage = Callable[..., AppTest]


def data_set_of(screen: AppTest) -> str:
    assert not screen.exception and not screen.error
    (chosen,) = [box.value for box in screen.selectbox if box.label == "Data set"]
    assert screen.query_params["source"] == chosen
    return str(chosen)


def kept(home: Path) -> Path:
    return home / "last-data-set.json"


@pytest.mark.parametrize("page", ["overview", "data_set", "skeletons", "training"])
def test_data_set_that_was_used_is_there_at_the_next_visit(
    open_page: OpenPage, recorded_source: str, page: str
) -> None:
    open_page(page, source=recorded_source)
    screen = open_page("overview")
    assert data_set_of(screen) == recorded_source and not screen.info
    assert data_set_of(open_page("overview", source="synthetic")) == "synthetic"  # a URL that says so wins
    assert data_set_of(open_page("overview")) == "synthetic"


def test_layout_that_was_chosen_comes_along(open_page: OpenPage, recorded_source: str) -> None:
    open_page("skeletons", source=recorded_source, layout="N,T,J,3")
    screen = open_page("skeletons")
    assert data_set_of(screen) == recorded_source
    assert screen.query_params["layout"] == "N,T,J,3"


def test_what_was_said_of_the_files_comes_along(
    open_page: OpenPage, har_home: Path, recorded_source: str
) -> None:
    open_page("skeletons", source=recorded_source, skeleton="utd-20", rate="30")
    screen = open_page("skeletons")
    assert (screen.query_params["skeleton"], screen.query_params["rate"]) == ("utd-20", "30.0")
    # As it was written when there was nothing to say but the layout.
    kept(har_home).write_text(json.dumps({"source": recorded_source, "layout": "N,T,J,3"}))
    assert open_page("skeletons").query_params["layout"] == "N,T,J,3"


def test_what_can_not_be_said_of_files_is_told(open_page: OpenPage, recorded_source: str) -> None:
    screen = open_page("skeletons", source=recorded_source, rate="fast")
    (error,) = screen.error
    assert "rate is 'fast'" in error.value


def test_data_set_that_can_not_be_read_is_not_kept(open_page: OpenPage, recorded_source: str) -> None:
    assert open_page("overview", source="nowhere").error
    assert not data_set_of(open_page("overview")) == "nowhere"
    open_page("overview", source=recorded_source)
    assert open_page("overview", source="nowhere").error
    assert data_set_of(open_page("overview")) == recorded_source


@pytest.mark.parametrize(
    "content",
    [b"", b"no json", b"[]", b"\xff\x00", b'{"source": 1}', b'{"source": ""}', b"[" * 9000,
     b'{"source": "three-actions", "more": 1}', b'{"source": "' + b"x" * 100_000 + b'"}'],
    ids=lambda content: content[:30].decode("latin-1"),
)  # fmt: skip
def test_damaged_file_is_as_none(
    open_page: OpenPage, har_home: Path, recorded_source: str, content: bytes
) -> None:
    kept(har_home).write_bytes(content)
    screen = open_page("overview")
    assert data_set_of(screen) == "synthetic" and not screen.info
    open_page("overview", source=recorded_source)
    assert data_set_of(open_page("overview")) == recorded_source


@pytest.mark.parametrize("source", ["a\0b", "../../etc/passwd", "/dev/zero", "é" * 4000, "msr-action3d"])
def test_hostile_or_missing_data_set_is_told_and_the_synthetic_one_is_shown(
    open_page: OpenPage, har_home: Path, source: str
) -> None:
    har_home.mkdir()
    kept(har_home).write_text(json.dumps({"source": source}))
    screen = open_page("overview")
    assert data_set_of(screen) == "synthetic"
    assert repr(source[:80])[:20] in screen.sidebar.info[0].value.replace("\\\\", "\\")


def test_data_set_that_is_gone_is_told_until_it_is_back(
    open_page: OpenPage, har_home: Path, recorded_source: str
) -> None:
    open_page("overview", source=recorded_source)
    folder = har_home / "sources" / recorded_source
    folder.rename(har_home / "away")
    screen = open_page("overview")
    assert data_set_of(screen) == "synthetic"
    assert "three-actions" in screen.sidebar.info[0].value
    (har_home / "away").rename(folder)
    assert data_set_of(open_page("overview")) == recorded_source


@pytest.mark.parametrize("why", ["read-only", "in the way"])
def test_home_that_can_not_be_written_works_without_keeping(
    open_page: OpenPage, har_home: Path, recorded_source: str, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    if why == "read-only":
        monkeypatch.setattr(last_data_set, "replace_file", refuse)
    else:
        kept(har_home).mkdir()
    assert data_set_of(open_page("overview", source=recorded_source)) == recorded_source
    assert data_set_of(open_page("overview")) == "synthetic"


def test_synthetic_set_alone_writes_nothing(open_page: OpenPage, har_home: Path) -> None:
    open_page("overview")
    assert not kept(har_home).exists()
