"""A convolution over time, and the mean over the frames, of one sequence."""

from typing import Any

import numpy as np

from har_core.engine.kernels import LANES
from har_core.engine.kernels.kernel import inner
from har_core.engine.kernels.products import add_outer, add_rows, four, multiply
from har_core.engine.kernels.vectors import load, maximum, splat, store, where_positive


@inner
def _copy_between_zeros(frames: Any, first: int, count: int, before: int, after: int, window: Any) -> None:
    """Copy some rows, as many columns as there is room for, with rows of zeros before and after them."""
    window[:before] = 0.0
    for t in range(count):
        for column in range(window.shape[1]):
            window[before + t, column] = frames[first + t, column]
    window[before + count : before + count + after] = 0.0


@inner
def conv_forward_sequence(
    frames: Any, first: int, own: int, count: int, before: int, window: Any, weight_t: Any, bias: Any,
    outputs: Any, means: Any, n: int,
) -> None:  # fmt: skip
    """Convolve a sequence, cut off what is negative, and set row n of the means."""
    kernel = weight_t.shape[0] // window.shape[1]
    _copy_between_zeros(frames, first, count, before, kernel - 1 - before, window)
    for t in range(0, count, 4):
        multiply(bias, (0, 0, 0, 0), window, four(0, t, count), weight_t, outputs, four(own, t, count))
    share, zero = splat(np.float32(1.0) / np.float32(count)), splat(0.0)
    for column in range(0, means.shape[1], LANES):
        total = zero
        for t in range(own, own + count):
            value = maximum(load(outputs, t, column), zero)
            store(outputs, t, column, value)
            total = total + value
        store(means, n, column, total * share)


@inner
def conv_backward_sequence(
    frames: Any, first: int, own: int, count: int, before: int, window: Any, back: Any, weight: Any,
    outputs: Any, grad_means: Any, n: int, grad_output: Any, grad_input: Any, gradient: Any,
) -> None:  # fmt: skip
    """Add to the weights' gradients; set those of the inputs, where ``grad_input`` has rows."""
    inputs, width = window.shape[1], outputs.shape[1]
    kernel = weight.shape[0] // width
    after = kernel - 1 - before
    _copy_between_zeros(frames, first, count, before, after, window)
    back[:after] = 0.0
    share, last_grad = splat(np.float32(1.0) / np.float32(count)), grad_output.shape[0] - 1
    for column in range(0, width, LANES):
        of_mean = load(grad_means, n, column) * share
        for t in range(count):
            value = of_mean + load(grad_output, min(own + t, last_grad), column)
            store(back, after + t, column, where_positive(load(outputs, own + t, column), value))
    back[after + count : after + count + before] = 0.0
    add_outer(window, 0, kernel * inputs, back, after, count, gradient, 0)
    add_rows(back, after, count, gradient, kernel * inputs)
    if grad_input.shape[0]:
        grad_input[first : first + count] = 0.0
        for t in range(0, count, 4):
            places = four(first, t, count)
            multiply(grad_input, places, back, four(0, t, count), weight, grad_input, places)
