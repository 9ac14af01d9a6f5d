"""Several runs in one figure: accuracies, curves, and parallel coordinates."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import repeat
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from har_core.analysis.comparison import say_of_run, settings_by_name, titles_by_name
from har_core.analysis.learning import smooth
from har_core.analysis.seeds import Curves, SeedGroup, mean_curve, say_weights
from har_core.data.splits import PARTS, Part
from har_core.plots.colours import ACCENT, CORRECT, DASHES, MANY, PART_COLOURS, WRONG
from har_core.plots.curves import spread
from har_core.training.records import Metric
from har_core.training.store import Run
from har_core.wording import PART_TITLES

_LONGEST = 24  # letters of a word at an axis


def plain(text: str) -> str:
    """Return a user's text for a figure, in which Plotly finds no markup."""
    return escape(text, quote=False)


def titled(title: str, ground: str) -> dict[str, Any]:
    """Return a title at the top, and below it in smaller letters of what the figure is."""
    place = {"y": 1, "yref": "container", "yanchor": "top", "pad": {"t": 12}}
    return {"text": title, "subtitle": {"text": plain(ground), "font": {"size": 13}}, **place}


def accuracy_figure(groups: Sequence[SeedGroup], titles: Mapping[str, str], ground: str) -> go.Figure:
    """Return the test accuracy of each run, at its best epoch if it has one, a row for each config.

    Where a config has several seeds, a bar marks the mean and a line reaches one standard deviation to both
    sides; a run that was stopped early, or whose seed is there already, is hollow and doesn't count.

    Args:
        groups: of runs, some of them with results.
        titles: of each run, by the name of its directory.
        ground: data set and split, for the title.
    """
    shown = [group for group in groups if any(run.results for run in group.everyone)]
    traces = [trace for group in shown for trace in (_mark_runs(group, titles), *_mark_mean(group))]
    said = say_weights([run for group in shown for run in group.everyone])
    layout = {
        "title": titled(f"Test accuracy{said and f', {said}'}", ground),
        "height": 150 + 44 * len(shown),
        "margin": {"t": 84, "r": 12, "l": 12, "b": 12},
        "xaxis": {"title": {"text": "Test accuracy (%)"}, "range": [0, 101]},
        "yaxis": {"title": {"text": "Config"}, "autorange": "reversed", "automargin": True},
    }
    # In one piece: a figure that is put together step by step takes Plotly twice as long.
    return go.Figure(traces, layout)


def _mark_runs(group: SeedGroup, titles: Mapping[str, str]) -> dict[str, Any]:
    """Return the trace of a config's runs.

    Those that would cover each other are one point: of a thousand a browser would draw all, and show few.
    """
    counting = {run.run_id for run in group.complete}
    places: dict[tuple[float, bool], list[Run]] = {}
    for run in group.everyone:
        if run.results:
            places.setdefault((run.results.chosen.test, run.run_id in counting), []).append(run)
    return {
        "type": "scatter", "mode": "markers", "showlegend": False,
        "x": [100 * test for test, _ in places],
        "y": [plain(group.title)] * len(places),
        "marker": {
            "color": PART_COLOURS["test"], "size": 12, "opacity": 0.7,
            "symbol": ["circle" if counts else "circle-open" for _, counts in places],
        },
        "customdata": [_said_of(runs, titles) for runs in places.values()],
        "hovertemplate": "%{customdata[0]}<br>%{x:.1f} %, %{customdata[1]} of %{customdata[2]} test "
        "sequences<br>%{customdata[3]}<extra></extra>",
    }  # fmt: skip


def _said_of(runs: Sequence[Run], titles: Mapping[str, str]) -> list[Any]:
    """Say of runs at one point what is the same for all, and of a single one from which epoch it is."""
    run = runs[0]
    total = run.meta.split_sizes["test"] if run.meta else 0
    best = run.results.chosen if run.results else None
    more = f"and {len(runs) - 1:,} more with the same accuracy" if len(runs) > 1 else ""
    epoch = f"weights of epoch {best.epoch:,}" if best and best.epoch else ""
    return [plain(titles[run.run_id]), round(best.test * total) if best else 0, total, more or epoch]


