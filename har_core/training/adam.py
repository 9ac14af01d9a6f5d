"""The optimiser."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from har_core.engine import AdamState

_BETA1, _BETA2, _EPS = 0.9, 0.999, 1e-8


class Adam:
    """Adam (Kingma and Ba, 2015, algorithm 1), the paper's constants: ``torch.optim.Adam`` to the last bit.

    Each step is given its learning rate. It is torch's own step, but where the fused step takes it. Torch's
    class is not used because it imports torch's compiler, for which a run would wait seconds before its
    first epoch.

    Args:
        parameters: what it changes.
        weight_decay: by how much of itself, times the learning rate, a step makes each parameter smaller.
        decoupled: whether it does so apart from the gradients: ``torch.optim.AdamW`` (Loshchilov and Hutter,
            2019). Else it adds the parameter to its gradient.
    """

    def __init__(
        self, parameters: Iterable[nn.Parameter], *, weight_decay: float = 0.0, decoupled: bool = False
    ) -> None:
        self.parameters = list(parameters)
        self._weight_decay = weight_decay
        self._step = torch._fused_adamw_ if decoupled else torch._fused_adam_
        self.steps = [torch.zeros((), device=parameter.device) for parameter in self.parameters]
        # One vector for all parameters, which the fused step changes, and its parts, which torch does.
        self._all_exp_avg, self.exp_avg = self._zeros()
        self._all_exp_avg_sq, self.exp_avg_sq = self._zeros()

    def _zeros(self) -> tuple[Tensor, list[Tensor]]:
        counts = [parameter.numel() for parameter in self.parameters]
        whole = torch.zeros(sum(counts), device=self.parameters[0].device)
        parts = zip(torch.split(whole, counts), self.parameters, strict=True)
        return whole, [part.view(parameter.shape) for part, parameter in parts]

    def zero_grad(self) -> None:
        """Forget the gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """Change the parameters by their gradients, of which each needs one, at a learning rate."""
        values: list[Tensor] = list(self.parameters)
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        torch._foreach_add_(self.steps, 1)
        self._step(
            values, gradients, self.exp_avg, self.exp_avg_sq, [], self.steps, lr=lr, beta1=_BETA1,
            beta2=_BETA2, weight_decay=self._weight_decay, eps=_EPS, amsgrad=False, maximize=False,
        )  # fmt: skip

    def state(self, lr: Sequence[float]) -> AdamState:
        """Return the state for a fused step that is taken at these rates; its steps are to be counted."""
        return AdamState(
            exp_avg=self._all_exp_avg.numpy(),
            exp_avg_sq=self._all_exp_avg_sq.numpy(),
            lr=np.array(lr, np.float64),
            beta1=_BETA1,
            beta2=_BETA2,
            eps=_EPS,
            step=int(self.steps[0]),
        )

    def count(self, steps: int) -> None:
        """Count steps that a fused step took."""
        torch._foreach_add_(self.steps, steps)

    def moments(self) -> list[dict[str, Tensor]]:
        """Return what is known of each parameter, by the names that ``torch.optim.Adam`` has for it."""
        each = zip(self.steps, self.exp_avg, self.exp_avg_sq, strict=True)
        return [{"step": step, "exp_avg": mean, "exp_avg_sq": square} for step, mean, square in each]

    def load_moments(self, moments: list[dict[str, Any]]) -> None:
        """Go on from what ``moments`` has given.

        Raises:
            ValueError: it is of other parameters.
        """
        for parameter, own, other in zip(self.parameters, self.moments(), moments, strict=True):
            if other["exp_avg"].shape != parameter.shape:
                raise ValueError(f"moments of {tuple(other['exp_avg'].shape)} for {tuple(parameter.shape)}")
            for name, value in own.items():
                value.copy_(other[name])
