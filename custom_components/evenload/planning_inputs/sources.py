"""What there is in this Home Assistant that tells prices, or what the sun will bring: found, and offered in the form."""

from statistics import fmean

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.util import dt as dt_util

from ..meter_checks import own_sensors
from .actions import ACTIONS
from .config import OF_ACTION, OF_ENTITY
from .prices import told_by, unit_told
from .quarters import closed

# Where prices are told in attributes: sensors, and events of those that found the lists too long for a sensor.
_DOMAINS = ("sensor", "event")


@callback
def found_prices(hass: HomeAssistant) -> dict[str, str]:
    """Return the sources of prices by how they are kept, with their names; the likeliest comes first.

    What costs most is likeliest what the owner pays: beside it stand the market's prices without taxes and fees.
    """
    entities = {
        f"{OF_ENTITY}{state.entity_id}": (level, state.name)
        for state in hass.states.async_all(_DOMAINS)
        if (level := _level(hass, state)) is not None
    }
    for entity_id in own_sensors(hass):
        entities.pop(f"{OF_ENTITY}{entity_id}", None)
    ordered = sorted(entities.items(), key=lambda row: (-row[1][0], row[0]))
    return _asked(hass) | {source: name for source, (_, name) in ordered}


def _asked(hass: HomeAssistant) -> dict[str, str]:
    """Return the entries that answer an action."""
    return {
        f"{OF_ACTION}{domain}:{entry.entry_id}:{part}": f"{entry.title} {part}".strip()
        for domain, action in ACTIONS.items()
        if hass.services.has_service(domain, action.service)
        for entry in hass.config_entries.async_entries(domain)
        if entry.state is ConfigEntryState.LOADED
        for part in action.parts(entry)
    }


def _level(hass: HomeAssistant, state: State) -> float | None:
    """Return the mean of the prices that an entity tells, or None where it tells none that hold now, or in money of others."""
    if len(state.attributes) < 1 or (told := told_by(state)) is None:
        return None
    unit = unit_told(told, state)
    if unit is None or not unit.fits(hass.config.currency):
        return None
    now = dt_util.utcnow()
    slots = closed(told.slots)
    if not any(slot.start <= now and slot.end and now < slot.end for slot in slots):
        return None
    return fmean(slot.value for slot in slots) * unit.factor
