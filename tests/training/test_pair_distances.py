"""Distances of all pairs: measured once, on any number of threads, and kept for whoever needs them."""

import logging
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from har_core.data.body_roles import roles_of
from har_core.data.channels import bodies_of
from har_core.errors import DataError
from har_core.skeleton import KINECT_20
from har_core.training import kept_distances, pair_distances
from har_core.training.kept_distances import digest_of
from har_core.training.pair_distances import PairDistances, measure_all, measure_between

ROLES = roles_of(KINECT_20)
Sequences = list[np.ndarray]


@pytest.fixture
def sequences() -> Sequences:
    random = np.random.default_rng(3)
    return [
        np.cumsum(random.normal(size=(length, 20, 3)), axis=0).astype(np.float32)
        for length in random.integers(8, 20, 37)
    ]


@pytest.fixture
def folder(har_home: Path) -> Path:
    return har_home / "cache" / "distances"


def all_pairs(
    sequences: Sequences, channels: Sequence[str] = ("positions", "motion"), *, roles=ROLES, threads: int = 2,
    keep: bool = True,
) -> PairDistances:  # fmt: skip
    taken: list[PairDistances] = []
    by_digest = {digest_of(frames): frames for frames in sequences}
    shares = list(measure_all(by_digest, channels, roles, threads, taken.append, keep=keep))
    assert shares == sorted(shares) and all(0 < share <= 1 for share in shares)
    return taken[0]


def matrix(found: PairDistances, channel: str, sequences: Sequences) -> np.ndarray:
    rows = [found.rows[digest_of(frames)] for frames in sequences]
    return found.by_channel[channel][np.ix_(rows, rows)]


