"""The student's answers on the page: what was answered so far, to read, to change and to bring in."""

from functools import partial

import streamlit as st

from app.shell.messages import stop_on_error
from app.shell.selection import recall, remember
from app.shell.widget_keys import draw_following
from app.shell.wording import escape_markdown
from har_core.errors import HarError
from har_core.report.answer_files import LARGEST_FILE, answers_in
from har_core.report.assignment import QUESTIONS, STEPS
from har_core.report.written import Answers, answer_changed, keep_answers, kept_answers
from har_core.wording import count_of, counted

_FILES = "files of answers that were taken"
_SAID = "what was taken of a file of answers"
_BEFORE = "answers before the last file was taken"
_REFUSED = "why an answer was not kept"


def draw_answers() -> Answers:
    """Draw a question with its answer, and the way to bring answers in; return what is answered.

    Answers that can't be read are told, and the page ends.
    """
    with stop_on_error():
        answers = kept_answers()
    st.markdown(f"**Your answers: {count_of(len(answers.given), len(QUESTIONS))}**")
    for refused in st.session_state.pop(_REFUSED, ()):
        st.error(escape_markdown(refused), icon=":material/error:")
    wanted = recall("question") or ""
    asked = int(wanted) if wanted in map(str, QUESTIONS) else next(iter(QUESTIONS))
    draw_following(
        st.selectbox, "hand-in question", asked, lambda number: remember("question", str(number)),
        "Question", list(QUESTIONS), label_visibility="collapsed",
        format_func=partial(_say_question, answers),
    )  # fmt: skip
    draw_following(
        st.text_area, f"answer to {asked}", answers.to(asked), partial(_change, asked),
        QUESTIONS[asked], height=180,
        placeholder="Type here, or into the report and bring that in. It is kept for every later hand-in.",
    )  # fmt: skip
    _draw_bringing_in(answers)
    return answers


def _say_question(answers: Answers, number: int) -> str:
    mark = "answered" if answers.to(number) else "open"
    return f"Step {number}, {mark}: {STEPS[number - 1].name}" if number else f"Conclusion, {mark}"


def _change(number: int, text: str) -> None:
    try:
        keep_answers(answer_changed(kept_answers(), number, text))
    except (HarError, OSError) as error:
        st.session_state[_REFUSED] = [str(error)]


def _draw_bringing_in(answers: Answers) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Bring answers in", icon=":material/upload_file:"):
            taken = st.session_state.get(_FILES, 0)  # another number empties the field
            file = st.file_uploader(
                "report.html, as Save with my answers saved it, or notebook.ipynb", [".html", ".ipynb"],
                key=f"answers {taken}", max_upload_size=LARGEST_FILE >> 20,
                help="What you answered there takes the place of what is kept here; the rest stays.",
            )  # fmt: skip
            if file:
                with stop_on_error(ends_page=False):
                    newer = answers_in(file.getvalue(), file.name)
                    keep_answers(answers.updated(newer))
                    st.session_state[_FILES], st.session_state[_BEFORE] = taken + 1, answers
                    st.session_state[_SAID] = _say_taken(answers, newer, file.name)
                    st.rerun()
        if _SAID in st.session_state:
            st.caption(escape_markdown(st.session_state[_SAID]), width="content")
            st.button("Undo", icon=":material/undo:", key="undo bringing answers in", on_click=_undo)


def _say_taken(before: Answers, newer: Answers, name: str) -> str:
    replaced = sum(before.to(number) not in ("", text) for number, text in newer.given.items())
    said = f"{counted(len(newer.given), 'answer')} of {name[:60]}"
    return f"{said}, {replaced} in the place of another." if replaced else f"{said}."


def _undo() -> None:
    del st.session_state[_SAID]
    try:
        keep_answers(st.session_state.pop(_BEFORE))
    except OSError as error:
        st.session_state[_REFUSED] = [str(error)]
