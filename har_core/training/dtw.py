"""Learners that compare whole sequences by dynamic time warping: a support vector machine, and neighbours."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Self, cast

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import SVC

from har_core.data.body_roles import BodyRoles, roles_of
from har_core.data.channels import CHANNEL_FRAMES, CHANNELS, bodies_of
from har_core.data.inputs import WHOLE
from har_core.data.sequences import FloatArray, IntArray
from har_core.engine import thread_count
from har_core.errors import ConfigError, RunError
from har_core.models import DtwNeighbourOptions, DtwSvmOptions
from har_core.models.options import DtwOptions
from har_core.training.checkpoint import load_weights
from har_core.training.config import ExperimentConfig
from har_core.training.kept_distances import MOST_SEQUENCES, digest_of
from har_core.training.learner import Learner, LearnerOutput, Weights
from har_core.training.nearest_neighbour import log_of_votes
from har_core.training.pair_distances import PairDistances, measure_all, measure_between
from har_core.training.parts import PartTensors, TrainingData
from har_core.training.records import CheckpointChoice, EpochRecord
from har_core.training.run import Run
from har_core.wording import counted

_MOST_BYTES = 1 << 30  # of one view of all sequences

_NEVER_SEEN = -5.0
"""The score of an action that no training sequence is of."""

Distances = NDArray[np.float64]


class DtwLearner(Learner):
    """Keeps the training sequences, and says of each new one how far it is from them.

    The distances of each channel, divided by their median over the training sequences, are added by the
    weights of the channels. Nothing is drawn at random, and the device changes nothing.
    """

    def __init__(self, config: ExperimentConfig, data: TrainingData) -> None:
        self.check(data)
        self._all_sequences = {
            digest_of(frames): frames for part in data.parts.values() for frames in _sequences_of(part)
        }
        training = data.parts["train"]
        self._set_training_part(
            config, roles_of(data.sequences.skeleton), _sequences_of(training), training.labels.cpu().numpy(),
            data.class_count,
        )  # fmt: skip

    @classmethod
    def check(cls, data: TrainingData) -> None:
        """Make sure that positions are given, and that all pairs of sequences can be compared."""
        if data.inputs != ("positions",):
            raise ConfigError(
                f"sequences are compared by channels of their positions, and the inputs are "
                f"{' and '.join(data.inputs)}; choose positions alone."
            )
        if data.view != WHOLE:
            raise ConfigError(
                "sequences are compared by channels of whole bodies, and not all axes or joints are given; "
                "choose all axes and all joints."
            )
        count = len(data.sequences)
        if count > MOST_SEQUENCES or 4 * count * CHANNEL_FRAMES * data.input_count > _MOST_BYTES:
            most = min(MOST_SEQUENCES, _MOST_BYTES // (4 * CHANNEL_FRAMES * data.input_count))
            raise ConfigError(
                f"each sequence is compared with each other, and the split has {counted(count, 'sequence')} "
                f"of {counted(data.input_count // 3, 'joint')}, expected at most {most:,} such; choose a "
                "split of fewer subjects."
            )

    @classmethod
    def load(cls, run: Run, checkpoint: CheckpointChoice) -> Self:
        """Return that of an ended run, with the training sequences that it has kept."""
        path = run.path / f"{checkpoint}.safetensors"
        if run.meta is None or not path.exists():
            raise RunError(f"run {run.run_id} has no {path.name}; only a run that has ended has weights.")
        kept, classes = load_weights(path), len(run.meta.actions)
        channels = len(cast(DtwOptions, run.config.model).channels)
        if not _is_sound(kept, run.meta.split_sizes["train"], run.meta.inputs, classes, channels):
            raise RunError(f"{path} holds other sequences than those of its run; train the run again.")
        return cls.restore(run.config, run.meta.inputs, classes, kept)

    @classmethod
    def restore(cls, config: ExperimentConfig, inputs: int, classes: int, weights: Weights) -> Self:
        """Return that of these training sequences and their distances."""
        positions, lengths, labels = (weights[name].numpy() for name in ("positions", "lengths", "labels"))
        middle, head, ends = (tuple(weights[name].int().tolist()) for name in _JOINTS)
        known = BodyRoles(middle, head[0] if head else None, ends)
        frames = positions.reshape(len(positions), -1, 3)
        sequences = np.split(frames, np.cumsum(lengths.astype(np.int64))[:-1])
        learner = cls.__new__(cls)
        learner._all_sequences = {}
        learner._set_training_part(config, known, sequences, labels.astype(np.int64), classes)
        names = cast(DtwOptions, config.model).channels
        by_channel = dict(zip(names, weights["distances"].numpy(), strict=True))
        learner.use_distances(
            PairDistances({its: row for row, its in enumerate(learner._digests)}, by_channel)
        )
        learner._fit_once()
        return learner

    def _set_training_part(
        self, config: ExperimentConfig, roles: BodyRoles, training: Sequence[FloatArray], labels: IntArray,
        classes: int,
    ) -> None:  # fmt: skip
        self._options = cast(DtwOptions, config.model)
        self._roles, self._training, self._labels, self._classes = roles, list(training), labels, classes
        self._digests = [digest_of(frames) for frames in training]
        self._known: PairDistances | None = None
        self._distances: FloatArray | None = None

    def get_ready(self) -> Iterator[float]:
        """Measure how far all sequences are from each other, where that is not kept on disk yet."""
        return self._measure(keep=True)

    def _measure(self, keep: bool) -> Iterator[float]:
        return measure_all(
            self._all_sequences, self._options.channels, self._roles, thread_count(self.threads),
            self.use_distances, keep=keep,
        )  # fmt: skip

    def use_distances(self, known: PairDistances) -> None:
        """Take distances of all sequences, or more, that somebody has measured."""
        self._known = known

    def fit(self) -> Iterator[EpochRecord]:
        """Learn in one go, of the distances of the training sequences."""
        if self._known is None:
            for _ in self._measure(keep=False):
                pass
        self._fit_once()
        return iter(())

    def _fit_once(self) -> None:
        self._distances = self._from_training(self._training, self._digests)
        self._medians = [float(np.median(its)) or 1.0 for its in self._distances]
        self._fit(self._sum(self._distances))

    def predict(self, part: PartTensors) -> LearnerOutput:
        """Score each action by how far a sequence is from the training sequences."""
        sequences = _sequences_of(part)
        digests = [digest_of(frames) for frames in sequences]
        distances = self._sum(self._from_training(sequences, digests))
        return LearnerOutput(self._score(distances).astype(np.float32))

    def weights(self) -> Weights:
        """Return the training sequences, their actions and distances, and what their joints do."""
        roles = self._roles
        head = () if roles.head is None else (roles.head,)
        joints = zip(_JOINTS, (roles.middle, head, roles.ends), strict=True)
        positions = np.concatenate([frames.reshape(len(frames), -1) for frames in self._training])
        return {
            "positions": torch.from_numpy(positions),
            "lengths": torch.tensor([len(frames) for frames in self._training]).float(),
            "labels": torch.from_numpy(self._labels).float(),
            **{name: torch.tensor(its, dtype=torch.float32) for name, its in joints},
            "distances": torch.from_numpy(self._distances),
        }

    def _from_training(self, sequences: Sequence[FloatArray], digests: Sequence[bytes]) -> FloatArray:
        """Return (C, n, N): by each of C channels, how far n sequences are from the N of training."""
        if self._known is None:
            raise ValueError("nothing was learned yet")
        rows = self._known.rows
        found = np.empty((len(self._options.channels), len(sequences), len(self._training)), np.float32)
        known = [place for place, its in enumerate(digests) if its in rows]
        others = [place for place, its in enumerate(digests) if its not in rows]
        cells = np.ix_([rows[digests[place]] for place in known], [rows[its] for its in self._digests])
        ours = bodies_of(self._training, self._roles) if others else None
        theirs = bodies_of([sequences[place] for place in others], self._roles) if others else None
        for channel, name in enumerate(self._options.channels):
            found[channel, known] = self._known.by_channel[name][cells]
            if ours and theirs:
                found[channel, others] = measure_between(name, theirs, ours, thread_count(self.threads))
        return found

    def _sum(self, distances: FloatArray) -> Distances:
        names = self._options.channels
        shares = zip(names, distances, self._medians, strict=True)
        total: Distances = sum(
            CHANNELS[name].weight / median * its.astype(np.float64) for name, its, median in shares
        )
        return total

    @abstractmethod
    def _fit(self, distances: Distances) -> None:
        """Learn of the (N, N) distances of the training sequences."""

    @abstractmethod
    def _score(self, distances: Distances) -> Distances:
        """Return the (n, K) scores of sequences that are so far, (n, N), from those of training."""


class DtwSvm(DtwLearner):
    """A support vector machine whose kernel falls with the distance; its values of the actions are scores."""

    def _fit(self, distances: Distances) -> None:
        options = cast(DtwSvmOptions, self._options)
        self._median = float(np.median(distances)) or 1.0
        machine = SVC(C=options.c, kernel="precomputed", decision_function_shape="ovr")
        self._machine = machine.fit(self._kernel(distances), self._labels)

    def _kernel(self, distances: Distances) -> Distances:
        fall = cast(DtwSvmOptions, self._options).fall
        kernel: Distances = np.exp(-2 * (fall * distances / self._median) ** 2)
        return kernel

    def _score(self, distances: Distances) -> Distances:
        values = self._machine.decision_function(self._kernel(distances))
        if values.ndim == 1:  # of two actions there is one value, that of the second
            values = np.stack([-values, values], axis=1)
        scores = np.full((len(distances), self._classes), _NEVER_SEEN)
        scores[:, self._machine.classes_] = values
        return scores


class DtwNeighbour(DtwLearner):
    """The nearest training sequences vote."""

    def _fit(self, distances: Distances) -> None:
        count = min(cast(DtwNeighbourOptions, self._options).neighbours, len(distances))
        self._voters = KNeighborsClassifier(count, metric="precomputed").fit(distances, self._labels)

    def _score(self, distances: Distances) -> Distances:
        return log_of_votes(self._voters, distances, self._classes)


def _sequences_of(part: PartTensors) -> list[FloatArray]:
    """Return the positions of each sequence, (T, J, 3)."""
    frames = part.sequences.frames.cpu().numpy()
    each = zip(part.sequences.starts.tolist(), part.sequences.lengths.tolist(), strict=True)
    return [frames[start : start + length].reshape(length, -1, 3) for start, length in each]


_JOINTS = ("middle", "head", "ends")
"""What is kept of ``BodyRoles``, by its names; of a skeleton without a head, nothing for that."""


def _is_sound(kept: Weights, count: int, inputs: int, classes: int, channels: int) -> bool:
    """Say whether weights can be those of so many training sequences."""
    names = ("positions", "lengths", "labels", "distances")
    if not all(name in kept for name in (*names, *_JOINTS)) or inputs % 3:
        return False
    positions, lengths, labels, distances = (kept[name].numpy() for name in names)
    joints = [kept[name].numpy() for name in _JOINTS]
    whole = all((its == np.floor(its)).all() for its in (lengths, labels, *joints))
    return bool(
        whole
        and lengths.shape == labels.shape == (count,)
        and lengths.min() >= 1
        and positions.shape == (int(lengths.sum(dtype=np.float64)), inputs)
        and np.array_equal(np.unique(labels), np.arange(classes))
        and all(its.ndim == 1 and ((0 <= its) & (its < inputs // 3)).all() for its in joints)
        and len(joints[0]) >= 1
        and len(joints[1]) <= 1
        and len(joints[2]) >= 1
        and distances.shape == (channels, count, count)
        and (distances >= 0).all()
    )
