"""The models that have a network: what tests of gradients, weights and features run over; and all that learn."""

from har_core.models import MODELS

NETWORKS = tuple(name for name, kind in MODELS.items() if kind.network)
LEARNERS = tuple(name for name, kind in MODELS.items() if not kind.adds_up)
