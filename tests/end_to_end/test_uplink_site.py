"""A site below somebody: under a controller's cap, and as one station that is dispatched; seen at the stations, through real sockets.

The systems above are written with the `ocpp` package alone. Nothing waits for a time, only for what is to be so.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    GroupConfig,
    ListenerConfig,
    SiteConfig,
    StationConfig,
    Strategy,
)
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import CurrentType, PhaseCurrents
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import (
    Domain,
    NodeUplink,
    Role,
    UplinkConfig,
)
from custom_components.evenload.engine.model.v2x import V2gConfig, V2gMode
from custom_components.evenload.engine.site import Site
from simulator import (
    Bidirectional,
    Form,
    Household,
    PerPhase,
    SimulatedStation,
    Vehicle,
)
from tests.csms_above import Csms
from tests.end_to_end.patience import until
from tests.engine.csms.conftest import DictVault

PATIENCE_S = 60.0
NEAR_A = 0.3
NEAR_W = 300.0
METER_S = 0.5

VERSIONS = {"A": "1.6", "B": "2.0.1", "C": "2.1"}
FUSE = Current(63.0)


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    # A station is left alone at first, and a vehicle rests for a minute before it turns round.
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.5)
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))


@dataclass
class House:
    """A site, its stations, and who is above."""

    site: Site
    csms: Csms
    stations: dict[str, SimulatedStation] = field(default_factory=dict)

    async def until(self, what: str, condition: Callable[[], object]) -> None:
        """Wait until something is so."""
        await until(PATIENCE_S, what, condition, self._found)

    def _found(self) -> object:
        return {
            name: (one.evse(1).power_w, self.site.evse(EvseKey(name, 1)).allotment)
            for name, one in self.stations.items()
        }

    async def set(self, number: int, purpose: str, unit: str, **period: Any) -> None:
        """Have a profile of one period set for all together."""
        schedule = {
            "id": 1,
            "charging_rate_unit": unit,
            "charging_schedule_period": [{"start_period": 0, **period}],
        }
        profile = {
            "id": number,
            "stack_level": 0,
            "charging_profile_purpose": purpose,
            "charging_profile_kind": "Absolute",
            "charging_schedule": [schedule],
        }
        answer = await self.csms.ask(
            "upstairs", "SetChargingProfile", evse_id=0, charging_profile=profile
        )
        assert answer.status == "Accepted"

    async def clear(self, number: int) -> None:
        """Have it cleared."""
        answer = await self.csms.ask(
            "upstairs", "ClearChargingProfile", charging_profile_id=number
        )
        assert answer.status == "Accepted"

    def drawn_a(self) -> dict[str, float]:
        """What each vehicle really draws on its first phase."""
        return {name: one.evse(1).currents.l1 for name, one in self.stations.items()}

    def power_w(self) -> dict[str, float]:
        """What really flows into each vehicle; out of it where negative."""
        return {name: one.evse(1).power_w for name, one in self.stations.items()}


@asynccontextmanager
async def opened(
    config: SiteConfig, role: Role, version: str, database: Path
) -> AsyncIterator[House]:
    """Open a site whose root, or group, is known to a system of some version."""
    async with AsyncExitStack() as stack:
        csms = await stack.enter_async_context(Csms(version))
        above = NodeUplink(
            id="up",
            name="Above",
            node=ROOT if role is Role.CONTROLLER else "group",
            role=role,
            uplink=UplinkConfig(
                url=csms.url,
                identity="upstairs",
                version=OcppVersion(version),
                decides=frozenset({Domain.LIMITS}),
            ),
        )
        site = Site(
            replace(config, uplinks={"up": above}),
            ListenerConfig(0, "127.0.0.1"),
            DictVault(),
            database=database / "evenload.db",
        )
        await site.load()
        await site.open()
        stack.push_async_callback(site.close)
        yield House(site, csms)


async def plug_in(
    house: House, stack: AsyncExitStack, options: Mapping[str, dict[str, Any]]
) -> None:
    """Let each station dial, and a vehicle come to it."""
    for name, fields in options.items():
        station = SimulatedStation(
            name,
            f"ws://127.0.0.1:{house.site.port}",
            versions=[VERSIONS[name]],
            autostart_tag="FREE",
            meter_interval_s=1,
            **fields,
        )
        house.stations[name] = await stack.enter_async_context(station)
        await station.wait_accepted()


async def test_a_cap_on_the_controller_is_every_stations_limit(tmp_path: Path) -> None:
    config = SiteConfig(
        "Home",
        FUSE,
        stations={
            name: StationConfig(name, name, maximum=Current(32.0)) for name in VERSIONS
        },
    )
    async with (
        opened(config, Role.CONTROLLER, "2.0.1", tmp_path) as house,
        AsyncExitStack() as stack,
    ):
        await plug_in(house, stack, {name: {} for name in VERSIONS})
        for station in house.stations.values():
            station.plug_in(1, Vehicle(maximum_a=32))
        [boot] = await house.csms.heard.until("BootNotification")
        assert boot["charging_station"]["model"] == "Local controller"
        # The fuse is shared by three.
        await house.until("all draw their share", lambda: _all_near(house, 21.0))

        await house.set(1, "ChargingStationMaxProfile", "A", limit=24.0)
        await house.until("all draw a third of the cap", lambda: _all_near(house, 8.0))
        for name in VERSIONS:
            allotment = house.site.evse(EvseKey(name, 1)).allotment
            assert allotment is not None
            assert allotment.reason is Reason.UPSTREAM
        said = await house.csms.ask(
            "upstairs", "GetCompositeSchedule", evse_id=0, duration=60
        )
        [period] = said.schedule["charging_schedule_period"]
        assert period["limit"] == pytest.approx(24.0)

        # Enough for one vehicle only: the others pause, and none gets less than it can take.
        await house.set(1, "ChargingStationMaxProfile", "A", limit=10.0)
        await house.until(
            "one draws all of it", lambda: _drawn(house) == [0.0, 0.0, 10.0]
        )
        assert not house.csms.errors


def _all_near(house: House, amperes: float) -> bool:
    return all(abs(a - amperes) < NEAR_A for a in house.drawn_a().values())


def _drawn(house: House) -> list[float]:
    return sorted(round(a, 1) for a in house.drawn_a().values())


def _feeding(name: str) -> StationConfig:
    allowed = V2gConfig(
        maximum_w=8000.0, confirmed_at=datetime(2026, 1, 1, tzinfo=UTC), to_grid=True
    )
    return StationConfig(
        name,
        name,
        evses={1: EvseConfig(CurrentType.DC, Power(11_000.0))},
        v2g={1: allowed},
    )


async def _meter(house: House, household: Household) -> None:
    """Let the house's meter speak."""
    while True:
        household.advance(METER_S)
        currents = PhaseCurrents(*household.grid_currents())
        house.site.read_meter("", MeterReading(datetime.now(UTC), currents))
        await asyncio.sleep(METER_S)


