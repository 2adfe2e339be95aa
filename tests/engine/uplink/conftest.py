"""A house with a station, and a CSMS above it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from custom_components.evenload.engine.control import holdings
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    ListenerConfig,
    Strategy,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import (
    Domain,
    NodeUplink,
    Role,
    UplinkConfig,
)
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.uplink import dialler
from tests.csms_above import Csms
from tests.engine.csms.conftest import DictVault, site_config
from tests.engine.csms.dialler import Dialler
from tests.engine.csms.dialler2 import Dialler2

type Below = Dialler | Dialler2
type Gather = Callable[..., Awaitable[tuple[Site, dict[str, Below], Csms]]]
type Come = Callable[..., Awaitable[tuple[Site, Below, Csms]]]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.3)
    monkeypatch.setattr(onboarding, "SETTLE_S", 0.02)
    monkeypatch.setattr(dialler, "FIRST_RETRY_S", 0.05)
    monkeypatch.setattr(dialler, "LAST_RETRY_S", 0.1)


@pytest.fixture
async def come(tmp_path: Path) -> AsyncIterator[Come]:
    """A station "A" of one version in a house, under a CSMS of another, which decides all that is named."""
    async with AsyncExitStack() as stack:

        async def opened(
            below: str,
            above: str,
            *decides: Domain,
            database: Path | None = None,
            **changes: Any,
        ) -> tuple[Site, Below, Csms]:
            csms = await stack.enter_async_context(Csms(above))
            config = site_config("A")
            uplink = UplinkConfig(
                url=csms.url,
                identity="upstairs",
                version=OcppVersion(above),
                password="secret",
                decides=frozenset(decides),
            )
            station = replace(config.stations["A"], uplink=uplink, **changes)
            config = replace(config, stations={"A": station})
            site = Site(
                config,
                ListenerConfig(0, "127.0.0.1"),
                DictVault(),
                database=database or tmp_path / "evenload.db",
            )
            await site.load()
            await site.open()
            stack.push_async_callback(site.close)
            dialled = (
                Dialler(site.port, "A")
                if below == "1.6"
                else Dialler2(site.port, "A", version=below)
            )
            await stack.enter_async_context(dialled)
            await dialled.boot(
                **(
                    {"chargePointSerialNumber": "S1"}
                    if below == "1.6"
                    else {"serialNumber": "S1"}
                )
            )
            return site, dialled, csms

        yield opened


def older(below: dict[str, Below]) -> Dialler:
    """Return the station of 1.6."""
    found = below["A"]
    assert isinstance(found, Dialler)
    return found


def newer(below: dict[str, Below]) -> Dialler2:
    """Return the station of 2.0.1."""
    found = below["B"]
    assert isinstance(found, Dialler2)
    return found


@pytest.fixture
async def gather(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Gather]:
    """Stations "A" of 1.6 and "B" of 2.0.1 in a group of 32 A, known to a CSMS as one, or by the controller of the site."""
    # What one vehicle lets go of is free at once for the other.
    monkeypatch.setattr(holdings, "SETTLING_S", 0.05)
    async with AsyncExitStack() as stack:

        async def opened(
            role: Role,
            above: str,
            *decides: Domain,
            csms: Csms | None = None,
            with_stations: bool = True,
            **changes: Any,
        ) -> tuple[Site, dict[str, Below], Csms]:
            csms = csms or await stack.enter_async_context(Csms(above))
            uplink = UplinkConfig(
                url=csms.url,
                identity="upstairs",
                version=OcppVersion(above),
                decides=frozenset(decides),
            )
            node = ROOT if role is Role.CONTROLLER else "group"
            group = GroupConfig(
                "group", "Garage", Current(32.0), ("A", "B"), Strategy.EQUAL_SERVE
            )
            config = replace(
                site_config("A", "B"),
                groups={"group": group},
                uplinks={
                    "up": NodeUplink(
                        id="up", name="Above", node=node, role=role, uplink=uplink
                    )
                },
            )
            config = replace(config, **changes)
            site = Site(
                config,
                ListenerConfig(0, "127.0.0.1"),
                DictVault(),
                database=tmp_path / "evenload.db",
            )
            await site.load()
            await site.open()
            stack.push_async_callback(site.close)
            below: dict[str, Below] = {}
            if with_stations:
                below["A"] = await stack.enter_async_context(Dialler(site.port, "A"))
                await below["A"].boot()
                below["B"] = await stack.enter_async_context(
                    Dialler2(site.port, "B", version="2.0.1")
                )
                await below["B"].boot()
                # Nobody is there: it keeps nothing from the other.
                await below["B"].status("Available")
            return site, below, csms

        yield opened


async def composite_limit(csms: Csms) -> float:
    """Return what a composite schedule of one period allows the whole of what is below."""
    composite = await csms.ask(
        "upstairs", "GetCompositeSchedule", evse_id=0, duration=600
    )
    [period] = composite.schedule["charging_schedule_period"]
    return float(period["limit"])


async def reported_profiles(csms: Csms) -> dict[str, Any]:
    """Ask for the profiles of the lowest stack level (request 3), and return what is reported."""
    await csms.ask(
        "upstairs",
        "GetChargingProfiles",
        request_id=3,
        charging_profile={"stack_level": 0},
    )
    [told] = await csms.heard.until("ReportChargingProfiles")
    return told
