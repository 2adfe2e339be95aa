"""Two hundred stations behind one limit: what one does costs the others nothing, and none waits for all."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from custom_components.evenload.engine.control.pace import STATIONS_A_TURN, Pace
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import (
    StatusReported,
    TransactionStarted,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.transactions import TransactionStart
from tests.engine.control.house import House
from tests.engine.control.stations import VirtualStation
from tests.engine.virtual import run_virtually, virtual_now

NAMES = [f"S{number:02}" for number in range(24)]
FIRST = EvseKey(NAMES[0], 1)


def site(limit_a: float) -> SiteConfig:
    stations = {name: StationConfig(name, name) for name in NAMES}
    group = GroupConfig("g", "Cars", Current(limit_a), tuple(NAMES))
    return SiteConfig("Home", Current(1000.0), stations=stations, groups={"g": group})


class Watch:
    """Who is looked at, and how often everybody's shares are worked out."""

    def __init__(self, house: House) -> None:
        self.looks: Counter[str] = Counter()
        self.sharings = 0
        fleet, enforcer = house.fleet, house.fleet.enforcer
        next_order, set_targets = enforcer.next_order, enforcer.set_targets

        def looking(identity: str):  # type: ignore[no-untyped-def]  # as the original
            self.looks[identity] += 1
            return next_order(identity)

        def sharing(*args: object) -> set[str]:
            self.sharings += 1
            return set_targets(*args)  # type: ignore[arg-type]  # as they came

        enforcer.next_order = looking  # type: ignore[method-assign]  # to watch it
        enforcer.set_targets = sharing  # type: ignore[method-assign]  # to watch it
        self.fleet = fleet


def tell(story: Callable[[House], Awaitable[None]], limit_a: float = 240.0) -> House:
    """Run a story in a house where everybody has its share."""

    async def live() -> House:
        house = House(site(limit_a), [VirtualStation(name) for name in NAMES])
        for name in NAMES:
            house.connect(name)
        await house.watch(60)
        house.exceeded.clear()
        await story(house)
        await house.fleet.enforcer.close()
        return house

    return run_virtually(live())


def test_plugging_in_and_out_concerns_nobody_else() -> None:
    """Under static everybody has its share, car or no car."""

    async def story(house: House) -> None:
        watch = Watch(house)
        house.hear(StatusReported, FIRST.identity, evse=1, status=EvseStatus.AVAILABLE)
        await house.watch(0.5)
        start = TransactionStart(FIRST, virtual_now(), "tag", 0.0)
        begun, session = house.fleet.books.ledger.begin(start, virtual_now())
        house.fleet.note_session(session)
        house.hear(
            TransactionStarted,
            FIRST.identity,
            evse=1,
            transaction_id=begun.id,
            token="tag",
            meter_start_wh=0.0,
        )
        await house.watch(0.5)
        assert house.fleet.evse(FIRST).session is not None
        assert set(watch.looks) <= {FIRST.identity}
        # Who left wants nothing any more, under other strategies for the good of others. A transaction changes no wish.
        assert watch.sharings <= 1

    tell(story)


def test_a_crowd_that_comes_at_once_costs_no_more_than_one() -> None:
    """When the power is back, or a shift is over: each may concern all others, so that is worked out for all together."""

    async def story(house: House) -> None:
        for status in (
            EvseStatus.AVAILABLE,
            EvseStatus.PREPARING,
            EvseStatus.CHARGING,
        ):
            watch = Watch(house)
            for _ in range(2):
                for name in NAMES:
                    house.hear(StatusReported, name, evse=1, status=status)
            await house.watch(0.5)
            assert watch.sharings <= 1

    tell(story)


def test_only_who_is_concerned_looks() -> None:
    """A pause of one station changes nothing for the others."""

    async def story(house: House) -> None:
        watch = Watch(house)
        settings = house.fleet.evse(FIRST).settings
        house.fleet.set_settings(FIRST, replace(settings, charging_allowed=False))
        await house.watch(0.5)
        assert set(watch.looks) == {FIRST.identity}

    tell(story)


@pytest.mark.parametrize("limit_a", [360.0, 168.0])
def test_a_new_limit_reaches_everybody_and_none_waits_for_all(limit_a: float) -> None:
    """All are told, a few in each turn of the event loop, and the sum holds in between."""

    async def story(house: House) -> None:
        watch = Watch(house)
        most = 0
        house.fleet.configure(site(limit_a))
        for _ in range(len(NAMES)):
            before = watch.looks.total()
            await asyncio.sleep(0)
            most = max(most, watch.looks.total() - before)
        assert 0 < most <= STATIONS_A_TURN
        if limit_a < 240.0:
            # Until all have lowered, more flows than the new limit.
            await house.watch(15)
            house.exceeded.clear()
        await house.watch(60)
        assert {station.drawn_a() for station in house.stations.values()} == {
            limit_a / len(NAMES)
        }

    assert tell(story).exceeded == []


def test_who_came_last_waits_where_somebody_holds_more_than_its_share() -> None:
    """Then it counts who is plugged in since when, and everybody's shares are worked out anew."""

    async def story(house: House) -> None:
        # Half of them went away with 10 A; what is left of the lower limit is too little for the others.
        for name in NAMES[:12]:
            house.disconnect(name)
        house.fleet.configure(site(160.0))
        await house.watch(60)
        served = [
            name
            for name in NAMES[12:]
            if house.fleet.evse(EvseKey(name, 1)).allotment.current.a  # type: ignore[union-attr]  # it has one
        ]
        watch = Watch(house)
        house.hear(StatusReported, served[0], evse=1, status=EvseStatus.AVAILABLE)
        await house.watch(1)
        assert watch.sharings > 0

    tell(story)


def test_a_few_pass_at_once_and_the_rest_in_their_order() -> None:
    async def story() -> list[int]:
        pace, passed = Pace(), list[int]()

        async def pass_by(number: int) -> None:
            await pace.keep()
            passed.append(number)

        tasks = [asyncio.create_task(pass_by(number)) for number in range(30)]
        await asyncio.sleep(0)
        assert len(passed) == STATIONS_A_TURN
        await asyncio.gather(*tasks)
        return passed

    assert run_virtually(story()) == [*range(30)]
