"""A home with a price sensor, a car with sensors, and the pages of its forms that are about them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

# A Sunday; four in the afternoon in Amsterdam.
NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRICES = "sensor.prices"


def tell_prices(
    hass: HomeAssistant,
    *prices: float | None,
    unit: str = "EUR/kWh",
    begin: datetime = NOW,
    entity_id: str = PRICES,
) -> None:
    """Let a sensor tell the prices of hours."""
    rows = [
        {"start": (begin + place * HOUR).isoformat(), "price": price}
        for place, price in enumerate(prices)
    ]
    hass.states.async_set(
        entity_id,
        "0.2",
        {
            "unit_of_measurement": unit,
            "prices": rows,
            "friendly_name": entity_id.partition(".")[2].title(),
        },
    )


def issues(hass: HomeAssistant) -> list[tuple[str | None, dict[str, str] | None]]:
    """Return the issues that are shown, with what is filled in."""
    return [
        (issue.translation_key, issue.translation_placeholders)
        for issue in ir.async_get(hass).issues.values()
        if issue.domain == "evenload" and issue.active
    ]


async def open_options(hass: HomeAssistant) -> dict[str, Any]:
    """Open the page of prices and forecasts."""
    menu = await hass.config_entries.options.async_init("site")
    return await hass.config_entries.options.async_configure(
        menu["flow_id"], {"next_step_id": "outlook"}
    )


async def go_on(
    hass: HomeAssistant, page: dict[str, Any], said: dict[str, Any]
) -> dict[str, Any]:
    """Submit a page."""
    found = await hass.config_entries.options.async_configure(page["flow_id"], said)
    await hass.async_block_till_done(wait_background_tasks=True)
    return found
