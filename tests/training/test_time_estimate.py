"""How long runs will take: what tells it, and how surely."""

import socket
from typing import Any

import pytest

from har_core.data.preparation import Preparation
from har_core.data.sequences import SkeletonSequences
from har_core.models import CnnOptions, DtwSvmOptions, LstmOptions, NearestNeighbourOptions
from har_core.training.config import ExperimentConfig
from har_core.training.members import ensemble_of
from har_core.training.records import ActionName, Meta, Results, Status, WeightsResult
from har_core.training.run import Run
from har_core.training.time_estimate import estimate_all, estimate_time, say_time

HERE = socket.gethostname()


@pytest.fixture
def config(small_config: ExperimentConfig) -> ExperimentConfig:
    return small_config.trained(epochs=2000)


def ended(config: ExperimentConfig, sequences: SkeletonSequences, seconds: float, **changes: Any) -> Run:
    """A run of a config that took so long for each of its epochs."""
    host, fingerprint = changes.get("host", HERE), changes.get("fingerprint", sequences.fingerprint)
    sizes = {part: len(rows) for part, rows in config.split.rows(sequences).items()}
    meta = Meta(
        versions={}, machine="", device="cpu", source="", synthetic=False, layout="", fingerprint=fingerprint,
        actions=tuple(ActionName(number=number, name=str(number)) for number in (1, 2)), split_sizes=sizes,
        left_out={}, inputs=60, parameters=changes.get("parameters", 8000),
    )  # fmt: skip
    epochs = changes.get("epochs", config.epochs or 0)
    status = Status(
        state=changes.get("state", "done"),
        queued_at=0.0,
        host=host,
        epoch=epochs,
        seconds=seconds * max(1, epochs),
    )
    results = Results(last=WeightsResult(train=1.0, test=1.0))
    return Run("run", None, config, status, meta, results)  # type: ignore[arg-type]


