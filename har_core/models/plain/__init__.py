"""The networks as programs of plain PyTorch and Keras, to read and to take along.

The parameters of PyTorch are those of the network here, in the same order, so that weights can be copied one
after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pkgutil import resolve_name
from typing import cast

from har_core.models import MODELS, ModelOptions

_KNOWN_HEADS = ("last", "mean", "max", "mean-max")


@dataclass(frozen=True)
class PlainPrograms:
    """Programs that make the same network.

    Attributes:
        torch: makes ``model``, which is given padded frames (B, T, F) and their lengths (B).
        keras: makes ``model``, which is given padded frames (B, T, F).
    """

    torch: str
    keras: str


def plain_programs(options: ModelOptions, inputs: int, classes: int) -> PlainPrograms | None:
    """Return the network that the options name as programs; None where nobody has written them.

    Args:
        options: of a model of ``MODELS``.
        inputs: F.
        classes: K.
    """
    writer = MODELS[options.name].plain
    if not writer or getattr(options, "head", "last") not in _KNOWN_HEADS:
        return None
    return cast(PlainPrograms, resolve_name(writer)(options, inputs, classes))
