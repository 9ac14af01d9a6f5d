"""Fused steps: forward, backward and Adam on batch after batch, or forward alone, in one call.

A block of sequences goes through all layers, the head and the loss, and all the way back, while what is known
of it is still in the cache. When the last block of a step is done, whoever did it sums the gradients in the
order of the blocks, changes the parameters (Adam: Kingma and Ba 2015, algorithm 1), and opens the next step.
No thread waits for one that has not come: whoever is there takes what is left.

The head is a linear layer, and the loss is the cross-entropy of its softmax:

    p(k) = exp z(k) / sum over j of exp z(j)        z = V (features) + d        loss = -log p(label)
    z'(k) = (p(k) - [k = label]) / B
    V' = sum of z' (features)^T,    d' = sum of z',    (features)' = V^T z'
"""

from typing import Any

import numpy as np
from numba import types

from har_core.engine.kernels import LANES, SLOTS
from har_core.engine.kernels.columns import (
    ADDED,
    BACK,
    BETWEEN,
    COLUMNS,
    FEATURES,
    FORWARD,
    GATES,
    GRAD_FEATURES,
    GRAD_INPUT,
    GRAD_LASTS,
    GRAD_LOGITS,
    GRAD_OUTPUT,
    GRADIENTS,
    INPUTS,
    LASTS,
    LIVE,
    LOGITS,
    PARAMETERS,
    SAVED,
    UNITS,
    WINDOW,
    WINDOWS,
    ZEROS,
)
from har_core.engine.kernels.convolution import conv_backward_sequence, conv_forward_sequence
from har_core.engine.kernels.elementary import exp, log
from har_core.engine.kernels.kernel import INTEGERS, MATRIX, Kernel, inner
from har_core.engine.kernels.lstm import add_gradients, backward_block, forward_block
from har_core.engine.kernels.products import add_outer, add_rows, four, multiply
from har_core.engine.kernels.structs import BatchOutput, KernelSpec, Parameters, Work, Workspace
from har_core.engine.kernels.vectors import (
    atomic_load,
    atomic_store,
    fetch_add,
    first,
    load,
    sleep,
    splat,
    sqrt,
    store,
    view,
)

_SPINS = 2000
"""How often a thread looks whether the next step is open before it sleeps, a few microseconds in all."""

_SLEEP = 50  # microseconds


# Matrices


@inner
def round_up(count: int) -> int:
    """Return the least number of vectors' numbers that is not below a count."""
    return (count + LANES - 1) // LANES * LANES


@inner
def _pack_weights(matrices: Any, values: Any, packed: Any) -> None:
    """Bring all matrices from the parameters to where the products want them."""
    for m in range(matrices.shape[0]):
        inputs, kernel, units = matrices[m, INPUTS], matrices[m, WINDOW], matrices[m, UNITS]
        width, columns, back = round_up(units), matrices[m, COLUMNS], matrices[m, BACK]
        at, rows = matrices[m, PARAMETERS], matrices[m, GATES] * units
        for row in range(rows):
            own = row // units * width + row % units
            for k in range(inputs):
                for j in range(kernel):
                    value = values[at]
                    at += 1
                    to = matrices[m, FORWARD] + (j * inputs + k) * matrices[m, GATES] * width + own
                    packed[to] = value + packed[to] if matrices[m, ADDED] else value
                    if back >= 0:
                        packed[back + ((kernel - 1 - j) * matrices[m, GATES] * width + own) * columns + k] = (
                            value
                        )


@inner
def _reduce_gradients(matrices: Any, block_gradients: Any, blocks: int, gradient: Any) -> None:
    """Sum the gradients of all blocks, and bring them to the order of the parameters."""
    for block in range(1, blocks):
        for index in range(block_gradients.shape[1]):
            block_gradients[0, index] += block_gradients[block, index]
    for m in range(matrices.shape[0]):
        inputs, kernel, units = matrices[m, INPUTS], matrices[m, WINDOW], matrices[m, UNITS]
        at, rows, width = matrices[m, PARAMETERS], matrices[m, GATES] * units, round_up(units)
        for row in range(rows):
            own = matrices[m, GRADIENTS] + row // units * width + row % units
            for k in range(inputs):
                for j in range(kernel):
                    gradient[at] = block_gradients[0, own + (j * inputs + k) * matrices[m, GATES] * width]
                    at += 1


