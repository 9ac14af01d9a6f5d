"""Only regular files are opened, at once or not at all."""

import os
import socket
from pathlib import Path

import pytest

from har_core.files import open_regular, read_regular, stat_regular


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"12345")
    with open_regular(file) as opened:
        assert opened.read() == b"12345"
    assert read_regular(file, 5) == b"12345" and stat_regular(file).st_size == 5


def test_more_than_agreed_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "file"
    with file.open("wb") as opened:
        opened.truncate(100 * 2**30)  # takes no room on the disk
    with pytest.raises(OSError) as refused:
        read_regular(file, 1000)
    assert refused.value.strerror == "it is larger than 1,000 bytes"


def test_what_is_no_file_is_named_and_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may not be long
    os.mkfifo("pipe")
    os.mkdir("folder")
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("socket")
    for name in ("pipe", "folder", "socket"):
        for follow in (True, False):
            with pytest.raises(OSError) as refused:
                open_regular(tmp_path / name, follow=follow)
            assert refused.value.strerror == f"it is a {name}, expected a file"
    with pytest.raises(OSError) as refused:
        open_regular("/dev/zero")
    assert refused.value.strerror == "it is a device, expected a file"


def test_a_link_is_followed_only_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "link", 10, follow=True) == b"1"
    for read in (stat_regular, open_regular):
        with pytest.raises(OSError) as refused:
            read(tmp_path / "link")
        assert "it is a link to another place" in refused.value.strerror
    (tmp_path / "to a device").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="it is a device"):
        read_regular(tmp_path / "to a device", 10, follow=True)


def test_a_file_that_became_a_pipe_in_between_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"1")
    before = os.lstat(file)
    file.unlink()
    os.mkfifo(file)
    monkeypatch.setattr(os, "lstat", lambda path: before)
    with pytest.raises(OSError, match="it is a pipe"):
        open_regular(file)
