"""Times the contenders in turn, each in a process of its own, so that no two compute at the same time."""

import multiprocessing
import os
import platform
import statistics
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pkgutil import resolve_name
from typing import Any

from har_core.bench.work import WORKS, Work

_PEERS = ("torch", "keras")


@dataclass(frozen=True)
class Timing:
    """What was measured of one work.

    Attributes:
        work: what was computed.
        seconds: of an epoch, by contender: one number for each round.
    """

    work: Work
    seconds: dict[str, list[float]]

    def median(self, contender: str) -> float | None:
        """Return the median of an epoch's seconds; None for one that is not here."""
        return statistics.median(self.seconds[contender]) if contender in self.seconds else None

    def ratios(self, peer: str) -> list[float]:
        """Return how many times as long the peer took, round by round; empty for one that is not here."""
        pairs = zip(self.seconds.get(peer, []), self.seconds["har"], strict=False)
        return [theirs / ours for theirs, ours in pairs]

    def ratio(self, peer: str) -> float | None:
        """Return the median of the ratios; None for a peer that is not here."""
        ratios = self.ratios(peer)
        return statistics.median(ratios) if ratios else None

    def summary(self) -> dict[str, float | None]:
        """Return what ``--json`` tells of it."""
        medians = {name: self.median(name) for name in ("har", *_PEERS)}
        return medians | {f"ratio_{peer}": self.ratio(peer) for peer in _PEERS}


def race(works: list[str], source: str, *, threads: int, rounds: int) -> Iterator[tuple[str, Timing]]:
    """Time works one after the other; in each round every contender computes for about half a second.

    Args:
        works: names out of ``WORKS``.
        source: the data set.
        threads: for each contender.
        rounds: how often all contenders have their turn.

    Yields:
        The name of a work, and what was measured of it.
    """
    with _contenders(source, threads) as contenders:
        for name in works:
            yield name, Timing(WORKS[name], in_turn(name, contenders, rounds))


def in_turn(name: str, contenders: Mapping[str, Any], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of a work, done once, by contender: one number for each round."""
    for pipe in contenders.values():
        _ask(pipe, "make", name)
    numbers = {who: max(1, round(0.5 / _ask(pipe, "time", 2))) for who, pipe in contenders.items()}
    seconds: dict[str, list[float]] = {who: [] for who in contenders}
    for _ in range(rounds):
        for who, pipe in contenders.items():
            seconds[who].append(_ask(pipe, "time", numbers[who]))
    return seconds


def machine() -> str:
    """Return the processor and the number of cores this process may use."""
    name = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
        name = models[0] if models else name
    except OSError:
        pass  # not on Linux
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{name}, {cores} cores, {platform.system()}"


def versions() -> str:
    """Return the versions of what computes, as far as it is installed."""
    packages = ("torch", "numba", "tensorflow-cpu", "tensorflow", "keras")
    return ", ".join(f"{name} {version(name)}" for name in packages if _is_here(name))


def _is_here(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _contenders(source: str, threads: int) -> AbstractContextManager[dict[str, Any]]:
    """Start a process for each contender that is installed, and end them all."""
    here = ("har", *(peer for peer in _PEERS if find_spec(peer)))
    makers = {who: f"har_core.bench.contenders:{_MAKERS[who]}" for who in here}
    return processes(makers, (source, threads), threads)


_MAKERS = {"har": "har", "torch": "plain_torch", "keras": "keras_fit"}


@contextmanager
def processes(
    makers: Mapping[str, str], arguments: tuple[Any, ...], threads: int
) -> Iterator[dict[str, Any]]:
    """Start a process for each contender, and end them all.

    Args:
        makers: by contender, ``module:function`` that makes ready for a work, given its name and more.
        arguments: that each is given beside the name.
        threads: that libraries which ask the environment take.
    """
    context = multiprocessing.get_context("spawn")
    pipes, processes = {}, []
    for who, maker in makers.items():
        pipes[who], theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, maker, arguments, threads), daemon=True)
        process.start()
        processes.append(process)
    try:
        yield pipes
    finally:
        for pipe in pipes.values():
            pipe.close()  # which ends the process behind it
        for process in processes:
            process.join()


def _ask(pipe: Any, what: str, of: Any) -> Any:
    pipe.send((what, of))
    return pipe.recv()


def _serve(pipe: Connection, maker: str, arguments: tuple[Any, ...], threads: int) -> None:
    """Make ready for a work when asked to ``make`` it, and answer ``time`` by the seconds of an epoch."""
    counts = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    os.environ |= dict.fromkeys(counts, str(threads))
    os.environ |= {"CUDA_VISIBLE_DEVICES": "", "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow"}
    make = resolve_name(maker)  # with the environment that torch and TensorFlow read
    epochs: Any = None
    while True:
        try:
            what, of = pipe.recv()
        except EOFError:
            return
        if what == "make":
            epochs = make(of, *arguments)
            epochs(1)  # compiles
            pipe.send(None)
        else:
            started = time.perf_counter()
            epochs(of)
            pipe.send((time.perf_counter() - started) / of)
