"""Stations that take limits for the transaction that runs and no others (OCPP 1.6 §3.13.1, 2.0.1 K01: TxProfile)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.capabilities import Place
from custom_components.evenload.engine.model.events import StatusReported
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.control.held import Nature, read
from tests.engine.control.house import House
from tests.engine.control.test_enforcer import A, B, allow, concerns, pair, tell

type Story = Callable[[House], Awaitable[None]]

PICKY = Nature(
    refuses_station_limit=True,
    refuses_evse_limit=True,
    refuses_leases=True,
    has_transactions=True,
)
# It does not say that it never will.
COY = Nature(takes_only="TxProfile", has_transactions=True)

NOW = datetime(2026, 1, 1, tzinfo=UTC)

# Room for all that A was installed for, and for B beside it.
WIDE = pair(52.0, fuse_a=63.0)


def purposes(house: House) -> list[str]:
    """Return the purposes of all that A was asked to take, and begin anew."""
    found = [
        (payload.get("csChargingProfiles") or payload["chargingProfile"])[
            "chargingProfilePurpose"
        ]
        for _, payload in house.stations["A"].calls
    ]
    house.stations["A"].calls.clear()
    return found


@pytest.mark.parametrize("nature", [PICKY, COY])
def test_its_vehicle_is_limited_and_paused_while_it_charges(nature: Nature) -> None:
    async def story(house: House) -> None:
        await house.watch(120)
        assert house.stations["A"].drawn_a() == 26.0
        purposes(house)
        allow(house, A, allowed=False)
        await house.watch(20)
        assert house.stations["A"].drawn_a() == 0.0
        # What it refused as a whole is not asked again.
        assert set(purposes(house)) == {"TxProfile"}
        await house.watch(2000, 5.0)
        assert house.stations["A"].drawn_a() == 0.0
        allow(house, A, allowed=True)
        await house.watch(20)
        assert house.stations["A"].drawn_a() == 26.0
        # The next vehicle is a transaction of its own.
        house.swap("A", 3)
        await house.watch(20)
        assert house.stations["A"].drawn_a() == 26.0
        known = house.fleet.stations["A"].capabilities
        assert known.is_controllable
        assert not known.keeps_limits

    assert tell(story, WIDE, natures={"A": nature}).exceeded == []


def test_it_is_counted_at_what_it_was_installed_for() -> None:
    """Its transaction may end, or its lease: what then holds is nothing of ours."""

    async def story(house: House) -> None:
        await house.watch(120)
        commitments = house.fleet.enforcer.commitments
        assert commitments.station_a("A") == 32.0
        assert commitments.reserved() == {"A": 32.0}
        assert house.stations["B"].drawn_a() == 20.0
        for transaction in house.stations["A"].end_transactions():
            house._end("A", transaction)
        house.hear(StatusReported, "A", evse=1, status=EvseStatus.AVAILABLE)
        await house.watch(60)
        assert commitments.station_a("A") == 32.0
        assert house.fleet.evse(A).allotment.reason is Reason.NOT_CONTROLLABLE
        assert house.fleet.evse(B).allotment.current.a == 20.0

    assert tell(story, WIDE, natures={"A": PICKY}).exceeded == []


def test_the_owner_is_told_what_holds_and_when() -> None:
    async def story(house: House) -> None:
        await house.watch(120)

    told = concerns(story, natures={"A": COY})
    assert (NoticeKind.LIMITS_ONLY_WHILE_CHARGING, "A") in told
    assert (NoticeKind.LIMITS_DO_NOT_EXPIRE, "A") not in told


def test_who_takes_no_transaction_limit_either_is_not_controllable() -> None:
    async def story(house: House) -> None:
        await house.watch(300)
        known = house.fleet.stations["A"].capabilities
        assert known.takes(Place.TRANSACTION) is False
        assert not known.is_controllable
        asked = len(house.stations["A"].calls)
        allow(house, A, allowed=False)
        await house.watch(600)
        assert len(house.stations["A"].calls) == asked

    told = concerns(story, natures={"A": Nature(takes_only="", has_transactions=True)})
    assert (NoticeKind.NOT_CONTROLLABLE, "A") in told
    assert (NoticeKind.LIMITS_ONLY_WHILE_CHARGING, "A") not in told


def test_no_lease_is_tried_where_no_default_profile_was_taken() -> None:
    """A lease is another default profile: every press of pause would ask for all of its forms in vain."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(20)
        profiles = [read(payload, NOW) for _, payload in house.stations["A"].calls]
        assert {profile.purpose for profile in profiles if profile.until} == {
            "TxProfile"
        }
        # Nor are all forms tried each time before that is believed.
        lasting = [held for held in profiles if held.purpose == "TxDefaultProfile"]
        assert len(lasting) < 3 * 18

    tell(story, natures={"A": COY})
