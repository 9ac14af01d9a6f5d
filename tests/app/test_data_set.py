"""The data set page: counts, the split, faults, and what is said when a set can't be read."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from streamlit.testing.v1 import AppTest

from har_core.data.sequences import SkeletonSequences

OpenPage = Callable[..., AppTest]


def cards(screen: AppTest) -> dict[str, str]:
    return {card.label: card.value for card in screen.metric}


def test_cards_count_what_is_in_the_set(open_page: OpenPage, synthetic_set: SkeletonSequences) -> None:
    screen = open_page("data_set")
    assert not screen.exception
    assert not screen.error
    assert cards(screen) == {
        "Sequences": "567",
        "Classes (actions)": "20",
        "Subjects": "10",
        "Joints": "20",
        "Frames": f"{len(synthetic_set.frames):,}",
    }
    assert any("Synthetic data" in text.value for text in screen.caption)
    assert any(text.value == "Test: subjects 8, 9, 10 · 176 sequences" for text in screen.markdown)


def test_every_sequence_with_a_lost_body_is_a_listed_fault(
    open_page: OpenPage, synthetic_set: SkeletonSequences
) -> None:
    screen = open_page("data_set")
    lost = {
        name
        for row, name in enumerate(synthetic_set.ids)
        if not np.any(synthetic_set[row], axis=(1, 2)).all()
    }
    listed = set(screen.dataframe[0].value["Sequence"])
    assert lost
    assert lost <= listed


def test_recorded_files_are_counted_as_they_lie_there(
    open_page: OpenPage, recorded_source: str, har_home: Path
) -> None:
    folder = har_home / "sources" / recorded_source
    padded, labels = np.load(folder / "X.npy"), np.load(folder / "Y.npy")
    screen = open_page("data_set", source=recorded_source)
    assert not screen.exception
    assert cards(screen)["Sequences"] == str(len(labels))
    assert cards(screen)["Classes (actions)"] == "3"
    assert cards(screen)["Frames"].replace(",", "") == str(int(trailing_free_lengths(padded).sum()))
    assert not any("Synthetic data" in text.value for text in screen.caption)


def trailing_free_lengths(padded: np.ndarray) -> np.ndarray:
    """Count the frames up to the last one that holds anything."""
    filled = padded.any(axis=(2, 3))
    return padded.shape[1] - filled[:, ::-1].argmax(axis=1)


def test_unknown_source_in_the_url_is_told_in_a_sentence(open_page: OpenPage) -> None:
    screen = open_page("data_set", source="nowhere")
    assert not screen.exception
    (error,) = screen.error
    assert "'nowhere'" in error.value
    assert error.value.endswith(".")
    assert screen.selectbox(key="choose source").value == "nowhere"


def test_missing_published_set_names_the_command_that_fetches_it(open_page: OpenPage) -> None:
    screen = open_page("data_set", source="msr-action3d")
    assert not screen.exception
    assert "python -m har_core data fetch msr-action3d" in screen.error[0].value


def test_damaged_files_are_told_in_a_sentence(
    open_page: OpenPage, recorded_source: str, har_home: Path
) -> None:
    file = har_home / "sources" / recorded_source / "X.npy"
    file.write_bytes(file.read_bytes()[:5000])
    screen = open_page("data_set", source=recorded_source)
    assert not screen.exception
    assert "X.npy" in screen.error[0].value


def test_array_that_fits_two_layouts_asks_and_the_choice_is_taken(
    open_page: OpenPage, har_home: Path
) -> None:
    folder = har_home / "sources" / "square"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    np.save(folder / "X.npy", random.normal(size=(30, 60, 60)).astype(np.float32))
    np.save(folder / "Y.npy", np.tile([1, 2, 3], 10))
    np.save(folder / "Y_s.npy", np.repeat(np.arange(1, 11), 3))
    screen = open_page("data_set", source="square")
    assert not screen.exception
    assert "X.npy" in screen.warning[0].value
    layouts = next(box for box in screen.selectbox if box.label == "Layout of X.npy")
    layouts.set_value(layouts.options[0])
    screen.run()
    next(button for button in screen.button if button.label == "Use this layout").click()
    screen.run()
    assert not screen.exception
    assert cards(screen)["Sequences"] == "30"
