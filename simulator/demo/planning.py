"""What the owner says of prices, sun and cars, and the car that charges when it costs least."""

import asyncio
from contextlib import suppress
from typing import Any

from . import home, past
from .home_assistant import HomeAssistant, RefusedError

type Json = dict[str, Any]

ROOF = "simulated_roof"
PRICES = "sensor.electricity_price"
IMPORTED, EXPORTED = "sensor.grid_import", "sensor.grid_export"
MADE = "sensor.grid_solar_energy"
# What the supplier pays for a kWh less than it takes.
EXPORT_DEDUCTION_EUR = 0.12

# It charges when it costs least, and is as full as this when it leaves.
PLANNED = home.STATIONS[0].identity
PLANNED_MODE = "cheapest"
PLANNED_SOC = 80
PATIENCE_S = 30


async def configure(home_assistant: HomeAssistant, home_url: str) -> None:
    """Fill in what is not filled in yet: the roof's forecast, the Energy dashboard, prices and forecasts."""
    entries = await home_assistant.call("config_entries/get", domain=ROOF)
    form = {"user": {"url": home_url}}
    if entries:
        # The home is on another port each time.
        with suppress(RefusedError):
            await home_assistant.fill_in("flow", ROOF, form)
        return
    made = await home_assistant.fill_in("flow", ROOF, form)
    roof = str(made["result"]["entry_id"])
    await home_assistant.call("energy/save_prefs", energy_sources=_energy_sources(roof))
    await past.remember(home_assistant, imported=IMPORTED, exported=EXPORTED, made=MADE)
    if entry := await home.entry(home_assistant):
        await home_assistant.fill_in(
            "options/flow", entry["entry_id"], _outlook_forms(roof)
        )


def _energy_sources(roof: str) -> list[Json]:
    return [
        {
            "type": "grid",
            "stat_energy_from": IMPORTED,
            "stat_energy_to": EXPORTED,
            "entity_energy_price": PRICES,
            "cost_adjustment_day": 0,
        },
        {
            "type": "solar",
            "stat_energy_from": MADE,
            "config_entry_solar_forecast": [roof],
        },
    ]


def _outlook_forms(roof: str) -> dict[str, Json]:
    """Return the answers to the forms of prices and forecasts, by step."""
    return {
        "init": {"next_step_id": "outlook"},
        "outlook": {
            "price_source": f"entity:{PRICES}",
            "export_source": "market",
            "forecasts": [roof],
            "learn_house": True,
            "demand": False,
        },
        "outlook_prices": {
            "surcharge": 0,
            "vat": 0,
            "export_deduction": EXPORT_DEDUCTION_EUR,
        },
    }


async def begin(home_assistant: HomeAssistant) -> None:
    """Have a car charge when it costs least, as soon as Home Assistant can be told to."""
    for domain, key, service, data in (
        ("number", "target_soc", "set_value", {"value": PLANNED_SOC}),
        ("select", "charge_mode", "select_option", {"option": PLANNED_MODE}),
    ):
        unique_id = f"{PLANNED}_1_{key}"
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                while not await _say(home_assistant, unique_id, domain, service, data):
                    await asyncio.sleep(0.5)


async def _say(
    home_assistant: HomeAssistant,
    unique_id: str,
    domain: str,
    service: str,
    data: Json,
) -> bool:
    registry = await home_assistant.call("config/entity_registry/list")
    found = [each["entity_id"] for each in registry if each["unique_id"] == unique_id]
    if not found:
        return False
    try:
        await home_assistant.call(
            "call_service",
            domain=domain,
            service=service,
            service_data=data,
            target={"entity_id": found[0]},
        )
    except RefusedError:
        return False
    return True
