"""The skeleton player in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from har_core.player.camera import VIEWS
from har_core.skeleton import KINECT_20
from tests.browser.waiting import wait_until

# Shows the clips that lie beside it; "a and b" puts two side by side, "grid" twelve above an empty space, and
# "tracked" gives one of two clips lines and a path.
SCRIPT = """
from dataclasses import replace
from pathlib import Path

import numpy as np
import streamlit as st

from app.components.player import skeleton_player
from har_core.player.clips import Clip, Line, Plane, Track
from har_core.skeleton import KINECT_20, skeleton_of

STORED = np.load(Path(__file__).with_name("clips.npz"))


def clip(name):
    frames = STORED[name]
    skeleton = KINECT_20 if frames.shape[1] == 20 else skeleton_of(frames.shape[1])
    return Clip(f"clip {name}", frames, ~frames.any(axis=(1, 2)), skeleton)


st.session_state.runs = st.session_state.get("runs", 0) + 1
st.button("Rerun")
shown = st.radio("Clips", ["wave", "lost", "wave and short", "points", "grid", "tracked"])
st.write(f"Run {st.session_state.runs}")
if shown == "grid":
    names = ["lost", *["wave", "short"] * 5, "wave"]
    skeleton_player([clip(name) for name in names], key="player", height=200)
    st.html('<div style="height: 3000px"></div>')
elif shown == "tracked":
    up, down, rest = STORED["lines"]
    lines = [Line("up", up), Line("down", down), Line("rest", rest, faint=True)]
    track = Track(STORED["moments"], lines, "share (%)", (0, 100), " %", STORED["path"])
    plane = Plane(STORED["plane"], "across", "upwards", [("a place", 1, 1)])
    clips = [replace(clip("wave"), track=track), clip("short")]
    skeleton_player(clips, key="player", plane=plane, height=640)
else:
    skeleton_player([clip(name) for name in shown.split(" and ")], key="player")
"""
LEFT, RIGHT = (np.array([side == wanted for side in KINECT_20.joint_sides]) for wanted in ("left", "right"))
LEFT_WRIST, RIGHT_WRIST = KINECT_20.joints.index("left_wrist"), KINECT_20.joints.index("right_wrist")
LEFT_HAND, RIGHT_HAND = KINECT_20.joints.index("left_hand"), KINECT_20.joints.index("right_hand")


def made_up_clip(length: int, seed: int) -> np.ndarray:
    """Joints at random places two metres from the camera, left ones at negative x."""
    frames = np.random.default_rng(seed).uniform(-0.8, 0.8, (length, 20, 3)).astype(np.float32)
    frames[:, LEFT, 0] = -np.abs(frames[:, LEFT, 0]) - 0.1
    frames[:, RIGHT, 0] = np.abs(frames[:, RIGHT, 0]) + 0.1
    return frames + np.array([0, 0, 2], np.float32)


CLIPS = {
    "wave": made_up_clip(30, 1),
    "lost": made_up_clip(20, 2),
    "short": made_up_clip(12, 3) * np.float32(0.5),
}
CLIPS["lost"][5:8] = 0
CLIPS["lost"][15] = 0
CLIPS["points"] = CLIPS["wave"][:, :13]
MOMENTS = np.array([0, 4.5, 10, 20, 29])
LINES = np.array([[10, 20, 60, 80, 90], [80, 70, 30, 15, 5], [10, 10, 10, 5, 5]])
PATH = np.array([[0, 0], [1, 2], [2, 1], [3, 3], [4, 0.5]])
POINTS = np.random.default_rng(4).uniform(-1, 5, (40, 2))


@pytest.fixture(scope="module")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("player")
    np.savez(folder / "clips.npz", **CLIPS, moments=MOMENTS, lines=LINES, path=PATH, plane=POINTS)
    (folder / "player_script.py").write_text(SCRIPT, encoding="utf-8")
    return folder / "player_script.py"


@pytest.fixture(scope="module")
def address(script: Path, serve: Any) -> Iterator[str]:
    with serve(script) as url:
        yield url


@pytest.fixture
def player(page: Page, address: str) -> Locator:
    """The player's root element, playing the clip "wave"."""
    page.goto(address)
    root = page.locator(".player")
    expect(root).to_have_attribute("data-playing", "true")
    return root


