"""A vehicle that is lowered before it has followed a raise may rise yet: that it has not proves nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.commitments import Commitments
from custom_components.evenload.engine.control.holdings import Holding
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder
from custom_components.evenload.engine.model.phases import ALL_PHASES
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import Evse, EvseStatus, Station

BEGIN = datetime(2026, 11, 2, 18, tzinfo=UTC)
KEY = EvseKey("S", 1)


def lease(current_a: float) -> LimitOrder:
    """Return an order that lasts a while."""
    return LimitOrder(1, Current(current_a), Layer.LEASE, lease_s=300)


# Seconds between the raise and the end of it, and until the reading; whether the raise was answered; what counts then.
CASES = [
    (0.5, 1.0, True, 12.0),
    (0.5, 1.0, False, 12.0),
    (0.5, 6.0, True, 10.0),
    (0.5, 6.0, False, 10.0),
    (30.0, 1.0, True, 10.0),
    # Nobody knows since when it has had that.
    (30.0, 1.0, False, 12.0),
]


@pytest.mark.parametrize(("lasted_s", "after_s", "is_answered", "counts_a"), CASES)
def test_what_it_draws_then_proves_nothing(
    lasted_s: float, after_s: float, is_answered: bool, counts_a: float
) -> None:
    raised_at = BEGIN + timedelta(seconds=60)
    lowered_at = raised_at + timedelta(seconds=lasted_s)
    now = lowered_at + timedelta(seconds=after_s)
    held = Holding(fallback_a=0.0, fallback_at=BEGIN)
    held = held.applied(lease(10.0), BEGIN, 32.0, idle=False)
    higher = lease(12.0)
    held = held.sending(higher)
    if is_answered:
        held = held.applied(higher, raised_at, 32.0, idle=False)
    held = held.applied(lease(10.0), lowered_at, 32.0, idle=False)

    site = SiteConfig("Home", Current(63.0), stations={"S": StationConfig("S", "S")})
    reading = Reading(at=now, current_a=dict.fromkeys(ALL_PHASES, 10.0))
    evse = Evse(KEY, status=EvseStatus.CHARGING, reading=reading, metered_at=now)
    station = Station("S", connected=True, last_seen=now, evses={1: evse})
    commitments = Commitments(site, lambda: {"S": station}, lambda: now)
    commitments.holdings[KEY] = held
    commitments.observe(evse)
    assert commitments.evse_a(KEY) == counts_a
