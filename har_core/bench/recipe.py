"""The parts of the recipe that are timed beside plain code: an epoch of the Bi-LSTM, and all distances."""

import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from har_core.bench.contenders import Epochs
from har_core.bench.race import in_turn, processes
from har_core.bench.reference import Recordings, plain_bilstm, plain_distances
from har_core.data.body_roles import legs_of, roles_of
from har_core.data.channels import CHANNELS, bodies_of
from har_core.data.preparation import prepare
from har_core.data.sequences import SkeletonSequences
from har_core.data.sources import load_source
from har_core.training.fit import fit
from har_core.training.kept_distances import digest_of
from har_core.training.ladder import rung_config
from har_core.training.pair_distances import measure_all
from har_core.training.parts import assemble

Once = Callable[[], None]

RUNG = "L8"


@dataclass(frozen=True)
class Part:
    """A part of the recipe.

    Attributes:
        title: for the table.
        ours: from a data set's sequences and a number of threads to what does it once.
        plain: the same, as a plain script does it; None where it has no such thing.
        aim: how many times as long the plain one should take at least; without one, the most seconds.
    """

    title: str
    ours: Callable[[SkeletonSequences, int], Once]
    plain: Callable[[SkeletonSequences, int], Once] | None
    aim: float


def _rung(sequences: SkeletonSequences, threads: int) -> Once:
    config = rung_config(RUNG).trained(epochs=1_000_000).model_copy(update={"device": "cpu"})
    records = fit(config, assemble(config, sequences), threads=threads)

    def epoch() -> None:
        next(records)

    return epoch


def _plain_rung(sequences: SkeletonSequences, threads: int) -> Once:
    torch.set_num_threads(threads)
    config = rung_config("L9").model_copy(update={"source": "any"})
    whole = config.preparation.model_copy(update={"frames": None})
    training = config.split.rows(sequences)["train"]
    prepared = prepare(sequences, whole, training)
    rows = prepared.rows_of(training)
    data = Recordings([prepared.sequences[row] for row in rows], prepared.sequences.labels[rows])
    return plain_bilstm(data, legs_of(sequences.skeleton), roles_of(sequences.skeleton).ends)


def _measuring(sequences: SkeletonSequences, threads: int) -> Once:
    return _distances(sequences, threads, keep=False)


def _reading(sequences: SkeletonSequences, threads: int) -> Once:
    read = _distances(sequences, threads, keep=True)
    read()  # measures
    return read


def _distances(sequences: SkeletonSequences, threads: int, *, keep: bool) -> Once:
    by_digest = {digest_of(frames): frames for frames in sequences.each()}
    roles = roles_of(sequences.skeleton)

    def measure() -> None:
        for _ in measure_all(by_digest, list(CHANNELS), roles, threads, lambda known: None, keep=keep):
            pass

    return measure


def _plain_measuring(sequences: SkeletonSequences, threads: int) -> Once:
    import numba

    numba.set_num_threads(threads)
    torch.set_num_threads(threads)
    compiled = plain_distances()
    compiled(np.zeros((3, 48, 60), np.float32))
    frames = list(sequences.each())

    def measure() -> None:
        bodies = bodies_of(frames, roles_of(sequences.skeleton))
        for channel in CHANNELS.values():
            compiled(channel.of(bodies))

    return measure


PARTS: dict[str, Part] = {
    "bilstm": Part(f"Bi-LSTM of rung {RUNG}, an epoch", _rung, _plain_rung, 2),
    "distances": Part("distances of all pairs, measured", _measuring, _plain_measuring, 2),
    "kept": Part("distances of all pairs, from disk", _reading, None, 0.1),
}


def race_recipe(source: str, *, threads: int, rounds: int) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """Time the parts, each here and as a plain script does it, in turn and in a process each.

    Yields:
        The name of a part, and its seconds by ``har`` and, where there is a plain form, ``plain``: one number
        for each round.
    """
    with tempfile.TemporaryDirectory(prefix="har-bench-") as scratch:
        for name, part in PARTS.items():
            makers = {"har": f"{__name__}:ours"} | ({"plain": f"{__name__}:plain"} if part.plain else {})
            with processes(makers, (source, threads, scratch), threads) as contenders:
                yield name, in_turn(name, contenders, rounds)


def ours(part: str, source: str, threads: int, scratch: str) -> Epochs:
    """Return what does a part so many times as this project does it.

    Args:
        part: its name in ``PARTS``.
        source: the data set.
        threads: to compute on.
        scratch: an empty folder, in which distances are kept and no others are found.
    """
    sequences = load_source(source).sequences
    os.environ["HAR_HOME"] = str(Path(scratch, part))
    return _so_often(PARTS[part].ours(sequences, threads))


def plain(part: str, source: str, threads: int, scratch: str) -> Epochs:
    """Return what does a part so many times as a plain script does it; the rest is as for ``ours``."""
    make = PARTS[part].plain
    if make is None:
        raise ValueError(f"{part} has no plain form")
    return _so_often(make(load_source(source).sequences, threads))


def _so_often(once: Once) -> Epochs:
    def often(number: int) -> None:
        for _ in range(number):
            once()

    return often
