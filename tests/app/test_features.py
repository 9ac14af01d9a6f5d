"""The features page: its points are the run's sequences, and the chosen one plays."""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
ClipsOf = Callable[[AppTest], list[dict[str, Any]]]


def traces(screen: AppTest) -> dict[str, dict[str, Any]]:
    (chart,) = screen.get("plotly_chart")
    return {trace["name"]: trace for trace in json.loads(chart.proto.spec)["data"]}


def named_points(screen: AppTest, name: str) -> set[str]:
    return {point[0] for point in traces(screen).get(name, {}).get("customdata", [])}


@pytest.mark.parametrize("part", ["train", "test"])
def test_points_are_the_sequences_of_the_part_marked_right_or_wrong(
    open_page: OpenPage, runs: dict[str, Run], part: str
) -> None:
    screen = open_page("features", run=runs["lstm"].run_id)
    screen.selectbox(key="choose part").select(part).run()
    assert not screen.exception
    with np.load(runs["lstm"].path / "predictions.npz") as file:
        inside = file["part"] == part
        right = file["logits_best"].argmax(axis=1) == file["truth"]
        expected = set(file["ids"][inside & right]), set(file["ids"][inside & ~right])
    assert (named_points(screen, "Recognised"), named_points(screen, "Confused")) == expected


def test_chosen_sequence_plays_and_goes_into_the_url(
    open_page: OpenPage, runs: dict[str, Run], clips_of: ClipsOf
) -> None:
    screen = open_page("features", run=runs["lstm"].run_id)
    screen.selectbox(key="features sequence").select("a13_s02_e01").run()
    assert not screen.exception
    assert [clip["title"].split(" · ")[0] for clip in clips_of(screen)] == ["a13_s02_e01"]
    assert screen.query_params["sequence"] == "a13_s02_e01"


def test_sequence_of_the_url_is_the_chosen_one(
    open_page: OpenPage, runs: dict[str, Run], clips_of: ClipsOf
) -> None:
    screen = open_page("features", run=runs["lstm"].run_id, sequence="a13_s02_e01")
    assert clips_of(screen)[0]["title"].startswith("a13_s02_e01")


def test_sequence_of_another_part_brings_its_part(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("features", run=runs["lstm"].run_id, sequence="a13_s08_e01")
    assert not screen.exception
    assert screen.selectbox(key="choose part").value == "test"
    assert screen.selectbox(key="features sequence").value == "a13_s08_e01"


def test_choosing_another_part_lets_the_sequence_go(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("features", run=runs["lstm"].run_id, sequence="a13_s08_e01")
    screen.selectbox(key="choose part").select("validation").run()
    assert not screen.exception
    assert screen.selectbox(key="choose part").value == "validation"
    assert "sequence" not in screen.query_params
    box = screen.selectbox(key="features sequence")
    assert box.value == box.options[0]


def test_highlighting_an_action_fades_the_others(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("features", run=runs["lstm"].run_id)
    screen.multiselect(key="features highlighted").select("bend").run()
    assert not screen.exception
    for name in ("Recognised", "Confused"):
        trace = traces(screen)[name]
        packed = trace["marker"]["opacity"]
        opacities = np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])
        for point, opacity in zip(trace["customdata"], opacities, strict=True):
            assert (opacity > 0.5) == (point[1] == "bend")


def test_every_model_gives_features(open_page: OpenPage, runs: dict[str, Run]) -> None:
    for run in runs.values():
        screen = open_page("features", run=run.run_id)
        assert not screen.exception
        assert not screen.error
        assert any("Synthetic data" in text.value for text in screen.caption)


def test_without_an_ended_run_the_page_says_what_to_do(open_page: OpenPage) -> None:
    screen = open_page("features")
    assert not screen.exception
    assert screen.info[0].value.startswith("No run has ended yet.")


def test_unknown_run_in_the_url_is_told_and_another_is_shown(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("features", run="nowhere")
    assert not screen.exception
    assert "'nowhere'" in screen.info[0].value


def test_damaged_features_are_told_in_a_sentence(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "features.npz").write_bytes(b"no zip")
    screen = open_page("features", run=runs["lstm"].run_id)
    assert not screen.exception
    assert "features.npz" in screen.error[0].value


def test_run_whose_data_set_is_gone_says_what_is_missing(open_page: OpenPage, runs: dict[str, Run]) -> None:
    config = runs["lstm"].path / "config.json"
    config.write_text(config.read_text().replace('"synthetic"', '"gone"'))
    screen = open_page("features", run=runs["lstm"].run_id)
    assert not screen.exception
    assert "'gone'" in screen.error[0].value


def test_five_nearest_neighbours_are_listed_and_one_of_them_can_be_chosen(
    open_page: OpenPage, runs: dict[str, Run], clips_of: ClipsOf
) -> None:
    with np.load(runs["lstm"].path / "features.npz") as file:
        names, features = file["ids"].tolist(), file["best"]
    row = names.index("a13_s02_e01")
    order = np.argsort(np.linalg.norm(features - features[row], axis=1), kind="stable")
    nearest = [names[other] for other in order if other != row][:5]
    screen = open_page("features", run=runs["lstm"].run_id, sequence="a13_s02_e01")
    pills = screen.get("button_group")[-1]
    assert [option.content.split(" · ")[0] for option in pills.proto.options] == nearest
    pills.set_value(nearest[2]).run()
    assert not screen.exception
    assert screen.query_params["sequence"] == nearest[2]
    assert clips_of(screen)[0]["title"].startswith(nearest[2])
