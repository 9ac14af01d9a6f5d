"""Two pages with a title and nothing else: what Streamlit itself takes on this machine."""

from functools import partial

import streamlit as st

TITLES = ("First", "Second")

if __name__ == "__main__":  # as Streamlit runs it for a visitor
    pages = [st.Page(partial(st.title, title), title=title, url_path=title.lower()) for title in TITLES]
    st.navigation(pages).run()
