"""The player on a page: one row of controls, a given height, legible words, and pictures to keep."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from har_core.skeleton import KINECT_20
from tests.browser.test_player import go_to, made_up_clip, open_menu, press
from tests.browser.waiting import wait_until

# Shows what the address says: which clips, how wide and how high.
SCRIPT = """
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from app.components.player import skeleton_player
from har_core.player.clips import Clip, Line, Plane, Track
from har_core.skeleton import KINECT_20, skeleton_of

st.set_page_config(layout="wide")
FRAMES = np.load(Path(__file__).with_name("frames.npy"))
LEFT_BEHIND = FRAMES * np.array([-1, 1, 1], np.float32)
CAPTION = "Run 3, LSTM of 4 units, best epoch: taken for hammer, 62 % sure"


def clip(name, frames=FRAMES):
    skeleton = KINECT_20 if frames.shape[1] == 20 else skeleton_of(frames.shape[1])
    return Clip(f"{name} · high arm wave · subject 1", frames, np.zeros(len(frames), bool), skeleton)


def tracked(name):
    rising = np.linspace(0, 100, 10)
    lines = [Line("hammer", rising, "#0072B2"), Line("wave", 100 - rising, "#D55E00")]
    return replace(clip(name), track=Track(np.linspace(0, 29, 10), lines, "share (%)", (0, 100), " %"))


def pathed(name):
    path = np.column_stack([np.linspace(0, 2, 10)] * 2)
    return replace(clip(name), track=Track(np.linspace(0, 29, 10), path=path))


asked = st.query_params
width, height = int(asked.get("width", 600)), int(asked.get("height", 400))
SHOWN = {
    "one": lambda: [clip("first")],
    "two": lambda: [clip("first"), clip("second")],
    "long": lambda: [clip("first", np.resize(FRAMES, (936, *FRAMES.shape[1:])))],
    "tracked": lambda: [tracked("first"), tracked("second")],
    "pathed": lambda: [pathed("first")],
    "opposite": lambda: [clip("first", LEFT_BEHIND)],
    "both": lambda: [clip("first"), clip("second", LEFT_BEHIND)],
    "points": lambda: [clip("first", FRAMES[:, :13])],
}
plane = Plane(np.zeros((3, 2)), "across", "upwards", [("a place", 1, 1)])
clips = SHOWN[asked.get("shown", "one")]()
if "columns" in asked:
    for number, column in enumerate(st.columns(2)):
        with column:
            skeleton_player(clips, key=f"player {number}", height=height, caption=CAPTION)
else:
    with st.container(width=width):
        positions, caption = "positions" in asked, asked.get("caption", CAPTION)
        skeleton_player(clips, key="player", height=height, plane=plane, caption=caption, positions=positions)
