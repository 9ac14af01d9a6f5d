"""Two runs' matrices on the comparison page: a cell opens exactly what only one of both recognises."""

import itertools
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest

from har_core.plots.confusion_matrix import MINUS
from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
MatricesOf = Callable[[AppTest], list[dict[str, Any]]]


@pytest.fixture
def screen(open_page: OpenPage, runs: dict[str, Run]) -> AppTest:
    """The comparison page with the CNN beside the LSTM."""
    screen = open_page("comparison")
    screen.segmented_control(key="comparison view").set_value("McNemar test").run()
    screen.selectbox(key="mcnemar First run").set_value(runs["cnn"].run_id)
    screen.selectbox(key="mcnemar Second run").set_value(runs["lstm"].run_id)
    return screen.run()


def said_of_test(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    with np.load(run.path / "predictions.npz") as file:
        inside = file["part"] == "test"
        return file["ids"][inside], file["truth"][inside], file["logits_best"].argmax(axis=1)[inside]


def test_difference_is_that_of_scikit_learns_matrices(
    screen: AppTest, runs: dict[str, Run], matrices_of: MatricesOf
) -> None:
    (ids, truth, cnn), (others, _, lstm) = said_of_test(runs["cnn"]), said_of_test(runs["lstm"])
    assert not screen.exception and ids.tolist() == others.tolist()
    labels = range(20)
    expected = confusion_matrix(truth, lstm, labels=labels) - confusion_matrix(truth, cnn, labels=labels)
    (chart,) = matrices_of(screen)
    found = [[int(text.replace(MINUS, "-")) for text in row] for row in chart["facts"]["change"]]
    np.testing.assert_array_equal(found, expected)


def test_each_cell_lists_exactly_what_only_one_of_both_recognises(
    screen: AppTest, runs: dict[str, Run]
) -> None:
    (ids, truth, cnn), (_, _, lstm) = said_of_test(runs["cnn"]), said_of_test(runs["lstm"])
    actions = [action.name for action in runs["cnn"].meta.actions]
    cells = {}
    for true, predicted in itertools.product(range(20), repeat=2):
        alone = (truth == true) & ((cnn == truth) != (lstm == truth))
        cells[true, predicted] = ids[alone & ((cnn == predicted) | (lstm == predicted))].tolist()
    filled = [cell for cell, names in cells.items() if names]
    for true, predicted in [*filled[:: max(1, len(filled) // 5)], (0, 19)]:
        boxes = {box.label: box for box in screen.selectbox}
        boxes["True action"].select(actions[true])
        boxes["Predicted action"].select(actions[predicted])
        screen.run()
        assert not screen.exception
        listed = [option.split(" · ")[0] for box in screen.radio for option in box.options]
        assert sorted(listed) == sorted(cells[true, predicted])
        drawn = [part.proto.component_name for part in screen.get("bidi_component")]
        assert drawn.count("confusion_matrix") == 1 and drawn.count("skeleton_player") == bool(listed)


def test_side_by_side_both_matrices_have_the_same_order(
    screen: AppTest, runs: dict[str, Run], matrices_of: MatricesOf
) -> None:
    screen.segmented_control(key="matrices").set_value("Side by side")
    screen.selectbox(key="matrices order").select("by confusion").run()
    assert not screen.exception
    first, second = (chart["actions"] for chart in matrices_of(screen))
    assert first == second
    assert sorted(first) == sorted(action.name for action in runs["cnn"].meta.actions) != first


def test_link_of_the_results_opens_that_run_beside_another(
    open_page: OpenPage, runs: dict[str, Run], matrices_of: MatricesOf
) -> None:
    screen = open_page("results", run=runs["bilstm"].run_id)
    (link,) = [link.proto for link in screen.get("page_link") if link.proto.label == "Beside another run"]
    asked = {name: found[0] for name, found in parse_qs(link.query_string).items()}
    screen = open_page(link.page, **asked)
    assert not screen.exception and not screen.info
    assert len(matrices_of(screen)) == 2
    first, second = (screen.selectbox(key=f"mcnemar {which} run").value for which in ("First", "Second"))
    assert first == runs["bilstm"].run_id != second
    # It is opened once: what is chosen then holds.
    screen.segmented_control(key="matrices").set_value("Difference").run()
    screen.selectbox(key="mcnemar First run").set_value(runs["lstm"].run_id).run()
    assert len(matrices_of(screen)) == 1
    assert screen.selectbox(key="mcnemar First run").value == runs["lstm"].run_id
