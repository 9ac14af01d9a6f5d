"""What the report says of a run's split."""

from har_core.data.named_splits import parse_split
from har_core.report.facts import facts_of_data, facts_of_run
from har_core.report.findings import gather
from har_core.training.config import GradientTraining
from har_core.training.store import RunStore


def test_a_split_that_is_not_what_its_name_lets_expect_is_told(train_small, har_home):
    store = RunStore()
    splits = [parse_split(text, range(1, 7)) for text in ("thirds", "1-3/4/5", "odd-even")]
    once = GradientTraining(epochs=1)
    runs = gather(store, [train_small(store, training=once, split=split).run_id for split in splits])
    parts = "training subjects 1, 2, 24 sequences; validation subjects 3, 4, 24 sequences; test subjects 5, 6"
    made_for = "is made for subjects 1 to 10. This data set has 1 to 6:"
    said = [dict(facts_of_run(found))["Split"] for found in runs]
    assert said[0] == (
        f"thirds: {parts}, 24 sequences. The split course {made_for} "
        "they are split into thirds, in the order of their numbers."
    )
    assert said[1].endswith("12 sequences. In no part, and so not used: subject 6.")
    assert said[2].endswith(f"The split odd-even {made_for} it goes by these.")
    (data,) = facts_of_data(runs)
    assert [text for name, text in data.facts if name == "Split"] == said


def test_of_a_split_that_is_as_it_was_made_the_parts_are_told_alone(made):
    found, _ = gather(made.store, made.ids)
    assert dict(facts_of_run(found))["Split"].endswith("test subjects 5, 6, 24 sequences")