@inner
def _weight_t(matrices: Any, m: int, packed: Any) -> Any:
    rows, columns = (
        matrices[m, INPUTS] * matrices[m, WINDOW],
        matrices[m, GATES] * round_up(matrices[m, UNITS]),
    )
    return view(packed, matrices[m, FORWARD], rows, columns)


@inner
def _weight(matrices: Any, m: int, packed: Any) -> Any:
    rows = matrices[m, GATES] * round_up(matrices[m, UNITS]) * matrices[m, WINDOW]
    return view(packed, matrices[m, BACK], rows, matrices[m, COLUMNS])


@inner
def _clear(values: Any, start: int, count: int) -> None:
    for index in range(start, start + count):
        values[index] = 0.0


# A block, forward


@inner
def _factor(spec: Any, draws: Any, at: int) -> Any:
    """Return by what a value is multiplied that may be dropped."""
    if len(draws) == 0:
        return np.float32(1.0)
    return np.float32(spec.scale) if draws[at] < spec.keeps_below else np.float32(0.0)


@inner
def _saved_of_lstm(ws: Any, values: Any, place: int, width: int) -> Any:
    """Return where gates, cells and outputs are kept."""
    frames, at = ws.frames, ws.saved[place]
    gates = view(values, at, frames, 4 * width)
    at += frames * 4 * width
    cells = view(values, at, frames + 1, width)
    return gates, cells, view(values, at + (frames + 1) * width, frames + 1, width)


@inner
def _inputs_above(spec: Any, ws: Any, values: Any, layer: int) -> Any:
    """Return where the inputs of an LSTM layer above the first lie."""
    width = spec.directions * spec.hidden
    return view(values, ws.offsets[BETWEEN] + (layer - 1) * ws.frames * width, ws.frames, width)


@inner
def _lstm_forward(spec: Any, work: Any, ws: Any, packed: Any, values: Any, low: int, high: int) -> None:
    """Lead a block through all layers of an LSTM, and set the last outputs of the top one."""
    count, frames, width, joined = high - low, ws.frames, round_up(spec.hidden), spec.directions * spec.hidden
    rows, lengths = work.rows[low:high], work.lengths[low:high]
    below, below_rows = work.frames, work.frame_rows[low:high]
    for layer in range(spec.layers):
        for direction in range(spec.directions):
            place = layer * spec.directions + direction
            gates, cells, outputs = _saved_of_lstm(ws, values, place, width)
            _clear(cells[frames], 0, width)
            _clear(outputs[frames], 0, width)
            last = view(values, ws.offsets[LASTS] + direction * ws.sequences * width, ws.sequences, width)
            w = _weight_t(spec.matrices, 4 * place, packed)
            u = _weight_t(spec.matrices, 4 * place + 1, packed)
            b = _weight_t(spec.matrices, 4 * place + 2, packed)
            forward_block(
                0, count, below, below_rows, rows, lengths, -1 if direction else 1, w, u, b, gates, cells,
                outputs, last
            )  # fmt: skip
            if layer == spec.layers - 1:
                continue
            above = _inputs_above(spec, ws, values, layer + 1)
            for n in range(count):
                at = work.draw_starts[low + n, layer] + direction * spec.hidden
                for t in range(lengths[n]):
                    own = rows[n] + t
                    for unit in range(spec.hidden):
                        factor = _factor(spec, work.draws, at + t * joined + unit)
                        above[own, direction * spec.hidden + unit] = outputs[own, unit] * factor
        if layer < spec.layers - 1:
            below, below_rows = _inputs_above(spec, ws, values, layer + 1), rows


