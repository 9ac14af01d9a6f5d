"""What was prepared last is kept in the process: who checks an experiment and who trains it share it."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field

from har_core.data.sequences import SkeletonSequences
from har_core.training.config import ExperimentConfig
from har_core.training.parts import PreparedParts, prepare_parts

MOST_KEPT = 1 << 28
"""Bytes of frames: so many are kept, or else the last alone, which is then mapped from a file."""

_MOST_ENTRIES = 8


@dataclass
class _Entry:
    """Prepared by whoever comes first; others wait for that."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    parts: PreparedParts | None = None

    @property
    def size(self) -> int:
        """Bytes of its frames."""
        return self.parts.sequences.frames.nbytes if self.parts else 0


_entries: OrderedDict[Hashable, _Entry] = OrderedDict()  # the one asked for last at the end
_guard = threading.Lock()


def prepare_once(config: ExperimentConfig, sequences: SkeletonSequences) -> PreparedParts:
    """Return what ``prepare_parts`` does; of the same data, preparation and split it is prepared once.

    Any thread may ask. Nobody may change what is returned, and nobody can: its arrays are not writeable.

    Raises:
        HarError: as ``prepare_parts``.
    """
    # The fingerprint knows neither the order of the sequences nor what actions and source are called.
    data = (sequences.fingerprint, sequences.ids, sequences.actions, sequences.source, sequences.synthetic)
    key = (data, sequences.skeleton, config.preparation, config.split)
    with _guard:
        entry = _entries.setdefault(key, _Entry())
        _entries.move_to_end(key)
    try:
        with entry.lock:
            parts = entry.parts = entry.parts or prepare_parts(config, sequences)
    except BaseException:
        with _guard:
            _entries.pop(key, None)
        raise
    with _guard:
        while len(_entries) > 1 and _too_much():
            _entries.popitem(last=False)
    return parts


def _too_much() -> bool:
    return len(_entries) > _MOST_ENTRIES or sum(entry.size for entry in _entries.values()) > MOST_KEPT
