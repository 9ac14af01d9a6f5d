"""Training state on disk, without pickle: enough to go on bit for bit."""

import json
from math import isfinite
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import Tensor

from har_core.errors import RunError
from har_core.files import stat_regular
from har_core.models.networks import Network
from har_core.training.atomic import replace_file
from har_core.training.evaluation import Score
from har_core.training.fit import TrainingState
from har_core.training.learner import Weights

_VERSION = 1
_LARGEST_MODEL = 1 << 30  # bytes
_MORE = 1 << 20  # bytes of a file beside its tensors
_FAULTS = (
    OSError, SafetensorError, KeyError, ValueError, TypeError, RuntimeError, AttributeError, OverflowError,
    RecursionError,
)  # fmt: skip


def save_weights(path: Path, weights: Weights) -> None:
    """Write a model's weights as safetensors."""
    replace_file(path, save({name: value.detach().cpu().contiguous() for name, value in weights.items()}))


def size_of(model: Network) -> int:
    """Return how many bytes the weights of a model take."""
    return sum(value.numel() * value.element_size() for value in model.state_dict().values())


def load_weights(path: Path, size: int = _LARGEST_MODEL) -> Weights:
    """Read a model's weights.

    Args:
        path: of the file.
        size: bytes that the weights take.

    Raises:
        RunError: the file is missing, is not safetensors, or holds more, or what is no finite number.
    """
    try:
        weights = _load(path, size)
        if not all(value.dtype == torch.float32 and value.isfinite().all() for value in weights.values()):
            raise ValueError("it holds what is no finite number of 32 bits")
        return weights
    except _FAULTS as error:
        raise RunError(f"{path} can't be read as weights ({_reason(error)}); train the run again.") from None


def _load(path: Path, size: int) -> Weights:
    """Return the tensors of a file.

    Raises:
        OSError: it is no regular file.
        ValueError: it holds more bytes than expected.
        SafetensorError: it is damaged.
    """
    found = stat_regular(path).st_size
    if found > size + _MORE:
        raise ValueError(f"it has {found:,} bytes, expected at most {size + _MORE:,}")
    return load_file(path)


def save_checkpoint(path: Path, state: TrainingState) -> None:
    """Write weights, optimiser, random state, epoch and the best weights so far, in one file."""
    tensors: Weights = {"generator": state.generator.get_state(), "left": state.sampler.leftover}
    tensors |= {f"model/{name}": value for name, value in state.model.state_dict().items()}
    tensors |= {f"best/{name}": value for name, value in state.best_weights.items()}
    for index, moments in enumerate(state.optimiser.moments()):
        tensors |= {f"optimiser/{index}/{name}": value for name, value in moments.items()}
    numbers = {
        "schema_version": _VERSION,
        "epoch": state.epoch,
        "best_epoch": state.best_epoch,
        "best_loss": state.best_score.loss,
        "best_accuracy": state.best_score.accuracy,
    }
    on_cpu = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
    replace_file(path, save(on_cpu, metadata={"state": json.dumps(numbers)}))


def read_epoch(path: Path) -> int:
    """Return the epoch at which a checkpoint was written.

    Raises:
        RunError: the file is missing or damaged.
    """
    try:
        return int(_numbers(path)["epoch"])
    except _FAULTS as error:
        raise _refusal(path, error) from None


def load_checkpoint(path: Path, state: TrainingState) -> None:
    """Bring a freshly started state to where the checkpoint was written.

    Args:
        path: a file that ``save_checkpoint`` wrote.
        state: from ``initial_state`` with the same config and data; changed in place.

    Raises:
        RunError: the file is missing, damaged, or of another model.
    """
    try:
        numbers = _numbers(path)
        tensors = _load(path, 4 * size_of(state.model) + 8 * state.sampler.count)
        _check(numbers, tensors, state)
        state.model.load_state_dict(_with_prefix(tensors, "model/"))
        moments = [
            _with_prefix(tensors, f"optimiser/{index}/") for index in range(len(state.optimiser.parameters))
        ]
        if numbers["epoch"]:  # before the first there may be none
            state.optimiser.load_moments(moments)
        state.generator.set_state(tensors["generator"])
        state.sampler.leftover = tensors.get("left", state.sampler.leftover)
        state.epoch, state.best_epoch = int(numbers["epoch"]), int(numbers["best_epoch"])
        state.best_score = Score(float(numbers["best_loss"]), float(numbers["best_accuracy"]))
    except _FAULTS as error:
        raise _refusal(path, error) from None
    device = next(state.model.parameters()).device
    state.best_weights = {name: value.to(device) for name, value in _with_prefix(tensors, "best/").items()}


def _numbers(path: Path) -> dict[str, Any]:
    stat_regular(path)
    with safe_open(path, framework="pt") as file:
        numbers: dict[str, Any] = json.loads((file.metadata() or {})["state"])
    if numbers.get("schema_version", 1) != _VERSION:
        raise ValueError("it was written by a newer HAR Lab")
    return numbers


def _refusal(path: Path, error: Exception) -> RunError:
    return RunError(
        f"{path} can't be read as a checkpoint of this run ({_reason(error)}); delete it to train from the "
        "start."
    )


def _reason(error: Exception) -> str:
    said = (isinstance(error, OSError) and error.strerror) or str(error)
    return " ".join(said.split())[:300]  # torch says in lines what doesn't fit


def _check(numbers: dict[str, Any], tensors: Weights, state: TrainingState) -> None:
    """Make sure that what torch doesn't check itself belongs to this run.

    Raises:
        ValueError: says what doesn't.
    """
    epoch, best_epoch = int(numbers["epoch"]), int(numbers["best_epoch"])
    if not 0 <= best_epoch <= epoch:
        raise ValueError(f"its epoch is {epoch} and its best epoch {best_epoch}")
    if best_epoch and not (isfinite(numbers["best_loss"]) and 0 <= numbers["best_accuracy"] <= 1):
        raise ValueError("its best loss or best accuracy is impossible")
    own = _shapes(state.model.state_dict())
    if _shapes(_with_prefix(tensors, "model/")) != own:
        raise ValueError("its weights are of another model")
    if best_epoch and _shapes(_with_prefix(tensors, "best/")) != own:
        raise ValueError("its best weights are of another model")
    left = tensors.get("left", state.sampler.leftover)  # earlier versions had none
    if left.dtype != torch.int64 or left.ndim != 1 or not ((left >= 0) & (left < state.sampler.count)).all():
        raise ValueError("its order is of other data")
    if epoch:
        moments = {
            str(index): tensors[f"optimiser/{index}/exp_avg"] for index in range(len(_parameters(state)))
        }
        if _shapes(moments) != _shapes({str(index): value for index, value in enumerate(_parameters(state))}):
            raise ValueError("its optimiser is of another model")


def _shapes(weights: Weights) -> dict[str, tuple[torch.Size, torch.dtype]]:
    return {name: (value.shape, value.dtype) for name, value in weights.items()}


def _parameters(state: TrainingState) -> list[Tensor]:
    return list(state.model.parameters())


def _with_prefix(tensors: Weights, prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}
