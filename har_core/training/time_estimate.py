"""How long runs will take, told before they start, and only as surely as it is known.

Surest are runs of the same settings on this computer. Others are scaled: an epoch takes about as many
multiply-adds as the network has parameters, for every frame, three times over for those that it learns from.
What one kernel computes as a whole takes a quarter of the time.
"""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

from har_core.data.inputs import width_of
from har_core.data.reading.choices import NOTHING_CHOSEN
from har_core.data.sequences import SkeletonSequences
from har_core.data.splits import Part
from har_core.training.config import ExperimentConfig
from har_core.training.run import Run, runs_of
from har_core.wording import counted, rough_duration

_STEADY = 20
"""Epochs after which a run that is still trained tells its pace: the first takes longer than the others."""

_SCALED = (0.5, 2.5)
"""From and up to which share of a time scaled from another run: not all layers are equally fast."""

_RATES = (15e9, 150e9)
"""Multiply-adds a second of computers of today, where none of this one is known."""

_LAYER_BY_LAYER = 4.0
"""How many times as long an epoch takes that no kernel computes as a whole."""

_OUT_OF_CACHE = 2e5
"""Parameters above which weights no longer stay close to the processor, and a multiply-add takes longer."""


@dataclass(frozen=True)
class TimeEstimate:
    """Between which times runs will end, and how that is known.

    Attributes:
        low: seconds of all runs together.
        high: the same.
        basis: the rest of a sentence that begins with the times.
    """

    low: float
    high: float
    basis: str


def say_time(estimate: TimeEstimate | None) -> str:
    """Say in a sentence how long it takes, or that nobody knows."""
    if estimate is None:
        return "How long it takes is not known: nothing like it was timed on this computer yet."
    return f"Takes {rough_duration(estimate.low, estimate.high)}, {estimate.basis}."


def estimate_time(
    experiments: Sequence[ExperimentConfig],
    sequences: SkeletonSequences,
    runs: Sequence[Run],
    parameters: int | None,
) -> TimeEstimate | None:
    """Return how long experiments will take, one after the other; None where nothing is known.

    Args:
        experiments: at least one; they differ in their seed alone.
        sequences: of their data set, as recorded.
        runs: any, among which those of this computer and of the same data tell.
        parameters: of the network; None where there is none, or it can't be asked yet.
    """
    config = experiments[0]
    total = len(experiments) * (config.epochs or 1)
    here = [run for run in runs if _tells(run, sequences.fingerprint)]
    alike = [run for run in here if _timeless(run.config) == _timeless(config)]
    # One that is trained now may have to share the computer.
    alike = [run for run in alike if run.status.state != "running"] or alike
    if alike:
        paces = [_pace(run) for run in alike]
        said = f"as {counted(len(alike), 'run')} of the same settings did"
        return TimeEstimate(total * min(paces), total * max(paces), said)
    if parameters is None or not config.epochs:
        return None
    sizes = {part: len(rows) for part, rows in config.split.rows(sequences).items()}
    fused = _is_fused(config)
    work = _work(parameters, sizes, _frames(config, sequences), fused)
    scaled = [
        (other_fused != fused, abs(log(work / other)), pace * work / other)
        for pace, other, other_fused in _measured(here, sequences)
    ]
    if scaled:
        low, high = (share * total * min(scaled)[2] for share in _SCALED)
        return TimeEstimate(low, high, "scaled from the run here that is nearest in size")
    low, high = (total * work / rate for rate in reversed(_RATES))
    return TimeEstimate(low, high, "a first guess by the size of the network: none was timed here yet")


def size_of(config: ExperimentConfig, sequences: SkeletonSequences) -> int | None:
    """Return how many parameters the network of an experiment has; None where it has none. Imports torch.

    Args:
        config: the experiment.
        sequences: of its data set, as recorded.
    """
    from har_core.models.layer_table import parameters_of  # not imported above: torch comes with it

    if not config.kind.network:
        return None
    inputs = width_of(config.inputs, sequences.skeleton, config.view)
    return parameters_of(config.model, inputs, len(sequences.actions))


