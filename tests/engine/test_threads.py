"""On how many threads a run computes: as it is told, as the environment says, or as there are cores."""

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from har_core.engine import MOST_THREADS, Threads, thread_count, torch_threads
from har_core.engine.threads import current_threads
from har_core.errors import ConfigError


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch):
    monkeypatch.delenv("HAR_THREADS", raising=False)


@pytest.mark.parametrize(("cores", "expected"), [(1, 1), (3, 3), (4, 4), (64, 4)])
def test_where_nothing_is_said_there_are_as_many_as_cores_up_to_four(cores, expected, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(cores)), raising=False)
    assert thread_count() == expected


def test_the_environment_is_read_each_time_and_an_argument_goes_before_it(monkeypatch):
    for said, expected in (("7", 7), (" 2 ", 2), (str(MOST_THREADS), MOST_THREADS)):
        monkeypatch.setenv("HAR_THREADS", said)
        assert thread_count() == expected and thread_count(5) == 5
    monkeypatch.setenv("HAR_THREADS", "")
    assert thread_count() in range(1, 5)


@pytest.mark.parametrize("said", ["0", "-1", "two", "1.5", str(MOST_THREADS + 1), "9" * 5000])
def test_what_is_no_number_of_threads_is_told_in_a_sentence(said, monkeypatch):
    monkeypatch.setenv("HAR_THREADS", said)
    with pytest.raises(ConfigError, match=r"^HAR_THREADS: found .{1,40}, expected a whole number, 1 to 256"):
        thread_count()
    assert thread_count(2) == 2  # nobody asked


@pytest.mark.parametrize("wanted", [0, -3, MOST_THREADS + 1, 1.5])
def test_an_argument_out_of_range_is_told_in_a_sentence(wanted):
    with pytest.raises(ConfigError, match=f"^threads: found {wanted}, expected a whole number, 1 to 256.$"):
        thread_count(wanted)


def shared_by(threads: Threads, parts: int) -> int:
    """On how many threads a work of so many parts runs that nobody ends before all have come."""
    came = threading.Barrier(min(threads.count, parts))
    names = set()

    def work() -> None:
        came.wait(60)
        names.add(threading.get_ident())

    threads.run(work, parts)
    return len(names)


def test_helpers_are_as_many_as_there_are_parts_for():
    assert [shared_by(Threads(3), parts) for parts in (1, 2, 3, 9)] == [1, 2, 3, 3]
    assert shared_by(Threads(1), 9) == 1


def test_what_a_helper_raises_is_raised_here():
    def work() -> None:
        if threading.current_thread().name.startswith("kernel"):
            ran.set()
            raise ValueError("wrong")
        assert ran.wait(60)

    ran = threading.Event()
    with pytest.raises(ValueError, match="wrong"):
        Threads(2).run(work, 2)


def test_who_was_given_no_threads_computes_alone_and_a_block_gives_them():
    two, three = Threads(2), Threads(3)
    assert current_threads().count == 1
    with three.computing():
        assert current_threads() is three
        with two.computing():
            assert current_threads() is two
        assert current_threads() is three
        with ThreadPoolExecutor(1) as other:
            assert other.submit(lambda: current_threads().count).result() == 1
    assert current_threads().count == 1


def test_torch_computes_on_as_many_threads_as_the_kernels_in_such_a_block():
    before = torch.get_num_threads()
    with Threads(before + 1).computing(), torch_threads():
        assert torch.get_num_threads() == before + 1
    assert torch.get_num_threads() == before


def test_what_is_made_ahead_comes_in_order_one_ahead_of_what_is_used_and_faults_come_too():
    used: list[int] = []
    begun = [threading.Event() for _ in range(6)]

    def items(until: int) -> Iterator[int]:
        for number in range(until):
            begun[number].set()
            yield number
        raise RuntimeError("there are no more")

    with pytest.raises(RuntimeError, match="no more"):
        for number in Threads(2).prefetch(items(5)):
            if number < 4:
                assert begun[number + 1].wait(60)  # made while this one is used
            used.append(number)
    assert used == [0, 1, 2, 3, 4]
    assert list(Threads(1).prefetch(iter("abc"))) == list(Threads(3).prefetch(iter("abc"))) == ["a", "b", "c"]
