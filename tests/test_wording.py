import pytest

from har_core import wording


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 ms"), (0.0174, "17 ms"), (0.9994, "999 ms"), (0.9996, "1.0 s"), (1, "1.0 s"), (9.94, "9.9 s"),
        (9.96, "10 s"), (19.898, "20 s"), (59.6, "1 min 0 s"), (77, "1 min 17 s"), (3600, "1 h 0 min"),
        (4_000_000, "1,111 h 6 min"),
    ],
)  # fmt: skip
def test_durations(seconds, said):
    assert wording.duration(seconds) == said


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0.42, 0.42, "0.42 s"), (34.6, 34.6, "35 s"), (100, 100, "1.7 min"), (39_900, 39_900, "11 h"),
        (26, 41, "26 to 41 s"), (26, 410, "26 s to 6.8 min"), (20_000, 80_000, "5.6 to 22 h"),
        (39_900, 40_100, "11 h"), (1e6, 2e8, "12 to 2,300 days"),
    ],
)  # fmt: skip
def test_about_how_long_something_takes(low, high, said):
    assert wording.rough_duration(low, high) == said


@pytest.mark.parametrize(
    ("nats", "said"),
    [(0, "0"), (0.00042, "0.00042"), (0.0999, "0.0999"), (0.3034, "0.303"), (12345.6789, "12,345.679")],
)
def test_losses_have_digits_enough_to_tell_them_apart(nats, said):
    assert wording.loss(nats) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(2000, "2,000"), (0.001, "0.001"), (1e-7, "1e-7"), (10.0, "10"), (0.123456, "0.123456")],
)
def test_settings_are_said_as_they_are_typed(value, said):
    assert wording.number(value) == said


def test_shares_and_counts():
    assert wording.percent(0.65341) == "65.3 %"
    assert wording.percent(0.65341, digits=0) == "65 %"
    assert wording.mean_and_deviation(0.65, 0.046) == "65.0 ± 4.6 %"
    assert wording.interval(0.577, 0.718) == "57.7 to 71.8 %"
    assert wording.seconds(0.533) == "0.5 s" and wording.milliseconds(0.01744) == "17.4 ms"
    assert wording.megabytes(6_300_000) == "6.3 MB"
    assert wording.count_of(1000, 1234) == "1,000 of 1,234"
    assert wording.counted(1, "frame") == "1 frame"
    assert wording.counted(1200, "frame") == "1,200 frames"
    assert wording.listed((8, 1, 2, 3, 3)) == "1 to 3, 8"
