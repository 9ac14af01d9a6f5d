"""The training loop."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy
from torch.nn.utils import clip_grad_norm_

from har_core.data.splits import Part
from har_core.engine import BatchScore, FusedStep, Threads, fused_step, thread_count, torch_threads
from har_core.errors import RunError
from har_core.models.networks import Network, build_model
from har_core.training.adam import Adam
from har_core.training.batches import EpochSampler, batches_of_epoch, steps_of_epoch
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.cuda import as_on_the_cpu
from har_core.training.evaluation import Score, batch_output, evaluate, mean_score
from har_core.training.parts import PartTensors, TrainingData, join
from har_core.training.records import CheckpointChoice, EpochRecord, rank_of
from har_core.training.schedules import rates_of
from har_core.wording import PART_TITLES

_LARGEST_LOSS = 1e15
"""Nats; the squares that Adam adds up of larger ones are no numbers any more, and nothing is learned."""


@dataclass
class TrainingState:
    """All that changes while a model is trained: what a checkpoint has to hold.

    Attributes:
        model: the network, with the weights of the last epoch.
        optimiser: Adam with its moments.
        generator: source of batch orders, of what varies sequences, and of dropout masks.
        epoch: the last finished one.
        best_epoch: the one with the best validation accuracy; of equals the one with the lower loss. 0 until
            there is one, and where nothing chooses one.
        best_score: of the validation part at that epoch.
        best_weights: of that epoch.
        last_weights: of the last epoch, while the best are in use; else none.
        sampler: of the orders of the training part, with what the last epoch has left of one.
    """

    model: Network
    optimiser: Adam
    generator: torch.Generator
    epoch: int = 0
    best_epoch: int = 0
    best_score: Score = field(default_factory=lambda: Score(float("inf"), -1.0))
    best_weights: dict[str, Tensor] = field(default_factory=dict)
    last_weights: dict[str, Tensor] = field(default_factory=dict)
    sampler: EpochSampler = field(default_factory=lambda: EpochSampler(0))

    def use(self, checkpoint: CheckpointChoice) -> int:
        """Load the best weights into the model, or go back to the last; return of which epoch they are."""
        if checkpoint == "best" and not self.last_weights:
            self.last_weights = _copy_of(self.model)
        weights = self.best_weights if checkpoint == "best" else self.last_weights
        if weights:
            self.model.load_state_dict(weights)
        if checkpoint == "last":
            self.last_weights = {}
        return self.best_epoch if checkpoint == "best" else self.epoch


def initial_state(config: ExperimentConfig, data: TrainingData) -> TrainingState:
    """Return the state before the first epoch: fresh weights, drawn from the config's seed."""
    generator = torch.Generator().manual_seed(config.seed)
    device = data.parts["train"].device
    model = build_model(config.model, data.input_count, data.class_count, generator)
    model.to(device)
    training = training_of(config)
    decoupled = training.optimiser == "adamw"
    optimiser = Adam(model.parameters(), weight_decay=training.weight_decay, decoupled=decoupled)
    return TrainingState(model, optimiser, generator, sampler=EpochSampler(len(data.parts["train"])))


def fit(
    config: ExperimentConfig,
    data: TrainingData,
    state: TrainingState | None = None,
    *,
    threads: int | None = None,
) -> Iterator[EpochRecord]:
    """Train, and yield a record after each epoch.

    Pausing is not asking for the next; stopping is closing. The same config, data and machine give the same
    numbers to the last bit: the order of every sum is fixed, by the kernels on any number of threads, and
    every random number comes from the state's generator.

    Args:
        config: what to train and how.
        data: what to train on; what of validation and test it has is evaluated after each epoch.
        state: where to go on; a fresh start where it is None. It is changed in place.
        threads: to compute on; None for what ``thread_count`` says.

    Raises:
        ConfigError: that is no number of threads.
        RunError: a loss is no longer a finite number.
    """
    state = state or initial_state(config, data)
    training = training_of(config)
    # Plain steps were there before, and keep the order in which torch sums for them on several threads.
    pool = Threads(thread_count(threads), torch_count=None if training.is_plain else 1)
    evaluated: dict[Part, PartTensors] = {name: part for name, part in data.parts.items() if name != "train"}
    joined = join(list(evaluated.values())) if evaluated else None
    for epoch in range(state.epoch + 1, training.epochs + 1):
        started = time.perf_counter()
        with pool.computing():
            train = _train_one_epoch(state, data, training, pool)
            scores: dict[Part, Score] = {"train": train}
            if joined is not None:
                scores |= evaluate(state.model, joined, evaluated)
        _check_losses(epoch, scores)
        state.epoch = epoch
        if "validation" in scores and config.chooses_epoch:
            _keep_best(state, scores["validation"])
        yield _record(epoch, time.perf_counter() - started, scores)


