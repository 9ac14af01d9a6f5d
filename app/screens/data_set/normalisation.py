"""What a preparation computes: its formulas, and what becomes of the selected sequence."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from app.components.chart import draw_chart
from app.runs.setting_fields import draw_setting
from app.shell.lab import get_prepared
from app.shell.messages import stop_on_error
from app.shell.navigation import link_to
from app.shell.selection import chosen_reading, source_name
from app.shell.wording import escape_markdown
from har_core.data.formulas import formulas_of
from har_core.data.preparation import Preparation, recorded_moments
from har_core.data.sequences import SkeletonSequences
from har_core.player.recordings import title_of_sequence
from har_core.plots.captions import Caption
from har_core.plots.data_set import coordinates_figure, movement_figure

_JOINT = "joint of the preview"
_HEIGHT = 180  # pixels of a joint's curves, which are seen together with all formulas
_CHOICES = ("missing", "untracked", "centring", "frames", "scaling")
"""In the order of their formulas."""


def draw_normalisation(sequences: SkeletonSequences, chosen: int) -> None:
    """Draw the choices, their formulas, and a joint before and after.

    Args:
        sequences: as recorded.
        chosen: row of the sequence that is looked at.
    """
    # What becomes of missing joints is asked where some are missing.
    choices = _CHOICES if np.isnan(sequences.frames).any() else _CHOICES[1:]
    across = (len(choices) + 1) // 2
    places = [place.container(gap=None) for _ in range(2) for place in st.columns(across, gap="medium")]
    preparation = _choose(dict(zip(choices, places, strict=False)))
    with stop_on_error():
        prepared = get_prepared(source_name(), chosen_reading(), preparation)
    for place, formula in zip(places, formulas_of(preparation)[-len(choices) :], strict=False):
        place.latex(formula.latex, help=escape_markdown(formula.meaning))
    _draw_movement(sequences, prepared, chosen, preparation)
    if st.toggle("Coordinates of all sequences", key="coordinates of all", persist_state="session"):
        _draw_coordinates(sequences, prepared, preparation)


def _choose(places: Mapping[str, DeltaGenerator]) -> Preparation:
    values: dict[str, Any] = {}
    faults = []
    for name, place in places.items():
        with place:
            values[name], fault = draw_setting(Preparation, name, f"preview {name}")
            faults += [fault] if fault else []
    if faults:
        st.error(escape_markdown(" ".join(faults)), icon=":material/error:")
        st.stop()
    return Preparation(**values)


def _draw_movement(
    sequences: SkeletonSequences, prepared: SkeletonSequences, chosen: int, preparation: Preparation
) -> None:
    """Draw the choice of a joint, and where it is in a sequence, as recorded and as prepared."""
    name, joints = sequences.ids[chosen], sequences.skeleton.joints
    with st.container(horizontal=True, vertical_alignment="center"):
        wanted = st.selectbox(
            "Joint of the preview", joints, joints.index(_joint_to_show(sequences, chosen)),
            key=_key(sequences), format_func=lambda joint: joint.replace("_", " "), persist_state="session",
            label_visibility="collapsed", width=200,
        )  # fmt: skip
        st.caption(escape_markdown(title_of_sequence(sequences, chosen)), width="content")
        link_to("skeletons", "Choose another sequence")
    joint, said = joints.index(wanted), wanted.replace("_", " ")
    facts = [title_of_sequence(sequences, chosen), source_name()]
    lost = sequences.untracked_in(chosen)
    seen = sequences[chosen][~lost]
    before, after = st.columns(2, gap="medium")
    if len(seen):
        draw_chart(
            movement_figure(
                seen[:, joint], np.flatnonzero(~lost).astype(float), title=f"{said}, as recorded",
                unit=sequences.unit,
            ),
            place=before, key="recorded", caption=Caption(f"{said}, as recorded", facts), height=_HEIGHT,
            alt=f"Curves of x, y and z of the {said} in {name} ({sequences.unit}), where it was tracked.",
        )  # fmt: skip
    if name in prepared.ids:
        unit = sequences.unit if preparation.scaling == "none" else "scaled"
        draw_chart(
            movement_figure(
                prepared[prepared.row_of(name)][:, joint], recorded_moments(lost, preparation),
                title=f"{said}, prepared", unit=unit,
            ),
            place=after, key="prepared", caption=Caption(f"{said}, prepared", facts), height=_HEIGHT,
            alt=f"Curves of x, y and z of the {said} in {name} after this preparation ({unit}).",
        )  # fmt: skip
    else:
        after.info(
            f"{escape_markdown(name)} is left out of training by this preparation.", icon=":material/block:"
        )


def _joint_to_show(sequences: SkeletonSequences, chosen: int) -> str:
    """Return a joint that the sequence misses somewhere, else the right hand, else the first."""
    joints = sequences.skeleton.joints
    missed = np.flatnonzero(np.isnan(sequences[chosen][:, :, 0]).any(axis=0))
    if len(missed):
        return joints[missed[0]]
    return "right_hand" if "right_hand" in joints else joints[0]


def _draw_coordinates(
    sequences: SkeletonSequences, prepared: SkeletonSequences, preparation: Preparation
) -> None:
    before, after = st.columns(2, gap="medium")
    tracked = sequences.frames[~sequences.untracked]
    draw_chart(
        coordinates_figure(tracked, title="As recorded, tracked frames", unit=sequences.unit),
        place=before, key="before", caption=Caption("Coordinates as recorded", [source_name()]), height=320,
        alt=f"Distribution of the x, y and z coordinates as recorded ({sequences.unit}).",
    )  # fmt: skip
    unit = sequences.unit if preparation.scaling == "none" else "scaled"
    low, high = prepared.frames.min(), prepared.frames.max()
    draw_chart(
        coordinates_figure(prepared.frames, title="After this preparation", unit=unit),
        place=after, key="after", caption=Caption("Coordinates after preparation", [source_name()]),
        height=320, alt=f"The same coordinates after this preparation: from {low:.2f} to {high:.2f}.",
    )  # fmt: skip


def _key(sequences: SkeletonSequences) -> str:
    """Return the key of the choice of a joint: those of another skeleton have other names."""
    return f"{_JOINT} of {sequences.skeleton.name}"
