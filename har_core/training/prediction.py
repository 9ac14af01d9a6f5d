"""What was learned is asked about other sequences than those of its data."""

from dataclasses import replace

import numpy as np

from har_core.data.inputs import width_of
from har_core.data.joint_mapping import map_joints
from har_core.data.mirroring import as_mirrored_as
from har_core.data.preparation import prepare_every, scale_of
from har_core.data.scaling import Scale
from har_core.data.sequences import FloatArray, SkeletonSequences
from har_core.data.sources import load_source
from har_core.errors import DataError, HarError, RunError
from har_core.training.config import ExperimentConfig
from har_core.training.ensemble import scores_of_sum
from har_core.training.learner import Learner, LearnerOutput, learner_class
from har_core.training.members import members_of
from har_core.training.parts import tensors_of
from har_core.training.probabilities import softmax
from har_core.training.run import Run
from har_core.wording import counted

_OWN_DATA_GONE = (
    "The data set that the run was trained on is not here as it was, so joints are taken as they come."
)


def own_data(run: Run) -> SkeletonSequences | None:
    """Return the data set that a run was trained on; None where it is not here as it was."""
    try:
        return as_trained_on(run, load_source(run.config.source, run.config.reading).sequences)
    except HarError:
        return None


def as_trained_on(run: Run, recorded: SkeletonSequences) -> SkeletonSequences | None:
    """Return a run's data set, or None where it is not what the run was trained on any more."""
    same = run.meta is not None and recorded.fingerprint == run.meta.fingerprint
    return recorded if same else None


def with_joints_of(
    run: Run, recorded: SkeletonSequences | None, sequences: SkeletonSequences
) -> tuple[SkeletonSequences, tuple[str, ...]]:
    """Return sequences as a run knows them, and what is to be said of that.

    Joints are found by their names, and left and right are on the sides on which the run saw them.

    Args:
        run: the run.
        recorded: its data set, as ``as_trained_on`` returns it.
        sequences: of any skeleton, as recorded.

    Raises:
        DataError: the skeletons do not fit.
    """
    if recorded is None:
        return sequences, (_OWN_DATA_GONE,)
    ways = [its.preparation for its in run.config.of_members or (run.config,)]
    needed = () if all(way.centring == "none" for way in ways) else recorded.skeleton.root
    turned, exchanged = as_mirrored_as(sequences, recorded)
    mapped, found = map_joints(turned, recorded.skeleton, needed)
    return mapped, (*found, *exchanged)


def scores_of(run: Run, sequences: SkeletonSequences) -> FloatArray:
    """Return the (N, K) scores that an ended run gives to N sequences, by the weights that it is judged by.

    Args:
        run: the run.
        sequences: any of its skeleton, as recorded; each is answered for.

    Raises:
        HarError: as ``output_of_run``.
    """
    return output_of_run(run, sequences).scores


def output_of_run(run: Run, sequences: SkeletonSequences) -> LearnerOutput:
    """Return what an ended run says of N sequences, by the weights that it is judged by.

    Args:
        run: the run.
        sequences: any of its skeleton, as recorded; each is answered for.

    Raises:
        RunError: the run has not ended, what it learned can't be read, or its data set, on which a scale was
            measured, has changed.
        DataError: the sequences are of another skeleton, or can't be computed with.
    """
    if run.meta is None or run.results is None:
        raise RunError(
            f"run {run.run_id} is {run.status.state}; only a run that has ended says what it sees."
        )
    if run.config.members:
        shares = [softmax(scores_of(member, sequences)) for member in members_of(run)]
        return LearnerOutput(scores_of_sum(shares, [member.weight for member in run.config.members]))
    config = run.config
    found = width_of(config.inputs, sequences.skeleton, config.view)
    if found != run.meta.inputs:
        raise DataError(
            f"{sequences.source} has {counted(sequences.skeleton.joint_count, 'joint')}, that is {found:,} "
            f"numbers a frame, and run {run.run_id} was trained on {run.meta.inputs:,}; choose sequences of "
            "the skeleton that it was trained on."
        )
    learner = learner_class(config.model.name).load(run, config.judged_by)
    answers = output_of_learner(sequences, learner, config, scale_of_run(run))
    if not np.isfinite(answers.scores).all():
        raise RunError(f"the weights of run {run.run_id} give no finite numbers; train the run again.")
    return answers


def output_of_learner(
    sequences: SkeletonSequences, learner: Learner, config: ExperimentConfig, scale: Scale
) -> LearnerOutput:
    """Return what a learner says of N sequences.

    Args:
        sequences: as recorded; each is answered for.
        learner: on the CPU.
        config: what it was trained by.
        scale: of its training part.

    Raises:
        DataError: positions are too large to be computed with, or the learner can't compare the sequences.
    """
    prepared = prepare_every(sequences, config.preparation, scale)
    # Their own labels are of other actions than the learner's, and it is not to be judged by them.
    unlabelled = replace(prepared, labels=np.zeros(len(prepared), np.int64))
    return learner.predict(tensors_of(unlabelled, config.inputs, config.view))


def scale_of_run(run: Run) -> Scale:
    """Return what a run scales sequences by; one scale for all takes another look at its training part.

    Raises:
        RunError: its data set has changed, on which that scale was measured.
        DataError: its data set is not here.
    """
    scaling = run.config.preparation.scaling
    if scaling != "training-set":
        return Scale(scaling)
    recorded = load_source(run.config.source, run.config.reading).sequences
    if run.meta is None or recorded.fingerprint != run.meta.fingerprint:
        raise RunError(
            f"run {run.run_id} scales sequences as its training part, and was trained on other data than "
            f"{run.config.source} holds now; bring the old data back, or train anew."
        )
    return scale_of(recorded, run.config.preparation, run.config.split.rows(recorded)["train"])
