"""The confusion matrix, its cells to be clicked."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from har_core.data.sequences import IntArray
from har_core.plots.colours import CHOSEN, EMPTY, SEQUENTIAL

SELECTION = "cell"
"""Name of the selection that a click sets; its fields are ``true`` and ``predicted``."""


def confusion_chart(
    counts: IntArray, actions: Sequence[str], *, chosen: tuple[str, str] | None = None, height: int = 620
) -> alt.LayerChart | alt.FacetChart:
    """Return a matrix of counts: a row for each true action, a column for each predicted one.

    Args:
        counts: (K, K).
        actions: K names.
        chosen: true and predicted action of the cell to frame.
        height: in pixels.
    """
    rows = [
        {"true": true, "predicted": predicted, "count": int(counts[i, j]), "of": int(counts[i].sum())}
        for i, true in enumerate(actions)
        for j, predicted in enumerate(actions)
    ]
    order = list(actions)
    most = max(1, int(counts.max(initial=0)))
    x = alt.X(
        "predicted:N",
        sort=order,
        title="Predicted action",
        axis=alt.Axis(labelAngle=-45, labelOverlap=False, labelFlush=False, labelLimit=150),
    )
    y = alt.Y(
        "true:N",
        sort=order,
        title="True action",
        axis=alt.Axis(labelOverlap=False, labelFlush=False, labelLimit=150),
    )
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("true:N", title="True"),
            alt.Tooltip("predicted:N", title="Predicted"),
            alt.Tooltip("count:Q", title="Sequences"),
            alt.Tooltip("of:Q", title="Of all of this action"),
        ],
    )
    select = alt.selection_point(name=SELECTION, fields=["true", "predicted"], toggle=False)
    cells = (
        base.mark_rect(cursor="pointer")
        .encode(
            color=alt.condition(
                "datum.count == 0",
                alt.value(EMPTY),
                alt.Color("count:Q", scale=alt.Scale(domain=[0, most], range=SEQUENTIAL), legend=None),
            )
        )
        .add_params(select)
    )
    numbers = (
        base.transform_filter("datum.count > 0")
        .mark_text(fontSize=12, cursor="pointer")
        .encode(
            text="count:Q",
            color=alt.condition(f"datum.count > {most * 0.45}", alt.value("white"), alt.value("#1B2430")),
        )
    )
    layers = [cells, numbers]
    if chosen is not None:
        frame = pd.DataFrame([{"true": chosen[0], "predicted": chosen[1]}])
        layers.append(alt.Chart(frame).mark_rect(filled=False, stroke=CHOSEN, strokeWidth=3).encode(x=x, y=y))
    return alt.layer(*layers).properties(height=height)
