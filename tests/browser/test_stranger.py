"""A stranger who speaks the dashboard's protocol, without a browser: a real server hears what it should."""

from pathlib import Path

import pytest

from tests.app.test_hostile_messages import BROKEN, ODD, as_event, as_state, messages_of
from tests.browser.conftest import REPOSITORY, serving
from tests.browser.light_client import LightClient

pytestmark = pytest.mark.soak


def test_a_server_and_the_page_outlive_whatever_is_said_of_its_parts(shown_home: Path) -> None:
    with serving(REPOSITORY / "app" / "Home.py", {"HAR_HOME": str(shown_home)}) as server:
        for page, name in (("results", "confusion_matrix"), ("features", "feature_scatter")):
            with LightClient(server.address) as stranger, LightClient(server.address) as other:
                stranger.go_to(page)
                told = list(stranger.told)
                part = stranger.parts[name]
                sent = [message for value in ODD.values() for message in messages_of(part, value)]
                sent += [say(part, text) for text in BROKEN.values() for say in (as_event, as_state)]
                for message in sent:
                    stranger.send(message)
                    assert stranger.faults == [] and stranger.told == told
                stranger.go_to("training")
                other.go_to(page)
                assert stranger.faults == other.faults == []
        assert "Traceback" not in server.said().replace("Failed to deserialize component state", "")
