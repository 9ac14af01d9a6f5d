"""What a figure is: the words above it, full screen and saved, and the name of its file."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

_LONGEST = 160  # characters of a file's name


@dataclass(frozen=True)
class Caption:
    """What a figure shows, and of what.

    Attributes:
        title: what it shows.
        facts: run, part, weights, data set and what else it is of.
    """

    title: str
    facts: Sequence[str] = ()

    def as_json(self) -> dict[str, str]:
        """Return ``title``, ``about`` and ``file``, the name without its ending."""
        return {
            "title": self.title,
            "about": ", ".join(self.facts),
            "file": file_name(self.title, *self.facts),
        }


def file_name(*texts: str) -> str:
    """Return a name for a file, of letters and digits that any system takes.

    Args:
        texts: what the file holds, the most telling first.
    """
    plain = [unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower() for text in texts]
    words = [re.sub(r"[^a-z0-9]+", "-", text).strip("-") for text in plain]
    return "_".join(filter(None, words))[:_LONGEST].rstrip("-_") or "figure"
