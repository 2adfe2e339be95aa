"""A 2.1 station itself bounds what it feeds back, where its most is known in watts (R04, LimitMaxDischarge)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import override

import pytest

from custom_components.evenload.engine.csms.discharging import preparing
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import V2gConfig
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2, event

AT = "2026-01-01T12:00:00Z"
CONTROLS = "DCDERCtrlr@1/ModesSupported"
CONFIRMED = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "SETTLES_S", 0.05)


class Box(Dialler2):
    """A station that shows the most of its EVSE, in watts."""

    most_w: float | None = 10_000.0

    @override
    def entries(self) -> list[Payload]:
        entries = super().entries()
        for entry in entries:
            if entry["variable"]["name"] == "Power" and self.most_w is not None:
                entry["variableCharacteristics"]["maxLimit"] = self.most_w
        return entries


def house(maximum_w: float) -> SiteConfig:
    config = V2gConfig(maximum_w=maximum_w, confirmed_at=CONFIRMED)
    station = StationConfig("A", "Garage", v2g={1: config})
    return SiteConfig("Home", Current(100.0), stations={"A": station})


@asynccontextmanager
async def come(
    port: int, *, most_w: float | None = 10_000.0, controls: str = "LimitMaxDischarge"
) -> AsyncIterator[Box]:
    """Let a station come, and be read."""
    station = Box(port, "A", version="2.1")
    station.most_w = most_w
    station.model |= {
        "EVSE@1/Power": ("0", "ReadOnly", ""),
        CONTROLS: (controls, "ReadOnly", ""),
        "V2XChargingCtrlr@1/Available": ("true", "ReadOnly", ""),
    }
    async with station:
        await station.boot()
        await station.settled()
        await asyncio.sleep(0.4)
        yield station


def caps(station: Box) -> list[float | None]:
    """What it was told, in percent; None where the cap was lifted."""
    return [
        payload["limitMaxDischarge"]["pctMaxDischargePower"]
        if action == "SetDERControl"
        else None
        for action, payload in station.calls
        if action in {"SetDERControl", "ClearDERControl"}
    ]


@pytest.mark.parametrize(
    ("maximum_w", "most_w", "controls", "told"),
    [
        (4000.0, 10_000.0, "FreqDroop,LimitMaxDischarge", [40.0]),
        # What an earlier life has left is lifted.
        (10_000.0, 10_000.0, "LimitMaxDischarge", [None]),
        # Nobody knows what a percent is, or it has no such control.
        (4000.0, None, "LimitMaxDischarge", []),
        (4000.0, 10_000.0, "FreqDroop", []),
    ],
)
async def test_what_the_owner_allows_is_told_in_percent(
    open_site: OpenSite,
    maximum_w: float,
    most_w: float | None,
    controls: str,
    told: list[float | None],
) -> None:
    site = await open_site(config=house(maximum_w))
    async with come(site.port, most_w=most_w, controls=controls) as station:
        assert caps(station) == told


async def test_it_is_of_the_vehicles_most_where_that_is_less(
    open_site: OpenSite,
) -> None:
    # "A percentage of the rated maximum discharge power of EV" (LimitMaxDischargeType).
    site = await open_site(config=house(4000.0))
    async with come(site.port) as station:
        place = {"id": 1, "connectorId": 1}
        await station.result("TransactionEvent", event("Started", AT, 0, evse=place))
        needs = {
            "requestedEnergyTransfer": "DC_BPT",
            "v2xChargingParameters": {"maxDischargePower": 5000},
        }
        await station.result(
            "NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": needs}
        )
        await station.called("SetDERControl", 2)
        assert caps(station) == [40.0, 80.0]


async def test_what_the_owner_changes_is_told_and_a_no_is_asked_again(
    open_site: OpenSite,
) -> None:
    site = await open_site(config=house(4000.0))
    async with come(site.port) as station:
        station.answers["SetDERControl"] = {"status": "Rejected"}
        changed = house(2000.0)
        site.reconfigure(changed)
        await station.called("SetDERControl", 2)
        station.answers["SetDERControl"] = {"status": "Accepted"}
        site.reconfigure(replace(changed, stations=house(3000.0).stations))
        await station.called("SetDERControl", 3)
        assert caps(station) == [40.0, 20.0, 30.0]


async def test_it_is_lifted_when_nothing_may_be_fed_back_any_more(
    open_site: OpenSite,
) -> None:
    site = await open_site(config=house(4000.0))
    async with come(site.port) as station:
        station.answers["ClearDERControl"] = {"status": "Accepted"}
        none = SiteConfig(
            "Home", Current(100.0), stations={"A": StationConfig("A", "Garage")}
        )
        site.reconfigure(none)
        await station.called("ClearDERControl")
        assert caps(station) == [40.0, None]
    # What was taken away while it was offline is not known: it is said once more.
    async with come(site.port) as station:
        assert caps(station) == [None]
