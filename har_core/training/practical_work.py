"""The four experiments of the practical work."""

from har_core.data.named_splits import SPLITS
from har_core.data.reading.choices import NOTHING_CHOSEN, ReadingChoices
from har_core.data.splits import AnySplit
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.named_settings import non_default_settings

COURSE_MODELS = ("lstm", "stacked-lstm", "bilstm", "cnn")
"""Those that the course sets, in its order, by their names in ``MODELS``."""


def practical_work(
    source: str,
    *,
    split: AnySplit = SPLITS["course"],
    epochs: int = 2000,
    seed: int = 0,
    reading: ReadingChoices = NOTHING_CHOSEN,
) -> list[ExperimentConfig]:
    """Return the course's experiments in its order: LSTM, stacked LSTM, Bi-LSTM, and a CNN of equal size.

    Args:
        source: the data set.
        split: what ``course`` means for its subjects.
        epochs: of each run; the course sets 2,000.
        seed: of each run.
        reading: what the user says of its files.
    """
    return [
        ExperimentConfig(
            source=source, reading=reading, split=split, model=MODELS[name].options(),
            training=GradientTraining(epochs=epochs), seed=seed,
        )
        for name in COURSE_MODELS
    ]  # fmt: skip


def is_of_course(config: ExperimentConfig, course: AnySplit | None) -> bool:
    """Say whether an experiment is one that the course sets: a model of it, its settings and its split.

    Args:
        config: on any data set.
        course: the ``course_split`` of that.
    """
    return config.model.name in COURSE_MODELS and not non_default_settings(config) and config.split == course
