"""What is seen of each page at 1280 x 720 before anything is scrolled."""

import re
import shutil
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from har_core.data.splits import RandomSplit
from har_core.training.driver import train_run
from har_core.training.heartbeats import heartbeat, lock_of
from har_core.training.ladder import RUNGS
from har_core.training.store import Run, RunStore
from tests.browser.accessibility import serious_faults
from tests.browser.waiting import wait_until

PHONE = {"width": 390, "height": 844}
VIEWS_OF_DATA = ("Files", "Joints", "Normalisation")

# Whether the first player is seen from its top on.
IN_SIGHT = """() => {
    const roots = [...document.querySelectorAll("*")].map(({ shadowRoot }) => shadowRoot);
    const player = roots.map((root) => root?.querySelector(".player")).find(Boolean);
    const { top, bottom, height } = player.getBoundingClientRect();
    return top >= 0 && (bottom <= innerHeight || height > innerHeight);
}"""


@pytest.fixture
def lab(open_shown: Callable[[int, int], Any]) -> Any:
    """The dashboard of a home with ended runs, on the smallest screen that a class has."""
    return open_shown(1280, 720)


def test_head_of_a_page_is_one_row(lab: Any) -> None:
    lab.open("skeletons")
    title = lab.page.get_by_role("heading", name="Skeletons", exact=True)
    lab.expect_in_sight(title)
    box = title.bounding_box()
    assert box and box["y"] + box["height"] < 80


def steps_of(lab: Any) -> list[Any]:
    """The links of the overview to the 14 steps."""
    return [
        lab.page.get_by_test_id("stMain").get_by_role("link").filter(has_text=re.compile(rf"^\w+ ?{number} "))
        for number in range(1, 15)
    ]


def test_overview_shows_all_steps_the_next_one_open_and_what_to_do(lab: Any) -> None:
    lab.open("")
    main = lab.page.get_by_test_id("stMain")
    lab.expect_in_sight(*steps_of(lab), lab.player)
    lab.expect_in_sight(main.get_by_role("combobox", name="Step"), main.get_by_text("parameters").first)
    lab.expect_in_sight(main.get_by_role("link", name="Hand in a report of your runs"))
    lab.page.set_viewport_size({"width": 390, "height": 844})
    for step in steps_of(lab):  # a link's words don't wrap
        assert step.evaluate("link => link.querySelector('p').scrollWidth <= link.clientWidth"), step


def test_overview_fills_a_high_screen(lab: Any) -> None:
    lab.page.set_viewport_size({"width": 1920, "height": 1080})
    lab.open("")
    lab.expect_in_sight(*steps_of(lab), lab.player)
    player, last = lab.player.bounding_box(), steps_of(lab)[-1].bounding_box()
    assert player and last and player["height"] > 500
    for box in (player, last):
        assert box["y"] + box["height"] > 900


@pytest.mark.parametrize("step", ["2", "3", "9", "11", "12"])
@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720)])
def test_slide_with_a_figure_has_nothing_to_scroll(lab: Any, step: str, size: tuple[int, int]) -> None:
    lab.page.set_viewport_size({"width": size[0], "height": size[1]})
    lab.open("presentation", step=step)
    lab.page.wait_for_function(
        "() => { const main = document.querySelector('[data-testid=stMain]');"
        " return main && main.scrollHeight <= main.clientHeight; }"
    )


@pytest.mark.parametrize("path", ["results", "features"])
@pytest.mark.parametrize("width", [1280, 1024, 768])
def test_run_weights_and_part_are_chosen_in_one_row(lab: Any, path: str, width: int) -> None:
    lab.page.set_viewport_size({"width": width, "height": 720})
    lab.open(path)
    boxes = [lab.page.get_by_role("combobox", name=name, exact=True) for name in ("Run", "Weights", "Part")]
    lab.expect_in_sight(*boxes)
    places = [box.bounding_box() for box in boxes]
    assert len({round(place["y"]) for place in places if place}) == 1 and places[0]["y"] < 160
    meaning = lab.page.get_by_test_id("stMain").get_by_test_id("stTooltipIcon").filter(visible=True)
    tops = [icon.bounding_box()["y"] - places[0]["y"] for icon in meaning.all()]
    assert any(0 < top < places[0]["height"] for top in tops)


