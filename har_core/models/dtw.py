"""Distances by dynamic time warping (Sakoe and Chiba, 1978): how sequences differ, however each is timed.

The frames of one sequence are laid along those of the other, in steps of one frame of either or of both, so
that the sum of the Euclidean distances between frames that lie together is the least. That sum, divided by
the frames of both, is the distance.

One function, ``_fill``, is compiled by numba where it can be and the work is worth it, and ``_fill_plainly``
does the same in numpy. Both add in the same order and round after each step, so that their numbers are the
same to the last bit, in whichever order, company or direction two sequences are compared.
"""

import functools
import logging
import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from har_core.data.sequences import FloatArray
from har_core.engine import kernels_enabled

LANES = 16
"""Sequences that one is compared with at once: so many numbers of 32 bits a processor adds in one step."""

_Fill = Callable[[FloatArray, FloatArray, FloatArray], None]

_WORTH_COMPILING = 60_000_000
"""Products of numbers, about half a second's work in numpy, below which compiling would take longer."""

_LEFT_AT_ONCE = 32  # sequences, in numpy: what they take fits into the processor's cache

_log = logging.getLogger(__name__)
_compiling = threading.Lock()


def blocks_of(sequences: FloatArray) -> FloatArray:
    """Return (N, T, F) sequences as (blocks, F, T x LANES), so that those of a block lie side by side.

    The last block is filled up with zeros.
    """
    count, frames, width = sequences.shape
    blocks = -(-count // LANES)
    padded = np.zeros((blocks * LANES, frames, width), np.float32)
    padded[:count] = sequences
    lanes = padded.reshape(blocks, LANES, frames, width).transpose(0, 3, 2, 1)
    return np.ascontiguousarray(lanes).reshape(blocks, width, frames * LANES)


def filler(products: int) -> _Fill:
    """Return the function that measures: ``fill(left, block, distances)``.

    It takes (n, T, F) sequences, one block of ``blocks_of`` and (n, LANES) to be filled, all float32 and
    contiguous; T is even. It lets other threads of Python work meanwhile.

    Args:
        products: of numbers that there are to compute, T x T x F for each pair.
    """
    compiled = _compiled() if products >= _WORTH_COMPILING and kernels_enabled() else None
    return compiled or _fill_plainly


def _compiled() -> _Fill | None:
    with _compiling:
        return _compile()


@functools.cache
def _compile() -> _Fill | None:
    try:
        import numba  # here, because it takes a while, and may be missing

        form = "void(float32[:,:,::1], float32[:,::1], float32[:,::1])"
        compiled: _Fill = numba.njit(form, nogil=True)(_fill)
    except Exception as error:  # numba is not there, or can't compile for this machine
        _log.warning("Distances can't be compiled (%s): numpy, which is slower, takes over.", error)
        return None
    return compiled


def _fill(left: Any, block: Any, distances: Any) -> None:
    """Measure in the part of Python that numba compiles; two frames of the left sequence at a time."""
    count, frames, width = left.shape
    across = block.shape[1]
    zero, two, infinity = np.float32(0), np.float32(2), np.float32(np.inf)
    squares = np.zeros(across, np.float32)
    for feature in range(width):
        for place in range(across):
            squares[place] += block[feature, place] * block[feature, place]
    costs = np.empty((2, across), np.float32)
    nearer = np.empty(across, np.float32)
    path = np.empty(across + LANES, np.float32)  # the least sums up to each frame of each lane
    for row in range(count):
        path[:] = infinity
        path[:LANES] = zero
        for frame in range(0, frames, 2):
            first, second = left[row, frame], left[row, frame + 1]
            one, other = costs[0], costs[1]
            one[:] = zero
            other[:] = zero
            square, square_of_other = zero, zero
            for feature in range(width):
                square += first[feature] * first[feature]
                square_of_other += second[feature] * second[feature]
            feature = 0
            while feature + 4 <= width:  # four at once, so that sums stay in registers
                a, b, c, d = first[feature : feature + 4]
                e, f, g, h = second[feature : feature + 4]
                w, x, y, z = block[feature], block[feature + 1], block[feature + 2], block[feature + 3]
                for place in range(across):
                    one[place] = one[place] + a * w[place] + b * x[place] + c * y[place] + d * z[place]
                    other[place] = other[place] + e * w[place] + f * x[place] + g * y[place] + h * z[place]
                feature += 4
            while feature < width:
                a, e, w = first[feature], second[feature], block[feature]
                for place in range(across):
                    one[place] += a * w[place]
                    other[place] += e * w[place]
                feature += 1
            for place in range(across):
                one[place] = np.sqrt(max((square + squares[place]) - two * one[place], zero))
                other[place] = np.sqrt(max((square_of_other + squares[place]) - two * other[place], zero))
            for cost in (one, other):
                for place in range(across):
                    up, diagonal = path[place + LANES], path[place]
                    nearer[place] = up if up < diagonal else diagonal
                path[:LANES] = infinity
                for place in range(across):
                    before, beside = nearer[place], path[place]
                    path[place + LANES] = cost[place] + (before if before < beside else beside)
        for lane in range(LANES):
            distances[row, lane] = path[across + lane] / np.float32(2 * frames)


def _fill_plainly(left: FloatArray, block: FloatArray, distances: FloatArray) -> None:
    """Measure in numpy, many sequences of the left at a time."""
    for start in range(0, len(left), _LEFT_AT_ONCE):
        some = slice(start, start + _LEFT_AT_ONCE)
        distances[some] = _least_sums(_costs(left[some], block))


def _costs(left: FloatArray, block: FloatArray) -> FloatArray:
    """Return (n, T, T, LANES), the distances of all frames of the left from all frames of a block."""
    count, frames, width = left.shape
    products = np.zeros((count, frames, block.shape[1]), np.float32)
    squares, squares_of_left = np.zeros(block.shape[1], np.float32), np.zeros((count, frames, 1), np.float32)
    for feature in range(width):
        ours, theirs = left[:, :, feature, None], block[feature]
        products += ours * theirs
        squares += theirs * theirs
        squares_of_left += ours * ours
    squared = (squares_of_left + squares) - np.float32(2) * products
    costs: FloatArray = np.sqrt(np.maximum(squared, np.float32(0)))
    return costs.reshape(count, frames, frames, -1)


def _least_sums(costs: FloatArray) -> FloatArray:
    """Return (n, LANES): the least sums along (n, T, T, LANES) costs, divided by the frames of both."""
    count, frames, _, lanes = costs.shape
    path = np.full((frames + 1, count, lanes), np.inf, np.float32)
    path[0] = 0
    for row in range(frames):
        nearer = np.minimum(path[1:], path[:-1])
        path[0] = np.inf
        for column in range(frames):
            path[column + 1] = costs[:, row, column] + np.minimum(nearer[column], path[column])
    return np.asarray(path[frames] / np.float32(2 * frames), np.float32)
