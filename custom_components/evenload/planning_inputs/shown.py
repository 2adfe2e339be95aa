"""The inputs of planning as diagnostics show them."""

from typing import Any

from homeassistant.core import HomeAssistant

from ..data import EvenloadConfigEntry
from .board import board_of


def inputs_shown(hass: HomeAssistant, entry: EvenloadConfigEntry) -> dict[str, Any]:
    """Return how each input is, and what the engine was told of the coming hours."""
    return {
        "outlook": entry.runtime_data.outlook,
        "inputs": {
            place.kind if place.key is None else f"{place.kind} {place.key}": {
                "state": status.state,
                **status.placeholders,
            }
            for place, status in board_of(hass, entry).statuses.items()
        },
    }
