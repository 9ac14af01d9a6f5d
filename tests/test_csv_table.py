"""Tables for spreadsheets: read back by other programs, and no text of a user becomes a formula."""

import csv
import re
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.runs.table import as_csv
from har_core.csv_table import csv_table

HOUSE = Path(__file__).resolve().parents[1]
BEGINNINGS = "=+-@\t\r\n＝＋－＠"
NAMES = st.text(st.sampled_from(BEGINNINGS + "1',;\"äöüß漢 \0"), max_size=6) | st.text(max_size=12)


def read_back(content: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))


@given(st.lists(st.tuples(NAMES, NAMES), max_size=5))
def test_texts_come_back_as_they_were_but_for_an_apostrophe_before_a_formula(rows):
    header, *found = read_back(csv_table(["first", "second"], rows))
    assert header == ["first", "second"]
    safe = [[f"'{text}" if text[:1] and text[0] in BEGINNINGS else text for text in row] for row in rows]
    assert found == safe


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_cell_is_a_formula(beginning):
    content = csv_table(
        [f"{beginning}head"], [[f"{beginning}1+1"], [np.str_(f"{beginning}cmd|'/c calc'!A1")]]
    )
    assert [row[0][:2] for row in read_back(content)] == [f"'{beginning}"] * 3


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False)), min_size=1))
def test_numbers_stay_numbers_to_the_last_bit(rows):
    made = [(np.int64(whole), np.float64(real)) for whole, real in rows]
    for content in (csv_table(["whole", "real"], rows), csv_table(["whole", "real"], made)):
        assert [(int(whole), float(real)) for whole, real in read_back(content)[1:]] == rows
        found = pd.read_csv(BytesIO(content), encoding="utf-8-sig", dtype={"real": str})
        assert found["whole"].tolist() == [whole for whole, _ in rows]
        assert found["real"].map(float).tolist() == [real for _, real in rows]


def test_what_is_missing_is_empty_and_half_a_character_is_no_fault():
    assert (
        csv_table(["a", "b"], [[None, "ü\udcff"], [-1, -0.5]]) == "\ufeffa,b\r\n,ü?\r\n-1,-0.5\r\n".encode()
    )


def test_a_data_frame_is_read_by_pandas_as_it_was():
    table = pd.DataFrame(
        {
            "name": ["=1+1", 'Übung, "1"', ""],
            "tags": [["-x", "y"], [], ["ä"]],
            "seed": pd.array([1, None, -3], "Int64"),
            "share": pd.array([0.1, None, 1 / 3], "Float64"),
            "spread": [-0.25, float("nan"), 2.0],
        }
    )
    found = pd.read_csv(BytesIO(as_csv(table)), encoding="utf-8-sig")
    assert found["name"].fillna("").tolist() == ["'=1+1", 'Übung, "1"', ""]
    assert found["tags"].fillna("").tolist() == ["'-x, y", "", "ä"]
    for column in ("seed", "share", "spread"):
        assert found[column].astype("Float64").equals(table[column].astype("Float64"))


def test_there_is_no_other_writer_of_tables():
    files = [file for room in ("har_core", "app", "pages") for file in (HOUSE / room).rglob("*.py")]
    writers = re.compile(r"\bto_csv\b|\bimport csv\b|\bfrom csv import\b|\bDictWriter\b|\.savetxt\b")
    found = {file.relative_to(HOUSE).as_posix() for file in files if writers.search(file.read_text())}
    assert len(files) > 100 and found == {"har_core/csv_table.py"}
