"""Augmentation: training sequences that are drawn anew in each epoch. No other part is augmented."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from har_core.data.sequences import FloatArray
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
    """A way to vary training sequences.

    Attributes:
        title: for people.
        description: what it does, in a sentence.
        draw: from a sequence to its (T, J, 3) frames as a model's inputs are computed from them this time; T
            may be another. Whatever it draws at random comes from the generator. None leaves the sequences
            as they are.
    """

    title: str
    description: str
    draw: Callable[[Example, np.random.Generator], FloatArray] | None

    def of(self, example: Example, random: np.random.Generator) -> FloatArray:
        """Return the frames of a sequence for this time.

        Raises:
            ValueError: the function gives no frames of that skeleton.
        """
        if self.draw is None:
            return example.frames
        frames = np.asarray(self.draw(example, random), np.float32)
        if not len(frames) or frames.shape[1:] != example.frames.shape[1:]:
            raise ValueError(f"{self.title} gives frames of shape {frames.shape}, expected (T, J, 3)")
        return frames


AUGMENTATIONS: dict[str, Augmentation] = {
    "none": Augmentation("none", "Training sequences stay as they were prepared.", None),
}
