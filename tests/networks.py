"""Networks, over which tests of gradients, weights and features run; and all models that learn themselves."""

from har_core.models import MODELS

NETWORKS = tuple(name for name, kind in MODELS.items() if kind.network)
LEARNERS = tuple(name for name, kind in MODELS.items() if not kind.adds_up)
