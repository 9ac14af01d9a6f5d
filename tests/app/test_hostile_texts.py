"""What users and files are called is shown as text on every page: never as markup, never as a path."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.shell.navigation import PAGES
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import Split
from har_core.errors import HarError
from har_core.settings import make_settings
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import Run, RunStore

OpenPage = Callable[..., AppTest]

MARKUP = (
    ":red[x]",
    ":material/home:",
    "<b>y</b>",
    "$z$",
    "**w**",
    "`v`",
    "[u](http://t.example)",
    "# s",
    "~~r~~",
)
HOSTILE = " ".join(MARKUP)
TEXTS = {
    "HTML": "<img src=x onerror=alert(1)><script>alert(1)</script>",
    "Markdown": "# **x** [y](javascript:alert(1))", "directives": ":red[x] :material/home: :rainbow[y]",
    "a path": "../../etc/passwd", "a drive": "C:\\Windows", "a reserved name": "CON", "another": "nul.txt",
    "a turn": "\u202egnp.exe\u202c", "a tab and more": "a\tb\r\nc\0d",
}  # fmt: skip
AS_TYPED = ("frame", "selectbox", "multiselect", "text_", "number_", "chart", "bidi", "download")
"""Parts of the types of elements that know no markup but in their labels, or have their own tests."""


@pytest.fixture
def hostile_run(synthetic_set: SkeletonSequences, har_home: Path) -> Run:
    """A run on a source, of sequences, with a name, tags and a note that are full of markup."""
    rows = np.flatnonzero((synthetic_set.labels < 3) & (synthetic_set.lengths <= 60))
    padded = np.zeros((len(rows), 60, 20, 3), np.float32)
    for place, row in enumerate(rows):
        padded[place, : synthetic_set.lengths[row]] = synthetic_set[row]
    folder = har_home / "sources" / HOSTILE.replace("/", "")
    folder.mkdir(parents=True)
    np.save(folder / "X.npy", padded)
    np.save(folder / "Y.npy", synthetic_set.labels[rows] + 1)
    np.save(folder / "Y_s.npy", synthetic_set.subjects[rows])
    np.save(folder / "ids.npy", np.array([f"{row} {HOSTILE}"[:100] for row in rows]))
    store = RunStore()
    split = Split(name=HOSTILE, train=(1, 2, 3, 4, 5), validation=(6, 7), test=(8, 9, 10))
    config = ExperimentConfig(
        source=folder.name, split=split, training=GradientTraining(epochs=2), device="cpu"
    )
    run_id = store.create(config).run_id
    for _ in train_run(store, run_id):
        pass
    store.write_label(run_id, Label(name=HOSTILE[:80], tags=(":red[x]", "<b>y</b>"), note=HOSTILE))
    return store.get(run_id)


def elements(node: object) -> Iterator[object]:
    """All elements of a page."""
    for child in getattr(node, "children", {}).values():
        yield child
        yield from elements(child)


def read_as_markup(screen: AppTest) -> Iterator[str]:
    """What the elements that know Markdown were given."""
    assert not screen.exception
    for element in elements(screen._tree):
        kind = getattr(element, "type", "")
        if hasattr(element, "proto") and not getattr(element, "children", {}):
            if not any(part in kind for part in AS_TYPED):
                said = str(element.proto).splitlines()
                yield "\n".join([kind, *(line for line in said if not line.startswith("id:"))])


def markup_in(screen: AppTest) -> list[str]:
    """The elements in which a text would have become markup."""
    signs = (":red[", "<b>", "$z$", "**w**", "[u](", ":material/home:")
    given = list(read_as_markup(screen))
    assert len(given) > 3
    return [text[:300] for text in given if any(sign in text for sign in signs)]


@pytest.mark.parametrize(
    "page", ["overview", "data_set", "skeletons", "training", "results", "features", "comparison"]
)
def test_no_page_takes_a_users_text_for_markup(page: str, open_page: OpenPage, hostile_run: Run) -> None:
    query = {"run": hostile_run.run_id, "source": hostile_run.config.source}
    screen = open_page(page, **query)
    assert markup_in(screen) == []


@pytest.mark.parametrize(
    "view", ["Accuracies", "Curves", "Differences", "McNemar test", "By subject or at random?"]
)
def test_no_comparison_takes_a_users_text_for_markup(
    view: str, open_page: OpenPage, hostile_run: Run
) -> None:
    store = RunStore()
    other = store.create(hostile_run.config.model_copy(update={"seed": 1})).run_id
    for _ in train_run(store, other):
        pass
    screen = open_page("comparison", source=hostile_run.config.source)
    screen.session_state["comparison view"] = view
    screen.run()
    assert markup_in(screen) == []


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_label_of_any_text_is_kept_as_text_in_its_own_file(
    text: str, hostile_run: Run, har_home: Path
) -> None:
    store = RunStore()
    files = sorted(har_home.rglob("*"))
    store.write_label(
        hostile_run.run_id, make_settings(Label, "label", name=text, tags=(text[:30],), note=text)
    )
    label = store.get(hostile_run.run_id).label
    assert label.name.isprintable() and "\u202e" not in label.note
    assert sorted(har_home.rglob("*")) == files


def test_a_label_of_ten_thousand_characters_is_refused(hostile_run: Run) -> None:
    for field in ("name", "note", "tags"):
        value = ("x" * 10_000,) if field == "tags" else "x" * 10_000
        with pytest.raises(HarError, match=field):
            make_settings(Label, "label", **{field: value})


# The URL


BAD_VALUES = ("../../etc", "<b>:red[x]</b>", "-" + "9" * 400, "a\x00\u202eb", "x" * 10_000)
KEYS = ("source", "layout", "run", "weights", "part", "sequence", "view")


@pytest.mark.parametrize("value", BAD_VALUES, ids=range(len(BAD_VALUES)))
def test_every_page_opens_whatever_the_url_says(
    value: str, open_page: OpenPage, runs: dict[str, Run]
) -> None:
    for page, keys in PAGES_OF_KEYS:
        screen = open_page(page, **dict.fromkeys(keys, value))
        assert not screen.exception, (page, keys)
        alerts = [alert.value for alert in (*screen.info, *screen.error, *screen.warning)]
        assert not [
            alert[:300] for alert in alerts if "<b>" in alert or ":red[" in alert or len(alert) > 1500
        ]
        if page == "results" and value.strip():
            assert any("is not here" in alert for alert in alerts), alerts


PAGES_OF_KEYS = [
    ("overview", ("source",)), ("results", ("run", "weights", "part", "sequence")),
    ("skeletons", ("view", "sequence")), ("features", ("run", "sequence")), ("training", ("run",)),
    ("comparison", KEYS[2:]), ("data_set", ("layout",)), ("training", ("source", "layout")),
]  # fmt: skip


ODD_VALUES = (
    "x" * 1_000_000, "/" * 5000, "~root", "file:///etc/passwd", "0", "-1", "1e999", "NaN", "null", "[1, 2]",
    '{"run": 1}', "%00%ff", "&run=x#y", " ", "\u202e" * 300, "\N{BONE}" * 300,
)  # fmt: skip


def odd_links() -> Iterator[dict[str, str | list[str]]]:
    """What a link may select: the same odd value everywhere, everywhere but in the data set, or many keys."""
    for number, value in enumerate(ODD_VALUES):
        yield dict.fromkeys(KEYS[2:] if number % 3 else KEYS, value)
    yield dict.fromkeys(KEYS[2:], ["twice", "x" * 1000])
    yield {f"{name} of nobody {number}" * 10: "x" * 100 for number in range(500) for name in KEYS}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_whatever_a_link_to_it_says(
    page: str, open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page(page, source="synthetic")
    for query in odd_links():
        screen.query_params.clear()
        screen.query_params.update({"source": "synthetic", **query, "linked": "yes"})
        screen.run()
        assert not screen.exception, query
        said = [box.value for box in (*screen.info, *screen.error, *screen.warning)]
        assert len(said) < 6 and max(map(len, said), default=0) < 1500, said
    screen.query_params.clear()
    screen.query_params.update({"source": "synthetic", "linked": "yes", "run": runs["lstm"].run_id})
    assert not screen.run().exception and not screen.error and screen.title
