"""Who is let in: requests by this dashboard's own pages, which no page of a stranger may show in a frame."""

from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

_THIS_COMPUTER = ("localhost", "127.0.0.1", "::1")
_FRAMES = "frame-ancestors 'self'"


class OriginGuard:
    """Refuses what a page of another origin asks for, and forbids such a page to show the dashboard.

    Streamlit checks the origin of its socket, too; but it takes every port of this computer for the same
    origin, takes a stranger's name that was led to this address for its own, and asks the network for its
    public address before it refuses the others.

    Args:
        app: what answers those that are let in.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return

        async def send_unframed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _FRAMES
                headers["X-Frame-Options"] = "SAMEORIGIN"
            await send(message)

        headers = Headers(scope=scope)
        scheme = "https" if scope.get("scheme") in ("https", "wss") else "http"
        if _names_this_server(headers.get("host", "")) and _comes_from_here(headers, scheme):
            await self._app(scope, receive, send_unframed)
        elif scope["type"] == "websocket":
            await WebSocketClose(code=1008)(scope, receive, send)
        else:
            refusal = PlainTextResponse("This dashboard answers its own pages only.", status_code=403)
            await refusal(scope, receive, send_unframed)


def _comes_from_here(headers: Headers, scheme: str) -> bool:
    """Say whether a request was made by a page of this server, or of an origin that the user admits.

    Behind a server that speaks https for this one the pages have another origin, which the user has to list.
    """
    origin = headers.get("origin")
    if origin is None or not st.get_option("server.enableCORS"):
        return True
    return origin == f"{scheme}://{headers.get('host')}" or origin in _listed("server.corsAllowedOrigins")


def _names_this_server(host: str) -> bool:
    """Say whether a server that answers this computer alone was asked by a name of this computer.

    A stranger's name server can lead a name of his to 127.0.0.1; then his page counts as one of this server.
    On a network nobody knows the names; there, and where the user lists them, Streamlit looks at them.
    """
    if st.get_option("server.address") not in _THIS_COMPUTER or _listed("server.allowedHosts"):
        return True
    try:
        return urlsplit(f"//{host}").hostname in _THIS_COMPUTER
    except ValueError:  # such as half a bracket
        return False


def is_open_to_others() -> bool:
    """Say whether other computers may reach the server: at its address, or through another server."""
    lists = _listed("server.allowedHosts") + _listed("server.corsAllowedOrigins")
    return st.get_option("server.address") not in _THIS_COMPUTER or bool(lists)


def _listed(option: str) -> list[str]:
    return [value.strip() for value in st.get_option(option)]