def show(page: Page, clips: str) -> None:
    page.get_by_text(clips, exact=True).click()
    title = " | ".join(f"clip {name}" for name in clips.split(" and "))
    expect(page.locator(".player")).to_have_attribute("data-title", title)


def go_to(player: Locator, frame: int) -> None:
    player.get_by_label("Frame", exact=True).fill(str(frame))
    expect(player).to_have_attribute("data-frame", str(frame))


def let_frames_pass(page: Page, count: int = 15) -> None:
    """Wait until the browser has drawn that often, about a quarter of a second."""
    page.evaluate(
        """count => new Promise(done => {
            const next = () => count-- ? requestAnimationFrame(next) : done();
            next();
        })""",
        count,
    )


def open_menu(player: Locator) -> None:
    if player.locator(".menu").is_hidden():
        player.get_by_role("button", name="More", exact=True).click()
    expect(player.locator(".menu")).to_be_visible()


def press(player: Locator, *names: str) -> None:
    """Press buttons of the menu in turn, and close it."""
    open_menu(player)
    for name in names:
        player.locator(".menu").get_by_role("button", name=name, exact=True).click()
    player.page.keyboard.press("Escape")
    expect(player.locator(".menu")).to_be_hidden()


def drawn_joints(player: Locator) -> list[np.ndarray]:
    return [np.array(clip) for clip in player.evaluate("root => root.drawnJoints")]


def projected(
    player: Locator, names: list[str], which: int, frame: int, turns: tuple[float, float]
) -> np.ndarray:
    """Project a frame by hand, with rotation matrices, as the head of player.js describes it."""
    tracked = [CLIPS[name][CLIPS[name].any(axis=(1, 2))].reshape(-1, 3) for name in names]
    extent = np.max([np.ptp(points, axis=0) for points in tracked], axis=0)
    low, high = tracked[which].min(axis=0), tracked[which].max(axis=0)
    middle = np.array([(low[0] + high[0]) / 2, low[1] + extent[1] / 2, (low[2] + high[2]) / 2])
    half = extent.max() / 2
    (cos_yaw, cos_pitch), (sin_yaw, sin_pitch) = np.cos(turns), np.sin(turns)
    about_upright = np.array([[cos_yaw, 0, sin_yaw], [0, 1, 0], [-sin_yaw, 0, cos_yaw]])
    tilt = np.array([[1, 0, 0], [0, cos_pitch, sin_pitch], [0, -sin_pitch, cos_pitch]])
    seen = (CLIPS[names[which]][frame] - middle) / half @ about_upright.T @ tilt.T
    canvas = player.locator(".stage canvas").nth(which)
    width, height = canvas.evaluate("canvas => [canvas.clientWidth, canvas.clientHeight]")
    across = max(extent[0], extent[2], half) / (2 * half)
    pixels = min(width / across, height) / 2 / 1.16 * 6 / (6 + seen[:, 2:])
    return np.array([width / 2, height / 2]) + seen[:, :2] * [1, -1] * pixels


def pixel(player: Locator, joint: int) -> tuple[int, ...]:
    """The colour on the canvas where a joint of the first clip was drawn."""
    return tuple(
        player.evaluate(
            """(root, joint) => {
                const canvas = root.querySelector("canvas"), [x, y] = root.drawnJoints[0][joint];
                const ratio = canvas.width / canvas.clientWidth;
                return [...canvas.getContext("2d").getImageData(x * ratio, y * ratio, 1, 1).data].slice(0, 3);
            }""",
            joint,
        )
    )


def test_frames_advance_while_playing(player: Locator) -> None:
    first = player.get_attribute("data-frame")
    expect(player).not_to_have_attribute("data-frame", first or "0")
    expect(player.get_by_role("button", name="Pause")).to_be_visible()


def test_pause_holds_the_frame(page: Page, player: Locator) -> None:
    player.get_by_role("button", name="Pause").click()
    expect(player).to_have_attribute("data-playing", "false")
    held = player.get_attribute("data-frame")
    let_frames_pass(page)
    assert player.get_attribute("data-frame") == held