def training_of(config: ExperimentConfig) -> GradientTraining:
    """Return how a network is to be trained.

    Raises:
        ValueError: the config is of a model that is not trained by gradients.
    """
    if config.training is None:
        raise ValueError(f"{config.model.name} is not trained by gradients")
    return config.training


def _record(epoch: int, seconds: float, scores: Mapping[Part, Score]) -> EpochRecord:
    validation, test = scores.get("validation"), scores.get("test")
    return EpochRecord(
        epoch, seconds, scores["train"].loss, scores["train"].accuracy,
        validation.loss if validation else None, validation.accuracy if validation else None,
        test.loss if test else None, test.accuracy if test else None,
    )  # fmt: skip


def _check_losses(epoch: int, scores: Mapping[Part, Score]) -> None:
    """Make sure that the losses of an epoch are numbers, before it counts.

    Raises:
        RunError: says which is not.
    """
    for part, score in scores.items():
        if not score.loss <= _LARGEST_LOSS:
            said = "not a number" if math.isnan(score.loss) else f"{score.loss:.1e}"
            said = "infinite" if math.isinf(score.loss) else said
            raise RunError(
                f"the {PART_TITLES[part].lower()} loss is {said} since epoch {epoch:,}; try a lower learning "
                "rate, and a preparation that scales the sequences to [-1, 1]."
            )


def training_step(network: Network, part: PartTensors, training: GradientTraining) -> FusedStep | None:
    """Return how a network is trained whole; None where torch takes its steps, layer by layer.

    Args:
        network: any.
        part: some sequences, of which a batch is computed both ways when the network is first seen.
        training: of which a fused step knows the plain kind only.
    """
    first = part.take(torch.arange(min(len(part), training.batch_size)))
    return fused_step(network, first.sequences, first.labels) if training.is_plain else None


def _train_one_epoch(
    state: TrainingState, data: TrainingData, training: GradientTraining, pool: Threads
) -> Score:
    fused = training_step(state.model, data.parts["train"], training)
    if fused is None:
        with torch_threads(), as_on_the_cpu(state.model):
            return _train_by_layers(state, data, training, pool)
    rates = iter(_rates_of_epoch(state.epoch, len(data.parts["train"]), training))
    scores: list[BatchScore] = []
    at_once = fused.steps_at_once(training.batch_size)
    for batches in batches_of_epoch(data, training, state.generator, at_once, state.sampler):
        lr, labels = list(islice(rates, len(batches))), [batch.labels for batch in batches]
        output = fused.train_steps([batch.sequences for batch in batches], labels, state.optimiser.state(lr))
        state.optimiser.count(len(batches))
        scores.append(output.score())
    return mean_score(scores)


def _train_by_layers(
    state: TrainingState, data: TrainingData, training: GradientTraining, pool: Threads
) -> Score:
    rates = _rates_of_epoch(state.epoch, len(data.parts["train"]), training)
    each = batches_of_epoch(data, training, state.generator, 1, state.sampler)
    state.model.train()
    # The first draws the order; what varies the others comes from numbers of its own, dropout's from these.
    steps = zip(pool.prefetch(each), rates, strict=True)
    return mean_score([_train_step(state, batch, lr, training) for (batch,), lr in steps])


def _train_step(
    state: TrainingState, batch: PartTensors, lr: float, training: GradientTraining
) -> BatchScore:
    features, logits = state.model.features_and_logits(batch.sequences)
    state.optimiser.zero_grad()
    loss = cross_entropy(logits, batch.labels, label_smoothing=training.label_smoothing)
    loss.backward()  # type: ignore[no-untyped-call]
    if training.clipping is not None:
        clip_grad_norm_(state.optimiser.parameters, training.clipping)
    state.optimiser.step(lr)
    return batch_output(features, logits, batch.labels).score()


def _rates_of_epoch(done: int, sequences: int, training: GradientTraining) -> list[float]:
    """Return the learning rate of each step of an epoch.

    Args:
        done: epochs before it.
        sequences: of the training part.
        training: says of how many steps, and at which rates.
    """
    steps = steps_of_epoch(sequences, training)
    epoch = range(done * steps, (done + 1) * steps)
    return rates_of(training.schedule, training.learning_rate, epoch, training.epochs * steps)


def _keep_best(state: TrainingState, validation: Score) -> None:
    best = state.best_score
    if rank_of(validation.accuracy, validation.loss) > rank_of(best.accuracy, best.loss):
        state.best_epoch, state.best_score = state.epoch, validation
        state.best_weights = _copy_of(state.model)


def _copy_of(model: Network) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}
