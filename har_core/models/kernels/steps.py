"""Whole steps: a classifier learns from batch after batch, or is asked, in one call.

A block of sequences goes through all layers, the head and the loss, and all the way back, while what is known
of it is still in the cache. When the last block of a step is done, whoever did it sums the derivatives in the
order of the blocks, changes the parameters (Adam: Kingma and Ba 2015, algorithm 1), and opens the next step.
No thread waits for one that has not come: whoever is there claims what is left.

The head is a linear layer, and the loss is the cross-entropy of its softmax:

    p(k) = exp z(k) / sum over j of exp z(j)        z = V (features) + d        loss = -log p(label)
    z'(k) = (p(k) - [k = label]) / B
    V' = sum of z' (features)^T,    d' = sum of z',    (features)' = V^T z'
"""

from typing import Any

import numpy as np
from numba import types

from har_core.models.kernels import LANES, SLOTS
from har_core.models.kernels.columns import (
    ADDED,
    ASKED,
    ASKED_BELOW,
    ASKED_FEATURES,
    ASKED_LASTS,
    ASKED_LOGITS,
    BACK,
    BETWEEN,
    COLUMNS,
    DERIVATIVES,
    FEATURES,
    FORWARD,
    GATES,
    INPUTS,
    KEPT,
    LASTS,
    LIVE,
    LOGITS,
    PARAMETERS,
    UNITS,
    WINDOW,
    WINDOWS,
    ZEROS,
)
from har_core.models.kernels.compiling import INTEGERS, MATRIX, Kernel, inner
from har_core.models.kernels.convolution import convolve_sequence, unconvolve_sequence
from har_core.models.kernels.elementary import exp, log
from har_core.models.kernels.lstm import add_derivatives, read_block, unread_block
from har_core.models.kernels.messages import Answers, Form, Parameters, Room, Work
from har_core.models.kernels.products import add_outer, add_rows, four, multiply
from har_core.models.kernels.vectors import claim, first, load, nap, root, same, store, tell, told, view

_LOOKS = 2000
"""How often a thread looks whether the next step is open before it naps, a few microseconds in all."""

_NAP = 50  # microseconds


# Matrices


@inner
def up(count: int) -> int:
    """Return the least number of vectors' numbers that is not below a count."""
    return (count + LANES - 1) // LANES * LANES


@inner
def _arrange(matrices: Any, values: Any, arranged: Any) -> None:
    """Bring all matrices from the parameters to where the products want them."""
    for m in range(matrices.shape[0]):
        inputs, kernel, units = matrices[m, INPUTS], matrices[m, WINDOW], matrices[m, UNITS]
        width, columns, back = up(units), matrices[m, COLUMNS], matrices[m, BACK]
        at, rows = matrices[m, PARAMETERS], matrices[m, GATES] * units
        for row in range(rows):
            own = row // units * width + row % units
            for k in range(inputs):
                for j in range(kernel):
                    value = values[at]
                    at += 1
                    to = matrices[m, FORWARD] + (j * inputs + k) * matrices[m, GATES] * width + own
                    arranged[to] = value + arranged[to] if matrices[m, ADDED] else value
                    if back >= 0:
                        arranged[
                            back + ((kernel - 1 - j) * matrices[m, GATES] * width + own) * columns + k
                        ] = value


@inner
def _sum(matrices: Any, totals: Any, blocks: int, total: Any) -> None:
    """Sum the derivatives of all blocks, and bring them to the order of the parameters."""
    for block in range(1, blocks):
        for index in range(totals.shape[1]):
            totals[0, index] += totals[block, index]
    for m in range(matrices.shape[0]):
        inputs, kernel, units = matrices[m, INPUTS], matrices[m, WINDOW], matrices[m, UNITS]
        at, rows, width = matrices[m, PARAMETERS], matrices[m, GATES] * units, up(units)
        for row in range(rows):
            own = matrices[m, DERIVATIVES] + row // units * width + row % units
            for k in range(inputs):
                for j in range(kernel):
                    total[at] = totals[0, own + (j * inputs + k) * matrices[m, GATES] * width]
                    at += 1


@inner
def _forward(matrices: Any, m: int, arranged: Any) -> Any:
    rows, columns = matrices[m, INPUTS] * matrices[m, WINDOW], matrices[m, GATES] * up(matrices[m, UNITS])
    return view(arranged, matrices[m, FORWARD], rows, columns)


