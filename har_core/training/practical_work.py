"""The four experiments of the practical work."""

from har_core.data.named_splits import SPLITS
from har_core.data.splits import AnySplit
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig, GradientTraining

COURSE_MODELS = ("lstm", "stacked-lstm", "bilstm", "cnn")
"""Those that the course sets, in its order, by their names in ``MODELS``."""


def practical_work(
    source: str,
    *,
    split: AnySplit = SPLITS["course"],
    epochs: int = 2000,
    seed: int = 0,
    layout: str | None = None,
) -> list[ExperimentConfig]:
    """Return the course's experiments in its order: LSTM, stacked LSTM, Bi-LSTM, and a CNN of equal size.

    Args:
        source: the data set.
        split: what ``course`` means for its subjects.
        epochs: of each run; the course sets 2,000.
        seed: of each run.
        layout: of its files, where they fit several.
    """
    return [
        ExperimentConfig(
            source=source, layout=layout, split=split, model=MODELS[name].options(),
            training=GradientTraining(epochs=epochs), seed=seed,
        )
        for name in COURSE_MODELS
    ]  # fmt: skip
