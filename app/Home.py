"""Entry of the dashboard: ``streamlit run app/Home.py``."""

from pathlib import Path

import streamlit as st

from app.ui.lab import get_lab
from app.ui.navigation import navigation
from app.ui.sidebar import sidebar

ICON = str(Path(__file__).with_name("icon.svg"))

st.set_page_config(
    page_title="HAR Lab",
    page_icon=str(Path(__file__).with_name("icon.svg")),
    layout="wide",
    initial_sidebar_state=230,
)
page = navigation()
get_lab()
sidebar()
page.run()