def _mark_mean(group: SeedGroup) -> list[dict[str, Any]]:
    """Return the trace of the mean and the deviation of a config's seeds; none where it has a single one."""
    values = 100 * np.array([result.chosen.test for result in group.results])
    if len(values) < 2:
        return []
    deviation = float(values.std(ddof=1))
    return [
        {
            "type": "scatter", "mode": "markers", "showlegend": False,
            "x": [float(values.mean())], "y": [plain(group.title)],
            "marker": {"symbol": "line-ns", "size": 22, "line": {"width": 3, "color": ACCENT}},
            "error_x": {
                "type": "constant", "value": deviation, "color": ACCENT, "thickness": 1.5, "width": 6,
            },
            "hovertemplate": f"mean of {len(values)} seeds: %{{x:.1f}} %<br>standard deviation: "
            f"{deviation:.1f} points<extra></extra>",
        }
    ]  # fmt: skip


def overlaid_curves(
    groups: Sequence[SeedGroup],
    curves: Curves,
    titles: Mapping[str, str],
    *,
    metric: Metric,
    part: Part,
    ground: str,
    means: bool = True,
    smoothing: float = 0.0,
) -> go.Figure:
    """Return one curve of many runs in one figure: a colour for each config.

    Args:
        groups: what to draw.
        curves: of each run in them.
        titles: of each run, by the name of its directory.
        metric: ``loss`` in nats or ``accuracy`` in percent.
        part: of which part of the split.
        ground: data set and split, for the title.
        means: True for the mean of a config's seeds with a band of one standard deviation to both sides;
            False for each run by itself, the seeds told apart by their dash.
        smoothing: weight of the moving average of each run, 0 to under 1.
    """
    factor, unit = (100, " %") if metric == "accuracy" else (1, " nats")
    digits = ".1f" if metric == "accuracy" else ".3f"
    figure = go.Figure()
    for place, group in enumerate(groups):
        drawn = {
            run.run_id: factor * np.array(smooth(curves[run.run_id][f"{part}_{metric}"].tolist(), smoothing))
            for run in (group.runs if means else group.everyone)
        }
        colour, turn = MANY[place % len(MANY)], place // len(MANY)
        if means and len(drawn) > 1:
            name = f"{group.title}, mean of {len(drawn)} seeds"
            _add_band(figure, list(drawn.values()), plain(name), colour, DASHES[turn % len(DASHES)])
            continue
        for seed, (run_id, values) in enumerate(drawn.items()):
            dash = DASHES[(turn + seed) % len(DASHES)]
            _add_line(figure, values, plain(titles[run_id]), colour, dash)
    figure.update_traces(hovertemplate=f"epoch %{{x:,}}: %{{y:{digits}}}{unit}", selector={"mode": "lines"})
    what = "loss" if metric == "loss" else "accuracy"
    figure.update_layout(
        title=titled(f"{PART_TITLES[part]} {what}", ground),
        hovermode="closest", showlegend=True, legend={"orientation": "h", "y": -0.2, "yanchor": "top"},
        margin={"t": 84, "r": 12, "l": 12, "b": 12}, height=460 + 12 * min(len(figure.data), 20),
    )  # fmt: skip
    figure.update_xaxes(title_text="Epoch")
    if metric == "accuracy":
        figure.update_yaxes(title_text="Accuracy (%)", range=[0, 101])
    else:
        figure.update_yaxes(title_text="Loss (cross-entropy, nats)", rangemode="tozero")
    return figure


def _add_line(figure: go.Figure, values: NDArray[np.float64], name: str, colour: str, dash: str) -> None:
    rows = spread(len(values))
    figure.add_scatter(
        x=[row + 1 for row in rows], y=values[rows], name=name, mode="lines",
        line={"color": colour, "dash": dash, "width": 2},
    )  # fmt: skip


