"""The kernels that compute the networks on ragged batches: no frame is padded, and no lock is held.

**Mathematics.** A layer (Hochreiter and Schmidhuber 1997, with the forget gate of Gers, Schmidhuber and
Cummins 2000, in the form and order of ``torch.nn.LSTM``) reads a sequence x(1) .. x(T), from h(0) = c(0) = 0:

    (i, f, g, o)(t) = (s, s, tanh, s)(W x(t) + U h(t-1) + b)      s(a) = 1 / (1 + exp(-a))
    c(t) = f(t) c(t-1) + i(t) g(t)
    h(t) = o(t) tanh c(t)

With a prime for the gradient of the loss, the way back (backpropagation through time, Werbos 1990), from
t = T to 1, is

    h'(t) = (what comes from above) + U^T a'(t+1)          a = what a gate's function is given
    c'(t) = h'(t) o (1 - tanh^2 c(t)) + f(t+1) c'(t+1)
    a'(t) = (c' g i (1 - i),  c' c(t-1) f (1 - f),  c' i (1 - g^2),  h' tanh(c) o (1 - o))
    W' = sum of a'(t) x(t)^T,    U' = sum of a'(t) h(t-1)^T,    b' = sum of a'(t),    x'(t) = W^T a'(t)

**How it goes.** The frames of all sequences lie in a row. What does not wait for the frame before (W x, W',
U', x') is one product over the frames of a block of sequences, which stay in the cache. What does wait (U h,
U^T a') is computed for four sequences at a time; a sequence that ends makes room for the next, so that all
four are busy whatever the lengths. The gates of training are saved, and overwritten by their gradients a' on
the way back. A convolution is the same product: the window of a frame is one row, as frames lie in a row.

Each number is summed in an order that only the batch decides: neither the number of threads nor which of them
came first to a block changes a bit. Threads take blocks off one counter.

All of it is written in vectors of eight numbers, which LLVM maps to what the processor has. ``layers`` and
``fused_steps`` hold what Python calls: single layers, and whole steps of training. numba compiles it: see
``har_core.engine.compiling``.
"""

LANES = 8
"""Numbers in a vector."""

SLOTS = 4
"""Sequences that are led through a layer at the same time."""
