"""Data set: how the files are organised, what is in them, and what normalisation does to them."""

import streamlit as st

from app.ui.data_set_sources import draw_sources
from app.ui.lab import get_prepared, get_source
from app.ui.messages import explain, synthetic_notice
from app.ui.selection import recall, remember, source_name
from har_core.data.describe import describe
from har_core.data.splits import PARTS, SPLITS, rows_of
from har_core.errors import AmbiguousLayoutError, HarError
from har_core.plots.colours import PART_TITLES
from har_core.plots.data_set import coordinates_figure, counts_figure, lengths_figure

st.title("Data set")
st.markdown("How the files are organised, how many sequences each action and subject has, and what is wrong.")
draw_sources()

try:
    loaded = get_source(source_name(), recall("layout"))
except AmbiguousLayoutError as error:
    st.warning(str(error))
    layout = st.selectbox("Layout of X.npy", error.choices)
    st.button("Use this layout", on_click=remember, args=("layout", layout), type="primary")
    st.stop()
except HarError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

sequences = loaded.sequences
found = describe(loaded)
synthetic_notice(found.synthetic)
cards = st.columns(5)
for column, title, value in zip(
    cards, ("Sequences", "Classes (actions)", "Subjects", "Joints", "Frames"),
    (found.sequences, found.classes, found.subjects, found.joints, found.frames), strict=True,
):  # fmt: skip
    column.metric(title, f"{value:,}", border=True)

st.subheader("How the files are organised")
st.markdown(
    f"- **X.npy**, the skeletons: {found.layout}.\n"
    f"- **Y.npy**, the actions: one number a sequence, {found.classes} different ones, "
    "so a network needs as many outputs.\n"
    f"- **Y_s.npy**, the subjects: one number a sequence, {found.subjects} different ones.\n"
    f"- A sequence has {found.lengths['min']} to {found.lengths['max']} frames, half of them at most "
    f"{found.lengths['median']:g}; each frame has {found.joints} joints with x (right in the image), "
    "y (up) and z (away from the camera)."
)
for note in loaded.notes:
    st.caption(note)

left, right = st.columns(2, gap="medium")
left.plotly_chart(counts_figure(sequences), key="counts", config={"displaylogo": False})
with explain():
    prepared = get_prepared(source_name(), recall("layout"))
with right:
    st.plotly_chart(lengths_figure(sequences), key="lengths", config={"displaylogo": False})
    with st.container(border=True):
        st.markdown("**The course's split, by subject**")
        for part in PARTS:
            subjects = SPLITS["course"].subjects_of(part)
            count = len(rows_of(prepared, SPLITS["course"], part))
            named = ", ".join(map(str, subjects))
            st.markdown(f"{PART_TITLES[part]}: subjects {named} · {count} sequences")
        st.caption(f"Of the {len(prepared)} sequences that the default preparation keeps.")

st.subheader("Before and after normalisation")
before, after = st.columns(2, gap="medium")
tracked = sequences.frames[~sequences.untracked]
before.plotly_chart(
    coordinates_figure(tracked, title="As recorded, tracked frames", unit="m"), key="before",
    config={"displaylogo": False},
)  # fmt: skip
after.plotly_chart(
    coordinates_figure(prepared.frames, title="Prepared as by default", unit="scaled"), key="after",
    config={"displaylogo": False},
)  # fmt: skip

st.subheader(f"Faults: {len(found.faults)} sequences")
st.caption(
    f"{found.untracked_frames:,} frames are all zero: the tracker had lost the body. "
    "Preparation mends or drops them."
)
st.dataframe(
    [{"Sequence": fault.id, "Fault": fault.fault} for fault in found.faults], hide_index=True, key="faults"
)
