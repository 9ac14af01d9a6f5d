"""What a figure is of stands in its caption, and in the name of its file."""

import pytest

from har_core.plots.captions import Caption, file_name


def test_caption_tells_the_facts_and_names_the_file() -> None:
    caption = Caption("Confusion matrix", ["Bi-LSTM", "run 2026-bilstm-a1", "test part"])
    assert caption.as_json() == {
        "title": "Confusion matrix",
        "about": "Bi-LSTM, run 2026-bilstm-a1, test part",
        "file": "confusion-matrix_bi-lstm_run-2026-bilstm-a1_test-part",
    }


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["Épochs/../x", "a:b"], "epochs-x_a-b"),
        (["图"], "figure"),
        ([""], "figure"),
        (["x" * 159, "-y"], "x" * 159),
        (["<b>", ""], "b"),
    ],
)
def test_a_files_name_is_one_that_every_system_takes(texts: list[str], expected: str) -> None:
    assert file_name(*texts) == expected
