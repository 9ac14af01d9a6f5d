"""Colours mean one thing everywhere. They are of the Okabe-Ito family, safe for colour-blind eyes."""

from har_core.data.splits import Part

PART_COLOURS: dict[Part, str] = {"train": "#5C6773", "validation": "#E69F00", "test": "#009E73"}
CORRECT = "#0072B2"
WRONG = "#D55E00"
AXIS_COLOURS = {"x": "#CC79A7", "y": "#56B4E9", "z": "#8A94A0"}
CHOSEN = "#D55E00"
"""The frame around what is selected."""

ACCENT = "#3B5BDB"
NEUTRAL = "#8A94A0"
"""A grey that shows on white and on black."""

MANY = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A94A0")
"""For things of one kind side by side, such as configs; where they run out, another dash goes on."""

DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

EMPTY = "rgba(138, 148, 160, 0.10)"
"""Where there is nothing to count: hardly there, on white and on black."""

DIVERGING = ["#B34E00", "#F3D3BC", "#C7DDEC", "#005A8C"]
"""From fewer to more: orange and blue, apart at zero."""

SEQUENTIAL = ["#EEF2FF", "#C5D0F8", "#91A7F0", "#5C7CE6", "#3B5BDB", "#1E3494"]
"""From few to many, light to dark."""

INKS = ("#000000", "#FFFFFF")
"""For numbers on a light colour, and on a dark one; pure, so that on any colour one of both stands out."""
