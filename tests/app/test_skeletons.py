"""The skeletons page: which sequences can be chosen, and what the player is given."""

from collections.abc import Callable
from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from har_core.data.sequences import SkeletonSequences

OpenPage = Callable[..., AppTest]
ClipsOf = Callable[[AppTest], list[dict[str, Any]]]


def test_choosing_an_action_lists_its_sequences_and_plays_the_first(
    open_page: OpenPage, clips_of: ClipsOf, synthetic_set: SkeletonSequences
) -> None:
    screen = open_page("skeletons")
    screen.selectbox(key="skeletons action").select("bend").run()
    assert not screen.exception
    bends = [name for name in synthetic_set.ids if name.startswith("a13_")]
    (listed,) = (box.options for box in screen.selectbox if box.label == "Sequence")
    assert [option.split(" · ")[0] for option in listed] == bends
    (clip,) = clips_of(screen)
    assert clip["title"].startswith(f"{bends[0]} · bend")
    assert clip["length"] == synthetic_set.lengths[synthetic_set.row_of(bends[0])]


def test_sequence_of_the_url_is_shown_and_a_choice_goes_into_the_url(
    open_page: OpenPage, clips_of: ClipsOf
) -> None:
    screen = open_page("skeletons", sequence="a13_s02_e01")
    assert screen.selectbox(key="skeletons action").value == "bend"
    assert clips_of(screen)[0]["title"].startswith("a13_s02_e01")
    screen.selectbox(key="skeletons sequence").select("a13_s03_e01").run()
    assert screen.query_params["sequence"] == "a13_s03_e01"
    assert clips_of(screen)[0]["title"].startswith("a13_s03_e01")


def view(screen: AppTest, name: str) -> AppTest:
    screen.segmented_control(key="skeletons view").set_value(name).run()
    assert not screen.exception
    return screen


def ids_of(clips: list[dict[str, Any]]) -> list[str]:
    return [clip["title"].removeprefix("Prepared: ").split(" · ")[0] for clip in clips]


def test_prepared_sequence_stands_beside_the_recorded_one(open_page: OpenPage, clips_of: ClipsOf) -> None:
    screen = view(open_page("skeletons", sequence="a13_s02_e01"), "Recorded and prepared")
    recorded, prepared = clips_of(screen)
    assert prepared["title"] == f"Prepared: {recorded['title']}"
    assert (recorded["unit"], prepared["unit"]) == ("m", "scaled")


def test_second_sequence_is_another_subjects_of_the_same_action_until_one_is_chosen(
    open_page: OpenPage, clips_of: ClipsOf
) -> None:
    screen = view(open_page("skeletons", sequence="a13_s02_e01"), "Two in step")
    assert ids_of(clips_of(screen)) == ["a13_s02_e01", "a13_s03_e01"]
    screen.selectbox(key="skeletons beside bend").select("a14_s05_e01").run()
    assert ids_of(clips_of(screen)) == ["a13_s02_e01", "a14_s05_e01"]
    assert screen.query_params["sequence"] == "a13_s02_e01"
    screen.selectbox(key="skeletons sequence").select("a13_s04_e01").run()
    assert ids_of(clips_of(screen)) == ["a13_s04_e01", "a14_s05_e01"]


def test_grid_shows_one_sequence_of_each_subject_first_and_pages_through_the_others(
    open_page: OpenPage, clips_of: ClipsOf, synthetic_set: SkeletonSequences
) -> None:
    bends = {name for name in synthetic_set.ids if name.startswith("a13_")}
    subjects = {name.split("_")[1] for name in bends}
    screen = view(open_page("skeletons", sequence="a13_s02_e01"), "Grid")
    pages = next(box for box in screen.selectbox if box.label == "Sequences of bend")
    assert pages.options[0] == f"1 to 12 of {len(bends)}"
    shown = ids_of(clips_of(screen))
    assert len(shown) == 12
    assert {name.split("_")[1] for name in shown[: len(subjects)]} == subjects
    for start in range(12, len(bends), 12):
        next(box for box in screen.selectbox if box.label == "Sequences of bend").select(start).run()
        shown += ids_of(clips_of(screen))
    assert sorted(shown) == sorted(bends)
    assert screen.query_params["sequence"] == "a13_s02_e01"


def test_grid_follows_the_action_and_the_views_share_the_chosen_sequence(
    open_page: OpenPage, clips_of: ClipsOf
) -> None:
    screen = view(open_page("skeletons", sequence="a13_s02_e01"), "Grid")
    screen.selectbox(key="skeletons action").select("side kick").run()
    assert all(name.startswith("a15_") for name in ids_of(clips_of(screen)))
    (clip,) = clips_of(view(screen, "One sequence"))
    assert ids_of([clip]) == [screen.query_params["sequence"]]
    assert clip["title"].split(" · ")[1] == "side kick"


def test_lost_frames_are_passed_to_the_player(
    open_page: OpenPage, clips_of: ClipsOf, synthetic_set: SkeletonSequences
) -> None:
    lost = {
        name: np.flatnonzero(~np.any(synthetic_set[row], axis=(1, 2))).tolist()
        for row, name in enumerate(synthetic_set.ids)
    }
    name = next(name for name, frames in lost.items() if frames)
    assert clips_of(open_page("skeletons", sequence=name))[0]["untracked"] == lost[name]


def test_unknown_sequence_in_the_url_is_told_in_a_sentence(open_page: OpenPage, clips_of: ClipsOf) -> None:
    screen = open_page("skeletons", sequence="a99_s99_e99")
    assert not screen.exception
    assert any("'a99_s99_e99'" in text.value for text in screen.info)
    assert len(clips_of(screen)) == 1


def test_unknown_source_is_told_in_a_sentence(open_page: OpenPage) -> None:
    screen = open_page("skeletons", source="nowhere")
    assert not screen.exception
    assert "'nowhere'" in screen.error[0].value
    assert "skeletons player" not in [part.key for part in screen.get("bidi_component")]


def test_notice_tells_synthetic_from_recorded(open_page: OpenPage, recorded_source: str) -> None:
    assert any("Synthetic data" in text.value for text in open_page("skeletons").caption)
    recorded = open_page("skeletons", source=recorded_source)
    assert not recorded.exception
    assert not any("Synthetic data" in text.value for text in recorded.caption)