def estimate_all(
    experiments: Sequence[ExperimentConfig],
    sequences: SkeletonSequences,
    runs: Sequence[Run],
    *,
    by_size: bool,
) -> TimeEstimate | None:
    """Return how long experiments will take, one after the other; None where nothing is known.

    Of an ensemble it is what its members take that are not there already.

    Args:
        experiments: at least one, of any settings.
        sequences: of their data set, as recorded.
        runs: any, among which those of this computer and of the same data tell.
        by_size: whether the sizes of their networks may be asked, which imports torch.
    """
    alike: dict[str, list[ExperimentConfig]] = {}
    for config in _to_be_trained(experiments, sequences.fingerprint, runs):
        alike.setdefault(_timeless(config).model_dump_json(), []).append(config)
    if not alike:
        return TimeEstimate(0, 1, "for all members are trained")
    found = {
        name: estimate_time(group, sequences, runs, size_of(group[0], sequences) if by_size else None)
        for name, group in alike.items()
    }
    known = [estimate for estimate in found.values() if estimate]
    unknown = [alike[name][0].kind for name, estimate in found.items() if not estimate]
    if not known or (not by_size and any(kind.network for kind in unknown)):
        return None
    bases = {estimate.basis for estimate in known}
    said = bases.pop() if len(bases) == 1 else "as far as other runs here and the sizes of the networks tell"
    if unknown:
        titles = " and ".join(sorted({kind.title for kind in unknown}))
        said += f", without {titles}: nothing like it was timed on this computer yet"
    return TimeEstimate(sum(one.low for one in known), sum(one.high for one in known), said)


def _to_be_trained(
    experiments: Sequence[ExperimentConfig], fingerprint: str, runs: Sequence[Run]
) -> list[ExperimentConfig]:
    """Return experiments with those members of ensembles that are not there yet in the place of these."""
    found: dict[str, ExperimentConfig] = {}
    for config in experiments:
        for member in config.of_members:
            if not any(run.status.state == "done" for run in runs_of(member, runs, fingerprint)):
                found.setdefault(member.alike.model_dump_json(), member)
        if not config.members:
            found.setdefault(config.alike.model_dump_json(), config)
    return list(found.values())


def _tells(run: Run, fingerprint: str) -> bool:
    """Say whether a run's time tells of this computer and these data."""
    steady = run.status.epoch >= _STEADY or (run.status.epoch > 0 and run.status.state != "running")
    timed = steady if run.config.training else run.results is not None
    here = run.status.host == socket.gethostname()
    return (
        timed
        and here
        and run.status.seconds > 0
        and run.meta is not None
        and run.meta.fingerprint == fingerprint
    )


def _pace(run: Run) -> float:
    """Return the seconds of an epoch; of a run without epochs all of them."""
    return run.status.seconds / max(1, run.status.epoch)


def _timeless(config: ExperimentConfig) -> ExperimentConfig:
    """Return an experiment without what doesn't change the time of an epoch, or only says the data's name."""
    alike = config.anywhere.model_copy(update={"seed": 0, "source": "synthetic", "reading": NOTHING_CHOSEN})
    return alike.trained(epochs=1) if alike.training else alike


def _measured(runs: Sequence[Run], sequences: SkeletonSequences) -> list[tuple[float, float, bool]]:
    """Return the seconds and the work of an epoch of each run that has a network, and whether it is fused."""
    found = []
    for run in runs:
        if run.meta and run.meta.parameters and run.config.training:
            fused, frames = _is_fused(run.config), _frames(run.config, sequences)
            work = _work(run.meta.parameters, run.meta.split_sizes, frames, fused)
            found.append((_pace(run), work, fused))
    return found


def _is_fused(config: ExperimentConfig) -> bool:
    """Say whether one kernel computes an epoch as a whole: a plain step of layers that it knows."""
    plain = config.kind.options()
    before_and_behind = ("head", "projection", "input_norm", "channel_dropout")
    known = all(getattr(config.model, name, None) == getattr(plain, name, None) for name in before_and_behind)
    return bool(config.training and config.training.is_plain and config.kind.kernels and known)


def _work(parameters: int, sizes: Mapping[Part, int], frames: float, fused: bool) -> float:
    """Return the multiply-adds of an epoch, those of large networks and of single layers more than once."""
    slower = max(1.0, float((parameters / _OUT_OF_CACHE) ** 0.45)) * (1 if fused else _LAYER_BY_LAYER)
    return parameters * slower * frames * (3 * sizes["train"] + sum(sizes.values()) - sizes["train"])


def _frames(config: ExperimentConfig, sequences: SkeletonSequences) -> float:
    """Return the frames of a sequence, in the mean."""
    return config.preparation.frames or float(sequences.lengths.mean())
