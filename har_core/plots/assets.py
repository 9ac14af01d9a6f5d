"""The files that draw confusion matrix and scatter in the browser, and save any figure, as texts."""

from pathlib import Path

from har_core.player import assets as player

_FOLDER = Path(__file__).parent / "browser"


def _read(*names: str) -> str:
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in names)


TOOLS_HTML = _read("tools.html")
TOOLS_CSS = _read("tools.css")
TOOLS_SCRIPT = "\n".join([_read("chart_tools.js", "tools.js"), player.MOUNTING])
"""A module whose default export is ``chartTools({data, parentElement})``."""

MATRIX_HTML = _read("matrix.html").replace("TOOLS", TOOLS_HTML)
MATRIX_CSS = _read("matrix.css", "tools.css")
MATRIX_SCRIPT = "\n".join([_read("matrix.js", "tools.js"), player.MOUNTING])
"""A module whose default export is ``confusionMatrix({data, parentElement, setTriggerValue})``."""

SCATTER_HTML = _read("scatter.html").replace("TOOLS", TOOLS_HTML)
SCATTER_CSS = _read("scatter.css", "tools.css")
SCATTER_SCRIPT = "\n".join(
    [
        _read("scatter.js", "scale.js", "turning.js", "drawing.js", "input.js", "tools.js", "picture.js"),
        player.MOUNTING, player.DRAWING,
    ]
)  # fmt: skip
"""A module whose default export is ``featureScatter({data, parentElement, setTriggerValue})``."""