@inner
def _back(matrices: Any, m: int, arranged: Any) -> Any:
    rows = matrices[m, GATES] * up(matrices[m, UNITS]) * matrices[m, WINDOW]
    return view(arranged, matrices[m, BACK], rows, matrices[m, COLUMNS])


@inner
def _clear(values: Any, start: int, count: int) -> None:
    for index in range(start, start + count):
        values[index] = 0.0


# A block, forward


@inner
def _factor(form: Any, draws: Any, at: int) -> Any:
    """Return by what a value is multiplied that may be dropped."""
    if len(draws) == 0:
        return np.float32(1.0)
    return np.float32(form.scale) if draws[at] < form.keeps_below else np.float32(0.0)


@inner
def _kept_of_lstm(room: Any, values: Any, place: int, width: int) -> Any:
    """Return where gates, cells and outputs are kept."""
    frames, at = room.frames, room.kept[place]
    gates = view(values, at, frames, 4 * width)
    at += frames * 4 * width
    cells = view(values, at, frames + 1, width)
    return gates, cells, view(values, at + (frames + 1) * width, frames + 1, width)


@inner
def _inputs_above(form: Any, room: Any, values: Any, layer: int) -> Any:
    """Return where the inputs of an LSTM layer above the first lie."""
    width = form.directions * form.hidden
    return view(values, room.marks[BETWEEN] + (layer - 1) * room.frames * width, room.frames, width)


@inner
def _read_lstm(form: Any, work: Any, room: Any, arranged: Any, values: Any, low: int, high: int) -> None:
    """Read a block through all layers of an LSTM, and set what the last gives in the end."""
    count, frames, width, joined = high - low, room.frames, up(form.hidden), form.directions * form.hidden
    rows, lengths = work.rows[low:high], work.lengths[low:high]
    below, below_rows = work.frames, work.frame_rows[low:high]
    for layer in range(form.layers):
        for direction in range(form.directions):
            place = layer * form.directions + direction
            gates, cells, outputs = _kept_of_lstm(room, values, place, width)
            _clear(cells[frames], 0, width)
            _clear(outputs[frames], 0, width)
            last = view(values, room.marks[LASTS] + direction * room.sequences * width, room.sequences, width)
            w = _forward(form.matrices, 4 * place, arranged)
            u = _forward(form.matrices, 4 * place + 1, arranged)
            b = _forward(form.matrices, 4 * place + 2, arranged)
            read_block(
                0, count, below, below_rows, rows, lengths, -1 if direction else 1, w, u, b, gates, cells,
                outputs, last,
            )  # fmt: skip
            if layer == form.layers - 1:
                continue
            above = _inputs_above(form, room, values, layer + 1)
            for n in range(count):
                at = work.drawn_for[low + n, layer] + direction * form.hidden
                for t in range(lengths[n]):
                    own = rows[n] + t
                    for unit in range(form.hidden):
                        factor = _factor(form, work.draws, at + t * joined + unit)
                        above[own, direction * form.hidden + unit] = outputs[own, unit] * factor
        if layer < form.layers - 1:
            below, below_rows = _inputs_above(form, room, values, layer + 1), rows


