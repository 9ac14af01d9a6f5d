"""Names of actions in a file beside the data set are the actions' names."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

from har_core.data.new_sources import import_source
from har_core.data.reading.action_list import read_action_list
from har_core.data.sources import load_source
from har_core.errors import DataError
from tests.data.made_up_files import files, folder_of

NAMES = {1: "high wave", 2: "kick", 7: "clap"}
NUMBERED = [
    b"1 high wave\n2 kick\n7 clap\n",
    b"a01, high wave\r\na02, kick\r\na07, clap",
    b"7: clap\n1: high wave\n\n2:kick",
]
ZERO = tuple(each - 1 for each in (1, 1, 2, 2, 3, 3))


def names_of(loaded) -> list[str]:
    return loaded.sequences.action_names


@pytest.mark.parametrize("content", NUMBERED)
def test_a_list_with_numbers_names_these(content: bytes, tmp_path: Path, har_home: Path) -> None:
    assert read_action_list(content, "actions.txt") == NAMES
    assert read_action_list("händeklatschen".encode("latin-1"), "actions.txt") == {1: "händeklatschen"}
    given = {**files(), "Actions (1).TXT": content}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in given.items():
            archive.writestr(f"mine/{name}", data)
    (tmp_path / "mine.zip").write_bytes(stream.getvalue())
    here = (
        load_source(folder_of(tmp_path / "open", given)),
        load_source(str(tmp_path / "mine.zip")),
        import_source("mine", given),
        load_source("mine"),  # so it was kept
    )
    for loaded in here:
        assert names_of(loaded) == list(NAMES.values()) and loaded.action_names == "told"


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize(
    ("y", "content"),
    [
        ((1, 1, 2, 2, 3, 3), b"wave\nkick\nclap\n"),
        (ZERO, b"wave\nkick\nclap\n"),
        (ZERO, b"0 wave\n1 kick\n2 clap\n"),
        ((1, 1, 2, 2, 3, 3), b"0 rest\n1 wave\n2 kick\n3 clap\n"),
        (np.eye(3)[np.array(ZERO)], b"0 wave\n1 kick\n2 clap\n"),
    ],
)
def test_it_counts_as_the_files_do(y, content: bytes) -> None:
    assert names_of(import_source("mine", {**files(y=y), "actions.txt": content})) == ["wave", "kick", "clap"]


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize("actions", [b'{"0": "wave", "1": "kick", "2": "clap"}', b'["wave", "kick", "clap"]'])
def test_a_data_card_counts_as_the_files_do(actions: bytes) -> None:
    card = b'{"actions": ' + actions + b"}"
    assert names_of(import_source("mine", {**files(y=ZERO), "dataset.json": card})) == [
        "wave",
        "kick",
        "clap",
    ]


@pytest.mark.usefixtures("har_home")
def test_what_it_does_not_name_or_need_not_is_told() -> None:
    loaded = import_source("one", {**files(), "actions.txt": b"wave\nkick\n"})
    assert "actions.txt names 2 actions, and not number 7." in loaded.notes
    assert names_of(loaded) == ["wave", "kick", "action 7"]
    words = np.array(["wave", "kick"] * 3)
    loaded = import_source("two", {**files(y=words), "actions.txt": b"wave\nkick\n"})
    assert (
        "The names of actions in actions.txt are not used, for the actions are words already." in loaded.notes
    )


@pytest.mark.usefixtures("har_home")
def test_a_change_of_the_list_is_seen(tmp_path: Path) -> None:
    place = folder_of(tmp_path / "mine", {**files(), "actions.txt": NUMBERED[0]})
    assert names_of(load_source(place))[0] == "high wave"
    (tmp_path / "mine" / "actions.txt").write_bytes(b"1 arm wave\n")
    assert names_of(load_source(place))[0] == "arm wave"


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "actions.txt is empty"),
        (b"\xff\xfew\x00", "actions.txt holds .*, expected a short name"),
        (b"1 wave\n1 kick\n", "actions.txt names action 1 twice, expected each once."),
        (b"x" * 101, "actions.txt holds 'x+', expected a short name of an action in each line."),
        (b"w\x07ve\n", "expected a short name"),
        (b"wave\n" * 60_000, "actions.txt has more than 262,144 bytes"),
    ],
)
def test_no_such_list_is_told(content: bytes, found: str) -> None:
    with pytest.raises(DataError, match=found):
        read_action_list(content, "actions.txt")
