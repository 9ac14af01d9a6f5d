"""Every figure of the dashboard can be read, in either theme and on any screen, and saved where it stands."""

import re
import xml.etree.ElementTree as ET
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Download, Locator, Page, expect
from playwright.sync_api import TimeoutError as TooLate

from har_core.plots.assets import TOOLS_HTML, TOOLS_SCRIPT
from har_core.training.store import Run, RunStore
from tests.browser.accessibility import serious_faults

SMALLEST = 12  # pixels of a text
CONTRAST = 4.5

# Each figure of the dashboard: the page, what leads to it there, and what stands there then.
FIGURES = [
    ("data-set", None, ".st-key-chart-lengths"),
    ("data-set", "Normalisation", ".st-key-chart-prepared"),
    ("training", None, "[class*=st-key-chart-accuracy]"),
    ("results", None, ".matrix"),
    ("features", "Plane", "canvas[aria-label*='two largest']"),
    ("features", "3D", "canvas[aria-label*='three largest']"),
    ("features", "t-SNE", "canvas[aria-label*='t-SNE']"),
    ("features", "Explained variance", ".st-key-chart-explained-variance"),
    ("comparison", "Accuracies", ".st-key-chart-accuracies"),
    ("comparison", "Curves", ".st-key-chart-curves-of-runs"),
    ("comparison", "Parallel coordinates", ".st-key-chart-coordinates"),
    ("ladder", None, ".st-key-chart-ladder"),
]

READY = {view or path: sign for path, view, sign in FIGURES} | {"features": "div.scatter"}
EACH = pytest.mark.parametrize(("path", "view"), [figure[:2] for figure in FIGURES])

# Of each text that is seen in a figure: what it says, its height in pixels, and its contrast to what lies
# below: the colour of its cell, or the ground of the page. Texts of a canvas have no elements: its palette is
# looked at.
TEXTS = """() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const pencil = canvas.getContext("2d", { willReadFrequently: true });
    const channels = (colour) => {
        pencil.clearRect(0, 0, 1, 1);
        pencil.fillStyle = colour;
        pencil.fillRect(0, 0, 1, 1);
        return [...pencil.getImageData(0, 0, 1, 1).data];
    };
    const light = (colour) => {
        const [r, g, b] = channels(colour).slice(0, 3).map((value) => value / 255)
            .map((share) => share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (one, other) => {
        const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
        return (high + 0.05) / (low + 0.05);
    };
    const ground = (node) => {
        for (let at = node; at; at = at.parentElement ?? at.getRootNode().host) {
            const { backgroundColor } = getComputedStyle(at);
            if (channels(backgroundColor)[3] > 0) return backgroundColor;
        }
    };
    const below = (text) => {
        const { x, y, width, height } = text.getBoundingClientRect();
        const [across, down] = [x + width / 2, y + height / 2];
        const filled = text.closest("svg").querySelectorAll("path:is([fill^=light-dark], [fill^='#'])");
        const cells = [...filled].filter((cell) => {
            const box = cell.getBoundingClientRect();
            return box.left < across && across < box.right && box.top < down && down < box.bottom;
        });
        return cells.length ? getComputedStyle(cells.at(-1)).fill : ground(text);
    };
    const main = document.querySelector("[data-testid=stMain]"), found = [];
    const charts = ":is([data-testid=stEChartsChart], .js-plotly-plot)";
    for (const text of main.querySelectorAll(`${charts} svg text`)) {
        const style = getComputedStyle(text);
        const { width } = text.getBoundingClientRect();
        if (!text.textContent.trim() || !width || style.fillOpacity === "0") continue;
        const parts = [text, ...text.querySelectorAll("tspan")].filter((part) => part.textContent.trim());
        const size = Math.min(...parts.map((part) => parseFloat(getComputedStyle(part).fontSize)));
        found.push([text.textContent, size, contrast(style.fill, below(text))]);
    }
    const roots = [...main.querySelectorAll("*")].map((node) => node.shadowRoot).filter(Boolean);
    const OWN = ".matrix, div.scatter, .tools";
    for (const figure of roots.flatMap((root) => [...root.querySelectorAll(OWN)])) {
        for (const node of figure.querySelectorAll("*")) {
            const said = [...node.childNodes].filter((child) => child.nodeType === 3 && child.data.trim());
            const seen = node.checkVisibility({ checkOpacity: true }) && !node.closest(":disabled, svg");
            if (!said.length || !seen) continue;
            const style = getComputedStyle(node);
            found.push([node.textContent, parseFloat(style.fontSize), contrast(style.color, ground(node))]);
        }
        for (const [name, colour] of Object.entries(figure.words ?? {})) {
            found.push([`canvas: ${name}`, 12, contrast(colour, ground(figure))]);
        }
    }
    return found;
}"""


