"""Each network has all that is called on one, and its layers are told as they are."""

import inspect
from collections.abc import Callable
from pkgutil import resolve_name
from threading import Thread
from unittest.mock import patch

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from har_core.engine import Batch, LstmLayer
from har_core.models import (
    MODELS,
    BilstmOptions,
    CnnOptions,
    GruOptions,
    InceptionOptions,
    LstmOptions,
    ModelKind,
    ModelOptions,
    StackedLstmOptions,
)
from har_core.models.heads import HEADS
from har_core.models.layer_table import LayerRow, _kind_of, layers_of, say_layers
from har_core.models.networks import Network, build_model, build_weightless, count_parameters, feature_width
from tests.networks import NETWORKS
from tests.rnn import LINE, RnnOptions

every_network = pytest.mark.parametrize("name", NETWORKS)


def build(options: ModelOptions, inputs: int = 60, classes: int = 20) -> Network:
    return build_model(options, inputs, classes, torch.Generator().manual_seed(0))


@every_network
def test_a_network_has_all_that_its_protocol_names(name):
    model = build(MODELS[name].options())
    named = [name for name in vars(Network) if not name.startswith("_") and callable(getattr(Network, name))]
    assert {"features_and_logits", "train", "eval", "to", "parameters", "modules", "state_dict"} <= set(named)
    for member in named:
        asked = set(inspect.signature(getattr(Network, member)).parameters) - {"self"}
        found = inspect.signature(getattr(model, member)).parameters
        assert asked <= set(found) or any(it.kind is it.VAR_POSITIONAL for it in found.values())
    assert isinstance(model.head, nn.Linear) and isinstance(model.training, bool)


@every_network
def test_answers_are_features_and_what_the_head_makes_of_them(name):
    model = build(MODELS[name].options())
    model.eval()
    batch = Batch.of([torch.rand(length, 60) for length in (5, 9, 1)])
    with torch.no_grad():
        features, logits = model.features_and_logits(batch)
        assert features.shape == (3, model.head.in_features) and logits.shape == (3, 20)
        assert features.shape[1] == feature_width(MODELS[name].options(), 60, 20)
        assert torch.equal(model(batch), logits) and torch.equal(model.head(features), logits)


# Layers

