"""A station and its vehicle agree on which way energy may flow, and may do so late (2.1 Q01, Q02; docs/v2g-extension.md)."""

from dataclasses import dataclass, replace
from typing import override

import pytest

from custom_components.evenload.engine.model.configuration import GroupConfig
from custom_components.evenload.engine.model.events import NeedsReported
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.needs import ChargingNeeds
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.v2x import (
    Hindrance,
    Refusal,
    SetpointOrder,
    V2gMode,
)
from custom_components.evenload.engine.model.v2x_ability import Method
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.test_dispatch import ask, powers, run
from tests.engine.control.v2x.v2g_house import DIALECT, V2G, V2gHouse, site_of

TO_GRID = replace(V2G, to_grid=True)


@dataclass
class Agreeing(Bidirectional):
    """A station that takes no setpoint before feeding back was agreed on with its vehicle."""

    has_agreed: bool = False

    @override
    async def set_setpoint(self, order: SetpointOrder) -> Outcome:
        if self.has_agreed:
            return await super().set_setpoint(order)
        await self._way()
        return Outcome.REFUSED

    @override
    def refusal(self, evse: int) -> Refusal | None:
        return Refusal(Hindrance.STATION_CANNOT, "InvalidOperationMode", passing=False)


def house_of(method: Method) -> V2gHouse:
    """Return a house with a group of two vehicles; with B feeding back was not agreed on yet."""
    site = site_of("AB", v2g=TO_GRID, export_cap_w=20_000.0)
    late = replace(TO_GRID, dialect=replace(DIALECT, method=method))
    stations = site.stations | {"B": replace(site.stations["B"], v2g={1: late})}
    group = GroupConfig("g", "g", Current(32.0), ("A", "B"))
    site = replace(site, stations=stations, groups={"g": group})
    return V2gHouse(site, [Bidirectional("A"), Agreeing("B")], lambda _: 500.0)


async def begin(house: V2gHouse) -> None:
    """Let both dial in; only A says what it needs."""
    for name in "AB":
        house.connect(name)
        house.set_mode(name, V2gMode.SETPOINT)
    house.tell_needs("A")
    await house.live(70)


def agree(house: V2gHouse, transfer: str) -> None:
    """Let B's vehicle name a transfer; it could do both."""
    station = house.stations["B"]
    assert isinstance(station, Agreeing)
    station.has_agreed = "BPT" in transfer
    needs = ChargingNeeds(transfer, ("DC", "DC_BPT"), soc_percent=70.0)
    house.hear(NeedsReported, "B", evse=1, needs=needs)


@pytest.mark.parametrize("method", [Method.NATIVE, Method.EXTENSION])
def test_who_has_only_agreed_to_charge_is_asked_when_it_has_agreed_to_more(
    method: Method,
) -> None:
    async def story() -> None:
        house = house_of(method)
        await begin(house)
        agree(house, "DC")
        ask(house, "g", -6000)
        await house.live(90)
        assert powers(house)["A"] == -6000
        assert house.state("B").hindrance is Hindrance.VEHICLE_CANNOT
        agree(house, "DC_BPT")
        await house.live(70)
        assert powers(house) == pytest.approx({"A": -3000, "B": -3000}, abs=60)

    run(story)


def test_who_was_asked_before_it_had_agreed_is_asked_again_then() -> None:
    async def story() -> None:
        house = house_of(Method.EXTENSION)
        await begin(house)
        ask(house, "g", -6000)
        await house.live(90)
        # Nobody has said anything of its vehicle: it may have agreed before we came.
        assert powers(house)["A"] == -6000
        assert house.state("B").hindrance is Hindrance.STATION_CANNOT
        agree(house, "DC_BPT")
        await house.live(90)
        assert powers(house) == pytest.approx({"A": -3000, "B": -3000}, abs=60)

    run(story)


@pytest.mark.parametrize("method", [Method.NATIVE, Method.EXTENSION])
@pytest.mark.parametrize("way", ["away", "restart"])
def test_what_was_agreed_on_while_nobody_heard_is_found_out(
    way: str, method: Method
) -> None:
    async def story() -> None:
        house = house_of(method)
        await begin(house)
        agree(house, "DC")
        await house.save()
        station = house.stations["B"]
        assert isinstance(station, Agreeing)
        if way == "away":
            house.disconnect("B")
        else:
            await house.crash()
        station.has_agreed = True
        await house.live(30)
        if way == "away":
            house.connect("B")
        else:
            await house.come_back()
        ask(house, "g", -6000)
        await house.live(90)
        assert powers(house) == pytest.approx({"A": -3000, "B": -3000}, abs=60)

    run(story)
