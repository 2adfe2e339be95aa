"""What an owner may set on an EVSE: each change is checked against what the EVSE is."""

from dataclasses import replace

from .control.transitions import with_evse
from .model.errors import BadSetting
from .model.kinds import EvseKind
from .model.limits import Current, Limit, Power
from .model.stations import EvseSettings, Station

# 10 comes first.
PRIORITIES = range(1, 11)


def with_maximum(
    settings: EvseSettings, kind: EvseKind, maximum: float
) -> EvseSettings:
    """Return settings with another maximum: in amperes per phase, or in watts of a DC EVSE.

    Raises:
        BadSetting: it is less than a vehicle can take, or above what the EVSE gives.

    """
    if not value(kind.minimum) <= maximum <= value(kind.maximum) + 1e-6:
        raise BadSetting(
            "power_out_of_range" if kind.is_dc else "maximum_out_of_range",
            minimum=f"{value(kind.minimum):g}",
            maximum=f"{int(value(kind.maximum))}",
        )
    limit: Limit = Power(maximum) if kind.is_dc else Current(maximum)
    return replace(settings, maximum=limit)


def checked_cap(cap: Limit | None) -> Limit | None:
    """Return a cap from outside. Raises `BadSetting` below 0."""
    if cap is not None and value(cap) < 0:
        raise BadSetting("limit_not_positive")
    return cap


def shown_maximum(settings: EvseSettings, kind: EvseKind) -> float | None:
    """Return the owner's maximum in the unit of its EVSE; it may have been set before that was known to give DC."""
    maximum = settings.maximum
    if maximum is None or isinstance(maximum, type(kind.maximum)):
        return None if maximum is None else value(maximum)
    own_a = kind.amperes(maximum)
    return kind.watts(own_a) if kind.is_dc else own_a


def value(limit: Limit) -> float:
    """Return a limit as a number in its own unit."""
    return limit.a if isinstance(limit, Current) else limit.w


def with_priority(settings: EvseSettings, priority: int) -> EvseSettings:
    """Return settings with another priority. Raises `BadSetting` (`priority_out_of_range`)."""
    if priority not in PRIORITIES:
        raise BadSetting(
            "priority_out_of_range",
            minimum=str(PRIORITIES[0]),
            maximum=str(PRIORITIES[-1]),
        )
    return replace(settings, priority=priority)


def unplugged(before: Station, station: Station) -> Station:
    """Return a station where what an owner wanted until the vehicle leaves has ended with that."""
    for number, evse in station.evses.items():
        known, settings = before.evses.get(number), evse.settings
        if not settings.boosted and settings.departs_at is None:
            continue
        was_there = known is not None and known.wants_energy
        if was_there and evse.status is not None and not evse.status.is_plugged_in:
            settings = replace(settings, boosted=False, departs_at=None)
            station = with_evse(station, replace(evse, settings=settings))
    return station
