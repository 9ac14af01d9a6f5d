"""Networks, over which tests of gradients, weights and features run; and all models that learn themselves."""

from har_core.models import MODELS, ModelOptions

NETWORKS = tuple(name for name, kind in MODELS.items() if kind.network)
LEARNERS = tuple(name for name, kind in MODELS.items() if not kind.is_ensemble)

_SMALL = {"gru": {"hidden": 8}, "inception": {"channels": 4, "bottleneck": 4, "blocks": 2}}
"""Options of those whose default size takes many times as long as the others."""


def small_options(name: str, **options: object) -> ModelOptions:
    """Return the options of a model that small data train in a fraction of a second."""
    return MODELS[name].options(**_SMALL.get(name, {}), **options)