"""
FRAMES = made_up_clip(30, 1)
WIDTHS = [280, 358, 480, 600, 900, 1200]
THEMES: list[Literal["light", "dark"]] = ["light", "dark"]

# Notes what is written on canvases: the text, its size in pixels, its colour and that of its rim.
NOTE_WRITING = """
window.written = [];
const proto = CanvasRenderingContext2D.prototype, write = proto.fillText;
proto.fillText = function (text, ...place) {
    const size = Number(this.font.match(/([\\d.]+)px/)[1]);
    if (text) window.written.push({ text, size, colour: this.fillStyle, ground: this.strokeStyle });
    return write.call(this, text, ...place);
};
"""

# Every text in the player that can be seen, with its size, its colour and the grounds that lie behind it.
SEEN_TEXTS = """root => {
    const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode.textContent.trim(), own = walker.currentNode.parentElement;
        if (!text || !own.checkVisibility() || own.closest(".live, option")) continue;
        const grounds = [];
        for (let part = own; part; part = part.parentElement ?? part.getRootNode().host)
            grounds.push(getComputedStyle(part).backgroundColor);
        const style = getComputedStyle(own);
        found.push({ text, size: parseFloat(style.fontSize), colour: style.color, grounds });
    }
    return found;
}"""

# Colours in any notation, as the browser paints them over each other.
PAINTED = """colours => {
    const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d");
    for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture(scope="module")
def address(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("layout")
    np.save(folder / "frames.npy", FRAMES)
    (folder / "script.py").write_text(SCRIPT, encoding="utf-8")
    with serve(folder / "script.py") as url:
        yield url


def opened(page: Page, address: str, **asked: object) -> Locator:
    """Open a player, still, and wait until it is drawn."""
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{address}/?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    player = page.locator(".player").first
    expect(player).to_have_attribute("data-drawn", re.compile(r"^[1-9]"))
    return player


def boxes(parts: Locator) -> list[dict[str, float]]:
    return list(
        parts.evaluate_all(
            """parts => parts.filter(part => part.checkVisibility()).map(part => {
                const { left, right, top, bottom, width, height } = part.getBoundingClientRect();
                return { left, right, top, bottom, width, height };
            })"""
        )
    )


@pytest.mark.parametrize("shown", ["long", "two"])
@pytest.mark.parametrize("width", WIDTHS)
def test_controls_are_one_row_and_all_of_it_fits_into_the_height(
    page: Page, address: str, width: int, shown: str
) -> None:
    page.set_viewport_size({"width": 1400, "height": 800})
    player = opened(page, address, width=width, height=320, shown=shown)
    go_to(player, int(player.get_attribute("data-frames") or 0) - 1)
    (whole,) = boxes(player)
    assert (whole["width"], whole["height"]) == (width, 320)
    (row,) = boxes(player.locator(".row"))
    assert row["height"] <= 48 and row["bottom"] <= whole["bottom"]
    for name in ("Play", "More"):
        expect(player.get_by_role("button", name=name, exact=True)).to_be_visible()
    for part in (".scrub", ".frame-number", ".seconds", ".speed"):
        expect(player.locator(part)).to_be_visible()
    parts = boxes(player.locator(".row > *"))
    assert all(left["right"] <= right["left"] for left, right in zip(parts, parts[1:], strict=False))
    assert parts[0]["left"] >= row["left"] and parts[-1]["right"] <= row["right"] + 0.5
    (slider,) = boxes(player.locator(".scrub"))
    (counter,) = boxes(player.locator(".counter"))
    assert slider["width"] >= 90 and counter["right"] <= row["right"]
    assert player.locator(".counter").evaluate("counter => counter.scrollWidth <= counter.offsetWidth")
    for picture in boxes(player.locator(".stage canvas")):
        assert picture["height"] >= 130 and picture["bottom"] <= row["top"]


def test_two_players_side_by_side_are_whole_on_a_small_projector(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    opened(page, address, columns=1, shown="two", height=520)
    players = page.locator(".player")
    expect(players).to_have_count(2)
    first, second = boxes(players)
    assert first["top"] == second["top"] and first["right"] < second["left"]
    assert max(first["bottom"], second["bottom"]) <= 720


@pytest.mark.parametrize("shown", ["tracked", "pathed"])
def test_lines_and_plane_stand_beside_the_skeleton_where_there_is_width(
    page: Page, address: str, shown: str
) -> None:
    page.set_viewport_size({"width": 1400, "height": 800})
    player = opened(page, address, width=1000, height=440, shown=shown)
    (whole,), (stage,) = boxes(player), boxes(player.locator(".stage"))
    assert whole["height"] == 440
    charts = boxes(player.locator(".beside .area"))
    assert charts
    for chart in charts:
        assert chart["left"] > stage["right"] and chart["bottom"] <= whole["bottom"]


ARE_BELOW = """
player => {
    const bottom = player.querySelector(".row").getBoundingClientRect().bottom;
    const charts = [...player.querySelectorAll(".beside .area")].filter(chart => chart.checkVisibility());
    return charts.length > 0 && charts.every(chart => chart.getBoundingClientRect().top >= bottom);
}
"""


@pytest.mark.parametrize(("height", "unfolded"), [(360, False), (640, True)])
def test_lines_of_a_narrow_player_are_below_or_folded_and_never_instead_of_the_skeleton(
    page: Page, address: str, height: int, unfolded: bool
) -> None:
    player = opened(page, address, width=460, height=height, shown="tracked")
    beside = player.locator(".beside")
    expect(beside).to_be_visible(visible=unfolded)
    assert all(picture["height"] >= 120 for picture in boxes(player.locator(".stage canvas")))
    press(player, "Over time")
    expect(beside).to_be_visible(visible=not unfolded)
    press(player, "Positions")
    expect(player.locator(".positions")).to_be_visible()
    wait_until(ARE_BELOW, player)  # when all have their sizes
    assert all(picture["height"] >= 120 for picture in boxes(player.locator(".stage canvas")))


def test_phone_has_controls_that_can_be_hit_and_nothing_overflows(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    player = opened(page, address, width=1000, height=420, shown="tracked")
    open_menu(player)
    player.locator(".joints summary").click()
    parts = boxes(player.locator("button, select, summary, .scrub, fieldset label"))
    assert len(parts) > 30
    assert min(part["height"] for part in parts) >= 44
    assert min(part["width"] for part in parts) >= 44
    everything = boxes(player.locator("*"))
    assert min(part["left"] for part in everything) >= 0
    assert max(part["right"] for part in everything) <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_menu_lies_over_the_figure_and_closes_when_one_goes_elsewhere(page: Page, address: str) -> None:
    player = opened(page, address)
    before = boxes(player)
    open_menu(player)
    assert boxes(player) == before
    expect(player.get_by_role("button", name="More", exact=True)).to_have_attribute("aria-expanded", "true")
    player.locator(".stage canvas").click(position={"x": 20, "y": 20})
    expect(player.locator(".menu")).to_be_hidden()


def test_everything_can_be_reached_with_the_keyboard_alone(page: Page, address: str) -> None:
    player = opened(page, address, height=480)
    focused = "root => root.getRootNode().activeElement?.getAttribute('aria-label')"
    player.locator(".stage").focus()
    for name in ("Play", "One frame back", "One frame forward", "Frame", "Speed", "More"):
        page.keyboard.press("Tab")
        assert player.evaluate(focused) == name
    page.keyboard.press("Enter")
    expect(player.locator(".menu")).to_be_visible()
    page.keyboard.press("Tab")
    assert player.evaluate(focused) == "Front view"
    page.keyboard.press("Enter")
    expect(player).to_have_attribute("data-yaw", "0.0000")
    page.keyboard.press("Escape")
    expect(player.locator(".menu")).to_be_hidden()
    assert player.evaluate(focused) == "More"


def test_it_says_where_it_stands_but_not_each_frame_that_passes(page: Page, address: str) -> None:
    player = opened(page, address)
    said = player.get_by_role("status")
    expect(said).to_have_text("")
    heard = "root => { const live = root.querySelector('.live'); window.heard = []; "
    heard += "new MutationObserver(() => window.heard.push(live.textContent))"
    player.evaluate(heard + ".observe(live, { childList: true, characterData: true, subtree: true }); }")
    player.get_by_role("button", name="Play").click()
    expect(player).to_have_attribute("data-frame", re.compile(r"^1\d$"))
    assert page.evaluate("window.heard") == ["Playing"]
    player.get_by_role("button", name="Pause").click()
    expect(said).to_have_text(re.compile(r"^Paused at frame \d+ of 30, \d\.\d\d s$"))
    player.locator(".stage").press("Home")
    expect(said).to_have_text("Paused at frame 1 of 30, 0.00 s")
    expect(
        page.get_by_role("group", name="Skeleton player: first · high arm wave · subject 1")
    ).to_be_visible()


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ("one", "As in a mirror, the person's left is on your left."),
        ("opposite", "As face to face, the person's left is on your right."),
        ("both", "Left and right are the person's own."),
        ("points", ""),
    ],
)
def test_it_says_whose_left_is_coloured(page: Page, address: str, shown: str, says: str) -> None:
    player = opened(page, address, shown=shown)
    expect(player.locator(".whose")).to_have_text(says)
    if says:
        expect(player.locator(".whose")).to_be_visible()


@pytest.mark.parametrize(
    ("shown", "says"),
    [
        ("one", "As in a mirror, but from behind, the person's left is on your right."),
        ("opposite", "From behind, the person's left is on your left."),
        ("both", "Left and right are the person's own."),
    ],
)
def test_whose_left_it_is_goes_with_the_camera(page: Page, address: str, shown: str, says: str) -> None:
    player = opened(page, address, shown=shown)
    press(player, "Side view")
    expect(player.locator(".whose")).to_have_text("Left and right are the person's own.")
    press(player, "Front view")
    for _ in range(31):  # a tenth each: half a turn
        player.locator(".stage").press("Shift+ArrowRight")
    expect(player.locator(".whose")).to_have_text(says)
    left, right = (drawn_across(player, side) for side in ("left", "right"))
    if "on your" in says:
        assert (left < right) == says.endswith("your left.")


def drawn_across(player: Locator, side: str) -> float:
    """How far to the right the joints of a side are drawn, on average."""
    places = player.evaluate("root => root.drawnJoints[0]")
    return float(np.mean([places[at][0] for at, own in enumerate(KINECT_20.joint_sides) if own == side]))


@pytest.mark.parametrize(("width", "unfolded"), [(900, True), (460, False)])
def test_positions_are_open_where_the_page_wants_them_and_there_is_width(
    page: Page, address: str, width: int, unfolded: bool
) -> None:
    page.set_viewport_size({"width": 1400, "height": 800})
    player = opened(page, address, width=width, height=480, shown="two", positions=1)
    expect(player.locator(".positions")).to_be_visible(visible=unfolded)
    if unfolded:
        (whole,), plots = boxes(player), boxes(player.locator(".positions .area"))
        assert whole["height"] == 480 and len(plots) == 2
        assert plots[0]["left"] == plots[1]["left"] > boxes(player.locator(".stage"))[0]["right"]
        assert player.get_attribute("data-chosen") == "left_hand right_hand"
    press(player, "Positions")
    expect(player.locator(".positions")).to_be_visible(visible=not unfolded)


def test_plane_of_a_narrow_player_takes_no_room_from_the_skeleton(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1400, "height": 1000})
    bottoms = []
    for shown in ("one", "pathed"):
        player = opened(page, address, width=380, height=484, shown=shown)
        bottoms.append(boxes(player.locator(".row"))[0]["bottom"] - boxes(player)[0]["top"])
    assert abs(bottoms[0] - bottoms[1]) <= 2
    (plane,) = boxes(player.locator(".planes .area"))
    assert plane["top"] > boxes(player.locator(".row"))[0]["bottom"] and plane["height"] >= 200


@pytest.mark.parametrize("width", [280, 1000])
@pytest.mark.parametrize("theme", THEMES)
def test_words_are_legible_in_both_themes(
    page: Page, address: str, theme: Literal["light", "dark"], width: int
) -> None:
    page.add_init_script(NOTE_WRITING)
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 1400, "height": 900})
    player = opened(page, address, width=width, height=600, shown="tracked")
    press(player, "Positions", "Joint names")
    open_menu(player)
    player.locator(".joints summary").click()
    expect(player.get_by_role("img", name=re.compile("Plot of y")).first).to_be_visible()
    page.wait_for_function("window.written.some(({ text }) => text === 'y, up (m)')")
    written, seen = page.evaluate("window.written"), player.evaluate(SEEN_TEXTS)
    assert {"left hand", "share (%)", "seconds", "y, up (m)"} <= {found["text"] for found in written}
    assert {"left", "hammer", "Hands", "1 of 30"} <= {found["text"] for found in seen}
    for found in [*written, *seen]:
        assert found["size"] >= 12, found
        grounds = [found["ground"]] if "ground" in found else found["grounds"][::-1]
        ground = page.evaluate(PAINTED, grounds)
        assert contrast(page.evaluate(PAINTED, [*grounds, found["colour"]]), ground) >= 4.5, found
    ground = page.evaluate(PAINTED, player.evaluate(SEEN_TEXTS)[0]["grounds"][::-1])
    assert all(page.evaluate(PAINTED, [rim]) == ground for rim in {found["ground"] for found in written})


