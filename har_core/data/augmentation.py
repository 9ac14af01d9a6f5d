"""Augmentation: training sequences that are drawn anew in each epoch. No other part is augmented."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from har_core.data.body_variation import Varied, vary_bodies
from har_core.data.sequences import FloatArray, IntArray
from har_core.data.training_sequences import TrainingSequences
from har_core.skeleton import Skeleton


@dataclass(frozen=True, eq=False)
class Example:
    """A training sequence that is to be varied.

    Attributes:
        frames: (T, J, 3) float32, prepared; not to be written to.
        label: index of its action.
        skeleton: joints and bones.
    """

    frames: FloatArray
    label: int
    skeleton: Skeleton


@dataclass(frozen=True)
class Augmentation:
    """A way to vary training sequences, one by one or a batch at once; with neither they stay as they are.

    Attributes:
        title: for people.
        description: what it does, in a sentence.
        draw: from a sequence to its (T, J, 3) frames as a model's inputs are computed from them this time; T
            may be another. Whatever it draws at random comes from the generator.
        draw_together: the same of all sequences of a batch, from the training part and their rows, for who
            looks at other sequences, too.
    """

    title: str
    description: str
    draw: Callable[[Example, np.random.Generator], FloatArray] | None
    draw_together: Callable[[TrainingSequences, IntArray, np.random.Generator], Varied] | None = None

    @property
    def varies(self) -> bool:
        """Whether sequences are drawn anew."""
        return self.draw is not None or self.draw_together is not None

    def vary(self, part: TrainingSequences, rows: IntArray, random: np.random.Generator) -> Varied:
        """Return the sequences of a batch for this time.

        Args:
            part: the training part.
            rows: of the batch's sequences in it.
            random: source of all that is drawn.

        Raises:
            ValueError: the function gives no frames of that skeleton.
        """
        if self.draw_together is not None:
            return self.draw_together(part, rows, random)
        sequences, drawn = part.sequences, []
        for frames, label in zip(sequences.each(rows), sequences.labels[rows], strict=True):
            drawn.append(self._of(Example(frames, int(label), sequences.skeleton), random))
        lengths = np.array([len(frames) for frames in drawn])
        recorded = sequences.recorded_lengths[rows].astype(np.float64)
        return Varied(np.concatenate(drawn), lengths, recorded)

    def _of(self, example: Example, random: np.random.Generator) -> FloatArray:
        frames = example.frames if self.draw is None else self.draw(example, random)
        frames = np.asarray(frames, np.float32)
        if not len(frames) or frames.shape[1:] != example.frames.shape[1:]:
            raise ValueError(f"{self.title} gives frames of shape {frames.shape}, expected (T, J, 3)")
        return frames


AUGMENTATIONS: dict[str, Augmentation] = {
    "none": Augmentation("none", "Training sequences stay as they were prepared.", None),
    "alone": Augmentation(
        "each by itself",
        "Each sequence is cut at its ends, slowed down or hurried, turned, stretched along its axes and "
        "shaken a little.",
        None, partial(vary_bodies, mixed=False, warped=False),
    ),
    "mixed": Augmentation(
        "mixed with its like",
        "As each by itself, and half of the sequences become a mixture with another of the same action, and "
        "two in five have the legs of that one.",
        None, partial(vary_bodies, mixed=True, warped=False),
    ),
    "recipe": Augmentation(
        "mixed and uneven",
        "As mixed with its like, and sequences hurry here and linger there.",
        None, partial(vary_bodies, mixed=True, warped=True),
    ),
}  # fmt: skip