LAYERS = {
    "LSTM (T, 24), 8,256 parameters; Dropout (24); Linear (20), 500 parameters": LstmOptions(),
    "LSTM (T, 7), 1,932 parameters; Dropout (T, 7); LSTM (T, 7), 448 parameters; Dropout (7); "
    "Linear (20), 160 parameters": StackedLstmOptions(hidden=7),
    "Bidirectional LSTM (T, 16), 4,480 parameters; Dropout (16); Linear (20), 340 parameters": BilstmOptions(
        hidden=8
    ),
    "Convolution (T, 16), 4,816 parameters; Convolution (T, 16), 1,296 parameters; Dropout (16); "
    "Linear (20), 340 parameters": CnnOptions(channels=16),
    "BatchNorm (T, 60), 120 parameters; ChannelDropout (T, 60); Projection (T, 8), 488 parameters; "
    "GRU (T, 4), 168 parameters; Dropout (8); Linear (20), 180 parameters": GruOptions(
        hidden=4, projection=8, input_norm=True, channel_dropout=0.2, head="mean-max"
    ),
    "Inception block (8, T), 796 parameters; Conv1d (8, T), 480 parameters; BatchNorm (8, T), 16 parameters; "
    "Inception block (8, T), 380 parameters; Dropout (8); Linear (20), 180 parameters": InceptionOptions(
        blocks=2, channels=2, bottleneck=6, head="mean"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("said", "options"), LAYERS.items())
def test_layers_are_said_with_their_outputs_and_parameters(said, options):
    assert "; ".join(say_layers(layers_of(options, 60, 20))) == said


@every_network
@pytest.mark.parametrize(("inputs", "classes"), [(60, 20), (75, 3), (16, 32)])  # as large as a probe, too
def test_the_parameters_of_the_layers_are_those_of_the_network(name, inputs, classes):
    options = MODELS[name].options()
    rows = layers_of(options, inputs, classes)
    assert sum(row.parameters for row in rows) == count_parameters(build(options, inputs, classes))
    assert rows[-1].output == f"({classes})" and "T" in rows[0].output


ANY_HEAD = st.sampled_from([*HEADS])
OPTIONS = (
    st.builds(LstmOptions, hidden=st.integers(1, 40), head=ANY_HEAD)
    | st.builds(StackedLstmOptions, hidden=st.integers(1, 40), layers=st.integers(2, 4))
    | st.builds(BilstmOptions, hidden=st.integers(1, 40), layers=st.integers(1, 3))
    | st.builds(
        CnnOptions, layers=st.integers(1, 4), kernel=st.integers(1, 9), head=st.sampled_from([*HEADS])
    )
    | st.builds(
        GruOptions,
        hidden=st.integers(1, 9),
        layers=st.integers(1, 3),
        bidirectional=st.booleans(),
        head=ANY_HEAD,
        projection=st.integers(0, 5),
        input_norm=st.booleans(),
        channel_dropout=st.sampled_from([0.0, 0.2]),
    )
    | st.builds(InceptionOptions, channels=st.integers(1, 5), blocks=st.integers(1, 3), head=ANY_HEAD)
    | st.builds(RnnOptions, hidden=st.integers(1, 40), order=st.sampled_from(["forward", "backward"]))
)


@settings(max_examples=30, deadline=None)
@given(options=OPTIONS, inputs=st.integers(1, 80), classes=st.integers(2, 40))
def test_layers_are_told_by_shapes_alone_as_they_are_by_numbers(options, inputs, classes):
    with patch.dict(MODELS, {"rnn": LINE}):
        by_numbers = layers_of.__wrapped__(options, inputs, classes)
        with (
            patch("har_core.models.layer_table.MOST_COMPUTED", 0),
            patch("har_core.models.layer_table._fill_with_zeros", None),
        ):
            assert layers_of.__wrapped__(options, inputs, classes) == by_numbers


@pytest.mark.parametrize(
    "options", [LstmOptions(hidden=1024), BilstmOptions(hidden=1024, layers=8), CnnOptions()]
)
def test_the_largest_network_computes_nothing_to_be_told(options, monkeypatch):
    monkeypatch.setattr("har_core.models.layer_table._fill_with_zeros", None)
    rows = layers_of.__wrapped__(options, 1_000_000, 20)
    assert rows[0].output.startswith("(T, ") and rows[-1].output == "(20)"


class Odd(nn.Module):
    """Tied weights, weights of nobody's, a layer that is called for each frame, and one that needs frames."""

    def __init__(self, inputs: int, classes: int, least: int) -> None:
        super().__init__()
        self.cell = nn.GRUCell(inputs, 3)
        self.first, self.tied = nn.Linear(3, 3), nn.Linear(3, 3)
        self.tied.weight = self.first.weight
        self.idle = nn.Linear(5, 5)
        self.pool = nn.Conv1d(inputs, 2, least, stride=least)
        self.head = nn.Linear(5, classes)

    def features_and_logits(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        frames = batch.padded()
        state = torch.zeros(len(batch), 3)
        for frame in frames.unbind(dim=1):
            state = self.tied(self.first(self.cell(frame, state)))
        features = torch.cat([state, self.pool(frames.transpose(1, 2)).mean(dim=2)], dim=1)
        return features, self.head(features)

    def forward(self, batch: Batch) -> torch.Tensor:
        return self.features_and_logits(batch)[1]


class OddOptions(ModelOptions):
    name: str = "odd"
    least: int = 8


def build_odd(options: OddOptions, inputs: int, classes: int, generator: torch.Generator) -> Odd:
    return Odd(inputs, classes, options.least)


@pytest.fixture
def odd(monkeypatch):
    line = ModelKind("Odd", OddOptions, network=f"{__name__}:build_odd")
    monkeypatch.setitem(MODELS, "odd", line)
    monkeypatch.setattr("har_core.models.networks.resolve_name", lambda name: build_odd)


def test_of_an_odd_network_every_parameter_is_counted_once_and_each_layer_told_once(odd):
    rows = layers_of(OddOptions(), 6, 4)
    assert rows == (
        LayerRow("GRUCell", "(3)", 3 * 3 * (6 + 3 + 2)),
        LayerRow("Linear", "(3)", 12),
        LayerRow("Linear", "(3)", 3),  # its weights are those of the one before
        LayerRow("Conv1d", "(2, T')", 2 * (6 * 8 + 1)),
        LayerRow("Linear", "(4)", 24),
        LayerRow("Linear", "", 30),  # nobody calls it
    )
    assert sum(row.parameters for row in rows) == count_parameters(build_weightless(OddOptions(), 6, 4))


def test_shapes_that_a_network_can_not_tell_are_left_out(odd):
    rows = layers_of(OddOptions(least=100), 6, 4)  # no probe is as long
    assert {row.output for row in rows} == {""} and "Linear, 24 parameters" in say_layers(rows)
    total = count_parameters(build_weightless(OddOptions(least=100), 6, 4))
    assert sum(row.parameters for row in rows) == total


def test_a_layer_of_torch_s_own_use_is_called_as_people_know_it():
    assert _kind_of(nn.MultiheadAttention(4, 1).out_proj) == _kind_of(nn.Linear(1, 1)) == "Linear"
    assert _kind_of(LstmLayer(2, 3)) == "LSTM"


@every_network
def test_weights_are_those_that_torch_draws_from_the_seed(name):
    options = MODELS[name].options()
    build_network = resolve_name(MODELS[name].network)
    with torch.random.fork_rng():
        torch.manual_seed(3)
        expected = build_network(options, 60, 20, torch.Generator().manual_seed(3)).state_dict()
    found = build_model(options, 60, 20, torch.Generator().manual_seed(3)).state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[key], expected[key]) for key in found)


