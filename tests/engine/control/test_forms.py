"""Stations that take watts, or limits in few forms, told as short stories in virtual time."""

from dataclasses import replace

from custom_components.evenload.engine.model.events import Booted
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.orders import Layer, LimitOrder
from custom_components.evenload.engine.model.stations import StationInfo
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.test_enforcer import A, allow, concerns, pair, tell

WATTS = Nature(units=("W",), has_transactions=True)

# 20 A each: what one of them leaves is room to try another with 18 A on one phase.
WIDE = pair(40.0, fuse_a=63.0)


def fallbacks(house: House) -> list[LimitOrder]:
    return [order for order in house.orders("A") if order.layer is Layer.FALLBACK]


def at_most(house: House, maximum_a: float) -> None:
    """Let the owner of A set its maximum."""
    settings = replace(house.fleet.evse(A).settings, maximum=Current(maximum_a))
    house.fleet.set_settings(A, settings)


async def metered(house: House, seconds: int) -> None:
    """Let time pass with A and B reporting every five seconds."""
    for _ in range(seconds // 5):
        house.meter("A")
        house.meter("B")
        await house.watch(5)


def test_what_lasts_in_watts_is_safe_on_one_phase() -> None:
    """The next vehicle may gather all watts on one phase: no more than the share may come to flow there."""

    async def story(house: House) -> None:
        await metered(house, 300)
        assert {(order.current.a, order.phases) for order in fallbacks(house)} == {
            (10.0, 1)
        }
        await house.fleet.enforcer.close()
        house.swap("A", 1)
        await house.watch(1000, 5.0)
        assert house.stations["A"].drawn_a() == 10.0

    assert tell(story, natures={"A": WATTS}).exceeded == []


def test_a_vehicle_on_three_phases_gets_the_watts_of_three() -> None:
    """Given what three phases need, it shows how many it uses, and then gets its share on each of them."""

    async def story(house: House) -> None:
        at_most(house, 12.0)
        await metered(house, 120)
        assert house.stations["A"].drawn_a() == 12.0
        assert house.stations["A"].phases == 3
        last = house.orders("A")[-1]
        assert (last.phases, last.transaction_id is not None) == (3, True)

    assert tell(story, WIDE, natures={"A": WATTS}).exceeded == []


def test_the_next_vehicle_on_one_phase_gets_no_more_than_the_share() -> None:
    """What was given for three phases ends with the transaction that it was for."""

    async def story(house: House) -> None:
        at_most(house, 12.0)
        await metered(house, 120)
        assert house.stations["A"].drawn_a() == 12.0
        house.swap("A", 1)
        await metered(house, 120)
        assert house.stations["A"].drawn_a() == 12.0
        house.swap("A", 3)
        await metered(house, 120)
        assert house.stations["A"].drawn_a() == 12.0

    assert tell(story, WIDE, natures={"A": WATTS}).exceeded == []


def test_without_room_on_one_phase_nobody_is_tried() -> None:
    """A trial needs room for all its watts on one phase; a vehicle on one phase charges without."""

    async def story(house: House) -> None:
        await metered(house, 120)
        assert all(order.layer is Layer.FALLBACK for order in house.orders("A"))
        house.swap("A", 1)
        await metered(house, 60)
        assert house.stations["A"].drawn_a() == 10.0

    assert tell(story, natures={"A": WATTS}).exceeded == []


def test_a_vehicle_that_drops_to_one_phase_is_lowered_at_once() -> None:
    """The watts of three phases would all flow on the one that is left."""

    async def story(house: House) -> None:
        at_most(house, 12.0)
        await metered(house, 120)
        assert house.stations["A"].drawn_a() == 12.0
        house.stations["A"].phases = 1
        house.meter("A")
        await house.watch(6)
        house.exceeded.clear()
        await metered(house, 60)
        assert house.stations["A"].drawn_a() == 12.0

    assert tell(story, WIDE, natures={"A": WATTS}).exceeded == []


def test_a_vehicle_is_proven_to_use_one_phase_before_it_is_believed() -> None:
    """Huawei puts a vehicle on one phase below 4.1 kW: only with more than that does one phase say anything."""

    async def story(house: House) -> None:
        house.hear(Booted, "A", info=StationInfo("Huawei", "FusionCharge"))
        house.swap("A", 1)
        at_most(house, 12.0)
        await metered(house, 60)
        # It is given 4.1 kW, for which there is room on one phase.
        assert house.stations["A"].drawn_a() == 18.0
        await metered(house, 120)
        assert house.stations["A"].drawn_a() == 12.0
        before = len(house.orders("A"))
        await metered(house, 300)
        assert len(house.orders("A")) == before
        # The next one is tried again.
        house.swap("A", 3)
        await metered(house, 60)
        assert house.stations["A"].drawn_a() == 12.0
        assert house.orders("A")[-1].phases == 3

    assert tell(story, WIDE, natures={"A": WATTS}).exceeded == []


def test_no_limit_of_the_station_in_watts_holds_a_vehicle_to_one_phase() -> None:
    """Where EVSEs take limits, a limit in watts for the whole station is not written, or taken back."""

    async def story(house: House) -> None:
        await metered(house, 120)
        assert house.stations["A"].limit_a(0) >= 10.0
        assert not any(order.evse == 0 for order in house.orders("B")[2:])

    frank = Nature(units=("W",), has_transactions=True)
    coy = Nature(units=("W",), has_transactions=True, is_frank=False)
    for nature in (frank, coy):
        tell(story, WIDE, natures={"A": nature})
    assert not any(
        order.evse == 0 for order in tell(story, WIDE, natures={"A": frank}).orders("A")
    )


def test_a_pause_where_only_transactions_have_leases() -> None:
    """The pause ends with its transaction or by itself, and the fallback stays in the station."""
    nature = Nature(refuses_leases=True, has_transactions=True)

    async def story(house: House) -> None:
        # That leases are refused is learnt from the first.
        allow(house, A, allowed=False)
        await house.watch(30)
        assert house.stations["A"].drawn_a() == 0.0
        assert {order.current.a for order in fallbacks(house)} == {10.0}
        await house.watch(3600, 5.0)
        assert house.stations["A"].drawn_a() == 0.0
        allow(house, A, allowed=True)
        await house.watch(30)
        assert house.stations["A"].drawn_a() == 10.0
        allow(house, A, allowed=False)
        await house.watch(10)
        await house.fleet.enforcer.close()
        await house.watch(1000, 5.0)
        assert house.stations["A"].drawn_a() == 10.0

    natures = {"A": nature}
    assert tell(story, natures=natures).exceeded == []


def test_a_pause_of_a_transaction_begins_anew_with_the_next() -> None:
    """Another vehicle is paused as soon as its transaction is known."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(30)
        house.swap("A", 3)
        await house.watch(10)
        assert house.stations["A"].drawn_a() == 0.0

    nature = Nature(refuses_leases=True, has_transactions=True)
    assert tell(story, natures={"A": nature}).exceeded == []


def test_dynamic_leases_are_renewed_by_their_limit() -> None:
    """A pause at a station of 2.1 is one profile and updates of it."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(1800, 5.0)
        assert house.stations["A"].drawn_a() == 0.0
        leases = [action for action, _ in house.stations["A"].calls[2:]]
        assert leases == ["SetChargingProfile", *["UpdateDynamicSchedule"] * 2]
        await house.fleet.enforcer.close()
        await house.watch(2000, 5.0)
        assert house.stations["A"].drawn_a() == 10.0

    tell(story, natures={"A": Nature(is_dynamic=True)})


def test_who_refuses_every_form_is_told_of_and_counted() -> None:
    """Nothing else is sent in place of a limit that is refused."""

    async def story(house: House) -> None:
        await house.watch(120)
        asked = len(house.stations["A"].calls)
        await house.watch(3600, 5.0)
        assert len(house.stations["A"].calls) == asked

    kinds = frozenset({"Relative", "Absolute", "Recurring"})
    nature = Nature(refused_kinds=kinds)
    assert NoticeKind.NOT_CONTROLLABLE in {
        kind for kind, _ in concerns(story, natures={"A": nature})
    }
