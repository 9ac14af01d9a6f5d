"""An LSTM layer in one direction, on a block of sequences: its mathematics stands in the package."""

from typing import Any

from har_core.engine.kernels import LANES, SLOTS
from har_core.engine.kernels.elementary import sigmoid, tanh
from har_core.engine.kernels.kernel import inner
from har_core.engine.kernels.products import add_outer, add_rows, four, multiply
from har_core.engine.kernels.vectors import for_slots, load, splat, store


@inner
def _compact(slot: int, live: int, row: Any, left: Any, which: Any, place: Any) -> None:
    """Let the last live slot take the place of one whose sequence has ended."""
    row[slot], left[slot], which[slot] = row[live], left[live], which[live]
    place[slot], place[live] = place[live], place[slot]


@inner
def _shortest(left: Any, live: int) -> int:
    steps = left[0]
    for slot in range(1, live):
        steps = min(steps, left[slot])
    return steps


@inner
def _idle(live: int, row: Any, before: Any, place: Any) -> Any:
    """Return rows, rows before and places of four slots; idle ones do again what the first does."""
    r0, b0, p0 = row[0], before[0], place[0]
    r1, b1, p1 = (row[1], before[1], place[1]) if live > 1 else (r0, b0, p0)
    r2, b2, p2 = (row[2], before[2], place[2]) if live > 2 else (r0, b0, p0)
    r3, b3, p3 = (row[3], before[3], place[3]) if live > 3 else (r0, b0, p0)
    return (r0, r1, r2, r3), (b0, b1, b2, b3), (p0, p1, p2, p3)


@inner
def _forward_frame(gates: Any, row: int, cells: Any, before: int, outputs: Any) -> None:
    """Turn what the gates of a frame are given into what they give, and compute cell and output."""
    width = outputs.shape[1]
    for u in range(0, width, LANES):
        i = sigmoid(load(gates, row, u))
        f = sigmoid(load(gates, row, width + u))
        g = tanh(load(gates, row, 2 * width + u))
        o = sigmoid(load(gates, row, 3 * width + u))
        c = f * load(cells, before, u) + i * g
        store(gates, row, u, i)
        store(gates, row, width + u, f)
        store(gates, row, 2 * width + u, g)
        store(gates, row, 3 * width + u, o)
        store(cells, row, u, c)
        store(outputs, row, u, o * tanh(c))


@inner
def _backward_frame(
    gates: Any, row: int, cells: Any, before: int, grad_h: Any, grad_c: Any, place: int
) -> None:
    """Turn the gates of a frame into gradients, given those of output and cell, and go one cell back."""
    width = cells.shape[1]
    one = splat(1.0)
    for u in range(0, width, LANES):
        i = load(gates, row, u)
        f = load(gates, row, width + u)
        g = load(gates, row, 2 * width + u)
        o = load(gates, row, 3 * width + u)
        grad_h_t = load(grad_h, place, u)
        tanh_c = tanh(load(cells, row, u))
        grad_c_t = grad_h_t * o * (one - tanh_c * tanh_c) + load(grad_c, place, u)
        store(gates, row, u, grad_c_t * g * i * (one - i))
        store(gates, row, width + u, grad_c_t * load(cells, before, u) * f * (one - f))
        store(gates, row, 2 * width + u, grad_c_t * i * (one - g * g))
        store(gates, row, 3 * width + u, grad_h_t * tanh_c * o * (one - o))
        store(grad_c, place, u, grad_c_t * f)


