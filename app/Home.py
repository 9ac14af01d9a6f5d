"""Entry of the dashboard: ``streamlit run app/Home.py``."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from app.component_messages import ComponentMessages
from app.descriptors import raise_limit
from app.doors import OriginGuard
from app.page_scripts import PageScripts
from app.shell.lab import get_lab
from app.shell.messages import stop_on_error
from app.shell.navigation import PRESENTATION, name_of, navigation
from app.shell.selection import keep_selection
from app.shell.sidebar import sidebar

ICON = str(Path(__file__).with_name("icon.svg"))

if __name__ == "__main__":  # as Streamlit runs it for a visitor
    # The icon is set before the navigation, which else fetches that of the page from the network.
    st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=230)
    page = navigation()
    get_lab()
    with stop_on_error():
        keep_selection(page.url_path)
        if page.url_path != PRESENTATION:
            sidebar(name_of(page))
        with st.container(gap="xsmall"):
            page.run()
else:  # as the server imports it
    raise_limit()
    middleware = [Middleware(OriginGuard), Middleware(ComponentMessages), Middleware(PageScripts)]
    app = st.App(__file__, middleware=middleware)
