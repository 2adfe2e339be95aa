"""A driver's card is read at a station; the car charges on it; session, cost and export agree with the station's own books."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
import csv
from pathlib import Path
from typing import Any

import pytest

from simulator import SimulatedStation, Vehicle
from simulator.demo.home_assistant import HomeAssistant
from tests.end_to_end.conftest import Demo, StartDemo
from tests.end_to_end.test_crash import Owner, eventually
from tests.end_to_end.test_sessions import PRICE, TARIFF

CARD = "04A2B3C4D5E6F7"
STRANGER = "04FFFFFFFFFFFF"
SITE = {
    "port": 0,
    "main_fuse_a": 25,
    "phases": "3",
    "voltage_v": 230,
    "advanced": {},
}
STATION = {"name": "Garage", "identity": "BOX-1", "phases": "3", "maximum_a": 32}
ANNA: dict[str, Any] = {"name": "Anna", "stations": [], "more": {}}

FLOW = "/api/config/config_entries/subentries/flow"


class Office:
    """The forms, as the pages of Home Assistant fill them in."""

    def __init__(self, client: HomeAssistant, entry_id: str) -> None:
        """Use a client that is signed in."""
        self._client = client
        self._entry_id = entry_id

    async def enrol(self, box: SimulatedStation) -> str:
        """Add a driver by holding a card to a reader; returns the driver."""
        form = await self._client.post(FLOW, {"handler": [self._entry_id, "driver"]})
        path = f"{FLOW}/{form['flow_id']}"
        waiting = await self._client.post(
            path, ANNA | {"tokens": [], "reader": box.identity}
        )
        assert waiting["type"] == "progress", waiting
        await box.present_tag(1, CARD)
        async with asyncio.timeout(30):
            while (form := await self._client.get(path))["type"] != "form":
                await asyncio.sleep(0.2)
        [tokens] = [
            field["description"]["suggested_value"]
            for field in form["data_schema"]
            if field["name"] == "tokens"
        ]
        assert tokens == [CARD]
        made = await self._client.post(path, ANNA | {"tokens": tokens})
        assert made["type"] == "create_entry", made
        return await self._subentry("Anna")

    async def admit_drivers_only(self) -> None:
        """Let only drivers charge at the station."""
        said = STATION | {"admission": {"policy": "known"}, "discharging": False}
        del said["identity"]
        await self._client.fill_in(
            "subentries/flow",
            [self._entry_id, "station"],
            {"reconfigure": said},
            subentry_id=await self._subentry("Garage"),
        )

    async def _subentry(self, title: str) -> str:
        found = await self._client.call(
            "config_entries/subentries/list", entry_id=self._entry_id
        )
        return str(next(one["subentry_id"] for one in found if one["title"] == title))


@pytest.fixture
async def home(start_demo: StartDemo) -> Demo:
    """A Home Assistant with Evenload installed and nothing configured."""
    return await start_demo("--no-simulator")


@pytest.fixture
async def client(home: Demo) -> AsyncGenerator[HomeAssistant]:
    """Its owner, signed in."""
    async with HomeAssistant(home.url) as client:
        await client.sign_in(home.token)
        yield client


@pytest.mark.parametrize("version", ["1.6", "2.0.1", "2.1"])
async def test_a_card_is_read_and_pays(
    home: Demo, client: HomeAssistant, version: str
) -> None:
    owner, port = Owner(client), int(home.ocpp_url.rpartition(":")[2])
    made = await client.fill_in("flow", "evenload", {"user": SITE | {"port": port}})
    entry_id = made["result"]["entry_id"]
    await client.fill_in("subentries/flow", [entry_id, "station"], {"user": STATION})
    await client.fill_in("options/flow", entry_id, TARIFF)
    office = Office(client, entry_id)
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(
            SimulatedStation("BOX-1", home.ocpp_url, versions=(version,))
        )

        async def connected() -> bool:
            return await owner.state("BOX-1_connected") == "on"

        await eventually(connected)
        anna = await office.enrol(box)
        await office.admit_drivers_only()
        assert not await box.present_tag(1, STRANGER)
        assert await box.present_tag(1, CARD)
        taken_kwh = await charged(box)

        async def booked() -> bool:
            return float(await owner.state(f"{anna}_energy_this_month")) > 0

        await eventually(booked)
        energy_kwh = float(await owner.state(f"{anna}_energy_this_month"))
        cost = float(await owner.state(f"{anna}_cost_this_month"))
        assert energy_kwh == pytest.approx(taken_kwh, abs=0.002)
        assert cost == pytest.approx(taken_kwh * PRICE, abs=0.01)
        told = (await owner.whole_state("BOX-1_1_activity"))["attributes"]
        assert (told["event_type"], told["driver"]) == ("session_booked", "Anna")
        assert told["cost"] == pytest.approx(cost)

        row = await exported(client, anna)
        assert row["driver"] == "Anna"
        assert float(row["energy_kwh"]) == pytest.approx(taken_kwh, abs=0.002)
        assert float(row["cost"]) == pytest.approx(cost)
        assert CARD not in str(row)


async def charged(box: SimulatedStation) -> float:
    """Charge a car, and take it away; returns the kWh in the station's own books, which are whole Wh."""
    begun_wh = box.evse(1).register_wh
    box.plug_in(1, Vehicle(maximum_a=16))

    async def enough() -> bool:
        return box.evse(1).register_wh - begun_wh > 30

    await eventually(enough)
    box.unplug(1)
    return int(box.evse(1).register_wh - begun_wh) / 1000


async def exported(client: HomeAssistant, driver: str) -> dict[str, str]:
    """Return the only session of a driver's table."""
    devices = await client.call("config/device_registry/list")
    [device] = [
        one["id"] for one in devices if ["evenload", driver] in one["identifiers"]
    ]
    answer = await client.post(
        "/api/services/evenload/export_sessions?return_response", {"driver": device}
    )
    (file,) = answer["service_response"]["files"]
    text = Path(file["path"]).read_text(encoding="utf-8")
    (row,) = csv.DictReader(text.splitlines())
    return row