def test_who_wants_less_motion_starts_the_animation_by_hand(page: Page, address: str) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(address)
    player = page.locator(".player")
    expect(player).to_have_attribute("data-frame", "0")
    expect(player).to_have_attribute("data-playing", "false")
    player.get_by_role("button", name="Play").click()
    expect(player).not_to_have_attribute("data-frame", "0")


def test_slider_goes_to_a_frame_and_tells_its_number_and_time(player: Locator) -> None:
    go_to(player, 12)
    expect(player).to_have_attribute("data-playing", "false")
    expect(player.locator(".counter")).to_have_text("frame 13 of 30 0.80 s")


def test_keys_step_jump_and_play(page: Page, player: Locator) -> None:
    go_to(player, 12)
    player.locator(".stage").focus()
    for key, frame in (("ArrowRight", 13), ("ArrowLeft", 12), ("Home", 0), ("ArrowLeft", 29), ("End", 29)):
        page.keyboard.press(key)
        expect(player).to_have_attribute("data-frame", str(frame))
    page.keyboard.press(" ")
    expect(player).to_have_attribute("data-playing", "true")


def test_step_buttons_move_by_one_frame(player: Locator) -> None:
    go_to(player, 12)
    player.get_by_role("button", name="One frame forward").click()
    expect(player).to_have_attribute("data-frame", "13")
    player.get_by_role("button", name="One frame back").click()
    expect(player).to_have_attribute("data-frame", "12")


def test_without_loop_it_ends_on_the_last_frame_and_plays_again_from_the_first(player: Locator) -> None:
    press(player, "Loop")
    expect(player.locator("[data-action=loop]")).to_have_attribute("aria-pressed", "false")
    player.get_by_label("Speed").select_option("4")
    expect(player).to_have_attribute("data-playing", "false")
    expect(player).to_have_attribute("data-frame", "29")
    player.get_by_label("Speed").select_option("0.25")
    player.get_by_role("button", name="Play").click()
    expect(player).to_have_attribute("data-frame", re.compile(r"^[0-5]$"))


@pytest.mark.parametrize(
    ("view", "turns"),
    [("Front", VIEWS["front"]), ("Side", VIEWS["side"]), ("Top", VIEWS["top"]), ("Reset", VIEWS["start"])],
)
def test_joints_are_drawn_where_the_camera_sees_them(
    player: Locator, view: str, turns: tuple[float, float]
) -> None:
    go_to(player, 12)
    press(player, "Side view")
    press(player, f"{view} view")
    expect(player).to_have_attribute("data-yaw", f"{turns[0]:.4f}")
    expect(player).to_have_attribute("data-pitch", f"{turns[1]:.4f}")
    expect(player).to_have_attribute("data-drawn", "20")
    np.testing.assert_allclose(drawn_joints(player)[0], projected(player, ["wave"], 0, 12, turns), atol=0.05)


def test_front_view_has_left_limbs_blue_on_the_left_and_right_limbs_vermilion(player: Locator) -> None:
    go_to(player, 12)
    press(player, "Front view")
    expect(player).to_have_attribute("data-yaw", "0.0000")
    across = drawn_joints(player)[0][:, 0]
    assert across[LEFT].max() < across[RIGHT].min()
    assert pixel(player, LEFT_WRIST) == (0, 114, 178)
    assert pixel(player, RIGHT_WRIST) == (213, 94, 0)


def test_untracked_frames_are_marked_said_and_show_the_last_tracked_pose(page: Page, player: Locator) -> None:
    show(page, "lost")
    marks = player.locator(".lane .lost").evaluate_all("marks => marks.map(mark => mark.dataset.frames)")
    assert marks == ["5-7", "15-15"]
    expect(player.locator(".legend")).to_contain_text("not tracked")
    go_to(player, 4)
    expect(player).to_have_attribute("data-untracked", "false")
    before = drawn_joints(player)[0]
    go_to(player, 6)
    expect(player).to_have_attribute("data-untracked", "true")
    expect(player).to_have_attribute("data-drawn", "0")
    expect(player.get_by_role("img", name="Skeleton: clip lost, not tracked")).to_be_visible()
    np.testing.assert_array_equal(drawn_joints(player)[0], before)