@inner
def forward_block(
    low: int, high: int, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int,
    weight_ih_t: Any, weight_hh_t: Any, bias: Any,
    gates: Any, cells: Any, outputs: Any, last: Any,
) -> None:  # fmt: skip
    """Lead the sequences from low to below high through the layer."""
    for n in range(low, high):
        for t in range(0, lengths[n], 4):
            inputs, places = four(frame_rows[n], t, lengths[n]), four(rows[n], t, lengths[n])
            multiply(bias, (0, 0, 0, 0), frames, inputs, weight_ih_t, gates, places)

    row, left, which, place, before = for_slots(), for_slots(), for_slots(), for_slots(), for_slots()
    for slot in range(SLOTS):
        place[slot] = slot
    width, nothing = outputs.shape[1], outputs.shape[0] - 1
    following, live = low, 0
    while True:
        while live < SLOTS and following < high:
            which[live], left[live] = following, lengths[following]
            row[live] = rows[following] + (0 if step > 0 else lengths[following] - 1)
            before[live] = nothing
            following, live = following + 1, live + 1
        if live == 0:
            return
        for _ in range(_shortest(left, live)):
            r, b, _p = _idle(live, row, before, place)
            multiply(gates, r, outputs, b, weight_hh_t, gates, r)
            for slot in range(live):
                _forward_frame(gates, row[slot], cells, before[slot], outputs)
                before[slot] = row[slot]
                row[slot], left[slot] = row[slot] + step, left[slot] - 1
        slot = 0
        while slot < live:
            if left[slot]:
                slot += 1
                continue
            for u in range(0, width, LANES):
                store(last, which[slot], u, load(outputs, before[slot], u))
            live -= 1
            before[slot] = before[live]
            _compact(slot, live, row, left, which, place)


@inner
def backward_block(
    low: int, high: int, rows: Any, lengths: Any, step: int, weight_hh: Any,
    gates: Any, cells: Any, grad_h_n: Any, grad_output: Any, grad_h: Any, grad_c: Any,
) -> None:  # fmt: skip
    """Go back through the sequences from low to below high: gates become gradients."""
    row, left, which, place, before = for_slots(), for_slots(), for_slots(), for_slots(), for_slots()
    for slot in range(SLOTS):
        place[slot] = slot
    no_cell, last_grad = cells.shape[0] - 1, grad_output.shape[0] - 1
    following, live = low, 0
    while True:
        while live < SLOTS and following < high:
            which[live], left[live] = following, lengths[following]
            row[live] = rows[following] + (lengths[following] - 1 if step > 0 else 0)
            for u in range(0, grad_h.shape[1], LANES):
                grad_h_t = load(grad_h_n, following, u) + load(grad_output, min(row[live], last_grad), u)
                store(grad_h, place[live], u, grad_h_t)
            for u in range(0, grad_c.shape[1], LANES):
                store(grad_c, place[live], u, splat(0.0))
            following, live = following + 1, live + 1
        if live == 0:
            return
        for _ in range(_shortest(left, live)):
            for slot in range(live):
                before[slot] = row[slot] - step if left[slot] > 1 else no_cell
                _backward_frame(gates, row[slot], cells, before[slot], grad_h, grad_c, place[slot])
            r, b, p = _idle(live, row, before, place)
            # Of a frame before the first it does not matter what its gradient is; nobody goes back there.
            s = (min(b[0], last_grad), min(b[1], last_grad), min(b[2], last_grad), min(b[3], last_grad))
            multiply(grad_output, s, gates, r, weight_hh, grad_h, p)
            for slot in range(live):
                row[slot], left[slot] = row[slot] - step, left[slot] - 1
        slot = 0
        while slot < live:
            if left[slot]:
                slot += 1
                continue
            live -= 1
            _compact(slot, live, row, left, which, place)


@inner
def add_gradients(
    low: int, high: int, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int, weight_ih: Any,
    inputs: int, hidden: int, gates: Any, outputs: Any, grad_input: Any, gradient: Any,
) -> None:  # fmt: skip
    """Add what the gradients of the gates make of the weights' and, where it has rows, of the inputs'."""
    for n in range(low, high):
        first, own, count = frame_rows[n], rows[n], lengths[n]
        add_outer(frames, first, inputs, gates, own, count, gradient, 0)
        later, earlier = (own + 1, own) if step > 0 else (own, own + 1)
        add_outer(outputs, earlier, hidden, gates, later, count - 1, gradient, inputs)
        add_rows(gates, own, count, gradient, inputs + hidden)
        if grad_input.shape[0]:
            for t in range(0, count, 4):
                places = four(first, t, count)
                multiply(grad_input, places, gates, four(own, t, count), weight_ih, grad_input, places)
