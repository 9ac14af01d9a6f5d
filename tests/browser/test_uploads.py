"""Many files go up as one zip that the browser packs, chosen or dropped: the same data set comes of it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from har_core.data.sources import load_source
from tests.data.reading.brought_in import brought_in, some_recordings

REPOSITORY = Path(__file__).resolve().parents[2]
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
def address(home: Path, serve: Any) -> Iterator[str]:
    with serve(REPOSITORY / "app" / "Home.py", {"HAR_HOME": str(home)}) as url:
        yield url


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24 files, whose names are more than ASCII."""
    place = tmp_path_factory.mktemp("many")
    texts = [content for name, content in sorted(brought_in(some_recordings())["MediaPipe"].items())]
    for number in range(24):
        action, subject, take = "grüßen" if number % 2 else "winken", number // 8 + 1, number % 8 // 2 + 1
        (place / f"{action}_s{subject:02d}_e{take:02d}.csv").write_bytes(texts[number % len(texts)])
    return place


def open_upload(page: Page, lab: Any) -> Any:
    lab.open("data-set", source="synthetic")
    page.get_by_text("Bring in a data set").click()
    page.get_by_role("tab", name="Upload files").click()
    return page.get_by_test_id("stFileUploader").first


def add(page: Page, name: str) -> None:
    field = page.get_by_role("textbox", name="Name of the new data set")
    field.fill(name)
    field.press("Enter")
    page.get_by_role("button", name="Add the data set").click()
    expect(page.get_by_text("is added: 24 sequences of 2 actions by 3 subjects.")).to_be_visible()


@pytest.mark.parametrize("way", ["chosen", "dropped"])
def test_many_files_arrive_as_one_zip_and_are_the_same_data_set(
    way: str, address: str, home: Path, folder: Path, page: Page, visit: Any
) -> None:
    box, files = open_upload(page, visit(page, address)), sorted(folder.iterdir())
    if way == "chosen":
        box.locator('input[type="file"]').set_input_files(files)
    else:
        dropped = [[path.name, path.read_text()] for path in files]
        box.get_by_test_id("stFileUploaderDropzone").evaluate(DROP, dropped)
    chip = page.get_by_test_id("stFileChip")
    expect(chip).to_have_count(1)
    expect(chip).to_contain_text("24 files.zip")
    add(page, way)
    uploaded, read = (load_source(str(place)).sequences for place in (home / "sources" / way, folder))
    assert {action.name for action in uploaded.actions} == {"grüßen", "winken"}
    assert uploaded.fingerprint == read.fingerprint


def test_few_files_stay_what_they_are(address: str, folder: Path, page: Page, visit: Any) -> None:
    box = open_upload(page, visit(page, address))
    few = sorted(folder.iterdir())[:3]
    box.locator('input[type="file"]').set_input_files(few)
    expect(page.get_by_test_id("stFileChip")).to_have_count(3)
    expect(box).to_contain_text(few[0].name)
