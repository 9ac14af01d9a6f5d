"""What a phone and a projector show: nothing is cut or covered, and a large screen is made use of."""

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from har_core.training.config import ExperimentConfig
from har_core.training.driver import train_run
from har_core.training.records import Label
from har_core.training.store import Run, RunStore
from tests.browser.accessibility import serious_faults
from tests.browser.waiting import wait_until

Box = dict[str, float]

# Of each text that a selector finds, its contrast to the ground of the page, as pale as it is made there.
CONTRASTS = """(selector) => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
    const pencil = canvas.getContext("2d", { willReadFrequently: true });
    const light = (colour, opacity, ground) => {
        pencil.globalAlpha = 1;
        pencil.fillStyle = ground;
        pencil.fillRect(0, 0, 1, 1);
        pencil.globalAlpha = opacity;
        pencil.fillStyle = colour;
        pencil.fillRect(0, 0, 1, 1);
        const [r, g, b] = [...pencil.getImageData(0, 0, 1, 1).data].map((value) => value / 255)
            .map((share) => share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = getComputedStyle(document.querySelector("[data-testid=stApp]")).backgroundColor;
    return [...document.querySelectorAll(selector)].map((text) => {
        let opacity = 1;
        for (let at = text; at; at = at.parentElement) opacity *= getComputedStyle(at).opacity;
        const both = [light(getComputedStyle(text).color, opacity, ground), light(ground, 1, ground)];
        return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
    });
}"""


@pytest.fixture
def lab(open_shown: Callable[[int, int], Any]) -> Any:
    """The dashboard of a home with ended runs, on a projector."""
    return open_shown(1920, 1080)