def contrast(one: list[int], other: list[int]) -> float:
    """As WCAG 2.2 defines it."""
    lights = []
    for colour in (one, other):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in np.array(colour) / 255]
        lights.append(np.dot([0.2126, 0.7152, 0.0722], linear))
    return float((max(lights) + 0.05) / (min(lights) + 0.05))


def test_full_screen_has_larger_words_and_says_of_which_run_it_is(page: Page, address: str) -> None:
    page.add_init_script(NOTE_WRITING)
    page.set_viewport_size({"width": 1920, "height": 1080})
    player = opened(page, address, width=1000, height=440, shown="tracked")
    expect(player.locator(".caption")).to_be_hidden()
    player.locator(".stage").press("f")
    expect(player.locator(".caption")).to_contain_text("Run 3, LSTM of 4 units, best epoch: taken for hammer")
    expect(player.locator("figcaption").first).to_contain_text("first · high arm wave")
    page.evaluate("window.written = []")
    press(player, "Joint names", "Over time", "Over time")
    page.wait_for_function("window.written.some(({ text }) => text === 'share (%)')")
    texts = [*page.evaluate("window.written"), *player.evaluate(SEEN_TEXTS)]
    assert {"left hand", "first"} <= {found["text"] for found in texts}
    assert min(found["size"] for found in texts) >= 24
    (whole,) = boxes(player)
    assert (whole["width"], whole["height"]) == (1920, 1080)
    assert all(part["bottom"] <= 1080 for part in boxes(player.locator(".row, .area, .stage")))
    player.locator(".stage").press("f")
    expect(player.locator(".caption")).to_be_hidden()


