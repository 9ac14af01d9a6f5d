"""Loss and accuracy over the epochs, by ECharts: fast enough to be drawn anew while a run trains."""

from collections.abc import Sequence

import pandas as pd

from har_core.plots.colours import NEUTRAL, PART_COLOURS
from har_core.plots.curves import AXES, FAINT, Drawn, Line, drawn_curves
from har_core.plots.echarts import INK, LEGEND, Option, axis, frame_of
from har_core.training.records import EpochRecord, Metric
from har_core.wording import PART_TITLES

_VALUES: dict[Metric, str] = {"loss": "%.3f", "accuracy": "%.1f %%"}


def live_curves(
    records: Sequence[EpochRecord],
    metric: Metric,
    *,
    title: str,
    of: int | None = None,
    smoothing: float = 0.0,
    logarithmic: bool = False,
    mark_best: bool = True,
) -> Option:
    """Return the curves of the three parts, the best validation epoch marked.

    Args:
        records: of one run, in order.
        metric: ``loss`` in nats or ``accuracy`` in percent.
        title: what the figure shows, of which run.
        of: how many epochs there will be, while the run is trained: the axis of the epochs then stays for a
            while, and the curves grow into it. None where it ends with the curves.
        smoothing: weight of the moving average, 0 to under 1; the raw curve stays, faint.
        logarithmic: True for a logarithmic axis of the loss.
        mark_best: False for a run of which no epoch is chosen as the best.
    """
    drawn = drawn_curves(records, metric, smoothing=smoothing, mark_best=mark_best)
    data = pd.DataFrame({"Epoch": drawn.epochs} | {_column(line): line.values for line in drawn.lines})
    option = frame_of(title, data, _epochs(drawn, of), _values(metric, logarithmic))
    option |= {
        "legend": LEGEND,
        "tooltip": {"trigger": "axis", "valueFormatter": _VALUES[metric]},
        "toolbox": {"right": 0, "top": 0, "feature": {"dataZoom": {"filterMode": "none"}, "restore": {}}},
        "dataZoom": [{"type": "inside", "filterMode": "none"}],
        "series": [_series(line) for line in drawn.lines],
    }
    option["grid"]["bottom"] = 32
    if drawn.best_epoch is not None:
        chosen_by = next(series for series in option["series"] if series["name"] == PART_TITLES["validation"])
        chosen_by["markLine"] = _mark(drawn.best_epoch, drawn)
    return option


def _column(line: Line) -> str:
    return f"{PART_TITLES[line.part]}, raw" if line.faint else PART_TITLES[line.part]


def _series(line: Line) -> Option:
    colour = PART_COLOURS[line.part]
    return {
        "type": "line", "symbol": "none", "encode": {"x": "Epoch", "y": _column(line)},
        "name": PART_TITLES[line.part],  # the faint one bears it, too: the legend hides both
        "color": colour, "lineStyle": {"width": 2, "opacity": FAINT if line.faint else 1},
        "tooltip": {"show": not line.faint}, "z": 2 if line.faint else 3,
    }  # fmt: skip


def _epochs(drawn: Drawn, of: int | None) -> Option:
    header = {"label": {"formatter": "Epoch {value}", "precision": 0}}
    ends: Option = {"min": "dataMin", "max": "dataMax"}
    if of:
        ends = {"min": 1, "max": min(of, round_end(int(drawn.epochs[-1]) if len(drawn.epochs) else 1))}
    return axis("Epoch", **ends, minInterval=1, axisPointer=header)


def round_end(epochs: int) -> int:
    """Return the first of 10, 20, 50, 100, 200 and so on that is no fewer epochs."""
    size = 10
    while 5 * size < epochs:
        size *= 10
    return next(factor * size for factor in (1, 2, 5) if factor * size >= epochs)


def _values(metric: Metric, logarithmic: bool) -> Option:
    if metric == "accuracy":
        return axis(AXES[metric], min=0, max=100)
    # Powers of two: of those of ten hardly one lies within the curves.
    return axis(AXES[metric], **{"type": "log", "logBase": 2} if logarithmic else {})


def _mark(epoch: int, drawn: Drawn) -> Option:
    """Return the line at an epoch; near an end of the axis its label leans inwards."""
    place = (epoch - drawn.epochs[0]) / max(1, drawn.epochs[-1] - drawn.epochs[0])
    align = "left" if place < 0.2 else "right" if place > 0.8 else "center"
    return {
        "silent": True, "symbol": "none", "data": [{"xAxis": epoch}],
        "lineStyle": {"type": "dotted", "color": NEUTRAL, "width": 1.5},
        "label": {"formatter": f"best epoch {epoch:,}", "align": align, "color": INK, "fontSize": 12},
    }  # fmt: skip
