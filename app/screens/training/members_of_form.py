"""The members of an ensemble in the form: filled in by a preset or a run, and shown as they are."""

import streamlit as st

from app.shell.wording import escape_markdown
from har_core.models import EnsembleOptions
from har_core.training.config import ExperimentConfig, Member
from har_core.training.named_settings import say_non_default_settings
from har_core.wording import number

_MEMBERS = "form members"
_NOBODY = (
    "An ensemble is made of members, and none is named: take a preset that has some, such as the top of "
    "the ladder, or add up runs on the page Comparison."
)


def draw_members_of_form() -> tuple[tuple[Member, ...], str]:
    """Draw whom the form's ensemble adds up; return them, and in a sentence what is wrong with that."""
    members: tuple[Member, ...] = st.session_state.get(_MEMBERS, ())
    st.markdown("**Members**", help=ExperimentConfig.model_fields["members"].description)
    if not members:
        return (), _NOBODY
    experiments = ExperimentConfig(model=EnsembleOptions(), members=members).of_members
    for member, config in zip(members, experiments, strict=True):
        more = f", seed + {member.seed_offset}" if member.seed_offset else ""
        said = "; ".join(say_non_default_settings(config).values())
        st.markdown(
            f"- **{config.kind.title}**, weight {number(member.weight)}{more}", help=escape_markdown(said)
        )
    st.caption("Members that are trained already, with these settings and seeds, are taken as they are.")
    return members, ""
