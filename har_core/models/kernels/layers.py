"""Single layers: the kernels behind ``LstmLayer`` and ``ConvolutionLayer``, which torch differentiates."""

from typing import Any

from numba import types

from har_core.models.kernels.compiling import CUBE, INTEGERS, MATRIX, kernel
from har_core.models.kernels.convolution import convolve_sequence, unconvolve_sequence
from har_core.models.kernels.lstm import add_derivatives, read_block, unread_block
from har_core.models.kernels.vectors import claim


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, MATRIX, MATRIX,
    MATRIX, MATRIX, MATRIX,
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
        gates: (S, 4 H) for what the gates give.
        cells: (S + 1, H) the last row is zero.
        outputs: (S + 1, H) the last row is zero.
        last: (N, H) for the output behind the last frame that is read.
    """
    while True:
        block = claim(counter)
        if block >= len(blocks) - 1:
            return
        low, high = blocks[block], blocks[block + 1]
        read_block(
            low, high, frames, frame_rows, rows, lengths, step, from_input, from_output, bias,
            gates, cells, outputs, last,
        )  # fmt: skip


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, types.int64,
    types.int64, MATRIX, MATRIX, MATRIX, MATRIX, MATRIX, MATRIX, CUBE, CUBE,
)  # fmt: skip
def unread(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any, step: int,
    to_input: Any, to_output: Any, inputs: int, hidden: int,
    gates: Any, cells: Any, outputs: Any, asked_last: Any, asked: Any, back_frames: Any, totals: Any,
    live: Any,
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
        live: (2 blocks, SLOTS, H) to compute in.
    """
    while True:
        block = claim(counter)
        if block >= len(blocks) - 1:
            return
        low, high = blocks[block], blocks[block + 1]
        total = totals[block]
        total[:] = 0.0
        unread_block(
            low, high, rows, lengths, step, to_output, gates, cells, asked_last, asked,
            live[2 * block], live[2 * block + 1],
        )  # fmt: skip
        add_derivatives(
            low, high, frames, frame_rows, rows, lengths, step, to_input, inputs, hidden, gates, outputs,
            back_frames, total,
        )  # fmt: skip


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, MATRIX, MATRIX,
    CUBE,
)  # fmt: skip
def convolve(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any,
    before: int, from_window: Any, bias: Any, outputs: Any, means: Any, windows: Any,
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
        before: frames of a window that are before frame t.
        from_window: (kernel F, C) W, the rows by j and then by input.
        bias: (1, C).
        outputs: (S, C).
        means: (N, C) for the mean of each sequence's outputs.
        windows: (blocks, longest sequence + kernel - 1, F) to compute in.
    """
    while True:
        block = claim(counter)
        if block >= len(blocks) - 1:
            return
        for n in range(blocks[block], blocks[block + 1]):
            convolve_sequence(
                frames, frame_rows[n], rows[n], lengths[n], before, windows[block], from_window, bias,
                outputs, means, n,
            )  # fmt: skip


@kernel(
    INTEGERS, INTEGERS, MATRIX, INTEGERS, INTEGERS, INTEGERS, types.int64, MATRIX, MATRIX, MATRIX, MATRIX,
    MATRIX, CUBE, CUBE, CUBE,
)  # fmt: skip
def unconvolve(
    counter: Any, blocks: Any, frames: Any, frame_rows: Any, rows: Any, lengths: Any,
    before: int, to_window: Any, outputs: Any, asked_means: Any, asked: Any, back_frames: Any, totals: Any,
    windows: Any, back: Any,
) -> None:  # fmt: skip
    """Go back through a convolution until all are claimed; the rest is as in ``convolve``.

    Args:
        counter: as in ``read``.
        blocks: as in ``read``.
        frames: as in ``convolve``.
        frame_rows: as in ``read``.
        rows: as in ``read``.
        lengths: as in ``read``.
        before: as in ``convolve``.
        to_window: (kernel C, F up to a multiple of 8) W, the rows by j from the last on and then by output.
        outputs: (S, C).
        asked_means: (N, C) derivatives of ``means``.
        asked: (S, C) derivatives of ``outputs``; (1, C) zeros where there are none.
        back_frames: (rows of frames, width of to_window) for the derivatives of the inputs; without rows
            where they are not wanted.
        totals: (blocks, kernel F + 1, C) for the derivatives of from_window and bias.
        windows: as in ``convolve``.
        back: (blocks, longest sequence + kernel - 1, C) to compute in.
    """
    while True:
        block = claim(counter)
        if block >= len(blocks) - 1:
            return
        total = totals[block]
        total[:] = 0.0
        for n in range(blocks[block], blocks[block + 1]):
            unconvolve_sequence(
                frames, frame_rows[n], rows[n], lengths[n], before, windows[block], back[block], to_window,
                outputs, asked_means, n, asked, back_frames, total,
            )  # fmt: skip
