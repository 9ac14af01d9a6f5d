"""The arrays of an ended run, checked as they are read: what it predicts, and its features."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from har_core.data.reading.npz import read_npz
from har_core.errors import DataError, RunError
from har_core.training.config import ExperimentConfig
from har_core.training.records import CheckpointChoice, Meta

Arrays = dict[str, NDArray[Any]]

_LONGEST_ID = 300  # characters
LARGEST_FEATURE = 1e15
"""Its square, summed over a layer, is still a number of 32 bits."""

_LARGEST_WIDTH = 1 << 14
"""Most features of a sequence, where the learner has no network that says how many they are."""

_MORE = 1 << 16  # bytes of a file beside the values of its arrays
_LAST_CHARACTER = 0x10FFFF


def read_predictions(path: Path, meta: Meta, checkpoints: Sequence[CheckpointChoice]) -> Arrays:
    """Read ``predictions.npz``.

    Args:
        path: of the file.
        meta: of its run, whose sequences and actions it must be of.
        checkpoints: whose logits are read.

    Returns:
        ``ids``, ``subjects``, ``truth`` and ``part`` (N), and (N, K) those of ``logits_best`` and
        ``logits_last`` that were asked for.

    Raises:
        RunError: the file is missing, damaged, or not of this run.
    """
    count, classes = sum(meta.split_sizes.values()), len(meta.actions)
    logits = [f"logits_{checkpoint}" for checkpoint in checkpoints]
    most = count * (4 * _LONGEST_ID + 64 + 8 * classes) + _MORE
    try:
        arrays = read_npz(path, numbers=["subjects", "truth", *logits], text=["ids", "part"], most=most)
        _check_ids(arrays["ids"], count)
        for name, last in (("subjects", np.iinfo(np.int32).max), ("truth", classes - 1)):
            arrays[name] = _whole_numbers(arrays[name], name, count, last)
        _check_parts(arrays["part"], meta)
        for name in logits:
            _check_floats(arrays[name], name, (count, classes))
    except DataError as error:
        raise _refusal(path, error) from None
    return arrays


def read_features(
    path: Path, config: ExperimentConfig, meta: Meta, checkpoints: Sequence[CheckpointChoice]
) -> Arrays:
    """Read ``features.npz``.

    Args:
        path: of the file; ``predictions.npz`` lies beside it.
        config: of its run.
        meta: of its run.
        checkpoints: whose features are read.

    Returns:
        ``ids`` (N), those of the predictions, and (N, width) those of ``best`` and ``last`` that were asked
        for.

    Raises:
        RunError: the file is missing, damaged, or not of this run.
    """
    count = sum(meta.split_sizes.values())
    width = _width_of(config, meta)
    most = count * (4 * _LONGEST_ID + 8 * (width or _LARGEST_WIDTH)) + _MORE
    try:
        arrays = read_npz(path, numbers=checkpoints, text=["ids"], most=most)
        _check_ids(arrays["ids"], count)
        for name in checkpoints:
            _check_floats(arrays[name], name, (count, width or _own_width(arrays[name])))
            if np.abs(arrays[name]).max() > LARGEST_FEATURE:
                raise DataError(f"{name} holds numbers beyond {LARGEST_FEATURE:g}")
    except DataError as error:
        raise _refusal(path, error) from None
    predicted = read_predictions(path.with_name("predictions.npz"), meta, ())
    if not np.array_equal(arrays["ids"], predicted["ids"]):
        raise _refusal(path, "it is of other sequences than predictions.npz")
    return arrays


def _width_of(config: ExperimentConfig, meta: Meta) -> int | None:
    """Return how many features a network gives of each sequence; None of a learner that has no network."""
    if not config.kind.network:
        return None
    # Not imported above: torch comes with it, and who lists runs has no need of that.
    from har_core.models.networks import feature_width

    return feature_width(config.model, meta.inputs, len(meta.actions))


def _own_width(features: NDArray[Any]) -> int:
    return int(features.shape[1]) if features.ndim == 2 and 0 < features.shape[1] <= _LARGEST_WIDTH else 1


def _refusal(path: Path, reason: object) -> RunError:
    said = str(reason).removesuffix(".")
    return RunError(f"{path} can't be read as that of this run ({said}); train the run again.")


def _check_ids(ids: NDArray[Any], count: int) -> None:
    _check_text(ids, "ids", count)
    if len(set(ids.tolist())) < count:
        raise DataError("two of its ids are the same")


def _check_text(array: NDArray[Any], name: str, count: int) -> None:
    """Make sure that an array holds N texts that can be shown; to numpy any 32 bits are a character."""
    kind = array.dtype
    if array.shape != (count,) or kind.kind != "U" or not kind.isnative or kind.itemsize > 4 * _LONGEST_ID:
        raise DataError(
            f"{name} is {kind} of shape {array.shape}, expected {count:,} names of up to {_LONGEST_ID} "
            "characters"
        )
    points = np.ascontiguousarray(array).view(np.uint32)
    if points.max() > _LAST_CHARACTER or not all(map(str.isprintable, array.tolist())):
        raise DataError(f"{name} holds characters that can't be shown")


def _whole_numbers(array: NDArray[Any], name: str, count: int, last: int) -> NDArray[np.int64]:
    if array.shape != (count,) or array.dtype.kind not in "iu":
        raise DataError(f"{name} is {array.dtype} of shape {array.shape}, expected {count:,} whole numbers")
    if array.min() < 0 or array.max() > last:
        raise DataError(f"{name} goes from {array.min()} to {array.max()}, expected 0 to {last}")
    return array.astype(np.int64)


def _check_parts(parts: NDArray[Any], meta: Meta) -> None:
    _check_text(parts, "part", sum(meta.split_sizes.values()))
    named, counts = np.unique(parts, return_counts=True)
    if dict(zip(named.tolist(), counts.tolist(), strict=True)) != meta.split_sizes:
        raise DataError("its parts have other sizes than meta.json says")


def _check_floats(array: NDArray[Any], name: str, shape: tuple[int, int]) -> None:
    if array.dtype != np.float32 or array.shape != shape:
        found = f"{array.dtype} of shape {array.shape}"
        raise DataError(f"{name} is {found}, expected float32 of shape {shape}")
    if not np.isfinite(array).all():
        raise DataError(f"{name} holds what is no finite number")
