"""Answers out of the files of an earlier hand-in, where a student typed them: the page or the notebook."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

from har_core.errors import ConfigError
from har_core.report.assignment import QUESTIONS
from har_core.report.written import Answers
from har_core.settings import make_settings

LARGEST_FILE = 1 << 26
"""Bytes of such a file; a page has about 10 MB."""

YOUR_ANSWER = "*Your answer:*"
_LINES = ("br", "div", "p", "li")
_ENDLESS = ("br", "img", "hr", "input", "wbr")


def answers_in(content: bytes, name: str) -> Answers:
    """Return the answers in a file of a hand-in; those that are empty are left out.

    Args:
        content: of report.html or notebook.ipynb, as it was saved.
        name: of the file, for the error.

    Raises:
        ConfigError: it is neither, or holds an answer that is too long.
    """
    text = content.decode("utf-8", errors="replace")
    found = _in_notebook(text) if name.lower().endswith(".ipynb") else _in_page(text)
    if found is None:
        raise ConfigError(
            f"{name[:100]} has no room for answers: expected report.html, as Save with my answers saved it, "
            "or notebook.ipynb of a hand-in."
        )
    return make_settings(Answers, name[:100], given=found)


def question_in_bold(number: int, question: str) -> str:
    """Return how the notebook asks a question, in Markdown."""
    return f"**{f'Step {number}. ' if number else ''}{question}**"


def as_markdown(answer: str) -> str:
    """Return an answer for a cell of a notebook: no markup of HTML, and no line that begins a cell."""
    safe = re.sub(r"&(?=#?\w+;)", "&amp;", answer)
    safe = re.sub(r"<(?=[A-Za-z/!?])", "&lt;", safe)
    return re.sub(r"^%", "&#37;", safe, flags=re.MULTILINE)


def _of_markdown(text: str) -> str:
    """Return an answer as it was before ``as_markdown``."""
    return re.sub(r"&#?\w+;", lambda sign: unescape(sign[0]), text)


def _in_notebook(text: str) -> dict[int, str] | None:
    try:
        cells = json.loads(text)["cells"]
        sources = [_source_of(cell) for cell in cells if cell["cell_type"] == "markdown"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    found = {}
    for number, question in QUESTIONS.items():
        asked = question_in_bold(number, question)
        for source in sources:
            if source.startswith(asked):
                answer = source.removeprefix(asked).strip().removeprefix(YOUR_ANSWER)
                found[number] = _of_markdown(answer).strip()
    return found or None


def _source_of(cell: dict[str, Any]) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _in_page(text: str) -> dict[int, str] | None:
    reader = _PageReader()
    reader.feed(text)
    return {number: "".join(parts).strip() for number, parts in reader.found.items()} or None


class _PageReader(HTMLParser):
    """Collects the texts of the elements of answers, whatever a browser has put into them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[int, list[str]] = {}
        self._inside: list[str] | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._inside is None:
            number = dict(attrs).get("data-answer") or ""
            if number.isdecimal() and int(number) in QUESTIONS:
                self._inside, self._depth = self.found.setdefault(int(number), []), 1
            return
        if tag in _LINES:
            self._inside.append("\n")
        self._depth += tag not in _ENDLESS

    def handle_endtag(self, tag: str) -> None:
        if self._inside is not None and tag not in _ENDLESS:
            self._depth -= 1
            if not self._depth:
                self._inside = None

    def handle_data(self, data: str) -> None:
        if self._inside is not None:
            self._inside.append(data)