def test_results_show_scores_matrix_skeletons_and_probabilities(lab: Any, real_data: Path) -> None:
    lab.open("results")
    matrix, player = lab.page.locator(".matrix"), lab.page.locator(".player")
    names = [*matrix.get_by_role("rowheader").all(), *matrix.get_by_role("columnheader").all()]
    cells = matrix.get_by_role("gridcell")
    lab.expect_in_sight(matrix, matrix.locator(".bar"), *names, cells.first, cells.last)
    assert len(names) == 40 and cells.count() == 400
    skeletons, tracks = player.locator(".stage figure").all(), player.locator(".track").all()
    assert len(skeletons) == len(tracks) == 2  # the sequence, and the nearest of what it was taken for
    lab.expect_in_sight(player, *skeletons, player.locator(".row"), *tracks)
    scores = re.compile(r"^Test [\d.]+ %, \d+ of \d+ \(95 %: [\d.]+ to [\d.]+ %\) · loss [\d.]+")
    lab.expect_in_sight(lab.page.get_by_text(scores))
    lab.expect_in_sight(lab.page.get_by_text(re.compile("^It (says|changes its mind) ")))
    lab.page.get_by_role("radio", name="Subjects", exact=True).click()
    expect(lab.page.locator(".matrix[data-drawn='60']")).to_be_visible()
    lab.settle()
    lab.expect_in_sight(matrix, cells.first, cells.last, player, *matrix.get_by_role("columnheader").all())
    pairs = lab.page.get_by_test_id("stMain").get_by_role("radio", name=" taken for ")
    for view, drawn in (("Pairs", pairs), ("Curves", lab.page.get_by_test_id("stEChartsChart"))):
        lab.page.get_by_role("radio", name=view, exact=True).click()
        expect(drawn.nth(1)).to_be_visible()
        lab.settle()
        lab.expect_in_sight(*drawn.all())


def test_ladder_shows_what_matters_and_all_rungs(lab: Any) -> None:
    lab.open("ladder")
    main = lab.page.get_by_test_id("stMain")
    lab.expect_in_sight(main.get_by_text(re.compile("^Which changes matter most |matter most, in points")))
    figure = main.get_by_test_id("stEChartsChart").first
    lab.expect_in_sight(figure, *(figure.get_by_text(f"{name} {RUNGS[name].title}") for name in RUNGS))
    lab.expect_in_sight(
        main.get_by_role("button", name=re.compile("^Climb")), figure.get_by_text("Accuracy (%)")
    )


