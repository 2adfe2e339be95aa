"""What the stations behind a meter draw, and what they have been given."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from ..model.allotments import Allotment
from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.phases import PhaseCurrents
from ..model.stations import Evse, Station
from .commitments import Commitments
from .drawn import Draw, Drawn, draw_of

type Lines = dict[str, PhaseCurrents]


def draws_behind(
    site: SiteConfig,
    node_id: str,
    stations: Mapping[str, Station],
    commitments: Commitments,
    now: datetime,
) -> Drawn:
    """Return what the EVSEs behind a circuit draw."""
    return Drawn(
        [
            _draw(site, stations[identity], evse, commitments)
            for identity in site.stations_below(node_id)
            for evse in stations[identity].evses.values()
        ],
        now,
    )


def _draw(
    site: SiteConfig, station: Station, evse: Evse, commitments: Commitments
) -> Draw:
    return draw_of(
        site,
        site.stations[station.identity],
        evse,
        commitments.kind(evse.key),
        allowed_a=commitments.in_force_a(evse.key),
        most_a=commitments.evse_a(evse.key),
        settling_until=commitments.holding(evse.key).settling_until,
        connected=station.connected,
    )


def held_behind(
    site: SiteConfig,
    node_ids: Iterable[str],
    stations: Mapping[str, Station],
    commitments: Commitments,
    allotments: Mapping[EvseKey, Allotment],
) -> tuple[Lines, Lines]:
    """Return what the stations behind each circuit have been allotted, and the least of those that charge, on each line."""
    held: Lines = dict.fromkeys(node_ids, PhaseCurrents())
    least = dict(held)
    for key, allotment in allotments.items() if held else ():
        if key.identity not in site.stations or not allotment.current.a:
            continue
        phases = commitments.site.load_of(key.identity).phases
        evse = stations[key.identity].evses.get(key.evse)
        charges = evse is not None and evse.is_charging
        least_a = commitments.kind(key).minimum_a if charges else 0.0
        for node_id in site.circuits_above(key.identity):
            if node_id in held:
                held[node_id] += allotment.on_grid(phases)
                least[node_id] += PhaseCurrents.even(least_a, phases)
    return held, least
