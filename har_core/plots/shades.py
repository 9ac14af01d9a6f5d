"""Values as colours of a scale, one for each theme, and what can be read on them."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.plots.colours import INKS, THEMES, Theme

Values = NDArray[np.floating[Any] | np.integer[Any]]
ByTheme = dict[Theme, NDArray[np.str_]]


def shades(
    values: Values, places: NDArray[np.float64], palettes: Mapping[Theme, Sequence[str]]
) -> tuple[ByTheme, ByTheme]:
    """Return by theme the colours of values, and the inks for texts on them.

    Args:
        values: of any shape, which is that of the colours, too.
        places: (C) the values that have the colours of a palette; those in between are mixed.
        palettes: by theme C colours, such as ``#FFFFFF``.
    """
    blended = {theme: _blend(values, places, palettes[theme]) for theme in THEMES}
    return (
        {theme: _hex(colours) for theme, colours in blended.items()},
        {theme: _readable_on(colours) for theme, colours in blended.items()},
    )


def ink_on(colour: str) -> str:
    """Return the ink that can be read on a colour such as ``#FFFFFF``, the same in either theme."""
    return str(_readable_on(np.array(_channels(colour), dtype=float)))


def _blend(values: Values, places: NDArray[np.float64], palette: Sequence[str]) -> NDArray[np.float64]:
    """Return colours (..., 3) from 0 to 255: those of the palette at their places, mixed in between."""
    stops = np.array([_channels(colour) for colour in palette])
    mixed = [np.interp(values, places, stops[:, channel]) for channel in range(3)]
    return np.round(np.stack(mixed, axis=-1)).astype(float)


def _channels(colour: str) -> list[int]:
    return list(bytes.fromhex(colour.removeprefix("#")))


def _hex(colours: NDArray[np.float64]) -> NDArray[np.str_]:
    numbers = colours.astype(int) @ [1 << 16, 1 << 8, 1]
    return np.array([f"#{number:06x}" for number in numbers.ravel()]).reshape(numbers.shape)


def _readable_on(colours: NDArray[np.float64]) -> NDArray[np.str_]:
    """Return of the two inks the one that stands out more from each colour."""
    light = _luminance(colours)
    dark_ink, light_ink = (_luminance(np.array(_channels(ink), dtype=float)) for ink in INKS)
    return np.where((light + 0.05) / (dark_ink + 0.05) >= (light_ink + 0.05) / (light + 0.05), *INKS)


def _luminance(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the relative luminance of sRGB colours (..., 3), from 0 to 1.

    Source: Web Content Accessibility Guidelines 2.2, definition of relative luminance and contrast ratio.
    """
    shares = colours / 255
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    luminance: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return luminance
