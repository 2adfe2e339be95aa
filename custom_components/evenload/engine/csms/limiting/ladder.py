"""The forms that a limit can take, the best first. All rungs of a place mean the same: nothing else is ever sent in its stead.

A fallback for the whole station is a maximum profile that always was, one for an EVSE a default profile without an end. A
lease is a default profile above the fallback that ends by itself; the lease of a transaction ends with that, too.
"""

from collections.abc import Iterable
from functools import lru_cache

from ...model.capabilities import Capabilities, Place, ProfileKind, Purpose, Rung
from ...model.limits import RateUnit
from ...model.orders import WHOLE_STATION, Layer, LimitOrder
from ...model.phases import CurrentType

_PURPOSES = {
    Place.STATION: Purpose.STATION_MAXIMUM,
    Place.EVSE: Purpose.TX_DEFAULT,
    Place.LEASE: Purpose.TX_DEFAULT,
    Place.TRANSACTION: Purpose.TX,
}

# A default profile counts best from the transaction's start: it then holds in a station whose clock is wrong. For a whole
# station there is no such start (2.0.1 K01.FR.38), a schedule that comes back would bring a lease back, and a profile for
# one transaction must not have `validTo` (1.6 §7.8).
_KINDS = {
    Place.STATION: (ProfileKind.ABSOLUTE, ProfileKind.RECURRING),
    Place.EVSE: (ProfileKind.RELATIVE, ProfileKind.ABSOLUTE, ProfileKind.RECURRING),
    Place.LEASE: (ProfileKind.ABSOLUTE, ProfileKind.RELATIVE),
    Place.TRANSACTION: (ProfileKind.ABSOLUTE,),
}

# Levels that are tried one above the other.
_LEVELS = 3


def place_of(order: LimitOrder) -> Place:
    """Return where an order is to hold."""
    if order.evse == WHOLE_STATION:
        return Place.STATION
    if order.layer is Layer.FALLBACK:
        return Place.EVSE
    return Place.LEASE if order.transaction_id is None else Place.TRANSACTION


def rungs_for(
    order: LimitOrder,
    abilities: Capabilities,
    kinds: tuple[ProfileKind, ...] | None = None,
    *,
    most_varied: int | None = None,
) -> list[Rung]:
    """Return the forms to try in turn: the one that the station took last, then those nearest to the standard's best.

    `kinds` are all that the station obeys, the best first, where its dialect says so; no form is further than
    `most_varied` steps from the best.
    """
    place = place_of(order)
    units = abilities.units or tuple(RateUnit)
    if order.current_type is CurrentType.DC:
        units = (RateUnit.WATTS,)
    return list(
        _rungs(
            _PURPOSES[place],
            tuple(_kinds(place, abilities, kinds)),
            units,
            _levels(place, abilities),
            _last(abilities.rungs.get(place), units),
            most_varied,
        )
    )


# Each limit asks for them again, and the stations of a house take the same few.
@lru_cache(maxsize=256)
def _rungs(
    purpose: Purpose,
    kinds: tuple[ProfileKind, ...],
    units: tuple[RateUnit, ...],
    levels: range,
    last: Rung | None,
    most_varied: int | None,
) -> tuple[Rung, ...]:
    found = [
        (rank, Rung(purpose, kind, level, unit))
        for kind_rank, kind in enumerate(kinds)
        for unit_rank, unit in enumerate(units)
        for level_rank, level in enumerate(levels)
        # One thing is varied before two are: of a mere no it is not known what was meant.
        for rank in [(kind_rank + unit_rank + level_rank, level_rank, unit_rank)]
    ]
    rungs = [
        rung
        for rank, rung in sorted(found, key=lambda item: item[0])
        if most_varied is None or rank[0] <= most_varied or rung == last
    ]
    return tuple(sorted(rungs, key=lambda rung: rung != last))


def _kinds(
    place: Place, abilities: Capabilities, obeyed: tuple[ProfileKind, ...] | None
) -> Iterable[ProfileKind]:
    kinds = _KINDS[place]
    if place is Place.LEASE and abilities.dynamic_profiles:
        kinds = (ProfileKind.DYNAMIC, *kinds)
    if obeyed is None:
        return kinds
    return [kind for kind in obeyed if kind in kinds]


def _levels(place: Place, abilities: Capabilities) -> range:
    """Return the lowest levels first: some stations refuse the one that they say is their highest."""
    lowest, highest = 0, abilities.highest_stack_level
    if highest is None:
        highest = _LEVELS
    if place is Place.LEASE:
        fallback = abilities.rungs.get(Place.EVSE)
        lowest = 1 if fallback is None else fallback.stack_level + 1
    return range(lowest, min(highest + 1, lowest + _LEVELS))


def _last(last: Rung | None, units: tuple[RateUnit, ...]) -> Rung | None:
    """Return the form that was taken last, in a unit that may be asked for."""
    if last is None or last.unit in units:
        return last
    # An EVSE of direct current takes watts, whatever its neighbour takes.
    return Rung(last.purpose, last.kind, last.stack_level, units[0])
