"""A visitor without a browser: it speaks the dashboard's own protocol, and draws nothing."""

import re
import time
from contextlib import ExitStack
from types import TracebackType
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

_NUMBER = re.compile(r":small\[:gray\[(.+)\]\]  \n\**(.+?)\**")  # of the run that is watched

_PATIENCE = 60.0  # seconds that a script may take


class LightClient:
    """One session on the dashboard. Like the browser it runs the page's script, and its live parts in time.

    Attributes:
        page_seconds: of each change of a page, from the request to the end of the script.
        faults: exception boxes that were sent.
        messages: how many came.
        parts: the ids of the dashboard's own components on the page, by their names.
        told: what alerts and cards have told since the whole page was drawn last.
    """

    def __init__(self, address: str, **query: str) -> None:
        self.page_seconds: list[float] = []
        self.faults: list[str] = []
        self.messages = 0
        self.told: list[str] = []
        self.parts: dict[str, str] = {}
        self._address = address.replace("http", "ws", 1) + "/_stcore/stream"
        self._query = urlencode(query)
        self._pages: dict[str, str] = {}  # script hash by path
        self._page = ""
        self._live: dict[str, tuple[float, float]] = {}  # by fragment: seconds between, and when it is due
        self._socket: ClientConnection
        self._open = ExitStack()

    def __enter__(self) -> "LightClient":
        # The headers of a browser: without an origin the server would take it for a script of its own.
        connection = connect(
            self._address, subprotocols=["streamlit"], max_size=None, proxy=None,  # type: ignore[list-item]
            origin=self._address.replace("ws", "http", 1).removesuffix("/_stcore/stream"),  # type: ignore[arg-type]
        )  # fmt: skip
        self._socket = self._open.enter_context(connection)
        self._run()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def go_to(self, path: str) -> None:
        """Change to a page, by its path in the URL, and wait until its script has ended."""
        self._page = self._pages[path]
        started = time.monotonic()
        self._run()
        self.page_seconds.append(time.monotonic() - started)

    def send(self, widget: WidgetState) -> None:
        """Say that a widget holds something, and wait until the page has answered."""
        self._run(widget=widget)

    def stay(self, seconds: float) -> None:
        """Stay on the page, and run its live parts whenever they are due."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            due, fragment = min(((due, name) for name, (_, due) in self._live.items()), default=(until, ""))
            if due >= until:
                self._listen(until - now)
                return
            self._listen(due - now)
            if fragment not in self._live:  # the whole page was drawn anew meanwhile
                continue
            every, _ = self._live[fragment]
            self._live[fragment] = (every, time.monotonic() + every)
            self._run(fragment)

    def _run(self, fragment: str = "", widget: WidgetState | None = None) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.widget_states.widgets.extend([widget] if widget else [])
        state.query_string, state.page_script_hash, state.fragment_id = self._query, self._page, fragment
        state.is_auto_rerun = bool(fragment)
        if not fragment:
            self._live.clear()
        self._socket.send(message.SerializeToString())
        end = time.monotonic() + _PATIENCE
        while not self._take(self._socket.recv(timeout=end - time.monotonic())):
            pass

    def _listen(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        try:
            while True:
                self._take(self._socket.recv(timeout=max(0.0, end - time.monotonic())))
        except TimeoutError:
            return

    def _take(self, content: str | bytes) -> bool:
        """Take a message in; return whether it ends a script."""
        assert isinstance(content, bytes)
        message = ForwardMsg.FromString(content)
        self.messages += 1
        if message.HasField("navigation"):
            self._pages = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
        elif message.HasField("new_session") and not message.metadata.run.fragment_ids:
            self._live.clear()  # a live part may have the whole page drawn anew, and get another name
            self.told.clear()
        elif message.HasField("auto_rerun"):
            every = message.auto_rerun.interval
            self._live[message.auto_rerun.fragment_id] = (every, time.monotonic() + every)
        elif message.HasField("page_info_changed"):
            self._query = message.page_info_changed.query_string
        elif message.HasField("delta"):
            element = message.delta.new_element
            if element.HasField("exception"):
                self.faults.append(element.exception.message)
            elif element.HasField("bidi_component"):
                self.parts[element.bidi_component.component_name] = element.bidi_component.id
            elif element.HasField("alert"):
                self.told.append(element.alert.body)
            elif element.HasField("metric"):
                self.told.append(f"{element.metric.label}: {element.metric.body}")
            elif number := _NUMBER.fullmatch(element.markdown.body):
                self.told.append(f"{number[1]}: {number[2]}")
        return message.HasField("script_finished")
