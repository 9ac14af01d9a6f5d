"""The network of an ended run, with the weights that it has learned."""

from har_core.errors import RunError
from har_core.models import ModelOptions
from har_core.models.networks import Network, build_weightless
from har_core.training.checkpoint import load_weights, size_of
from har_core.training.learner import Weights
from har_core.training.records import CheckpointChoice
from har_core.training.store import Run


def trained_model(run: Run, checkpoint: CheckpointChoice) -> Network:
    """Return the network of a run with its best or last weights, on the CPU and without dropout.

    Raises:
        RunError: the run has not ended, or its weights are missing, damaged, or of another model.
    """
    path = run.path / f"{checkpoint}.safetensors"
    if run.meta is None or not path.exists():
        raise RunError(f"run {run.run_id} has no {path.name}; only a run that has ended has weights.")
    inputs, classes = run.meta.inputs, len(run.meta.actions)
    weights = load_weights(path, size_of(build_weightless(run.config.model, inputs, classes)))
    try:
        return model_with(run.config.model, inputs, classes, weights)
    except RuntimeError:  # its message lists each tensor, on many lines
        raise RunError(
            f"{path} holds the weights of another model than config.json names; train the run again."
        ) from None


def model_with(options: ModelOptions, inputs: int, classes: int, weights: Weights) -> Network:
    """Return the network that the options name with these weights, on the CPU and without dropout.

    Raises:
        RuntimeError: the weights are of another network.
    """
    model = build_weightless(options, inputs, classes)
    model.load_state_dict(weights, assign=True)
    model.eval()
    return model
