"""The hand-in, from the overview to a page that is opened from the disk, with no network and no server."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pypdf import PdfReader

from har_core.report.answer_files import answers_in
from har_core.training.store import Run, RunStore

RUN = "#run-1"
CLICK_ON = """([run, column, row]) => {
  const figure = document.querySelector(`[data-figure="matrix-${run}"]`);
  const { xaxis, yaxis } = figure._fullLayout;
  const box = figure.getBoundingClientRect();
  return [box.x + xaxis._offset + xaxis.c2p(column), box.y + yaxis._offset + yaxis.c2p(row)];
}"""


@pytest.fixture(scope="module")
def run(shown_home: Path) -> Run:
    """The newest run of an LSTM, which is the first of the hand-in."""
    runs = RunStore(shown_home / "runs").runs()
    return next(run for run in runs if run.config.model.name == "lstm" and run.results)


@pytest.fixture(scope="module")
def report(
    chromium: Browser, shown_address: str, run: Run, visit: Any, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The report as a student gets it: chosen on the page, downloaded, unpacked."""
    folder = tmp_path_factory.mktemp("handed-in")
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    lab = visit(page, shown_address)
    lab.open("", source=run.config.source)
    page.get_by_role("link", name="Hand in a report of your runs").click()
    expect(page.locator("h1")).to_have_text("Hand in")
    page.get_by_role("button", name="Make the hand-in").click()
    with page.expect_download(timeout=60_000) as download:
        page.get_by_role("button", name="Download hand-in.zip").click()
    download.value.save_as(folder / "hand-in.zip")
    context.close()
    with ZipFile(folder / "hand-in.zip") as archive:
        archive.extractall(folder)
    return folder / "hand-in" / "report.html"


@pytest.fixture(scope="module")
def opened(chromium: Browser, report: Path) -> Iterator[Page]:
    """The report in a browser without a network; a word in the console or a request fails the test."""
    context = chromium.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page, asked, said = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(report.as_uri())
    expect(page.locator(".figure:not([data-drawn])")).to_have_count(0)
    yield page
    context.close()
    asked = [url for url in asked if not url.startswith(("data:", "blob:"))]
    assert (said, asked) == ([], [report.as_uri()])


def expect_to_move(player: Locator) -> None:
    player.scroll_into_view_if_needed()
    frame = player.get_attribute("data-frame")
    expect(player).not_to_have_attribute("data-frame", frame or "")


def test_every_figure_is_drawn_and_every_skeleton_moves(opened: Page, request: pytest.FixtureRequest) -> None:
    figures = opened.locator(".figure")
    runs = opened.locator("section[data-run]").count()
    expect(figures).to_have_count(4 * runs)
    for figure in figures.all():
        kind = (figure.get_attribute("data-figure") or "").partition("-")[0]
        marks = {"matrix": ".heatmaplayer image", "features": ".scatterlayer .points path"}
        expect(figure.locator(marks.get(kind, ".scatterlayer .js-line")).first).to_be_attached()
    players = opened.locator(".player")
    expect(players).to_have_count(2 * runs)
    for player in players.all():
        expect_to_move(player)
    folder: str | None = request.config.getoption("--screenshots")
    if folder:  # a picture of the tour
        opened.locator(f"{RUN} h3", has_text="Confusion").evaluate("place => place.scrollIntoView()")
        expect_to_move(opened.locator(f"{RUN} .player").first)
        opened.screenshot(path=Path(folder) / "report.png", animations="disabled")


def test_cell_leads_to_its_sequences_beside_the_nearest_example(opened: Page, run: Run) -> None:
    with np.load(run.path / "predictions.npz") as file:
        names, truth, part = file["ids"], file["truth"], file["part"]
        said = file["logits_best"].argmax(axis=1)
    with np.load(run.path / "features.npz") as file:
        features = file["best"].astype(float)
    learned = (part == "train") & (said == truth)
    wrong = np.flatnonzero((part == "test") & (said != truth) & np.isin(said, truth[learned]))
    true, predicted = int(truth[wrong[-1]]), int(said[wrong[-1]])
    inside = np.flatnonzero((part == "test") & (truth == true) & (said == predicted))
    matrix = opened.locator(f'{RUN} [data-figure="matrix-1"]')
    matrix.scroll_into_view_if_needed()
    opened.mouse.click(*opened.evaluate(CLICK_ON, [1, predicted, true]))
    viewer = opened.locator(f"{RUN} [data-viewer=matrix]")
    expect(viewer.get_by_label("True action")).to_have_value(str(true))
    expect(viewer.get_by_label("Predicted action")).to_have_value(str(predicted))
    listed = viewer.locator("[data-choice=sequence] option").all()
    assert [option.get_attribute("value") for option in listed] == names[inside].tolist()
    fit = learned & (truth == predicted)
    distances = np.where(fit, ((features - features[inside[0]]) ** 2).sum(axis=1), np.inf)
    titles = viewer.locator(".player").get_attribute("data-title") or ""
    assert [title.split(" · ")[0] for title in titles.split(" | ")] == [
        names[inside[0]], names[distances.argmin()],
    ]  # fmt: skip
    expect_to_move(viewer.locator(".player"))


