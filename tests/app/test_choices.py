"""Every choice on every page is still there when the visitor comes back from another page."""

import shutil
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1 import element_tree as tree

from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
Name = tuple[str, str, int]  # kind, what is written above it, and which of those that have both in common

PRESSED = (tree.Button, tree.DownloadButton, tree.MenuButton, tree.FileUploader)
"""What does something at once, or takes a file: nothing of it can be kept."""

LATE = [
    "First run",
    "Second run",
    "View",
    "Part",
    "Run",
    "Chosen runs",
    "Data set",
    "Filter",
    "Tags",
    "State",
]
"""What takes other choices away, or may do so: it is changed after them."""

REACHED = {
    "overview": {"Epochs", "Seed"},
    "data_set": {"View", "Scale", "Joint of the preview"},
    "skeletons": {"View", "Action", "Sequence", "Beside it", "Camera of the GIF"},
    "training": {"Model", "Learning rate", "Training / validation / test subjects", "Smoothing", "Run"},
    "results": {"Weights", "Part", "True action", "Order of actions", "Sequence", "View", "Smoothing"},
    "features": {"Highlight actions", "Highlight subjects", "Those that play", "Colour by", "View"},
    "comparison": {"Filter", "Chosen runs", "View", "First run", "Second run", "Matrices", "True action"},
    "ladder": {"Split", "Seeds", "View"},
    "hand_in": {"Runs", "Your name", "Question"},
}
"""Some of the choices of each page, to see that they were found."""


def choices(screen: AppTest) -> dict[Name, Any]:
    """What can be chosen on a page. What stands in a form is chosen when the form is sent."""
    found: dict[Name, Any] = {}
    for node in screen._tree:
        if isinstance(node, tree.Widget) and not isinstance(node, PRESSED) and not node.proto.form_id:
            same = sum(name[:2] == (node.type, node.proto.label) for name in found)
            found[node.type, node.proto.label, same] = node
    return found


def said(widget: Any) -> Any:
    """What a widget shows as chosen."""
    match widget:
        case tree.Selectbox() | tree.Radio():
            return None if widget.index is None else widget.options[widget.index]
        case tree.ButtonGroup():
            return list(widget.formatted_values)
        case tree.Multiselect():
            return list(widget.values)
    return widget.value


def all_said(screen: AppTest) -> dict[Name, Any]:
    return {name: said(widget) for name, widget in choices(screen).items()}


def others(widget: Any) -> list[Any]:
    """Other values for a widget: of views all, for each may hold choices of its own."""
    match widget:
        case tree.Toggle() | tree.Checkbox():
            return [not widget.value]
        case tree.ButtonGroup():
            return [option for option in widget.options if [option] != said(widget)]
        case tree.Selectbox() | tree.Radio():
            rest = [option for option in widget.options if option != said(widget)]
            return [*rest[:1], *rest[1:][-1:]]
        case tree.Multiselect():
            more = [option for option in widget.options if option not in said(widget)]
            return [[*said(widget), *more[:2]]] if more else []
        case tree.NumberInput():
            return [7.0 if widget.value is None else widget.value + (widget.step or 1)]
        case tree.Slider():
            return [widget.max if widget.value != widget.max else widget.min]
        case tree.TextInput() | tree.TextArea():
            return ["1,2/3,4/5,6" if "/" in widget.value else "lstm"]
    pytest.fail(f"This test doesn't know how to choose another value of {widget.type}; tell it.")


def choose(widget: Any, value: Any) -> None:
    """Set a value as it is shown: what is behind it, the browser doesn't know either."""
    if hasattr(widget, "format_func"):
        widget.__class__ = type("AsShown", (type(widget),), {"format_func": str})
    widget.set_value(value)


def lateness(change: tuple[Name, Any], first: Collection[Name]) -> int:
    """What has just come up comes first, and what takes others away late: views, data sets, filters."""
    (kind, label, _), _ = change
    if label in LATE:
        return 4 + LATE.index(label)
    return 2 * (change[0] in first) + (kind == "button_group") - (kind == "radio")


def go_to(screen: AppTest, page: str) -> AppTest:
    screen.query_params.clear()  # as the browser does
    return screen.switch_page(f"../pages/{page}.py").run()


def changes(screen: AppTest, done: set[tuple[Name, str]]) -> Iterator[tuple[Name, Any]]:
    for name, widget in choices(screen).items():
        for value in others(widget):
            if (name, mark(value)) not in done:
                yield name, value


def mark(value: Any) -> str:
    """Tell options of a list apart, but not numbers, of which there are always more."""
    return value if isinstance(value, str) else ""


@pytest.mark.parametrize("page", REACHED)
def test_choices_stay_while_the_visitor_is_on_another_page(
    open_page: OpenPage, runs: dict[str, Run], home_with_runs: Path, small_source: Path, page: str
) -> None:
    shutil.copytree(small_source, home_with_runs / "sources" / "small")
    away = "hand_in" if page != "hand_in" else "results"
    screen = open_page(page, source="synthetic", run=runs["cnn"].run_id)
    first = set(choices(screen))
    done: set[tuple[Name, str]] = set()
    while change := min(changes(screen, done), key=lambda change: lateness(change, first), default=None):
        name, value = change
        before = all_said(screen)
        done.add((name, mark(value)))
        choose(choices(screen)[name], value)
        screen.run()
        assert not screen.exception, change
        chosen = all_said(screen)
        assert chosen != before, f"{change} changed nothing"
        go_to(go_to(screen, away), page)
        assert not screen.exception, change
        assert all_said(screen) == chosen, change
    assert {label for (_, label, _), _ in done} >= REACHED[page]


def test_a_name_that_was_sent_without_files_stays_while_the_visitor_is_on_another_page(
    open_page: OpenPage,
) -> None:
    screen = open_page("data_set")
    screen.text_input(key="upload name 0").set_value("mine")
    next(button for button in screen.button if button.label == "Add the data set").click().run()
    assert [error.value for error in screen.error] == ["The data set still needs its files."]
    go_to(go_to(screen, "skeletons"), "data_set")
    assert not screen.exception and screen.text_input(key="upload name 0").value == "mine"


def test_choices_of_one_run_or_data_set_do_no_harm_in_another(
    open_page: OpenPage, runs: dict[str, Run], small_run: Run
) -> None:
    screen = open_page("features", run=runs["lstm"].run_id)
    screen.multiselect(key="features highlighted").select("bend").run()
    screen.multiselect(key="features subjects").select(1).run()
    (box,) = [box for box in screen.selectbox if box.label == "Run"]
    box.select(small_run.run_id).run()
    assert not screen.exception
    assert screen.multiselect(key="features highlighted").value == []
    assert screen.multiselect(key="features subjects").value == [1]
    go_to(screen, "results")
    assert not screen.exception and not screen.error
    go_to(screen, "skeletons")
    screen.segmented_control(key="skeletons view").set_value("Grid").run()
    screen.selectbox(key="choose source").select(small_run.config.source).run()
    assert not screen.exception
