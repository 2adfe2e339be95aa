"""The demo as its owner finds it: a tariff, a roof, a house that is known, and a car that charges when it costs least."""

import asyncio
from datetime import datetime
from typing import Any

from simulator.demo import home
from simulator.demo.home_assistant import HomeAssistant
from simulator.demo.planning import PLANNED_SOC
from tests.end_to_end.conftest import StartDemo

PATIENCE_S = 90
EFFICIENCY = 0.9
QUARTER_H = 0.25
TOLERANCE_KWH = 2.0
NEIGHBOURS = ("driveway", "carport", "barn")
INPUTS = ("prices", "export_prices", "solar_forecast", "expected_house_load")

type States = dict[str, dict[str, Any]]


async def settled(client: HomeAssistant) -> States:
    """Wait until a plan knows everything, also how full the car is; returns all states by entity."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            states = {one["entity_id"]: one for one in await client.get("/api/states")}
            if is_settled(states):
                return states
            await asyncio.sleep(1)


def is_settled(states: States) -> bool:
    """Whether nothing is unknown any more, and the plan gives the car what it needs."""
    known = (
        "sensor.garage_planned_power",
        "sensor.garage_car_battery",
        "sensor.garage_missing_at_departure",
    )
    if any(
        states.get(name, {}).get("state") in {None, "unknown", "unavailable"}
        for name in known
    ):
        return False
    planned, battery, missing = (states[name] for name in known)
    energy_kwh = sum(
        slot["power_w"] * QUARTER_H / 1000 for slot in planned["attributes"]["slots"]
    )
    wanted_percent = PLANNED_SOC - float(battery["state"])
    needed_kwh = wanted_percent / 100 * home.STATIONS[0].car_kwh / EFFICIENCY
    given_kwh = energy_kwh + float(missing["state"])
    return (
        states["sensor.home_plan"]["attributes"].get("without") == []
        and abs(given_kwh - needed_kwh) < TOLERANCE_KWH
    )


async def test_a_car_waits_for_the_cheap_hours(start_demo: StartDemo) -> None:
    demo = await start_demo("--plan")
    async with HomeAssistant(demo.url) as client:
        await client.sign_in(demo.token)
        states = await settled(client)
    assert [states[f"sensor.home_{name}"]["state"] for name in INPUTS] == ["good"] * 4
    garage = states["sensor.garage_planned_power"]["attributes"]
    assert garage["price_unit"] == "EUR/kWh"
    leaves = datetime.fromisoformat(states["datetime.garage_departure"]["state"])
    neighbours = (states[f"sensor.{name}_planned_power"] for name in NEIGHBOURS)
    taken_w = [
        sum(max(0, slot["power_w"]) for slot in together)
        for together in zip(
            *(one["attributes"]["slots"] for one in neighbours), strict=True
        )
    ]
    slots = [
        (slot["price"], slot["power_w"], others_w)
        for slot, others_w in zip(garage["slots"], taken_w, strict=True)
        if slot["price"] is not None and datetime.fromisoformat(slot["start"]) < leaves
    ]
    charging = [price for price, power_w, _ in slots if power_w > 0]
    # Where neighbours that do not wait fill the fuse there is nothing to choose, nor shortly before it leaves.
    waiting = [
        price for price, power_w, others_w in slots if power_w == 0 and others_w == 0
    ]
    assert charging
    if waiting:
        assert sum(charging) / len(charging) < sum(waiting) / len(waiting)