@pytest.fixture
def nothing_more(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The function ``nothing_more()``: from now on nothing may be measured."""
    return lambda: monkeypatch.setattr(pair_distances, "filler", lambda products: pytest.fail("measured"))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_each_pair_has_the_distance_that_it_has_by_itself(
    threads: int, sequences: Sequences, har_home: Path
) -> None:
    twins = [*sequences, sequences[4].copy()]
    found = all_pairs(twins, threads=threads, keep=False)
    assert len(found.rows) == 37 and not har_home.exists()
    for channel in ("positions", "motion"):
        whole = matrix(found, channel, twins)
        assert not whole.diagonal().any() and np.array_equal(whole, whole.T) and whole[4, -1] == 0
        one = measure_between(channel, bodies_of(sequences[:1], ROLES), bodies_of(sequences[1:], ROLES), 1)
        assert np.array_equal(whole[:1, 1:37], one)


def test_what_was_measured_once_is_read_by_whoever_needs_any_of_it(
    sequences: Sequences, folder: Path, nothing_more: Callable[[], None]
) -> None:
    expected = all_pairs(sequences)
    assert len(list(folder.iterdir())) == 2
    nothing_more()
    some = [*sequences[30:], *sequences[2:9]]
    for asked in (sequences, sequences[::-1], some):
        found = all_pairs(asked)
        assert np.array_equal(matrix(found, "motion", asked), matrix(expected, "motion", asked))
    assert len(list(folder.iterdir())) == 2


@pytest.mark.parametrize("change", ["a frame", "one more", "another channel", "other joints"])
def test_what_differs_is_measured_anew(change: str, sequences: Sequences, folder: Path) -> None:
    all_pairs(sequences, ["positions"])
    roles, channels = ROLES, ["positions"]
    if change == "a frame":
        sequences[0] = sequences[0].copy()
        sequences[0][3, 2, 1] += 0.5
    elif change == "one more":
        sequences.append(sequences[0] + np.float32(1))
    elif change == "another channel":
        channels = ["directions"]
    else:
        roles = roles_of(type(KINECT_20)("mine", KINECT_20.joints[::-1], (), root=(3,)))
    found = all_pairs(sequences, channels, roles=roles)
    assert len(list(folder.iterdir())) == 2
    one = measure_between(channels[0], *(bodies_of(its, roles) for its in (sequences[:1], sequences[1:])), 1)
    assert np.array_equal(matrix(found, channels[0], sequences)[:1, 1:], one)


@pytest.mark.parametrize(
    "damage",
    ["torn", "no file at all", "shape", "type", "nan", "below zero", "lopsided", "nobody", "too large"],
)
def test_damaged_files_are_told_and_made_again(
    damage: str, sequences: Sequences, folder: Path, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    expected = all_pairs(sequences, ["positions"])
    (path,) = folder.iterdir()
    kept, whole = load_file(path), path.read_bytes()
    distances = kept["distances"]
    if damage == "torn":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "no file at all":
        path.unlink()
        path.symlink_to(folder / "elsewhere")
    elif damage == "too large":
        monkeypatch.setattr(kept_distances, "MOST_SEQUENCES", 10)
        path.write_bytes(whole + bytes(1 << 20))
    else:
        wrong = {
            "shape": distances[:, :5], "type": distances.astype(np.float64), "nobody": distances,
            "nan": np.where(distances > 0, np.nan, 0).astype(np.float32), "below zero": -distances,
            "lopsided": np.triu(distances),
        }[damage]  # fmt: skip
        whose = kept["sequences"][:, :7] if damage == "nobody" else kept["sequences"]
        save_file({"sequences": np.ascontiguousarray(whose), "distances": np.ascontiguousarray(wrong)}, path)
    with caplog.at_level(logging.WARNING):
        found = all_pairs(sequences, ["positions"])
    assert np.array_equal(found.by_channel["positions"], expected.by_channel["positions"])
    assert [record.message[:43] for record in caplog.records] == [
        "The kept distances positions-" + path.name[10:24]
    ]
    assert path.read_bytes() == whole


def test_distances_that_can_not_be_kept_are_no_error(
    sequences: Sequences, har_home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (har_home / "cache").mkdir(parents=True)
    (har_home / "cache" / "distances").write_text("in the way")
    with caplog.at_level(logging.WARNING):
        assert len(all_pairs(sequences[:3], ["positions"]).rows) == 3
    assert [record.message.partition(" in ")[0] for record in caplog.records] == ["Distances can't be kept"]


def test_no_more_is_kept_than_agreed_and_what_was_used_last_stays(
    sequences: Sequences, folder: Path, monkeypatch: pytest.MonkeyPatch, nothing_more: Callable[[], None]
) -> None:
    groups = [sequences[start : start + 5] for start in (0, 5, 10)]
    moments = iter(range(1, 99))
    utime = kept_distances.os.utime
    monkeypatch.setattr(
        kept_distances.os, "utime", lambda path: utime(path, (moment := next(moments), moment))
    )
    for group in groups[:2]:
        all_pairs(group, ["positions"])
        all_pairs(group, ["positions"])  # is read, at a moment of its own
    all_pairs(groups[0], ["positions"])
    size = max(path.stat().st_size for path in folder.iterdir())
    monkeypatch.setattr(kept_distances, "MOST_KEPT", 2 * size)
    all_pairs(groups[2], ["positions"])
    assert len(list(folder.iterdir())) == 2
    nothing_more()
    all_pairs(groups[0], ["positions"])
    with pytest.raises(pytest.fail.Exception):
        all_pairs(groups[1], ["positions"])


def test_helpers_end_when_nobody_asks_any_more() -> None:
    before = threading.active_count()
    numbers = pair_distances._in_parallel(lambda number: None, 1_000_000, 3)
    next(numbers)
    assert threading.active_count() > before
    numbers.close()
    assert threading.active_count() == before


def test_who_gives_up_keeps_the_channels_that_were_done(sequences: Sequences, folder: Path) -> None:
    by_digest = {digest_of(frames): frames for frames in sequences}
    taken: list[PairDistances] = []
    shares = measure_all(by_digest, ["positions", "motion"], ROLES, 1, taken.append, keep=True)
    assert next(share for share in shares if share > 0.5) < 1
    shares.close()
    assert not taken
    assert [path.name.partition("-")[0] for path in folder.iterdir()] == ["positions"]


@pytest.mark.parametrize("threads", [1, 3])
def test_what_goes_wrong_on_a_helper_is_raised(
    threads: int, sequences: Sequences, har_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(left, block, distances):
        raise MemoryError("here")

    monkeypatch.setattr(pair_distances, "filler", lambda products: fill)
    with pytest.raises(MemoryError, match="here"):
        all_pairs(sequences, threads=threads)


@pytest.mark.parametrize("size", [1e-17, 1e-34])
def test_bodies_that_are_too_large_are_refused_in_a_sentence(
    size: float, sequences: Sequences, har_home: Path
) -> None:
    for frames in sequences:
        frames[:, ROLES.middle] = 0
        frames[:, ROLES.head] = np.float32(size)
    with pytest.raises(DataError, match="can't be compared by their positions: bodies reach more than 1e.15"):
        all_pairs(sequences, ["positions"])
    assert not har_home.exists()
