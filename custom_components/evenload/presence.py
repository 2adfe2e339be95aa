"""What follows from a station's coming, going and saying what it is."""

import logging

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback

from .data import EvenloadConfigEntry
from .devices import async_sync_station, station_subentry
from .engine.model.events import Booted, Connected, Disconnected, Event

_LOGGER = logging.getLogger(__name__)


@callback
def async_follow_presence(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Keep devices as their stations describe themselves; log once when one goes and when it is back."""
    away: set[str] = set()

    @callback
    def follow(event: Event) -> None:
        # It is no news that stations go when the site closes.
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return
        match event:
            case Booted(identity=identity):
                async_sync_station(hass, entry, identity)
            case Connected(identity=identity) if identity in away:
                away.discard(identity)
                _LOGGER.info("Station %s is back", _name(entry, identity))
            case Disconnected(identity=identity, replaced=False) if (
                identity not in away
            ):
                away.add(identity)
                _LOGGER.info("Station %s is gone", _name(entry, identity))

    entry.async_on_unload(entry.runtime_data.on_event(follow))


def _name(entry: EvenloadConfigEntry, identity: str) -> str:
    """Return what the owner calls it."""
    subentry = station_subentry(entry, identity)
    return subentry.title if subentry else identity