@inner
def _conv_forward(
    spec: Any, work: Any, ws: Any, packed: Any, values: Any, low: int, high: int, kernel: int
) -> None:
    """Lead a block through all convolutions, and set the means of the last."""
    below, matrices = work.frames, spec.matrices
    for layer in range(spec.layers):
        w, b = _weight_t(matrices, 2 * layer, packed), _weight_t(matrices, 2 * layer + 1, packed)
        outputs = view(values, ws.saved[layer], ws.frames, b.shape[1])
        means = view(values, ws.offsets[LASTS], ws.sequences, b.shape[1])
        window = view(values, ws.offsets[WINDOWS], ws.frames + kernel - 1, matrices[2 * layer, INPUTS])
        for n in range(high - low):
            own, count = work.rows[low + n], work.lengths[low + n]
            first = own if layer else work.frame_rows[low + n]
            conv_forward_sequence(
                below, first, own, count, (kernel - 1) // 2, window, w, b, outputs, means, n
            )
        below = outputs


@inner
def _head_forward(
    spec: Any, work: Any, ws: Any, packed: Any, values: Any, low: int, high: int, output: Any
) -> None:
    """Set the features and logits of a block."""
    width, features, head = round_up(spec.last), spec.directions * spec.last, spec.matrices.shape[0] - 2
    head_input = view(values, ws.offsets[FEATURES], ws.sequences, features)
    w, b = _weight_t(spec.matrices, head, packed), _weight_t(spec.matrices, head + 1, packed)
    logits = view(values, ws.offsets[LOGITS], ws.sequences, b.shape[1])
    for n in range(high - low):
        at, row = work.draw_starts[low + n, spec.layers - 1], work.output_rows[low + n]
        for direction in range(spec.directions):
            lasts = ws.offsets[LASTS] + (direction * ws.sequences + n) * width
            for unit in range(spec.last):
                u = direction * spec.last + unit
                head_input[n, u] = values[lasts + unit] * _factor(spec, work.draws, at + u)
                output.features[row, u] = head_input[n, u]
    for n in range(0, high - low, 4):
        rows = four(0, n, high - low)
        multiply(b, (0, 0, 0, 0), head_input, rows, w, logits, rows)


@inner
def _cross_entropy(
    spec: Any, work: Any, ws: Any, values: Any, low: int, high: int, size: int, output: Any
) -> None:
    """Compare the logits of a block with the labels: set the losses and the gradients of the logits."""
    width = round_up(spec.classes)
    share = np.float32(1.0) / np.float32(size)
    logits = view(values, ws.offsets[LOGITS], ws.sequences, width)
    grad_logits = view(values, ws.offsets[GRAD_LOGITS], ws.sequences, width)
    for n in range(high - low):
        label, row = work.labels[low + n], work.output_rows[low + n]
        best = 0
        for k in range(spec.classes):
            output.logits[row, k] = logits[n, k]
            if logits[n, k] > logits[n, best]:
                best = k
        top, total = logits[n, best], np.float32(0.0)
        for k in range(0, width, LANES):
            store(grad_logits, n, k, exp(load(logits, n, k) - splat(top)))
        for k in range(spec.classes):
            total += grad_logits[n, k]
        output.losses[row] = first(log(splat(total))) - (logits[n, label] - top)
        output.correct[row] = 1 if best == label else 0
        for k in range(spec.classes):
            grad_logits[n, k] *= share / total
        grad_logits[n, label] -= share
        _clear(grad_logits[n], spec.classes, width - spec.classes)


# A block, back