@pytest.fixture(scope="module")
def shown_run(shown_home: Path) -> Run:
    """The run with the best test accuracy, which has the most on its diagonal."""
    ended = [run for run in RunStore(shown_home / "runs").runs() if run.results]
    return max(ended, key=lambda run: run.results.best.test if run.results else 0)


def open_figure(lab: Any, run: Run, path: str, view: str | None) -> None:
    lab.open(path, source=run.config.source, run=run.run_id)
    if view:
        lab.page.get_by_test_id("stMain").get_by_role("radio", name=view, exact=True).click()
    expect(lab.page.locator(READY[view or path]).first).to_be_visible(timeout=120_000)
    lab.settle()


@pytest.fixture
def lab(page: Page, shown_address: str, visit: Any) -> Any:
    return visit(page, shown_address)


def unreadable(page: Page) -> list[Any]:
    """Return what can't be read; charts are given a moment to be drawn in another theme."""
    good = (
        f"texts.length && texts.every(([, size, contrast]) => size >= {SMALLEST} && contrast >= {CONTRAST})"
    )
    try:
        page.wait_for_function(f"() => {{ const texts = ({TEXTS})(); return {good}; }}", timeout=10_000)
    except TooLate:
        return [text for text in page.evaluate(TEXTS) if text[1] < SMALLEST or text[2] < CONTRAST] or ["none"]
    return []


@EACH
def test_every_text_of_a_figure_can_be_read_in_both_themes(
    lab: Any, shown_run: Run, path: str, view: str | None
) -> None:
    lab.page.emulate_media(color_scheme="light")
    open_figure(lab, shown_run, path, view)
    assert unreadable(lab.page) == []
    lab.page.emulate_media(color_scheme="dark")  # the system's theme is followed while the page is open
    expect(lab.page.get_by_test_id("stApp")).to_have_css("color-scheme", "dark")
    lab.settle()
    assert unreadable(lab.page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_matrix_player_and_scatter(lab: Any, shown_run: Run, theme: Any) -> None:
    lab.page.emulate_media(color_scheme=theme)
    for path, figure in (("results", ".matrix"), ("results", ".player"), ("features", "div.scatter")):
        open_figure(lab, shown_run, path, None)
        host = lab.page.locator(figure).evaluate_handle("figure => figure.getRootNode().host")
        host.evaluate("host => { host.id = 'figure'; }")
        assert serious_faults(lab.page, "#figure") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_errors_by_subject_are_walked_by_the_arrow_keys_and_opened_and_axe_finds_nothing_serious(
    lab: Any, shown_run: Run, theme: Any
) -> None:
    lab.page.emulate_media(color_scheme=theme)
    open_figure(lab, shown_run, "results", None)
    lab.page.get_by_role("radio", name="Subjects", exact=True).click()
    subjects, actions = 3, len(shown_run.meta.actions if shown_run.meta else ())
    matrix = lab.page.locator(f".matrix[data-drawn='{subjects * actions}']")
    cells = matrix.get_by_role("gridcell")
    expect(cells.last).to_be_visible()
    expect(matrix.get_by_role("columnheader")).to_have_text(["8", "9", "10"])
    cells.nth(subjects).click()
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "ArrowUp"):  # no further than the last column
        lab.page.keyboard.press(key)
    expect(cells.nth(subjects - 1)).to_be_focused()
    lab.page.keyboard.press("Enter")
    expect(cells.nth(subjects - 1)).to_have_attribute("aria-selected", "true")
    expect(lab.page.get_by_text(re.compile(r" by subject 10: \d of \d wrong$"))).to_be_visible()
    host = matrix.evaluate_handle("figure => figure.getRootNode().host")
    host.evaluate("host => { host.id = 'figure'; }")
    assert serious_faults(lab.page, "#figure") == []


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found
    return dict(found)


