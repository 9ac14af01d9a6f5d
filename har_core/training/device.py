"""Where a run computes: where it is told to, or where that is fastest."""

import math
import time
from dataclasses import dataclass, replace

import torch

from har_core.errors import RunError
from har_core.training.config import ExperimentConfig
from har_core.training.fit import fit, training_of
from har_core.training.parts import TrainingData

_NEAR = 1.1
"""Times as long as on the CPU: a device has to win clearly, for its sums are in no order of their own."""

_TIMED_STEPS, _TIMED_SECONDS = 10, 0.3
"""Steps that are timed on a device, fewer where they take longer than this together."""


@dataclass(frozen=True)
class ChosenDevice:
    """A device, and why it.

    Attributes:
        name: as torch has it, such as ``cpu`` or ``cuda``.
        why: to complete "on the device ..."; "" where it was named.
    """

    name: str
    why: str = ""


def check_device(wanted: str) -> None:
    """Make sure that a device that a config names is on this machine.

    Raises:
        RunError: it is not.
    """
    here = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted != "auto" and not here.get(wanted):
        raise RunError(f"device {wanted} is not on this machine; choose auto or cpu.")


def choose_device(config: ExperimentConfig, data: TrainingData) -> ChosenDevice:
    """Return where an experiment is to be computed; ``auto`` times CPU and CUDA, where there is one.

    A graphics processor wins where a step is long: small networks are faster by the kernels on the CPU. MPS
    is taken only where it is named, for what it computes was never compared with the CPU here.

    Args:
        config: of which the device counts, and what is trained.
        data: on the CPU.

    Raises:
        RunError: the device that the config names is not on this machine.
    """
    check_device(config.device)
    if config.device != "auto":
        return ChosenDevice(config.device)
    if config.training is None:
        return ChosenDevice("cpu", "which this model computes on")
    if not torch.cuda.is_available():
        return ChosenDevice("cpu", "there is no CUDA here")
    cpu, cuda = (_seconds_a_step(config, data, name) for name in ("cpu", "cuda"))
    if math.isinf(cuda):
        return ChosenDevice("cpu", "CUDA has no room for a step")
    if cpu > _NEAR * cuda:
        return ChosenDevice("cuda", f"a step takes {_times(cpu / cuda)} as long on the CPU")
    if cpu > cuda:
        return ChosenDevice("cpu", "a step takes about as long on CUDA")
    return ChosenDevice("cpu", f"a step takes {_times(cuda / cpu)} as long on CUDA")


def _times(ratio: float) -> str:
    return f"{ratio:,.0f} times" if ratio >= 10 else f"{ratio:.1f} times"


def _seconds_a_step(config: ExperimentConfig, data: TrainingData, device: str) -> float:
    """Return what a step of training takes on a device at its fastest; infinity where it can't take one."""
    part, size = data.parts["train"], training_of(config).batch_size
    part = part.take(torch.arange(min(len(part), size)))
    some = replace(data, rows={"train": data.rows["train"][: len(part)]}, parts={"train": part})
    try:
        steps = fit(config.trained(epochs=1 + _TIMED_STEPS), some.on(device))
        next(steps)  # compiles, and takes memory
        began, fastest = time.perf_counter(), math.inf
        for step in steps:  # the fastest counts: what else the machine does makes a step longer
            fastest = min(fastest, step.seconds)
            if time.perf_counter() - began > _TIMED_SECONDS:
                break
    except (RuntimeError, RunError):  # such as a graphics processor without room
        return math.inf
    return fastest
