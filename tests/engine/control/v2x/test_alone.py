"""A station that knows no limits beside its setpoints: what ends one says what is charged with, and is said again (D2, D3)."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import override

import pytest

from custom_components.evenload.engine.control.v2x.dialects import (
    ends_with_limit,
    least_or_rest,
)
from custom_components.evenload.engine.model.configuration import EvseConfig
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Power
from custom_components.evenload.engine.model.orders import Outcome
from custom_components.evenload.engine.model.phases import CurrentType
from custom_components.evenload.engine.model.v2x import (
    IdleMethod,
    SetpointOrder,
    V2gMode,
    V2xDialect,
)
from custom_components.evenload.engine.model.v2x_ability import Method, V2xAbility
from tests.engine.control.stations import Nature
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import V2G, V2gHouse, site_of
from tests.engine.virtual import run_virtually, virtual_now

ALONE = V2xDialect(
    method=Method.DATA_TRANSFER, charges_by_limits=False, minimum_w=500.0
)


@dataclass
class Alone(Bidirectional):
    """Charges with what the end of its setpoint says, until it is told otherwise."""

    ended_with: list[float] = field(default_factory=list)
    refuses_ends: int = 0

    @override
    async def end_setpoint(self, order: SetpointOrder) -> Outcome:
        if self.refuses_ends:
            self.refuses_ends -= 1
            return Outcome.REFUSED
        self.ended_with.append(order.charge_limit_w)
        outcome = await super().end_setpoint(order)
        self._setpoint = order.charge_limit_w, virtual_now() + timedelta(days=1)
        return outcome

    @override
    def _goal_w(self) -> float:
        goal_w = super()._goal_w()
        limit_w = self.drawn_a() * 230.0 * self.phases
        return min(goal_w, limit_w)


async def carrying(
    dialect: V2xDialect, load: list[float], *, is_dc: bool = False
) -> tuple[V2gHouse, Alone]:
    """Return a house whose vehicle carries it."""
    vehicle = Alone("A", nature=Nature(has_transactions=True))
    site = site_of(v2g=replace(V2G, dialect=dialect))
    if is_dc:
        dc = EvseConfig(CurrentType.DC, Power(22_000.0))
        stations = {"A": replace(site.stations["A"], evses={1: dc})}
        site = replace(site, stations=stations)
    house = V2gHouse(site, [vehicle], lambda _: load[0])
    await house.begin()
    key = EvseKey("A", 1)
    ability = V2xAbility(proven=(dialect.method,))
    station = house.fleet.stations["A"]
    known = replace(station.capabilities, v2x={key.evse: ability})
    house.fleet.stations["A"] = replace(station, capabilities=known)
    await house.live(90)
    assert vehicle.power_w < 0
    return house, vehicle


def test_the_limit_is_said_again_when_it_changes() -> None:
    async def story() -> None:
        load = [16_000.0]
        house, vehicle = await carrying(ALONE, load)
        house.set_mode("A", V2gMode.CHARGE_ONLY)
        await house.live(120)
        little_w = vehicle.ended_with[-1]
        assert 4000 < little_w < 9000
        assert vehicle.power_w == pytest.approx(little_w, abs=200)
        load[0] = 500.0
        await house.live(240)
        assert vehicle.ended_with[-1] > 15_000
        assert vehicle.power_w > 15_000
        said = len(vehicle.ended_with)
        await house.live(120)
        assert len(vehicle.ended_with) == said
        # Less is said as well.
        load[0] = 16_000.0
        await house.live(60)
        assert vehicle.ended_with[-1] < 9000

    run_virtually(story())


def test_it_is_said_until_it_is_taken() -> None:
    async def story() -> None:
        load = [16_000.0]
        house, vehicle = await carrying(ALONE, load)
        house.set_mode("A", V2gMode.CHARGE_ONLY)
        await house.live(120)
        vehicle.refuses_ends = 3
        load[0] = 500.0
        await house.live(300)
        assert not vehicle.refuses_ends
        assert vehicle.power_w > 15_000

    run_virtually(story())


@pytest.mark.parametrize("mode", [V2gMode.HOUSE, V2gMode.CHARGE_ONLY])
@pytest.mark.parametrize("is_dc", [False, True])
def test_when_home_assistant_closes_it_is_told_what_may_last(
    mode: V2gMode, is_dc: bool
) -> None:
    """Nobody says anything else afterwards: not what it may have at that moment, nor nothing."""

    async def story() -> None:
        house, vehicle = await carrying(ALONE, [16_000.0], is_dc=is_dc)
        house.set_mode("A", mode)
        await house.live(90)
        share = house.fleet.enforcer.targets.fallbacks[EvseKey("A", 1)]
        lasting_w = house.fleet.enforcer.commitments.kind(share.key).watts(
            share.current.a
        )
        assert lasting_w > 4000
        await house.die()
        assert vehicle.ended_with[-1] == pytest.approx(lasting_w, abs=2)

    run_virtually(story())


@pytest.mark.parametrize(
    ("charge_w", "idle", "said_w"),
    [
        (7360.0, IdleMethod.ZERO, 7360.0),
        (1400.0, IdleMethod.ZERO, 1400.0),
        # Too little to charge with is a rest.
        (900.0, IdleMethod.ZERO, 0.0),
        (900.0, IdleMethod.PAUSE, 0.0),
        (900.0, IdleMethod.UPKEEP, 100.0),
        # Nothing is nothing.
        (0.0, IdleMethod.UPKEEP, 0.0),
    ],
)
def test_too_little_to_charge_with_is_a_rest(
    charge_w: float, idle: IdleMethod, said_w: float
) -> None:
    dialect = replace(ALONE, idle=idle, minimum_w=1400.0)
    assert least_or_rest(charge_w, 4140.0, dialect) == said_w


def test_on_one_phase_a_vehicle_needs_less() -> None:
    assert least_or_rest(1380.0, 1380.0, replace(ALONE, minimum_w=1400.0)) == 1380.0


@pytest.mark.parametrize(
    ("dialect", "says"),
    [
        (ALONE, True),
        (replace(ALONE, charges_by_limits=True), False),
        (replace(ALONE, method=Method.NEGATIVE_LIMIT), False),
        (replace(ALONE, method=Method.CONFIGURATION_KEY), True),
        (replace(ALONE, method=Method.CONFIGURATION_KEY, released="0"), False),
        (
            replace(ALONE, method=Method.VARIABLE, released="max {charge_limit}"),
            True,
        ),
    ],
)
def test_which_ends_say_a_limit(dialect: V2xDialect, says: bool) -> None:
    assert ends_with_limit(dialect) is says
