"""A hand-in shows the network of each model as a program, also those of the members of an ensemble."""

import nbformat
import pytest

from har_core.models import (
    CnnOptions,
    EnsembleOptions,
    InceptionOptions,
    LstmOptions,
    NearestNeighbourOptions,
)
from har_core.models.plain import plain_programs
from har_core.report.hand_in import hand_in
from har_core.training.config import GradientTraining, Member
from har_core.training.store import RunStore
from tests.report.test_page import Reader

SHORT = GradientTraining(epochs=2, batch_size=16, learning_rate=0.01)
INCEPTION = InceptionOptions(channels=3, bottleneck=4, blocks=2)


def programs_of(notebook: str) -> list[tuple[str, str]]:
    """The programs of PyTorch in a notebook, each with the sentence above it."""
    cells = nbformat.reads(notebook, as_version=4).cells
    return [
        (above.source, below.source)
        for above, below in zip(cells, cells[1:], strict=False)
        if "class Classifier" in below.source
    ]


@pytest.fixture
def store(tmp_path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_inception_is_shown(store, train_small):
    run = train_small(store, model=INCEPTION, training=SHORT)
    files = hand_in(store, [run.run_id])
    expected = plain_programs(INCEPTION, run.meta.inputs, len(run.meta.actions))
    ((said, program),) = programs_of(files["notebook.ipynb"].decode())
    assert (
        said == "The same network in plain PyTorch, with the same parameters:" and expected.torch in program
    )
    page = Reader(files["report.html"].decode())
    assert {expected.torch.strip(), expected.keras.strip()} <= {text.strip() for text in page.texts}


def test_each_network_of_an_ensemble_is_shown_once_with_the_members_that_it_is_of(store, train_small):
    both, lstm = CnnOptions(channels=5), LstmOptions(hidden=6)
    members = (
        Member(model=lstm, training=SHORT),
        Member(model=both, inputs=("positions", "velocities"), training=SHORT),
        Member(model=NearestNeighbourOptions()),
        Member(model=lstm, training=SHORT, seed_offset=1),
    )
    run = train_small(
        store, model=EnsembleOptions(), members=members, training=None, preparation=members[0].preparation
    )
    files = hand_in(store, [run.run_id])
    wanted = [
        ("members 1, 4 (LSTM)", plain_programs(lstm, 60, 4)),
        ("member 2 (1D-CNN)", plain_programs(both, 120, 4)),
    ]
    found = programs_of(files["notebook.ipynb"].decode())
    page = Reader(files["report.html"].decode())
    assert len(found) == 2
    for (said, program), (whose, expected) in zip(found, wanted, strict=True):
        assert said == f"The network of {whose}, in plain PyTorch, with the same parameters:"
        assert expected.torch in program
        exec(compile(program, "cell", "exec"), {"check": parameters_are_equal})  # noqa: S102
        assert sum(text.strip() == expected.keras.strip() for text in page.texts) == 1
        assert any(f"The network of {whose}, in plain PyTorch" in text for text in page.texts)


def parameters_are_equal(what: str, recorded: int, here: int) -> None:
    assert recorded == here
