"""The recipe's parts are timed beside plain code that computes the same."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from typer.testing import CliRunner

from har_core.bench import recipe, reference
from har_core.bench.reference import PlainBilstm, Recordings, inputs_of, plain_bilstm, plain_distances, varied
from har_core.cli import app
from har_core.data.body_roles import legs_of, roles_of
from har_core.data.channels import CHANNELS, bodies_of
from har_core.data.inputs import inputs_of_batch
from har_core.models.networks import build_model, count_parameters
from har_core.training.ladder import rung_config


@pytest.fixture
def recordings(small_sequences) -> Recordings:
    return Recordings(list(small_sequences.each()), small_sequences.labels)


def test_the_plain_network_is_that_of_the_recipe():
    own = build_model(rung_config("L9").model, 141, 20, torch.Generator())
    assert count_parameters(PlainBilstm(141, 20)) == count_parameters(own) == 81_070


def test_recordings_are_read_between_their_frames(recordings, small_sequences):
    times = torch.tensor([[-0.2, 0.0, 0.31, 0.5, 1.0, 1.4]]).repeat(2, 1)
    found = recordings.at(torch.tensor([3, 8]), times).numpy()
    for row, own in zip((3, 8), found, strict=True):
        frames = small_sequences[row].reshape(len(small_sequences[row]), -1)
        places = np.clip(times[0].numpy(), 0, 1) * (len(frames) - 1)
        expected = [np.interp(places, np.arange(len(frames)), column) for column in frames.T]
        np.testing.assert_allclose(own.reshape(len(places), -1), np.stack(expected, 1), atol=1e-5)


def test_the_plain_inputs_are_those_of_the_recipe(small_sequences):
    positions = np.random.default_rng(0).normal(size=(3, 48, 20, 3)).astype(np.float32)
    skeleton, recorded = small_sequences.skeleton, np.array([20.0, 40.5, 61.0])
    own = inputs_of_batch(
        rung_config("L9").inputs, positions.reshape(-1, 20, 3), np.full(3, 48), skeleton, recorded
    )
    plain = inputs_of(
        torch.from_numpy(positions), torch.from_numpy(recorded).float(), roles_of(skeleton).ends
    )
    np.testing.assert_allclose(plain.numpy().reshape(own.shape), own, atol=1e-5)


def test_sequences_are_varied_as_far_as_the_recipe_says(recordings, small_sequences):
    torch.manual_seed(0)
    rows = torch.zeros(2000, dtype=torch.int64)
    positions, recorded = varied(recordings, rows, rows, legs_of(small_sequences.skeleton))
    assert positions.shape == (2000, 48, 20, 3)
    frames = int(recordings.lengths[0])
    spread = ((recorded - 1) / (frames - 1)).log().std()
    assert float(spread) == pytest.approx(0.1, rel=0.1)
    assert not torch.equal(positions[0], positions[1])


def test_the_plain_network_learns(recordings, small_sequences, monkeypatch):
    losses, entropy = [], reference.F.cross_entropy

    def noted(*words, **more):
        loss = entropy(*words, **more)
        losses.append(loss.detach())
        return loss

    monkeypatch.setattr(reference.F, "cross_entropy", noted)
    skeleton = small_sequences.skeleton
    epoch = plain_bilstm(recordings, legs_of(skeleton), roles_of(skeleton).ends)
    for _ in range(60):
        epoch()
    steps = -(-len(small_sequences) // reference.BATCH)
    assert len(losses) == 60 * steps
    first, last = (float(torch.stack(some).mean()) for some in (losses[:steps], losses[-steps:]))
    assert last < 0.8 * first


def test_the_plain_distances_are_those_that_are_timed(small_sequences, har_home):
    some = small_sequences.take(np.arange(9))
    measured = []
    roles = roles_of(some.skeleton)
    by_digest = {recipe.digest_of(frames): frames for frames in some.each()}
    for _ in recipe.measure_all(by_digest, list(CHANNELS), roles, 1, measured.append, keep=False):
        pass
    measure, bodies = plain_distances(), bodies_of(list(some.each()), roles)
    rows = [measured[0].rows[its] for its in by_digest]
    for name, channel in CHANNELS.items():
        own = measured[0].by_channel[name][np.ix_(rows, rows)]
        np.testing.assert_allclose(measure(channel.of(bodies)), own, atol=2e-4)


def test_distances_are_kept_in_a_folder_of_the_benchmark(small_source, har_home, tmp_path):
    recipe.ours("kept", str(small_source), 1, str(tmp_path))(2)
    files = list(Path(tmp_path, "kept", "cache", "distances").glob("*.safetensors"))
    assert len(files) == len(CHANNELS) and not list(har_home.glob("cache/distances/*"))
    recipe.ours("distances", str(small_source), 1, str(tmp_path))(1)
    assert not Path(tmp_path, "distances", "cache", "distances").exists()
    with pytest.raises(ValueError, match="no plain form"):
        recipe.plain("kept", str(small_source), 1, str(tmp_path))


def test_each_part_has_its_turn_beside_its_plain_form(small_source, har_home, monkeypatch):
    asked, ends = [], []

    class Processes:
        def __init__(self, makers, arguments, threads):
            self.makers, (self.source, self.threads, self.scratch) = makers, arguments

        def __enter__(self):
            assert Path(self.scratch).is_dir()
            asked.append(list(self.makers))
            return self.makers

        def __exit__(self, *error):
            ends.append(self.scratch)

    monkeypatch.setattr(recipe, "processes", Processes)
    monkeypatch.setattr(recipe, "in_turn", lambda name, makers, rounds: {who: [1.0] for who in makers})
    found = dict(recipe.race_recipe(str(small_source), threads=1, rounds=1))
    assert list(found) == list(recipe.PARTS)
    assert asked == [["har", "plain"], ["har", "plain"], ["har"]]
    assert not Path(ends[0]).exists()


def test_the_command_tells_ratios_and_aims(har_home, monkeypatch):
    times = {"har": [0.1, 0.2, 0.4], "plain": [0.3, 0.4, 0.4]}
    each = {"bilstm": times, "distances": times, "kept": {"har": [0.05, 0.06, 0.07]}}
    monkeypatch.setattr(recipe, "race_recipe", lambda *words, **more: iter(each.items()))
    done = CliRunner().invoke(app, ["bench", "--recipe", "--json"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["recipe"]["bilstm"] == {"har": 0.2, "plain": 0.4, "ratio": 2.0, "aim": 2}
    assert found["recipe"]["kept"] == {"har": 0.06, "plain": None, "ratio": None, "aim": 0.1}
    assert "2.0 (1.0-3.0)" in done.stdout and "(0.050 to 0.070 s)" in done.stdout
