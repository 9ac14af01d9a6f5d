"""What each page has in the browser before Streamlit's own: history, the visitor's theme, uploads, style."""

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOLDER = Path(__file__).parent / "browser"
_SCRIPT = b"".join(
    f"<{tag}>\n".encode() + (_FOLDER / name).read_bytes() + f"</{tag}>\n".encode()
    for tag, name in (
        ("script", "history.js"),
        ("script", "theme.js"),
        ("script", "uploads.js"),
        ("style", "page.css"),
    )
)
_NOT_ASKED = (b"if-none-match", b"if-modified-since", b"accept-encoding")
"""A copy that the browser has kept may be one without the script, and into a packed page it can't be put."""


class PageScripts:
    """Puts scripts into each page that the browser opens, before Streamlit's own is run.

    Args:
        app: what answers requests for pages.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; a page gets the scripts at its end, where they run before any module does."""
        if scope["type"] != "http" or "text/html" not in Headers(scope=scope).get("accept", ""):
            await self._app(scope, receive, send)
            return
        in_page = False

        async def send_with_script(message: Message) -> None:
            nonlocal in_page
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                kind, encoding = headers.get("content-type", ""), headers.get("content-encoding")
                in_page = scope["method"] == "GET" and kind.startswith("text/html") and not encoding
                if in_page and "content-length" in headers:
                    headers["content-length"] = str(int(headers["content-length"]) + len(_SCRIPT))
            elif in_page and not message.get("more_body", False):
                message = message | {"body": message.get("body", b"") + _SCRIPT}
            await send(message)

        asked = [(name, value) for name, value in scope["headers"] if name not in _NOT_ASKED]
        await self._app(scope | {"headers": asked}, receive, send_with_script)
