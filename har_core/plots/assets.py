"""The files that draw a confusion matrix in the browser, as texts."""

from pathlib import Path

_FOLDER = Path(__file__).parent / "browser"


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


MATRIX_HTML = _read("matrix.html")
MATRIX_CSS = _read("matrix.css")
MATRIX_SCRIPT = _read("matrix.js")
"""A module whose default export is ``confusionMatrix({data, parentElement, setTriggerValue})``."""
