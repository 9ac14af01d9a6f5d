"""Clips as a GIF: for slides and pages that can show a picture and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFont

from har_core.player.camera import Box, Points, View, common_box, project
from har_core.player.clips import Clip, at_one_rate, check_clips
from har_core.skeleton import Side

SIDE_COLOURS: dict[Side, str] = {"left": "#0072b2", "right": "#d55e00", "trunk": "#7f858c"}
FAINT_COLOURS: dict[Side, str] = {"left": "#b3d5e8", "right": "#f2cfb3", "trunk": "#d9dadc"}
_GROUND, _TEXT, _QUIET, _FLOOR, _SHADOW = "#ffffff", "#1b2430", "#5c6773", "#dddee0", "#e6e7e8"
_FINER = 2  # pictures are drawn so many times as large, and made small: that smooths the lines
_TITLE_HEIGHT = 48
_FOOT_HEIGHT = 46  # two lines
_MOST_ABREAST = 4
_GRID_REACH, _GRID_LINES = 1.2, 9


@dataclass(frozen=True)
class _Layout:
    """Sizes of the picture, in pixels: panels in rows, below them what the colours mean, counter and note."""

    panel_width: int
    panel_height: int
    columns: int
    rows: int

    @property
    def size(self) -> tuple[int, int]:
        width, height = self.panel_width * self.columns, (self.panel_height + _TITLE_HEIGHT) * self.rows
        return width, height + _FOOT_HEIGHT

    def corner(self, index: int) -> tuple[int, int]:
        """Return where the panel of a clip begins, from the left and the top."""
        row, column = divmod(index, self.columns)
        return column * self.panel_width, row * (self.panel_height + _TITLE_HEIGHT)


def animation(
    clips: Sequence[Clip], *, view: View = "start", width: int = 360, height: int = 360, note: str = ""
) -> bytes:
    """Return a GIF of clips side by side, in step, in the player's colours, that plays over and over.

    An untracked frame shows the last tracked pose, faintly; a shorter clip holds its last frame.

    Args:
        clips: one to twelve; more than four stand in rows.
        view: the camera.
        width: of each figure's picture, in pixels.
        height: of each figure's picture, in pixels; its title stands above it.
        note: stands below, such as that the data are synthetic.

    Raises:
        ValueError: as ``check_clips``.
    """
    check_clips(clips)
    clips = at_one_rate(clips)
    columns = min(len(clips), _MOST_ABREAST)
    layout = _Layout(width, height, columns, -(-len(clips) // columns))
    box = common_box(clips)
    length = max(len(clip.frames) for clip in clips)
    palette = _palette()
    pictures = [
        _draw(clips, frame, length, box, view, layout, note).quantize(
            palette=palette, dither=Image.Dither.NONE
        )
        for frame in range(length)
    ]
    file = BytesIO()
    pictures[0].save(
        file,
        "GIF",
        save_all=True,
        append_images=pictures[1:],
        duration=_durations(length, clips[0].rate),
        loop=0,
    )
    return file.getvalue()


def _palette() -> Image.Image:
    """Return an image whose palette has each colour of the player, and its way into the ground."""
    ground = np.array(ImageColor.getrgb(_GROUND))
    dark, light = [*SIDE_COLOURS.values(), _TEXT, _QUIET], [*FAINT_COLOURS.values(), _FLOOR, _SHADOW]
    # Pillow takes colours that differ by less than 8 for the same, so that light ones have fewer shades.
    shades = [
        ground + share / count * (np.array(ImageColor.getrgb(colour)) - ground)
        for colours, count in ((dark, 8), (light, 2))
        for colour in colours
        for share in range(1, count + 1)
    ]
    image = Image.new("P", (1, 1))
    image.putpalette(np.round([ground, *shades]).astype(np.uint8).tobytes())
    return image


_SHORTEST = 20
"""Milliseconds: what is to be shown for less, browsers show for a tenth of a second."""


def _durations(length: int, rate: float) -> list[int]:
    """Return how long each frame is shown, in milliseconds: a GIF counts in hundredths of a second."""
    ends = np.round(np.arange(length + 1) * 100 / rate).astype(int) * 10
    return [max(_SHORTEST, int(duration)) for duration in np.diff(ends)]


def _draw(
    clips: Sequence[Clip], frame: int, length: int, box: Box, view: View, layout: _Layout, note: str
) -> Image.Image:
    picture = Image.new("RGB", layout.size, _GROUND)
    pen = ImageDraw.Draw(picture)
    large, small = ImageFont.load_default(15), ImageFont.load_default(13)
    size = (layout.panel_width, layout.panel_height)
    for index, clip in enumerate(clips):
        left, top = layout.corner(index)
        figure = _draw_figure(clip, frame, box, index, view, size)
        picture.paste(figure, (left, top + _TITLE_HEIGHT))
        title = _wrapped(clip.title, large, size[0] - 20)
        pen.multiline_text((left + 10, top + 8), title, fill=_TEXT, font=large, spacing=3)
        if not _shown(clip, frame)[1]:
            pen.text((left + 10, top + _TITLE_HEIGHT + 6), "not tracked", fill=_TEXT, font=small)
        if index % layout.columns:
            pen.line([left, top, left, top + size[1] + _TITLE_HEIGHT], fill=_FLOOR)
    middle = layout.size[1] - _FOOT_HEIGHT / 4
    pen.text((10, middle), f"frame {frame + 1} of {length}", fill=_QUIET, font=small, anchor="lm")
    pen.text((layout.size[0] - 10, middle), note, fill=_QUIET, font=small, anchor="rm")
    if any(side != "trunk" for clip in clips for side in clip.skeleton.joint_sides):
        _draw_legend(pen, 10, middle - _FOOT_HEIGHT / 2, small)
    return picture


def _draw_legend(
    pen: ImageDraw.ImageDraw, left: float, middle: float, font: ImageFont.FreeTypeFont | ImageFont.ImageFont
) -> None:
    """Say which colour is which side, and whose."""
    sides: dict[Side, str] = {"left": "the person's left", "right": "right"}
    for side, said in sides.items():
        pen.line([left, middle, left + 14, middle], fill=SIDE_COLOURS[side], width=5)
        pen.text((left + 20, middle), said, fill=_QUIET, font=font, anchor="lm")
        left += 20 + pen.textlength(said, font=font) + 14


def _draw_figure(
    clip: Clip, frame: int, box: Box, index: int, view: View, size: tuple[int, int]
) -> Image.Image:
    """Draw the floor, the shadow, the bones from far to near, and the joints."""
    large = Image.new("RGB", (size[0] * _FINER, size[1] * _FINER), _GROUND)
    pen = ImageDraw.Draw(large)

    def seen(points: Points) -> Points:
        return project(points, box, view, *large.size)

    _draw_floor(pen, seen(_floor_lines(box.floor)))
    shown, tracked = _shown(clip, frame)
    if shown is not None:
        points = (clip.frames[shown].astype(np.float64) - box.middles[index]) / box.half
        thick = max(3.0, min(size) / 55) * _FINER
        on_floor = points.copy()
        on_floor[:, 1] = box.floor
        _draw_shadow(pen, clip, seen(on_floor), thick)
        _draw_body(pen, clip, seen(points), thick, SIDE_COLOURS if tracked else FAINT_COLOURS)
    return large.resize(size, Image.Resampling.BOX)


def _shown(clip: Clip, frame: int) -> tuple[int | None, bool]:
    """Return the last tracked frame up to now, None where there is none, and whether that is the frame."""
    now = min(frame, len(clip.frames) - 1)
    tracked = np.flatnonzero(~clip.untracked[: now + 1])
    return (int(tracked[-1]), bool(tracked[-1] == now)) if len(tracked) else (None, False)


def _floor_lines(floor: float) -> Points:
    """Return (4 x lines, 3): from and to, along and across."""
    points = []
    for place in np.linspace(-_GRID_REACH, _GRID_REACH, _GRID_LINES):
        points += [(place, floor, -_GRID_REACH), (place, floor, _GRID_REACH)]
        points += [(-_GRID_REACH, floor, place), (_GRID_REACH, floor, place)]
    return np.array(points)


def _draw_floor(pen: ImageDraw.ImageDraw, places: Points) -> None:
    for start, end in zip(places[::2], places[1::2], strict=True):
        pen.line([*start[:2], *end[:2]], fill=_FLOOR, width=_FINER)


def _draw_shadow(pen: ImageDraw.ImageDraw, clip: Clip, places: Points, thick: float) -> None:
    for start, end in clip.skeleton.bones:
        _round_line(pen, places[start], places[end], thick, _SHADOW)


def _draw_body(
    pen: ImageDraw.ImageDraw, clip: Clip, places: Points, thick: float, colours: dict[Side, str]
) -> None:
    skeleton = clip.skeleton
    bones = sorted(
        zip(skeleton.bones, skeleton.bone_sides, strict=True),
        key=lambda bone: -float(places[list(bone[0]), 2].sum()),
    )
    for (start, end), side in bones:
        width = thick * float(places[[start, end], 3].mean())
        _round_line(pen, places[start], places[end], width + 3 * _FINER, _GROUND)
        _round_line(pen, places[start], places[end], width, colours[side])
    for joint in sorted(range(len(places)), key=lambda joint: -float(places[joint, 2])):
        size = 1.9 if skeleton.joints[joint] == "head" else 0.85
        radius = thick * size * places[joint, 3]
        _disc(pen, places[joint], radius + _FINER, _GROUND)
        _disc(pen, places[joint], radius, colours[skeleton.joint_sides[joint]])


def _round_line(pen: ImageDraw.ImageDraw, start: Points, end: Points, width: float, colour: str) -> None:
    if not np.isfinite([start, end]).all():
        return
    pen.line([*start[:2], *end[:2]], fill=colour, width=round(width))
    for place in (start, end):
        _disc(pen, place, width / 2, colour)


def _disc(pen: ImageDraw.ImageDraw, place: Points, radius: float, colour: str) -> None:
    if np.isfinite(place).all():
        pen.circle((float(place[0]), float(place[1])), float(radius), fill=colour)


def _wrapped(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> str:
    """Break a title between words where it would leave its picture."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return "\n".join(lines)
