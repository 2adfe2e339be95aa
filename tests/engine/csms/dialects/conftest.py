"""Stations of known makes, at the door of a house."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from custom_components.evenload.engine.csms.dialects.dialect import Dialect
from custom_components.evenload.engine.csms.dialects.table import DIALECTS
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial
from tests.engine.csms.dialler import Dialler, Reply, configuration

# What stations of the table say of themselves, as far as it is known: vendor, model and firmware.
PLATES = {
    "ABB Terra AC": ("ABB", "CDT_TACW22::NET_WIFI", "TAC3Z9119006710273::V1.8.21"),
    "Alfen Eve": ("Alfen BV", "NG910", "6.4.0"),
    "Autel MaxiCharger": ("Autel", "MaxiCharger AC Wallbox", "1.18.00"),
    "EN+ (also EV Switch, Linchr, cord)": ("EN+", "37", "1.1.805"),
    "EVBox Elvi": ("EV-BOX", "E1602-A45062-10.2", "P0424B0424v0.220706_W6.0.0-050"),
    "FoxESS A series": ("FoxESS", "A022KP1", "1.10/1.06"),
    "Free2move eProWallbox": ("AB070", "F2ME.EPROSE01TXX", "2.9.3"),
    "go-e Charger and Fronius Wattpilot": ("go-e", "go-eCharger_V4", "055.5"),
    "Grizzl-E": ("UnitedChargers", "Grizzl-E Mini Connect", "3.09"),
    "Huawei FusionCharge": ("", "ACChargePoint", ""),
    "Ocular LTE (BS-EV07, BS-EV22)": ("Ocular", "BS-EV07-LTE", ""),
    "Schneider Electric EVlink and Charge": ("Schneider Electric", "EV.2S22P44R", ""),
    "Simpson & Partners": ("Simpson-Partners", "SP Home7", "3.3.4"),
    "StarCharge and MG": ("StarCharge", "Aurora", ""),
    "SyncEV": ("Sync EV", "EVS7GR1", ""),
    "Vestel EVC04": ("Vestel", "EVC04-AC22SW-T2P", "V3.98.0"),
    "Wallbox (Pulsar, Commander, Copper)": (
        "Wall Box Chargers",
        "PLP2-M-2-4",
        "6.6.12",
    ),
}

type Arrive = Callable[..., Awaitable[Dialler]]


def plate(title: str) -> dict[str, str]:
    """What a station of this make says when it boots."""
    vendor, model, firmware = PLATES[title]
    said = {"chargePointVendor": vendor, "chargePointModel": model}
    return said | ({"firmwareVersion": firmware} if firmware else {})


def rows(title: str) -> list[Dialect]:
    return [row for row in DIALECTS if row.title == title]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something."""
    async with asyncio.timeout(8):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
def arrive(dial: Dial) -> Arrive:
    """Let a station of a make dial in and boot; `answers` are its own, `settings` those that differ."""

    async def arrives(
        site: Site,
        title: str | None = None,
        *,
        answers: dict[str, Reply] | None = None,
        settings: dict[str, tuple[str | None, bool] | None] | None = None,
        **options: Any,
    ) -> Dialler:
        station = await dial(site, **options)
        station.answers["GetConfiguration"] = configuration(**settings or {})
        station.answers |= answers or {}
        await station.boot(**plate(title) if title else {})
        return station

    return arrives