def save(page: Page, player: Locator, kind: str) -> tuple[str, bytes]:
    open_menu(player)
    with page.expect_download() as download:
        player.get_by_role("button", name=f"Save as {kind}").click()
    page.keyboard.press("Escape")
    return download.value.suggested_filename, Path(download.value.path()).read_bytes()


def test_png_shows_the_frame_in_the_colours_of_the_sides(page: Page, address: str) -> None:
    player = opened(page, address, shown="two")
    go_to(player, 12)
    name, data = save(page, player, "PNG")
    assert name == "first-and-second-frame-13.png"
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "PNG" and image.width == 1920
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 24) or []}
    assert {(0, 114, 178), (213, 94, 0), (255, 255, 255)} <= colours


def test_svg_has_title_run_frame_and_axes_whose_numbers_are_where_they_are(page: Page, address: str) -> None:
    player = opened(page, address)
    go_to(player, 12)
    press(player, "Front view")
    name, data = save(page, player, "SVG")
    assert name == "first-frame-13.svg"
    root = ElementTree.fromstring(data)
    texts = [(text.text or "", text.attrib) for text in root.iter("{http://www.w3.org/2000/svg}text")]
    said = " ".join(text for text, _ in texts)
    for part in (
        "Run 3, LSTM of 4 units, best epoch: taken for hammer, 62 % sure",
        "first · high arm wave · subject 1",
        "As in a mirror, the person's left is on your left.",
        "Frame 13 of 30, 0.80 s.",
        "in metres",
        "x (m)",
        "y (m)",
    ):
        assert part in said
    # The numbers of the upright axis lie as far apart as the space has them there, six half-sides away.
    ticks = {
        float(text.replace("−", "-")): float(at["y"])
        for text, at in texts
        if re.fullmatch(r"−?\d\.\d", text) and at["text-anchor"] == "end"
    }
    values, places = np.array(sorted(ticks.items())).T
    low, high = FRAMES.reshape(-1, 3).min(axis=0), FRAMES.reshape(-1, 3).max(axis=0)
    half = (high - low).max() / 2
    across = max(high[0] - low[0], high[2] - low[2], half) / (2 * half)
    in_the_middle = min(640 / across, 640) / 2 / 1.16 * 0.72 / half  # pixels a metre
    nearer = 6 / (6 - (high[2] - low[2]) / 2 / half)  # the leftmost edge is that which is nearest
    assert len(values) >= 2
    np.testing.assert_allclose(np.diff(places) / np.diff(values), -in_the_middle * nearer, rtol=0.005)


