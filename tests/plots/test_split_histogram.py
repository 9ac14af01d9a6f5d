"""The histogram of the splits: each half in the bar of its accuracy, and the usual ones marked."""

from har_core.analysis.split_lottery import Half, SplitLottery
from har_core.plots.split_histogram import BARS, bins_of, split_histogram

HALVES = tuple(
    Half((1, 2 + row), (9,), correct, 200) for row, correct in enumerate((180, 181, 182, 186, 200))
)
USUAL = {"cross-subject": HALVES[3], "first-five": Half((7, 8), (9,), 170, 200)}
LOTTERY = SplitLottery(HALVES, 5, USUAL, 0)


def test_each_half_is_in_the_bar_of_its_accuracy():
    bins = bins_of(LOTTERY)
    assert list(bins) == list(range(85, 100))  # from the first to the last, a usual one too; 100 % is in 99
    assert {number: len(halves) for number, halves in bins.items() if halves} == {90: 2, 91: 1, 93: 1, 99: 1}
    assert [half.correct for half in bins[90]] == [181, 180]


def test_bars_and_marks_are_drawn_of_them_and_what_is_chosen_stands_out():
    drawn = split_histogram(LOTTERY, "a set", 91)
    bars, *marks = drawn["series"]
    assert bars["name"] == BARS and [bar["value"] for bar in bars["data"]] == [
        len(halves) for halves in bins_of(LOTTERY).values()
    ]
    colours = {bar["name"]: bar["itemStyle"]["color"] for bar in bars["data"]}
    assert sum(colour == colours["91 to 92 %: 1 split"] for colour in colours.values()) == 1
    assert [mark["id"] for mark in marks] == ["first-five", "cross-subject"]
    assert marks[1]["data"][1]["name"] == "cross-subject: 93.0 %, 1, 5 train, 9 test"
    places = [mark["data"][1]["value"][0] for mark in marks]
    assert [drawn["xAxis"]["data"][place] for place in places] == ["85", "93"]
    assert marks[0]["color"] == marks[1]["color"]
    chosen = split_histogram(LOTTERY, "a set", "first-five")["series"]
    assert chosen[1]["color"] != chosen[2]["color"] == marks[1]["color"]
    assert len({bar["itemStyle"]["color"] for bar in chosen[0]["data"]}) == 1
