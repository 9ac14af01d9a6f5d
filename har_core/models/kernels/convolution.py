"""A convolution over time, and the mean over the frames, of one sequence."""

from typing import Any

import numpy as np

from har_core.models.kernels import LANES
from har_core.models.kernels.compiling import inner
from har_core.models.kernels.products import add_outer, add_rows, four, multiply
from har_core.models.kernels.vectors import at_least, load, same, store, where_positive


@inner
def _copy_between_zeros(frames: Any, first: int, count: int, before: int, after: int, window: Any) -> None:
    """Copy some rows, as many columns as there is room for, with rows of zeros before and after them."""
    window[:before] = 0.0
    for t in range(count):
        for column in range(window.shape[1]):
            window[before + t, column] = frames[first + t, column]
    window[before + count : before + count + after] = 0.0


@inner
def convolve_sequence(
    frames: Any, first: int, own: int, count: int, before: int, window: Any, from_window: Any, bias: Any,
    outputs: Any, means: Any, n: int,
) -> None:  # fmt: skip
    """Convolve a sequence, cut off what is negative, and set row n of the means."""
    kernel = from_window.shape[0] // window.shape[1]
    _copy_between_zeros(frames, first, count, before, kernel - 1 - before, window)
    for t in range(0, count, 4):
        multiply(bias, (0, 0, 0, 0), window, four(0, t, count), from_window, outputs, four(own, t, count))
    share, zero = same(np.float32(1.0) / np.float32(count)), same(0.0)
    for column in range(0, means.shape[1], LANES):
        total = zero
        for t in range(own, own + count):
            value = at_least(load(outputs, t, column), zero)
            store(outputs, t, column, value)
            total = total + value
        store(means, n, column, total * share)


@inner
def unconvolve_sequence(
    frames: Any, first: int, own: int, count: int, before: int, window: Any, back: Any, to_window: Any,
    outputs: Any, asked_means: Any, n: int, asked: Any, back_frames: Any, total: Any,
) -> None:  # fmt: skip
    """Add to the weights' derivatives; set those of the inputs, where ``back_frames`` has rows."""
    inputs, width = window.shape[1], outputs.shape[1]
    kernel = to_window.shape[0] // width
    after = kernel - 1 - before
    _copy_between_zeros(frames, first, count, before, after, window)
    back[:after] = 0.0
    share, last_asked = same(np.float32(1.0) / np.float32(count)), asked.shape[0] - 1
    for column in range(0, width, LANES):
        of_mean = load(asked_means, n, column) * share
        for t in range(count):
            value = of_mean + load(asked, min(own + t, last_asked), column)
            store(back, after + t, column, where_positive(load(outputs, own + t, column), value))
    back[after + count : after + count + before] = 0.0
    add_outer(window, 0, kernel * inputs, back, after, count, total, 0)
    add_rows(back, after, count, total, kernel * inputs)
    if back_frames.shape[0]:
        back_frames[first : first + count] = 0.0
        for t in range(0, count, 4):
            places = four(first, t, count)
            multiply(back_frames, places, back, four(0, t, count), to_window, back_frames, places)