async def test_a_group_that_is_one_station_gives_what_is_wanted(tmp_path: Path) -> None:
    members = ("B", "C")
    config = SiteConfig(
        "Home",
        FUSE,
        stations={name: _feeding(name) for name in members},
        groups={
            "group": GroupConfig("group", "Cars", FUSE, members, Strategy.EQUAL_SERVE)
        },
        meter=MeterConfig(Current(32.0), stale_s=5, lost_s=15, raise_after_s=1),
        export_cap_w=20_000.0,
    )
    asyncio.get_running_loop().set_debug(False)
    async with (
        opened(config, Role.STATION, "2.1", tmp_path) as house,
        AsyncExitStack() as stack,
    ):
        forms = {"B": frozenset({Form.EXTENSION}), "C": frozenset[Form]()}
        await plug_in(
            house,
            stack,
            {
                name: {
                    "dc_w": {1: 11_000.0},
                    "bidirectional": Bidirectional({1: 10_000.0}, forms=forms[name]),
                }
                for name in members
            },
        )
        household = Household(base_w=PerPhase.even(1000), solar_peak_w=0)
        metering = asyncio.create_task(_meter(house, household))
        stack.callback(metering.cancel)
        for station in house.stations.values():
            household.loads.append(station.station)
            station.plug_in(
                1,
                Vehicle(
                    soc_percent=60, dc_maximum_w=11_000, discharge_maximum_w=10_000
                ),
            )
        await house.until("both charge", lambda: min(house.power_w().values()) > 4000)
        for name in members:
            key = EvseKey(name, 1)
            await house.until(
                "is known to give",
                lambda n=name: house.site.stations[n].capabilities.v2x,
            )
            await house.site.set_v2g_mode(key, V2gMode.PROGRAMME)
        # Two vehicles are one station above, with an EVSE for each.
        begun = await house.csms.heard.until("TransactionEvent", 2)
        assert {one["evse"]["id"] for one in begun if "evse" in one} == {1, 2}

        wanted = {"operation_mode": "CentralSetpoint", "setpoint": -6000.0}
        await house.set(1, "TxDefaultProfile", "W", **wanted)
        await house.until("they give it together", lambda: _gives_all(house, 6000.0))
        await house.set(1, "TxDefaultProfile", "W", **wanted | {"setpoint": -2000.0})
        await house.until("all give less", lambda: _gives(house, 2000.0))
        # It hears what is given, too.
        await house.until("is told", lambda: _exported(house.csms))
        await house.clear(1)
        await house.until("nobody gives", lambda: min(house.power_w().values()) > -50)
        # Who closes the site while something is wanted leaves nobody behind who would renew it.
        await house.set(1, "TxDefaultProfile", "W", **wanted)
        assert not house.csms.errors


def _gives(house: House, watts: float) -> bool:
    given = [-power for power in house.power_w().values()]
    return abs(sum(given) - watts) < NEAR_W and min(given) > -50


def _gives_all(house: House, watts: float) -> bool:
    """Whether they give so much, and each of them a part of it: the first alone, until another has agreed with its vehicle."""
    return _gives(house, watts) and max(house.power_w().values()) < -NEAR_W


def _exported(csms: Csms) -> bool:
    return any(
        sample.get("measurand")
        in {"Power.Active.Export", "Energy.Active.Export.Register"}
        and sample["value"] > 0
        for action, said in csms.heard.said
        if action in {"MeterValues", "TransactionEvent"}
        for value in said.get("meter_value", ())
        for sample in value["sampled_value"]
    )
