"""Watts on the wire: what lasts is safe on one phase, a transaction gets those of all its phases (1.6 §7.13, 2.0.1 §2.13)."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.control import commitments
from custom_components.evenload.engine.csms.v2 import setting_up
from custom_components.evenload.engine.csms.v2.device_model import Key
from custom_components.evenload.engine.csms.v16 import configuration as v16
from custom_components.evenload.engine.model.capabilities import PauseMethod
from custom_components.evenload.engine.model.configuration import Overrides
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.site import Site
from simulator import SimulatedStation, Vehicle
from simulator.faults import Faults
from tests.engine.csms.conftest import OpenSite, site_config

KEY = EvseKey("A", 1)

type SwitchOn = Callable[..., Awaitable[SimulatedStation]]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stations report every second, and what they show count after two."""
    monkeypatch.setattr(v16, "SAMPLE_INTERVAL_S", 1)
    monkeypatch.setitem(
        setting_up._NUMBERS, Key("SampledDataCtrlr", "TxUpdatedInterval"), 1
    )
    monkeypatch.setattr(commitments, "PROVEN_AFTER", timedelta(seconds=2))


@pytest.fixture
async def switch_on() -> AsyncIterator[SwitchOn]:
    """Switch a station on that reports every second, with a vehicle on so many phases."""
    async with AsyncExitStack() as stack:

        async def on(
            site: Site, version: str, phases: int, **faults: Any
        ) -> SimulatedStation:
            station = SimulatedStation(
                "A",
                f"ws://127.0.0.1:{site.port}",
                versions=(version,),
                tick_s=0.02,
                autostart_tag="CARD",
                faults=Faults(**faults),
                configuration={
                    "ChargingScheduleAllowedChargingRateUnit": "Power",
                    "SmartChargingCtrlr.RateUnit": "W",
                },
            )
            await stack.enter_async_context(station)
            await station.wait_accepted()
            plug_in(station, phases)
            return station

        yield on


def plug_in(station: SimulatedStation, phases: int) -> None:
    car = Vehicle(
        start_delay_s=0,
        reaction_s=0,
        ramp_a_per_s=1000,
        maximum_a=32,
        phases=phases,
    )
    station.plug_in(1, car)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(25):
        while not condition():
            await asyncio.sleep(0.05)


def drawn(station: SimulatedStation) -> list[float]:
    return [round(a, 1) for a in station.evse(1).currents if a > 1]


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
async def test_a_vehicle_gets_the_watts_of_its_phases_and_the_next_one_its_own(
    open_site: OpenSite, switch_on: SwitchOn, version: str
) -> None:
    site = await open_site("A")
    await site.set_maximum(KEY, 12.0)
    station = await switch_on(site, version, 3)
    await until(lambda: drawn(station) == [12.0] * 3)
    station.unplug(1)
    await until(lambda: site.evse(KEY).transaction is None)
    plug_in(station, 1)
    # The station would offer a third of the watts on each of three phases, unless it is told that one is used. One of
    # 2.x that cannot switch does not let itself be told: its vehicle keeps what it was tried with.
    await until(lambda: drawn(station) == [12.0 if version == "1.6" else 6.0])
    await asyncio.sleep(4)
    assert drawn(station) == [12.0 if version == "1.6" else 6.0]
    assert site.stations["A"].capabilities.transaction_leases is True


async def test_a_station_that_does_not_pause_is_stopped_and_started(
    open_site: OpenSite, switch_on: SwitchOn
) -> None:
    config = site_config("A")
    own = replace(config.stations["A"], overrides=Overrides(pause=PauseMethod.STOP))
    site = await open_site(config=replace(config, stations={"A": own}))
    station = await switch_on(site, "1.6", 3, zero_means_minimum=True)
    await until(lambda: bool(drawn(station)))
    await site.set_charging_allowed(KEY, allowed=False)
    await until(lambda: not drawn(station))
    session = site.evse(KEY).session
    assert session is not None
    await site.set_charging_allowed(KEY, allowed=True)
    await until(lambda: len(getattr(site.evse(KEY).session, "transactions", ())) == 2)
    await until(lambda: bool(drawn(station)))
    going_on = site.evse(KEY).session
    assert going_on is not None
    assert going_on.started_at == session.started_at
