"""`lottery`: that of the splits, and that of the seeds."""

import json

import pytest

from har_core.analysis.seed_lottery import difference_of, scatter_of
from har_core.analysis.seeds import group_by_config
from har_core.analysis.split_lottery import kept_lottery, say_lottery
from har_core.data.sources import load_source
from har_core.training.driver import train_run
from har_core.training.store import RunStore

pytestmark = pytest.mark.usefixtures("har_home")


def test_that_of_the_splits_says_the_kept_numbers(lab, small_source):
    code, out, err = lab("lottery", "--source", small_source, "--json")
    assert code == 0, err
    said, found = json.loads(out.splitlines()[-1]), kept_lottery(load_source(str(small_source)).sequences)
    assert found is not None and said["splits"] == said["of"] == len(said["halves"]) == 20
    assert (said["mean"], said["sd"]) == (found.mean, found.deviation)
    assert said["usual"]["cross-subject"]["train"] == [1, 3, 5]
    assert said["least"]["accuracy"] == min(half["accuracy"] for half in said["halves"])
    code, out, _ = lab("lottery", "--source", small_source)
    assert code == 0 and out.splitlines()[0] == say_lottery(found)
    assert out.splitlines()[1].startswith("cross-subject: ")


def test_that_of_the_seeds_compares_the_configs_of_two_runs(lab, small_config):
    store = RunStore()
    runs = [
        store.create(small_config.model_copy(update={"seed": seed}).trained(epochs=epochs), queued=False)
        for epochs in (2, 5)
        for seed in (0, 1)
    ]
    for run in runs:
        assert list(train_run(store, run.run_id))
    groups = {group.runs[0].config.epochs: group for group in group_by_config(store.runs())}
    code, out, err = lab("lottery", "--between", runs[3].run_id, runs[0].run_id, "--json")
    assert code == 0, err
    found = difference_of(scatter_of(groups[5]), scatter_of(groups[2]))
    said = json.loads(out.splitlines()[-1])
    assert (said["difference"], said["interval"]) == (found.estimate, [found.low, found.high])
    assert said["seeds_needed"] == found.needed
    code, out, _ = lab("lottery", "--between", runs[3].run_id, runs[0].run_id)
    assert code == 0 and groups[5].title in out
    code, _, err = lab("lottery", "--between", runs[0].run_id, runs[1].run_id)
    assert code == 2 and "are of one config, or were tested on other sequences" in err


@pytest.mark.parametrize("words", [(), ("--source", "synthetic", "--between", "a", "b")])
def test_one_of_the_two_is_to_be_said(lab, words):
    code, _, err = lab("lottery", *words)
    assert code == 2 and "say --source for that of the splits, or --between" in err
