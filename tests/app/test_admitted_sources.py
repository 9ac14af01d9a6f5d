"""On a server that is open to others a visitor opens no path but the owner's, and hears of none."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from app.shell.admitted_sources import admit
from har_core.errors import HarError
from har_core.training.config import ExperimentConfig
from har_core.training.store import RunStore

OpenPage = Callable[..., AppTest]
PAGES = ("overview", "data_set", "skeletons", "training", "try_a_file", "hand_in")


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The function ``listening(address, **lists)``: the server has these options."""
    options = st.get_option

    def listen(address: str | None, **lists: list[str]) -> None:
        chosen = {"server.address": address} | {f"server.{name}": value for name, value in lists.items()}
        monkeypatch.setattr(st, "get_option", lambda name: chosen[name] if name in chosen else options(name))

    return listen


def refusal(source: str | Path) -> str:
    with pytest.raises(HarError) as refused:
        admit(str(source))
    return str(refused.value)


def test_on_a_server_for_this_computer_alone_every_path_is_admitted(
    listening: Callable[..., None], har_home: Path
) -> None:
    for address in ("127.0.0.1", "localhost", "::1"):
        listening(address)
        admit("/etc/shadow")


@pytest.mark.parametrize(
    "options",
    [
        {"address": "0.0.0.0"},  # noqa: S104 - nothing listens there
        {"address": None},
        {"address": "192.168.1.5"},
        {"address": "127.0.0.1", "allowedHosts": ["lab.example.org"]},
        {"address": "127.0.0.1", "corsAllowedOrigins": ["https://lab.example.org"]},
    ],
)
def test_where_others_may_come_they_get_one_sentence_whatever_is_there(
    options: dict[str, object], listening: Callable[..., None], har_home: Path, tmp_path: Path
) -> None:
    listening(**options)
    secret, circle, through = tmp_path / "secret.zip", tmp_path / "circle", har_home / "link"
    secret.write_bytes(b"x")
    circle.symlink_to(circle)
    har_home.mkdir()
    through.symlink_to(secret)
    tried = [
        secret, tmp_path / "nothing", tmp_path, "/etc/shadow", "/", "~", "~nobody-of-this-name", ".", "..",
        "nowhere", "", "\0", "x" * 5000, circle, through, har_home / ".." / "secret.zip",
        f"{har_home}-beside", har_home.parent,
    ]  # fmt: skip
    assert len({refusal(source) for source in tried}) == 1
    assert "secret" not in refusal(secret) and "HAR_FOLDERS" in refusal(secret)


def test_names_the_home_and_the_folders_of_the_owner_are_admitted(
    listening: Callable[..., None], recorded_source: str, har_home: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    listening("0.0.0.0")  # noqa: S104
    for source in ("synthetic", "msr-action3d", recorded_source, str(har_home / "sources" / recorded_source)):
        admit(source)
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    (tmp_path / "link").symlink_to(mine / "deep")
    refusal(mine)
    refusal(tmp_path / "link")
    monkeypatch.setenv("HAR_FOLDERS", f"{os.pathsep}{mine}{os.pathsep}{other}{os.pathsep}")
    for source in (mine, mine / "deep" / "set.zip", other, tmp_path / "link"):
        admit(str(source))
    refusal(mine / ".." / "elsewhere")
    refusal(os.getcwd())  # an empty entry names no folder
    monkeypatch.chdir(mine)
    refusal(f"'{tmp_path / 'elsewhere'}'")  # not the file of that name in the folder that is admitted


@pytest.mark.parametrize("page", PAGES)
def test_no_page_says_whether_a_file_is_there(
    page: str, listening: Callable[..., None], open_page: OpenPage, home_with_runs: Path, tmp_path: Path
) -> None:
    listening("0.0.0.0")  # noqa: S104
    there = tmp_path / "there.zip"
    there.write_bytes(b"no zip")
    said = []
    for source in (there, tmp_path / "nothing.zip"):
        screen = open_page(page, source=str(source))
        assert not screen.exception
        said.append([box.value for box in screen.error])
    assert said[0] == said[1] and len(said[0]) == 1 and "open to others" in said[0][0]


@pytest.mark.parametrize("there", [True, False])
def test_visitors_hear_nothing_of_the_folder_that_the_owner_used_last(
    there: bool, listening: Callable[..., None], open_page: OpenPage, har_home: Path, small_source: Path
) -> None:
    used = small_source if there else small_source / "gone"
    har_home.mkdir(exist_ok=True)
    kept = har_home / "last-data-set.json"
    kept.write_text(json.dumps({"source": str(used)}))
    listening("0.0.0.0")  # noqa: S104
    screen = open_page("overview")
    assert not screen.exception and not screen.error
    assert screen.query_params["source"] == "synthetic"
    assert [box.value for box in screen.sidebar.info] == [
        "The data set used last can't be opened any more; this is synthetic."
    ]
    assert json.loads(kept.read_text())["source"] == str(used)  # the owner's next visit opens it
    listening("127.0.0.1")
    assert open_page("overview").query_params["source"] == (str(used) if there else "synthetic")


def test_runs_keep_their_data_and_open_no_others(
    listening: Callable[..., None], har_home: Path, small_config: ExperimentConfig, small_source: Path
) -> None:
    store = RunStore()
    listening("0.0.0.0")  # noqa: S104
    refusal(small_source)
    store.create(small_config)
    admit(small_config.source)
    refusal(small_source / "..")
    refusal(f"{small_source}/../{small_source.name}-other")
