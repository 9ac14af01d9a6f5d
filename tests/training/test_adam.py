"""The optimiser is torch's Adam, without the seconds that importing it takes."""

import subprocess
import sys
from functools import partial

import pytest
import torch
from torch import nn

from har_core.training.adam import Adam


def two_of_the_same() -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    generator = torch.Generator().manual_seed(0)
    values = [torch.randn(7, 5, generator=generator), torch.randn(3, generator=generator)]
    return [nn.Parameter(value.clone()) for value in values], [
        nn.Parameter(value.clone()) for value in values
    ]


OPTIMISERS = {
    "Adam": (Adam, torch.optim.Adam, {}),
    "Adam with decay": (partial(Adam, weight_decay=0.1), torch.optim.Adam, {"weight_decay": 0.1}),
    "AdamW": (
        partial(Adam, weight_decay=0.02, decoupled=True), torch.optim.AdamW, {"weight_decay": 0.02}
    ),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "reference", "options"), OPTIMISERS.values(), ids=OPTIMISERS.keys())
def test_every_step_is_that_of_torch_to_the_last_bit(kind, reference, options) -> None:
    own, other = two_of_the_same()
    adam, reference = kind(own), reference(other, lr=0.01, fused=True, **options)
    generator = torch.Generator().manual_seed(1)
    for _ in range(20):
        adam.zero_grad()
        assert all(parameter.grad is None for parameter in own)
        for one, twin in zip(own, other, strict=True):
            one.grad = torch.randn(one.shape, generator=generator)
            twin.grad = one.grad.clone()
        adam.step(0.01)
        reference.step()
        assert all(torch.equal(one, twin) for one, twin in zip(own, other, strict=True))


def test_moments_of_torch_are_understood_and_go_on_alike() -> None:
    own, other = two_of_the_same()
    reference = torch.optim.Adam(other, lr=0.01, fused=True)
    for parameter in [*own, *other]:
        parameter.grad = torch.ones_like(parameter)
    reference.step()
    adam = Adam(own)
    adam.load_moments(list(reference.state_dict()["state"].values()))
    with torch.no_grad():
        for one, twin in zip(own, other, strict=True):
            one.copy_(twin)
    adam.step(0.01)
    reference.step()
    assert all(torch.equal(one, twin) for one, twin in zip(own, other, strict=True))


def test_moments_of_another_model_are_refused() -> None:
    own, _ = two_of_the_same()
    adam = Adam(own)
    with pytest.raises(ValueError, match="moments of"):
        adam.load_moments(adam.moments()[::-1])
    with pytest.raises(ValueError):
        adam.load_moments(adam.moments()[:1])


def test_training_does_not_import_torch_s_compiler() -> None:
    program = (
        "import sys, torch\nfrom har_core.training.adam import Adam\n"
        "Adam([torch.nn.Parameter(torch.zeros(2))])\nprint('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "False"
