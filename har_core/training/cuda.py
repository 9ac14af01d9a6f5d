"""CUDA: computed as on the CPU, in one order and in float32."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch

from har_core.models.networks import Network


@contextmanager
def as_on_the_cpu(network: Network) -> Iterator[None]:
    """Let cuDNN, for this block, sum in the same order each time, and in float32 with all of its 24 bits.

    Left alone its convolutions gave other bits each time on an H100, and its LSTMs, which take numbers as
    TF32, probabilities that were off by 4e-4. All else that the networks are made of needed nothing.
    """
    if next(network.parameters()).device.type != "cuda":
        yield
        return
    cudnn: Any = torch.backends.cudnn
    before = cudnn.deterministic, cudnn.conv.fp32_precision, cudnn.rnn.fp32_precision
    cudnn.deterministic, cudnn.conv.fp32_precision, cudnn.rnn.fp32_precision = True, "ieee", "ieee"
    try:
        yield
    finally:
        cudnn.deterministic, cudnn.conv.fp32_precision, cudnn.rnn.fp32_precision = before
