"""A Jupyter notebook that repeats the work: from the data to the numbers of the runs, step by step."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from pprint import pformat
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from har_core.data.splits import REFITTED
from har_core.report.answer_files import YOUR_ANSWER, as_markdown, question_in_bold
from har_core.report.assignment import CONCLUSION, STEPS, Step
from har_core.report.facts import SYNTHETIC_NOTICE
from har_core.report.findings import Findings
from har_core.report.programs import networks_of
from har_core.report.written import Answers
from har_core.settings import Settings
from har_core.training.config import ExperimentConfig
from har_core.training.named_settings import say_seed
from har_core.wording import duration

_CELL = re.compile(r"^%% (text|code)\n", re.MULTILINE)
"""What each cell of the template begins with."""


def notebook(runs: Sequence[Findings], author: str, answers: Answers) -> str:
    """Return the notebook as a file holds it, without outputs: whoever gets it runs it.

    Args:
        runs: at least one; the notebook trains each of them again.
        author: who hands in; empty where nobody is named.
        answers: what stands behind the questions.
    """
    answered = _answered(runs)
    done = {step for steps in answered.values() for step in steps}
    text = _environment().get_template("notebook.txt").render(
        runs=runs, steps=STEPS, conclusion=CONCLUSION, notice=SYNTHETIC_NOTICE, answered=answered,
        author=_as_typed(author), answers=answers,
        open=[step for step in STEPS if step.about != "data" and step.question and step not in done],
        trained=duration(sum(found.run.status.seconds for found in runs)),
        versions={name: said for name, said in runs[0].meta.versions.items() if name != "python"},
        beside=[found for found in runs if not found.refit], refits=[found for found in runs if found.refit],
        same_test=[found for found in runs[1:] if _same_test(found, runs[0])],
    )  # fmt: skip
    _, *parts = _CELL.split(text)
    cells = [
        _cell(kind, said, place)
        for place, (kind, said) in enumerate(zip(parts[::2], parts[1::2], strict=True), 1)
    ]
    content = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def _answered(runs: Sequence[Findings]) -> dict[int, list[Step]]:
    """Return the steps that each run answers: those of its model, where it is the first one of that.

    A run that was refitted on training and validation answers none.
    """
    first = {found.model: found.number for found in reversed(runs) if not found.refit}
    return {
        found.number: [step for step in STEPS if step.about == found.model]
        if first.get(found.model) == found.number
        else []
        for found in runs
    }


def _same_test(one: Findings, other: Findings) -> bool:
    return (one.meta.fingerprint, one.run.config.split) == (other.meta.fingerprint, other.run.config.split)


def _cell(kind: str, text: str, place: int) -> dict[str, Any]:
    common = {"id": f"cell-{place}", "metadata": {}, "source": text.strip("\n")}
    if kind == "text":
        return {"cell_type": "markdown", **common}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **common}


def _environment() -> Environment:
    found = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, autoescape=False,
    )  # fmt: skip
    found.filters |= {"python": _python, "config": _config, "title": _title, "networks": networks_of}
    found.globals |= {
        "question_in_bold": question_in_bold,
        "as_markdown": as_markdown,
        "YOUR_ANSWER": YOUR_ANSWER,
    }
    return found


def _config(found: Findings) -> ExperimentConfig:
    """Return what gives the numbers of a run again: the device that ``auto`` chose, the epochs it came to."""
    if found.run.config.members:  # each of them chooses for itself
        return found.run.config
    config = found.run.config.model_copy(update={"device": found.meta.device.partition(":")[0]})
    epochs = found.results.last.epoch
    return config if epochs is None else config.trained(epochs=epochs)


def _title(found: Findings) -> str:
    return ", ".join([found.kind.title, *say_seed(found.run.config), *([REFITTED] if found.refit else [])])


def _as_typed(text: str) -> str:
    """Return a text in one line for a cell of Markdown, such that it is shown as it was typed."""
    return re.sub(r"[^\w\s]|_", lambda sign: f"&#{ord(sign[0])};", text)


def _python(value: Any, indent: str = "") -> str:
    """Return Python code that makes a value again; no text in it can end the line or the cell."""
    if isinstance(value, tuple) and any(isinstance(its, Settings) for its in value):
        inner = f"{indent}    "
        return "\n".join(["[", *(f"{inner}{_python(its, inner)}," for its in value), f"{indent}]"])
    if not isinstance(value, Settings):
        return pformat(value, width=100_000, sort_dicts=False)
    inner, whole = f"{indent}    ", isinstance(value, ExperimentConfig)
    given = {name: getattr(value, name) for name in type(value).model_fields if name != "schema_version"}
    given = {
        name: its for name, its in given.items() if (name, its) not in (("training", None), ("members", ()))
    }
    if given.get("members"):  # which say it
        del given["preparation"], given["inputs"]
    lines = [
        f"{inner}{name if whole else repr(name)}{'=' if whole else ': '}{_python(its, inner)},"
        for name, its in given.items()
    ]
    return "\n".join(["har.ExperimentConfig(" if whole else "{", *lines, f"{indent}{')' if whole else '}'}"])
