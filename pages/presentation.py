"""Presentation: one figure of each of the 14 steps, in large letters, with nothing beside it."""

import streamlit as st

from app.screens.presentation.frame import Slide, draw_slide, leaves
from app.screens.presentation.given import look_around
from app.screens.presentation.slides import SLIDES, title_of_step
from app.shell.presenting import leave_presentation
from app.shell.selection import recall
from har_core.errors import HarError

if leaves():
    leave_presentation()

asked = recall("step") or ""
step = int(asked) if asked.isdecimal() and int(asked) in SLIDES else next(iter(SLIDES))
try:
    with st.spinner("Looking for what there is to show"):
        slide = SLIDES[step](look_around())
except HarError as error:
    slide = Slide(title_of_step(step), message=str(error))
draw_slide(slide, step, len(SLIDES))
