"""Announces stations that dial in and are not adopted: one card each, a bounded number of them."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.config_entries import SOURCE_INTEGRATION_DISCOVERY
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import discovery_flow
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .checks import is_adopted
from .const import DOMAIN, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .engine.model.stations import PendingStation, StationInfo

# Whoever reaches the port can dial in under any name.
MAXIMUM_CARDS = 10


@dataclass(frozen=True, slots=True)
class UnknownStation:
    """What a card shows, and where the station dialled in."""

    entry_id: str
    identity: str
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    pin: str | None = None

    @property
    def make(self) -> str | None:
        """Vendor and model, or what is known of them."""
        return " ".join(part for part in (self.vendor, self.model) if part) or None


@callback
def async_announce_unknown(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Show a card for each unknown station, until it is adopted or gone."""
    site = entry.runtime_data

    @callback
    def announce(pending: PendingStation) -> None:
        card = _card(entry, pending)
        # Who had been silent may say now what it is: the newer card replaces the older.
        dismiss(lambda old: old.identity == card.identity and old != card)
        if is_adopted(hass, card.identity) or _is_ignored(hass, card.identity):
            return
        discovery_flow.async_create_flow(
            hass,
            DOMAIN,
            context={"source": SOURCE_INTEGRATION_DISCOVERY},
            data=card,
        )

    @callback
    def dismiss_adopted() -> None:
        dismiss(lambda card: card.identity in site.stations)

    @callback
    def dismiss_left(identity: str) -> None:
        dismiss(lambda card: card.identity == identity)

    @callback
    def dismiss(matches: Callable[[UnknownStation], bool]) -> None:
        hass.config_entries.flow.async_dismiss_discovery_flows(
            UnknownStation,
            lambda card: card.entry_id == entry.entry_id and matches(card),
        )

    entry.async_on_unload(site.on_pending(announce))
    entry.async_on_unload(site.on_pending_left(dismiss_left))
    entry.async_on_unload(
        async_dispatcher_connect(
            hass, SIGNAL_CHANGED.format(entry.entry_id), dismiss_adopted
        )
    )
    entry.async_on_unload(lambda: dismiss(lambda _: True))


def has_enough_cards(hass: HomeAssistant) -> bool:
    """Whether no other card may be shown."""
    cards = hass.config_entries.flow.async_progress_by_init_data_type(
        UnknownStation, lambda _: True
    )
    return len(cards) >= MAXIMUM_CARDS


def _card(entry: EvenloadConfigEntry, pending: PendingStation) -> UnknownStation:
    """Return what to show of a station that may not have said what it is."""
    info = pending.info or StationInfo()
    return UnknownStation(
        entry_id=entry.entry_id,
        identity=pending.identity,
        vendor=info.vendor,
        model=info.model,
        serial=info.serial,
        pin=pending.pin,
    )


def _is_ignored(hass: HomeAssistant, identity: str) -> bool:
    """Whether the owner does not want to hear of this station."""
    return bool(hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, identity))
