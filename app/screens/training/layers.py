"""The layers of the network that the form describes, counted anew with each change of a field."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from app.runs.torch_ready import draw_with_torch
from har_core.data.inputs import View, width_of
from har_core.data.sequences import SkeletonSequences
from har_core.models import ModelOptions


def draw_layers(
    options: ModelOptions, given: Sequence[str], view: View, sequences: SkeletonSequences
) -> None:
    """Draw how many parameters a network has, and beneath it its layers.

    Args:
        options: of a model that has a network.
        given: names of the inputs that it is given.
        view: which axes and joints of them.
        sequences: that it is to be given.
    """
    inputs, classes = width_of(given, sequences.skeleton, view), len(sequences.actions)
    draw_with_torch(
        partial(_draw, options, inputs, classes),
        "Its layers and parameters are counted as soon as the server is ready to train, about half a minute "
        "after its start.",
    )


def _draw(options: ModelOptions, inputs: int, classes: int) -> None:
    # Not imported above: torch comes with it.
    from har_core.models.layer_table import layers_of, parameters_of, say_layers

    total = parameters_of(options, inputs, classes)
    rows = say_layers(layers_of(options, inputs, classes))
    st.caption("  \n".join([f"**{total:,} parameters**, with T frames of {inputs:,} numbers:", *rows]))
