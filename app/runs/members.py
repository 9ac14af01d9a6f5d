"""The members of an ensemble, each with the way to its own run."""

import streamlit as st

from app.shell.lab import get_lab
from app.shell.navigation import link_to
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.training.named_settings import say_members, say_seed
from har_core.training.store import Run
from har_core.wording import counted, number


def draw_members(run: Run) -> None:
    """Draw a button that opens the list of an ensemble's members; nothing of another run."""
    members = run.meta.members if run.meta else ()
    if not members:
        return
    with st.popover(
        counted(len(members), "member"), icon=":material/functions:", key=f"members of {run.run_id}",
        help=f"Adds up {escape_markdown(say_members(run.config))}.",
    ):  # fmt: skip
        for config, member in zip(run.config.of_members, members, strict=True):
            said = ", ".join([config.kind.title, *say_seed(config), f"weight {number(member.weight)}"])
            try:
                its = get_lab().store.get(member.run)
            except HarError:
                st.markdown(
                    f"{escape_markdown(said)}: run {escape_markdown(member.run)} is not here any more."
                )
            else:
                link_to(
                    "results" if its.results else "training",
                    escape_markdown(said),
                    icon=False,
                    run=member.run,
                )
