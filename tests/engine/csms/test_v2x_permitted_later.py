"""Vehicles are told late that they may feed back, where they came before the station was known or it would not hear of it (2.1 Q02)."""

import asyncio
from datetime import UTC, datetime

import pytest

from custom_components.evenload.engine.csms.discharging import preparing
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import V2gConfig
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2, event

VENDOR = "org.evenload.v2x"
AT = "2026-01-01T12:00:00Z"
TRANSFERS = ["DC", "DC_BPT"]
ALLOWED = V2gConfig(maximum_w=5000.0, confirmed_at=datetime(2026, 1, 1, tzinfo=UTC))
HOUSE = SiteConfig(
    "Home",
    Current(100.0),
    stations={"A": StationConfig("A", "Garage", v2g={1: ALLOWED})},
)

# What a station shows of itself that can feed back.
SHOWN: dict[str, tuple[str | None, str, str]] = {
    "V2XChargingCtrlr@1/SupportedEnergyTransferModes": ("DC,DC_BPT", "ReadOnly", ""),
    f"CustomizationCtrlr/CustomImplementationEnabled[{VENDOR}]": (
        "true",
        "ReadWrite",
        "",
    ),
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "SETTLES_S", 0.05)


async def plug_in(station: Dialler2, version: str) -> None:
    """A vehicle comes that could feed back, and asks for charging only."""
    await station.result(
        "TransactionEvent", event("Started", AT, 0, evse={"id": 1, "connectorId": 1})
    )
    needs: Payload = {"availableEnergyTransfer": TRANSFERS}
    if version == "2.0.1":
        needs = {"customData": {"vendorId": VENDOR} | needs}
    told = {"requestedEnergyTransfer": "DC"} | needs
    await station.result("NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": told})


async def come(site: Site, dial2: Dial2, version: str, *, shows: bool) -> Dialler2:
    station = await dial2(site, version=version)
    station.model |= SHOWN if shows else {}
    await station.boot()
    await station.settled()
    await asyncio.sleep(0.2)
    return station


async def tell_of_news(station: Dialler2) -> None:
    """It tells that something of what it can do has changed."""
    news = {
        "eventId": 1,
        "timestamp": AT,
        "trigger": "Delta",
        "actualValue": "true",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "V2XChargingCtrlr", "evse": {"id": 1}},
        "variable": {"name": "Available"},
    }
    told = {"generatedAt": AT, "seqNo": 0, "eventData": [news]}
    await station.result("NotifyEvent", told)


async def test_a_car_that_came_before_the_station_was_known_is_allowed_later(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # It was plugged in when the station booted: how to tell it is read some seconds later.
    site = await open_site(config=HOUSE)
    station = await come(site, dial2, "2.0.1", shows=False)
    await plug_in(station, "2.0.1")
    await asyncio.sleep(0.1)
    assert not station.asked("DataTransfer")
    station.model |= SHOWN
    await tell_of_news(station)
    [told] = await station.called("DataTransfer")
    assert told["messageId"] == "NotifyAllowedEnergyTransfer"
    assert told["data"]["allowedEnergyTransfer"] == TRANSFERS


async def test_what_was_refused_is_said_again_when_the_station_has_news(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site(config=HOUSE)
    station = await come(site, dial2, "2.1", shows=True)
    station.answers["NotifyAllowedEnergyTransfer"] = {"status": "Rejected"}
    await plug_in(station, "2.1")
    await station.called("NotifyAllowedEnergyTransfer")
    station.answers["NotifyAllowedEnergyTransfer"] = {"status": "Accepted"}
    await tell_of_news(station)
    await station.called("NotifyAllowedEnergyTransfer", 2)
    # What was taken is not said a third time.
    await tell_of_news(station)
    await asyncio.sleep(0.2)
    assert len(station.asked("NotifyAllowedEnergyTransfer")) == 2


async def test_who_has_left_is_told_nothing(open_site: OpenSite, dial2: Dial2) -> None:
    site = await open_site(config=HOUSE)
    station = await come(site, dial2, "2.0.1", shows=False)
    await plug_in(station, "2.0.1")
    place = {"id": 1, "connectorId": 1}
    await station.result("TransactionEvent", event("Ended", AT, 1, evse=place))
    # The next vehicle has said nothing of what it needs.
    started = event("Started", AT, 0, transaction="T2", evse=place)
    await station.result("TransactionEvent", started)
    station.model |= SHOWN
    await tell_of_news(station)
    await asyncio.sleep(0.3)
    assert not station.asked("DataTransfer")