def test_rerun_with_the_same_data_keeps_frame_camera_and_speed(page: Page, player: Locator) -> None:
    go_to(player, 7)
    player.get_by_label("Speed").select_option("2")
    player.locator(".stage").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("+")
    expect(player).to_have_attribute("data-zoom", "1.1500")
    expect(player).to_have_attribute("data-yaw", "0.3000")
    page.get_by_role("button", name="Rerun").click()
    expect(page.get_by_text("Run 2")).to_be_visible()
    let_frames_pass(page)
    state = player.evaluate("root => ({ ...root.dataset })")
    assert (state["frame"], state["yaw"], state["zoom"]) == ("7", "0.3000", "1.1500")
    expect(player.get_by_label("Speed")).to_have_value("2")


def test_rerun_goes_on_playing(page: Page, player: Locator) -> None:
    player.get_by_label("Speed").select_option("0.25")
    expect(player).to_have_attribute("data-frame", re.compile(r"^([5-9]|\d\d)$"))
    page.get_by_role("button", name="Rerun").click()
    expect(page.get_by_text("Run 2")).to_be_visible()
    let_frames_pass(page, 3)
    assert int(player.get_attribute("data-frame") or 0) >= 5
    expect(player).to_have_attribute("data-playing", "true")


def test_another_clip_starts_from_its_first_frame_and_keeps_the_camera(page: Page, player: Locator) -> None:
    go_to(player, 25)
    press(player, "Side view")
    show(page, "lost")
    expect(player).to_have_attribute("data-frames", "20")
    expect(player).to_have_attribute("data-playing", "true")
    expect(player).to_have_attribute("data-yaw", f"{-np.pi / 2:.4f}")


def test_two_clips_move_in_step_on_one_scale_and_the_shorter_holds_its_last_frame(
    page: Page, player: Locator
) -> None:
    show(page, "wave and short")
    press(player, "Front view")
    expect(player).to_have_attribute("data-yaw", "0.0000")
    for frame in (3, 25):
        go_to(player, frame)
        expect(player).to_have_attribute("data-drawn", "40")
        names, drawn = ["wave", "short"], drawn_joints(player)
        np.testing.assert_allclose(drawn[0], projected(player, names, 0, frame, (0, 0)), atol=0.05)
        np.testing.assert_allclose(drawn[1], projected(player, names, 1, min(frame, 11), (0, 0)), atol=0.05)
    expect(player.get_by_role("img", name="Skeleton: clip short, ended at frame 12")).to_be_visible()


