"""On the project's kernels or on torch's, a network learns the same: ``pytest -m soak tests/models``."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from har_core.data.sources import load_source
from har_core.models import MODELS
from har_core.training.config import ExperimentConfig, GradientTraining
from har_core.training.fit import fit
from har_core.training.parts import assemble
from tests.networks import NETWORKS

SEEDS, EPOCHS = 5, 120


def losses(model: str) -> NDArray[np.float64]:
    """Return (seeds, epochs, 2) the losses of the training and of the validation part."""
    curves = []
    for seed in range(SEEDS):
        config = ExperimentConfig(
            model=MODELS[model].options(), training=GradientTraining(epochs=EPOCHS), seed=seed
        )
        data = assemble(config, load_source("synthetic").sequences)
        curves.append([(record.train_loss, record.validation_loss) for record in fit(config, data)])
    return np.array(curves)


@pytest.mark.soak
@pytest.mark.parametrize("model", NETWORKS)
def test_curves_of_five_seeds_lie_within_the_spread_of_torch_s(
    model: str, har_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = losses(model)
    monkeypatch.setenv("HAR_KERNELS", "off")
    torch_s = losses(model)
    spread = np.ptp(torch_s, axis=0)
    # Rounding grows from epoch to epoch, so that late epochs of one seed differ as those of two seeds do.
    assert (abs(own.mean(axis=0) - torch_s.mean(axis=0)) <= spread).all()
    np.testing.assert_allclose(own[:, :5], torch_s[:, :5], rtol=1e-4)
    assert not np.array_equal(own, torch_s)  # else it was not two implementations that were compared
