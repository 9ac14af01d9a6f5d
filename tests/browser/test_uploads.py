"""Many files go up as one zip that the browser packs, chosen or dropped: the same data set comes of it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from har_core.data.sources import load_source
from tests.data.reading.brought_in import brought_in, some_recordings

DROP = """
(box, files) => {
    const data = new DataTransfer();
    for (const [name, text] of files) data.items.add(new File([text], name));
    box.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 files, whose names are more than ASCII."""
    place = tmp_path_factory.mktemp("many")
    texts = [content for name, content in sorted(brought_in(some_recordings())["MediaPipe"].items())]
    for number in range(24):
        action, subject, take = "grüßen" if number % 2 else "winken", number // 8 + 1, number % 8 // 2 + 1
        (place / f"{action}_s{subject:02d}_e{take:02d}.csv").write_bytes(texts[number % len(texts)])
    return place


def open_upload(page: Page, address: str, visit: Any) -> tuple[Any, Any]:
    lab = visit(page, address)
    lab.open("data-set", source="synthetic")
    return lab, lab.open_upload()


@pytest.mark.parametrize("way", ["chosen", "dropped"])
def test_many_files_arrive_as_one_zip_and_are_the_same_data_set(
    way: str, address: str, home: Path, folder: Path, page: Page, visit: Any
) -> None:
    (lab, box), files = open_upload(page, address, visit), sorted(folder.iterdir())
    if way == "chosen":
        box.locator('input[type="file"]').set_input_files(files)
    else:
        dropped = [[path.name, path.read_text()] for path in files]
        box.get_by_test_id("stFileUploaderDropzone").evaluate(DROP, dropped)
    chip = page.get_by_test_id("stFileChip")
    expect(chip).to_have_count(1)
    expect(chip).to_contain_text("24 files.zip")
    lab.add_upload(way)
    expect(page.get_by_text("is added: 24 sequences of 2 actions by 3 subjects.")).to_be_visible()
    uploaded, read = (load_source(str(place)).sequences for place in (home / "sources" / way, folder))
    assert {action.name for action in uploaded.actions} == {"grüßen", "winken"}
    assert uploaded.fingerprint == read.fingerprint


def test_few_files_stay_what_they_are(address: str, folder: Path, page: Page, visit: Any) -> None:
    _, box = open_upload(page, address, visit)
    few = sorted(folder.iterdir())[:3]
    box.locator('input[type="file"]').set_input_files(few)
    expect(page.get_by_test_id("stFileChip")).to_have_count(3)
    expect(box).to_contain_text(few[0].name)
