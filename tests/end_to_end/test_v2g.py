"""Charge, carry the house, follow a setpoint, rest, and charge again: every version and form, by what really flows.

The whole engine on one side, a station and a house on the other, a socket between them, and time as it passes. All rows live
at once: each of them waits most of the time.
"""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import pytest

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import CurrentType, PhaseCurrents
from custom_components.evenload.engine.model.v2x import V2gConfig, V2gMode, V2xDialect
from custom_components.evenload.engine.model.v2x_ability import Method
from custom_components.evenload.engine.site import Site
from simulator import (
    Bidirectional,
    Form,
    Household,
    PerPhase,
    SimulatedStation,
    Vehicle,
)
from simulator.clock import VirtualClock
from simulator.phases import Phase
from tests.end_to_end.patience import until
from tests.engine.csms.conftest import DictVault

KEY = EvseKey("BOX", 1)
TARGET = "BOX_1"
DYNAMIC = "SmartChargingCtrlr.SupportsDynamicProfiles"

PATIENCE_S = 90.0
# A meter every half second, and what a reading may be beside what was meant.
METER_S = 0.5
NEAR_W = 150.0
# The house takes a little from the grid, so that nothing leaves it.
KEPT_W = 200.0
# What may leave it for as long as the loop needs to follow a load that went.
EXPORT_WH = 15.0


@dataclass(frozen=True)
class Row:
    """A version, and the form in which a setpoint reaches a station of it."""

    name: str
    version: str
    forms: tuple[Form, ...] = ()
    dialect: V2xDialect | None = None
    options: dict[str, Any] = field(default_factory=dict)
    factory: dict[str, str] = field(default_factory=dict)
    is_dc: bool = True
    wiring: tuple[str, ...] = ("L1", "L2", "L3")


def told(method: Method, **said: Any) -> V2xDialect:
    return V2xDialect(method=method, settles_s=0.5, **said)


# Charging goes by the same means as discharging.
ALONE = {"charges_by_limits": False}
ROWS = (
    Row("1.6 D1", "1.6", (Form.NEGATIVE_LIMIT,), told(Method.NEGATIVE_LIMIT)),
    Row(
        "1.6 D2",
        "1.6",
        (Form.SETPOINT_KEY,),
        told(Method.CONFIGURATION_KEY, **ALONE),
        ALONE,
    ),
    Row(
        "1.6 D3",
        "1.6",
        (Form.DATA_TRANSFER,),
        told(Method.DATA_TRANSFER, **ALONE),
        ALONE,
    ),
    Row("1.6 D4", "1.6", (Form.SETPOINT_KEY,), told(Method.CONFIGURATION_KEY)),
    # Its station names the form among its keys: nobody wrote a dialect.
    Row("1.6 announced", "1.6", (Form.SETPOINT_KEY,)),
    Row("2.0.1 extension", "2.0.1", (Form.EXTENSION,)),
    Row("2.0.1 variable", "2.0.1", (Form.VARIABLE,), told(Method.VARIABLE)),
    Row("2.1 scheduled", "2.1", factory={DYNAMIC: "false"}),
    Row("2.1 dynamic", "2.1"),
)