def test_dragging_turns_the_figure(page: Page, player: Locator) -> None:
    go_to(player, 12)
    box = player.locator(".stage canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 300, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 320, box["y"] + 110)
    page.mouse.up()
    expect(player).to_have_attribute("data-yaw", "0.2000")
    expect(player).to_have_attribute("data-pitch", "0.3000")


def test_wheel_zooms_only_a_player_that_has_the_focus(page: Page, player: Locator) -> None:
    player.locator(".stage canvas").hover()
    page.mouse.wheel(0, -100)
    let_frames_pass(page)
    expect(player).to_have_attribute("data-zoom", "1.0000")
    player.locator(".stage canvas").click()
    page.mouse.wheel(0, -100)
    expect(player).not_to_have_attribute("data-zoom", "1.0000")


def test_joint_names_appear_on_demand(page: Page, player: Locator) -> None:
    go_to(player, 12)
    picture = "canvas => canvas.toDataURL()"
    without = player.locator(".stage canvas").evaluate(picture)
    press(player, "Joint names")
    button = player.locator("[data-action=names]")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert player.locator(".stage canvas").evaluate(picture) != without


def test_skeleton_without_bones_is_drawn_as_joints(page: Page, player: Locator) -> None:
    show(page, "points")
    expect(player).to_have_attribute("data-drawn", "13")
    expect(player.locator(".legend")).not_to_contain_text("left", use_inner_text=True)


def test_dark_theme_is_drawn_anew_without_a_reload(page: Page, player: Locator) -> None:
    go_to(player, 12)
    light_rim, light_trunk = stage_colour(player), pixel(player, KINECT_20.root[0])
    page.emulate_media(color_scheme="dark")
    expect(player.locator(".stage")).not_to_have_css("background-color", light_rim)
    assert brightness(stage_colour(player)) < 80 < 200 < brightness(light_rim)
    let_frames_pass(page)
    assert pixel(player, KINECT_20.root[0]) != light_trunk
    expect(player).to_have_attribute("data-frame", "12")


def stage_colour(player: Locator) -> str:
    return str(player.locator(".stage").evaluate("stage => getComputedStyle(stage).backgroundColor"))


def brightness(colour: str) -> int:
    return max(int(part) for part in re.findall(r"\d+", colour)[:3])


def choose_hands(player: Locator) -> None:
    open_menu(player)
    player.locator(".joints summary").click()
    press(player, "Hands")
    expect(player).to_have_attribute("data-chosen", "left_hand right_hand")


def front_view(player: Locator) -> None:
    press(player, "Front view")
    expect(player).to_have_attribute("data-yaw", "0.0000")


def opaque(canvas: Locator, places: list[list[float]]) -> list[bool]:
    """Say for each place of a canvas whether something is drawn there."""
    return list(
        canvas.evaluate(
            """(canvas, places) => {
                const ratio = canvas.width / canvas.clientWidth, context = canvas.getContext("2d");
                return places.map(([x, y]) => context.getImageData(x * ratio, y * ratio, 1, 1).data[3] > 0);
            }""",
            places,
        )
    )


@pytest.mark.parametrize(("frame", "first"), [(12, 0), (28, 6)])
def test_trail_leads_through_the_frames_of_the_last_second_and_a_half(
    player: Locator, frame: int, first: int
) -> None:
    front_view(player)
    choose_hands(player)
    go_to(player, frame)
    trails = player.evaluate("root => root.drawnTrails[0]")
    assert sorted(trails) == ["left_hand", "right_hand"]
    expected = [projected(player, ["wave"], 0, past, (0, 0))[LEFT_HAND] for past in range(first, frame + 1)]
    np.testing.assert_allclose(trails["left_hand"], expected, atol=0.05)
    newest = np.array(expected[-8:])
    between = ((newest[1:] + newest[:-1]) / 2).tolist()
    assert all(opaque(player.locator(".stage canvas"), between))
    press(player, "None")
    expect(player).to_have_attribute("data-chosen", "")
    assert not all(opaque(player.locator(".stage canvas"), between))


def test_trail_and_plot_break_where_the_body_was_not_tracked(page: Page, player: Locator) -> None:
    show(page, "lost")
    choose_hands(player)
    press(player, "Positions")
    go_to(player, 10)
    trail = player.evaluate("root => root.drawnTrails[0].right_hand")
    assert [place for place, point in enumerate(trail) if point is None] == [5, 6, 7]
    line = player.evaluate("root => root.plottedLines[0].right_hand")
    assert [frame for frame, point in enumerate(line) if point is None] == [5, 6, 7, 15]


def test_joints_are_chosen_with_the_keyboard_while_it_plays(page: Page, player: Locator) -> None:
    open_menu(player)
    player.locator(".joints summary").press("Enter")
    player.get_by_label("left knee", exact=True).press("Space")
    player.get_by_label("head", exact=True).press("Space")
    expect(player).to_have_attribute("data-chosen", "head left_knee")
    expect(player.locator(".joints .count")).to_have_text("left knee, head")
    expect(player).to_have_attribute("data-playing", "true")


def test_click_on_a_joint_chooses_it_and_a_drag_from_it_does_not(page: Page, player: Locator) -> None:
    go_to(player, 12)
    joints = drawn_joints(player)[0]
    apart = np.hypot(*(joints[:, None] - joints[None]).transpose(2, 0, 1)) + 1e6 * np.eye(20)
    loneliest = int(apart.min(axis=1).argmax())
    box = player.locator(".stage canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + joints[loneliest, 0], box["y"] + joints[loneliest, 1]
    page.mouse.click(x, y)
    expect(player).to_have_attribute("data-chosen", KINECT_20.joints[loneliest])
    expect(player).to_have_attribute("data-yaw", "0.4000")
    page.mouse.down()
    page.mouse.move(x + 30, y)
    page.mouse.up()
    expect(player).to_have_attribute("data-yaw", "0.1000")
    expect(player).to_have_attribute("data-chosen", KINECT_20.joints[loneliest])


def test_skeleton_without_hands_says_how_to_choose_what_is_plotted(page: Page, player: Locator) -> None:
    show(page, "points")
    press(player, "Positions")
    expect(player.get_by_text("No joint is chosen")).to_be_visible()
    open_menu(player)
    player.locator(".joints summary").click()
    expect(player.get_by_role("button", name="Hands")).to_be_hidden()
    player.get_by_label("joint 3", exact=True).check()
    expect(player.get_by_role("img", name=re.compile("Plot of y.*: joint 3"))).to_be_visible()
    expect(player.get_by_text("No joint is chosen")).to_be_hidden()


def plotted(player: Locator) -> list[dict[str, list[Any]]]:
    return list(player.evaluate("root => root.plottedLines"))


@pytest.mark.parametrize(
    ("axis", "letter", "says"), [(0, "x", "to the right"), (1, "y", "up"), (2, "z", "away")]
)
def test_plot_shows_the_numbers_of_the_clip(player: Locator, axis: int, letter: str, says: str) -> None:
    press(player, "Positions")
    expect(player).to_have_attribute("data-positions", "open")
    expect(player).to_have_attribute("data-chosen", "left_hand right_hand")
    player.get_by_label("Axis").select_option(str(axis))
    expect(player).to_have_attribute("data-axis", letter)
    picture = player.get_by_role("img", name=re.compile(f"Plot of {letter}, {says}.* in metres.*left hand"))
    expect(picture).to_be_visible()
    (lines,) = plotted(player)
    places = np.concatenate([lines["left_hand"], lines["right_hand"]])
    values = CLIPS["wave"][:, [LEFT_HAND, RIGHT_HAND], axis].T.ravel()
    slope, start = np.polyfit(values, places[:, 1], 1)
    np.testing.assert_allclose(places[:, 1], start + slope * values, atol=0.01)
    assert slope < 0  # higher is higher
    np.testing.assert_allclose(np.diff(places[:30, 0]), places[1, 0] - places[0, 0], atol=0.01)
    assert all(opaque(picture, lines["left_hand"]))


def test_cursor_of_the_plot_moves_with_the_player_and_a_press_or_drag_goes_to_its_frame(
    page: Page, player: Locator
) -> None:
    press(player, "Positions")
    cursor = player.locator(".plot")
    expect(cursor).to_have_attribute("data-cursor", re.compile(r"\d"))
    player.locator(".positions").scroll_into_view_if_needed()
    before = cursor.get_attribute("data-cursor")
    expect(cursor).not_to_have_attribute("data-cursor", before or "")
    across = [place[0] for place in plotted(player)[0]["left_hand"]]
    go_to(player, 12)
    expect(cursor).to_have_attribute("data-cursor", f"{across[12]:.2f}")
    player.locator(".area").scroll_into_view_if_needed()
    area, drawn = player.locator(".area").bounding_box(), player.locator(".cursor").bounding_box()
    assert area and drawn
    assert drawn["x"] + drawn["width"] / 2 - area["x"] == pytest.approx(across[12], abs=0.6)
    page.mouse.move(area["x"] + across[20], area["y"] + 60)
    page.mouse.down()
    expect(player).to_have_attribute("data-frame", "20")
    page.mouse.move(area["x"] + across[5] + 1, area["y"] + 90)
    page.mouse.up()
    expect(player).to_have_attribute("data-frame", "5")
    expect(player).to_have_attribute("data-playing", "false")


def test_plots_of_clips_in_one_unit_share_their_axes(page: Page, player: Locator) -> None:
    show(page, "wave and short")
    press(player, "Positions")
    expect(player).to_have_attribute("data-positions", "open")
    expect(player.get_by_role("img", name=re.compile("Plot of y.*clip short"))).to_be_visible()
    wave, short = (np.array(lines["left_hand"]) for lines in plotted(player))
    values = np.concatenate([CLIPS["wave"][:, LEFT_HAND, 1], CLIPS["short"][:, LEFT_HAND, 1]])
    up = np.concatenate([wave[:, 1], short[:, 1]])
    np.testing.assert_allclose(np.polyval(np.polyfit(values, up, 1), values), up, atol=0.01)
    np.testing.assert_allclose(short[:, 0], wave[:12, 0], atol=0.01)


def test_another_clip_keeps_the_joints_the_plot_and_its_axis(page: Page, player: Locator) -> None:
    choose_hands(player)
    press(player, "Positions")
    player.get_by_label("Axis").select_option("2")
    player.get_by_label("Speed").select_option("0.5")
    show(page, "lost")
    expect(player).to_have_attribute("data-frames", "20")
    expect(player).to_have_attribute("data-chosen", "left_hand right_hand")
    expect(player).to_have_attribute("data-axis", "z")
    expect(player.get_by_role("img", name=re.compile("Plot of z.*clip lost"))).to_be_visible()
    expect(player.get_by_label("left hand", exact=True)).to_be_checked()
    expect(player.get_by_label("Speed")).to_have_value("0.5")


# Plays from a frame, and returns where a joint was drawn each time until the next frame was counted.
PLAYED = """(root, joint) => new Promise(done => {
    const frame = root.dataset.frame, places = [];
    const look = () => {
        if (root.dataset.frame !== frame) return done(places);
        places.push(root.drawnJoints[0][joint]);
        requestAnimationFrame(look);
    };
    root.querySelector("[data-action=play]").click();
    look();
})"""


def test_figure_moves_smoothly_from_one_tracked_frame_to_the_next(player: Locator) -> None:
    front_view(player)
    player.get_by_label("Speed").select_option("0.25")
    go_to(player, 12)
    places = np.array(player.evaluate(PLAYED, LEFT_WRIST))
    start, end = (projected(player, ["wave"], 0, frame, (0, 0))[LEFT_WRIST] for frame in (12, 13))
    way = np.hypot(*(places - start).T)
    np.testing.assert_allclose(way + np.hypot(*(places - end).T), np.hypot(*(end - start)), atol=0.1)
    assert np.all(np.diff(way) >= 0)
    assert len(np.unique(way)) > 2


def test_no_way_is_made_up_to_a_frame_that_was_not_tracked(page: Page, player: Locator) -> None:
    show(page, "lost")
    front_view(player)
    player.get_by_label("Speed").select_option("0.25")
    go_to(player, 4)
    places = np.array(player.evaluate(PLAYED, LEFT_WRIST))
    expected = projected(player, ["lost"], 0, 4, (0, 0))[LEFT_WRIST]
    np.testing.assert_allclose(places, np.broadcast_to(expected, places.shape), atol=0.05)


def test_two_fingers_zoom(page: Page, player: Locator) -> None:
    go_to(player, 12)
    box = player.locator(".stage canvas").bounding_box()
    assert box is not None
    x, y = box["x"] + 300, box["y"] + 150
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *places: float) -> None:
        points = [{"x": place, "y": y, "id": number} for number, place in enumerate(places)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x - 40)
    touch("touchStart", x - 40, x + 40)
    touch("touchMove", x - 60, x + 60)
    touch("touchMove", x - 80, x + 80)
    touch("touchEnd")
    expect(player).to_have_attribute("data-zoom", "2.0000")
    expect(player).to_have_attribute("data-chosen", "")


def show_grid(page: Page) -> Locator:
    page.get_by_text("grid", exact=True).click()
    figures = page.locator(".stage figure")
    expect(figures).to_have_count(12)
    return figures


def test_grid_draws_only_figures_in_sight_and_stops_when_none_is(page: Page, player: Locator) -> None:
    page.set_viewport_size({"width": 1280, "height": 400})
    figures = show_grid(page)
    figures.first.evaluate("figure => figure.scrollIntoView()")
    expect(figures.first).to_have_attribute("data-frame", re.compile(r"\d"))
    assert figures.last.get_attribute("data-frame") is None
    figures.last.evaluate("figure => figure.scrollIntoView()")
    expect(figures.last).to_have_attribute("data-frame", re.compile(r"\d"))
    page.locator("[data-testid=stHtml]").evaluate("space => space.scrollIntoView({ block: 'end' })")
    let_frames_pass(page)
    held = player.get_attribute("data-frame")
    let_frames_pass(page, 30)
    assert player.get_attribute("data-frame") == held
    expect(player).to_have_attribute("data-playing", "true")
    figures.first.evaluate("figure => figure.scrollIntoView()")
    expect(player).not_to_have_attribute("data-frame", held or "")


def test_grid_marks_the_lost_frames_of_each_figure(page: Page, player: Locator) -> None:
    figures = show_grid(page)
    marks = figures.first.locator(".lost").evaluate_all("marks => marks.map(mark => mark.dataset.frames)")
    assert marks == ["5-7", "15-15"]
    expect(figures.last.locator(".lost")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 390])
