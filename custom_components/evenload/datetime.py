"""When the vehicle at a connector leaves."""

from datetime import datetime
from typing import override

from homeassistant.components.datetime import DateTimeEntity, DateTimeEntityDescription
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .data import EvenloadConfigEntry
from .entity import EvseEntity
from .errors import translated_errors
from .roster import async_add_as_they_come

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0

DEPARTURE = DateTimeEntityDescription(key="departure")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the departures."""
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: [Departure(entry, key, DEPARTURE)],
    )


class Departure(EvseEntity, DateTimeEntity):
    """When the vehicle leaves; the owner's, so it can be set while the station is away."""

    _needs_connection = False

    @property
    @override
    def native_value(self) -> datetime | None:
        """Return when it leaves, if that is known."""
        return self._evse.settings.departs_at

    @property
    @override
    def _shown(self) -> object:
        return self.native_value

    @override
    async def async_set_value(self, value: datetime) -> None:
        """Set when it leaves; a time that is over is none."""
        departs_at = value if value > dt_util.utcnow() else None
        with translated_errors(self._entry):
            await self._site.set_departure(self._key, departs_at)
