"""Lists of seeds: what is read of them, and what is refused in a sentence."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from har_core.errors import ConfigError
from har_core.training.seed_list import MOST_SEEDS, parse_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("0", (0,)),
        (" 7 ", (7,)),
        ("0-4", (0, 1, 2, 3, 4)),
        ("0 - 2", (0, 1, 2)),
        ("0, 3, 7", (0, 3, 7)),
        ("9,0-2", (9, 0, 1, 2)),
        ("5-5", (5,)),
        (str(2**63 - 1), (2**63 - 1,)),
        (f"0-{MOST_SEEDS - 1}", tuple(range(MOST_SEEDS))),
    ],
)
def test_a_list_is_read_in_its_order(text: str, seeds: tuple[int, ...]) -> None:
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    "text", ["", " ", "x", "-1", "1.5", "4-0", "0-", "0,,1", "0 1", "0-2-4", str(2**63), "9" * 5000, "٣"]
)
def test_what_is_no_list_is_told_with_how_it_is_written(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_seeds(text)
    said = str(caught.value)
    assert said.endswith(
        "expected whole numbers from 0 to 9,223,372,036,854,775,807, such as 0, or 0-4, or 0, 3, 7."
    )
    assert said.startswith("Seeds: found nothing" if not text.strip() else f"Seeds: found '{text[:30]}")
    assert len(said) < 200


@pytest.mark.parametrize("text", ["0-100", "0-50, 100-150", f"0-{2**63 - 1}"])
def test_more_runs_than_anybody_wants_are_refused_at_once(text: str) -> None:
    with pytest.raises(ConfigError, match=f"found more than {MOST_SEEDS} in '0-.*'; name fewer"):
        parse_seeds(text)


@pytest.mark.parametrize(("text", "twice"), [("0, 0", "0"), ("0-4, 3", "3")])
def test_a_seed_that_is_named_twice_is_refused(text: str, twice: str) -> None:
    with pytest.raises(ConfigError, match=f"names {twice} twice"):
        parse_seeds(text)


@given(some.lists(some.integers(0, 2**63 - 1), min_size=1, max_size=MOST_SEEDS, unique=True))
def test_any_seeds_can_be_listed(seeds: list[int]) -> None:
    assert parse_seeds(", ".join(map(str, seeds))) == tuple(seeds)
