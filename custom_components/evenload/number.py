"""The owner's numbers: what each connector may draw and shall get, and the limits of what they share."""

from collections.abc import Iterable

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import EvenloadConfigEntry
from .devices import subentry_id
from .discharging import where_allowed
from .engine.model.configuration import Strategy
from .engine.model.identity import EvseKey
from .engine.model.phases import CurrentType
from .lazy import Latecomers
from .node_numbers import limits_of
from .own_numbers import (
    CHARGING,
    DISCHARGING,
    MAXIMA,
    PRIORITY,
    OwnNumber,
    OwnNumberDescription,
)
from .roster import async_add_as_they_come
from .sharing import WhereSharedBy

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0

_OF_KIND = {
    given: tuple(row for row in MAXIMA if row.current_type is given)
    for given in CurrentType
}


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the numbers."""
    site = entry.runtime_data

    def of_evse(key: EvseKey, rows: Iterable[OwnNumberDescription]) -> list[OwnNumber]:
        return [OwnNumber(entry, key, row) for row in rows]

    def of_kind(key: EvseKey) -> tuple[OwnNumberDescription, ...]:
        known = key.identity in site.stations
        return _OF_KIND[site.kind(key).current_type] if known else ()

    maxima = Latecomers[EvseKey, OwnNumberDescription](
        hass,
        entry,
        MAXIMA,
        Platform.NUMBER,
        belonging=of_kind,
        subscribe=site.on_evse,
        add=lambda key, rows: async_add_entities(
            of_evse(key, rows), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )
    priorities = WhereSharedBy(
        hass,
        entry,
        async_add_entities,
        Strategy.PRIORITY,
        (Platform.NUMBER, PRIORITY.key),
        create=lambda key: OwnNumber(entry, key, PRIORITY),
    )
    of_discharging = where_allowed(
        hass,
        entry,
        async_add_entities,
        Platform.NUMBER,
        DISCHARGING,
        lambda key, row: OwnNumber(entry, key, row),
    )
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: (
            *of_evse(key, maxima.split(key)),
            *of_evse(key, CHARGING),
            *priorities.of(key),
            *of_discharging(key),
        ),
        node=lambda node_id: limits_of(entry, node_id),
    )