@pytest.fixture
def phone(chromium: Browser, shown_home: Path, shown_address: str, visit: Any) -> Iterator[Any]:
    """The same on a phone."""
    page = chromium.new_page(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    lab = visit(page, shown_address)
    lab.open(source=RunStore(shown_home / "runs").runs()[0].config.source)
    yield lab
    page.close()


def train(home: Path, config: ExperimentConfig) -> Run:
    """Train a run of one epoch in a home."""
    store = RunStore(home / "runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(home))
        run = store.create(config.trained(epochs=1), queued=False)
        list(train_run(store, run.run_id))
    return store.get(run.run_id)


@pytest.fixture
def config(shown_home: Path) -> ExperimentConfig:
    """That of a run which is there."""
    return RunStore(shown_home / "runs").runs()[0].config


def box(place: Locator) -> Box:
    found = place.bounding_box()
    assert found
    return dict(found)


def letters_of(number: Locator) -> Box:
    """Return where the letters of a number are: its box is that of a line."""
    whole, height = box(number), 11
    return whole | {"y": whole["y"] + (whole["height"] - height) / 2, "height": height}


def overlap(one: Box, other: Box) -> bool:
    return all(
        one[at] < other[at] + other[size] - 1 and other[at] < one[at] + one[size] - 1
        for at, size in (("x", "width"), ("y", "height"))
    )


@pytest.mark.parametrize(
    ("path", "view", "chart"),
    [
        ("training", None, "chart-accuracy-of-"), ("results", "Curves", "chart-accuracy-of-"),
        ("data-set", None, "chart-counts"), ("data-set", None, "chart-lengths"),
        ("data-set", "Normalisation", "chart-prepared"),
    ],
)  # fmt: skip
def test_curves_and_counts_fill_a_large_screen_and_keep_their_letters(
    lab: Any, path: str, view: str | None, chart: str
) -> None:
    lab.open(path, **({"view": view} if view else {}))
    place = lab.page.locator(f"[class*=st-key-{chart}]")
    figure = place.get_by_test_id("stEChartsChart")
    lab.expect_in_sight(figure, place.get_by_role("button", name="PNG"))
    if path == "training":
        lab.expect_in_sight(lab.page.locator(".st-key-numbers"))
    low = box(figure)
    assert low["y"] + low["height"] > 850
    drawn = figure.locator("svg[width]").first
    expect(drawn).to_have_js_property("clientHeight", round(low["height"]))
    letters = figure.locator("svg text").evaluate_all(
        "texts => texts.map((text) => parseFloat(getComputedStyle(text).fontSize))"
    )
    assert max(letters) < 20  # those of full screen are larger


@pytest.mark.parametrize("view", ["Plane", "3D"])
def test_features_fill_a_large_screen_with_what_is_told_below_them(lab: Any, view: str) -> None:
    lab.open("features", view=view)
    scatter = lab.page.locator("div.scatter")
    lab.expect_in_sight(scatter, lab.player, lab.page.get_by_text("Five nearest neighbours"))
    assert box(scatter)["height"] > 600 and box(lab.player)["y"] + box(lab.player)["height"] > 850
    lab.page.set_viewport_size({"width": 1280, "height": 720})
    expect(scatter).to_have_js_property("offsetHeight", 500)


def test_curves_of_runs_fill_a_large_screen_and_full_screen(lab: Any) -> None:
    lab.open("comparison")
    page = lab.page
    page.get_by_role("radio", name="Curves", exact=True).click()
    lab.settle()
    figure = page.locator(".st-key-chart-curves-of-runs").get_by_test_id("stEChartsChart")
    lab.expect_in_sight(figure)
    assert box(figure)["y"] + box(figure)["height"] > 850
    lowest = figure.locator("svg text").filter(has_text=re.compile("^Epoch$")).first
    assert box(lowest)["y"] > box(figure)["y"] + 0.8 * box(figure)["height"]
    figure.hover()
    frame = page.get_by_test_id("stFullScreenFrame").filter(has=page.locator("svg text")).first
    frame.get_by_role("button", name="Fullscreen").click()
    texts = figure.locator("svg text")
    panels = texts.filter(has_text=re.compile(r"^(Training|Validation|Test) (loss|accuracy) \("))
    expect(panels.first).to_have_css("font-size", "22px")
    assert box(lowest)["y"] > 850
    heads = [
        letters_of(one) for one in texts.filter(has_text=re.compile(", split |^Loss and accuracy$")).all()
    ]
    assert heads and not [one for one in heads for panel in panels.all() if overlap(one, letters_of(panel))]


@pytest.mark.parametrize("view", ["Joints", "Faults"])
def test_player_of_the_data_set_fills_a_large_screen(lab: Any, view: str) -> None:
    lab.open("data-set", view=view)
    lab.expect_in_sight(lab.player)
    place = box(lab.player)
    assert place["y"] + place["height"] > 850


def test_whole_matrix_is_seen_of_a_run_whose_schedule_chooses_no_epoch(
    lab: Any, shown_home: Path, config: ExperimentConfig
) -> None:
    run = train(shown_home, config.trained(schedule="one-cycle"))
    try:
        assert run.results and not run.results.best
        lab.page.set_viewport_size({"width": 1280, "height": 720})
        lab.open("results", run=run.run_id)
        names = lab.page.locator(".matrix").get_by_role("columnheader").all()
        lab.expect_in_sight(*names, lab.page.locator(".matrix"), lab.player.locator(".row"))
        lab.page.get_by_text("last epoch: 1").locator("..").get_by_test_id("stTooltipIcon").hover()
        expect(lab.page.get_by_role("tooltip")).to_contain_text("no epoch is chosen as the best")
    finally:
        shutil.rmtree(run.path)


def test_numbers_of_the_subjects_stand_upright(lab: Any) -> None:
    lab.open("results", view="Subjects")
    headers = lab.page.locator(".matrix").get_by_role("columnheader")
    expect(headers.first).to_be_visible()
    for header in headers.all():
        expect(header).to_have_css("writing-mode", "horizontal-tb")


@pytest.mark.parametrize("path", ["results", "features", "try-a-file"])
def test_name_of_a_run_has_a_line_of_its_own_on_a_phone(phone: Any, path: str) -> None:
    phone.open(path)
    field = phone.page.get_by_test_id("stMain").get_by_role("combobox", name="Run", exact=True)
    assert box(field)["width"] > 280
    expect(field).to_have_css("text-overflow", "ellipsis")


@pytest.mark.parametrize("path", ["results", "features", "ladder", "try-a-file"])
def test_what_was_never_in_sight_says_what_it_shows(phone: Any, path: str) -> None:
    phone.open(path)
    names = phone.page.locator("canvas[role=img]").evaluate_all(
        "all => all.map((canvas) => canvas.getAttribute('aria-label'))"
    )
    assert all(names)
    assert serious_faults(phone.page, "body") == []


def test_what_is_said_of_an_experiment_has_lines_of_its_own_on_a_phone(phone: Any) -> None:
    phone.open("training")
    assert box(phone.page.locator(".st-key-about-the-experiment"))["width"] > 300


def test_chosen_runs_have_a_line_of_their_own_on_a_phone(phone: Any) -> None:
    phone.open("comparison")
    chosen = phone.page.get_by_test_id("stMain").get_by_test_id("stMultiSelect").first
    assert box(chosen)["width"] > 340
    phone.page.locator(".dvn-scroller").first.click(position={"x": 16, "y": 35 + 17})
    phone.settle()
    expect(chosen.locator("[data-tag]")).to_have_count(1)
    assert box(chosen)["width"] > 340


def test_names_of_the_parts_lie_apart_on_a_phone(phone: Any) -> None:
    phone.open("data-set")
    figure = phone.page.locator(".st-key-chart-counts")
    names = figure.locator("svg text").filter(has_text=re.compile(r"^(Train|Val|Test)"))
    expect(names).to_have_count(3)
    cells = figure.locator("svg text").filter(has_text=re.compile(r"^3$"))
    column = min(
        abs(box(one)["x"] - box(other)["x"])
        for one, other in pairwise(cells.all()[:4])
        if abs(box(one)["x"] - box(other)["x"]) > 4
    )
    for name, subjects in zip(("Train", "Val", "Test"), (5, 2, 3), strict=True):
        assert box(names.filter(has_text=name))["width"] < subjects * column, name


def test_numbers_of_an_axis_do_not_lie_on_each_other(lab: Any) -> None:
    lab.page.set_viewport_size({"width": 1280, "height": 720})
    lab.open("data-set", view="Normalisation")
    for name in ("recorded", "prepared"):
        texts = lab.page.locator(f".st-key-chart-{name} svg text")
        numbers = texts.filter(has_text=re.compile(r"^-?[\d.]+$"))
        boxes = [letters_of(number) for number in numbers.all()]
        assert len(boxes) > 6
        assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]


@pytest.mark.parametrize("place", ["results?view=Scores", "results?view=Layers", "data-set?view=Files"])
def test_tools_of_a_table_cover_nothing_on_a_phone(phone: Any, place: str) -> None:
    path, _, view = place.partition("?view=")
    phone.open(path, view=view)
    main = phone.page.get_by_test_id("stMain")
    tools = main.locator(".stDataFrame > .stElementToolbar")
    expect(tools.first).to_be_visible()
    said = main.locator(".stMarkdown, .stButton button, .stDataFrame, [data-testid=stPopover]")
    boxes = [found for one in said.all() if (found := one.bounding_box())]
    for tool in tools.locator("> *").all():
        assert not [other for other in boxes if overlap(box(tool), other)]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_why_a_button_is_off_can_be_read(lab: Any, theme: Any) -> None:
    lab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    lab.open("training")
    seeds = lab.page.get_by_role("textbox", name="Seeds")
    seeds.fill("abc")
    seeds.press("Enter")
    why = lab.page.get_by_text("Start training is off:")
    expect(why).to_be_visible()
    lab.settle()
    contrast = lab.page.evaluate(f"({CONTRASTS})('[data-testid=stCaptionContainer] .stMarkdownColoredText')")
    assert contrast and min(contrast) >= 4.5


def test_percent_sign_of_a_slide_stays_with_its_number(phone: Any) -> None:
    phone.open("presentation", step="8")
    slide = phone.page.locator(".slide")
    expect(slide).to_have_attribute("data-step", "8")
    said = slide.evaluate("slide => slide.textContent")
    assert "\N{NO-BREAK SPACE}%" in said and " %" not in said


def test_what_a_click_on_the_lottery_opens_is_seen_whole_with_what_is_said_of_it(lab: Any) -> None:
    lab.page.set_viewport_size({"width": 1280, "height": 720})
    lab.open("ladder", view="Lotteries")
    page = lab.page
    page.get_by_role("button", name=re.compile("^Try all .* halves")).click()
    figure = page.locator(".st-key-chart-split-lottery").get_by_test_id("stEChartsChart")
    expect(figure).to_be_visible(timeout=120_000)
    lab.settle()
    choice = page.get_by_role("combobox", name=re.compile("^Click a bar or a mark"))
    lab.open_choices(choice).last.click()  # the marks of usual splits come before the bars
    lab.settle()
    lab.expect_in_sight(
        figure, page.get_by_test_id("stDataFrame"), page.get_by_text("would tell of luck alone")
    )
    page.set_viewport_size({"width": 1920, "height": 1080})
    wait_until("chart => chart.clientHeight > 400", figure)
    lab.expect_in_sight(figure, page.get_by_text("would tell of luck alone"))


def test_two_chosen_runs_have_room_however_long_their_names_are(lab: Any, shown_home: Path) -> None:
    store = RunStore(shown_home / "runs")
    runs = store.runs()[:2]
    for run in runs:
        store.write_label(run.run_id, Label(name=f"{run.run_id} of many words"))
    try:
        lab.page.set_viewport_size({"width": 1280, "height": 720})
        lab.open("comparison")
        for row in (1, 2):
            lab.page.locator(".dvn-scroller").first.click(position={"x": 16, "y": 35 * row + 17})
            lab.settle()
        field = lab.page.get_by_test_id("stMain").get_by_test_id("stMultiSelect").first
        tags = field.locator("[data-tag]")
        expect(tags).to_have_count(2)
        room = box(field.get_by_test_id("stMultiSelectTagsContainer"))
        for tag in tags.all():
            assert box(tag)["x"] + box(tag)["width"] <= room["x"] + room["width"] + 1
        buttons = (lab.page.get_by_role("button", name=name) for name in ("Add up", "Delete"))
        lab.expect_in_sight(*buttons)
    finally:
        for run in runs:
            store.write_label(run.run_id, run.label)


def test_what_a_cell_of_two_runs_opens_comes_into_view(lab: Any) -> None:
    lab.page.set_viewport_size({"width": 1280, "height": 720})
    lab.open("comparison", view="Side by side")
    page = lab.page
    heads = page.get_by_test_id("stMarkdown").filter(has_text=" recognised by ")
    expect(heads).to_have_count(2)
    assert box(heads.first)["height"] == box(heads.last)["height"] < 40
    opened = page.locator(".st-key-sequences-of-a-cell")
    names = page.locator(".matrix").first.get_by_role("gridcell").filter(has_text=re.compile(r"^\d+$"))
    for cell in names.all():
        cell.click()
        lab.settle()
        if lab.player.count():  # one of the runs alone recognises a sequence of it
            break
    expect(lab.player.locator(".row")).to_be_in_viewport(ratio=1)
    expect(opened.get_by_text("that only one run recognises")).to_be_in_viewport(ratio=1)


def test_no_frame_crosses_the_words_of_a_slide(lab: Any) -> None:
    lab.open("results")
    page = lab.page
    page.get_by_role("heading", name="Results", exact=True).click()  # it has the focus
    page.keyboard.press("p")
    expect(page.locator(".slide")).to_have_attribute("data-step", "11")
    lab.settle()
    assert page.evaluate("document.activeElement.dataset.testid") == "stMain"
    frame = "getComputedStyle(document.activeElement, '::before').display"
    assert page.evaluate(frame) == "none"
