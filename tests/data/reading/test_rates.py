"""The rate is found in the files where they tell it, and where they disagree that is said."""

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from har_core.data.new_sources import import_source
from har_core.data.reading.choices import ReadingChoices
from har_core.data.reading.csv_values import _exact_numbers
from har_core.data.reading.rates import one_rate, rate_of_times
from har_core.skeleton import MEDIAPIPE_33
from tests.data.reading.bodies import body
from tests.data.reading.made_up_formats import landmarks, wide_csv

NAMES = [f"{action}_s0{subject}_e01" for action in ("wave", "kick") for subject in (1, 2)]
HEADER = ",".join(f"{joint}_{axis}" for joint in MEDIAPIPE_33.joints for axis in "xyz")


def recordings(rates) -> dict[str, bytes]:
    parts = [body(MEDIAPIPE_33, 12, row).round(6) for row in range(len(NAMES))]
    return {
        f"{name}.json": landmarks(frames, **({"fps": rate} if rate else {}))
        for name, frames, rate in zip(NAMES, parts, rates, strict=True)
    }


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize(
    ("rates", "rate", "told"),
    [
        ((25, 25, 25, 25), 25, None),
        ((25, 30, 25, 25), 25, "Of 4 sequences the files tell 25 frames a second of 3, 30 of 1: 25 is taken"),
        ((25, None, None, None), 25, "25 frames a second of 1, none of 3: 25 is taken for all"),
        ((None,) * 4, 15, "15 frames a second are assumed: the files tell no rate."),
    ],
)
def test_recordings_that_tell_different_rates_are_told(rates, rate, told) -> None:
    loaded = import_source("mine", recordings(rates))
    assert loaded.rate == rate
    said = [str(each) for each in loaded.assumptions if each.choice == "rate"]
    assert len(said) == (told is not None)
    assert told is None or (told in said[0] and said[0].endswith("If not, choose another rate."))


def times_csv(times, name="timestamp") -> bytes:
    table = pd.read_csv(io.BytesIO(wide_csv(body(MEDIAPIPE_33, len(times), 1).round(6), f"{name},{HEADER}")))
    table[name] = times
    return table.to_csv(index=False).encode()


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize(
    ("times", "rate", "unit"),
    [
        (np.arange(12) / 30, 30, "seconds"),
        (1_700_000_000_000 + np.round(np.arange(12) * 1000 / 30), 30, "milliseconds"),
        (np.arange(12) * 20_000, 50, "microseconds"),
        (np.arange(12) * 333_333, 30, "steps of 100 nanoseconds"),
        (np.arange(12), 15, None),  # numbers of frames
    ],
)
def test_times_in_a_table_tell_the_rate(times, rate, unit) -> None:
    loaded = import_source("mine", {"wave_s01_e01.csv": times_csv(times)})
    (said,) = [str(each) for each in loaded.assumptions if each.choice == "rate"]
    assert loaded.rate == rate and len(loaded.sequences.frames) == 12
    assert (f"taken for {unit}, which makes {rate} frames a second" if unit else "tell no rate") in said


@pytest.mark.usefixtures("har_home")
def test_a_rate_that_is_chosen_or_on_a_card_is_no_longer_assumed() -> None:
    files = {"wave_s01_e01.csv": times_csv(np.arange(12) / 30)}
    chosen = import_source("one", files, ReadingChoices(rate=25.0))
    card = import_source("two", {**files, "dataset.json": b'{"rate": 25}'})
    for loaded in (chosen, card):
        assert loaded.rate == 25
        assert not [each for each in loaded.assumptions if each.choice == "rate"]


@pytest.mark.usefixtures("har_home")
@pytest.mark.parametrize(("name", "times"), [("timestamp_ms", np.arange(12) * 40), ("t", np.arange(12) / 25)])
def test_times_of_landmarks_tell_the_rate(name, times) -> None:
    frames = json.loads(landmarks(body(MEDIAPIPE_33, 12, 1).round(6)))["frames"]
    timed = [frame | {name: float(time)} for frame, time in zip(frames, times, strict=True)]
    loaded = import_source("mine", {"wave_s01_e01.json": json.dumps(timed).encode()})
    assert loaded.rate == 25 and any("makes 25 frames a second" in str(each) for each in loaded.assumptions)


def test_the_step_between_frames_is_of_one_unit() -> None:
    for rate in (5, 12.5, 15, 29.97, 30, 60, 120):
        for unit, in_second in (("seconds", 1), ("milliseconds", 1e3), ("nanoseconds", 1e9)):
            found = rate_of_times(np.arange(20) / rate * in_second)
            assert found is not None and found[1] == unit and found[0] == pytest.approx(rate, rel=0.02)
    assert rate_of_times(np.zeros(5)) is None and rate_of_times(np.full(5, np.nan)) is None
    assert rate_of_times(np.array([np.inf, np.inf, 0, 0.04, 0.08])) == (25, "seconds")


def test_of_equally_many_the_lower_rate_is_taken() -> None:
    assert one_rate([30, 25])[0] == 25 and one_rate([])[0] is None


def test_pandas_is_asked_for_exact_numbers_only_where_it_needs_that() -> None:
    assert _exact_numbers("2.2.2") == _exact_numbers("3.0.1") == {"float_precision": "round_trip"}
    assert _exact_numbers("3.1.0") == _exact_numbers("4.0.0.dev0") == {}


def test_a_table_is_read_without_a_warning(tmp_path: Path) -> None:
    (tmp_path / "wave_s01_e01.csv").write_bytes(times_csv(np.arange(12) / 30))
    program = "import sys; from har_core.data.sources import load_source; load_source(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, str(tmp_path)], capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_numbers_are_read_to_the_last_bit(har_home: Path) -> None:
    frames = np.random.default_rng(0).normal(size=(300, 33, 3))
    content = json.dumps(frames.tolist()).encode()  # the other way to read the same numbers
    table = import_source("one", {"wave_s01_e01.csv": wide_csv(frames, f"frame,{HEADER}")})
    other = import_source("two", {"wave_s01_e01.json": content})
    np.testing.assert_array_equal(table.sequences.frames, other.sequences.frames)
