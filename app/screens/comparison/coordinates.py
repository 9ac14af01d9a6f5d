"""Settings and accuracies of many runs in one figure."""

import streamlit as st

from app.components.chart import draw_chart
from app.screens.comparison.compared import Compared, say_what_is_missing
from har_core.data.splits import REFITTED
from har_core.plots.captions import Caption
from har_core.plots.parallel_coordinates import colouring_part, parallel_coordinates
from har_core.wording import PART_TITLES, counted


def draw_coordinates(compared: Compared) -> None:
    """Draw an axis for each setting that differs, and a line for each run."""
    ended, refits = compared.ended.apart
    if refits.runs:
        many = len(refits.runs) > 1
        st.caption(
            f":material/info: {counted(len(refits.runs), 'run')} {'were' if many else 'was'} {REFITTED}, and "
            f"{'have' if many else 'has'} no line here: the axis of the test part is that of the others."
        )
    if len(ended.runs) < 2:
        say_what_is_missing("Parallel coordinates need at least two runs that have ended.")
        return
    figure, height = parallel_coordinates(ended.runs, ended.titles, ended.ground)
    draw_chart(
        figure, key="coordinates", height=height,
        caption=Caption("Settings and accuracies, best epoch", [ended.ground]),
        alt=f"Parallel coordinates of {counted(len(ended.runs), 'run')}: an axis for each setting that "
        "differs and one for each accuracy. The table above holds the same numbers.",
    )  # fmt: skip
    part = PART_TITLES[colouring_part(ended.runs)].lower()
    st.caption(
        f"A line is a run; the bluer, the better on the {part} part, the more orange, the worse. Drag along "
        "an axis to keep the runs that cross it there; the filter and the chosen runs above do so by "
        "keyboard. Choose a config by the validation accuracy: the test part chooses nothing."
    )
