"""The notebook of a hand-in runs from top to bottom in a kernel, and gets the numbers of the runs."""

import json
import os
import re
from html import unescape

import nbclient
import nbformat
import numpy as np
import pytest

from har_core.models.plain import plain_programs
from har_core.report.answer_files import answers_in
from har_core.report.hand_in import hand_in
from har_core.report.written import Answers

NUMBERS = """
import json
print(json.dumps([
    {"results": run.results.model_dump(), "losses": [record.validation_loss for record in records],
     "logits": store.arrays(run.run_id, "predictions.npz", ["best"])["logits_best"].tolist()}
    for run, records in ((run_1, records_1), (run_2, records_2))
]))
"""


@pytest.fixture(scope="module")
def notebook(made):
    found = nbformat.reads(made.files["notebook.ipynb"].decode(), as_version=4)
    nbformat.validate(found)
    return found


def test_notebook_has_a_place_for_each_answer_and_no_output(notebook):
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    assert sum("*Your answer:*" in text for text in texts) == 14  # 13 questions, and what was learned
    assert [text.split(":")[0] for text in texts if text.startswith("## Step")] == [
        f"## Step {number}" for number in range(1, 6)
    ]
    assert not any(cell.outputs for cell in notebook.cells if cell.cell_type == "code")


def test_notebook_uses_the_library_and_shows_each_network_in_plain_torch_and_keras(made, notebook):
    codes = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert "import har_core as har" in codes and "def train(" not in codes
    assert "run_1 = har.train(config_1)" in codes and "run_2 = har.train(config_2)" in codes
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    for run in made.runs:
        expected = plain_programs(run.config.model, run.meta.inputs, len(run.meta.actions))
        assert expected.torch in codes and sum(expected.keras in text for text in texts) == 1


def test_texts_of_the_user_reach_no_cell_but_as_quoted_paths(made, notebook):
    assert not any("onerror" in cell.source for cell in notebook.cells)
    quoted = [cell for cell in notebook.cells if made.runs[0].config.source in cell.source]
    assert quoted and all(cell.cell_type == "code" for cell in quoted)


def test_author_and_answers_make_no_cell_and_no_markup(made, notebook):
    given = {11: "<img src=x onerror=alert(1)> a < b & c &lt; d\n%% code\nimport os", 0: "Done."}
    files = hand_in(made.store, made.ids, author="*Ada* <b>L</b> $x$", answers=Answers(given=given))
    found = nbformat.reads(files["notebook.ipynb"].decode(), as_version=4)
    assert [cell.cell_type for cell in found.cells] == [cell.cell_type for cell in notebook.cells]
    head = found.cells[0].source
    assert not re.search(r"[*<$]", head.split("\n")[2]) and "*Ada* <b>L</b> $x$" in unescape(head)
    (answered,) = [
        cell.source for cell in found.cells if "Step 11. " in cell.source and "onerror" in cell.source
    ]
    assert "<img" not in answered and "a < b & c &amp;lt; d" in answered
    assert answers_in(files["notebook.ipynb"], "notebook.ipynb").given == given


def test_notebook_runs_and_its_numbers_equal_the_runs(made, notebook, har_home, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.getcwd())
    notebook.cells.append(nbformat.v4.new_code_cell(NUMBERS))
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    text = "".join(output["text"] for output in notebook.cells.pop().outputs)  # in any number of pieces
    for run, found in zip(made.runs, json.loads(text), strict=True):
        assert found["results"] == run.results.model_dump()
        assert found["losses"] == [record.validation_loss for record in made.store.metrics(run.run_id)]
        arrays = made.store.arrays(run.run_id, "predictions.npz")
        assert (np.array(found["logits"], np.float32) == arrays["logits_best"]).all()
    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", []))
    assert said.count("the same") == 2 * 10 and "DIFFERENT" not in said and "Warning" not in said
    figures = [output for cell in notebook.cells for output in cell.get("outputs", [])
               if "application/vnd.plotly.v1+json" in output.get("data", {})]  # fmt: skip
    assert len(figures) == 2 * 4
