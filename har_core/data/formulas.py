"""What each step of a preparation computes, as formulas in LaTeX.

Of one sequence, p(t, j) is the place of joint j in recorded frame t, c the middle of the hips, q what the
centring makes of it, r of T frames what the resampling makes of that, and x what a model is given. Axes are
k = x, y, z; the extremes of an axis, M and m, are over frames and joints. ``tests/data/test_formulas.py``
computes each of them by hand, and compares.
"""

from dataclasses import dataclass

from har_core.data.preparation import Preparation
from har_core.fields import say_value


@dataclass(frozen=True)
class Formula:
    """What one setting of a preparation does.

    Attributes:
        title: of the setting, and what was chosen.
        latex: the formula.
        meaning: a sentence.
    """

    title: str
    latex: str
    meaning: str


_TWO_LINES = r"\begin{gathered} %s \\ %s \end{gathered}"
_ENDS = r"M_k = \max r_k, \quad m_k = \min r_k"
_SCALE_OF_EACH = _TWO_LINES % (r"x_{t,j,k} = \tfrac{2 r_{t,j,k} - M_k - m_k}{M_k - m_k}", _ENDS)
_ONE_SCALE = _TWO_LINES % (r"x_{t,j,k} = \tfrac{2 r_{t,j,k} - M_k - m_k}{\max_k (M_k - m_k)}", _ENDS)

FORMULAS: dict[str, dict[str | int | None, tuple[str, str]]] = {
    "missing": {
        "interpolate": (
            _TWO_LINES % (r"p_{t,j} = \tfrac{b-t}{b-a}\,p_{a,j} + \tfrac{t-a}{b-a}\,p_{b,j}", "a < t < b"),
            "A joint that is lost gets the places on the straight line between the frames a and b around, in "
            "which it is seen; before the first and after the last it stays there.",
        ),
        "hold": (
            r"p_{t,j} = p_{a,j}, \quad a < t",
            "A joint that is lost stays where it was seen last, in frame a.",
        ),
        "mask": (
            r"x_{t,j} = 0",
            "A joint that is lost counts as 0 when all else is done; until then it is interpolated, for the "
            "others to be centred and scaled.",
        ),
    },
    "untracked": {
        "drop": (
            r"p_{t} \to p_{\tau(t)}, \quad \tau = (t : p_t \neq 0)",
            "Frames of zeros, in which the tracker saw nobody, are taken out; the others close up.",
        ),
        "fill": (
            _TWO_LINES % (r"p_t = \tfrac{b-t}{b-a}\,p_a + \tfrac{t-a}{b-a}\,p_b", r"p_a, p_b \neq 0"),
            "Frames of zeros get the places on the straight line between the tracked frames a and b around "
            "them; those before the first and after the last tracked frame are cut off.",
        ),
        "interpolate": (
            _TWO_LINES % (r"p_t = \tfrac{b-t}{b-a}\,p_a + \tfrac{t-a}{b-a}\,p_b", "a < t < b"),
            "Frames of zeros get the places on the straight line between the tracked frames a and b around "
            "them; before the first and after the last tracked frame that frame is repeated.",
        ),
        "keep": (r"p_t = 0", "Frames of zeros stay: all joints are at the camera."),
    },
    "centring": {
        "none": (r"q_{t,j} = p_{t,j}", "The places stay as they are seen from the camera."),
        "first-frame": (
            r"q_{t,j} = p_{t,j} - p_{f,c}",
            "The middle of the hips in the first tracked frame f is subtracted: the way through the room "
            "stays.",
        ),
        "median": (
            r"q_{t,j,k} = p_{t,j,k} - \operatorname{median}_{s} p_{s,c,k}",
            "The median of the middle of the hips over the tracked frames s is subtracted, axis by axis: the "
            "way through the room stays, around its middle.",
        ),
        "each-frame": (
            r"q_{t,j} = p_{t,j} - p_{t,c}",
            "The middle of the hips in each frame is subtracted: only the pose stays.",
        ),
    },
    "frames": {
        None: (r"r_t = q_t", "The sequence keeps its frames."),
        0: (
            _TWO_LINES % (r"r_i = (1-w)\,q_a + w\,q_{a+1}", r"a + w = 1 + (i-1)\tfrac{T-1}{n-1}"),
            "So many places in time, evenly spaced over all T frames; a is whole, w from 0 "
            "to under 1: between two frames on the straight line.",
        ),
    },
    "scaling": {
        "none": (r"x_{t,j,k} = r_{t,j,k}", "The numbers stay as they are."),
        "sequence-axis": (
            _SCALE_OF_EACH,
            "The extremes are those of the axis over all frames and joints of the sequence: each axis just "
            "fills -1 to 1, and proportions are lost.",
        ),
        "sequence": (
            _ONE_SCALE,
            "The extremes are those of the sequence, with one scale for its three axes: the longest just "
            "fills -1 to 1, and proportions stay.",
        ),
        "training-set": (
            _ONE_SCALE,
            "The extremes are those of all sequences of the training part, so that sizes of people stay; "
            "other sequences may go beyond -1 and 1.",
        ),
        "body": (
            r"x_{t,j,k} = r_{t,j,k} \,/\, \operatorname{mean}_{s} \lVert p_{s,h} - p_{s,c} \rVert",
            "The mean distance from the middle of the hips to the head h over the tracked frames s is 1: "
            "bodies are equally large. Of nameless joints h is the one that is the farthest in the mean.",
        ),
    },
}
"""LaTeX and meaning by setting and choice. The 0 of ``frames`` stands for any number of them."""


def formulas_of(preparation: Preparation) -> list[Formula]:
    """Return what a preparation computes, step by step, in the order of computing.

    Args:
        preparation: the choices.
    """
    found = []
    for name, choices in FORMULAS.items():
        field, value = Preparation.model_fields[name], getattr(preparation, name)
        latex, meaning = choices[value if value in choices else 0]
        if name == "frames" and value is not None:
            latex = latex.replace("n-1", f"{value}-1")
        found.append(Formula(f"{field.title}: {say_value(field, value)}", latex, meaning))
    return found
