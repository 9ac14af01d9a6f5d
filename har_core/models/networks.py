"""Network: what everybody knows of one, and how it is made of a model's options."""

import threading
from collections.abc import Callable, Iterator, Mapping
from pkgutil import resolve_name
from typing import Any, Protocol, cast

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from har_core.engine import Batch
from har_core.models import MODELS, ModelOptions


class Network(Protocol):
    """All that is called on a network of ``MODELS``, a ``torch.nn.Module`` with a head.

    It takes its random numbers from the generator that it was built with. One that the engine can train
    whole has a ``spec``, too: nobody has to.
    """

    head: nn.Linear
    training: bool

    def __call__(self, batch: Batch) -> Tensor:
        """Return (B, K) logits."""

    def features_and_logits(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return (B, width) features, which the head is given, and (B, K) logits."""

    def train(self) -> Any:
        """Let dropout drop."""

    def eval(self) -> Any:
        """Let dropout drop nothing."""

    def to(self, device: torch.device) -> Any:
        """Move the weights."""

    def parameters(self) -> Iterator[nn.Parameter]:
        """Return what training changes."""

    def modules(self) -> Iterator[nn.Module]:
        """Return the network and its layers."""

    def state_dict(self) -> dict[str, Any]:
        """Return the weights by their names."""

    def load_state_dict(self, state_dict: Mapping[str, Any], *, assign: bool = False) -> Any:
        """Take other weights."""


def build_model(options: ModelOptions, inputs: int, classes: int, generator: torch.Generator) -> Network:
    """Build the network that the options name, with fresh weights on the CPU.

    What torch's layers draw by themselves follows from the generator's seed, and leaves the numbers that the
    process draws as they were.

    Args:
        options: of a model of ``MODELS`` that has a network.
        inputs: F.
        classes: K.
        generator: the source of every random number of the network.
    """
    with _DrawingFrom(torch.Generator().manual_seed(generator.initial_seed())):
        return cast(Network, resolve_name(MODELS[options.name].network)(options, inputs, classes, generator))


class _DrawingFrom(TorchFunctionMode):
    """Lets torch draw from a generator in this block, not from the one that all threads share.

    Args:
        generator: asked by whatever draws on this thread and names no generator.
    """

    def __init__(self, generator: torch.Generator) -> None:
        super().__init__()
        self.generator = generator

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func.__name__ in _DRAWING and kwargs.get("generator") is None:
            kwargs = kwargs | {"generator": self.generator}
        return func(*args, **kwargs)


_DRAWING = frozenset(
    "bernoulli bernoulli_ cauchy_ exponential_ geometric_ kaiming_normal_ kaiming_uniform_ log_normal_ "
    "multinomial normal normal_ poisson rand rand_like randint randint_like randn randn_like randperm "
    "random_ uniform_".split()
)
"""What of torch draws numbers, and of ``torch.nn.init`` what asks a mode before it does."""

_building = threading.RLock()


def build_weightless(options: ModelOptions, inputs: int, classes: int) -> Network:
    """Build the network that the options name, with the shapes of its weights alone: it takes no memory."""
    with _building, torch.device("meta"):  # torch notes the device for all threads
        return build_model(options, inputs, classes, torch.Generator())


def feature_width(options: ModelOptions, inputs: int, classes: int) -> int:
    """Return how many numbers the linear layer of a network is given of each sequence."""
    return build_weightless(options, inputs, classes).head.in_features


def count_parameters(model: Network) -> int:
    """Return the number of values that training changes."""
    return sum(parameter.numel() for parameter in model.parameters())
