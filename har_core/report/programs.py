"""The networks of a run as programs: its own, or those that an ensemble adds up."""

from __future__ import annotations

from dataclasses import dataclass

from har_core.data.inputs import width_of
from har_core.models.networks import build_weightless, count_parameters
from har_core.models.plain import PlainPrograms, plain_programs
from har_core.report.findings import Findings
from har_core.training.config import ExperimentConfig
from har_core.wording import listed


@dataclass(frozen=True)
class NetworkPrograms:
    """A network that a run has trained.

    Attributes:
        title: whose it is, such as ``The network of member 2 (1D-CNN),``.
        programs: that make it.
        parameters: how many it has.
    """

    title: str
    programs: PlainPrograms
    parameters: int


def networks_of(found: Findings) -> list[NetworkPrograms]:
    """Return the networks of a run; those of members need the data set, and are each told once.

    A model without a network has none, nor has one whose program nobody has written.
    """
    config = found.run.config
    if not config.members:
        own = _network("The same network", config, found.meta.inputs, len(found.actions))
        return [own] if own else []
    if found.loaded is None:
        return []
    skeleton = found.loaded.sequences.skeleton
    places: dict[tuple[str, int], list[int]] = {}
    for place, member in enumerate(config.of_members, 1):
        given = width_of(member.inputs, skeleton, member.view)
        places.setdefault((member.model.model_dump_json(), given), []).append(place)
    networks = []
    for (_, given), its in places.items():
        member = config.of_members[its[0] - 1]
        whose = f"member{'s' if len(its) > 1 else ''} {listed(tuple(its))} ({member.kind.title})"
        networks.append(_network(f"The network of {whose},", member, given, len(found.actions)))
    return [network for network in networks if network]


def _network(title: str, config: ExperimentConfig, inputs: int, classes: int) -> NetworkPrograms | None:
    programs = plain_programs(config.model, inputs, classes)
    if programs is None:
        return None
    parameters = count_parameters(build_weightless(config.model, inputs, classes))
    return NetworkPrograms(title, programs, parameters)
