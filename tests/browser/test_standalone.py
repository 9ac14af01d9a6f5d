"""Saved sequences: through the page's buttons onto the disk, and opened from there."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

HOME = Path(__file__).resolve().parents[2] / "app" / "Home.py"
SEQUENCE = "a13_s02_e01"


@pytest.fixture(scope="module")
def address(serve: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(HOME, {"HAR_HOME": str(tmp_path_factory.mktemp("home"))}) as url:
        yield url


def save(page: Page, address: str, button: str, folder: Path) -> Path:
    """Save the sequence through the page, and return the file."""
    page.goto(f"{address}/skeletons?sequence={SEQUENCE}")
    expect(page.locator(".player")).to_have_attribute("data-playing", "true")
    page.get_by_role("button", name="Save").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


@pytest.fixture
def saved_page(page: Page, address: str, tmp_path: Path) -> Path:
    return save(page, address, "HTML page", tmp_path)


@pytest.mark.parametrize(("theme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(18, 22, 28)")])
def test_saved_page_plays_from_the_disk_and_asks_for_nothing(
    chromium: Browser, saved_page: Path, theme: Literal["light", "dark"], ground: str
) -> None:
    assert saved_page.name == f"{SEQUENCE}.html"
    context = chromium.new_context(color_scheme=theme, offline=True)
    page, asked, errors = context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: errors.append(message.text))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(saved_page.as_uri())
    player = page.locator(".player")
    expect(player).to_have_attribute("data-playing", "true")
    frame = player.get_attribute("data-frame")
    expect(player).not_to_have_attribute("data-frame", frame or "")
    expect(player).to_have_attribute("data-drawn", "20")
    expect(page.locator(".stage")).to_have_css("background-color", ground)
    expect(page.locator("h1")).to_have_text(SEQUENCE)
    expect(page.locator(".note")).to_contain_text("Synthetic data")
    player.get_by_role("button", name="More").click()
    player.get_by_role("button", name="Positions").click()
    expect(player.get_by_role("img", name="Plot of y")).to_be_visible()
    assert [url for url in asked if not url.startswith("data:")] == [saved_page.as_uri()]
    assert errors == []
    context.close()


def test_saved_page_follows_a_change_of_the_theme(chromium: Browser, saved_page: Path) -> None:
    context = chromium.new_context(color_scheme="light")
    page = context.new_page()
    page.goto(saved_page.as_uri())
    page.get_by_role("button", name="Pause").click()
    canvas = page.locator(".stage canvas")
    light = canvas.evaluate("canvas => canvas.toDataURL()")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        "light => document.querySelector('.stage canvas').toDataURL() !== light", arg=light
    )
    context.close()


def test_saved_gif_has_every_frame_of_the_sequence(page: Page, address: str, tmp_path: Path) -> None:
    file = save(page, address, "GIF", tmp_path)
    assert file.name == f"{SEQUENCE}.gif"
    frames = page.locator(".player").get_attribute("data-frames")
    with Image.open(file) as image:
        assert image.format == "GIF"
        assert image.n_frames == int(frames or 0)


# A page of another origin, beside which the dashboard is open in the same browser


REACH = """async address => {
    const read = path => fetch(address + path)
        .then(answer => answer.text()).then(() => "read", () => "refused");
    const opened = new Promise(say => {
        const socket = new WebSocket(address.replace("http", "ws") + "/_stcore/stream", ["streamlit"]);
        socket.onopen = () => say("opened");
        socket.onclose = socket.onerror = () => say("refused");
    });
    return {
        page: await read("/"), health: await read("/_stcore/health"),
        config: await read("/_stcore/host-config"), socket: await opened,
    };
}"""


@pytest.fixture(params=["127.0.0.1", "127.0.0.2"])
def foreign_origin(request: pytest.FixtureRequest) -> Iterator[str]:
    """A server of an empty page at another port or another address of this computer."""

    class EmptyPage(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><title>another</title>")

        def log_message(self, *words: object) -> None:
            pass

    try:
        server = ThreadingHTTPServer((request.param, 0), EmptyPage)
    except OSError:
        pytest.skip("this computer has no second loopback address")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{request.param}:{server.server_port}"
    server.shutdown()


def test_page_of_another_origin_can_neither_read_the_dashboard_nor_talk_to_it_nor_frame_it(
    chromium: Browser, address: str, foreign_origin: str
) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{address}/skeletons")
    expect(page.locator(".player")).to_have_attribute("data-playing", "true")
    assert set(page.evaluate(REACH, address).values()) == {"read", "opened"}
    page.goto(foreign_origin)
    assert set(page.evaluate(REACH, address).values()) == {"refused"}
    with page.expect_event("framenavigated", lambda frame: frame.url.startswith("chrome-error:")):
        page.evaluate(
            "address => { const frame = document.createElement('iframe'); "
            "frame.src = address; document.body.append(frame); }", address,
        )  # fmt: skip
    context.close()