def test_matrix_fits_whole_into_its_place(lab: Any, shown_run: Run) -> None:
    open_figure(lab, shown_run, "results", None)
    matrix = lab.page.locator(".matrix")
    matrix.evaluate(
        "matrix => { matrix.style.width = '620px'; matrix.style.setProperty('--height', '560px'); }"
    )
    outer = box(matrix)
    assert outer["width"] == 620 and outer["height"] == 560
    cells = matrix.locator(".cells")
    for side in ("Width", "Height"):
        assert cells.evaluate(f"cells => cells.scroll{side} <= cells.client{side}")
    for role, side in (("rowheader", "Width"), ("columnheader", "Height")):
        names = matrix.get_by_role(role)
        expect(names).to_have_count(len(shown_run.meta.actions if shown_run.meta else ()))
        assert not names.evaluate_all(f"names => names.some(name => name.scroll{side} > name.client{side})")


def test_fingers_hit_the_cells_and_the_names_of_the_rows_stay_in_sight(
    chromium: Browser, shown_address: str, shown_run: Run, visit: Any
) -> None:
    phone = {"width": 390, "height": 844}
    page = chromium.new_page(viewport=phone, has_touch=True, is_mobile=True)
    try:
        lab = visit(page, shown_address)
        open_figure(lab, shown_run, "results", None)
        cells, name = page.get_by_role("gridcell"), page.get_by_role("rowheader").first
        sizes = cells.evaluate_all(
            "cells => cells.map(({ offsetWidth, offsetHeight }) => [offsetWidth, offsetHeight])"
        )
        assert np.min(sizes) >= 24
        before = box(name)
        assert before["width"] >= 50
        cells.nth(19).tap()  # the last of the first row: the matrix is scrolled to it
        expect(cells.nth(19)).to_have_attribute("aria-selected", "true")
        assert box(name)["x"] == before["x"]
        assert page.evaluate("document.documentElement.scrollWidth") == phone["width"]
    finally:
        page.close()


@pytest.mark.parametrize(("path", "figure"), [("results", ".matrix"), ("features", "div.scatter")])
def test_full_screen_enlarges_the_text_and_keeps_the_title(
    lab: Any, shown_run: Run, path: str, figure: str
) -> None:
    lab.page.set_viewport_size({"width": 1920, "height": 1080})
    open_figure(lab, shown_run, path, None)
    place = lab.page.locator(figure)
    place.get_by_role("button", name="Full screen").click()
    expect(place).to_have_js_property("offsetHeight", 1080)
    expect(place.locator(".title")).to_be_visible()
    sizes = place.locator("*").evaluate_all(
        """nodes => nodes.filter((node) => node.localName === "canvas" || node.checkVisibility()
            && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
            .filter((node) => !node.matches(".told"))
            .map((node) => [node.textContent, parseFloat(getComputedStyle(node).fontSize)])"""
    )
    assert len(sizes) > 5 and [size for size in sizes if size[1] < 24] == []
    expect(place.locator(".title")).to_contain_text(shown_run.run_id, use_inner_text=True)
    if figure == ".matrix":
        assert place.locator(".cells").evaluate("cells => cells.scrollHeight <= cells.clientHeight")
    place.get_by_role("button", name="Full screen").click()
    expect(place).not_to_have_js_property("offsetHeight", 1080)


def save(lab: Any, kind: str, number: int) -> Download:
    with lab.page.expect_download() as saved:
        lab.page.get_by_role("button", name=kind, exact=True).nth(number).click()
    return saved.value


