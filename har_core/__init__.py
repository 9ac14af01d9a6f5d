"""HAR Lab in a notebook: recognise human actions from moving skeletons.

    import har_core as har

    sequences = har.load("synthetic")
    config = har.ExperimentConfig(model={"name": "bilstm"}, training={"epochs": 600})
    run = har.train(config)
    run.predict(sequences)

- ``load``: a data set by its name, folder or zip.
- ``ExperimentConfig``: everything that decides the result of a run.
- ``train``: trains a run, which the dashboard shows, too; ``load_run`` opens one.
- ``HarClassifier``: the same models as a scikit-learn estimator, without a run.

Nothing else is imported until one of these names is used, so that what needs neither torch nor pandas does
not wait for them.

Shape letters, used everywhere: ``N`` sequences, ``S`` frames of all sequences together,
``T`` frames of one sequence, ``J`` joints, ``F`` inputs of a model, ``H`` hidden units,
``K`` actions, ``B`` sequences of a batch.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from har_core.library import load as load
    from har_core.library import load_run as load_run
    from har_core.library import train as train
    from har_core.training.classifier import HarClassifier as HarClassifier
    from har_core.training.config import ExperimentConfig as ExperimentConfig

_HOMES = {
    "load": "har_core.library",
    "ExperimentConfig": "har_core.training.config",
    "train": "har_core.library",
    "load_run": "har_core.library",
    "HarClassifier": "har_core.training.classifier",
}

__all__ = ["ExperimentConfig", "HarClassifier", "load", "load_run", "train"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