def _add_band(
    figure: go.Figure, values: Sequence[NDArray[np.float64]], name: str, colour: str, dash: str
) -> None:
    mean, deviation = mean_curve(values)
    rows = spread(len(mean))
    epochs = [row + 1 for row in rows]
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    figure.add_scatter(
        x=epochs + epochs[::-1],
        y=np.concatenate([(mean + deviation)[rows], (mean - deviation)[rows][::-1]]),
        name=f"{name}: standard deviation", mode="none", fill="toself", hoverinfo="skip", legendgroup=name,
        fillcolor=f"rgba({red}, {green}, {blue}, 0.18)", showlegend=False,
    )  # fmt: skip
    figure.add_scatter(
        x=epochs, y=mean[rows], name=name, mode="lines", legendgroup=name,
        line={"color": colour, "dash": dash, "width": 2.5},
    )  # fmt: skip


def parallel_coordinates(runs: Sequence[Run], ground: str) -> go.Figure:
    """Return an axis for each setting that differs and for the accuracies, and a line for each run.

    The colour goes by the accuracy on the ``colouring_part``, from orange to blue: both show on white and on
    black.

    Args:
        runs: with results, at least one.
        ground: data set and split, for the title.
    """
    settings = settings_by_name(runs, only_differences=True)
    of_all = {name: values for name, values in settings.items() if "" not in values}  # not of one model alone
    titles = titles_by_name(runs)
    dimensions = [
        _number_axis(titles.get(name, name), values)
        if _are_numbers(values)
        else _word_axis(titles.get(name, name), list(map(say_of_run, runs, repeat(name), values)))
        for name, values in of_all.items()
    ]
    chosen = [run.results.chosen for run in runs if run.results]
    shown = [part for part in PARTS if all(scores.of(part) is not None for scores in chosen)]
    by, said = colouring_part(runs), say_weights(runs)
    dimensions += [
        {
            "label": f"{PART_TITLES[part]} (%)",
            "values": [100 * (scores.of(part) or 0) for scores in chosen],
            "tickformat": ".0f",
        }
        for part in shown
    ]
    figure = go.Figure(
        go.Parcoords(
            dimensions=dimensions,
            line={"color": [100 * (scores.of(by) or 0) for scores in chosen], "colorscale": [WRONG, CORRECT]},
            labelangle=-20, labelfont={"size": 13}, tickfont={"size": 12},
            rangefont={"color": "rgba(0, 0, 0, 0)"},  # the ticks say the same
        )
    )  # fmt: skip
    figure.update_layout(
        title=titled(f"Settings and accuracies{said and f', {said}'}", ground),
        height=480, margin={"t": 140, "r": 48, "l": _room_left(dimensions[0]), "b": 24},
    )  # fmt: skip
    return figure


def _cut(word: str) -> str:
    return word if len(word) <= _LONGEST else f"{word[: _LONGEST - 1]}…"


def _room_left(axis: Mapping[str, Any]) -> int:
    """Return the pixels that the words at the first axis take, left of it or above its end."""
    longest = max((len(word) for word in axis.get("ticktext", ())), default=0)
    return max(80, 16 + 7 * longest, 16 + 4 * len(axis["label"]))


def colouring_part(runs: Sequence[Run]) -> Part:
    """Return the part whose accuracy colours the lines: validation, or test where not all runs have that."""
    return "validation" if all(run.config.validated for run in runs) else "test"


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def _number_axis(title: str, values: Sequence[float]) -> dict[str, Any]:
    """Return an axis of a setting whose values are numbers, which lie where they are."""
    found = sorted(set(values))
    ticks = {"tickvals": found, "ticktext": [f"{value:,g}" for value in found]} if len(found) <= 8 else {}
    return {"label": plain(_cut(title)), "values": list(values), **ticks}


def _word_axis(title: str, said: Sequence[str]) -> dict[str, Any]:
    """Return an axis of a setting whose values are said in words, which are evenly spaced."""
    words = list(dict.fromkeys(said))
    return {
        "label": plain(_cut(title)), "values": [words.index(word) for word in said],
        "tickvals": list(range(len(words))), "ticktext": [plain(_cut(word)) for word in words],
    }  # fmt: skip