def test_svg_is_whole_where_its_font_is_not_installed(page: Page, address: str) -> None:
    player = opened(page, address, caption="seed 4, 2,000 epochs, hammer " * 6)
    _, data = save(page, player, "SVG")
    page.set_content(f"<style>text {{ font-family: sans-serif !important }}</style>{data.decode()}")
    width, rights = page.evaluate(
        """() => [
            document.querySelector("svg").clientWidth,
            [...document.querySelectorAll("svg > text")].map((text) => text.getBBox())
                .map(({ x, width }) => x + width),
        ]"""
    )
    assert len(rights) > 6 and max(rights) <= width


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_serious(
    page: Page, address: str, theme: Literal["light", "dark"], width: int
) -> None:
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": width, "height": 844})
    player = opened(page, address, width=1000, height=500, shown="tracked")
    press(player, "Positions")
    assert serious_faults(page) == []
    open_menu(player)
    player.locator(".joints summary").click()
    assert serious_faults(page) == []


def serious_faults(page: Page) -> list[str]:
    """What axe-core says of the players, which live in shadow roots: their places are lists."""
    found = Axe().run(page).response["violations"]
    return [
        f"{fault['id']}: {node['target']}"
        for fault in found
        for node in fault["nodes"]
        if fault["impact"] in ("serious", "critical") and isinstance(node["target"][0], list)
    ]
