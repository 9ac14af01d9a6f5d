"""Preparation: from recorded positions to the numbers that a model is given."""

import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from har_core.data.body_roles import BodyRoles, middle_of, roles_of, size_of
from har_core.data.missing_joints import Filling, fill_missing, mask_missing
from har_core.data.msr_action3d import left_out_of_literature
from har_core.data.scaling import Scale, Scaling, measure_scale, not_zero
from har_core.data.sequences import BoolArray, FloatArray, IntArray, SkeletonSequences, replace_frames
from har_core.errors import DataError
from har_core.settings import Settings

_FARTHEST = float(np.finfo(np.float32).max) / 8
"""Differences of positions up to here, and differences of those, are numbers."""


class Preparation(Settings):
    """How sequences are made ready for a model, in this order.

    The default is the one in [-1, 1] that did best on the validation subjects of MSR Action3D. Mean
    validation accuracy in percent over seeds 0 to 4 (course split, LSTM 24, 2,000 epochs, best validation
    epoch, 40 frames); a column for each scaling, a row for each centring:

    =========== ============= ======== ============
    centring    sequence-axis sequence training-set
    =========== ============= ======== ============
    each-frame  70.3          67.7     64.2
    first-frame 65.6          64.9     62.8
    none        68.2          65.9     62.6
    =========== ============= ======== ============

    The default at the frames as recorded: 67.7.

    Attributes:
        sequences: ``published`` leaves out the ten sequences that the literature's list of 557 leaves out,
            where the actions are known as MSR Action3D's (the synthetic set bears its names); ``all`` keeps
            every sequence.
        missing: what becomes of joints that are lost while others are seen. One that a sequence never shows
            is put into the middle of the others, if it is not masked.
        untracked: what becomes of frames in which the tracker had lost the body.
        centring: subtract the middle of the hips: of the first frame or its median over the tracked frames,
            so that the way the body moves through the room stays, or of each frame, so that only the pose
            stays.
        frames: resample each sequence to this many frames, or None to keep the frames as recorded.
        scaling: to [-1, 1] with one scale for all sequences, from the training part; with one scale for
            each sequence; with one for each axis of each sequence; by the size of the body, so that its mean
            distance from hips to head over the tracked frames is 1; or not at all.
    """

    sequences: Annotated[
        Literal["published", "all"],
        Field(
            title="Sequences", description="The literature leaves out ten of the 567.",
            json_schema_extra={
                "words": {
                    "published": "the literature's list (557 of MSR Action3D)",
                    "all": "all sequences",
                }
            },
        ),
    ] = "published"  # fmt: skip
    missing: Annotated[
        Filling,
        Field(
            title="Missing joints",
            description="Joints that the tracker lost while it saw the rest of the body.",
            json_schema_extra={
                "words": {
                    "interpolate": "interpolate over them",
                    "hold": "hold their last place",
                    "mask": "mask them with 0",
                }
            },
        ),
    ] = "interpolate"
    untracked: Annotated[
        Literal["drop", "fill", "interpolate", "keep"],
        Field(
            title="Untracked frames",
            description="Frames in which the tracker lost the body. Where only gaps are filled, those at the "
            "beginning and the end are cut off.",
            json_schema_extra={
                "words": {
                    "drop": "drop them",
                    "fill": "fill gaps only",
                    "interpolate": "interpolate over them",
                    "keep": "keep the zeros",
                }
            },
        ),
    ] = "drop"  # fmt: skip
    centring: Annotated[
        Literal["none", "first-frame", "median", "each-frame"],
        Field(
            title="Centre on", description="What is subtracted from all joints.",
            json_schema_extra={
                "words": {
                    "none": "none",
                    "first-frame": "hips of the first frame",
                    "median": "median of the hips",
                    "each-frame": "hips of each frame",
                }
            },
        ),
    ] = "each-frame"  # fmt: skip
    frames: Annotated[
        int | None,
        Field(
            ge=2, le=10_000, title="Frames of each sequence", json_schema_extra={"empty": "as recorded"},
            description="Between two recorded frames the positions are interpolated. Empty, sequences keep "
            "their frames.",
        ),
    ] = 40  # fmt: skip
    scaling: Annotated[
        Scaling,
        Field(
            title="Scale",
            description="What is 1 afterwards: how far the coordinates reach, or a body's distance from hips "
            "to head.",
            json_schema_extra={
                "words": {
                    "training-set": "one scale, from the training part",
                    "sequence": "one scale a sequence",
                    "sequence-axis": "each axis of a sequence by itself",
                    "body": "from hips to head",
                    "none": "none",
                }
            },
        ),
    ] = "sequence-axis"  # fmt: skip