def test_grid_of_twelve_overflows_nowhere(page: Page, player: Locator, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    show_grid(page)
    choose_hands(player)
    press(player, "Positions")
    expect(player).to_have_attribute("data-positions", "open")
    parts = player.locator("button, canvas, select, figcaption, fieldset, .scrub")
    edges = parts.evaluate_all(
        "parts => parts.map(part => part.getBoundingClientRect()).flatMap(box => [box.left, box.right])"
    )
    assert min(edges) >= 0
    assert max(edges) <= width
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.fixture
def tracked(page: Page, player: Locator) -> Locator:
    """The player with a clip that has lines and a path, beside one that has neither."""
    page.get_by_text("tracked", exact=True).click()
    expect(player).to_have_attribute("data-title", "clip wave | clip short")
    expect(player.locator(".tracks .plot")).to_have_count(1)
    expect(player.locator(".planes .plane")).to_have_count(1)
    return player


def test_lines_of_a_clip_are_drawn_at_their_moments_and_read_off_at_the_frame(tracked: Locator) -> None:
    go_to(tracked, 10)
    lines = tracked.evaluate("root => root.trackedLines[0]")
    assert sorted(lines) == ["down", "rest", "up"]
    for name, values in zip(("up", "down", "rest"), LINES, strict=True):
        across, down = np.array(lines[name]).T
        np.testing.assert_allclose(np.polyval(np.polyfit(MOMENTS, across, 1), MOMENTS), across, atol=0.01)
        np.testing.assert_allclose(
            np.polyval(np.polyfit(LINES[0], np.array(lines["up"])[:, 1], 1), values), down
        )
    readings = tracked.locator(".readings")
    expect(readings).to_have_text("up 60 %down 30 %")
    go_to(tracked, 15)
    expect(readings).to_have_text("up 70 %down 23 %")
    expect(
        tracked.get_by_role("img", name=re.compile("share.* up ends at 90 %, down ends at 5 %, and 1"))
    ).to_be_visible()


def test_cursor_of_the_lines_goes_with_the_player_and_a_press_goes_to_its_frame(
    page: Page, tracked: Locator
) -> None:
    go_to(tracked, 20)
    area = tracked.locator(".track .area")
    area.scroll_into_view_if_needed()
    across = [place[0] for place in tracked.evaluate("root => root.trackedLines[0].up")]
    expect(tracked.locator(".track")).to_have_attribute("data-cursor", f"{across[3]:.2f}")
    box = area.bounding_box()
    assert box
    page.mouse.click(box["x"] + across[2], box["y"] + 60)
    expect(tracked).to_have_attribute("data-frame", "10")


def test_path_grows_through_the_plane_in_step_and_a_press_goes_to_its_nearest_moment(
    page: Page, tracked: Locator
) -> None:
    tracked.locator(".plane").scroll_into_view_if_needed()
    go_to(tracked, 29)
    wait_until("root => root.drawnPaths?.[0]", tracked)  # it is in sight now
    whole = np.array(tracked.evaluate("root => root.drawnPaths[0]"))
    for axis in (0, 1):
        fit = np.polyfit(PATH[:, axis], whole[:, axis], 1)
        np.testing.assert_allclose(np.polyval(fit, PATH[:, axis]), whole[:, axis], atol=0.01)
        assert fit[0] > 0 if axis == 0 else fit[0] < 0  # up is up
    go_to(tracked, 15)  # half the way from the third moment to the fourth
    expected = [*whole[:3], (whole[2] + whole[3]) / 2]
    np.testing.assert_allclose(tracked.evaluate("root => root.drawnPaths[0]"), expected, atol=0.01)
    area = tracked.locator(".plane .area")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    assert box
    page.mouse.click(box["x"] + whole[3, 0] + 2, box["y"] + whole[3, 1] - 2)
    expect(tracked).to_have_attribute("data-frame", "20")


def test_lines_and_plane_go_with_their_clip(page: Page, tracked: Locator) -> None:
    show(page, "lost")
    expect(tracked.locator(".tracks")).to_be_hidden()
    expect(tracked.locator(".planes")).to_be_hidden()
