"""The pages: their names, and links between them."""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

LINKED = "linked"
"""A key of the URL: it was not left over, but says what a link is about."""

_FOLDER = Path(__file__).resolve().parents[2] / "pages"


@dataclass(frozen=True)
class PageInfo:
    """A screen of the dashboard.

    Attributes:
        title: in the navigation.
        icon: name of a PreparedExperiment symbol.
        purpose: what is done there, as a tooltip.
    """

    title: str
    icon: str
    purpose: str


PAGES: dict[str, PageInfo] = {
    "overview": PageInfo("Overview", "checklist", "The 14 steps and where each is done."),
    "data_set": PageInfo("Data set", "database", "How the files are organised, and what is in them."),
    "skeletons": PageInfo("Skeletons", "accessibility_new", "Sequences as moving skeletons."),
    "training": PageInfo("Training", "model_training", "Train models and watch them learn."),
    "results": PageInfo("Results", "grid_on", "Scores, curves and the confused sequences of a run."),
    "features": PageInfo("Features", "scatter_plot", "Do similar actions lie together?"),
    "comparison": PageInfo("Comparison", "compare_arrows", "All runs side by side."),
    "ladder": PageInfo("Ladder", "stairs", "What it takes to the state of the art, rung by rung."),
    "try_a_file": PageInfo("Try a file", "quiz", "What a run makes of sequences of other data."),
    "hand_in": PageInfo("Hand in", "assignment_turned_in", "A report and a notebook of your runs."),
}
"""By the name of the file in ``pages/``; the first is where the dashboard opens."""


SIDE_BY_SIDE, BY_SUBJECT_OR_AT_RANDOM = "Side by side", "By subject or at random?"
"""Views of the comparison that links of other pages open: two runs' matrices, and one model's two splits."""

PRESENTATION = "presentation"
"""A page without an entry in the navigation, which it doesn't show itself."""


def file_of(name: str) -> Path:
    """Return the file of a page."""
    return _FOLDER / f"{name}.py"


def path_of(name: str) -> str:
    """Return the path of a page in the URL; the first has none."""
    return "" if name == next(iter(PAGES)) else name.replace("_", "-")


def name_of(page: st.Page) -> str:
    """Return the name of a page's file."""
    return page.url_path.replace("-", "_") or next(iter(PAGES))


def _page(name: str) -> st.Page:
    info, path = PAGES[name], path_of(name)
    return st.Page(
        file_of(name), title=info.title, icon=f":material/{info.icon}:", help=info.purpose,
        url_path=path, default=not path,
    )  # fmt: skip


def navigation() -> st.Page:
    """Draw the navigation and return the page to run."""
    presentation = st.Page(file_of(PRESENTATION), title="Presentation", visibility="hidden")
    pages = [*map(_page, PAGES), presentation]
    page = st.navigation(pages)
    # Which page it is, is only known now; the last word counts.
    return st.navigation(pages, position="hidden") if page == presentation else page


def link_to(
    name: str, label: str | None = None, *, icon: bool = True, about: str = "", **selected: str
) -> None:
    """Draw a link to a page.

    Args:
        name: a key of ``PAGES``.
        label: what the link says; the page's title where it is None.
        icon: whether that of the page stands before it.
        about: what the tooltip says before it names the page.
        selected: what the page is to be about, such as ``run``; the rest of the selection stays, but for
            what was chosen within another part or data set.
    """
    info = PAGES[name]
    query = {LINKED: "yes", **selected} if selected else None
    said = f"{info.title}: {info.purpose}"
    st.page_link(
        file_of(name), label=label or info.title, icon=f":material/{info.icon}:" if icon else "",
        query_params=query, help=f"{about}  \n{said}" if about else said if label else None,
    )  # fmt: skip
