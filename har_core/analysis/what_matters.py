"""Which changes of the ladder matter most, in a sentence.

They are chosen by the validation part where there is one, and told by the test part: the largest of many
gains on the part that chose it is a little too large.
"""

from collections.abc import Sequence

from har_core.analysis.ladder import Ladder
from har_core.analysis.ladder_standing import ENOUGH
from har_core.data.splits import Part
from har_core.training.ladder import RUNGS, Place
from har_core.wording import count_of, counted, points

_SURE = 2.0
"""Standard errors from which on a gain counts as larger than another."""


def say_what_matters(ladder: Ladder) -> str:
    """Say which two changes matter most, and by how much: by the steps, and taken out of the top."""
    steps = _by_gain(ladder, "rung")
    if not steps or not _gain(ladder, steps[0], "rung", _chooser(ladder)) > 0:
        return (
            "Which changes matter most is told as soon as a rung and the one below it have been trained, and "
            "it has gained."
        )
    said = [_of_steps(ladder, steps), _of_those_taken_out(ladder)]
    if any(_error(ladder, name) is None for name in steps[:2]):
        said.append(f"How sure that is can't be told of fewer than {ENOUGH} seeds.")
    if "validation" not in ladder.parts:
        said.append(
            "No validation part could choose them: the largest of several gains is a little too large."
        )
    return " ".join(filter(None, said))


def _chooser(ladder: Ladder) -> Part:
    return "validation" if "validation" in ladder.parts else "test"


def _by_gain(ladder: Ladder, place: Place) -> list[str]:
    """Return the rungs whose change has a gain in a place, those that matter most first."""
    sign = -1 if place == "without" else 1
    known = [name for name in RUNGS if ladder.gain(name, _chooser(ladder), place)]
    return sorted(known, key=lambda name: -sign * _gain(ladder, name, place, _chooser(ladder)))


def _gain(ladder: Ladder, name: str, place: Place, part: Part) -> float:
    found = ladder.gain(name, part, place)
    return found.gain if found else 0.0


def _error(ladder: Ladder, name: str) -> float | None:
    found = ladder.gain(name, "test")
    return found.error if found else None


def _of_steps(ladder: Ladder, steps: Sequence[str]) -> str:
    chooser = _chooser(ladder)
    first = [name for name in steps[:2] if _gain(ladder, name, "rung", chooser) > 0]
    all_steps = len(RUNGS) - 1
    among = f"So far, {count_of(len(steps), all_steps)} steps can be told: " if len(steps) < all_steps else ""
    said = (
        f"{among}{_told(ladder, first, 'rung', start=not among)} matter{'s' * (len(first) == 1)} most, in "
        "points of the test part over the rung below."
    )
    return " ".join(filter(None, [said, _how_sure(ladder, steps, chooser)]))


def _told(ladder: Ladder, names: Sequence[str], place: Place, *, start: bool = False) -> str:
    """Name changes, each with its gain on the test part; at the start of a sentence with a capital."""
    said: list[str] = []
    for name in names:
        found, title = ladder.gain(name, "test", place), RUNGS[name].title
        title = title if start and not said else _amid(title)
        said.append(f"**{title}** ({points(found.gain, found.error) if found else ''})")
    return " and ".join(said)


def _amid(title: str) -> str:
    """Return a title as it stands amid a sentence."""
    return title if title[:2].isupper() else f"{title[0].lower()}{title[1:]}"


def _how_sure(ladder: Ladder, steps: Sequence[str], chooser: Part) -> str:
    """Say it where a third change may matter as much as the second."""
    if len(steps) < 3:
        return ""
    lead = ladder.lead(steps[1], steps[2], chooser, "rung")
    if not lead or lead.error is None or lead.gain >= _SURE * lead.error:
        return ""
    third, second = (_amid(RUNGS[steps[place]].title) for place in (2, 1))
    return f"It is not certain that {third} matters less than {second}."


def _of_those_taken_out(ladder: Ladder) -> str:
    known = _by_gain(ladder, "without")
    names = [name for name in known if _gain(ladder, name, "without", "test") < 0][:2]
    if not names:
        return ""
    verb = "is" if len(names) == 1 else "are"
    return (
        f"Of {counted(len(known), 'change')} taken out of {ladder.top}, "
        f"{_told(ladder, names, 'without')} {verb} missed most."
    )
