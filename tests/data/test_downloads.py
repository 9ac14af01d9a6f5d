"""The download, against a server on this machine: whole sets are kept, anything else leaves nothing."""

import io
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest

from har_core.data import downloads
from har_core.data.downloads import MSR_ACTION3D_ADDRESSES, fetch_msr_action3d
from har_core.data.reading.choices import ReadingChoices
from har_core.data.sources import load_source, source_folder
from har_core.errors import DataError
from tests.killing import grow_old, hidden_in, killed_at_each_write, knows_signals


def npy(array) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array))
    return stream.getvalue()


class Server(ThreadingHTTPServer):
    """Gives each path its answers in turn, the last one for ever: (status, promised length or None, body)."""

    answers: dict[str, list[tuple[int, int | None, bytes]]]
    asked: list[str]


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        self.server.asked.append(self.path)
        answers = self.server.answers[self.path]
        status, length, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        """Say nothing."""


@pytest.fixture
def server(har_home, monkeypatch) -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        frames = np.random.default_rng(0).uniform(1, 2, (4, 300, 20, 3)).astype(np.float32)
        good = {"X.npy": npy(frames), "Y.npy": npy([1, 1, 2, 2]), "Y_s.npy": npy([1, 2, 1, 2])}
        server.answers = {f"/{name}": [(200, None, body)] for name, body in good.items()}
        server.asked = []
        addresses = {name: f"http://127.0.0.1:{server.server_port}/{name}" for name in good}
        monkeypatch.setattr(downloads, "MSR_ACTION3D_ADDRESSES", addresses)
        monkeypatch.setattr("time.sleep", lambda _: None)  # between two tries
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def left_behind(har_home) -> list[str]:
    folder = har_home / "sources"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


def test_the_addresses_are_those_of_the_course():
    assert list(MSR_ACTION3D_ADDRESSES.values()) == [
        "https://maxime-devanne.com/datasets/MSRAction3D/X.npy",
        "https://maxime-devanne.com/datasets/MSRAction3D/Y.npy",
        "https://maxime-devanne.com/datasets/MSRAction3D/Y_s.npy",
    ]


def test_the_three_files_come_and_load(server, har_home):
    folder = fetch_msr_action3d()
    assert folder == source_folder("msr-action3d")
    assert sorted(path.name for path in folder.iterdir()) == ["X.npy", "Y.npy", "Y_s.npy"]
    assert left_behind(har_home) == ["msr-action3d"]
    assert len(load_source("msr-action3d").sequences) == 4


def test_progress_is_told_and_ends_at_the_whole(server):
    calls = []
    fetch_msr_action3d(lambda *call: calls.append(call))
    size = (source_folder("msr-action3d") / "X.npy").stat().st_size
    of_x = [call for call in calls if call[0] == "X.npy"]
    assert of_x[-1] == ("X.npy", size, size)
    assert [done for _, done, _ in of_x] == sorted(done for _, done, _ in of_x)
    assert {name for name, _, _ in calls} == {"X.npy", "Y.npy", "Y_s.npy"}


def test_what_is_here_is_not_fetched_again(server):
    fetch_msr_action3d()
    asked = len(server.asked)
    fetch_msr_action3d()
    assert len(server.asked) == asked


def test_a_failure_that_passes_is_tried_again(server):
    good = server.answers["/Y.npy"][0]
    server.answers["/Y.npy"] = [(503, None, b""), (200, len(good[2]), good[2][:20]), good]
    fetch_msr_action3d()
    assert server.asked.count("/Y.npy") == 3


@pytest.mark.parametrize("answer", [(404, None, b"no"), (500, None, b""), (200, 10_000, b"too short")])
def test_when_the_network_says_no_it_is_told_and_nothing_is_kept(server, har_home, answer):
    server.answers["/Y_s.npy"] = [answer]
    with pytest.raises(DataError, match=r"http://127.0.0.1:\d+/Y_s\.npy could not be fetched") as caught:
        fetch_msr_action3d()
    assert server.asked.count("/Y_s.npy") == 1 + downloads.RETRIES
    for address in downloads.MSR_ACTION3D_ADDRESSES.values():
        assert address in str(caught.value)
    assert str(source_folder("msr-action3d")) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert left_behind(har_home) == []


def test_without_a_server_it_is_told(server, har_home, monkeypatch):
    monkeypatch.setattr(
        downloads, "MSR_ACTION3D_ADDRESSES", dict.fromkeys(MSR_ACTION3D_ADDRESSES, "http://127.0.0.1:9/X.npy")
    )
    with pytest.raises(DataError, match=r"could not be fetched \(ConnectionError\)"):
        fetch_msr_action3d()
    assert left_behind(har_home) == []


@pytest.mark.parametrize("body", [b"<!DOCTYPE html><p>Sign in", b"", npy([1, 2, 3])])
def test_what_is_no_data_set_is_not_kept(server, har_home, body):
    server.answers["/Y.npy"] = [(200, None, body)]
    with pytest.raises(DataError, match=r"What was downloaded is no data set and was not kept: Y\.npy"):
        fetch_msr_action3d()
    assert left_behind(har_home) == []


def test_an_unclear_layout_is_kept_for_the_user_to_choose(server):
    server.answers["/X.npy"] = [(200, None, npy(np.ones((4, 60, 60))))]
    fetch_msr_action3d()
    assert len(load_source("msr-action3d", ReadingChoices(layout="N,T,3J")).sequences) == 4


def test_a_set_that_was_half_dropped_by_hand_is_completed(server):
    folder = source_folder("msr-action3d")
    folder.mkdir(parents=True)
    (folder / "X.npy").write_bytes(b"half")
    (folder / "notes.md").write_bytes(b"mine")
    fetch_msr_action3d()
    assert len(load_source("msr-action3d").sequences) == 4
    assert (folder / "notes.md").read_bytes() == b"mine"


@knows_signals
@pytest.mark.parametrize("before", [(), ("Y.npy", "Y_s.npy"), ("X.npy", "Y_s.npy")], ids=str)
def test_killed_at_any_write_of_a_fetch_the_set_is_there_whole_or_is_fetched_again(server, har_home, before):
    folder = source_folder("msr-action3d")
    fetched = {
        name: answers[0][2] for name, answers in ((path[1:], of) for path, of in server.answers.items())
    }

    def begin_again():
        shutil.rmtree(folder, ignore_errors=True)
        for name in before:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(b"of another set")

    begin_again()
    for _ in killed_at_each_write(fetch_msr_action3d):
        for _ in range(2):
            if all((folder / name).is_file() for name in fetched):
                assert {name: (folder / name).read_bytes() for name in fetched} == fetched
            grow_old(har_home / "sources")
            fetch_msr_action3d()
        begin_again()
        fetch_msr_action3d()
        assert hidden_in(har_home / "sources") == []
        begin_again()
