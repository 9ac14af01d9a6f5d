"""The kernels that compute the networks on ragged batches: no frame is padded, and no lock is held.

**Mathematics.** A layer (Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and
Cummins 2000, in the form and order of ``torch.nn.LSTM``) reads a sequence x(1) .. x(T), from h(0) = c(0) = 0:

    (i, f, g, o)(t) = (s, s, tanh, s)(W x(t) + U h(t-1) + b)      s(a) = 1 / (1 + exp(-a))
    c(t) = f(t) c(t-1) + i(t) g(t)
    h(t) = o(t) tanh c(t)

With a prime for the derivative of the loss, the way back (backpropagation through time, Werbos 1990), from
t = T to 1, is

    h'(t) = (what is asked of h(t) from outside) + U^T a'(t+1)          a = what a gate's function is given
    c'(t) = h'(t) o (1 - tanh^2 c(t)) + f(t+1) c'(t+1)
    a'(t) = (c' g i (1 - i),  c' c(t-1) f (1 - f),  c' i (1 - g^2),  h' tanh(c) o (1 - o))
    W' = sum of a'(t) x(t)^T,    U' = sum of a'(t) h(t-1)^T,    b' = sum of a'(t),    x'(t) = W^T a'(t)

**How it goes.** The frames of all sequences lie in a row. What does not wait for the frame before (W x, W',
U', x') is one product over the frames of a block of sequences, which stay in the cache. What does wait (U h,
U^T a') is computed for four sequences at a time; a sequence that ends makes room for the next, so that all
four are busy whatever the lengths. The gates of training are kept, and overwritten by their derivatives a' on
the way back. A convolution is the same product: the window of a frame is one row, as frames lie in a row.

Each number is summed in an order that only the batch decides: neither the number of threads nor which of them
came first to a block changes a bit. Threads share nothing but a counter of the blocks that are claimed: none
waits for another before the end.

All of it is written in vectors of eight numbers, which LLVM maps to what the processor has. The module
compiles itself when it is first imported, which takes seconds; later it is read from numba's cache.
"""

import operator
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.imputils import lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model

LANES = 8
"""Numbers in a vector."""

SLOTS = 4
"""Sequences that are read at the same time."""

# Vectors


class _Vector(types.Type):
    """Eight float32 in a register."""


_vector = _Vector("vector")
_llvm_vector = ir.VectorType(ir.FloatType(), LANES)
_llvm_integers = ir.VectorType(ir.IntType(32), LANES)


@register_model(_Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _llvm_vector)


_OPERATIONS = {
    operator.add: ir.IRBuilder.fadd,
    operator.sub: ir.IRBuilder.fsub,
    operator.mul: ir.IRBuilder.fmul,
    operator.truediv: ir.IRBuilder.fdiv,
}


def _define(operation: Any, build: Any) -> None:
    @infer_global(operation)
    class _Typing(ConcreteTemplate):
        cases = [signature(_vector, _vector, _vector)]

    @lower_builtin(operation, _vector, _vector)
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        # "contract": a product and a sum may become one instruction, which rounds once.
        return build(builder, *args, flags=("contract",))


for _operation, _build in _OPERATIONS.items():
    _define(_operation, _build)


def _address(context: Any, builder: Any, kind: Any, array: Any, row: Any, column: Any) -> Any:
    """Return where an element of a contiguous matrix lies; unlike an index it is not checked for its sign."""
    parts = context.make_array(kind)(context, builder, array)
    width = builder.extract_value(parts.shape, 1)
    return builder.gep(parts.data, [builder.add(builder.mul(row, width), column)], inbounds=True)