@EACH
def test_each_figure_is_saved_with_words_that_say_what_it_is(
    lab: Any, shown_run: Run, path: str, view: str | None
) -> None:
    open_figure(lab, shown_run, path, view)
    figures = lab.page.locator(".matrix, div.scatter, .js-plotly-plot, [data-testid=stEChartsChart]").count()
    expect(lab.page.get_by_role("button", name="SVG", exact=True)).to_have_count(figures)
    for number in range(figures):
        drawing = save(lab, "SVG", number)
        root = ET.parse(drawing.path()).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        title = root.findtext("{*}title") or ""
        if path in ("training", "results", "features"):
            assert shown_run.run_id in title and shown_run.run_id in drawing.suggested_filename
        assert shown_run.config.source in title
        texts = {"".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")}
        assert any(title.startswith(text) for text in texts if text) and len(texts) > 5
        assert "light-dark" not in drawing.path().read_text()
        picture = save(lab, "PNG", number)
        assert re.sub("svg$", "png", drawing.suggested_filename) == picture.suggested_filename
        pixels = np.asarray(Image.open(BytesIO(picture.path().read_bytes())).convert("RGB"))
        assert pixels.shape[1] == 2 * int(root.attrib["width"])
        assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20


def test_tools_that_come_when_their_chart_has_gone_tell_of_no_theme(page: Page) -> None:
    """Streamlit draws a part as soon as its script has come, though its place may have been taken away."""
    page.set_content("<style>:root { color-scheme: light }</style>")
    told = page.evaluate(
        """async ([script, html]) => {
            const parentElement = document.createElement("div"), told = [];
            parentElement.innerHTML = html;
            const url = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
            const { default: chartTools } = await import(url);
            const data = { container: "chart", caption: {}, theme: "dark" };
            const setTriggerValue = (...said) => told.push(said);
            const draw = () => chartTools({ data, parentElement, setTriggerValue });
            draw();
            told.push("in the page");
            document.body.append(parentElement);
            draw();
            return told;
        }""",
        [TOOLS_SCRIPT, TOOLS_HTML],
    )
    assert told == ["in the page", ["theme", "light"]]


def test_points_in_space_turn_are_clicked_and_their_names_do_not_lie_on_each_other(
    lab: Any, shown_run: Run
) -> None:
    open_figure(lab, shown_run, "features", "3D")
    scatter = lab.page.locator("div.scatter")
    over = scatter.locator("canvas.over")
    over.scroll_into_view_if_needed()
    place = box(over)
    for turned in (False, True):
        if turned:
            before = scatter.evaluate("scatter => scatter.drawnPoints")
            lab.page.mouse.move(place["x"] + 200, place["y"] + 200)
            lab.page.mouse.down()
            lab.page.mouse.move(place["x"] + 320, place["y"] + 240, steps=4)
            lab.page.mouse.up()
            expect(scatter).not_to_have_js_property("drawnPoints", before)
        drawn = scatter.evaluate("scatter => scatter.drawnLabels")  # in one go: it may still be turning
        labels, widths = np.array(list(drawn.values())), [5 * len(text) for text in drawn]
        apart = np.abs(labels[:, None] - labels[None])
        close = (apart[..., 1] < 12) & (apart[..., 0] < np.add.outer(widths, widths) / 2)
        assert close.sum() == len(labels)  # each is close to itself alone
        points = scatter.evaluate("scatter => scatter.drawnPoints")
        name = max(points, key=lambda one: points[one][1])  # the lowest: nothing lies upon it
        lab.page.mouse.click(place["x"] + points[name][0], place["y"] + points[name][1])
        expect(scatter).to_have_attribute("data-chosen", name)
        lab.settle()
        lab.expect_player_to_move(showing=name)
        over.scroll_into_view_if_needed()
        place = box(over)


def test_space_is_walked_and_turned_by_keyboard(lab: Any, shown_run: Run) -> None:
    open_figure(lab, shown_run, "features", "3D")
    scatter = lab.page.locator("div.scatter")
    over = scatter.locator("canvas.over")
    over.focus()
    over.press("ArrowRight")
    expect(scatter).not_to_have_attribute("data-at", "")
    before = scatter.evaluate("scatter => scatter.drawnPoints")
    over.press("Shift+ArrowLeft")
    expect(scatter).not_to_have_js_property("drawnPoints", before)
    at = scatter.get_attribute("data-at")
    over.press("Enter")
    expect(scatter).to_have_attribute("data-chosen", at or "none")


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_parallel_coordinates_fit_their_place(lab: Any, shown_run: Run, width: int) -> None:
    lab.page.set_viewport_size({"width": width, "height": 720})
    open_figure(lab, shown_run, "comparison", "Parallel coordinates")
    figure = lab.page.locator(".st-key-chart-coordinates").get_by_test_id("stEChartsChart")
    boxes = figure.locator("text").evaluate_all(
        "texts => texts.filter(text => text.textContent.trim())"
        ".map(text => text.getBoundingClientRect().toJSON())"
    )
    outer = box(figure)
    assert len(boxes) > 10
    assert min(one["left"] for one in boxes) >= outer["x"]
    assert max(one["right"] for one in boxes) <= outer["x"] + outer["width"]
    assert max(one["bottom"] for one in boxes) <= outer["y"] + outer["height"]
    for at, one in enumerate(boxes):  # no two words lie on each other
        for other in boxes[:at]:
            across = min(one["right"], other["right"]) - max(one["left"], other["left"])
            down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
            assert across < 2 or down < 4, (one, other)