@inner
def _head_backward(
    spec: Any, work: Any, ws: Any, packed: Any, values: Any, low: int, high: int, block_gradients: Any
) -> None:
    """Go back through the head: set the gradients of the last outputs."""
    count, head = high - low, spec.matrices.shape[0] - 2
    features, width, classes = spec.directions * spec.last, round_up(spec.last), round_up(spec.classes)
    head_input = view(values, ws.offsets[FEATURES], ws.sequences, features)
    grad_logits = view(values, ws.offsets[GRAD_LOGITS], ws.sequences, classes)
    grad_features = view(values, ws.offsets[GRAD_FEATURES], ws.sequences, round_up(features))
    zeros = view(values, ws.offsets[ZEROS], 1, round_up(features))
    gradient = view(block_gradients, spec.matrices[head, GRADIENTS], features + 1, classes)
    add_outer(head_input, 0, features, grad_logits, 0, count, gradient, 0)
    add_rows(grad_logits, 0, count, gradient, features)
    # of the rows of the matrix only so many as there are classes
    w = view(packed, spec.matrices[head, BACK], spec.classes, round_up(features))
    for n in range(0, count, 4):
        rows = four(0, n, count)
        multiply(zeros, (0, 0, 0, 0), grad_logits, rows, w, grad_features, rows)
    for n in range(count):
        at = work.draw_starts[low + n, spec.layers - 1]
        for direction in range(spec.directions):
            place = ws.offsets[GRAD_LASTS] + (direction * ws.sequences + n) * width
            _clear(values, place, width)
            for unit in range(spec.last):
                u = direction * spec.last + unit
                values[place + unit] = grad_features[n, u] * _factor(spec, work.draws, at + u)


@inner
def _lstm_backward(
    spec: Any, work: Any, ws: Any, packed: Any, values: Any, low: int, high: int, block_gradients: Any
) -> None:
    """Go back through all layers of an LSTM."""
    count, frames, width, joined = high - low, ws.frames, round_up(spec.hidden), spec.directions * spec.hidden
    rows, lengths = work.rows[low:high], work.lengths[low:high]
    live = view(values, ws.offsets[LIVE], SLOTS, width)
    live_cells = view(values, ws.offsets[LIVE] + SLOTS * width, SLOTS, width)
    for layer in range(spec.layers - 1, -1, -1):
        below = _inputs_above(spec, ws, values, layer) if layer else work.frames
        below_rows = rows if layer else work.frame_rows[low:high]
        back = view(values, ws.offsets[GRAD_INPUT], frames if layer else 0, round_up(joined))
        if layer:
            _clear(values, ws.offsets[GRAD_INPUT], (rows[count - 1] + lengths[count - 1]) * round_up(joined))
        for direction in range(spec.directions):
            place = layer * spec.directions + direction
            gates, cells, outputs = _saved_of_lstm(ws, values, place, width)
            at = ws.offsets[GRAD_LASTS] + direction * ws.sequences * width
            grad_h_n = view(values, at, ws.sequences, width)
            grad_output = view(values, ws.offsets[ZEROS], 1, width)
            if layer < spec.layers - 1:  # only of the top layer the last outputs are used
                _clear(values, at, count * width)
                grad_output = view(
                    values, ws.offsets[GRAD_OUTPUT] + direction * frames * width, frames, width
                )
            inputs, step = spec.matrices[4 * place, INPUTS], -1 if direction else 1
            weight_ih = _weight(spec.matrices, 4 * place, packed)
            weight_hh = _weight(spec.matrices, 4 * place + 1, packed)
            backward_block(
                0,
                count,
                rows,
                lengths,
                step,
                weight_hh,
                gates,
                cells,
                grad_h_n,
                grad_output,
                live,
                live_cells,
            )
            at = spec.matrices[4 * place, GRADIENTS]
            gradient = view(block_gradients, at, inputs + spec.hidden + 1, 4 * width)
            add_gradients(
                0, count, below, below_rows, rows, lengths, step, weight_ih, inputs, spec.hidden, gates,
                outputs, back, gradient
            )  # fmt: skip
        if layer == 0:
            return
        for direction in range(spec.directions):
            grad_output = view(values, ws.offsets[GRAD_OUTPUT] + direction * frames * width, frames, width)
            for n in range(count):
                at = work.draw_starts[low + n, layer - 1] + direction * spec.hidden
                for own in range(rows[n], rows[n] + lengths[n]):
                    _clear(grad_output[own], spec.hidden, width - spec.hidden)
                    for unit in range(spec.hidden):
                        factor = _factor(spec, work.draws, at + unit)
                        grad_output[own, unit] = back[own, direction * spec.hidden + unit] * factor
                    at += joined


