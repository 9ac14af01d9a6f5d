"""The features page: its points are the run's sequences, and the chosen one plays."""

import base64
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from streamlit.testing.v1 import AppTest

from har_core.analysis import embedding
from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
ClipsOf = Callable[[AppTest], list[dict[str, Any]]]


def traces(screen: AppTest) -> dict[str, dict[str, Any]]:
    (chart,) = screen.get("plotly_chart")
    return {trace["name"]: trace for trace in json.loads(chart.proto.spec)["data"]}


def scatter(screen: AppTest) -> dict[str, Any]:
    """What the scatter in the browser was given."""
    (given,) = [part.proto.json for part in screen.get("bidi_component") if part.proto.json]
    return dict(json.loads(given))


def named_points(screen: AppTest, name: str) -> set[str]:
    drawn = scatter(screen)
    kinds = zip(drawn["names"], drawn["kinds"], strict=True)
    return {point for point, kind in kinds if drawn["groups"][kind]["name"] == name}


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
    (box,) = (box for box in screen.selectbox if box.label == "Sequence")
    assert box.value == box.options[0]


def test_highlighting_an_action_fades_the_others(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("features", run=runs["lstm"].run_id)
    screen.multiselect(key="features highlighted").select("bend").run()
    assert not screen.exception
    drawn = scatter(screen)
    assert drawn["full"] == [drawn["actions"][label] == "bend" for label in drawn["truth"]]
    assert 0 < sum(drawn["full"]) < len(drawn["full"])


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


def players(screen: AppTest) -> list[dict[str, Any]]:
    """What each player of the page was given, from the top."""
    found = []
    for packed in (part.proto.bytes for part in screen.get("bidi_component")):
        if not packed:
            continue  # the scatter
        length = int.from_bytes(packed[:4], "little")
        found.append(json.loads(packed[4 : 4 + length]))
    return found


def show(screen: AppTest, view: str) -> AppTest:
    screen.segmented_control(key="features view").set_value(view)
    return screen.run()


def stored(run: Run) -> tuple[dict[str, np.ndarray], np.ndarray]:
    with np.load(run.path / "predictions.npz") as file, np.load(run.path / "features.npz") as learned:
        return dict(file), learned["best"].astype(np.float64)


def test_path_of_the_chosen_sequence_ends_where_scikit_learn_puts_it(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    arrays, features = stored(runs["bilstm"])
    pca = PCA(2).fit(features[arrays["part"] == "train"])
    row = arrays["ids"].tolist().index("a13_s08_e01")
    screen = open_page("features", run=runs["bilstm"].run_id, sequence="a13_s08_e01")
    assert not screen.exception
    (shown,) = players(screen)
    track, training = shown["clips"][0]["track"], (arrays["part"] == "train").sum()
    assert track["path"] and not track["lines"] and shown["plane"]["count"] == training
    (packed,) = [part.proto.bytes for part in screen.get("bidi_component") if part.proto.bytes]
    end = packed[len(packed) - 8 * (training + 1) : len(packed) - 8 * training]
    expected = pca.transform(features[[row]])[0]
    np.testing.assert_allclose(np.abs(np.frombuffer(end, "<f4")), np.abs(expected), atol=1e-4)


def test_figure_in_space_has_the_three_components_of_scikit_learn(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    arrays, features = stored(runs["lstm"])
    inside = arrays["part"] == "train"
    expected = PCA(3).fit_transform(features[inside])
    screen = show(open_page("features", run=runs["lstm"].run_id), "3D")
    assert not screen.exception
    drawn = scatter(screen)
    points = dict(zip(drawn["names"], np.reshape(drawn["points"], (-1, 3)), strict=True))
    found = np.array([points[name] for name in arrays["ids"][inside]])
    np.testing.assert_allclose(np.abs(found), np.abs(expected), atol=1e-4)
    assert any("Click a point" in text.value for text in screen.caption)


def test_explained_variance_is_that_of_scikit_learn(open_page: OpenPage, runs: dict[str, Run]) -> None:
    arrays, features = stored(runs["cnn"])
    ratios = PCA().fit(features[arrays["part"] == "train"]).explained_variance_ratio_
    screen = show(open_page("features", run=runs["cnn"].run_id), "Explained variance")
    assert not screen.exception
    packed = traces(screen)["Each component"]["y"]
    bars = np.frombuffer(base64.b64decode(packed["bdata"]), packed["dtype"])
    np.testing.assert_allclose(bars, 100 * ratios, atol=1e-6)
    first, second = (f"{100 * ratio:.1f} %" for ratio in ratios[:2])
    said = f"The plane shows {first} and {second} of the variance"
    assert any(text.value.startswith(said) for text in screen.caption)


def test_neighbour_map_shows_the_sequences_of_the_part_and_says_what_it_does_not_mean(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("features", run=runs["lstm"].run_id)
    screen.selectbox(key="choose part").select("validation").run()
    show(screen, "t-SNE")
    assert not screen.exception
    arrays, _ = stored(runs["lstm"])
    expected = set(arrays["ids"][arrays["part"] == "validation"])
    assert named_points(screen, "Recognised") | named_points(screen, "Confused") == expected
    assert any("distances between groups" in text.value for text in screen.caption)


def test_of_a_large_part_t_sne_shows_a_sample_and_says_so(
    open_page: OpenPage, runs: dict[str, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "MOST_POINTS", 40)
    screen = open_page("features", run=runs["lstm"].run_id, part="test")
    show(screen, "t-SNE")
    arrays, _ = stored(runs["lstm"])
    part = arrays["ids"][arrays["part"] == "test"]
    names = part[embedding.rows_of_map(len(part))]
    assert scatter(screen)["names"] == names.tolist()
    (said,) = [text.value for text in screen.caption if "takes long" in text.value]
    assert f"40 of the {len(part)} of this part, drawn at random, always the same." in said
    absent = next(name for name in part if name not in names)
    for chosen, is_there in ((names[3], True), (absent, False)):
        screen.selectbox(key="features sequence").select(chosen).run()
        assert not screen.exception and scatter(screen)["chosen"] == (chosen if is_there else None)
        assert any("The chosen one is not among them." in text.value for text in screen.caption) != is_there
    screen.multiselect(key="features subjects").select(8).run()
    assert not screen.exception and sum(scatter(screen)["full"]) < 40


def test_training_part_lies_behind_another_part_unless_it_is_switched_off(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("features", run=runs["lstm"].run_id)
    assert not scatter(screen)["behind"]
    screen.selectbox(key="choose part").select("test").run()
    arrays, features = stored(runs["lstm"])
    inside = arrays["part"] == "train"
    behind = np.reshape(scatter(screen)["behind"], (-1, 2))
    expected = PCA(2).fit_transform(features[inside])
    np.testing.assert_allclose(np.abs(behind), np.abs(expected), atol=1e-5)
    screen.toggle(key="features behind").set_value(False).run()
    assert not scatter(screen)["behind"]


@pytest.mark.parametrize(("colour", "meant"), [("action", "truth"), ("predicted", "predicted")])
def test_colour_says_action_or_predicted_action(
    open_page: OpenPage, runs: dict[str, Run], colour: str, meant: str
) -> None:
    screen = open_page("features", run=runs["cnn"].run_id)
    screen.selectbox(key="features colour").select(colour).run()
    assert not screen.exception
    arrays, _ = stored(runs["cnn"])
    arrays["predicted"] = arrays["logits_best"].argmax(axis=1)
    names = [action.name for action in runs["cnn"].meta.actions]
    expected = [names[label] for label in arrays[meant][arrays["part"] == "train"]]
    drawn = scatter(screen)
    assert [drawn["groups"][kind]["name"] for kind in drawn["kinds"]] == expected


def picked(screen: AppTest) -> list[str]:
    return [str(name) for name in screen.dataframe[0].value["sequence"]]


def test_filters_pick_the_sequences_of_these_actions_and_subjects_and_twelve_of_them_play(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    arrays, _ = stored(runs["lstm"])
    names = [action.name for action in runs["lstm"].meta.actions]
    screen = open_page("features", run=runs["lstm"].run_id)
    for action in ("bend", "jogging"):
        screen.multiselect(key="features highlighted").select(action).run()
    of_action = np.isin(arrays["truth"], [names.index("bend"), names.index("jogging")])
    inside = arrays["ids"][(arrays["part"] == "train") & of_action].tolist()
    assert len(inside) > 12 and picked(screen) == inside
    assert [clip["title"].split(" · ")[0] for clip in players(screen)[1]["clips"]] == inside[:12]
    (grid,) = [box for box in screen.selectbox if box.label == "Those that play"]
    grid.select_index(1).run()
    assert [clip["title"].split(" · ")[0] for clip in players(screen)[1]["clips"]] == inside[12:24]
    screen.multiselect(key="features subjects").select(2).run()
    assert not screen.exception
    assert picked(screen) == [name for name in inside if "_s02_" in name]


def test_loop_picks_its_sequences_in_every_view_until_it_is_let_go(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    loop = ["a13_s02_e01", "a01_s01_e01", "a02_s03_e01"]
    screen = open_page("features", run=runs["lstm"].run_id)
    screen.session_state["features loop"] = loop
    for view in ("Plane", "3D"):
        show(screen, view)
        assert not screen.exception
        assert sorted(picked(screen)) == sorted(loop)
    screen.multiselect(key="features highlighted").select("bend").run()
    assert picked(screen) == ["a13_s02_e01"]
    screen.multiselect(key="features highlighted").unselect("bend").select("jogging").run()
    assert screen.info[0].value.startswith("No sequence of this part")
    screen.multiselect(key="features highlighted").unselect("jogging").run()
    (button,) = [button for button in screen.button if button.label == "Let go"]
    button.click().run()
    assert not screen.dataframe and len(players(screen)) == 1


def test_words_say_which_layer_the_features_come_from(open_page: OpenPage, runs: dict[str, Run]) -> None:
    for model, words in (
        ("stacked-lstm", "the last outputs of the top layer"),
        ("cnn", "the means over the frames of the last convolution"),
    ):
        screen = open_page("features", run=runs[model].run_id)
        (said,) = [text.value for text in screen.caption if "numbers for each sequence" in text.value]
        with np.load(runs[model].path / "features.npz") as file:
            assert words in said and f"{file['best'].shape[1]} numbers" in said
