"""Pictures of a run for paper and slides, as SVG: the figures of the page, and skeletons standing still."""

from collections.abc import Sequence

import numpy as np

from har_core.analysis.predictions import Predictions
from har_core.analysis.projection import Projection
from har_core.data.sequences import IntArray
from har_core.player.camera import Box, Points, common_box, project
from har_core.player.clips import Clip
from har_core.player.gif import SIDE_COLOURS
from har_core.plots.colours import CORRECT, NEUTRAL, PART_COLOURS, SEQUENTIAL, WRONG
from har_core.plots.curves import AXES, drawn_curves
from har_core.report.drawing import INK, QUIET, RULE, Anchor, Axes, Drawing, Place, ticks
from har_core.training.records import EpochRecord, Metric
from har_core.wording import PART_TITLES, percent, seconds

_CELL = 26  # pixels
_SCALE = SEQUENTIAL["light"]  # on paper
_POSE_WIDTH, _POSE_HEIGHT, _POSES = 88, 124, 8  # pixels of one pose, and how many
_LETTER = 7.2  # pixels that a letter of a label takes across, at most


def curves_picture(
    records: Sequence[EpochRecord], metric: Metric, title: str, *, mark_best: bool = True
) -> str:
    """Draw the curves of the parts that there are, the best validation epoch marked if there is one.

    Args:
        records: of one run, in order, at least one.
        metric: ``loss`` in nats or ``accuracy`` in percent.
        title: on top.
        mark_best: False for a run of which no epoch is chosen as the best.
    """
    drawn = drawn_curves(records, metric, mark_best=mark_best)
    finite = [value for line in drawn.lines for value in line.values[np.isfinite(line.values)]]
    highest = 100 if metric == "accuracy" else max(finite, default=1)
    drawing = Drawing(680, 380, title)
    axes = Axes(drawing, (64, 44, 560, 320), ticks(0, records[-1].epoch), ticks(0, highest))
    for line in drawn.lines:
        points = zip(drawn.epochs, line.values, strict=True)  # a loss may have gone to infinity
        places = [(axes.across(epoch), axes.down(value)) for epoch, value in points if np.isfinite(value)]
        drawing.curve(places, PART_COLOURS[line.part])
    if drawn.best_epoch is not None:
        across = axes.across(drawn.best_epoch)
        drawing.line((across, axes.top), (across, axes.bottom), NEUTRAL, dash="3 3")
        side: Anchor = "end" if across > 300 else "start"
        step = -6 if side == "end" else 6
        at = axes.top + 14 if metric == "loss" else axes.bottom - 8
        said = f"best epoch {drawn.best_epoch:,}"
        drawing.text(across + step, at, said, colour=QUIET, anchor=side)
    for place, part in enumerate(dict.fromkeys(line.part for line in drawn.lines)):
        at = axes.top + 16 + 24 * place
        drawing.curve([(574, at - 4), (596, at - 4)], PART_COLOURS[part])
        drawing.text(602, at, PART_TITLES[part])
    drawing.text(312, 362, "Epoch", anchor="middle")
    drawing.text(18, 182, AXES[metric], anchor="middle", turned=-90)
    return drawing.as_svg()


def matrix_picture(counts: IntArray, actions: Sequence[str], title: str) -> str:
    """Draw the (K, K) confusion matrix: a row for each true action, a column for each predicted one."""
    size = len(actions)
    room = _LETTER * min(24, max((len(name) for name in actions), default=0)) + 16
    left, top = 30 + room, 44.0
    bottom = top + _CELL * size
    drawing = Drawing(left + _CELL * size + room * 0.3, bottom + room * 0.8 + 40, title)
    most = max(1, int(counts.max(initial=0)))
    for place, name in enumerate(actions):
        middle = (place + 0.5) * _CELL
        short = name if len(name) <= 24 else f"{name[:23]}…"
        drawing.text(left - 8, top + middle + 4, short, anchor="end")
        drawing.text(left + middle + 4, bottom + 14, short, anchor="end", turned=-45)
        for column in range(size):
            count = int(counts[place, column])
            at = (left + column * _CELL, top + place * _CELL)
            drawing.rectangle(*at, _CELL - 1, _CELL - 1, _shade(count, most))
            if count:
                ink = "#FFFFFF" if count > 0.45 * most else INK
                drawing.text(at[0] + _CELL / 2, at[1] + 17, str(count), colour=ink, anchor="middle")
    drawing.text(18, (top + bottom) / 2, "True action", anchor="middle", turned=-90)
    drawing.text(left + _CELL * size / 2, bottom + room * 0.8 + 28, "Predicted action", anchor="middle")
    return drawing.as_svg()


