"""The results page: its numbers are those of the predictions file, counted by hand."""

import itertools
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, confusion_matrix, recall_score
from streamlit.testing.v1 import AppTest

from har_core.data.sequences import SkeletonSequences
from har_core.training.store import Run

OpenPage = Callable[..., AppTest]
ClipsOf = MatricesOf = Callable[[AppTest], list[dict[str, Any]]]
Arrays = dict[str, np.ndarray]


def stored(run: Run) -> Arrays:
    with np.load(run.path / "predictions.npz") as file:
        return dict(file)


def names_in_cell(arrays: Arrays, part: str, weights: str, true: int, predicted: int) -> list[str]:
    guess = arrays[f"logits_{weights}"].argmax(axis=1)
    inside = (arrays["part"] == part) & (arrays["truth"] == true) & (guess == predicted)
    return [str(name) for name in arrays["ids"][inside]]


def listed_names(screen: AppTest) -> list[str]:
    return [option.split(" · ")[0] for box in sequence_boxes(screen) for option in box.options]


def sequence_boxes(screen: AppTest) -> list[Any]:
    return [box for box in screen.selectbox if box.label == "Sequence"]


def scores(screen: AppTest) -> str:
    (said,) = [text.value for text in screen.markdown if text.value.startswith("**Test ")]
    return said


def choose_cell(screen: AppTest, true: str, predicted: str) -> AppTest:
    boxes = {box.label: box for box in screen.selectbox}
    boxes["True action"].select(true)
    boxes["Predicted action"].select(predicted)
    return screen.run()


@pytest.mark.parametrize("model", ["lstm", "stacked-lstm", "bilstm", "cnn"])
def test_scores_are_counted_from_the_predictions_and_the_loss_is_that_of_the_epoch(
    open_page: OpenPage, runs: dict[str, Run], model: str
) -> None:
    screen = open_page("results", run=runs[model].run_id)
    arrays = stored(runs[model])
    lines = [json.loads(line) for line in (runs[model].path / "metrics.jsonl").read_text().splitlines()]
    for weights in ("best", "last"):
        screen.selectbox(key="choose weights").select(weights).run()
        assert not screen.exception
        right = arrays[f"logits_{weights}"].argmax(axis=1) == arrays["truth"]
        said = {}
        for part in ("test", "validation", "train"):
            inside = arrays["part"] == part
            share, count = 100 * right[inside].mean(), right[inside].sum()
            said[part] = f"{share:.1f} %, {count} of {inside.sum()}"
        epoch = runs[model].results.of(weights).epoch
        low, high = interval_by_hand(*map(int, said["test"].split(", ")[1].split(" of ")))
        assert scores(screen) == (
            f"**Test {said['test']}** (95 %: {low:.1f} to {high:.1f} %) "
            f"· loss {lines[epoch - 1]['test_loss']:.3f}"
        )
        more = f"Validation {said['validation']} · Training {said['train']} · {weights} epoch: {epoch}"
        assert more in [text.value for text in screen.caption]


def interval_by_hand(correct: int, total: int) -> tuple[float, float]:
    """Wilson's interval as scipy has it, in percent."""
    low, high = binomtest(correct, total).proportion_ci(0.95, "wilson")
    return 100 * low, 100 * high


