"""The scatter's files for the browser, as texts."""

from pathlib import Path

from har_core.player import assets

_FOLDER = Path(__file__).parent / "browser"


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


HTML = _read("scatter.html")
CSS = _read("scatter.css")
SCRIPT = "\n".join(
    [*(_read(name) for name in ("scatter.js", "scale.js", "drawing.js", "input.js")), assets.DRAWING]
)
"""A module whose default export is ``featureScatter({data, parentElement, setTriggerValue})``."""
