"""Whole steps of an LSTM: the kernel, compiled."""

from numba import types

from har_core.models.kernels.steps import compiled_steps

go_through = compiled_steps("lstm", types.none)
