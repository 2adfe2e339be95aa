"""A vehicle charges on a driver's card; the session and its cost are in Home Assistant, and agree with the station's own books."""

from contextlib import AsyncExitStack
import csv
from pathlib import Path

import pytest

from simulator import SimulatedStation, Vehicle
from tests.end_to_end.conftest import StartDemo
from tests.end_to_end.test_crash import eventually, owner_of

CARD = "04AABBCC"
PRICE = 0.31

TARIFF = {
    "init": {"next_step_id": "outlook"},
    "outlook": {
        "price_source": "two_rates",
        "export_source": "none",
        "forecasts": [],
        "learn_house": False,
        "demand": False,
    },
    # The same at all hours, so that the hour of this test is of no consequence.
    "outlook_prices": {
        "high_price": PRICE,
        "low_price": PRICE,
        "low_from": "23:00:00",
        "low_until": "07:00:00",
        "weekend_low": False,
    },
}


async def test_a_bill_agrees_with_the_station(start_demo: StartDemo) -> None:
    demo = await start_demo("--no-simulator")
    port = demo.ocpp_url.rpartition(":")[2]
    async with owner_of(demo) as owner, AsyncExitStack() as stack:
        fill_in = owner._client.fill_in
        site = {
            "port": int(port),
            "main_fuse_a": 25,
            "phases": "3",
            "voltage_v": 230,
            "advanced": {},
        }
        made = await fill_in("flow", "evenload", {"user": site})
        entry_id = made["result"]["entry_id"]
        station = {
            "name": "Garage",
            "identity": "BOX-1",
            "phases": "3",
            "maximum_a": 32,
        }
        await fill_in("subentries/flow", [entry_id, "station"], {"user": station})
        await fill_in("options/flow", entry_id, TARIFF)
        box = await stack.enter_async_context(
            SimulatedStation("BOX-1", demo.ocpp_url, autostart_tag=CARD)
        )

        async def connected() -> bool:
            return await owner.state("BOX-1_connected") == "on"

        await eventually(connected)
        begun_wh = box.evse(1).register_wh
        box.plug_in(1, Vehicle(maximum_a=16))

        async def charged() -> bool:
            return box.evse(1).register_wh - begun_wh > 30

        await eventually(charged)
        box.unplug(1)

        async def booked() -> bool:
            event = await owner.whole_state("BOX-1_1_activity")
            return bool(event["attributes"].get("event_type") == "session_booked")

        await eventually(booked)
        # The station's books are whole Wh.
        taken_kwh = int(box.evse(1).register_wh - begun_wh) / 1000
        told = (await owner.whole_state("BOX-1_1_activity"))["attributes"]
        assert told["energy_kwh"] == pytest.approx(taken_kwh, abs=0.002)
        assert told["cost"] == pytest.approx(taken_kwh * PRICE, abs=0.01)
        assert CARD not in str(told)
        shown = float(await owner.state("BOX-1_1_last_session_cost"))
        assert shown == pytest.approx(told["cost"])

        answer = await owner._client.post(
            "/api/services/evenload/export_sessions?return_response", {}
        )
        (file,) = answer["service_response"]["files"]
        text = Path(file["path"]).read_text(encoding="utf-8")
        (row,) = csv.DictReader(text.splitlines())
        assert float(row["energy_kwh"]) == pytest.approx(taken_kwh, abs=0.002)
        assert float(row["cost"]) == pytest.approx(told["cost"])
        assert row["end_reason"] == "EVDisconnected"
