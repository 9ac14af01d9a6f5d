"""Which test sequences are recognised with a change and were not without it, by most of the seeds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from har_core.analysis.predictions import Predictions


@dataclass(frozen=True)
class Turned:
    """A test sequence that most seeds recognise on one side alone.

    Attributes:
        name: of the sequence.
        truth: index of its action.
        before: how many seeds recognise it without the change.
        now: how many do with it.
        mistaken: index of the action that it was taken for most often, where most seeds do not recognise it.
    """

    name: str
    truth: int
    before: int
    now: int
    mistaken: int


@dataclass(frozen=True)
class TurnedSequences:
    """What a change turns.

    Attributes:
        gained: sequences that most seeds recognise with the change, and not without it; those first for which
            most seeds have come round.
        lost: those of which it is the other way round.
        compared: how many test sequences both sides have.
        seeds: how many there are without the change, and with it.
    """

    gained: tuple[Turned, ...]
    lost: tuple[Turned, ...]
    compared: int
    seeds: tuple[int, int]


def turned_sequences(before: Sequence[Predictions], now: Sequence[Predictions]) -> TurnedSequences:
    """Compare the seeds of two experiments, sequence by sequence of the test part.

    The seeds of different networks have nothing in common but their number, so that no pair of them is
    compared: each side has its majority.

    Args:
        before: what each seed says without the change, at least one.
        now: what each says with it, at least one.
    """
    earlier, later = _by_name(before), _by_name(now)
    both = sorted(earlier.keys() & later.keys())
    found = [_turned(name, earlier[name], later[name], (len(before), len(now))) for name in both]
    turned = [one for one in found if one]
    gained = [one for one in turned if one.now / len(now) > one.before / len(before)]
    lost = [one for one in turned if one not in gained]
    gained.sort(key=lambda one: one.before / len(before) - one.now / len(now))
    lost.sort(key=lambda one: one.now / len(now) - one.before / len(before))
    return TurnedSequences(tuple(gained), tuple(lost), len(both), (len(before), len(now)))


def _by_name(seeds: Sequence[Predictions]) -> dict[str, tuple[int, list[int]]]:
    """Return the action of each test sequence, and what each seed says, of those that all seeds have."""
    found: dict[str, tuple[int, list[int]]] = {}
    for predictions in seeds:
        test = predictions.of("test")
        for name, truth, said in zip(test.ids, test.truth, test.predicted, strict=True):
            found.setdefault(str(name), (int(truth), []))[1].append(int(said))
    return {name: one for name, one in found.items() if len(one[1]) == len(seeds)}


def _turned(
    name: str, before: tuple[int, list[int]], now: tuple[int, list[int]], seeds: tuple[int, int]
) -> Turned | None:
    truth = now[0]
    counts = [int(np.sum(np.array(said) == truth)) for _, said in (before, now)]
    known = [2 * count > of for count, of in zip(counts, seeds, strict=True)]
    if known[0] == known[1]:
        return None
    wrong = [said for said in (before if known[1] else now)[1] if said != truth]
    return Turned(name, truth, counts[0], counts[1], Counter(wrong).most_common(1)[0][0])
