"""The parts of a profile that are the same for all versions: ids, amounts and times."""

from datetime import UTC, datetime, timedelta
import math
from typing import Any

from ...model.capabilities import Place
from ...model.limits import RateUnit, floor_tenths
from ...model.orders import LimitOrder
from ...model.phases import CurrentType
from .ladder import place_of

# Ids are fixed per place and EVSE: ours replace ours, and profiles of others are left alone.
_IDS = {
    Place.STATION: 8100,
    Place.EVSE: 8200,
    Place.LEASE: 8300,
    Place.TRANSACTION: 8400,
}
_EVSES = 100

# Profiles that bring a setpoint, not a limit.
SETPOINT_ID = 8500

# Schedules that always were. Not 1970 where it can be helped: in some zones such a time is before all times.
_LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
_LONGEST_AGO = datetime(1970, 1, 1, tzinfo=UTC)

# The lease begins in the past, so that a station whose clock lags obeys it at once.
CLOCK_TOLERANCE_S = 300


def profile_id(order: LimitOrder) -> int:
    """Return the id under which an order is kept in the station."""
    return _IDS[place_of(order)] + order.evse


def is_ours(profile: int) -> bool:
    """Whether a profile in a station has one of our ids."""
    firsts = (*_IDS.values(), SETPOINT_ID)
    return any(first <= profile < first + _EVSES for first in firsts)


def amount(order: LimitOrder, unit: RateUnit) -> float:
    """Return the limit in a unit, as OCPP can express it and never more than was ordered.

    Watts are those of all phases together (1.6 §7.13, 2.0.1 §2.13): the same limit, if the vehicle uses as many phases as
    the order counts on, and less where it uses more.
    """
    if unit is RateUnit.AMPERES:
        return floor_tenths(order.current.a)
    return math.floor(order.power_w + 1e-6)


def period(order: LimitOrder, unit: RateUnit) -> dict[str, Any]:
    """Return the one period of a limit's schedule.

    The phases are named where the vehicle shall use them. Else they are the vehicle's affair, and the station's, and
    direct current has none: stations refuse a profile that names them (2.1, reason code NoPhaseForDC).
    """
    found: dict[str, Any] = {"startPeriod": 0, "limit": amount(order, unit)}
    if order.use_phases is not None and order.current_type is CurrentType.AC:
        found["numberPhases"] = order.use_phases
        if order.use_phases == 1 and order.phase_to_use is not None:
            found["phaseToUse"] = order.phase_to_use
    return found


def moment(at: datetime) -> str:
    """Write a time as OCPP does, to the second."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def long_ago(now: datetime) -> str:
    """Return when a schedule begins that always was, also where it is still 1970."""
    return moment(_LONG_AGO if now > _LONG_AGO else _LONGEST_AGO)


def lease_begin(now: datetime) -> str:
    """Return when a lease begins that is ordered now."""
    return moment(_begin(now))


def lease_duration_s(order: LimitOrder, now: datetime) -> int:
    """Return how long a lease lasts from its beginning."""
    return int((now - _begin(now)).total_seconds()) + (order.lease_s or 0)


def spell(seconds: int, now: datetime) -> tuple[str, int]:
    """Return when a schedule begins that ends in so many seconds, and its duration."""
    begin = _begin(now)
    return moment(begin), int((now - begin).total_seconds()) + seconds


def _begin(now: datetime) -> datetime:
    return max(now - timedelta(seconds=CLOCK_TOLERANCE_S), min(now, _LONGEST_AGO))


def lease_end(order: LimitOrder, now: datetime) -> str:
    """Return when a lease ends that is ordered now."""
    return moment(now + timedelta(seconds=order.lease_s or 0))
