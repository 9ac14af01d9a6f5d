"""The player's files for the browser, as texts."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "browser"

# One module for the browser, in reading order: nothing has to be fetched, from a server or a file.
_SCRIPTS = (
    "player.js", "mounting.js", "arrangement.js", "data.js", "space.js", "figure.js", "palette.js",
    "chart.js", "plot.js", "track.js", "plane.js", "joints.js", "state.js", "words.js", "input.js",
    "still.js", "axes.js", "svg.js", "canvas.js", "ticks.js",
)  # fmt: skip


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


HTML = _read("player.html")
CSS = _read("player.css") + _read("controls.css")
STANDALONE_CSS = _read("standalone.css")
SCRIPT = "\n".join(_read(name) for name in _SCRIPTS)
"""A module whose default export is ``skeletonPlayer({data, parentElement})``; its result ends it."""

MOUNTING = _read("mounting.js")
"""The function ``mountOnce`` of it, for every module that is a component."""

DRAWING = "\n".join(_read(name) for name in ("canvas.js", "ticks.js"))
"""Functions of it that draw on any canvas, for another module that is put together."""
