"""Eight float32 in a register, what can be done with them, and what threads tell each other."""

import operator
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.cgutils import alloca_once
from numba.core.imputils import impl_ret_borrowed, lower_builtin
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import populate_array

from har_core.engine.kernels import LANES, SLOTS


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
def load(typing: Any, array: Any, row: Any, column: Any) -> Any:
    """Return the eight numbers of a row from a column on."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        place = _address(context, builder, sig.args[0], *args)
        return builder.load(builder.bitcast(place, _llvm_vector.as_pointer()), align=4)

    return _vector(array, types.int64, types.int64), build


@intrinsic
def store(typing: Any, array: Any, row: Any, column: Any, values: Any) -> Any:
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
def broadcast(typing: Any, array: Any, row: Any, column: Any) -> Any:
    """Return one number of a matrix eight times."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _fill(builder, builder.load(_address(context, builder, sig.args[0], *args)))

    return _vector(array, types.int64, types.int64), build


@intrinsic
def splat(typing: Any, number: Any) -> Any:
    """Return one number eight times."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _fill(builder, context.cast(builder, args[0], sig.args[0], types.float32))

    return _vector(number), build


@intrinsic
def fma(typing: Any, start: Any, one: Any, other: Any) -> Any:
    """Return start + one * other; numba understands it much faster than the operators."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        product = builder.fmul(args[1], args[2], flags=("contract",))
        return builder.fadd(args[0], product, flags=("contract",))

    return _vector(_vector, _vector, _vector), build


@intrinsic
def maximum(typing: Any, values: Any, least: Any) -> Any:
    """Return the values, or the other one's where these are less; what is not a number stays."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered("<", *args), args[1], args[0])

    return _vector(_vector, _vector), build


@intrinsic
def minimum(typing: Any, values: Any, most: Any) -> Any:
    """Return the values, or the other one's where these are more; what is not a number stays."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.select(builder.fcmp_ordered(">", *args), args[1], args[0])

    return _vector(_vector, _vector), build


@intrinsic
def where_positive(typing: Any, where: Any, values: Any) -> Any:
    """Return the values where the others are above zero or no number, and zero elsewhere."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        zero = ir.Constant(_llvm_vector, [0.0] * LANES)
        return builder.select(builder.fcmp_ordered("<=", args[0], zero), zero, args[1])

    return _vector(_vector, _vector), build


@intrinsic
def power_of_two(typing: Any, shifted: Any) -> Any:
    """Return 2^n of whole numbers n from -126 to 127, given as n + 127 in the last bits of a float32."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits = builder.bitcast(args[0], _llvm_integers)
        by = ir.Constant(_llvm_integers, [23] * LANES)
        return builder.bitcast(builder.shl(bits, by), _llvm_vector)

    return _vector(_vector), build


@intrinsic
def bits_as_number(typing: Any, values: Any) -> Any:
    """Return the bits of float32, lstm_forward as whole numbers."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.sitofp(builder.bitcast(args[0], _llvm_integers), _llvm_vector)

    return _vector(_vector), build


@intrinsic
def first(typing: Any, values: Any) -> Any:
    """Return the first of eight numbers."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.extract_element(args[0], ir.Constant(ir.IntType(32), 0))

    return types.float32(_vector), build


@intrinsic
def sqrt(typing: Any, number: Any) -> Any:
    """Return the square sqrt of a number; numba's own way calls a library."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.call(builder.module.declare_intrinsic("llvm.sqrt", [ir.FloatType()]), args)

    return types.float32(types.float32), build


@intrinsic
def for_slots(typing: Any) -> Any:
    """Return a whole number for each slot, in memory that is free again when the function returns."""
    numbers = types.Array(types.int64, 1, "C")

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        count, size = ir.Constant(ir.IntType(64), SLOTS), ir.Constant(ir.IntType(64), 8)
        place = alloca_once(builder, ir.IntType(64), size=SLOTS)
        array = context.make_array(numbers)(context, builder)
        populate_array(array, place, shape=[count], strides=[size], itemsize=size, meminfo=None)
        return array._getvalue()

    return numbers(), build


@intrinsic
def fetch_add(typing: Any, counter: Any) -> Any:
    """Return a counter's number and add one to it, in one step whatever other threads do."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        array = context.make_array(sig.args[0])(context, builder, args[0])
        return builder.atomic_rmw("add", array.data, ir.Constant(ir.IntType(64), 1), "seq_cst")

    return types.int64(counter), build


@intrinsic
def atomic_load(typing: Any, place: Any) -> Any:
    """Return a number that other threads set, with all they have written before."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        array = context.make_array(sig.args[0])(context, builder, args[0])
        return builder.load_atomic(array.data, "seq_cst", 8)

    return types.int64(place), build


@intrinsic
def atomic_store(typing: Any, place: Any, number: Any) -> Any:
    """Set a number that other threads look at."""

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        array = context.make_array(sig.args[0])(context, builder, args[0])
        builder.store_atomic(args[1], array.data, "seq_cst", 8)
        return context.get_dummy_value()

    return types.none(place, types.int64), build


@intrinsic
def sleep(typing: Any, acquire: Any, lock: Any, microseconds: Any) -> Any:
    """Sleep for some microseconds, by waiting for a lock that is never free.

    The addresses are those of the lock, and of Python's ``PyThread_acquire_lock_timed``, which needs no
    interpreter.
    """
    waiting = ir.FunctionType(ir.IntType(32), [ir.IntType(64), ir.IntType(64), ir.IntType(32)])

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        function = builder.inttoptr(args[0], waiting.as_pointer())
        builder.call(function, [args[1], args[2], ir.Constant(ir.IntType(32), 0)])
        return context.get_dummy_value()

    return types.none(types.int64, types.int64, types.int64), build


@intrinsic
def view(typing: Any, values: Any, at: Any, rows: Any, columns: Any) -> Any:
    """Return a part of a vector as a matrix; numba's own ways take seconds to compile."""
    matrix = types.Array(values.dtype, 2, "C")

    def build(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        whole = context.make_array(sig.args[0])(context, builder, args[0])
        size = ir.Constant(ir.IntType(64), context.get_abi_sizeof(context.get_data_type(values.dtype)))
        part = context.make_array(matrix)(context, builder)
        populate_array(
            part, builder.gep(whole.data, [args[1]], inbounds=True), shape=[args[2], args[3]],
            strides=[builder.mul(args[3], size), size], itemsize=size, meminfo=whole.meminfo,
            parent=whole.parent,
        )  # fmt: skip
        return impl_ret_borrowed(context, builder, matrix, part._getvalue())

    return matrix(values, types.int64, types.int64, types.int64), build
