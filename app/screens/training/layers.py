"""The layers of the network that the form describes, counted anew with each change of a field."""

import sys
from collections.abc import Sequence

import streamlit as st

from har_core.data.inputs import width_of
from har_core.data.sequences import SkeletonSequences
from har_core.models import ModelOptions

_LOOK_EVERY = 1.0
"""Seconds between two looks for torch, which the queue's thread imports soon after the server's start."""


def draw_layers(options: ModelOptions, given: Sequence[str], sequences: SkeletonSequences) -> None:
    """Draw how many parameters a network has, and beneath it its layers.

    Args:
        options: of a model that has a network.
        given: names of the inputs that it is given.
        sequences: that it is to be given.
    """
    inputs, classes = width_of(given, sequences.skeleton), len(sequences.actions)
    if _torch_is_here():
        _draw(options, inputs, classes)
    else:
        st.fragment(_draw_as_soon_as_can_be, run_every=_LOOK_EVERY)(options, inputs, classes)


def _torch_is_here() -> bool:
    """Say whether torch is imported to its end; whoever would import it now keeps the page waiting."""
    torch = sys.modules.get("torch")
    return torch is not None and not getattr(torch.__spec__, "_initializing", False)


def _draw_as_soon_as_can_be(options: ModelOptions, inputs: int, classes: int) -> None:
    if _torch_is_here():
        _draw(options, inputs, classes)
    else:
        st.caption(
            "Its layers and parameters are counted as soon as the server is ready to train, about half a "
            "minute after its start."
        )


def _draw(options: ModelOptions, inputs: int, classes: int) -> None:
    # Not imported above: torch comes with it.
    from har_core.models.layer_table import layers_of, say_layers

    rows = layers_of(options, inputs, classes)
    total = sum(row.parameters for row in rows)
    st.caption(
        "  \n".join([f"**{total:,} parameters**, with T frames of {inputs:,} numbers:", *say_layers(rows)])
    )