@dataclass(frozen=True)
class LeftOut:
    """A sequence that is not used, and why."""

    sequence_id: str
    reason: str


@dataclass(frozen=True)
class Prepared:
    """Sequences ready for a model, and those that were left out.

    Attributes:
        sequences: N of them.
        rows: (N) where each was among the recorded ones, rising.
        left_out: the others.
    """

    sequences: SkeletonSequences
    rows: IntArray
    left_out: tuple[LeftOut, ...]

    def rows_of(self, recorded: IntArray) -> IntArray:
        """Return the rows that these recorded ones have now, without those that were left out."""
        return np.flatnonzero(np.isin(self.rows, recorded))


def prepare(sequences: SkeletonSequences, preparation: Preparation, training: IntArray) -> Prepared:
    """Apply a preparation.

    Args:
        sequences: as recorded.
        preparation: what to do.
        training: rows of the training part, on which the scale of ``training-set`` is measured.

    Raises:
        DataError: nothing is left, or nothing of the training part to measure a scale on, or positions are
            too large to be computed with.
    """
    left_out = list(left_out_of(sequences, preparation))
    names = {item.sequence_id for item in left_out}
    rows = np.array([row for row, name in enumerate(sequences.ids) if name not in names], np.int64)
    if not len(rows):
        raise DataError(f"{sequences.source}: no sequence is left after preparation.")

    scale = _measure(sequences, preparation, rows[np.isin(rows, training)])
    prepared = replace_frames(
        sequences,
        _scaled(sequences, preparation, rows, scale),
        labels=sequences.labels[rows],
        subjects=sequences.subjects[rows],
        ids=[sequences.ids[row] for row in rows],
        recorded=_recorded_lengths(sequences, preparation, rows),
    )
    return Prepared(prepared, rows, tuple(left_out))


def scale_of(sequences: SkeletonSequences, preparation: Preparation, training: IntArray) -> Scale:
    """Return what scales the sequences that ``prepare`` is given, and any others that come later.

    Args:
        sequences: as recorded.
        preparation: what to do.
        training: rows of the training part.

    Raises:
        DataError: as ``prepare``.
    """
    unused = {item.sequence_id for item in left_out_of(sequences, preparation)}
    return _measure(sequences, preparation, [row for row in training if sequences.ids[row] not in unused])


def prepare_every(sequences: SkeletonSequences, preparation: Preparation, scale: Scale) -> SkeletonSequences:
    """Prepare sequences and leave none out, for who has to say something of each.

    One that the tracker never saw is taken for a body that does not move, with a warning.

    Args:
        sequences: as recorded.
        preparation: what to do.
        scale: of the training part, as ``scale_of`` has measured it.

    Raises:
        DataError: positions are too large to be computed with.
    """
    unseen = [name for row, name in enumerate(sequences.ids) if sequences.untracked_in(row).all()]
    if unseen:
        more = f" and {len(unseen) - 1:,} more" if len(unseen) > 1 else ""
        warnings.warn(
            f"{sequences.source}: the tracker never saw the body in {unseen[0]}{more}, all frames are zero; "
            "that is taken for a body that does not move.",
            stacklevel=2,
        )
    rows = range(len(sequences))
    return replace_frames(
        sequences,
        _scaled(sequences, preparation, rows, scale),
        recorded=_recorded_lengths(sequences, preparation, rows),
    )


def _recorded_lengths(
    sequences: SkeletonSequences, preparation: Preparation, rows: Sequence[int] | IntArray
) -> IntArray:
    """Return how many frames the mended sequences have, before they are resampled."""
    lengths = [len(_kept(sequences.untracked_in(row), preparation)) for row in rows]
    return np.array(lengths, np.int64)


def _measure(
    sequences: SkeletonSequences, preparation: Preparation, training: Sequence[int] | IntArray
) -> Scale:
    return measure_scale(preparation.scaling, _unscaled(sequences, preparation, training), sequences.source)


def _scaled(
    sequences: SkeletonSequences, preparation: Preparation, rows: Sequence[int] | IntArray, scale: Scale
) -> Iterator[FloatArray]:
    for row, frames in zip(rows, _unscaled(sequences, preparation, rows), strict=True):
        frames = scale.of(frames)
        if preparation.missing == "mask":
            moments = recorded_moments(sequences.untracked_in(row), preparation)
            frames = mask_missing(frames, sequences[row], moments)
        yield frames


