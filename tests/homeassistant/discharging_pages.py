"""The pages of a station's form that are about discharging."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE
from homeassistant.core import HomeAssistant

GARAGE = {"name": "Garage", "phases": "3", "maximum_a": 32}
ON = GARAGE | {"discharging": True}
ALLOWED = {
    "discharge_w": 7400,
    "where": "house",
    "minimum_soc": 25,
    "told": "as_it_says",
    "confirmed": True,
}


async def open_page(hass: HomeAssistant, form: dict[str, Any]) -> dict[str, Any]:
    """Open the garage's form, submit its first page, and return what comes then."""
    opened = await hass.config_entries.subentries.async_init(
        ("site", "station"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": "station-garage"},
    )
    return await go_on(hass, opened, form)


async def go_on(
    hass: HomeAssistant, page: dict[str, Any], form: dict[str, Any]
) -> dict[str, Any]:
    """Submit a page."""
    result = await hass.config_entries.subentries.async_configure(page["flow_id"], form)
    await hass.async_block_till_done()
    return result


def suggested(page: dict[str, Any]) -> dict[str, Any]:
    """Return what a page begins with."""
    return {
        str(key): key.description["suggested_value"]
        for key in page["data_schema"].schema
        if key.description and "suggested_value" in key.description
    }


async def allow(hass: HomeAssistant, **said: Any) -> dict[str, Any]:
    """Let the garage discharge, and return the last page."""
    return await go_on(hass, await open_page(hass, ON), ALLOWED | said)