class Story:
    """One row's site, station and house."""

    def __init__(self, row: Row) -> None:
        """Build them; nothing runs yet."""
        self._row = row
        self._stack = AsyncExitStack()
        self._metering: asyncio.Task[None] | None = None
        config = V2gConfig(
            maximum_w=8000.0,
            confirmed_at=datetime(2026, 1, 1, tzinfo=UTC),
            dialect=row.dialect,
        )
        station = StationConfig(
            "BOX",
            row.name,
            evses={1: EvseConfig(CurrentType.DC, Power(11_000.0))},
            v2g={1: config},
        )
        meter = MeterConfig(Current(32.0), stale_s=5, lost_s=15, raise_after_s=1)
        self.config = SiteConfig(
            "Home", Current(63.0), stations={"BOX": station}, meter=meter
        )
        self.site = Site(self.config, ListenerConfig(0, "127.0.0.1"), DictVault())

    async def __aenter__(self) -> Self:
        """Open the door, and have a car charge."""
        await self.site.load()
        await self.site.open()
        self._stack.push_async_callback(self.site.close)
        row = self._row
        self.station = SimulatedStation(
            "BOX",
            f"ws://127.0.0.1:{self.site.port}",
            versions=[row.version],
            dc_w={1: 11_000.0} if row.is_dc else {},
            autostart_tag="FREE",
            meter_interval_s=1,
            configuration=row.factory,
            phases=tuple(map(Phase, row.wiring)),
            bidirectional=Bidirectional(
                {1: 10_000.0}, forms=frozenset(row.forms), **row.options
            ),
        )
        await self._stack.enter_async_context(self.station)
        await self.station.wait_accepted()
        # It takes as much at any time of the day.
        early_afternoon = VirtualClock(datetime(2026, 11, 2, 13, tzinfo=UTC))
        self.house = Household(
            base_w=PerPhase.even(1000), solar_peak_w=0, clock=early_afternoon
        )
        self.house.loads.append(self.station.station)
        self._metering = asyncio.create_task(self._meter())
        car = Vehicle(soc_percent=60, dc_maximum_w=11_000, discharge_maximum_w=10_000)
        # Before the station has told what it can do: a car may be there when it boots.
        self.station.plug_in(1, car)
        await self.until("is known", lambda: self.site.stations["BOX"].capabilities.v2x)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it all."""
        self.silence_meter()
        await self._stack.aclose()

    def silence_meter(self) -> None:
        """Let the house's meter speak no more."""
        if self._metering:
            self._metering.cancel()

    async def _meter(self) -> None:
        """Let the house's meter speak."""
        while True:
            self.house.advance(METER_S)
            currents = PhaseCurrents(*self.house.grid_currents())
            self.site.read_meter("", MeterReading(datetime.now(UTC), currents))
            await asyncio.sleep(METER_S)

    @property
    def power_w(self) -> float:
        """What flows at the station, out of the car where negative."""
        return self.station.evse(1).power_w

    @property
    def measured_w(self) -> float:
        """What the engine believes to flow."""
        return self.site.evse(KEY).reading.power_w or 0.0

    def flows(self, power_w: float) -> bool:
        """Whether that is what flows, and what is known to."""
        near = abs(self.power_w - power_w) < NEAR_W
        return near and abs(self.measured_w - power_w) < 2 * NEAR_W

    def carries(self) -> bool:
        """Whether the car gives the house all but a little."""
        grid_w = self.house.grid_power_w().total
        return self.power_w < -1000 and -50 < grid_w < KEPT_W

    async def until(self, what: str, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        what = f"{what} ({self._row.name})"
        await until(PATIENCE_S, what, condition, self._found)

    def _found(self) -> object:
        return f"{self.power_w:.0f} W, {self.site.evse(KEY).discharge}"

    async def prove(self) -> None:
        """Test the form as the owner does, as soon as it can be tested."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                with suppress(BadSetting):
                    assert await self.site.probe_discharge(KEY), self._row.name
                    return
                await asyncio.sleep(0.5)


async def live(row: Row) -> None:
    """A day in a minute."""
    async with Story(row) as story:
        site = story.site
        await story.until("charges", lambda: story.measured_w > 4000)
        if row.dialect or row.version == "1.6":
            await story.prove()
        await site.set_v2g_mode(KEY, V2gMode.HOUSE)
        await story.until("carries the house", story.carries)
        story.house.switch("heat_pump", on=True)
        await story.until(
            "carries more", lambda: story.carries() and story.power_w < -5000
        )
        story.house.switch("heat_pump", on=False)
        await story.until(
            "carries less", lambda: story.carries() and story.power_w > -5000
        )

        until = datetime.now(UTC) + timedelta(minutes=5)
        await site.dispatch(TARGET, -1800, until)
        await story.until("follows a setpoint", lambda: story.flows(-1800))
        await site.dispatch(TARGET, 0, until)
        await story.until("rests", lambda: story.flows(0))
        await site.end_dispatch(TARGET)
        await site.set_v2g_mode(KEY, V2gMode.CHARGE_ONLY)
        await story.until("charges again", lambda: story.measured_w > 4000)
        assert story.station.evse(1).export_wh > 0
        assert (site.evse(KEY).reading.energy_export_wh or 0) > 0
        assert story.house.exported_wh < EXPORT_WH


async def test_every_form_by_what_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    # A vehicle rests for a minute before it turns round, and a station is left alone at first.
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.5)
    asyncio.get_running_loop().set_debug(False)
    ended = await asyncio.gather(*map(live, ROWS), return_exceptions=True)
    assert [error for error in ended if error] == []
