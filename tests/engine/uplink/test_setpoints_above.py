"""What a CSMS of 2.1 wants to flow at a group that is one station to it: divided among its vehicles, and ended (Q03, Q04, Q07, Q08, K28)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, override

import pytest

from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import V2gMode
from custom_components.evenload.engine.uplink.profile import Profile
from custom_components.evenload.engine.uplink.setpoints import asks_for_power, power_w
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.uplink.circuits_above import Circuits, known_above, profile
from tests.engine.virtual import run_virtually, virtual_now

CURVE = [{"signal": -100, "power": -4000.0}, {"signal": 100, "power": 4000.0}]


class Group(V2gHouse):
    """Two vehicles that may feed back, in a group that is one station above; the house draws a lot beside them."""

    @override
    def _build(self, config: SiteConfig) -> Fleet:
        fleet = super()._build(config)
        self.above = Circuits(fleet, self.now)
        return fleet

    async def set(self, evse: int = 0, **said: Any) -> str:
        """Have a profile set."""
        said.setdefault("purpose", "TxDefaultProfile")
        body = {"evseId": evse, "chargingProfile": profile(**said)}
        answer = await self.above.ask("station", "SetChargingProfile", body)
        return str(answer["status"])

    def flows_w(self) -> float:
        """What all vehicles draw together; below 0 they feed back."""
        return self.drawn_w()


def tell(
    story: Callable[[Group], Awaitable[None]], mode: V2gMode = V2gMode.PROGRAMME
) -> None:
    """Live through a story."""

    async def live() -> None:
        site = site_of("AB", v2g=replace(V2G, to_grid=True), export_cap_w=20_000.0)
        group = GroupConfig(
            "g", "Cars", Current(32.0), ("A", "B"), Strategy.EQUAL_SERVE
        )
        site = known_above(replace(site, groups={"g": group}))
        vehicles = [Bidirectional("A"), Bidirectional("B")]
        house = Group(site, vehicles, lambda _: 3000.0)
        await house.begin(mode)
        await story(house)
        await house.die()

    run_virtually(live())


SETPOINT = {"operationMode": "CentralSetpoint"}


def test_a_setpoint_of_the_group_is_divided() -> None:
    async def story(house: Group) -> None:
        assert await house.set(setpoint=-6000.0, **SETPOINT) == "Accepted"
        await house.live(120)
        each = [vehicle.power_w for vehicle in house.vehicles.values()]
        assert sum(each) == pytest.approx(-6000.0, abs=100)
        assert each[0] == pytest.approx(each[1], abs=100)
        # Cleared, nobody feeds back.
        await house.above.ask(
            "station", "ClearChargingProfile", {"chargingProfileId": 1}
        )
        await house.live(40)
        assert house.flows_w() >= 0
        assert house.fleet.v2x.orders.dispatches == {}

    tell(story)


def test_one_without_an_end_is_renewed_and_outlives_nobody() -> None:
    async def story(house: Group) -> None:
        assert await house.set(setpoint=-1000.0, **SETPOINT) == "Accepted"
        for _ in range(3):
            await house.live(500)
            [dispatch] = house.fleet.v2x.orders.dispatches.values()
            left = dispatch.until - virtual_now()
            assert timedelta(minutes=4) < left <= timedelta(minutes=10)

    tell(story)


def test_a_setpoint_of_one_member_is_its_own() -> None:
    async def story(house: Group) -> None:
        assert await house.set(2, setpoint=-2000.0, **SETPOINT) == "Accepted"
        await house.live(40)
        assert house.vehicles["B"].power_w == pytest.approx(-2000.0, abs=100)
        assert house.vehicles["A"].power_w >= 0

    tell(story)


def test_a_positive_one_is_no_more_than_that() -> None:
    async def story(house: Group) -> None:
        assert await house.set(setpoint=9000.0, **SETPOINT) == "Accepted"
        await house.live(120)
        assert house.flows_w() == pytest.approx(9000.0, abs=500)

    tell(story)


def test_who_is_not_to_follow_programmes_only_draws_no_more() -> None:
    """An owner who has not said so is not discharged; while others feed back nobody draws."""

    async def story(house: Group) -> None:
        assert await house.set(setpoint=-6000.0, **SETPOINT) == "Accepted"
        await house.live(60)
        assert house.flows_w() == pytest.approx(0.0, abs=1)

    tell(story, V2gMode.CHARGE_ONLY)


def test_a_dynamic_one_follows_updates_and_ends_without_them() -> None:
    """K28.FR.13: its duration counts from the last update; K28.FR.15: the next one revives it."""

    async def update(house: Group, watts: float) -> None:
        said = {"chargingProfileId": 1, "scheduleUpdate": {"setpoint": watts}}
        answer = await house.above.ask("station", "UpdateDynamicSchedule", said)
        assert answer == {"status": "Accepted"}

    async def story(house: Group) -> None:
        said = {**SETPOINT, "kind": "Dynamic", "lasts_s": 60}
        assert await house.set(setpoint=-2000.0, **said) == "Accepted"
        await house.live(40)
        assert house.flows_w() == pytest.approx(-2000.0, abs=100)
        await update(house, -5000.0)
        await house.live(50)
        assert house.flows_w() == pytest.approx(-5000.0, abs=100)
        await house.live(40)
        assert house.flows_w() >= 0
        for _ in range(3):
            # Who has just charged turns round after a while.
            await update(house, -3000.0)
            await house.live(45)
        assert house.flows_w() == pytest.approx(-3000.0, abs=100)

    tell(story)


def test_a_signal_moves_along_the_curve_and_is_over_when_nobody_repeats_it() -> None:
    async def signal(house: Group, value: int) -> str:
        said = {"timestamp": virtual_now().isoformat(), "signal": value}
        answer = await house.above.ask("station", "AFRRSignal", said)
        return str(answer["status"])

    async def story(house: Group) -> None:
        # Nothing follows it yet.
        assert await signal(house, 50) == "Rejected"
        assert (
            await house.set(
                operationMode="LocalFrequency",
                v2xBaseline=-1000.0,
                v2xSignalWattCurve=CURVE,
            )
            == "Accepted"
        )
        assert await signal(house, -50) == "Accepted"
        await house.live(40)
        assert house.flows_w() == pytest.approx(-3000.0, abs=100)
        await house.live(300)
        assert house.flows_w() == pytest.approx(-1000.0, abs=100)

    tell(story)


def test_another_ones_dispatch_is_left_alone() -> None:
    async def story(house: Group) -> None:
        until = virtual_now() + timedelta(hours=1)
        house.fleet.v2x.dispatch("g", -1000.0, until, "programme", None)
        await house.set(setpoint=-6000.0, **SETPOINT)
        await house.live(40)
        assert house.flows_w() == pytest.approx(-1000.0, abs=100)

    tell(story)


@pytest.mark.parametrize(
    "period",
    [
        {"operationMode": "ExternalSetpoint"},
        {"operationMode": "LocalLoadBalancing"},
        {"operationMode": "CentralSetpoint"},
        {"operationMode": "LocalFrequency", "v2xBaseline": 0.0},
    ],
)
def test_what_cannot_be_followed_is_refused(period: dict[str, Any]) -> None:
    async def story(house: Group) -> None:
        assert await house.set(**period) == "Rejected"

    tell(story)


def test_2_0_1_says_it_in_custom_data() -> None:
    """docs/v2g-extension.md: the fields of 2.1 in customData of a period."""
    custom = {"vendorId": "org.evenload.v2x", "setpoint": -3.0, **SETPOINT}
    body = profile(unit="A", limit=16.0, customData=custom)
    one = Profile(0, body, is_oldest=False)
    period = body["chargingSchedule"][0]["chargingSchedulePeriod"][0]
    assert asks_for_power(one)
    assert power_w(one, period, 690.0, None) == -2070.0
    other = profile(limit=16.0, customData={**custom, "vendorId": "somebody"})
    assert not asks_for_power(Profile(0, other, is_oldest=False))
