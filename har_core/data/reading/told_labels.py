"""Actions and subjects as tables, JSON and names of files tell them: in texts, which are numbers or words."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from har_core.data.sequences import IntArray
from har_core.errors import DataError

_NUMBER = re.compile(r"\d{1,7}(\.0+)?")
_NUMBERED = re.compile(r"([^\d]*?)(\d{1,7})")
_LONGEST = 100
_MOST_TOLD = 5


def actions_of(texts: Sequence[str], where: str) -> tuple[IntArray | list[str], tuple[str, ...]]:
    """Return (N) numbers from 1 where all texts are numbers, else N words; and a note on what was changed.

    Args:
        texts: N texts.
        where: they stand, for errors.

    Raises:
        DataError: one is empty, too long or unprintable.
    """
    if all(_NUMBER.fullmatch(text) for text in texts):
        return _from_1(np.array([int(float(text)) for text in texts]), "The actions")
    for text in texts:
        if not text.strip() or len(text) > _LONGEST or not text.isprintable():
            raise DataError(f"{where}: {text[:20]!r} names no action, expected a number or a short word.")
    return [text.strip() for text in texts], ()


def subjects_of(texts: Sequence[str]) -> tuple[IntArray, tuple[str, ...]]:
    """Return (N) numbers from 1, and a note on what was changed.

    Texts that are numbers, or one and the same word and a number (``S07``), are these numbers; others are
    numbered in the order of the alphabet.
    """
    matches = [_NUMBERED.fullmatch(text.strip()) for text in texts]
    numbered = [match for match in matches if match]
    if len(numbered) == len(texts) and len({match[1].lower() for match in numbered}) == 1:
        return _from_1(np.array([int(match[2]) for match in numbered]), "The subjects")
    words, numbers = np.unique(np.array(texts), return_inverse=True)
    told = ", ".join(
        f"{number} is {word[:30]!r}" for number, word in enumerate(words[:_MOST_TOLD].tolist(), 1)
    )
    more = " and so on" if len(words) > _MOST_TOLD else ""
    return numbers.reshape(-1).astype(np.int64) + 1, (f"The subjects are numbered: {told}{more}.",)


def _from_1(numbers: IntArray, what: str) -> tuple[IntArray, tuple[str, ...]]:
    if len(numbers) and numbers.min() == 0:
        return numbers + 1, (f"{what} are counted from 0: 0 is shown as 1.",)
    return numbers, ()