def test_lists_and_buttons_lead_where_clicks_do(opened: Page) -> None:
    viewer = opened.locator(f"{RUN} [data-viewer=matrix]")
    button = opened.locator(f"{RUN} .pairs button").last
    button.focus()
    opened.keyboard.press("Enter")
    expect(viewer.get_by_label("True action")).to_have_value(button.get_attribute("data-true") or "")
    features = opened.locator(f"{RUN} [data-viewer=features]")
    last = features.get_by_label("Sequence").locator("option").last.get_attribute("value") or ""
    features.get_by_label("Sequence").select_option(last)
    expect(features.locator(".player")).to_have_attribute("data-title", re.compile(rf"^{last} "))


def test_answers_are_kept_in_a_page_that_works_as_before(opened: Page, tmp_path: Path) -> None:
    typed = "It does: <b>draw x</b> & hammer\nboth raise the hand."
    answer = opened.locator('[data-answer="11"]')
    answer.click()
    answer.fill(typed)
    with opened.expect_download() as download:
        opened.get_by_role("button", name="Save with my answers").click()
    kept = tmp_path / "report.html"
    download.value.save_as(kept)
    assert answers_in(kept.read_bytes(), kept.name).given == {11: typed}  # so the next hand-in has them
    page = opened.context.new_page()
    page.goto(kept.as_uri())
    expect(page.locator('[data-answer="11"]')).to_have_text(typed, use_inner_text=True)
    expect(page.locator('[data-answer="11"] b')).to_have_count(0)
    expect(page.locator(".figure[data-drawn] .js-line").first).to_be_attached()
    expect_to_move(page.locator(f"{RUN} .player").first)
    page.close()


def test_tables_are_whole_on_the_screen_of_a_laptop(opened: Page) -> None:
    opened.set_viewport_size({"width": 1280, "height": 900})
    cut = "places => places.filter(place => place.scrollWidth > place.clientWidth).length"
    assert opened.locator(".wide").evaluate_all(cut) == 0


def test_on_paper_no_heading_is_apart_from_its_figure_and_tables_are_whole(
    opened: Page, tmp_path: Path
) -> None:
    opened.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True)
    paper = PdfReader(tmp_path / "report.pdf").pages
    assert all(sheet.mediabox.width == pytest.approx(595, abs=1) for sheet in paper)
    headings = set(opened.locator("h1, h2, h3, summary").all_text_contents())
    sheets = [
        [line for text in sheet.extract_text().splitlines() if (line := text.strip())] for sheet in paper
    ]
    assert sum(line in headings for sheet in sheets for line in sheet) >= len(headings)
    assert not [sheet[-1] for sheet in sheets if sheet[-1] in headings]
    for heading, figure in (
        ("Curves", "Loss: "),
        ("Confusion", "Confusion, test part"),
        ("Features", "Features,"),
    ):
        (*with_it,) = [sheet for sheet in sheets if heading in sheet]
        assert with_it and all(any(line.startswith(figure) for line in sheet) for sheet in with_it)
    opened.emulate_media(media="print")
    opened.set_viewport_size({"width": 688, "height": 900})  # what the margins leave of the width of A4
    assert (
        opened.locator("table").evaluate_all(
            "tables => Math.max(...tables.map(table => table.getBoundingClientRect().right))"
        )
        <= 688
    )
    opened.emulate_media(media="screen")
    opened.set_viewport_size({"width": 1280, "height": 900})


def test_page_is_dark_where_the_system_is_and_light_on_paper(opened: Page) -> None:
    opened.emulate_media(color_scheme="dark")
    body, tick = opened.locator("body"), opened.locator(".figure .xtick text").first
    expect(body).to_have_css("background-color", "rgb(18, 22, 28)")
    expect(tick).to_have_css("fill", "rgb(230, 234, 240)")
    opened.emulate_media(media="print", color_scheme="dark")
    expect(body).to_have_css("background-color", "rgb(255, 255, 255)")
    expect(opened.locator(".printed svg").first).to_be_visible()
    expect(opened.locator(".figure").first).to_be_hidden()
    opened.emulate_media(media="screen", color_scheme="light")


def test_step_leads_to_its_page_on_the_run_that_did_it(
    page: Page, shown_address: str, run: Run, visit: Any
) -> None:
    lab = visit(page, shown_address)
    lab.open("", source=run.config.source)
    lab.choose("Step", re.compile("^Step 14: "))
    page.get_by_role("link", name=re.compile("1D-CNN, seed")).click()
    lab.settle()
    expect(page.locator("h1")).to_have_text("Results")
    runs = RunStore(run.path.parent).runs()
    newest = next(other for other in runs if other.config.model.name == "cnn" and other.results)
    expect(page).to_have_url(re.compile(f"run={newest.run_id}"))
    expect(page).not_to_have_url(re.compile("linked"))
