"""What the stations behind a meter draw, and what they have been given."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from ..model.allotments import Allotment, Reason
from ..model.configuration import SiteConfig
from ..model.identity import EvseKey
from ..model.limits import STEP_A
from ..model.phases import PhaseCurrents
from ..model.stations import Evse, Station
from .commitments import Commitments
from .drawn import Draw, Drawn, draw_of

# What is so because of the EVSE itself, and not because of a circuit that is shared.
UNSHARED = frozenset({Reason.OWN_MAXIMUM, Reason.VEHICLE_TAKES_NO_MORE})

type Lines = dict[str, PhaseCurrents]


def draws_behind(
    site: SiteConfig,
    node_id: str,
    stations: Mapping[str, Station],
    commitments: Commitments,
    now: datetime,
) -> Drawn:
    """Return what the EVSEs behind a circuit draw."""
    draws: list[Draw] = []
    for identity in site.stations_below(node_id):
        draws += _feeding(site, stations[identity], commitments)
    return Drawn(draws, now)


def _feeding(
    site: SiteConfig, station: Station, commitments: Commitments
) -> tuple[Draw, ...]:
    """Return what the EVSEs of a station draw, with what each may be feeding back in this moment."""
    draws = _draws_of(site, station, commitments)
    fed = [commitments.fed_a(evse.key) for evse in station.evses.values()]
    if not any(fed):
        return draws
    wiring = site.stations[station.identity].wiring
    return tuple(
        replace(draw, fed=PhaseCurrents.even(fed_a, wiring)) if fed_a else draw
        for draw, fed_a in zip(draws, fed, strict=True)
    )


def _draws_of(
    site: SiteConfig, station: Station, commitments: Commitments
) -> tuple[Draw, ...]:
    """Return what the EVSEs of a station draw; worked out once for every change of it."""
    return commitments.remembered(
        station.identity,
        "draws",
        lambda: tuple(
            _draw(site, station, evse, commitments) for evse in station.evses.values()
        ),
    )


def _draw(
    site: SiteConfig, station: Station, evse: Evse, commitments: Commitments
) -> Draw:
    holding = commitments.holding(evse.key)
    return draw_of(
        site,
        site.stations[station.identity],
        evse,
        commitments.kind(evse.key),
        allowed_a=commitments.in_force_a(evse.key),
        most_a=commitments.evse_a(evse.key),
        settling_until=holding.settling_until,
        told_from_a=holding.lowered_from_a,
        told_at=holding.lowered_at,
        connected=station.connected,
    )


def held_behind(
    site: SiteConfig,
    node_ids: Iterable[str],
    stations: Mapping[str, Station],
    commitments: Commitments,
    allotments: Mapping[EvseKey, Allotment],
    *,
    unrounded: bool = False,
) -> tuple[Lines, Lines]:
    """Return what the stations behind each circuit have been allotted, and the least of those that charge, on each line.

    What a circuit leaves is given in tenths of an ampere. `unrounded` counts what rounding may have taken from it: to be
    left just the sum of what is held, rounded once more each time, would come to less and less.
    """
    # Between two lines currents add up as phasors.
    held = {node_id: [0j, 0j, 0j] for node_id in node_ids}
    least = {node_id: [0j, 0j, 0j] for node_id in held}
    for identity in site.stations if held else ():
        on = commitments.site.load_of(identity).on
        nodes = [node for node in site.circuits_above(identity) if node in held]
        for evse in stations[identity].evses.values() if nodes else ():
            held_a = _held_a(evse, commitments, allotments, unrounded=unrounded)
            if not held_a:
                continue
            least_a = commitments.kind(evse.key).minimum_a if evse.is_charging else 0.0
            for node_id in nodes:
                for line, one in enumerate(on):
                    held[node_id][line] += one * held_a
                    least[node_id][line] += one * least_a
    return _on_lines(held), _on_lines(least)


def _on_lines(sums: Mapping[str, list[complex]]) -> Lines:
    return {
        node_id: PhaseCurrents(*(abs(line) for line in lines))
        for node_id, lines in sums.items()
    }


def _held_a(
    evse: Evse,
    commitments: Commitments,
    allotments: Mapping[EvseKey, Allotment],
    *,
    unrounded: bool,
) -> float:
    """Return what an EVSE has been allotted; in a new life, what it was left with in the one before."""
    allotment = allotments.get(evse.key)
    if allotment is not None:
        held_a = allotment.current.a
        is_rounded = unrounded and held_a > 0 and allotment.reason not in UNSHARED
        return held_a + STEP_A if is_rounded else held_a
    if commitments.holding(evse.key).fallback_a is None or not evse.is_charging:
        return 0.0
    # The last order may have been written down before its answer came.
    return commitments.evse_a(evse.key, settling=False)