@inner
def _conv_backward(
    spec: Any,
    work: Any,
    ws: Any,
    packed: Any,
    values: Any,
    low: int,
    high: int,
    block_gradients: Any,
    kernel: int,
) -> None:
    """Go back through all convolutions."""
    frames, longest, matrices = ws.frames, ws.frames + kernel - 1, spec.matrices
    grad_output_at, grad_input_at = ws.offsets[GRAD_OUTPUT], ws.offsets[GRAD_INPUT]
    for layer in range(spec.layers - 1, -1, -1):
        inputs, width = matrices[2 * layer, INPUTS], round_up(matrices[2 * layer, UNITS])
        outputs = view(values, ws.saved[layer], frames, width)
        window = view(values, ws.offsets[WINDOWS], longest, inputs)
        live = view(values, ws.offsets[WINDOWS] + longest * inputs, longest, width)
        gradient = view(block_gradients, matrices[2 * layer, GRADIENTS], kernel * inputs + 1, width)
        grad_means = view(values, ws.offsets[GRAD_LASTS], ws.sequences, width)
        grad_output = view(values, ws.offsets[ZEROS], 1, width)
        if layer < spec.layers - 1:  # only of the top layer the means are used
            _clear(values, ws.offsets[GRAD_LASTS], (high - low) * width)
            grad_output = view(values, grad_output_at, frames, width)
        back = view(values, grad_input_at, frames if layer else 0, round_up(inputs))
        grad_output_at, grad_input_at = grad_input_at, grad_output_at
        below = work.frames
        if layer:
            below = view(values, ws.saved[layer - 1], frames, round_up(inputs))
        for n in range(high - low):
            own, count = work.rows[low + n], work.lengths[low + n]
            first = own if layer else work.frame_rows[low + n]
            conv_backward_sequence(
                below, first, own, count, (kernel - 1) // 2, window, live,
                _weight(matrices, 2 * layer, packed), outputs, grad_means, n, grad_output, back, gradient
            )  # fmt: skip


# A step


@inner
def _adam_step(parameters: Any, gradient: Any, step: int) -> None:
    """Change the parameters by their gradients, as Adam does."""
    values, exp_avg, exp_avg_sq = parameters.values, parameters.exp_avg, parameters.exp_avg_sq
    step_size, correction = parameters.step_sizes[step], parameters.corrections[step]
    beta1, share1 = np.float32(parameters.beta1), np.float32(1.0 - parameters.beta1)
    beta2, share2 = np.float32(parameters.beta2), np.float32(1.0 - parameters.beta2)
    eps = np.float32(parameters.eps)
    for index in range(len(values)):
        slope = gradient[index]
        exp_avg[index] = beta1 * exp_avg[index] + share1 * slope
        exp_avg_sq[index] = beta2 * exp_avg_sq[index] + share2 * slope * slope
        values[index] -= step_size * exp_avg[index] / (sqrt(exp_avg_sq[index]) / correction + eps)


_NUMBERS = types.float32[::1]


def _struct(of: Any, **fields: Any) -> Any:
    return types.NamedTuple([fields.get(name, types.int64) for name in of._fields], of)