def _unscaled(
    sequences: SkeletonSequences, preparation: Preparation, rows: Sequence[int] | IntArray
) -> Iterator[FloatArray]:
    roles = roles_of(sequences.skeleton)
    for row, frames in zip(rows, sequences.each(rows), strict=True):
        _check_reach(frames, sequences.source, sequences.ids[row])
        frames = fill_missing(frames, preparation.missing)
        yield _prepare_one(frames, sequences.untracked_in(row), preparation, roles)


def _check_reach(frames: FloatArray, source: str, name: str) -> None:
    farthest = float(np.nanmax(np.abs(frames)))
    if not farthest <= _FARTHEST:
        raise DataError(
            f"{source}: sequence {name} has positions up to {farthest:.1e}, expected at most {_FARTHEST:.1e} "
            "to compute with. Check its units: metres or millimetres are usual."
        )


def left_out_of(sequences: SkeletonSequences, preparation: Preparation) -> list[LeftOut]:
    """Return the sequences that a preparation does not use, and why."""
    found = []
    unused = left_out_of_literature(sequences) if preparation.sequences == "published" else frozenset()
    for row, name in enumerate(sequences.ids):
        if name in unused:
            found.append(LeftOut(name, "not in the literature's list of 557"))
        elif sequences.untracked_in(row).all():
            found.append(LeftOut(name, "the tracker never saw the body: all frames are zero"))
    return found


def recorded_moments(untracked: BoolArray, preparation: Preparation) -> NDArray[np.float64]:
    """Return which recorded frame each prepared frame of a sequence shows.

    Args:
        untracked: (recorded frames) True where the tracker had lost the body, but not everywhere.
        preparation: what the sequence was prepared with.

    Returns:
        (T) positions that never fall, in recorded frames from 0; between two frames where the prepared one
        lies on the straight line between them.
    """
    kept = _kept(untracked, preparation)
    if preparation.frames is None:
        return kept.astype(np.float64)
    wanted = np.linspace(0, len(kept) - 1, preparation.frames)
    return np.interp(wanted, np.arange(len(kept)), kept)


def _kept(untracked: BoolArray, preparation: Preparation) -> IntArray:
    """Return which recorded frames of a sequence are left when it is mended."""
    everything, tracked = np.arange(len(untracked)), np.flatnonzero(~untracked)
    if not len(tracked):  # there is nothing to mend it by
        return everything
    if preparation.untracked == "fill":
        return everything[tracked[0] : tracked[-1] + 1]
    return tracked if preparation.untracked == "drop" else everything


def _prepare_one(
    frames: FloatArray, untracked: BoolArray, preparation: Preparation, roles: BodyRoles
) -> FloatArray:
    """Mend, centre and resample one sequence of (T, J, 3), and scale it where a body's size does that."""
    tracked = np.arange(len(frames)) if untracked.all() else np.flatnonzero(~untracked)
    seen = frames[tracked]
    kept = _kept(untracked, preparation)
    if preparation.untracked in ("interpolate", "fill"):
        frames = _interpolate(frames, tracked, kept)
    else:
        frames = frames[kept]
    if preparation.centring == "first-frame":
        frames = frames - middle_of(seen[:1], roles)
    elif preparation.centring == "median":
        frames = frames - np.median(middle_of(seen, roles), axis=0).astype(np.float32)
    elif preparation.centring == "each-frame":
        frames = frames - middle_of(frames, roles)[:, None]
    if preparation.frames is not None:
        wanted = np.linspace(0, len(frames) - 1, preparation.frames)
        frames = _interpolate(frames, np.arange(len(frames)), wanted)
    if preparation.scaling == "body":
        frames = frames / not_zero(np.float32(size_of(seen.astype(np.float64), roles)))
    return frames


def _interpolate(frames: FloatArray, known: NDArray[np.int64], wanted: NDArray[np.number]) -> FloatArray:
    """Return the frames at ``wanted`` times, on straight lines between the ``known`` ones.

    Before the first known frame and after the last, that frame is repeated.
    """
    times = np.clip(wanted, known[0], known[-1])
    right = np.clip(np.searchsorted(known, times), 1, max(len(known) - 1, 1))
    if len(known) == 1:
        return np.repeat(frames[known], len(times), axis=0)
    before, after = known[right - 1], known[right]
    weight = ((times - before) / (after - before)).astype(np.float32)[:, None, None]
    between: FloatArray = frames[before] * (1 - weight) + frames[after] * weight
    return between
