"""Single layers: the kernels behind ``LstmLayer`` and ``ConvolutionLayer``, which torch differentiates."""

from typing import Any

from numba import types

from har_core.engine.kernels.convolution import conv_backward_sequence, conv_forward_sequence
from har_core.engine.kernels.kernel import CUBE, INTEGERS, MATRIX, kernel
from har_core.engine.kernels.lstm import add_gradients, backward_block, forward_block
from har_core.engine.kernels.vectors import fetch_add


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, MATRIX, MATRIX,
    MATRIX, MATRIX, MATRIX,
)  # fmt: skip
def lstm_forward(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int,
    weight_ih_t: Any, weight_hh_t: Any, bias: Any, gates: Any, cells: Any, outputs: Any, last: Any,
) -> None:  # fmt: skip
    """Lead blocks of sequences, in one direction, through one layer, until all blocks are taken.

    H is a multiple of eight here: units without weights fill it up. A row number in ``rows`` counts the
    frames of this batch, in the order of the sequences.

    Args:
        counter: (1) the next block to take; threads share it.
        blocks: (blocks + 1) the first sequence of each block, then N.
        frames: (any, F or more) inputs.
        frame_rows: (N) the row of ``frames`` in which each sequence begins.
        rows: (N) the row of ``gates``, ``cells`` and ``outputs`` in which each sequence begins.
        lengths: (N) frames of each sequence.
        step: 1 from the first frame on, -1 from the last.
        weight_ih_t: (F, 4 H) W transposed.
        weight_hh_t: (H, 4 H) U transposed.
        bias: (1, 4 H).
        gates: (S, 4 H) for what the gates give.
        cells: (S + 1, H) the last row is zero.
        outputs: (S + 1, H) the last row is zero.
        last: (N, H) for the output behind the last frame that is read.
    """
    while True:
        block = fetch_add(counter)
        if block >= len(blocks) - 1:
            return
        low, high = blocks[block], blocks[block + 1]
        forward_block(
            low, high, frames, frame_rows, rows, lengths, step, weight_ih_t, weight_hh_t, bias,
            gates, cells, outputs, last,
        )  # fmt: skip


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, types.int64,
    types.int64, MATRIX, MATRIX, MATRIX, MATRIX, MATRIX, MATRIX, CUBE, CUBE,
)  # fmt: skip
def lstm_backward(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int,
    weight_ih: Any, weight_hh: Any, inputs: int, hidden: int,
    gates: Any, cells: Any, outputs: Any, grad_h_n: Any, grad_output: Any, grad_input: Any,
    block_gradients: Any, live: Any,
) -> None:  # fmt: skip
    """Go back through blocks of sequences until all are taken; the rest is as in ``lstm_forward``.

    Args:
        counter: as in ``lstm_forward``.
        blocks: as in ``lstm_forward``.
        frames: as in ``lstm_forward``.
        frame_rows: as in ``lstm_forward``.
        rows: as in ``lstm_forward``.
        lengths: as in ``lstm_forward``.
        step: as in ``lstm_forward``.
        weight_ih: (4 H, F up to a multiple of 8) W.
        weight_hh: (4 H, H) U.
        inputs: F.
        hidden: units that have weights.
        gates: (S, 4 H) as ``lstm_forward`` left them; they become the gradients of what the gates are given.
        cells: (S + 1, H).
        outputs: (S + 1, H).
        grad_h_n: (N, H) gradients of ``last``.
        grad_output: (S, H) gradients of ``outputs``; (1, H) zeros where there are none.
        grad_input: (rows of frames, width of weight_ih) to which the gradients of the inputs are added;
            without rows where they are not wanted.
        block_gradients: (blocks, F + hidden + 1, 4 H) for the gradients of weight_ih_t, weight_hh_t and bias.
        live: (2 blocks, SLOTS, H) to compute in.
    """
    while True:
        block = fetch_add(counter)
        if block >= len(blocks) - 1:
            return
        low, high = blocks[block], blocks[block + 1]
        gradient = block_gradients[block]
        gradient[:] = 0.0
        backward_block(
            low, high, rows, lengths, step, weight_hh, gates, cells, grad_h_n, grad_output,
            live[2 * block], live[2 * block + 1],
        )  # fmt: skip
        add_gradients(
            low, high, frames, frame_rows, rows, lengths, step, weight_ih, inputs, hidden, gates, outputs,
            grad_input, gradient,
        )  # fmt: skip


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, MATRIX, MATRIX,
    CUBE,
)  # fmt: skip
def conv_forward(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any,
    before: int, weight_t: Any, bias: Any, outputs: Any, means: Any, windows: Any,
) -> None:  # fmt: skip
    """Convolve blocks of sequences over time, and cut off what is negative, until all blocks are taken.

    Frame t gives relu(b + sum over j of W(j) x(t + j - before)), where x is zero outside the sequence. The
    window of a frame is a single row of ``kernel`` times F numbers, because frames lie in a row.

    Args:
        counter: as in ``lstm_forward``.
        blocks: as in ``lstm_forward``.
        frames: (any, F or more).
        frame_rows: as in ``lstm_forward``.
        rows: as in ``lstm_forward``.
        lengths: as in ``lstm_forward``.
        before: frames of a window that are before frame t.
        weight_t: (kernel F, C) W, the rows by j and then by input.
        bias: (1, C).
        outputs: (S, C).
        means: (N, C) for the mean of each sequence's outputs.
        windows: (blocks, longest sequence + kernel - 1, F) to compute in.
    """
    while True:
        block = fetch_add(counter)
        if block >= len(blocks) - 1:
            return
        for n in range(blocks[block], blocks[block + 1]):
            conv_forward_sequence(
                frames, frame_rows[n], rows[n], lengths[n], before, windows[block], weight_t, bias,
                outputs, means, n,
            )  # fmt: skip


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, MATRIX, MATRIX,
    MATRIX, CUBE, CUBE, CUBE,
)  # fmt: skip
def conv_backward(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any,
    before: int, weight: Any, outputs: Any, grad_means: Any, grad_output: Any, grad_input: Any,
    block_gradients: Any, windows: Any, back: Any,
) -> None:  # fmt: skip
    """Go back through a convolution until all are taken; the rest is as in ``conv_forward``.

    Args:
        counter: as in ``lstm_forward``.
        blocks: as in ``lstm_forward``.
        frames: as in ``conv_forward``.
        frame_rows: as in ``lstm_forward``.
        rows: as in ``lstm_forward``.
        lengths: as in ``lstm_forward``.
        before: as in ``conv_forward``.
        weight: (kernel C, F up to a multiple of 8) W, the rows by j from the last on and then by output.
        outputs: (S, C).
        grad_means: (N, C) gradients of ``means``.
        grad_output: (S, C) gradients of ``outputs``; (1, C) zeros where there are none.
        grad_input: (rows of frames, width of weight) for the gradients of the inputs; without rows
            where they are not wanted.
        block_gradients: (blocks, kernel F + 1, C) for the gradients of weight_t and bias.
        windows: as in ``conv_forward``.
        back: (blocks, longest sequence + kernel - 1, C) to compute in.
    """
    while True:
        block = fetch_add(counter)
        if block >= len(blocks) - 1:
            return
        gradient = block_gradients[block]
        gradient[:] = 0.0
        for n in range(blocks[block], blocks[block + 1]):
            conv_backward_sequence(
                frames, frame_rows[n], rows[n], lengths[n], before, windows[block], back[block], weight,
                outputs, grad_means, n, grad_output, grad_input, gradient,
            )  # fmt: skip