@intrinsic
def _load(typing: Any, array: Any, row: Any, column: Any) -> Any:
    """Return the eight numbers of a row from a column on."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _address(context, builder, sig.args[0], *args)
        return builder.load(builder.bitcast(place, _llvm_vector.as_pointer()), align=4)

    return _vector(array, types.int64, types.int64), build


@intrinsic
def _store(typing: Any, array: Any, row: Any, column: Any, values: Any) -> Any:
    """Write eight numbers into a row from a column on."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _address(context, builder, sig.args[0], *args[:3])
        builder.store(args[3], builder.bitcast(place, _llvm_vector.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.none(array, types.int64, types.int64, _vector), build


def _fill(builder: Any, number: Any, kind: Any = _llvm_vector) -> Any:
    one = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES)
    return builder.shuffle_vector(one, ir.Constant(kind, ir.Undefined), zeros)


@intrinsic
def _spread(typing: Any, array: Any, row: Any, column: Any) -> Any:
    """Return one number of a matrix eight times."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _fill(builder, builder.load(_address(context, builder, sig.args[0], *args)))

    return _vector(array, types.int64, types.int64), build


@intrinsic
def _same(typing: Any, number: Any) -> Any:
    """Return one number eight times."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _fill(builder, context.cast(builder, args[0], sig.args[0], types.float32))

    return _vector(number), build


@intrinsic
def _add_product(typing: Any, start: Any, one: Any, other: Any) -> Any:
    """Return start + one * other; numba understands it much faster than the operators."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        product = builder.fmul(args[1], args[2], flags=("contract",))
        return builder.fadd(args[0], product, flags=("contract",))

    return _vector(_vector, _vector, _vector), build


@intrinsic
def _at_least(typing: Any, values: Any, least: Any) -> Any:
    """Return the values, or the other one's where these are less; what is not a number stays."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", *args), args[1], args[0])

    return _vector(_vector, _vector), build


@intrinsic
def _at_most(typing: Any, values: Any, most: Any) -> Any:
    """Return the values, or the other one's where these are more; what is not a number stays."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), args[1], args[0])

    return _vector(_vector, _vector), build


@intrinsic
def _where_positive(typing: Any, where: Any, values: Any) -> Any:
    """Return the values where the others are above zero or no number, and zero elsewhere."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        zero = ir.Constant(_llvm_vector, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("<=", args[0], zero), zero, args[1])

    return _vector(_vector, _vector), build


@intrinsic
def _power_of_two(typing: Any, shifted: Any) -> Any:
    """Return 2^n of whole numbers n from -126 to 127, given as n + 127 in the last bits of a float32."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], _llvm_integers)
        by = ir.Constant(_llvm_integers, [23] * LANES)
        return builder.bitcast(builder.shl(bits, by), _llvm_vector)

    return _vector(_vector), build


@intrinsic
def _claim(typing: Any, counter: Any) -> Any:
    """Return a counter's number and add one to it, in one step whatever other threads do."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        array = context.make_array(sig.args[0])(context, builder, args[0])
        return builder.atomic_rmw("add", array.data, ir.Constant(ir.IntType(64), 1), "monotonic")

    return types.int64(counter), build


# Compilation

_inner = numba.njit(error_model="numpy", nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compiled(*arguments: Any) -> Callable[[Any], Any]:
    """Compile a function for these types at once, and keep it on disk where there is a place for it."""

    def compile_it(function: Any) -> Any:
        options: dict[str, Any] = {"error_model": "numpy", "nogil": True}
        try:
            return numba.njit([types.none(*arguments)], cache=True, **options)(function)
        except (RuntimeError, OSError):  # no folder that may be written, or no room in it
            return numba.njit([types.none(*arguments)], **options)(function)

    return compile_it


_matrix = types.float32[:, ::1]
_list = types.int64[::1]

# Products


@_inner
def _multiply(start: Any, s: Any, rows: Any, r: Any, matrix: Any, out: Any, o: Any) -> None:
    """Set out[o] = start[s] + rows[r] @ matrix for four rows; two of them may be the same one.

    Eight sums stay in registers: of four rows by sixteen columns, and, where the matrix has eight more, of
    four rows by eight columns, by even and odd k. A row may go on into the one behind it in memory.
    """
    wide = matrix.shape[1] // (2 * LANES) * (2 * LANES)
    for column in range(0, wide, 2 * LANES):
        right = column + LANES
        a0, b0 = _load(start, s[0], column), _load(start, s[0], right)
        a1, b1 = _load(start, s[1], column), _load(start, s[1], right)
        a2, b2 = _load(start, s[2], column), _load(start, s[2], right)
        a3, b3 = _load(start, s[3], column), _load(start, s[3], right)
        for k in range(matrix.shape[0]):
            a, b = _load(matrix, k, column), _load(matrix, k, right)
            x0, x1 = _spread(rows, r[0], k), _spread(rows, r[1], k)
            x2, x3 = _spread(rows, r[2], k), _spread(rows, r[3], k)
            a0, b0 = _add_product(a0, x0, a), _add_product(b0, x0, b)
            a1, b1 = _add_product(a1, x1, a), _add_product(b1, x1, b)
            a2, b2 = _add_product(a2, x2, a), _add_product(b2, x2, b)
            a3, b3 = _add_product(a3, x3, a), _add_product(b3, x3, b)
        _store(out, o[0], column, a0)
        _store(out, o[0], right, b0)
        _store(out, o[1], column, a1)
        _store(out, o[1], right, b1)
        _store(out, o[2], column, a2)
        _store(out, o[2], right, b2)
        _store(out, o[3], column, a3)
        _store(out, o[3], right, b3)
    if wide < matrix.shape[1]:
        a0, a1 = _load(start, s[0], wide), _load(start, s[1], wide)
        a2, a3 = _load(start, s[2], wide), _load(start, s[3], wide)
        b0 = b1 = b2 = b3 = _same(0.0)
        for k in range(0, matrix.shape[0] - 1, 2):
            a, b = _load(matrix, k, wide), _load(matrix, k + 1, wide)
            a0 = _add_product(a0, _spread(rows, r[0], k), a)
            b0 = _add_product(b0, _spread(rows, r[0], k + 1), b)
            a1 = _add_product(a1, _spread(rows, r[1], k), a)
            b1 = _add_product(b1, _spread(rows, r[1], k + 1), b)
            a2 = _add_product(a2, _spread(rows, r[2], k), a)
            b2 = _add_product(b2, _spread(rows, r[2], k + 1), b)
            a3 = _add_product(a3, _spread(rows, r[3], k), a)
            b3 = _add_product(b3, _spread(rows, r[3], k + 1), b)
        if matrix.shape[0] % 2:
            k = matrix.shape[0] - 1
            a = _load(matrix, k, wide)
            a0 = _add_product(a0, _spread(rows, r[0], k), a)
            a1 = _add_product(a1, _spread(rows, r[1], k), a)
            a2 = _add_product(a2, _spread(rows, r[2], k), a)
            a3 = _add_product(a3, _spread(rows, r[3], k), a)
        _store(out, o[0], wide, a0 + b0)
        _store(out, o[1], wide, a1 + b1)
        _store(out, o[2], wide, a2 + b2)
        _store(out, o[3], wide, a3 + b3)


@_inner
def _four(first: int, t: int, count: int) -> Any:
    """Return the rows of frames t to t + 3; beyond the last frame it is the last one again."""
    last = first + count - 1
    return first + t, min(first + t + 1, last), min(first + t + 2, last), min(first + t + 3, last)


@_inner
def _add_outer(rows: Any, r: int, depth: int, other: Any, o: int, count: int, total: Any, at: int) -> None:
    """Add rows[r + t, k] other[o + t] to total[at + k], for all k below depth, over t below count."""
    wide = other.shape[1] // (2 * LANES) * (2 * LANES)
    for k in range(0, depth, 4):
        k0, k1, k2, k3 = _four(0, k, depth)
        for column in range(0, wide, 2 * LANES):
            right = column + LANES
            a0, b0 = _load(total, at + k0, column), _load(total, at + k0, right)
            a1, b1 = _load(total, at + k1, column), _load(total, at + k1, right)
            a2, b2 = _load(total, at + k2, column), _load(total, at + k2, right)
            a3, b3 = _load(total, at + k3, column), _load(total, at + k3, right)
            for t in range(count):
                a, b = _load(other, o + t, column), _load(other, o + t, right)
                x0, x1 = _spread(rows, r + t, k0), _spread(rows, r + t, k1)
                x2, x3 = _spread(rows, r + t, k2), _spread(rows, r + t, k3)
                a0, b0 = _add_product(a0, x0, a), _add_product(b0, x0, b)
                a1, b1 = _add_product(a1, x1, a), _add_product(b1, x1, b)
                a2, b2 = _add_product(a2, x2, a), _add_product(b2, x2, b)
                a3, b3 = _add_product(a3, x3, a), _add_product(b3, x3, b)
            _store(total, at + k0, column, a0)
            _store(total, at + k0, right, b0)
            _store(total, at + k1, column, a1)
            _store(total, at + k1, right, b1)
            _store(total, at + k2, column, a2)
            _store(total, at + k2, right, b2)
            _store(total, at + k3, column, a3)
            _store(total, at + k3, right, b3)
        if wide < other.shape[1]:
            a0, a1 = _load(total, at + k0, wide), _load(total, at + k1, wide)
            a2, a3 = _load(total, at + k2, wide), _load(total, at + k3, wide)
            b0 = b1 = b2 = b3 = _same(0.0)
            for t in range(0, count - 1, 2):
                a, b = _load(other, o + t, wide), _load(other, o + t + 1, wide)
                a0 = _add_product(a0, _spread(rows, r + t, k0), a)
                b0 = _add_product(b0, _spread(rows, r + t + 1, k0), b)
                a1 = _add_product(a1, _spread(rows, r + t, k1), a)
                b1 = _add_product(b1, _spread(rows, r + t + 1, k1), b)
                a2 = _add_product(a2, _spread(rows, r + t, k2), a)
                b2 = _add_product(b2, _spread(rows, r + t + 1, k2), b)
                a3 = _add_product(a3, _spread(rows, r + t, k3), a)
                b3 = _add_product(b3, _spread(rows, r + t + 1, k3), b)
            if count % 2:
                t = count - 1
                a = _load(other, o + t, wide)
                a0 = _add_product(a0, _spread(rows, r + t, k0), a)
                a1 = _add_product(a1, _spread(rows, r + t, k1), a)
                a2 = _add_product(a2, _spread(rows, r + t, k2), a)
                a3 = _add_product(a3, _spread(rows, r + t, k3), a)
            _store(total, at + k0, wide, a0 + b0)
            _store(total, at + k1, wide, a1 + b1)
            _store(total, at + k2, wide, a2 + b2)
            _store(total, at + k3, wide, a3 + b3)


@_inner
def _add_rows(rows: Any, r: int, count: int, total: Any, at: int) -> None:
    """Add count rows to a row of the total."""
    for column in range(0, rows.shape[1], LANES):
        value = _load(total, at, column)
        for t in range(count):
            value = value + _load(rows, r + t, column)
        _store(total, at, column, value)


# The gates' functions


@_inner
def _exp(x: Any) -> Any:
    """Return exp(x), to 1.5e-7 relative, for x between -87 and 87, beyond which it stays as it is there.

    exp(x) = 2^n 2^r with a whole n and r in [-1/2, 1/2]. 2^r is the polynomial of degree 5 with the least
    relative error, 7.5e-8 (by Remez's exchange). Adding 1.5 * 2^23 rounds to a whole number, and leaves it
    in the last bits, where 2^n is made from.
    """
    x = _at_most(_at_least(x, _same(-87.0)), _same(87.0))
    scaled = x * _same(1.4426950408889634)
    # 12582912 = 1.5 * 2^23; 127 is what float32 adds to an exponent
    shifted = scaled + _same(12582912.0 + 127.0)
    r = scaled - (shifted - _same(12582912.0 + 127.0))
    p = _same(1.3276471992851953e-3) * r + _same(9.675541334449414e-3)
    p = p * r + _same(5.550713273496898e-2)
    p = p * r + _same(2.4022119723840105e-1)
    p = p * r + _same(6.931469670647613e-1)
    p = p * r + _same(1.0000000716546849)
    return p * _power_of_two(shifted)


@_inner
def _sigmoid(x: Any) -> Any:
    return _same(1.0) / (_same(1.0) + _exp(_same(0.0) - x))


@_inner
def _tanh(x: Any) -> Any:
    """Return tanh(x) = 1 - 2 / (exp(2 x) + 1), to 1.5e-7."""
    return _same(1.0) - _same(2.0) / (_exp(x + x) + _same(1.0))


# One layer, one direction


@_inner
def _compact(slot: int, live: int, row: Any, left: Any, which: Any, place: Any) -> None:
    """Let the last live slot take the place of one whose sequence has ended."""
    row[slot], left[slot], which[slot] = row[live], left[live], which[live]
    place[slot], place[live] = place[live], place[slot]


@_inner
def _shortest(left: Any, live: int) -> int:
    steps = left[0]
    for slot in range(1, live):
        steps = min(steps, left[slot])
    return steps


@_inner
def _idle(live: int, row: Any, before: Any, place: Any) -> Any:
    """Return rows, rows before and places of four slots; idle ones do again what the first does."""
    r0, b0, p0 = row[0], before[0], place[0]
    r1, b1, p1 = (row[1], before[1], place[1]) if live > 1 else (r0, b0, p0)
    r2, b2, p2 = (row[2], before[2], place[2]) if live > 2 else (r0, b0, p0)
    r3, b3, p3 = (row[3], before[3], place[3]) if live > 3 else (r0, b0, p0)
    return (r0, r1, r2, r3), (b0, b1, b2, b3), (p0, p1, p2, p3)


@_inner
def _read_frame(
    gates: Any, row: int, cells: Any, before: int, outputs: Any, out: int, out_before: int
) -> None:
    """Turn what the gates of a frame are given into what they give, and compute cell and output."""
    width = outputs.shape[1]
    for u in range(0, width, LANES):
        i = _sigmoid(_load(gates, row, u))
        f = _sigmoid(_load(gates, row, width + u))
        g = _tanh(_load(gates, row, 2 * width + u))
        o = _sigmoid(_load(gates, row, 3 * width + u))
        c = f * _load(cells, before, u) + i * g
        _store(gates, row, u, i)
        _store(gates, row, width + u, f)
        _store(gates, row, 2 * width + u, g)
        _store(gates, row, 3 * width + u, o)
        _store(cells, row, u, c)
        _store(outputs, out, u, o * _tanh(c))


@_inner
def _unread_frame(
    gates: Any, row: int, cells: Any, before: int, back: Any, back_cells: Any, place: int
) -> None:
    """Turn the gates of a frame into derivatives, given those of output and cell, and go one cell back."""
    width = cells.shape[1]
    one = _same(1.0)
    for u in range(0, width, LANES):
        i = _load(gates, row, u)
        f = _load(gates, row, width + u)
        g = _load(gates, row, 2 * width + u)
        o = _load(gates, row, 3 * width + u)
        h_back = _load(back, place, u)
        tanh_c = _tanh(_load(cells, row, u))
        c_back = h_back * o * (one - tanh_c * tanh_c) + _load(back_cells, place, u)
        _store(gates, row, u, c_back * g * i * (one - i))
        _store(gates, row, width + u, c_back * _load(cells, before, u) * f * (one - f))
        _store(gates, row, 2 * width + u, c_back * i * (one - g * g))
        _store(gates, row, 3 * width + u, h_back * tanh_c * o * (one - o))
        _store(back_cells, place, u, c_back * f)


@_inner
def _read_block(
    low: int, high: int, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int,
    from_input: Any, from_output: Any, bias: Any,
    gates: Any, gates_from: int, cells: Any, outputs: Any, outputs_from: int, last: Any,
) -> None:  # fmt: skip
    """Read the sequences from low to below high."""
    for n in range(low, high):
        for t in range(0, lengths[n], 4):
            inputs, places = _four(frame_rows[n], t, lengths[n]), _four(rows[n] - gates_from, t, lengths[n])
            _multiply(bias, (0, 0, 0, 0), frames, inputs, from_input, gates, places)

    row, left, which = np.zeros(SLOTS, np.int64), np.zeros(SLOTS, np.int64), np.zeros(SLOTS, np.int64)
    place = np.arange(SLOTS)
    before, out_before = np.zeros(SLOTS, np.int64), np.zeros(SLOTS, np.int64)
    width, no_cell, no_output = outputs.shape[1], cells.shape[0] - 1, outputs.shape[0] - 1
    following, live = low, 0
    while True:
        while live < SLOTS and following < high:
            which[live], left[live] = following, lengths[following]
            row[live] = rows[following] + (0 if step > 0 else lengths[following] - 1)
            before[live], out_before[live] = no_cell, no_output
            following, live = following + 1, live + 1
        if live == 0:
            return
        for _ in range(_shortest(left, live)):
            r, b, _p = _idle(live, row, out_before, place)
            g = (r[0] - gates_from, r[1] - gates_from, r[2] - gates_from, r[3] - gates_from)
            _multiply(gates, g, outputs, b, from_output, gates, g)
            for slot in range(live):
                here, out = row[slot] - gates_from, row[slot] - outputs_from
                _read_frame(gates, here, cells, before[slot], outputs, out, out_before[slot])
                before[slot], out_before[slot] = here, out
                row[slot], left[slot] = row[slot] + step, left[slot] - 1
        slot = 0
        while slot < live:
            if left[slot]:
                slot += 1
                continue
            for u in range(0, width, LANES):
                _store(last, which[slot], u, _load(outputs, out_before[slot], u))
            live -= 1
            before[slot], out_before[slot] = before[live], out_before[live]
            _compact(slot, live, row, left, which, place)


@_inner
def _unread_block(
    low: int, high: int, rows: Any, lengths: Any, step: int, to_output: Any,
    gates: Any, cells: Any, asked_last: Any, asked: Any, back: Any, back_cells: Any,
) -> None:  # fmt: skip
    """Go back through the sequences from low to below high: gates become derivatives."""
    row, left, which = np.zeros(SLOTS, np.int64), np.zeros(SLOTS, np.int64), np.zeros(SLOTS, np.int64)
    place, before = np.arange(SLOTS), np.zeros(SLOTS, np.int64)
    no_cell, last_asked = cells.shape[0] - 1, asked.shape[0] - 1
    following, live = low, 0
    while True:
        while live < SLOTS and following < high:
            which[live], left[live] = following, lengths[following]
            row[live] = rows[following] + (lengths[following] - 1 if step > 0 else 0)
            for u in range(0, back.shape[1], LANES):
                h_back = _load(asked_last, following, u) + _load(asked, min(row[live], last_asked), u)
                _store(back, place[live], u, h_back)
            for u in range(0, back_cells.shape[1], LANES):
                _store(back_cells, place[live], u, _same(0.0))
            following, live = following + 1, live + 1
        if live == 0:
            return
        for _ in range(_shortest(left, live)):
            for slot in range(live):
                before[slot] = row[slot] - step if left[slot] > 1 else no_cell
                _unread_frame(gates, row[slot], cells, before[slot], back, back_cells, place[slot])
            r, b, p = _idle(live, row, before, place)
            # Of a frame before the first it does not matter what is asked; nobody goes back there.
            s = (min(b[0], last_asked), min(b[1], last_asked), min(b[2], last_asked), min(b[3], last_asked))
            _multiply(asked, s, gates, r, to_output, back, p)
            for slot in range(live):
                row[slot], left[slot] = row[slot] - step, left[slot] - 1
        slot = 0
        while slot < live:
            if left[slot]:
                slot += 1
                continue
            live -= 1
            _compact(slot, live, row, left, which, place)


@_inner
def _longest(rows: Any, lengths: Any, blocks: Any) -> int:
    """Return the frames of the block that has most of them."""
    most = 0
    for block in range(len(blocks) - 1):
        end = blocks[block + 1] - 1
        most = max(most, rows[end] + lengths[end] - rows[blocks[block]])
    return most


@_compiled(
    _list, _list, _matrix, _list, _list, _list, types.int64, _matrix, _matrix, _matrix,
    _matrix, _matrix, _matrix, _matrix,
)  # fmt: skip
def read(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int,
    from_input: Any, from_output: Any, bias: Any, gates: Any, cells: Any, outputs: Any, last: Any,
) -> None:  # fmt: skip
    """Read blocks of sequences, in one direction through one layer, until all blocks are claimed.

    H is a multiple of eight here: units without weights fill it up. A row number in ``rows`` counts the
    frames of this batch, in the order of the sequences.

    Args:
        counter: (1) the next block to claim; threads share it.
        blocks: (blocks + 1) the first sequence of each block, then N.
        frames: (any, F or more) inputs.
        frame_rows: (N) the row of ``frames`` in which each sequence begins.
        rows: (N) the row of ``gates``, ``cells`` and ``outputs`` in which each sequence begins.
        lengths: (N) frames of each sequence.
        step: 1 to read forward, -1 to read backward.
        from_input: (F, 4 H) W transposed.
        from_output: (H, 4 H) U transposed.
        bias: (1, 4 H).
        gates: (S, 4 H) for what the gates give; without rows where it is not kept.
        cells: (S + 1, H) the last row is zero; without rows where it is not kept.
        outputs: (S + 1, H) the last row is zero; without rows where it is not kept.
        last: (N, H) for the output behind the last frame that is read.
    """
    width = last.shape[1]
    keeps_gates, keeps_outputs = gates.shape[0] > 0, outputs.shape[0] > 0
    if not (keeps_gates and keeps_outputs):
        most = _longest(rows, lengths, blocks)
        if not keeps_gates:
            gates = np.empty((most, 4 * width), np.float32)
            cells = np.zeros((most + 1, width), np.float32)
        if not keeps_outputs:
            outputs = np.zeros((most + 1, width), np.float32)
    while True:
        block = _claim(counter)
        if block >= len(blocks) - 1:
            return
        low, high = blocks[block], blocks[block + 1]
        _read_block(
            low, high, frames, frame_rows, rows, lengths, step, from_input, from_output, bias,
            gates, 0 if keeps_gates else rows[low], cells, outputs, 0 if keeps_outputs else rows[low], last,
        )  # fmt: skip


@_compiled(
    _list, _list, _matrix, _list, _list, _list, types.int64, _matrix, _matrix, types.int64, types.int64,
    _matrix, _matrix, _matrix, _matrix, _matrix, _matrix, types.float32[:, :, ::1],
)  # fmt: skip
def unread(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int,
    to_input: Any, to_output: Any, inputs: int, hidden: int,
    gates: Any, cells: Any, outputs: Any, asked_last: Any, asked: Any, back_frames: Any, totals: Any,
) -> None:  # fmt: skip
    """Go back through blocks of sequences until all are claimed; what is not told here is as in ``read``.

    Args:
        counter: as in ``read``.
        blocks: as in ``read``.
        frames: as in ``read``.
        frame_rows: as in ``read``.
        rows: as in ``read``.
        lengths: as in ``read``.
        step: as in ``read``.
        to_input: (4 H, F up to a multiple of 8) W.
        to_output: (4 H, H) U.
        inputs: F.
        hidden: units that have weights.
        gates: (S, 4 H) as ``read`` kept them; they become the derivatives of what the gates are given.
        cells: (S + 1, H).
        outputs: (S + 1, H).
        asked_last: (N, H) derivatives of ``last``.
        asked: (S, H) derivatives of ``outputs``; (1, H) zeros where there are none.
        back_frames: (rows of frames, width of to_input) to which the derivatives of the inputs are added;
            without rows where they are not wanted.
        totals: (blocks, F + hidden + 1, 4 H) for the derivatives of from_input, from_output and bias.
    """
    back = np.zeros((SLOTS, to_output.shape[1]), np.float32)
    back_cells = np.zeros((SLOTS, cells.shape[1]), np.float32)
    while True:
        block = _claim(counter)
        if block >= len(blocks) - 1:
            return
        low, high = blocks[block], blocks[block + 1]
        total = totals[block]
        total[:] = 0.0
        _unread_block(
            low, high, rows, lengths, step, to_output, gates, cells, asked_last, asked, back, back_cells
        )
        for n in range(low, high):
            first, own, count = frame_rows[n], rows[n], lengths[n]
            _add_outer(frames, first, inputs, gates, own, count, total, 0)
            later, earlier = (own + 1, own) if step > 0 else (own, own + 1)
            _add_outer(outputs, earlier, hidden, gates, later, count - 1, total, inputs)
            _add_rows(gates, own, count, total, inputs + hidden)
            if back_frames.shape[0]:
                for t in range(0, count, 4):
                    places = _four(first, t, count)
                    _multiply(back_frames, places, gates, _four(own, t, count), to_input, back_frames, places)


# One convolution


@_inner
def _copy_between_zeros(frames: Any, first: int, count: int, before: int, after: int, window: Any) -> None:
    """Copy some rows, as many columns as there is room for, with rows of zeros before and after them."""
    window[:before] = 0.0
    for t in range(count):
        for column in range(window.shape[1]):
            window[before + t, column] = frames[first + t, column]
    window[before + count : before + count + after] = 0.0


@_compiled(
    _list, _list, _matrix, _list, _list, _list, types.int64, types.int64, _matrix, _matrix, _matrix, _matrix
)
def convolve(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any,
    kernel: int, before: int, from_window: Any, bias: Any, outputs: Any, means: Any,
) -> None:  # fmt: skip
    """Convolve blocks of sequences over time, and cut off what is negative, until all blocks are claimed.

    Frame t gives relu(b + sum over j of W(j) x(t + j - before)), where x is zero outside the sequence. The
    window of a frame is a single row of ``kernel`` times F numbers, because frames lie in a row.

    Args:
        counter: as in ``read``.
        blocks: as in ``read``.
        frames: (any, F or more).
        frame_rows: as in ``read``.
        rows: as in ``read``.
        lengths: as in ``read``.
        kernel: frames in a window.
        before: those of them before frame t.
        from_window: (kernel F, C) W, the rows by j and then by input.
        bias: (1, C).
        outputs: (S, C); without rows where it is not kept.
        means: (N, C) for the mean of each sequence's outputs.
    """
    inputs = from_window.shape[0] // kernel
    longest = lengths[0]
    for n in range(len(lengths)):
        longest = max(longest, lengths[n])
    window = np.zeros((longest + kernel - 1, inputs), np.float32)
    keeps = outputs.shape[0] > 0
    if not keeps:
        outputs = np.empty((longest, means.shape[1]), np.float32)
    zero = _same(0.0)
    while True:
        block = _claim(counter)
        if block >= len(blocks) - 1:
            return
        for n in range(blocks[block], blocks[block + 1]):
            own, count = rows[n] if keeps else 0, lengths[n]
            _copy_between_zeros(frames, frame_rows[n], count, before, kernel - 1 - before, window)
            for t in range(0, count, 4):
                places = _four(own, t, count)
                _multiply(bias, (0, 0, 0, 0), window, _four(0, t, count), from_window, outputs, places)
            share = _same(np.float32(1.0) / np.float32(count))
            for column in range(0, means.shape[1], LANES):
                total = zero
                for t in range(own, own + count):
                    value = _at_least(_load(outputs, t, column), zero)
                    _store(outputs, t, column, value)
                    total = total + value
                _store(means, n, column, total * share)


@_compiled(
    _list, _list, _matrix, _list, _list, _list, types.int64, types.int64, _matrix, types.int64,
    _matrix, _matrix, _matrix, _matrix, types.float32[:, :, ::1],
)  # fmt: skip
def unconvolve(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any,
    kernel: int, before: int, to_window: Any, inputs: int,
    outputs: Any, asked_means: Any, asked: Any, back_frames: Any, totals: Any,
) -> None:  # fmt: skip
    """Go back through a convolution until all are claimed; the rest is as in ``convolve``.

    Args:
        counter: as in ``read``.
        blocks: as in ``read``.
        frames: as in ``convolve``.
        frame_rows: as in ``read``.
        rows: as in ``read``.
        lengths: as in ``read``.
        kernel: as in ``convolve``.
        before: as in ``convolve``.
        to_window: (kernel C, F up to a multiple of 8) W, the rows by j from the last on and then by output.
        inputs: F.
        outputs: (S, C).
        asked_means: (N, C) derivatives of ``means``.
        asked: (S, C) derivatives of ``outputs``; (1, C) zeros where there are none.
        back_frames: (rows of frames, width of to_window) for the derivatives of the inputs; without rows
            where they are not wanted.
        totals: (blocks, kernel F + 1, C) for the derivatives of from_window and bias.
    """
    after, width = kernel - 1 - before, outputs.shape[1]
    longest = lengths[0]
    for n in range(len(lengths)):
        longest = max(longest, lengths[n])
    window = np.zeros((longest + kernel - 1, inputs), np.float32)
    back = np.zeros((longest + kernel - 1, width), np.float32)
    nothing = np.zeros((1, to_window.shape[1]), np.float32)
    last_asked = asked.shape[0] - 1
    while True:
        block = _claim(counter)
        if block >= len(blocks) - 1:
            return
        total = totals[block]
        total[:] = 0.0
        for n in range(blocks[block], blocks[block + 1]):
            first, own, count = frame_rows[n], rows[n], lengths[n]
            _copy_between_zeros(frames, first, count, before, after, window)
            back[:after] = 0.0
            share = _same(np.float32(1.0) / np.float32(count))
            for column in range(0, width, LANES):
                of_mean = _load(asked_means, n, column) * share
                for t in range(count):
                    value = of_mean + _load(asked, min(own + t, last_asked), column)
                    _store(back, after + t, column, _where_positive(_load(outputs, own + t, column), value))
            back[after + count : after + count + before] = 0.0
            _add_outer(window, 0, kernel * inputs, back, after, count, total, 0)
            _add_rows(back, after, count, total, kernel * inputs)
            if back_frames.shape[0]:
                for t in range(0, count, 4):
                    places = _four(first, t, count)
                    _multiply(nothing, (0, 0, 0, 0), back, _four(0, t, count), to_window, back_frames, places)