DRAWS = {
    "layers": lambda: [
        nn.Conv1d(3, 4, 2),
        nn.GRU(3, 2),
        nn.Embedding(4, 2),
        nn.TransformerEncoderLayer(4, 2),
    ],
    "rand": lambda: [torch.rand(3), torch.randn(3), torch.randint(9, (3,)), torch.randperm(5)],
    "like": lambda: [torch.rand_like(LINE_OF_ONES), torch.randn_like(LINE_OF_ONES)],
    "in place": lambda: [torch.empty(3).uniform_(), torch.empty(3).normal_(), torch.empty(3).exponential_()],
    "init": lambda: [
        draw(torch.empty(3, 3))
        for draw in (
            nn.init.xavier_normal_,
            nn.init.orthogonal_,
            nn.init.kaiming_normal_,
            nn.init.trunc_normal_,
        )
    ],
    "chosen": lambda: [torch.bernoulli(LINE_OF_ONES / 2), torch.multinomial(LINE_OF_ONES, 2)],
}
LINE_OF_ONES = torch.ones(7)


@pytest.mark.parametrize("drawn", DRAWS)
def test_who_else_draws_meanwhile_changes_no_weight_and_is_not_disturbed(drawn, odd, monkeypatch):
    def numbers(by_another: Callable[[], object]) -> list[Tensor]:
        made: list[Tensor] = []

        def build_it(options: OddOptions, inputs: int, classes: int, generator: torch.Generator) -> Odd:
            for _ in range(2):
                for it in DRAWS[drawn]():
                    made.extend(it.state_dict().values() if isinstance(it, nn.Module) else [it])
                by_another()
            return build_odd(options, inputs, classes, generator)

        monkeypatch.setattr("har_core.models.networks.resolve_name", lambda name: build_it)
        build_model(OddOptions(), 60, 20, torch.Generator().manual_seed(3))
        return made

    def draw_on_another_thread() -> None:
        thread = Thread(target=lambda: torch.manual_seed(1) and seen.append(torch.rand(2)))
        thread.start()
        thread.join()

    seen: list[Tensor] = []
    torch.manual_seed(1)
    expected = torch.rand(2)
    alone, beside = numbers(lambda: None), numbers(draw_on_another_thread)
    assert all(torch.equal(one, other) for one, other in zip(alone, beside, strict=True))
    assert all(torch.equal(one, expected) for one in seen) and len(seen) == 2
    torch.manual_seed(1)
    numbers(lambda: None)
    assert torch.equal(torch.rand(2), expected)
