"""The standalone page: everything in it, nothing beside it, and no text that becomes markup."""

import re
from base64 import b64decode
from html.parser import HTMLParser

import numpy as np

from har_core.player.clips import Clip, pack
from har_core.player.gif import SIDE_COLOURS
from har_core.player.standalone import standalone_page
from har_core.skeleton import KINECT_20

HOSTILE = "</script></title><img src=x onerror=alert(1)> & \"quoted\" 'too'"


class Reader(HTMLParser):
    """Collects the tags of a page, and the text of its heading and of its packed clips."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.links: list[str] = []
        self.texts: dict[str, str] = {}
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        self._inside = dict(attrs).get("id") or tag

    def handle_data(self, data: str) -> None:
        self.texts[self._inside] = self.texts.get(self._inside, "") + data


def made_up_clip(title: str = "a clip") -> Clip:
    frames = np.random.default_rng(0).normal(size=(5, 20, 3)).astype(np.float32)
    return Clip(title, frames, np.zeros(5, bool), KINECT_20)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_page_carries_the_packed_clips() -> None:
    clip = made_up_clip()
    packed = b64decode(read(standalone_page([clip], title="A clip", note="Synthetic")).texts["clips"])
    assert packed == pack([clip], 560, caption="A clip. Synthetic")
    assert packed.endswith(clip.frames.tobytes())


def test_page_names_no_address_of_a_network() -> None:
    page = standalone_page([made_up_clip()], title="A clip", note="A note")
    named = page.replace("http://www.w3.org/2000/svg", "")  # what SVG is called; nobody asks there
    assert not re.search(r"(https?:)?//[a-z]+\.[a-z]", named)
    assert not re.search(r"@import|url\(|\bimport\s*[({\"']|\bfetch\(", page)
    assert read(page).links == ["data:,"]


def test_titles_stay_text() -> None:
    plain = read(standalone_page([made_up_clip()], title="A clip", note="A note"))
    hostile = read(standalone_page([made_up_clip(HOSTILE)], title=HOSTILE, note=HOSTILE))
    assert hostile.tags == plain.tags
    assert hostile.texts["h1"].strip() == HOSTILE
    assert HOSTILE in hostile.texts["p"]
    assert HOSTILE not in standalone_page([made_up_clip(HOSTILE)], title=HOSTILE, note=HOSTILE)


def test_player_and_gif_have_the_same_colours_of_sides() -> None:
    page = standalone_page([made_up_clip()], title="A clip")
    for side in ("left", "right"):
        assert f"--{side}: {SIDE_COLOURS[side]};" in page
