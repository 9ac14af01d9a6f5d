"""A data card beside files tells what they do not; what the user says goes before it."""

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from har_core.data.describe import describe
from har_core.data.new_sources import import_source
from har_core.data.reading.card import CARD_FILE, MOST_BYTES, card_of, read_card
from har_core.data.reading.choices import ReadingChoices
from har_core.data.sources import LoadedSource, load_source, source_stamp
from har_core.errors import DataError
from har_core.skeleton import UTD_20
from tests.data.reading.bodies import bodies

CHAIN = {
    "name": "chain",
    "joints": [f"point_{place}" for place in range(20)],
    "bones": [[f"point_{place}", f"point_{place + 1}"] for place in range(19)],
    "root": ["point_4"],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files of 20 joints in the order of UTD-MHAD, upright, in metres."""
    place = tmp_path / "mine"
    place.mkdir()
    np.save(place / "X.npy", np.array(bodies(UTD_20, [20] * 6), np.float32))
    np.save(place / "Y.npy", np.array([1, 2, 3] * 2))
    np.save(place / "Y_s.npy", np.array([1, 1, 1, 2, 2, 2]))
    return place


def put(folder: Path, **told: Any) -> LoadedSource:
    (folder / CARD_FILE).write_text(json.dumps(told))
    return load_source(str(folder))


def test_a_card_goes_before_what_is_found_out(folder: Path) -> None:
    assert load_source(str(folder)).rate == 15
    loaded = put(
        folder, name="Mine", skeleton="kinect-sdk-20", rate=30, unit="metres", axes="x,y,z",
        actions={"1": "wave", "3": "bow"}, licence="CC BY 4.0", citation="Me, 2026",
    )  # fmt: skip
    assert (loaded.rate, loaded.sequences.skeleton.name, loaded.action_names) == (30, "kinect-sdk-20", "told")
    assert [action.name for action in loaded.sequences.actions] == ["wave", "action 2", "bow"]
    assert {said.choice for said in loaded.assumptions} <= {"layout"}
    found = describe(loaded)
    for sentence in ("Name: Mine.", "Licence: CC BY 4.0.", "Citation: Me, 2026."):
        assert sentence in found.notes
    assert found.files["dataset.json, the data card"].startswith("tells name, skeleton, actions, rate")
    assert tuple(load_source(str(folder)).card) == (
        "name",
        "skeleton",
        "rate",
        "unit",
        "axes",
        "licence",
        "citation",
    )  # as it was kept


def test_the_users_choice_goes_before_the_card(folder: Path) -> None:
    put(folder, skeleton="kinect-sdk-20", rate=30)
    loaded = load_source(str(folder), ReadingChoices(skeleton="utd-20", rate=25))
    assert (loaded.rate, loaded.sequences.skeleton.name, loaded.card) == (25, "utd-20", {})
    put(folder, skeleton=CHAIN)
    assert load_source(str(folder), ReadingChoices(skeleton="utd-20")).sequences.skeleton == UTD_20


def test_a_skeleton_in_full_is_that_of_the_files(folder: Path) -> None:
    skeleton = put(folder, skeleton=CHAIN).sequences.skeleton
    assert skeleton.name == "chain" and skeleton.joints == tuple(CHAIN["joints"])
    assert skeleton.bones == tuple((place, place + 1) for place in range(19)) and skeleton.root == (4,)


def test_a_card_that_changes_is_read_anew(folder: Path) -> None:
    put(folder, rate=30)
    before = source_stamp(str(folder))
    assert put(folder, rate=25.5).rate == 25.5
    assert source_stamp(str(folder)) != before


def test_a_card_comes_along_in_a_zip_and_an_upload(folder: Path, har_home: Path) -> None:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    files |= {"dataset (1).json": b'{"rate": 30}'}
    assert import_source("sent", files).rate == 30
    assert load_source("sent").rate == 30
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"inside/{name}", content)
    assert import_source("packed", {"all.zip": packed.getvalue()}).rate == 30


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"rate": -1}, "rate is -1"),
        ({"rates": 3}, "rates is not a known setting"),
        ({"skeleton": "nobody-9"}, "No skeleton is called 'nobody-9'"),
        ({"skeleton": CHAIN | {"bones": CHAIN["bones"][1:]}}, "no bones lead from point_0 to point_1"),
        ({"skeleton": CHAIN | {"root": ["tail"]}}, "'tail', which is no joint"),
        ({"skeleton": CHAIN | {"name": "msr-20"}}, "is known already"),
        ({"skeleton": CHAIN | {"joints": ["a"] * 20}}, "two joints of the skeleton are of one name"),
        ({"skeleton": {"name": "two", "joints": ["a", "b"], "bones": [["a", "b"]], "root": ["a"]}},
         "its skeleton has 2 joints, the files 20"),
        ({"skeleton": 7}, "skeleton"),
        ({"unit": "feet"}, "'feet' is no unit"),
        ({"name": "two\nlines"}, "line breaks"),
        ({"citation": "x" * 3000}, "citation"),
        ({"actions": {"first": "wave"}}, "actions"),
        ([1, 2], "dataset.json"),
    ],
)  # fmt: skip
def test_a_card_that_can_not_be_is_refused_in_a_sentence(folder: Path, told: Any, said: str) -> None:
    (folder / CARD_FILE).write_text(json.dumps(told))
    with pytest.raises(DataError, match=r"\.$") as refused:
        load_source(str(folder))
    assert said in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"[" * 100_000, b"{" * 9, b'{"a":' * 50_000, b" " * (MOST_BYTES + 1)]
)
def test_a_spoiled_card_is_refused_in_a_sentence(folder: Path, content: bytes) -> None:
    (folder / CARD_FILE).write_bytes(content)
    with pytest.raises(DataError, match=r"dataset\.json.*(rename it).*\.$"):
        load_source(str(folder))


@pytest.mark.parametrize("choices", [{}, {"rate": 30.0, "skeleton": "unknown", "padding": "none"}])
def test_a_card_that_is_written_tells_the_same(folder: Path, choices: Mapping[str, Any]) -> None:
    chosen = ReadingChoices(**choices)
    loaded = load_source(str(folder), chosen)
    card = card_of(loaded, chosen, {"name": " Mine ", "licence": "", "citation": None})
    assert read_card(card.written().encode(), CARD_FILE) == card and card.name == "Mine"
    assert card.licence is None and card.citation is None
    (folder / CARD_FILE).write_text(card.written())
    again = load_source(str(folder))
    for told in ("axes", "unit", "rate", "padding", "action_names"):
        assert getattr(again, told) == getattr(loaded, told)
    # What a skeleton is called in a sentence is not on the card.
    for told in ("name", "joints", "bones", "root"):
        assert getattr(again.sequences.skeleton, told) == getattr(loaded.sequences.skeleton, told)
    assert np.array_equal(again.sequences.frames, loaded.sequences.frames)
    assert not {said.choice for said in again.assumptions} & {"skeleton", "axes", "unit", "rate"}


def test_a_card_that_is_written_anew_loses_nothing(folder: Path) -> None:
    told = {
        "name": "Mine", "skeleton": CHAIN, "actions": {"1": "wave", "2": "bow", "3": "jump"}, "rate": 30.0,
        "unit": "metres", "axes": "x,y,z", "padding": "none", "licence": "CC0", "citation": "Me",
    }  # fmt: skip
    put(folder, **told)
    for _ in "read", "kept":
        loaded = load_source(str(folder))
        assert json.loads(card_of(loaded, ReadingChoices(), {}).written()) == told
        slower = ReadingChoices(rate=25)
        renamed = card_of(load_source(str(folder), slower), slower, {"name": "Yours"})
        assert json.loads(renamed.written()) == told | {"name": "Yours", "rate": 25.0}
