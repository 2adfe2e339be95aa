"""The demo as its owner finds it: a tariff, a roof, a house that is known, and a car that charges when it costs least."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from simulator.demo import home
from simulator.demo.home_assistant import HomeAssistant
from simulator.demo.planning import PLANNED_SOC
from tests.end_to_end.conftest import StartDemo

PATIENCE_S = 90
EFFICIENCY = 0.9
QUARTER = timedelta(minutes=15)
TOLERANCE_KWH = 1.5
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
    wanted_percent = PLANNED_SOC - float(battery["state"])
    needed_kwh = wanted_percent / 100 * home.STATIONS[0].car_kwh / EFFICIENCY
    # What is missing is missing in the battery; what it takes to get it there is lost on the way as well.
    given_kwh = energy_kwh_of(planned) + float(missing["state"]) / EFFICIENCY
    return (
        states["sensor.home_plan"]["attributes"].get("without") == []
        and abs(given_kwh - needed_kwh) < TOLERANCE_KWH
    )


def energy_kwh_of(planned: dict[str, Any]) -> float:
    """Return what a plan gives from now on: of the quarter hour that has begun only the rest is left."""
    made_at = datetime.fromisoformat(planned["last_updated"])
    energy_kwh = 0.0
    for slot in planned["attributes"]["slots"]:
        start = datetime.fromisoformat(slot["start"])
        left = start + QUARTER - max(start, made_at)
        energy_kwh += slot["power_w"] / 1000 * (left / timedelta(hours=1))
    return energy_kwh


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