def test_runs_of_the_same_settings_tell_from_the_fastest_to_the_slowest(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    runs = [ended(config.model_copy(update={"seed": 5}), small_sequences, 0.02)]
    runs += [ended(config.trained(epochs=10), small_sequences, 0.03)]
    seeds = [config.model_copy(update={"seed": seed}) for seed in range(5)]
    found = estimate_time(seeds, small_sequences, runs, None)
    assert found and (found.low, found.high) == pytest.approx((5 * 2000 * 0.02, 5 * 2000 * 0.03))
    assert say_time(found) == "Takes 3.3 to 5 min, as 2 runs of the same settings did."


def test_a_run_that_is_still_trained_tells_only_where_none_has_ended(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    young, running, done = (
        ended(config, small_sequences, seconds, epochs=epochs, state=state)
        for seconds, epochs, state in ((9.0, 3, "running"), (0.05, 50, "running"), (0.02, 2000, "done"))
    )
    assert estimate_time([config], small_sequences, [young], None) is None  # its first epoch took longest
    for runs, seconds in (([young, running], 100.0), ([young, running, done], 40.0)):
        found = estimate_time([config], small_sequences, runs, None)
        assert found and found.low == found.high == pytest.approx(seconds)


@pytest.mark.parametrize("changes", [{"host": "elsewhere"}, {"fingerprint": "others"}, {"epochs": 0}])
def test_runs_of_other_computers_and_data_and_those_without_an_epoch_tell_nothing(
    config: ExperimentConfig, small_sequences: SkeletonSequences, changes: dict[str, Any]
) -> None:
    run = ended(config, small_sequences, 0.02, **changes)
    assert estimate_time([config], small_sequences, [run], None) is None
    assert say_time(None).startswith("How long it takes is not known")


def test_other_settings_are_scaled_from_the_run_nearest_in_size(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    small = ended(config, small_sequences, 0.01, parameters=10_000)
    large = ended(config.model_copy(update={"model": CnnOptions()}), small_sequences, 0.2, parameters=90_000)
    asked = config.model_copy(update={"model": LstmOptions(hidden=100)})
    found = estimate_time([asked], small_sequences, [small, large], 100_000)
    assert found and found.low == pytest.approx(0.5 * 2000 * 0.2 / 0.9)
    assert found.high == pytest.approx(2.5 * 2000 * 0.2 / 0.9)
    assert "scaled from the run here that is nearest in size" in say_time(found)


def test_longer_sequences_and_larger_parts_take_longer(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    short = config.model_copy(update={"preparation": Preparation(frames=10)})
    long = config.model_copy(update={"preparation": Preparation(frames=30)})
    run = ended(short, small_sequences, 0.01)
    found = estimate_time([long], small_sequences, [run], 8000)
    assert found and found.low == pytest.approx(0.5 * 2000 * 0.03)


def test_large_networks_take_longer_than_their_parameters_alone_tell(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    run = ended(config, small_sequences, 0.0036, parameters=8756)
    asked = config.model_copy(update={"model": LstmOptions(hidden=1024)})
    found = estimate_time([asked], small_sequences, [run], 4_468_756)
    assert found
    # So long an epoch took of that network, and of this one, on the same computer and data.
    assert found.low < 2000 * 7.2 < found.high < 6 * found.low


def test_with_no_run_here_the_size_of_the_network_gives_a_first_guess(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    small = estimate_time([config], small_sequences, [], 8000)
    large = estimate_time([config], small_sequences, [], 16_000)
    assert small and large and large.low == pytest.approx(2 * small.low)
    assert small.high > 5 * small.low and "a first guess" in say_time(small)


def test_a_model_without_epochs_takes_what_its_like_took(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    asked = config.model_copy(update={"model": NearestNeighbourOptions(), "training": None})
    assert estimate_time([asked], small_sequences, [ended(config, small_sequences, 0.01)], None) is None
    found = estimate_time([asked], small_sequences, [ended(asked, small_sequences, 1.5)], None)
    assert found and found.low == found.high == pytest.approx(1.5)
    assert say_time(found) == "Takes 1.5 s, as 1 run of the same settings did."


def test_what_no_kernel_computes_as_a_whole_is_scaled_from_its_like(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    layer_by_layer = config.trained(weight_decay=0.02)
    quick = ended(config, small_sequences, 0.01, parameters=8000)
    asked = layer_by_layer.model_copy(update={"model": LstmOptions(hidden=25)})
    found = estimate_time([asked], small_sequences, [quick], 8000)
    assert found and found.low == pytest.approx(0.5 * 2000 * 4 * 0.01)
    slow = ended(layer_by_layer, small_sequences, 0.06, parameters=16_000)
    found = estimate_time([asked], small_sequences, [quick, slow], 8000)
    assert found and found.low == pytest.approx(0.5 * 2000 * 0.03)  # the nearest in size is of the other kind
    pooled = config.model_copy(update={"model": LstmOptions(head="mean")})
    found = estimate_time([pooled], small_sequences, [quick, slow], 8000)
    assert found and found.low == pytest.approx(0.5 * 2000 * 0.03)


def test_experiments_of_several_settings_take_what_each_takes(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    short = config.trained(epochs=80, weight_decay=0.02)
    runs = [ended(config, small_sequences, 0.01), ended(short, small_sequences, 0.05)]
    asked = [one.model_copy(update={"seed": seed}) for one in (config, short) for seed in range(3)]
    found = estimate_all(asked, small_sequences, runs, by_size=False)
    assert found and found.low == pytest.approx(3 * (2000 * 0.01 + 80 * 0.05))
    assert found.low == found.high and "as 1 run of the same settings did" in say_time(found)
    unknown = config.model_copy(update={"model": CnnOptions()})
    assert estimate_all([*asked, unknown], small_sequences, runs, by_size=False) is None
    found = estimate_all([*asked, unknown], small_sequences, runs, by_size=True)
    assert found and found.high > found.low > 3 * 2000 * 0.01
    assert "as far as other runs here and the sizes of the networks tell" in say_time(found)


def test_an_ensemble_takes_as_long_as_those_of_its_members_that_are_not_there(
    config: ExperimentConfig, small_sequences: SkeletonSequences
) -> None:
    other = config.model_copy(update={"seed": 1})
    both = ensemble_of([config, other])
    alike = ended(config.model_copy(update={"seed": 7}), small_sequences, 0.02)
    found = estimate_all([both], small_sequences, [alike], by_size=False)
    assert say_time(found) == "Takes 80 s, as 1 run of the same settings did."
    twice = estimate_all([config, both], small_sequences, [alike], by_size=False)
    assert twice == found  # it is trained once, for itself and as a member
    found = estimate_all([both], small_sequences, [ended(other, small_sequences, 0.01)], by_size=False)
    assert found and found.high == pytest.approx(20)
    here = [ended(its, small_sequences, 0.01) for its in (config, other)]
    assert "all members are trained" in say_time(estimate_all([both], small_sequences, here, by_size=False))
    svm = config.model_copy(update={"model": DtwSvmOptions(), "training": None})
    assert estimate_all([ensemble_of([config, svm])], small_sequences, here, by_size=False) is None
    found = estimate_all([both, ensemble_of([config, svm])], small_sequences, [alike], by_size=False)
    assert say_time(found).endswith("without DTW-SVM: nothing like it was timed on this computer yet.")