@pytest.fixture
def leaking(shown_home: Path) -> Iterator[Run]:
    """A run of a random split, which leaks, on the synthetic data, which is told, too."""
    store = RunStore(shown_home / "runs")
    config = store.runs()[0].config.model_copy(update={"source": "synthetic", "split": RandomSplit(seed=7)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HAR_HOME", str(shown_home))
        run = store.create(config.trained(epochs=1), queued=False)
        list(train_run(store, run.run_id))
    yield run
    shutil.rmtree(run.path)


def test_results_that_leak_say_so_beside_the_whole_matrix_and_both_skeletons(lab: Any, leaking: Run) -> None:
    lab.open("results", source="synthetic", run=leaking.run_id)
    notice = lab.page.get_by_text("Leaking split random-7, synthetic data")
    matrix = lab.page.locator(".matrix")
    skeletons = lab.player.locator(".stage figure").all()
    assert len(skeletons) == 2
    lab.expect_in_sight(
        notice, matrix, *matrix.get_by_role("columnheader").all(), lab.player, *skeletons,
        lab.player.locator(".row"),
    )  # fmt: skip
    box = notice.bounding_box()
    assert box and box["y"] + box["height"] < 80  # in the head


@pytest.mark.parametrize("width", [1024, 768])
def test_matrix_is_whole_on_a_narrow_screen(lab: Any, width: int) -> None:
    lab.page.set_viewport_size({"width": width, "height": 1024})
    lab.open("results")
    cells = lab.page.locator(".matrix .cells")
    assert cells.evaluate("cells => cells.scrollWidth <= cells.clientWidth")
    lab.expect_in_sight(*(lab.page.locator(".matrix").get_by_role("columnheader").all()))


def test_large_screen_is_filled_by_figure_and_player(lab: Any) -> None:
    lab.page.set_viewport_size({"width": 1920, "height": 1080})
    lab.open("results")
    matrix, row = lab.page.locator(".matrix"), lab.player.locator(".row")
    lab.expect_in_sight(matrix, lab.player, lab.page.get_by_text(re.compile("^It (says|changes its mind) ")))
    for figure in (matrix, lab.player):
        box = figure.bounding_box()
        assert box and box["y"] + box["height"] > 980
    lab.open("skeletons")
    lab.expect_in_sight(lab.player.locator(".stage"), row)
    box = row.bounding_box()
    assert box and box["y"] + box["height"] > 1000


@pytest.mark.parametrize("path", ["skeletons", "data-set"])
def test_synthetic_data_are_told_in_the_head_of_a_page(lab: Any, path: str) -> None:
    lab.open(path, source="synthetic")
    notice = lab.page.get_by_text("Synthetic data, made here, not recorded.")
    lab.expect_in_sight(notice)
    box = notice.bounding_box()
    assert box and box["y"] + box["height"] < 80
    if path == "skeletons":
        lab.expect_in_sight(lab.player.locator(".row"), lab.player.locator(".positions"))
    else:
        lab.expect_in_sight(lab.page.locator(".st-key-chart-counts").get_by_test_id("stEChartsChart"))


@pytest.fixture
def phone(chromium: Browser, shown_address: str, visit: Callable[[Page, str], Any]) -> Iterator[Any]:
    """The dashboard of the same home on a phone."""
    page = chromium.new_page(viewport=PHONE, has_touch=True, is_mobile=True)
    yield visit(page, shown_address)
    page.close()


@pytest.mark.parametrize("view", ["One sequence", "Recorded and prepared", "Two in step"])
def test_phone_shows_skeletons_with_their_controls(phone: Any, view: str) -> None:
    phone.open("skeletons", view=view)
    stage = phone.player.locator(".stage")
    phone.expect_in_sight(stage, phone.player.locator(".row"))
    box = stage.bounding_box()
    assert box and box["height"] > 220


def in_sight(player: Locator) -> bool:
    """Whether the player fills most of the screen."""
    box = player.bounding_box()
    return bool(box) and box["y"] >= 0 and box["y"] + min(box["height"], 600) <= PHONE["height"]


def tap_point(scatter: Locator, name: str) -> None:
    scatter.scroll_into_view_if_needed()
    x, y = scatter.evaluate("(scatter, name) => scatter.drawnPoints[name]", name)
    scatter.locator(".over").tap(position={"x": x, "y": y})


def test_what_a_tap_on_a_point_opens_comes_into_view_on_a_phone(phone: Any) -> None:
    phone.open("features")
    page, scatter = phone.page, phone.page.locator(".scatter")
    drawn = scatter.evaluate("scatter => scatter.drawnPoints")
    loneliest = max(drawn, key=lambda one: min(distance(drawn[one], drawn[x]) for x in drawn if x != one))
    assert not in_sight(phone.player)
    tap_point(scatter, loneliest)
    expect(phone.player).to_have_attribute("data-title", re.compile(rf"^{loneliest} "))
    page.wait_for_function(IN_SIGHT)
    phone.settle()
    page.wait_for_function(IN_SIGHT)
    # Whoever comes back to the page begins at its head.
    page.get_by_test_id("stExpandSidebarButton").click()
    phone.go_to("Results")
    phone.go_to("Features")
    assert not in_sight(phone.player)


def test_what_a_tap_on_a_cell_opens_comes_into_view_on_a_phone(phone: Any) -> None:
    phone.open("results")
    page = phone.page
    filled = page.locator('[role=gridcell][aria-selected=false]:not([aria-label*="count: 0;"])')
    assert not in_sight(phone.player)
    before = phone.player.get_attribute("data-title")
    filled.first.tap()
    expect(phone.player).not_to_have_attribute("data-title", before or "")
    page.wait_for_function(IN_SIGHT)
    phone.settle()
    # Another choice than that of what is played leaves the page where it is.
    page.get_by_role("heading", name="Results", exact=True).scroll_into_view_if_needed()
    phone.choose("Part", "Training part")
    assert not in_sight(phone.player)
    page.locator('[role=gridcell][aria-label*="count: 0;"]').first.tap()
    expect(page.get_by_test_id("stToast")).to_contain_text("No sequence of")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def distance(one: list[float], other: list[float]) -> float:
    return float(np.hypot(one[0] - other[0], one[1] - other[1]))


def test_features_show_plane_and_skeleton_with_its_controls(lab: Any) -> None:
    lab.open("features")
    scatter, player = lab.page.locator(".scatter"), lab.player
    lab.expect_in_sight(scatter, player.locator(".stage"), player.locator(".row"))
    plane, body = scatter.bounding_box(), player.locator(".stage").bounding_box()
    assert plane and body and plane["x"] + plane["width"] <= body["x"]
    # A click leaves in place what is seen whole.
    drawn = scatter.evaluate("scatter => scatter.drawnPoints")
    title = player.get_attribute("data-title")
    x, y = max(drawn.values())
    scatter.locator(".over").click(position={"x": x, "y": y})
    expect(player).not_to_have_attribute("data-title", title or "")
    lab.settle()
    assert player.locator(".stage").bounding_box() == body
    lab.page.get_by_role("button", name="Options").click()
    for name in ("Colour by", "Highlight actions", "Highlight subjects"):
        expect(lab.page.get_by_label(name).first).to_be_visible()


@pytest.mark.parametrize("view", ["One sequence", "Recorded and prepared", "Two in step", "Grid"])
def test_skeletons_show_the_whole_body_with_its_controls(lab: Any, view: str) -> None:
    lab.open("skeletons", view=view)
    player = lab.player
    lab.expect_in_sight(
        player.locator(".stage"), player.locator(".row"), *player.locator(".stage figure").all()
    )
    if view != "Grid":
        lab.expect_in_sight(player.locator(".positions"))
        body = player.locator(".stage").bounding_box()
        assert body and body["height"] >= 400 and body["width"] >= 500


def test_what_a_loop_picks_comes_into_view(lab: Any) -> None:
    lab.open("features")
    area = lab.page.locator(".scatter .over").bounding_box()
    assert area
    left, top = area["x"] + 60, area["y"] + 40
    right, bottom = area["x"] + area["width"] - 10, area["y"] + area["height"] - 60
    lab.page.mouse.move(left, top)
    lab.page.mouse.down()
    for place in ((right, top), (right, bottom), (left, bottom)):
        lab.page.mouse.move(*place, steps=3)
    lab.page.mouse.up()
    grid = lab.page.locator(".player.small")
    expect(grid.locator(".row")).to_be_in_viewport(ratio=1)
    wait_until(
        """grid => {
            const { top, bottom } = grid.getBoundingClientRect();
            return top >= 0 && bottom <= innerHeight;
        }""",
        grid,
    )


def numbers(lab: Any) -> Locator:
    shown: Locator = lab.page.locator(".st-key-numbers").get_by_test_id("stMarkdown")
    return shown


def test_training_shows_form_state_and_both_curves_of_a_run(lab: Any) -> None:
    lab.open("training")
    page = lab.page
    lab.expect_in_sight(
        page.get_by_role("radiogroup", name="Model"),
        page.get_by_role("spinbutton", name="Epochs", exact=True),
        page.get_by_role("textbox", name="Seeds"),
        page.get_by_role("button", name="Start training"),
        page.get_by_text(re.compile("Takes ")),
        *(numbers(lab).filter(has_text=title) for title in ("State", "Validation, best epoch", "Time spent")),
        page.get_by_role("img", name=re.compile("^Curves of the loss over")),
        page.get_by_role("img", name=re.compile("^Curves of the accuracy over")),
    )


def test_training_shows_the_curves_of_a_run_before_its_form_on_a_phone(phone: Any) -> None:
    phone.open("training")
    page = phone.page
    phone.expect_in_sight(page.get_by_role("img", name=re.compile("^Curves of the loss over")))
    start = page.get_by_role("button", name="Start training").bounding_box()
    curves = page.get_by_role("img", name=re.compile("^Curves of the accuracy over")).bounding_box()
    assert start and curves and start["y"] > curves["y"]


def test_keyboard_goes_from_the_curves_to_the_form_below_them_on_a_phone(phone: Any) -> None:
    phone.open("training")
    phone.settle()  # what is drawn anew loses the focus
    delete = phone.page.get_by_role("button", name="Delete", exact=True)
    delete.focus()
    expect(delete).to_be_focused()
    phone.page.keyboard.press("Tab")
    expect(phone.page.get_by_role("radio", name="LSTM", exact=True)).to_be_focused()


WORDS_ARE_WHOLE = """
slide => {
    const heads = [...slide.querySelectorAll(".lines th")];
    const lines = head => head.getBoundingClientRect().height / parseFloat(getComputedStyle(head).lineHeight);
    return heads.length > 0 && heads.every(head => lines(head) > 0 && lines(head) < 1.5);
}
"""
"""Whether each name that heads a row of a slide's table stands on one line."""


@pytest.mark.parametrize("step", ["1", "5", "6"])
def test_no_word_of_a_slide_is_broken_on_a_phone(phone: Any, step: str) -> None:
    phone.open("presentation", step=step)
    wait_until(WORDS_ARE_WHOLE, phone.page.locator(".slide"))  # when the text has its font and its size


def test_names_of_the_presented_matrix_lie_apart_on_a_tablet(lab: Any) -> None:
    lab.page.set_viewport_size({"width": 768, "height": 1024})
    lab.open("presentation", step="11")
    names = lab.page.locator(".matrix").get_by_role("columnheader").all()
    boxes = [name.bounding_box() for name in names]
    assert len(boxes) == 20 and all(
        box and following and box["x"] + box["width"] <= following["x"] + 1
        for box, following in pairwise(boxes)
    )


@pytest.fixture
def at_work(shown_home: Path) -> Iterator[tuple[RunStore, Run]]:
    """A run that seems to be trained, and has no epoch yet."""
    store = RunStore(shown_home / "runs")
    run = store.create(store.runs()[0].config.model_copy(update={"seed": 12_345}), queued=False)
    with lock_of(run.path):  # so that the server doesn't train it
        store.write_status(run.run_id, heartbeat(run.status, state="running"))
        yield store, run
    shutil.rmtree(run.path)


def test_data_set_shows_each_subject_and_part_and_the_split_and_lengths(lab: Any) -> None:
    lab.open("data-set")
    page = lab.page
    lab.expect_in_sight(
        page.locator(".st-key-chart-counts").get_by_test_id("stEChartsChart"),
        page.locator(".st-key-chart-lengths").get_by_test_id("stEChartsChart"),
        page.get_by_text("Test: subjects 8 to 10"), page.get_by_role("button", name="Bring in a data set"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("view", "seen"),
    [
        ("Files", ".stDataFrame"), ("Joints", ".player"), ("Normalisation", ".st-key-chart-prepared svg"),
        ("Normalisation", ".katex-display"), ("Faults", ".player"),
    ],
)  # fmt: skip
def test_views_of_the_data_set_begin_above_the_fold(lab: Any, view: str, seen: str) -> None:
    lab.open("data-set", view=view)
    lab.expect_in_sight(lab.page.locator(seen).last)


def test_try_a_file_shows_the_answer_the_player_and_the_probabilities(lab: Any) -> None:
    lab.open("try-a-file")
    main = lab.page.get_by_test_id("stMain")
    lab.expect_in_sight(
        main.get_by_role("combobox", name="Run"), main.get_by_role("combobox", name="Sequence"),
        main.get_by_role("button", name="Upload"), main.get_by_text("% sure"), lab.player,
        main.get_by_text("It says").or_(main.get_by_text("It changes its mind")),
    )  # fmt: skip


def test_hand_in_shows_its_button_runs_name_and_answers(lab: Any) -> None:
    lab.open("hand-in")
    page = lab.page
    button = page.get_by_role("button", name="Make the hand-in")
    lab.expect_in_sight(
        button, page.get_by_role("textbox", name="Your name"), page.get_by_test_id("stMultiSelect"),
        page.get_by_test_id("stTextArea"), page.get_by_role("button", name="Bring answers in"),
    )  # fmt: skip
    place = button.bounding_box()
    assert place and place["y"] < 120


@pytest.mark.parametrize(
    "place",
    ["ladder", "try-a-file", "hand-in", "data-set", *map("data-set?view={}".format, VIEWS_OF_DATA)],
)
def test_data_set_and_hand_in_fit_the_width_of_a_phone(phone: Any, place: str) -> None:
    path, _, view = place.partition("?view=")
    phone.open(path, **({"view": view} if view else {}))
    main = phone.page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollWidth") == PHONE["width"]
    cut = main.locator("[data-testid=stMarkdown], [data-testid=stVerticalBlock]").evaluate_all(
        "parts => parts.filter(part => part.getBoundingClientRect().right > innerWidth).length"
    )
    assert cut == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "place",
    [
        "", "training", "comparison", "ladder", "try-a-file", "hand-in", "data-set",
        *map("data-set?view={}".format, VIEWS_OF_DATA),
    ],
)  # fmt: skip
def test_axe_finds_nothing_serious(lab: Any, place: str, theme: Any) -> None:
    lab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    path, _, view = place.partition("?view=")
    lab.open(path, **({"view": view} if view else {}))
    # What Streamlit draws by itself: formulas that scroll.
    assert serious_faults(lab.page, {"include": [["body"]], "exclude": [[".katex-display"]]}) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_badge_of_synthetic_data_can_be_read(lab: Any, theme: Any) -> None:
    lab.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    lab.open("training", source="synthetic")
    expect(lab.page.get_by_text("Synthetic data").first).to_be_visible()  # its run may be of them, too
    assert serious_faults(lab.page, "body") == []


def test_words_in_and_on_the_accent_can_be_read_in_the_dark(lab: Any) -> None:
    lab.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    lab.open("comparison")
    lab.page.locator(".dvn-scroller").first.click(position={"x": 16, "y": 35 + 17})
    lab.settle()
    expect(lab.page.get_by_test_id("stMultiSelect").get_by_role("button").first).to_be_visible()  # a tag
    lab.page.get_by_role("radio", name="Curves", exact=True).click()
    lab.settle()
    assert serious_faults(lab.page, "body") == []
    lab.open("results", view="Pairs")
    expect(lab.page.get_by_role("radio", name=" taken for ", checked=True)).to_be_visible()
    assert serious_faults(lab.page, "body") == []


def test_training_shows_a_run_at_work_whole_and_nothing_jumps_with_its_first_epochs(
    lab: Any, at_work: tuple[RunStore, Run]
) -> None:
    store, run = at_work
    lab.open("training", run=run.run_id)
    charts = lab.page.get_by_role("img", name=re.compile("^Curves of the "))
    places = [charts.nth(0), charts.nth(1), *numbers(lab).all()]
    lab.expect_in_sight(*places, lab.page.get_by_role("button", name="Pause"))
    lab.expect_in_sight(lab.page.get_by_test_id("stSidebar").get_by_text(re.compile("^Epoch ")))
    before = [place.bounding_box() for place in places]
    records = (store.runs()[1].path / "metrics.jsonl").read_bytes().splitlines(keepends=True)[:12]
    (run.path / "metrics.jsonl").write_bytes(b"".join(records))
    told = heartbeat(run.status, state="running", epoch=12, best_epoch=3, seconds=1.0)
    store.write_status(run.run_id, told)
    expect(lab.number("Epoch")).to_have_text(re.compile("^12 of"))
    expect(charts.first).to_have_attribute("aria-label", re.compile("over 12 epochs"))
    assert [place.bounding_box() for place in places] == before


def test_comparison_shows_its_table_and_the_accuracies(lab: Any) -> None:
    lab.open("comparison")
    table = lab.page.get_by_test_id("stDataFrame").first
    figure = lab.page.locator(".st-key-chart-accuracies").get_by_test_id("stEChartsChart")
    lab.expect_in_sight(table, figure, lab.page.get_by_role("radiogroup", name="View"))
    box = table.bounding_box()
    assert box and box["height"] > 4 * 35  # several rows


def test_comparison_keeps_them_in_sight_while_runs_are_chosen(lab: Any) -> None:
    lab.open("comparison")
    table = lab.page.get_by_test_id("stDataFrame").first
    for row in (0, 1):
        table.locator(".dvn-scroller").click(position={"x": 16, "y": 35 * (row + 1) + 17})
        lab.settle()
    figure = lab.page.locator(".st-key-chart-accuracies").get_by_test_id("stEChartsChart")
    lab.expect_in_sight(table, figure, lab.page.get_by_role("button", name="Delete"))


def test_a_chart_of_streamlit_s_is_enlarged_in_full_screen_with_its_run(lab: Any) -> None:
    lab.open("training")
    frame = lab.page.get_by_test_id("stFullScreenFrame").filter(has=lab.page.locator("svg text")).first
    title = frame.locator("svg text").get_by_text("Loss", exact=True)
    expect(title).to_have_css("font-size", "14px")
    frame.hover()
    frame.get_by_role("button", name="Fullscreen").click()
    expect(title).to_have_css("font-size", "25px")
    expect(frame.locator("svg text").get_by_text(re.compile(r"run \d{8}-\d{6}-"))).to_be_visible()
    expect(frame.locator("svg text").get_by_text("Epoch", exact=True)).to_have_css("font-size", "22px")
    lab.page.keyboard.press("Escape")
    expect(title).to_have_css("font-size", "14px")
