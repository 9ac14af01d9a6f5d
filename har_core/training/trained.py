"""The network of an ended run, with the weights that it has learned."""

from har_core.errors import RunError
from har_core.models.networks import Network, build_weightless
from har_core.training.checkpoint import load_weights, size_of
from har_core.training.records import Weighting
from har_core.training.store import Run


def trained_model(run: Run, weighting: Weighting) -> Network:
    """Return the network of a run with its best or last weights, on the CPU and without dropout.

    Raises:
        RunError: the run has not ended, or its weights are missing, damaged, or of another model.
    """
    path = run.path / f"{weighting}.safetensors"
    if run.meta is None or not path.exists():
        raise RunError(f"run {run.run_id} has no {path.name}; only a run that has ended has weights.")
    model = build_weightless(run.config.model, run.meta.inputs, len(run.meta.actions))
    weights = load_weights(path, size_of(model))
    try:
        model.load_state_dict(weights, assign=True)
    except RuntimeError:  # its message lists each tensor, on many lines
        raise RunError(
            f"{path} holds the weights of another model than config.json names; train the run again."
        ) from None
    model.eval()
    return model
