"""Which two changes matter most: chosen by the validation part, told by the test part, with its error."""

import numpy as np

from har_core.analysis.ladder import ladder_from_runs
from har_core.analysis.what_matters import say_what_matters
from har_core.data.named_splits import SPLITS
from har_core.training.ladder import RUNGS
from tests.ladders import BASE, FINGERPRINT, ladder_of, run_of

NAMES = list(RUNGS)


def rungs(*means: tuple[float, float], scatter: float = 0.01, seeds: int = 3):
    """A ladder whose rungs have these means on test and validation; the seeds lie about them."""
    offsets = scatter * (np.arange(seeds) - (seeds - 1) / 2)
    return {
        (name, "rung"): [(test + offset, validation + offset) for offset in offsets]
        for name, (test, validation) in zip(NAMES, means, strict=False)
    }


def test_the_two_largest_steps_of_the_validation_part_are_told_by_the_test_part() -> None:
    # Gains on test: 1, 20, 10, 2; on validation: 1, 5, 15, 12: test alone would choose the first two.
    means = [(0.40, 0.40), (0.41, 0.41), (0.61, 0.46), (0.71, 0.61), (0.73, 0.73)]
    said = say_what_matters(ladder_of(rungs(*means)))
    error = np.sqrt(2 * 0.01**2 / 3)
    first, second = (RUNGS[NAMES[place]].title.lower() for place in (3, 4))
    told = f"**{first}** (+10.0 ± {100 * error:.1f}) and **{second}** (+2.0 ± {100 * error:.1f}) matter most"
    assert said.startswith(f"So far, 4 of {len(NAMES) - 1} steps can be told: {told}, in points of the test")
    assert "not certain" not in said and "seeds" not in said


def test_a_third_that_is_as_good_within_its_error_is_named() -> None:
    means = [(0.40, 0.40), (0.50, 0.50), (0.60, 0.60), (0.699, 0.699)]
    said = say_what_matters(ladder_of(rungs(*means, scatter=0.05)))
    assert f"It is not certain that {RUNGS[NAMES[3]].title.lower()} matters less" in said


def test_of_two_seeds_no_error_is_told() -> None:
    said = say_what_matters(ladder_of(rungs((0.4, 0.4), (0.5, 0.5), (0.7, 0.7), seeds=2)))
    assert "±" not in said and "can't be told of fewer than 3 seeds" in said


def test_what_is_missed_at_the_top_is_told_where_it_was_taken_out() -> None:
    shares = {("L9", "rung"): [0.9] * 3, ("L6", "without"): [0.8] * 3, ("L4", "without"): [0.85] * 3}
    shares |= {("L7", "without"): [0.89] * 3, **rungs((0.4, 0.4), (0.5, 0.5))}
    said = say_what_matters(ladder_of(shares))
    lost = "**pooling** (-10.0 ± 0.0) and **motion** (-5.0 ± 0.0)"
    assert said.endswith(f"Of 3 changes taken out of L9, {lost} are missed most.")


def test_without_a_step_or_a_gain_nothing_is_said_to_matter() -> None:
    nothing = "Which changes matter most is told as soon as"
    assert say_what_matters(ladder_from_runs(BASE, (0, 1), [], FINGERPRINT)).startswith(nothing)
    assert say_what_matters(ladder_of(rungs((0.5, 0.5), (0.4, 0.4)))).startswith(nothing)
    assert say_what_matters(ladder_of({("L4", "rung"): [0.9] * 3})).startswith(nothing)


def test_without_a_validation_part_the_test_part_chooses_and_that_is_said() -> None:
    split = SPLITS["cross-subject"]
    shares = {"L0": 0.4, "L1": 0.5, "L3": 0.8}
    runs = [
        run_of((name, "rung"), seed, test, None, split=split)
        for name, test in shares.items()
        for seed in range(3)
    ]
    said = say_what_matters(
        ladder_from_runs(BASE.model_copy(update={"split": split}), range(3), runs, FINGERPRINT)
    )
    assert "**schedule** (+30.0 ± 0.0) and **both directions** (+10.0 ± 0.0) matter most" in said
    assert "No validation part could choose them" in said
