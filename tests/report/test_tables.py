"""The tables of a hand-in hold what the run directories hold."""

import csv
from dataclasses import replace
from io import StringIO

import numpy as np

from har_core.report.findings import gather
from har_core.report.tables import predictions_csv


def rows_of(made, name):
    return list(csv.DictReader(StringIO(made.files[name].decode("utf-8-sig"))))


def test_metrics_have_a_row_for_each_run_and_epoch(made):
    rows = rows_of(made, "metrics.csv")
    expected = [
        {"run": run.run_id, "model": run.config.model.name, "split": "small"}
        | {name: str(value) for name, value in record.as_dict().items()}
        for run in made.runs
        for record in made.store.metrics(run.run_id)
    ]
    assert rows == expected and len(rows) == 12


def test_predictions_are_those_of_the_logits_for_both_sets_of_weights(made):
    rows = iter(rows_of(made, "predictions.csv"))
    for run in made.runs:
        names = [action.name for action in run.meta.actions]
        arrays = made.store.arrays(run.run_id, "predictions.npz")
        for weights in ("best", "last"):
            logits = arrays[f"logits_{weights}"].astype(float)
            shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
            correct = 0
            for place, sequence in enumerate(arrays["ids"]):
                row = next(rows)
                said, true = int(logits[place].argmax()), int(arrays["truth"][place])
                assert (row["run"], row["weights"], row["sequence"]) == (run.run_id, weights, sequence)
                assert (row["true"], row["predicted"]) == (names[true], names[said])
                assert (
                    row["part"] == arrays["part"][place] and int(row["subject"]) == arrays["subjects"][place]
                )
                assert abs(float(row["probability"]) - shares[place, said]) < 1e-5
                assert row["correct"] == ("yes" if said == true else "no")
                correct += row["part"] == "test" and row["correct"] == "yes"
            assert correct == round(run.results.of(weights).test * run.meta.split_sizes["test"])
    assert next(rows, None) is None


def test_hostile_names_of_actions_and_sequences_are_no_formulas_in_a_spreadsheet(made):
    found, *_ = gather(made.store, made.ids)
    hostile = [f"{sign}1+1 für {name}" for sign, name in zip("=+-@", found.actions, strict=True)]
    named = [
        action.model_copy(update={"name": name})
        for action, name in zip(found.meta.actions, hostile, strict=True)
    ]
    best = found.predictions["best"]
    best = replace(best, ids=np.array([f"=HYPERLINK({name})" for name in best.ids]))
    meta = found.meta.model_copy(update={"actions": tuple(named)})
    content = predictions_csv([replace(found, meta=meta, predictions={"best": best})])
    assert content.startswith(b"\xef\xbb\xbfrun,")
    rows = list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))
    assert {row["true"] for row in rows} == {f"'{name}" for name in hostile}
    assert [row["sequence"] for row in rows] == [f"'{name}" for name in best.ids]
    assert not [cell for row in rows for cell in row.values() if cell[:1] in "=+-@"]