@pytest.mark.parametrize("part", ["test", "train"])
def test_each_cell_lists_exactly_the_sequences_of_the_predictions_file(
    open_page: OpenPage, runs: dict[str, Run], part: str
) -> None:
    screen = open_page("results", run=runs["cnn"].run_id)
    screen.selectbox(key="choose part").select(part).run()
    arrays = stored(runs["cnn"])
    actions = [action.name for action in runs["cnn"].meta.actions]
    cells = list(itertools.product(range(20), range(20)))
    filled = [cell for cell in cells if names_in_cell(arrays, part, "best", *cell)]
    assert len(filled) > 20
    for true, predicted in filled[:: len(filled) // 8]:
        choose_cell(screen, actions[true], actions[predicted])
        assert not screen.exception
        assert listed_names(screen) == names_in_cell(arrays, part, "best", true, predicted)


def test_empty_cell_says_so_and_lists_nothing(open_page: OpenPage, runs: dict[str, Run]) -> None:
    arrays = stored(runs["cnn"])
    actions = [action.name for action in runs["cnn"].meta.actions]
    true, predicted = next(
        cell
        for cell in itertools.product(range(20), range(20))
        if not names_in_cell(arrays, "test", "best", *cell)
    )
    screen = choose_cell(open_page("results", run=runs["cnn"].run_id), actions[true], actions[predicted])
    assert not screen.exception
    assert screen.info[0].value == f"No sequence of {actions[true]} was taken for {actions[predicted]}."
    assert listed_names(screen) == []


def test_swap_leads_to_the_cell_across_the_diagonal_and_back(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    arrays = stored(runs["cnn"])
    actions = [action.name for action in runs["cnn"].meta.actions]
    cell = next(
        cell for cell in itertools.permutations(range(20), 2) if names_in_cell(arrays, "test", "best", *cell)
    )
    there, back = (names_in_cell(arrays, "test", "best", *way) for way in (cell, cell[::-1]))
    screen = choose_cell(open_page("results", run=runs["cnn"].run_id), *(actions[at] for at in cell))
    for expected in (back, there):
        screen.button(key="other way round").click().run()
        assert not screen.exception and listed_names(screen) == expected
    choose_cell(screen, actions[0], actions[0])
    assert not [button for button in screen.button if button.key == "other way round"]


def test_first_cell_is_the_largest_confusion(open_page: OpenPage, runs: dict[str, Run]) -> None:
    screen = open_page("results", run=runs["lstm"].run_id)
    arrays = stored(runs["lstm"])
    confused = [
        len(names_in_cell(arrays, "test", "best", true, predicted))
        for true, predicted in itertools.permutations(range(20), 2)
    ]
    assert len(listed_names(screen)) == max(confused)


def test_chosen_sequence_plays_beside_the_nearest_example_of_what_was_predicted(
    open_page: OpenPage, runs: dict[str, Run], clips_of: ClipsOf
) -> None:
    arrays = stored(runs["cnn"])
    actions = [action.name for action in runs["cnn"].meta.actions]
    true, predicted = next(
        (true, predicted)
        for true, predicted in itertools.permutations(range(20), 2)
        if len(names_in_cell(arrays, "test", "best", true, predicted)) > 1
        and names_in_cell(arrays, "train", "best", predicted, predicted)
    )
    screen = choose_cell(open_page("results", run=runs["cnn"].run_id), actions[true], actions[predicted])
    names = names_in_cell(arrays, "test", "best", true, predicted)
    sequence_boxes(screen)[0].set_value(names[-1]).run()
    shown, example = (clip["title"] for clip in clips_of(screen))
    assert shown.startswith(f"{names[-1]} · {actions[true]}")
    examples = names_in_cell(arrays, "train", "best", predicted, predicted)
    with np.load(runs["cnn"].path / "features.npz") as file:
        features = dict(zip(file["ids"].tolist(), file["best"], strict=True))
    distances = [np.linalg.norm(features[name] - features[names[-1]]) for name in examples]
    assert example.startswith(f"Nearest: {examples[int(np.argmin(distances))]} · {actions[predicted]}")
    assert screen.query_params["sequence"] == names[-1]


def test_run_of_the_url_is_shown_and_a_choice_goes_into_the_url(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("results", run=runs["bilstm"].run_id)
    assert screen.selectbox(key="choose run").value == runs["bilstm"].run_id
    screen.selectbox(key="choose run").select(runs["cnn"].run_id).run()
    assert screen.query_params["run"] == runs["cnn"].run_id
    parameters = f"{runs['cnn'].meta.parameters:,} parameters, 3 epochs in "
    assert any(text.value.startswith(parameters) for text in details(screen, "Scores").caption)


@pytest.mark.parametrize("name", ["nowhere", "../../etc", "x" * 500])
def test_unknown_run_in_the_url_is_told_and_another_is_shown(
    open_page: OpenPage, runs: dict[str, Run], name: str
) -> None:
    screen = open_page("results", run=name)
    assert not screen.exception
    assert repr(name[:80]) in screen.info[0].value  # the beginning of a long one
    assert scores(screen)


def test_without_an_ended_run_the_page_says_what_to_do(open_page: OpenPage) -> None:
    screen = open_page("results")
    assert not screen.exception
    assert screen.info[0].value.startswith("No run has ended yet.")
    assert not sequence_boxes(screen) and not any("Test " in text.value for text in screen.markdown)


def test_run_whose_data_set_is_gone_keeps_its_numbers_and_says_what_is_missing(
    open_page: OpenPage, runs: dict[str, Run], matrices_of: MatricesOf
) -> None:
    config = runs["lstm"].path / "config.json"
    config.write_text(config.read_text().replace('"synthetic"', '"gone"'))
    screen = open_page("results", run=runs["lstm"].run_id)
    assert not screen.exception
    assert scores(screen) and len(matrices_of(screen)) == 1
    assert len(screen.error) == 1 and "'gone'" in screen.error[0].value
    for view in screen.segmented_control(key="results details").options:
        assert not details(screen, view).exception and scores(screen)


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 torn"])
def test_damaged_predictions_are_told_in_a_sentence(
    open_page: OpenPage, runs: dict[str, Run], content: bytes
) -> None:
    (runs["lstm"].path / "predictions.npz").write_bytes(content)
    screen = open_page("results", run=runs["lstm"].run_id)
    assert not screen.exception
    assert "predictions.npz" in screen.error[0].value


def test_missing_predictions_are_told_in_a_sentence(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "predictions.npz").unlink()
    screen = open_page("results", run=runs["lstm"].run_id)
    assert not screen.exception
    assert "predictions.npz" in screen.error[0].value


def test_damaged_run_is_left_out_of_the_choice(open_page: OpenPage, runs: dict[str, Run]) -> None:
    (runs["lstm"].path / "results.json").write_text('{"best": 1}')
    screen = open_page("results", run=runs["cnn"].run_id)
    assert not screen.exception
    assert len(screen.selectbox(key="choose run").options) == 3


def test_torn_last_record_ends_the_curves_before_it(open_page: OpenPage, runs: dict[str, Run]) -> None:
    with (runs["lstm"].path / "metrics.jsonl").open("a") as file:
        file.write('{"epoch": 4, "train_lo')
    screen = open_page("results", run=runs["lstm"].run_id)
    assert not screen.exception
    assert not screen.error


def test_synthetic_results_are_called_so(open_page: OpenPage, runs: dict[str, Run]) -> None:
    assert any("Synthetic data" in text.value for text in open_page("results").caption)


def test_recorded_results_are_not_called_synthetic(open_page: OpenPage, runs: dict[str, Run]) -> None:
    meta = runs["lstm"].path / "meta.json"
    meta.write_text(meta.read_text().replace('"synthetic": true', '"synthetic": false'))
    screen = open_page("results", run=runs["lstm"].run_id)
    assert not any("Synthetic data" in text.value for text in screen.caption)


def details(screen: AppTest, view: str) -> AppTest:
    screen.segmented_control(key="results details").set_value(view)
    return screen.run()


def test_confused_pairs_are_told_in_sentences_and_open_their_sequences(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = open_page("results", run=runs["cnn"].run_id)
    arrays = stored(runs["cnn"])
    actions = [action.name for action in runs["cnn"].meta.actions]
    cells = {
        (true, predicted): names_in_cell(arrays, "test", "best", true, predicted)
        for true, predicted in itertools.permutations(range(20), 2)
    }
    largest = sorted(cells, key=lambda cell: (-len(cells[cell]), cell))[:12]
    details(screen, "Pairs")
    pills = screen.pills(key="confused pair")
    assert pills.options == [
        f"**{len(cells[true, predicted])} of {(arrays['truth'][arrays['part'] == 'test'] == true).sum()}** "
        f"{actions[true]} taken for {actions[predicted]}".replace("&", "\\&")
        for true, predicted in largest
        if cells[true, predicted]
    ]
    assert pills.value == 0  # the most confused pair plays before anything is chosen
    true, predicted = largest[-1]
    pills.set_value(11).run()
    assert screen.pills(key="confused pair").value == 11
    assert listed_names(screen) == cells[true, predicted]
    assert screen.query_params["sequence"] == cells[true, predicted][0]


def test_scores_by_action_subject_and_length_are_those_of_scikit_learn(
    open_page: OpenPage, runs: dict[str, Run], synthetic_set: SkeletonSequences
) -> None:
    arrays = stored(runs["cnn"])
    inside = arrays["part"] == "test"
    truth, guess = arrays["truth"][inside], arrays["logits_best"][inside].argmax(axis=1)
    screen = details(open_page("results", run=runs["cnn"].run_id), "Scores")
    assert not screen.exception
    by_subject, by_length, by_action = (table.value for table in screen.dataframe)
    np.testing.assert_allclose(by_action["recall"], 100 * recall_score(truth, guess, average=None))
    assert list(by_action.index) == [action.name for action in runs["cnn"].meta.actions]
    for subject, row in by_subject.iterrows():
        mine = arrays["subjects"][inside] == subject
        assert row["accuracy"] == pytest.approx(100 * accuracy_score(truth[mine], guess[mine]))
    lengths = np.array([synthetic_set.lengths[synthetic_set.row_of(str(n))] for n in arrays["ids"][inside]])
    for name, row in by_length.iterrows():
        shortest, longest = map(int, str(name).split(" to "))
        mine = (lengths >= shortest) & (lengths <= longest)
        assert row["accuracy"] == pytest.approx(100 * accuracy_score(truth[mine], guess[mine]))
        assert row["total"] == mine.sum()
    assert not details(screen, "Curves").exception
    assert len(screen.get("echarts_chart")) == 2


@pytest.mark.parametrize("order", ["as published", "by similarity", "by confusion"])
def test_matrix_follows_the_order_and_shows_percent(
    open_page: OpenPage, runs: dict[str, Run], matrices_of: MatricesOf, order: str
) -> None:
    run = runs["cnn"]
    screen = open_page("results", run=run.run_id)
    screen.selectbox(key="matrix order").select(order)
    screen.toggle(key="matrix percent").set_value(True).run()
    assert not screen.exception
    (chart,) = matrices_of(screen)
    drawn = chart["actions"]
    names = [action.name for action in run.meta.actions]
    assert sorted(drawn) == sorted(names)
    arrays = stored(run)
    inside = arrays["part"] == "test"
    labels = [names.index(name) for name in drawn]
    guess = arrays["logits_best"].argmax(axis=1)[inside]
    shares = 100 * confusion_matrix(arrays["truth"][inside], guess, labels=labels, normalize="true")
    expected = [[f"{share:.0f}" if share else "" for share in row] for row in shares.tolist()]
    assert chart["numbers"] == expected
    if order == "by confusion":
        right = arrays["logits_best"].argmax(axis=1) == arrays["truth"]
        shares = [right[inside & (arrays["truth"] == names.index(name))].mean() for name in drawn]
        assert shares == sorted(shares)
    assert (drawn == names) == (order == "as published")


def test_lines_below_the_player_end_at_what_the_run_predicted(
    open_page: OpenPage, runs: dict[str, Run], clips_of: ClipsOf
) -> None:
    arrays = stored(runs["cnn"])
    actions = [action.name for action in runs["cnn"].meta.actions]
    guess = arrays["logits_best"].argmax(axis=1)
    row = np.flatnonzero((arrays["part"] == "test") & (guess != arrays["truth"]))[0]
    name, true, predicted = str(arrays["ids"][row]), actions[arrays["truth"][row]], actions[guess[row]]
    screen = open_page("results", run=runs["cnn"].run_id, sequence=name)
    assert not screen.exception
    clips = clips_of(screen)
    track = clips[0]["track"]
    lines = [line["name"] for line in track["lines"]]
    assert lines[:2] == [true, predicted] and sorted(lines) == sorted(actions)
    assert not any(line["faint"] for line in track["lines"][:2])
    packed = next(box.proto.bytes for box in screen.get("bidi_component") if box.proto.bytes)
    numbers = np.frombuffer(packed[4 + int.from_bytes(packed[:4], "little") :], "<f4")
    start = (
        sum(clip["length"] for clip in clips) * 20 * 3 + track["readings"]
    )  # behind the frames and moments
    values = numbers[start : start + 20 * track["readings"]].reshape(20, -1)
    shares = np.exp(arrays["logits_best"][row].astype(float))
    expected = [100 * shares[actions.index(line)] / shares.sum() for line in lines]
    np.testing.assert_allclose(values[:, -1], expected, atol=0.01)
    assert any(text.value.startswith("It ") for text in screen.caption)


def test_without_its_weights_the_sequence_plays_and_the_page_says_what_is_missing(
    open_page: OpenPage, runs: dict[str, Run], clips_of: ClipsOf
) -> None:
    (runs["cnn"].path / "best.safetensors").unlink()
    screen = open_page("results", run=runs["cnn"].run_id)
    assert not screen.exception and not screen.error
    assert clips_of(screen)[0]["track"] is None
    assert any("best.safetensors" in text.value.replace("\\", "") for text in screen.caption)


@pytest.mark.parametrize("page", ["results", "features"])
def test_player_says_of_which_run_it_is_and_what_is_predicted(
    open_page: OpenPage, runs: dict[str, Run], page: str
) -> None:
    arrays = stored(runs["cnn"])
    guess = arrays["logits_best"].argmax(axis=1)
    row = np.flatnonzero((arrays["part"] == "test") & (guess != arrays["truth"]))[0]
    shares = np.exp(arrays["logits_best"][row].astype(float))
    sure = 100 * shares[guess[row]] / shares.sum()
    actions = [action.name for action in runs["cnn"].meta.actions]
    screen = open_page(page, run=runs["cnn"].run_id, sequence=str(arrays["ids"][row]))
    packed = next(box.proto.bytes for box in screen.get("bidi_component") if box.proto.bytes)
    caption = json.loads(packed[4 : 4 + int.from_bytes(packed[:4], "little")])["caption"]
    assert runs["cnn"].run_id[:15] in caption and "best epoch: " in caption
    true, predicted = actions[arrays["truth"][row]], actions[guess[row]]
    said = f"{arrays['ids'][row]}, {true}, taken for {predicted}, {sure:.0f} % sure"
    assert caption.endswith(said)


def test_layers_come_with_the_settings_that_the_run_was_made_with(
    open_page: OpenPage, runs: dict[str, Run]
) -> None:
    screen = details(open_page("results", run=runs["lstm"].run_id), "Layers")
    config = runs["lstm"].config
    settings = screen.dataframe[-1].value.set_index("Setting")["Value"]
    assert settings["Hidden units"] == str(config.model.hidden)
    assert settings["Epochs"] == str(config.epochs) and settings["Seed"] == str(config.seed)
    assert settings["Learning rate"] == str(config.training.learning_rate)