def fused_steps(
    window: int | None,
    spec: KernelSpec,
    work: Work,
    parameters: Parameters,
    ws: Workspace,
    output: BatchOutput,
    stays: int,
) -> None:
    """Take all steps, or predict; as many threads as there is room for may share the work.

    Args:
        window: frames in a window of a convolution; None for an LSTM, which lets numba leave the other out.
        spec: of the network.
        work: what is computed.
        parameters: of the network, and what Adam keeps of them.
        ws: the workspace to compute in; as many threads may come as it has rows of weights.
        output: to be filled.
        stays: 1 for the thread that asks: it stays until the others have left, for nobody touches the
            arguments any more when it goes on. A thread that comes later leaves at once.
    """
    own = fetch_add(ws.sync[1:])
    place = min(own, ws.weights.shape[0] - 1)
    packed, values = ws.weights[place], ws.values[place]
    steps, packed_for, spins = len(work.steps) - 1, -1, 0
    while True:
        step = atomic_load(ws.sync)
        if step == steps or own > place:
            break
        if step != packed_for:
            _pack_weights(spec.matrices, parameters.values, packed)
            _clear(values, ws.offsets[ZEROS], ws.offsets[SAVED] - ws.offsets[ZEROS])
            packed_for, spins = step, 0
        first, count = work.steps[step], work.steps[step + 1] - work.steps[step]
        block = fetch_add(ws.sync[3 + 2 * step :]) if spins == 0 else count
        if block >= count:
            spins += 1
            if spins > _SPINS:
                sleep(ws.acquire, ws.lock, _SLEEP)
            continue
        low, high, block_gradients = (
            work.blocks[first + block],
            work.blocks[first + block + 1],
            ws.block_gradients[block if work.trains else 0],
        )
        if window is None:
            _lstm_forward(spec, work, ws, packed, values, low, high)
        else:
            _conv_forward(spec, work, ws, packed, values, low, high, window)
        _head_forward(spec, work, ws, packed, values, low, high, output)
        _cross_entropy(spec, work, ws, values, low, high, work.sizes[step], output)
        if work.trains:
            _clear(block_gradients, 0, len(block_gradients))
            _head_backward(spec, work, ws, packed, values, low, high, block_gradients)
            if window is None:
                _lstm_backward(spec, work, ws, packed, values, low, high, block_gradients)
            else:
                _conv_backward(spec, work, ws, packed, values, low, high, block_gradients, window)
        if fetch_add(ws.sync[4 + 2 * step :]) == count - 1:
            if work.trains:
                _reduce_gradients(spec.matrices, ws.block_gradients, count, ws.gradient)
                _adam_step(parameters, ws.gradient, step)
            atomic_store(ws.sync, step + 1)
    fetch_add(ws.sync[2:])
    # Who left is read first: if as many came later on, nobody was inside then.
    while stays and atomic_load(ws.sync[2:]) != atomic_load(ws.sync[1:]):
        sleep(ws.acquire, ws.lock, _SLEEP)


def _for(window: Any) -> Kernel:
    return Kernel(
        fused_steps,
        (
            window,
            _struct(KernelSpec, scale=types.float64, matrices=types.int64[:, ::1]),
            _struct(
                Work, frames=MATRIX, steps=INTEGERS, blocks=INTEGERS, frame_rows=INTEGERS, rows=INTEGERS,
                lengths=INTEGERS, labels=INTEGERS, output_rows=INTEGERS, sizes=INTEGERS,
                draws=types.int16[::1], draw_starts=types.int64[:, ::1]
            ),
            _struct(
                Parameters,
                **dict.fromkeys(("values", "exp_avg", "exp_avg_sq", "step_sizes", "corrections"), _NUMBERS),
                **dict.fromkeys(("beta1", "beta2", "eps"), types.float64)
            ),
            _struct(
                Workspace, sync=INTEGERS, weights=MATRIX, values=MATRIX, offsets=INTEGERS, saved=INTEGERS,
                block_gradients=MATRIX, gradient=_NUMBERS
            ),
            _struct(BatchOutput, features=MATRIX, logits=MATRIX, losses=_NUMBERS, correct=INTEGERS),
            types.int64
        )
    )  # fmt: skip


lstm_steps = _for(types.none)

conv_steps = _for(types.int64)