def _shade(count: int, most: int) -> str:
    if not count:
        return "#F4F6FA"
    place = (len(_SCALE) - 1) * count / most
    low = min(int(place), len(_SCALE) - 2)
    ends = [[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in _SCALE[low : low + 2]]
    mixed = [round(a + (place - low) * (b - a)) for a, b in zip(*ends, strict=True)]
    return "#{:02X}{:02X}{:02X}".format(*mixed)


def map_picture(projection: Projection, shown: Predictions, actions: Sequence[str], title: str) -> str:
    """Draw sequences in the plane of the two largest components, each action's name at its middle.

    Args:
        projection: points (N, 2).
        shown: predictions of the same N sequences.
        actions: K names.
        title: on top.
    """
    points = projection.points
    drawing = Drawing(680, 640, title)
    ends = [ticks(float(values.min()), float(values.max())) for values in points.T]
    axes = Axes(drawing, (64, 68, 660, 580), *ends)
    for point, right in zip(points, shown.truth == shown.predicted, strict=True):
        mark, colour = (drawing.dot, CORRECT) if right else (drawing.cross, WRONG)
        mark(axes.across(point[0]), axes.down(point[1]), colour)
    for label in np.unique(shown.truth):
        x, y = points[shown.truth == label].mean(axis=0)
        drawing.text(axes.across(x), axes.down(y) - 8, actions[label], anchor="middle", weight="600")
    drawing.dot(72, 46, CORRECT)
    drawing.text(82, 50, "Recognised")
    drawing.cross(182, 46, WRONG)
    drawing.text(192, 50, "Confused")
    drawing.line((axes.left, axes.bottom), (axes.right, axes.bottom), RULE)
    first, second = projection.explained
    drawing.text(362, 622, f"First component ({percent(first)} of the variance)", anchor="middle")
    drawing.text(
        18, 324, f"Second component ({percent(second)} of the variance)", anchor="middle", turned=-90
    )
    return drawing.as_svg()


def poses_picture(clips: Sequence[Clip], title: str) -> str:
    """Draw moments of sequences in a row each, evenly spaced from the first frame to the last.

    Args:
        clips: at least one; all are drawn to one scale.
        title: on top.
    """
    drawing = Drawing(_POSE_WIDTH * _POSES + 24, 44 + (_POSE_HEIGHT + 40) * len(clips), title)
    box = common_box(clips)
    for place, clip in enumerate(clips):
        top = 44.0 + (_POSE_HEIGHT + 40) * place
        drawing.text(12, top + 16, clip.title, size=12, weight="600")
        for column, frame in enumerate(_moments(clip)):
            corner = (12 + _POSE_WIDTH * column, top + 18)
            _draw_pose(drawing, clip, (clip.frames[frame] - box.middles[place]) / box.half, box, corner)
            middle, said = corner[0] + _POSE_WIDTH / 2, seconds(frame / clip.rate)
            drawing.text(middle, top + _POSE_HEIGHT + 28, said, size=11, colour=QUIET, anchor="middle")
    return drawing.as_svg()


def _moments(clip: Clip) -> list[int]:
    """Return frames evenly spaced over those in which the body was seen; none where it never was."""
    tracked = np.flatnonzero(~clip.untracked)
    if not len(tracked):
        return []
    places = np.linspace(0, len(tracked) - 1, _POSES).round().astype(int)
    return [int(frame) for frame in tracked[places]]


def _draw_pose(drawing: Drawing, clip: Clip, points: Points, box: Box, corner: Place) -> None:
    """Draw the bones of one frame, of (J, 3) points in the box, into a small field."""
    seen = project(points, box, "start", _POSE_WIDTH, _POSE_HEIGHT)[:, :2] + corner
    for (start, end), side in zip(clip.skeleton.bones, clip.skeleton.bone_sides, strict=True):
        (x1, y1), (x2, y2) = seen[[start, end]]
        if np.isfinite([x1, y1, x2, y2]).all():
            drawing.bone((x1, y1), (x2, y2), SIDE_COLOURS[side])
    for joint, name in enumerate(clip.skeleton.joints):
        if name == "head" and np.isfinite(seen[joint]).all():
            drawing.dot(float(seen[joint, 0]), float(seen[joint, 1]), SIDE_COLOURS["trunk"])
