"""On how many threads a run computes: as it is told, as the environment says, or as there are cores."""

import copy
import os
import pickle

import pytest
from torch import nn

from har_core.errors import ConfigError
from har_core.models import engine, threads
from har_core.models.lstm import LstmLayer
from har_core.models.threads import MOST_THREADS, Threads, thread_count


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


def test_helpers_are_as_many_as_there_are_parts_for():
    three = Threads(3)
    assert [len(three.help_with(lambda: None, parts)) for parts in (1, 2, 3, 9)] == [0, 1, 2, 2]
    assert threads.ALONE.help_with(lambda: None, 9) == []


def test_a_network_computes_alone_until_it_is_told_otherwise():
    network = nn.Sequential(LstmLayer(3, 8), nn.Sequential(LstmLayer(8, 8)))
    other = nn.Sequential(LstmLayer(3, 8))
    three = Threads(3)
    engine.compute_on(three, network)
    assert all(engine.threads_of(module) is three for module in network.modules())
    assert all(engine.threads_of(module).count == 1 for module in other.modules())


def test_a_copy_of_a_network_has_threads_of_its_own():
    network = nn.Sequential(LstmLayer(3, 8))
    three = Threads(3)
    three.help_with(lambda: None, 3)
    engine.compute_on(three, network)
    for copied in (copy.deepcopy(network), pickle.loads(pickle.dumps(network))):  # noqa: S301 - our own
        found = engine.threads_of(copied[0])
        assert found.count == 3 and found is not three
