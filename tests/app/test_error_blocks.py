"""Errors by subject on the results page: counted from the predictions, and the way to their sequences."""

from collections.abc import Callable
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from har_core.training.store import Run


def test_a_block_of_subject_and_action_lists_its_sequences_and_plays_the_first_wrong_one(
    open_page: Callable[..., AppTest], runs: dict[str, Run], matrices_of: Any, clips_of: Any
) -> None:
    screen = open_page("results", run=runs["lstm"].run_id)
    screen.segmented_control(key="results details").set_value("Subjects").run()
    assert not screen.exception
    with np.load(runs["lstm"].path / "predictions.npz") as file:
        test = file["part"] == "test"
        ids, subjects, truth = (file[name][test] for name in ("ids", "subjects", "truth"))
        wrong = file["logits_best"][test].argmax(axis=1) != truth
    (chart,) = matrices_of(screen)
    assert chart["columns"] == ["8", "9", "10"] and len(chart["actions"]) == 20
    counts = np.array(
        [[(wrong & (truth == k) & (subjects == s)).sum() for s in (8, 9, 10)] for k in range(20)]
    )
    assert [[int(number or 0) for number in row] for row in chart["facts"]["wrong"]] == counts.tolist()
    action, column = divmod(int(counts.argmax()), 3)
    assert chart["chosen"] == [action, column]
    own = (truth == action) & (subjects == 8 + column)
    (box,) = [box for box in screen.selectbox if box.label == "Sequence"]
    assert [option.split(" · ")[0] for option in box.options] == ids[own].tolist()
    assert clips_of(screen)[0]["title"].startswith(str(ids[own & wrong][0]))
    said = f"{chart['actions'][action]} by subject {8 + column}: {counts.max()} of {own.sum()} wrong"
    assert any(said in text.value.replace("\\", "") for text in screen.markdown)
