"""A station that is away ends its lease by its own clock, and that may be behind ours."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.bound import NOBODY
from custom_components.evenload.engine.control.holdings import SETTLING_S, Holding
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.orders import Layer, LimitOrder

ENDS = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
FALLBACK_A, LEASE_A, UNLIMITED_A = 6.0, 10.0, 32.0


@pytest.mark.parametrize(
    ("after_s", "most_a"), [(-1, LEASE_A), (1, LEASE_A), (290, LEASE_A), (301, 6.0)]
)
def test_a_lease_counts_until_slow_clocks_have_ended_it(
    after_s: int, most_a: float
) -> None:
    holding = Holding(fallback_a=FALLBACK_A, lease_a=LEASE_A, lease_until=ENDS)
    now = ENDS + timedelta(seconds=after_s)
    for connected in (False, True):
        assert holding.most_a(now, UNLIMITED_A, connected=connected) == most_a


def test_the_house_looks_again_when_it_has_ended_for_all() -> None:
    holding = Holding(fallback_a=FALLBACK_A, lease_a=LEASE_A, lease_until=ENDS)
    assert ENDS + timedelta(seconds=300) in holding.ends


def test_who_comes_back_has_to_let_go_of_what_its_slow_clock_still_allowed() -> None:
    """It is told less, and others get what it had when its vehicle has followed from there."""
    holding = Holding(fallback_a=FALLBACK_A, lease_a=LEASE_A, lease_until=ENDS)
    now = ENDS + timedelta(seconds=100)
    order = LimitOrder(1, Current(0.0), layer=Layer.LEASE, lease_s=900)
    lowered = holding.applied(order, now, UNLIMITED_A, idle=False)
    assert lowered.most_a(now, UNLIMITED_A, connected=True) == LEASE_A
    later = now + timedelta(seconds=SETTLING_S)
    assert lowered.most_a(later, UNLIMITED_A, connected=True) == 0.0


@pytest.mark.parametrize(("after_s", "doubt_a"), [(100, LEASE_A), (301, None)])
def test_a_clock_that_was_set_leaves_in_doubt_what_a_slow_one_may_still_allow(
    after_s: int, doubt_a: float | None
) -> None:
    holding = Holding(fallback_a=FALLBACK_A, lease_a=LEASE_A, lease_until=ENDS)
    now = ENDS + timedelta(seconds=after_s)
    assert holding.leases_in_doubt(now, NOBODY).doubt_a == doubt_a
    was_set = holding.clock_was_set(now, now + timedelta(hours=1), NOBODY)
    assert was_set.doubt_a == doubt_a
