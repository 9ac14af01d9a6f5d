"""The scripts and the style that come before Streamlit's are put into pages, and nowhere else."""

import asyncio
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.page_scripts import PageScripts

HTML = (b"accept", b"text/html,*/*;q=0.8")
BODY = b"<html><body></body></html>\n"


def answer(
    asked: list[tuple[bytes, bytes]], kind: bytes = b"text/html; charset=utf-8", method: str = "GET",
    more: tuple[tuple[bytes, bytes], ...] = (), parts: tuple[bytes, ...] = (BODY[:9], BODY[9:]),
) -> tuple[list[tuple[bytes, bytes]], dict[bytes, bytes], bytes]:  # fmt: skip
    """Ask through the scripts' giver; return what was asked behind it, and the headers and body that came."""
    reached: list[tuple[bytes, bytes]] = []
    sent: list[dict[str, Any]] = []

    async def behind(scope: dict[str, Any], receive: object, send: Any) -> None:
        reached.extend(scope["headers"])
        length = str(sum(map(len, parts))).encode()
        headers = [(b"content-type", kind), (b"content-length", length), *more]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for place, part in enumerate(parts):
            await send(
                {"type": "http.response.body", "body": part, "more_body": place < len(parts) - 1}
            )  # in pieces, as a file comes

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": "/", "headers": asked}
    # In a thread of its own: where browser tests run, too, a loop of theirs is under way in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(PageScripts(behind)(scope, None, send))).result()
    return reached, dict(sent[0]["headers"]), b"".join(message["body"] for message in sent[1:])


def test_uploads_are_packed_up_to_the_size_that_the_server_takes() -> None:
    root = Path(__file__).resolve().parents[1]
    settings = tomllib.loads((root / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    script = (root / "app" / "browser" / "uploads.js").read_text(encoding="utf-8")
    assert f"LARGEST = {settings['server']['maxUploadSize']} * 2 ** 20;" in script


def test_page_ends_with_the_scripts_and_says_its_length() -> None:
    _, headers, body = answer([HTML])
    assert body.startswith(BODY + b"<script>") and body.endswith(b"</style>\n")
    assert headers[b"content-length"] == str(len(body)).encode()


def test_neither_a_copy_without_the_scripts_nor_a_packed_page_is_asked_for() -> None:
    kept = [
        (b"accept-encoding", b"gzip"),
        (b"if-none-match", b'"old"'),
        (b"if-modified-since", b"Thu, 26 Nov 2026 10:00:00 GMT"),
    ]
    reached, _, _ = answer([HTML, *kept])
    assert reached == [HTML]


@pytest.mark.parametrize(
    "request_",
    [
        {"asked": [(b"accept", b"*/*")]},
        {"asked": [HTML], "kind": b"text/javascript"},
        {"asked": [HTML], "method": "HEAD", "parts": (b"",)},
        {"asked": [HTML], "more": ((b"content-encoding", b"gzip"),)},
    ],
    ids=["no page was asked for", "no page came", "only the headers", "packed"],
)
def test_everything_else_passes_as_it_is(request_: dict[str, Any]) -> None:
    _, headers, body = answer(**request_)
    assert body == b"".join(request_.get("parts", (BODY,)))
    assert headers[b"content-length"] == str(len(body)).encode()
