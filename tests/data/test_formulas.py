"""The formulas that the data set page shows are what the preparation computes, for every choice of it."""

from itertools import product

import numpy as np
import pytest

from har_core.data.formulas import FORMULAS, formulas_of
from har_core.data.preparation import Preparation, prepare
from har_core.data.sequences import Action, SkeletonSequences
from har_core.fields import choices_of
from har_core.skeleton import KINECT_20

HIPS, HEAD = 6, 19
LENGTHS = [9, 5, 7]
TRAINING = np.array([0, 1])


@pytest.fixture(scope="module")
def recorded() -> SkeletonSequences:
    """Three sequences; in each the tracker lost the body at the beginning and in the middle."""
    random = np.random.default_rng(4)
    parts = [
        (random.normal(size=(length, 20, 3)) * (1, 2, 0.5) + (0, 1, 3)).astype(np.float32)
        for length in LENGTHS
    ]
    for part in parts:
        part[0], part[3] = 0, 0
    return SkeletonSequences.from_list(
        parts, labels=[0, 0, 0], subjects=[1, 2, 3], ids=["a", "b", "c"], actions=[Action(1, "one")],
        skeleton=KINECT_20, source="made up",
    )  # fmt: skip


def by_hand(recorded: SkeletonSequences, preparation: Preparation) -> list[np.ndarray]:
    """Compute the formulas, sum by sum, of all sequences."""
    resampled = [resample(centre(p, mend(p, preparation), preparation), preparation) for p in recorded.each()]
    if preparation.scaling == "body":
        return [r / size(p) for p, r in zip(recorded.each(), resampled, strict=True)]
    return [scale(r, [resampled[row] for row in TRAINING], preparation) for r in resampled]


def size(p: np.ndarray) -> float:
    distances = [np.sqrt(sum((frame[HEAD] - frame[HIPS]) ** 2)) for frame in p.astype(float) if frame.any()]
    return sum(distances) / len(distances)


def mend(p: np.ndarray, preparation: Preparation) -> np.ndarray:
    tracked = [t for t in range(len(p)) if p[t].any()]
    if preparation.untracked == "drop":
        return p[tracked]
    mended = p.astype(float)
    for t in range(len(p)):
        if preparation.untracked in ("interpolate", "fill") and t not in tracked:
            before = [a for a in tracked if a < t]
            after = [b for b in tracked if b > t]
            a, b = (before or after)[-1 if before else 0], (after or before)[0 if after else -1]
            mended[t] = p[a] if a == b else ((b - t) * p[a].astype(float) + (t - a) * p[b]) / (b - a)
    return mended[tracked[0] : tracked[-1] + 1] if preparation.untracked == "fill" else mended


def centre(p: np.ndarray, mended: np.ndarray, preparation: Preparation) -> np.ndarray:
    if preparation.centring == "none":
        return mended
    if preparation.centring == "median":
        hips = [frame[HIPS] for frame in p if frame.any()]
        ranked, half = np.sort(np.array(hips, np.float64), axis=0), len(hips) // 2
        return mended - (ranked[half] + ranked[-1 - half]) / 2
    first = next(frame for frame in p if frame.any())
    of_each = [first[HIPS] if preparation.centring == "first-frame" else frame[HIPS] for frame in mended]
    return np.stack([frame - hips for frame, hips in zip(mended, of_each, strict=True)])


def resample(q: np.ndarray, preparation: Preparation) -> np.ndarray:
    if preparation.frames is None:
        return q
    frames = []
    for i in range(1, preparation.frames + 1):
        s = 1 + (i - 1) * (len(q) - 1) / (preparation.frames - 1)
        w = s - np.floor(s)
        low = int(np.floor(s)) - 1
        frames.append((1 - w) * q[low] + w * q[min(low + 1, len(q) - 1)])
    return np.stack(frames)


def scale(r: np.ndarray, training: list[np.ndarray], preparation: Preparation) -> np.ndarray:
    if preparation.scaling == "none":
        return r
    among = np.concatenate(training) if preparation.scaling == "training-set" else r
    axes = among.reshape(-1, 3)
    high, low = axes.max(axis=0), axes.min(axis=0)
    width = high - low if preparation.scaling == "sequence-axis" else max(high - low)
    return (2 * r - high - low) / width


CHOICES = [choices_of(Preparation.model_fields[name]) for name in ("untracked", "centring", "scaling")]


@pytest.mark.parametrize(("untracked", "centring", "scaling"), list(product(*CHOICES)))
@pytest.mark.parametrize("frames", [None, 4, 12])
def test_each_choice_computes_what_its_formula_says(recorded, untracked, centring, scaling, frames):
    chosen = Preparation(
        sequences="all", untracked=untracked, centring=centring, frames=frames, scaling=scaling
    )
    prepared = prepare(recorded, chosen, TRAINING).sequences
    for row, expected in enumerate(by_hand(recorded, chosen)):
        np.testing.assert_allclose(prepared[row], expected, atol=2e-5)


def test_every_choice_has_a_formula_of_its_own():
    fields = Preparation.model_fields
    assert FORMULAS.keys() == fields.keys() - {"sequences"}  # which leaves sequences as they are
    assert list(FORMULAS) == [name for name in fields if name in FORMULAS]  # in the order of computing
    for name in ("missing", "untracked", "centring", "scaling"):
        assert FORMULAS[name].keys() == set(choices_of(fields[name]))
    said = [formula.meaning for name, value in (("frames", None), ("frames", 7), ("scaling", "none"))
            for formula in formulas_of(Preparation(**{name: value}))]  # fmt: skip
    assert len(said) == 15
    meanings = [meaning for choices in FORMULAS.values() for _, meaning in choices.values()]
    assert len(set(meanings)) == len(meanings)


def test_formulas_of_a_preparation_are_titled_with_what_is_chosen():
    found = formulas_of(Preparation())
    assert [formula.title for formula in found] == [
        "Missing joints: interpolate over them", "Untracked frames: drop them",
        "Centre on: hips of each frame", "Frames of each sequence: 40",
        "Scale: each axis of a sequence by itself",
    ]  # fmt: skip
    assert "40-1" in found[3].latex and "p_{t,c}" in found[2].latex and "{M_k - m_k}" in found[4].latex
    assert all(formula.latex.count("{") == formula.latex.count("}") for formula in found)
