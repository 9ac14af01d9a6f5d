"""Products of matrices, four rows of one by sixteen columns of the other at a time."""

from typing import Any

from har_core.engine.kernels import LANES
from har_core.engine.kernels.kernel import inner
from har_core.engine.kernels.vectors import broadcast, fma, load, splat, store


@inner
def multiply(start: Any, s: Any, rows: Any, r: Any, matrix: Any, out: Any, o: Any) -> None:
    """Set out[o] = start[s] + rows[r] @ matrix for four rows; two of them may be the splat one.

    Eight sums stay in registers: of four rows by sixteen columns, and, where the matrix has eight more, of
    four rows by eight columns, by even and odd k. A row may go on into the one behind it in memory.
    """
    wide = matrix.shape[1] // (2 * LANES) * (2 * LANES)
    for column in range(0, wide, 2 * LANES):
        right = column + LANES
        a0, b0 = load(start, s[0], column), load(start, s[0], right)
        a1, b1 = load(start, s[1], column), load(start, s[1], right)
        a2, b2 = load(start, s[2], column), load(start, s[2], right)
        a3, b3 = load(start, s[3], column), load(start, s[3], right)
        for k in range(matrix.shape[0]):
            a, b = load(matrix, k, column), load(matrix, k, right)
            x0, x1 = broadcast(rows, r[0], k), broadcast(rows, r[1], k)
            x2, x3 = broadcast(rows, r[2], k), broadcast(rows, r[3], k)
            a0, b0 = fma(a0, x0, a), fma(b0, x0, b)
            a1, b1 = fma(a1, x1, a), fma(b1, x1, b)
            a2, b2 = fma(a2, x2, a), fma(b2, x2, b)
            a3, b3 = fma(a3, x3, a), fma(b3, x3, b)
        store(out, o[0], column, a0)
        store(out, o[0], right, b0)
        store(out, o[1], column, a1)
        store(out, o[1], right, b1)
        store(out, o[2], column, a2)
        store(out, o[2], right, b2)
        store(out, o[3], column, a3)
        store(out, o[3], right, b3)
    if wide < matrix.shape[1]:
        a0, a1 = load(start, s[0], wide), load(start, s[1], wide)
        a2, a3 = load(start, s[2], wide), load(start, s[3], wide)
        b0 = b1 = b2 = b3 = splat(0.0)
        for k in range(0, matrix.shape[0] - 1, 2):
            a, b = load(matrix, k, wide), load(matrix, k + 1, wide)
            a0 = fma(a0, broadcast(rows, r[0], k), a)
            b0 = fma(b0, broadcast(rows, r[0], k + 1), b)
            a1 = fma(a1, broadcast(rows, r[1], k), a)
            b1 = fma(b1, broadcast(rows, r[1], k + 1), b)
            a2 = fma(a2, broadcast(rows, r[2], k), a)
            b2 = fma(b2, broadcast(rows, r[2], k + 1), b)
            a3 = fma(a3, broadcast(rows, r[3], k), a)
            b3 = fma(b3, broadcast(rows, r[3], k + 1), b)
        if matrix.shape[0] % 2:
            k = matrix.shape[0] - 1
            a = load(matrix, k, wide)
            a0 = fma(a0, broadcast(rows, r[0], k), a)
            a1 = fma(a1, broadcast(rows, r[1], k), a)
            a2 = fma(a2, broadcast(rows, r[2], k), a)
            a3 = fma(a3, broadcast(rows, r[3], k), a)
        store(out, o[0], wide, a0 + b0)
        store(out, o[1], wide, a1 + b1)
        store(out, o[2], wide, a2 + b2)
        store(out, o[3], wide, a3 + b3)


@inner
def four(first: int, t: int, count: int) -> Any:
    """Return the rows of frames t to t + 3; beyond the last frame it is the last one again."""
    last = first + count - 1
    return first + t, min(first + t + 1, last), min(first + t + 2, last), min(first + t + 3, last)


@inner
def add_outer(rows: Any, r: int, depth: int, other: Any, o: int, count: int, total: Any, at: int) -> None:
    """Add rows[r + t, k] other[o + t] to total[at + k], for all k below depth, over t below count."""
    wide = other.shape[1] // (2 * LANES) * (2 * LANES)
    for k in range(0, depth, 4):
        k0, k1, k2, k3 = four(0, k, depth)
        for column in range(0, wide, 2 * LANES):
            right = column + LANES
            a0, b0 = load(total, at + k0, column), load(total, at + k0, right)
            a1, b1 = load(total, at + k1, column), load(total, at + k1, right)
            a2, b2 = load(total, at + k2, column), load(total, at + k2, right)
            a3, b3 = load(total, at + k3, column), load(total, at + k3, right)
            for t in range(count):
                a, b = load(other, o + t, column), load(other, o + t, right)
                x0, x1 = broadcast(rows, r + t, k0), broadcast(rows, r + t, k1)
                x2, x3 = broadcast(rows, r + t, k2), broadcast(rows, r + t, k3)
                a0, b0 = fma(a0, x0, a), fma(b0, x0, b)
                a1, b1 = fma(a1, x1, a), fma(b1, x1, b)
                a2, b2 = fma(a2, x2, a), fma(b2, x2, b)
                a3, b3 = fma(a3, x3, a), fma(b3, x3, b)
            store(total, at + k0, column, a0)
            store(total, at + k0, right, b0)
            store(total, at + k1, column, a1)
            store(total, at + k1, right, b1)
            store(total, at + k2, column, a2)
            store(total, at + k2, right, b2)
            store(total, at + k3, column, a3)
            store(total, at + k3, right, b3)
        if wide < other.shape[1]:
            a0, a1 = load(total, at + k0, wide), load(total, at + k1, wide)
            a2, a3 = load(total, at + k2, wide), load(total, at + k3, wide)
            b0 = b1 = b2 = b3 = splat(0.0)
            for t in range(0, count - 1, 2):
                a, b = load(other, o + t, wide), load(other, o + t + 1, wide)
                a0 = fma(a0, broadcast(rows, r + t, k0), a)
                b0 = fma(b0, broadcast(rows, r + t + 1, k0), b)
                a1 = fma(a1, broadcast(rows, r + t, k1), a)
                b1 = fma(b1, broadcast(rows, r + t + 1, k1), b)
                a2 = fma(a2, broadcast(rows, r + t, k2), a)
                b2 = fma(b2, broadcast(rows, r + t + 1, k2), b)
                a3 = fma(a3, broadcast(rows, r + t, k3), a)
                b3 = fma(b3, broadcast(rows, r + t + 1, k3), b)
            if count % 2:
                t = count - 1
                a = load(other, o + t, wide)
                a0 = fma(a0, broadcast(rows, r + t, k0), a)
                a1 = fma(a1, broadcast(rows, r + t, k1), a)
                a2 = fma(a2, broadcast(rows, r + t, k2), a)
                a3 = fma(a3, broadcast(rows, r + t, k3), a)
            store(total, at + k0, wide, a0 + b0)
            store(total, at + k1, wide, a1 + b1)
            store(total, at + k2, wide, a2 + b2)
            store(total, at + k3, wide, a3 + b3)


@inner
def add_rows(rows: Any, r: int, count: int, total: Any, at: int) -> None:
    """Add count rows to a row of the total."""
    for column in range(0, rows.shape[1], LANES):
        value = load(total, at, column)
        for t in range(count):
            value = value + load(rows, r + t, column)
        store(total, at, column, value)
