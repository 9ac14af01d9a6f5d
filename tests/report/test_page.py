"""The page of a hand-in: everything in it, nothing beside it, and no text that becomes markup."""

import json
import re
import zlib
from base64 import b64decode, b64encode
from hashlib import sha256
from html.parser import HTMLParser

import numpy as np
import pytest
from plotly.offline import get_plotlyjs
from sklearn.metrics import confusion_matrix

from har_core.errors import ConfigError
from har_core.models.plain import plain_programs
from har_core.report.assignment import QUESTIONS, STEPS
from har_core.report.clip_bank import ClipBankBuilder, set_of
from har_core.report.hand_in import hand_in
from har_core.report.written import Answers
from har_core.training.practical_work import COURSE_MODELS
from har_core.training.records import Label


class Reader(HTMLParser):
    """Collects the tags of a page with their attributes, and the text of each script and answer."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.texts.append("")

    def handle_data(self, data):
        if self.texts:
            self.texts[-1] += data

    def text_of(self, **wanted: str) -> str:
        """Return what stands behind the one tag that has these attributes."""
        (place,) = [place for place, (_, found) in enumerate(self.tags) if wanted.items() <= found.items()]
        return self.texts[place]


@pytest.fixture(scope="module")
def page(made) -> Reader:
    return Reader(made.files["report.html"].decode())


def test_each_network_is_there_as_programs(made, page):
    for run, classifier in zip(made.runs, ("self.lstm = nn.LSTM(60, 6", "nn.Conv1d(60,"), strict=True):
        expected = plain_programs(run.config.model, run.meta.inputs, len(run.meta.actions))
        assert classifier in expected.torch
        for program in (expected.torch, expected.keras):
            assert sum(text.strip() == program.strip() for text in page.texts) == 1


def test_names_and_notes_of_the_user_stay_text(made, page):
    calm = {run.run_id: made.store.get(run.run_id).label for run in made.runs}
    made.store.write_label(made.ids[1], Label(name="calm", note="calm"))
    try:
        plain = Reader(hand_in(made.store, made.ids)["report.html"].decode())
    finally:
        made.store.write_label(made.ids[1], calm[made.ids[1]])
    assert [tag for tag, _ in plain.tags] == [tag for tag, _ in page.tags]
    assert [sorted(found) for _, found in plain.tags] == [sorted(found) for _, found in page.tags]
    assert any(made.hostile in text for text in page.texts)
    assert made.hostile not in made.files["report.html"].decode()
    assert "{{ 7 * 7 }}" in "".join(page.texts)  # and no template reads it


def test_browser_may_run_the_two_scripts_of_the_page_and_load_nothing(made, page):
    policy = next(found["content"] for _, found in page.tags if found.get("http-equiv"))
    whole = made.files["report.html"].decode()
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", whole, re.DOTALL)
    hashes = [b64encode(sha256(text.encode()).digest()).decode() for text in scripts]
    assert policy.split("; ")[:2] == [
        "default-src 'none'",
        f"script-src 'sha256-{hashes[0]}' 'sha256-{hashes[1]}'",
    ]
    assert len(hashes) == 2 and [get_plotlyjs()[:200] in text for text in scripts] == [True, False]
    links = [
        found.get("src") or found.get("href") for _, found in page.tags if {"src", "href"} & found.keys()
    ]
    assert all(link == "data:," or (link or "").startswith("#") for link in links)


def test_figures_hold_the_numbers_of_the_runs(made, page):
    figures = json.loads(page.text_of(id="figures"))
    names = {"loss", "accuracy", "matrix", "features"}
    assert set(figures) == {f"{name}-{number}" for name in names for number in (1, 2)}
    for number, run in enumerate(made.runs, 1):
        arrays = made.store.arrays(run.run_id, "predictions.npz")
        test = arrays["part"] == "test"
        said = arrays["logits_best"].argmax(axis=1)
        drawn = np.nan_to_num(np.array(figures[f"matrix-{number}"]["data"][0]["z"], float))
        assert (drawn == confusion_matrix(arrays["truth"][test], said[test], labels=range(4))).all()
        points = sum(len(trace["customdata"]) for trace in figures[f"features-{number}"]["data"])
        assert points == run.meta.split_sizes["train"]
        correct = int((said == arrays["truth"])[test].sum())
        total = run.meta.split_sizes["test"]
        assert f"{100 * correct / total:.1f} %, {correct} of {total}" in "".join(page.texts)


def test_cells_and_points_lead_to_all_sequences_of_their_part(made, page):
    behind = json.loads(page.text_of(id="behind"))
    for number, run in enumerate(made.runs, 1):
        arrays = made.store.arrays(run.run_id, "predictions.npz")
        features = made.store.arrays(run.run_id, "features.npz")["best"]
        said = arrays["logits_best"].argmax(axis=1)
        own = behind["runs"][str(number)]
        for kind, part in (("matrix", "test"), ("features", "train")):
            rows = np.flatnonzero(arrays["part"] == part)
            assert [item["name"] for item in own[kind]] == arrays["ids"][rows].tolist()
            assert [item["predicted"] for item in own[kind]] == said[rows].tolist()
        for item in own["matrix"]:
            row = int(np.flatnonzero(arrays["ids"] == item["name"])[0])
            fit = (arrays["part"] == "train") & (arrays["truth"] == said) & (said == item["predicted"])
            if item["true"] == item["predicted"] or not fit.any():
                assert item["nearest"] is None
                continue
            distances = np.where(fit, ((features - features[row]) ** 2).sum(axis=1), np.inf)
            assert item["nearest"] == arrays["ids"][distances.argmin()]


def test_skeletons_lie_in_the_page_to_half_a_millimetre(made, page, small_sequences):
    behind = json.loads(page.text_of(id="behind"))
    row = zlib.decompress(b64decode(page.text_of(id="clips")))
    place = behind["runs"]["1"]["set"]
    assert len(behind["lengths"]) == 5 * 12  # the subjects of training and test, once for both runs
    start = 0
    for key, length in behind["lengths"]:
        packed = row[start : start + length]
        start += length
        text = int.from_bytes(packed[:4], "little")
        (clip,) = json.loads(packed[4 : 4 + text])["clips"]
        name = key.removeprefix(f"{place}/")
        frames = np.frombuffer(packed[4 + text :], "<f4").reshape(clip["length"], 20, 3)
        assert clip["title"].startswith(f"{name} · ")
        assert np.abs(frames - small_sequences[small_sequences.row_of(name)]).max() < 0.0005
    assert start == len(row)


def test_sequences_that_find_no_room_are_passed_over(small_sequences):
    builder = ClipBankBuilder(most_frames=30)
    builder.add(small_sequences, small_sequences.ids)
    builder.add(small_sequences, small_sequences.ids)
    lengths = {f"{set_of(small_sequences.fingerprint)}/{name}": small_sequences.lengths[row]
               for row, name in enumerate(small_sequences.ids)}  # fmt: skip
    taken = builder.bank().lengths
    assert 2 <= len(taken) <= 3 and sum(lengths[key] for key in taken) <= 30


def test_each_question_of_the_course_has_room_for_one_answer(page):
    asked = [step.number for step in STEPS if step.question]
    rooms = [int(found["data-answer"] or 0) for _, found in page.tags if "data-answer" in found]
    assert sorted(rooms) == sorted([*asked, 0])


def test_steps_are_the_fourteen_of_the_course():
    assert [step.number for step in STEPS] == list(range(1, 15))
    assert {step.about for step in STEPS} == {"data", *COURSE_MODELS}
    assert all(step.look_for.count(". ") + step.look_for.count("? ") == 1 for step in STEPS)  # two sentences


def test_page_says_of_synthetic_data_that_they_are(made, page, train_small, tmp_path):
    assert not any("Synthetic data" in text for text in page.texts)
    store = type(made.store)(tmp_path / "runs")
    run = train_small(store)
    meta = (run.path / "meta.json").read_text()
    (run.path / "meta.json").write_text(meta.replace('"synthetic":false', '"synthetic":true').replace(
        '"synthetic": false', '"synthetic": true'))  # fmt: skip
    said = Reader(hand_in(store, [run.run_id])["report.html"].decode())
    assert sum("Synthetic data: these sequences were made by a program" in text for text in said.texts) == 3


@pytest.mark.parametrize("change", ["gone", "other"])
def test_recordings_that_are_no_longer_those_of_the_run_are_not_shown(
    change, made, train_small, small_source_of_its_own, tmp_path
):
    store = type(made.store)(tmp_path / "runs")
    run = train_small(store, source=str(small_source_of_its_own))
    if change == "gone":
        (small_source_of_its_own / "Y.npy").unlink()
    else:
        labels = np.load(small_source_of_its_own / "Y.npy")
        np.save(small_source_of_its_own / "Y.npy", labels[::-1])
    found = Reader(hand_in(store, [run.run_id])["report.html"].decode())
    behind = json.loads(found.text_of(id="behind"))
    assert behind["lengths"] == [] and "no skeletons are shown" in behind["runs"]["1"]["fault"]
    assert any("no skeletons are shown" in text for text in found.texts if "fault" not in text)
    assert len(json.loads(found.text_of(id="figures"))) == 4


def test_path_of_a_source_is_told_by_its_last_part_alone(made, page):
    source = made.runs[0].config.source
    assert source not in made.files["report.html"].decode()
    assert any(source.rpartition("/")[2] in text for text in page.texts)


HOSTILE_ANSWER = "</div><script>alert(1)</script> <b>x</b> & &lt;y&gt; {{ 7 * 7 }}\n%% code\nimport os"


def test_author_and_answers_stand_where_they_belong_and_stay_text(made, page):
    answers = Answers(given={1: HOSTILE_ANSWER, 0: "All in all."})
    text = hand_in(made.store, made.ids, author=made.hostile[:90], answers=answers)["report.html"].decode()
    found = Reader(text)
    assert found.text_of(**{"class": "author"}).strip() == made.hostile[:90]
    rooms = {number: found.text_of(**{"data-answer": str(number)}).strip() for number in QUESTIONS}
    assert {number: answer for number, answer in rooms.items() if answer} == answers.given
    assert 'data-answer="2"></div>' in text  # for the words in an empty room are the style sheet's
    assert len(found.tags) == len(page.tags) + 1  # that of the author
    assert not any(found.get("class") == "author" for _, found in page.tags)


def test_author_with_too_long_a_name_is_refused(made):
    with pytest.raises(ConfigError, match="author: name is .*at most 100 characters"):
        hand_in(made.store, made.ids, author="x" * 101)
