"""The page of a hand-in: one file with everything in it, that opens without a server or a network.

The template escapes every text that it is given; what is marked as safe below was made here, out of escaped
parts. A Content-Security-Policy lets the browser run the page's two scripts and no other, and load nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from har_core.analysis.learning import diagnose, say_one_action
from har_core.analysis.predictions import confusion
from har_core.analysis.scores import class_scores, confused_pairs
from har_core.analysis.seeds import common_ground
from har_core.models import say_features
from har_core.player import assets
from har_core.report.assignment import CONCLUSION, STEPS, Step
from har_core.report.behind import behind_run, clip_bank
from har_core.report.facts import SYNTHETIC_NOTICE, facts_of_data, facts_of_run, say_accuracy
from har_core.report.figures import figures_of
from har_core.report.findings import Findings
from har_core.report.programs import NetworkPrograms, networks_of
from har_core.report.standings import paired_tests, refit_rows, score_row, seed_rows
from har_core.report.written import Answers
from har_core.training.records import CheckpointChoice
from har_core.wording import percent

_FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class _Section:
    """What the page says of one run.

    Attributes:
        found: the run.
        facts: what it was made from and with.
        scores: accuracies in words, by the epoch that they are of, empty where there is none.
        meaning: what a probability of the model is, where it is not how sure a network is.
        features: what its features are; empty where it makes none.
        diagnosis: sentences on its curves and predictions.
        pairs: sentences on its most confused pairs, with the indices of both actions.
        classes: a row for each action.
        pictures: SVG by what it shows, for paper.
        questions: of the steps that the run answers.
        networks: as programs; none where nobody has written them.
    """

    found: Findings
    facts: list[tuple[str, str]]
    scores: list[tuple[str, str]]
    meaning: str
    features: str
    diagnosis: list[str]
    pairs: list[tuple[int, int, str]]
    classes: list[dict[str, Any]]
    pictures: dict[str, Markup]
    questions: list[tuple[int, str]]
    networks: list[NetworkPrograms]


def report_page(
    runs: Sequence[Findings], pictures: dict[tuple[int, str], str], author: str, answers: Answers
) -> str:
    """Return the page as HTML.

    Args:
        runs: at least one.
        pictures: SVG texts by the number of a run and what is shown.
        author: who hands in; empty where nobody is named.
        answers: what stands in the room for answers.
    """
    # In a block of its own: a name of the page may be one of the player, too.
    script = f"{assets.SCRIPT}\n{{\n{_read('page.js')}}}"
    bank = clip_bank(runs)
    sections = _sections(runs, pictures)
    answered = {"data", *(found.model for found in runs if not found.refit)}
    rest = [question for step in STEPS if step.about not in answered for question in _asked(step)]
    return _environment().get_template("page.html").render(
        title="Recognising actions from skeletons",
        author=author,
        answers=answers,
        ground=common_ground([found.run for found in runs]),
        notice=SYNTHETIC_NOTICE if any(found.meta.synthetic for found in runs) else "",
        policy=_policy(_plotly(), script),
        css=Markup(assets.STANDALONE_CSS + _read("page.css")),
        plotly=Markup(_plotly()),
        script=Markup(script),
        player=Markup(assets.HTML),
        player_css=Markup(assets.CSS),
        data_sets=facts_of_data(runs),
        data_questions=[question for step in STEPS if step.about == "data" for question in _asked(step)],
        overview=[score_row(found) for found in runs if not found.refit],
        refits=refit_rows(runs),
        all_best=all(found.results.best for found in runs if not found.refit),
        all_epochs=all(found.records for found in runs),
        any_epochs=any(found.records for found in runs),
        seeds=seed_rows(runs),
        pairs=paired_tests(runs),
        sections=sections,
        rest=[*rest, (0, CONCLUSION)],
        clips=Markup(bank.text),
        figures={
            f"{name}-{found.number}": figure
            for found in runs
            for name, figure in figures_of(found).items()
        },
        behind={
            "lengths": list(bank.lengths.items()),
            "runs": {str(found.number): behind_run(found) for found in runs},
        },
    )  # fmt: skip


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    text: str = get_plotlyjs()
    return text.replace("\r\n", "\n").replace("</script", "<\\/script")


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


def _policy(plotly: str, script: str) -> str:
    """Return what the browser may do: run these two scripts and draw, but ask nobody for anything."""
    # The template puts each script between two line feeds.
    digests = [sha256(b"\n" + text.encode() + b"\n").digest() for text in (plotly, script)]
    hashes = " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
    return f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:"


def _sections(runs: Sequence[Findings], pictures: dict[tuple[int, str], str]) -> list[_Section]:
    asked: set[str] = set()
    sections = []
    for found in runs:
        # Several runs of one model answer the same questions once, and a refit is none of the course's runs.
        own = [step for step in STEPS if step.about == found.model and found.model not in asked]
        own = [] if found.refit else own
        questions = [question for step in own for question in _asked(step)]
        asked |= set() if found.refit else {found.model}
        drawn = {name: Markup(svg) for (number, name), svg in pictures.items() if number == found.number}
        sections.append(_section(found, drawn, questions))
    return sections


def _asked(step: Step) -> list[tuple[int, str]]:
    return [(step.number, step.question)] if step.question else []


def _section(found: Findings, pictures: dict[str, Markup], questions: list[tuple[int, str]]) -> _Section:
    test, actions, kind = found.judged.of("test"), found.actions, found.kind
    scores = [
        (_name_weights(checkpoint, found.results.of(checkpoint).epoch), say_accuracy(predicted.of("test")))
        for checkpoint, predicted in found.predictions.items()
    ]
    pairs = [
        (
            pair.true, pair.predicted,
            f"{pair.count} of {pair.of} sequences of {actions[pair.true]} were taken for "
            f"{actions[pair.predicted]}.",
        )
        for pair in confused_pairs(confusion(test, len(actions)))
    ]  # fmt: skip
    classes = [
        {"action": action, "support": int(row["support"])}
        | {name: percent(row[name]) for name in ("precision", "recall", "f1")}
        for action, row in zip(actions, class_scores(test, actions).to_dict("records"), strict=True)
    ]
    return _Section(
        found, facts_of_run(found), scores, kind.scores, say_features(found.run.config.model),
        _diagnosis(found), pairs, classes, pictures, questions, networks_of(found),
    )  # fmt: skip


def _name_weights(checkpoint: CheckpointChoice, epoch: int | None) -> str:
    if epoch is None:
        return ""
    return f" at the {'best validation' if checkpoint == 'best' else 'last'} epoch, {epoch:,}"


def _diagnosis(found: Findings) -> list[str]:
    """Say what stands out in a run's curves and predictions."""
    said = diagnose(found.records, len(found.actions))
    epochs = found.run.config.epochs
    said += [
        say_one_action(it, found.actions, checkpoint if epochs else None)
        for checkpoint, it in found.predictions.items()
    ]
    return [sentence for sentence in said if sentence]