@inner
def _convolve(
    form: Any, work: Any, room: Any, arranged: Any, values: Any, low: int, high: int, kernel: int
) -> None:
    """Lead a block through all convolutions, and set the means of the last."""
    below, matrices = work.frames, form.matrices
    for layer in range(form.layers):
        w, b = _forward(matrices, 2 * layer, arranged), _forward(matrices, 2 * layer + 1, arranged)
        outputs = view(values, room.kept[layer], room.frames, b.shape[1])
        means = view(values, room.marks[LASTS], room.sequences, b.shape[1])
        window = view(values, room.marks[WINDOWS], room.frames + kernel - 1, matrices[2 * layer, INPUTS])
        for n in range(high - low):
            own, count = work.rows[low + n], work.lengths[low + n]
            first = own if layer else work.frame_rows[low + n]
            convolve_sequence(below, first, own, count, (kernel - 1) // 2, window, w, b, outputs, means, n)
        below = outputs


@inner
def _answer(
    form: Any, work: Any, room: Any, arranged: Any, values: Any, low: int, high: int, answers: Any
) -> None:
    """Set the features and logits of a block."""
    width, features, head = up(form.last), form.directions * form.last, form.matrices.shape[0] - 2
    learned = view(values, room.marks[FEATURES], room.sequences, features)
    w, b = _forward(form.matrices, head, arranged), _forward(form.matrices, head + 1, arranged)
    logits = view(values, room.marks[LOGITS], room.sequences, b.shape[1])
    for n in range(high - low):
        at, place = work.drawn_for[low + n, form.layers - 1], work.places[low + n]
        for direction in range(form.directions):
            lasts = room.marks[LASTS] + (direction * room.sequences + n) * width
            for unit in range(form.last):
                u = direction * form.last + unit
                learned[n, u] = values[lasts + unit] * _factor(form, work.draws, at + u)
                answers.features[place, u] = learned[n, u]
    for n in range(0, high - low, 4):
        rows = four(0, n, high - low)
        multiply(b, (0, 0, 0, 0), learned, rows, w, logits, rows)


@inner
def _judge(
    form: Any, work: Any, room: Any, values: Any, low: int, high: int, size: int, answers: Any
) -> None:
    """Compare the logits of a block with the labels: set the losses and the derivatives of the logits."""
    width = up(form.classes)
    share = np.float32(1.0) / np.float32(size)
    logits = view(values, room.marks[LOGITS], room.sequences, width)
    asked = view(values, room.marks[ASKED_LOGITS], room.sequences, width)
    for n in range(high - low):
        label, place = work.labels[low + n], work.places[low + n]
        best = 0
        for k in range(form.classes):
            answers.logits[place, k] = logits[n, k]
            if logits[n, k] > logits[n, best]:
                best = k
        top, total = logits[n, best], np.float32(0.0)
        for k in range(0, width, LANES):
            store(asked, n, k, exp(load(logits, n, k) - same(top)))
        for k in range(form.classes):
            total += asked[n, k]
        answers.losses[place] = first(log(same(total))) - (logits[n, label] - top)
        answers.right[place] = 1 if best == label else 0
        for k in range(form.classes):
            asked[n, k] *= share / total
        asked[n, label] -= share
        _clear(asked[n], form.classes, width - form.classes)


# A block, back


@inner
def _unanswer(
    form: Any, work: Any, room: Any, arranged: Any, values: Any, low: int, high: int, totals: Any
) -> None:
    """Go back through the head: set the derivatives of the last outputs."""
    count, head = high - low, form.matrices.shape[0] - 2
    features, width, classes = form.directions * form.last, up(form.last), up(form.classes)
    learned = view(values, room.marks[FEATURES], room.sequences, features)
    asked = view(values, room.marks[ASKED_LOGITS], room.sequences, classes)
    asked_features = view(values, room.marks[ASKED_FEATURES], room.sequences, up(features))
    zeros = view(values, room.marks[ZEROS], 1, up(features))
    total = view(totals, form.matrices[head, DERIVATIVES], features + 1, classes)
    add_outer(learned, 0, features, asked, 0, count, total, 0)
    add_rows(asked, 0, count, total, features)
    # of the rows of the matrix only so many as there are classes
    w = view(arranged, form.matrices[head, BACK], form.classes, up(features))
    for n in range(0, count, 4):
        rows = four(0, n, count)
        multiply(zeros, (0, 0, 0, 0), asked, rows, w, asked_features, rows)
    for n in range(count):
        at = work.drawn_for[low + n, form.layers - 1]
        for direction in range(form.directions):
            place = room.marks[ASKED_LASTS] + (direction * room.sequences + n) * width
            _clear(values, place, width)
            for unit in range(form.last):
                u = direction * form.last + unit
                values[place + unit] = asked_features[n, u] * _factor(form, work.draws, at + u)


@inner
def _unread_lstm(
    form: Any, work: Any, room: Any, arranged: Any, values: Any, low: int, high: int, totals: Any
) -> None:
    """Go back through all layers of an LSTM."""
    count, frames, width, joined = high - low, room.frames, up(form.hidden), form.directions * form.hidden
    rows, lengths = work.rows[low:high], work.lengths[low:high]
    live = view(values, room.marks[LIVE], SLOTS, width)
    live_cells = view(values, room.marks[LIVE] + SLOTS * width, SLOTS, width)
    for layer in range(form.layers - 1, -1, -1):
        below = _inputs_above(form, room, values, layer) if layer else work.frames
        below_rows = rows if layer else work.frame_rows[low:high]
        back = view(values, room.marks[ASKED_BELOW], frames if layer else 0, up(joined))
        if layer:
            _clear(values, room.marks[ASKED_BELOW], (rows[count - 1] + lengths[count - 1]) * up(joined))
        for direction in range(form.directions):
            place = layer * form.directions + direction
            gates, cells, outputs = _kept_of_lstm(room, values, place, width)
            at = room.marks[ASKED_LASTS] + direction * room.sequences * width
            asked_last = view(values, at, room.sequences, width)
            asked = view(values, room.marks[ZEROS], 1, width)
            if layer < form.layers - 1:  # only of the top layer the last outputs are read
                _clear(values, at, count * width)
                asked = view(values, room.marks[ASKED] + direction * frames * width, frames, width)
            inputs, step = form.matrices[4 * place, INPUTS], -1 if direction else 1
            to_input = _back(form.matrices, 4 * place, arranged)
            to_output = _back(form.matrices, 4 * place + 1, arranged)
            unread_block(
                0, count, rows, lengths, step, to_output, gates, cells, asked_last, asked, live, live_cells
            )
            at = form.matrices[4 * place, DERIVATIVES]
            total = view(totals, at, inputs + form.hidden + 1, 4 * width)
            add_derivatives(
                0, count, below, below_rows, rows, lengths, step, to_input, inputs, form.hidden, gates,
                outputs, back, total,
            )  # fmt: skip
        if layer == 0:
            return
        for direction in range(form.directions):
            asked = view(values, room.marks[ASKED] + direction * frames * width, frames, width)
            for n in range(count):
                at = work.drawn_for[low + n, layer - 1] + direction * form.hidden
                for own in range(rows[n], rows[n] + lengths[n]):
                    _clear(asked[own], form.hidden, width - form.hidden)
                    for unit in range(form.hidden):
                        factor = _factor(form, work.draws, at + unit)
                        asked[own, unit] = back[own, direction * form.hidden + unit] * factor
                    at += joined


@inner
def _unconvolve(
    form: Any, work: Any, room: Any, arranged: Any, values: Any, low: int, high: int, totals: Any, kernel: int
) -> None:
    """Go back through all convolutions."""
    frames, longest, matrices = room.frames, room.frames + kernel - 1, form.matrices
    asked_at, back_at = room.marks[ASKED], room.marks[ASKED_BELOW]
    for layer in range(form.layers - 1, -1, -1):
        inputs, width = matrices[2 * layer, INPUTS], up(matrices[2 * layer, UNITS])
        outputs = view(values, room.kept[layer], frames, width)
        window = view(values, room.marks[WINDOWS], longest, inputs)
        live = view(values, room.marks[WINDOWS] + longest * inputs, longest, width)
        total = view(totals, matrices[2 * layer, DERIVATIVES], kernel * inputs + 1, width)
        asked_means = view(values, room.marks[ASKED_LASTS], room.sequences, width)
        asked = view(values, room.marks[ZEROS], 1, width)
        if layer < form.layers - 1:  # only of the top layer the means are read
            _clear(values, room.marks[ASKED_LASTS], (high - low) * width)
            asked = view(values, asked_at, frames, width)
        back = view(values, back_at, frames if layer else 0, up(inputs))
        asked_at, back_at = back_at, asked_at
        below = work.frames
        if layer:
            below = view(values, room.kept[layer - 1], frames, up(inputs))
        for n in range(high - low):
            own, count = work.rows[low + n], work.lengths[low + n]
            first = own if layer else work.frame_rows[low + n]
            unconvolve_sequence(
                below, first, own, count, (kernel - 1) // 2, window, live,
                _back(matrices, 2 * layer, arranged), outputs, asked_means, n, asked, back, total,
            )  # fmt: skip


# A step


@inner
def _change(parameters: Any, total: Any, step: int) -> None:
    """Change the parameters by their derivatives, as Adam does."""
    values, means, squares = parameters.values, parameters.means, parameters.squares
    rate, correction = parameters.rates[step], parameters.corrections[step]
    decay, share = np.float32(parameters.decay), np.float32(1.0 - parameters.decay)
    decay_2, share_2 = np.float32(parameters.decay_of_squares), np.float32(1.0 - parameters.decay_of_squares)
    epsilon = np.float32(parameters.epsilon)
    for index in range(len(values)):
        slope = total[index]
        means[index] = decay * means[index] + share * slope
        squares[index] = decay_2 * squares[index] + share_2 * slope * slope
        values[index] -= rate * means[index] / (root(squares[index]) / correction + epsilon)


_NUMBERS = types.float32[::1]


def _kind(of: Any, **fields: Any) -> Any:
    return types.NamedTuple([fields.get(name, types.int64) for name in of._fields], of)


def go_through(
    window: int | None,
    form: Form,
    work: Work,
    parameters: Parameters,
    room: Room,
    answers: Answers,
    stays: int,
) -> None:
    """Learn from all steps, or answer them; as many threads as there is room for may share the work.

    Args:
        window: frames in a window of a convolution; None for an LSTM, which lets numba leave the other out.
        form: of the classifier.
        work: what is computed.
        parameters: what is learned.
        room: to compute in; as many threads may come as it has rows of weights.
        answers: to be filled.
        stays: 1 for the thread that asks: it stays until the others have left, for nobody touches the
            arguments any more when it goes on. A thread that comes later leaves at once.
    """
    own = claim(room.sync[1:])
    place = min(own, room.weights.shape[0] - 1)
    arranged, values = room.weights[place], room.values[place]
    steps, arranged_for, looks = len(work.steps) - 1, -1, 0
    while True:
        step = told(room.sync)
        if step == steps or own > place:
            break
        if step != arranged_for:
            _arrange(form.matrices, parameters.values, arranged)
            _clear(values, room.marks[ZEROS], room.marks[KEPT] - room.marks[ZEROS])
            arranged_for, looks = step, 0
        first, count = work.steps[step], work.steps[step + 1] - work.steps[step]
        block = claim(room.sync[3 + 2 * step :]) if looks == 0 else count
        if block >= count:
            looks += 1
            if looks > _LOOKS:
                nap(room.acquire, room.lock, _NAP)
            continue
        low, high, totals = (
            work.blocks[first + block],
            work.blocks[first + block + 1],
            room.totals[block if work.learns else 0],
        )
        if window is None:
            _read_lstm(form, work, room, arranged, values, low, high)
        else:
            _convolve(form, work, room, arranged, values, low, high, window)
        _answer(form, work, room, arranged, values, low, high, answers)
        _judge(form, work, room, values, low, high, work.sizes[step], answers)
        if work.learns:
            _clear(totals, 0, len(totals))
            _unanswer(form, work, room, arranged, values, low, high, totals)
            if window is None:
                _unread_lstm(form, work, room, arranged, values, low, high, totals)
            else:
                _unconvolve(form, work, room, arranged, values, low, high, totals, window)
        if claim(room.sync[4 + 2 * step :]) == count - 1:
            if work.learns:
                _sum(form.matrices, room.totals, count, room.total)
                _change(parameters, room.total, step)
            tell(room.sync, step + 1)
    claim(room.sync[2:])
    # Who left is read first: if as many came later on, nobody was inside then.
    while stays and told(room.sync[2:]) != told(room.sync[1:]):
        nap(room.acquire, room.lock, _NAP)


def _of(window: Any) -> Kernel:
    return Kernel(
        go_through,
        (
            window,
            _kind(Form, scale=types.float64, matrices=types.int64[:, ::1]),
            _kind(
                Work, frames=MATRIX, steps=INTEGERS, blocks=INTEGERS, frame_rows=INTEGERS, rows=INTEGERS,
                lengths=INTEGERS, labels=INTEGERS, places=INTEGERS, sizes=INTEGERS, draws=types.int16[::1],
                drawn_for=types.int64[:, ::1],
            ),
            _kind(
                Parameters,
                **dict.fromkeys(("values", "means", "squares", "rates", "corrections"), _NUMBERS),
                **dict.fromkeys(("decay", "decay_of_squares", "epsilon"), types.float64),
            ),
            _kind(
                Room, sync=INTEGERS, weights=MATRIX, values=MATRIX, marks=INTEGERS, kept=INTEGERS,
                totals=MATRIX, total=_NUMBERS,
            ),
            _kind(Answers, features=MATRIX, logits=MATRIX, losses=_NUMBERS, right=INTEGERS),
            types.int64,
        ),
    )  # fmt: skip


steps_of_lstm = _of(types.none)

steps_of_convolution = _of(types.int64)
