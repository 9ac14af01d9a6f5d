"""Clips as one HTML file that plays anywhere: no server, no network, nothing beside it."""

from base64 import b64encode
from collections.abc import Sequence
from html import escape

from har_core.player import assets
from har_core.player.clips import MOST_LARGE_CLIPS, Clip, pack

# Bytes of the clips travel as base64, which has no character that means something in HTML.
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>
{css}
</style>
</head>
<body>
<h1>{title}</h1>
{note}
<main>
{html}
</main>
<script type="text/plain" id="clips">{clips}</script>
<script type="module">
{script}
const letters = atob(document.querySelector("#clips").textContent);
const data = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
const show = () => skeletonPlayer({{ data, parentElement: document.querySelector("main") }});
matchMedia("(prefers-color-scheme: dark)").onchange = show; // canvases follow no style sheet
show();
</script>
</body>
</html>
"""


def standalone_page(clips: Sequence[Clip], *, title: str, note: str = "") -> str:
    """Return an HTML page with the player and the clips in it.

    The page is light or dark as the reader's system is.

    Args:
        clips: one to twelve.
        title: of the page, as plain text.
        note: stands below the title, as plain text, such as that the data are synthetic.

    Raises:
        ValueError: as ``pack``.
    """
    caption = f"{title}. {note}" if note else title
    return _PAGE.format(
        title=escape(title),
        note=f'<p class="note">{escape(note)}</p>' if note else "",
        css=assets.STANDALONE_CSS + assets.CSS,
        html=assets.HTML,
        clips=b64encode(pack(clips, _height(len(clips)), caption=caption)).decode(),
        script=assets.SCRIPT,
    )


def _height(count: int) -> int:
    """Return how high the player is, in pixels: on a screen of 720, or a grid that one scrolls through."""
    return 560 if count <= MOST_LARGE_CLIPS else 800
