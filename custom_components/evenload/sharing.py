"""What only some ways of sharing ask for: it is shown at the connectors that are shared so, or once were."""

from collections.abc import Callable, Iterable

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .configuration import site_config
from .const import DOMAIN, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .devices import subentry_id
from .engine.model.configuration import Strategy
from .engine.model.identity import EvseKey


class WhereSharedBy:
    """The connectors that wait until somebody shares them in a way that asks for an entity."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        async_add_entities: AddConfigEntryEntitiesCallback,
        strategy: Strategy,
        entity: tuple[Platform, str],
        create: Callable[[EvseKey], Entity],
    ) -> None:
        """Wait for nothing yet; `entity` is its platform and its key, and each connector gets one from `create`."""
        self._registry = er.async_get(hass)
        self._entry = entry
        self._strategy = strategy
        self._entity = entity
        self._async_add_entities = async_add_entities
        self._create = create
        self._waiting: set[EvseKey] = set()
        entry.async_on_unload(
            async_dispatcher_connect(
                hass, SIGNAL_CHANGED.format(entry.entry_id), self._look
            )
        )

    def of(self, key: EvseKey) -> Iterable[Entity]:
        """Return the entity of a connector if it is there already; otherwise it is added when it is asked for."""
        platform, name = self._entity
        known = self._registry.async_get_entity_id(platform, DOMAIN, f"{key}_{name}")
        if known or key.identity in stations_sharing_by(self._entry, self._strategy):
            self._waiting.discard(key)
            return [self._create(key)]
        self._waiting.add(key)
        return []

    @callback
    def _look(self) -> None:
        """Add what is asked for now."""
        stations = stations_sharing_by(self._entry, self._strategy)
        there = self._entry.runtime_data.stations
        for key in tuple(self._waiting):
            if key.identity in stations and key.identity in there:
                self._waiting.discard(key)
                self._async_add_entities(
                    [self._create(key)],
                    config_subentry_id=subentry_id(self._entry, key.identity),
                )


def stations_sharing_by(entry: EvenloadConfigEntry, strategy: Strategy) -> set[str]:
    """Return the stations whose group, one that this is behind, or the grid connection shares in this way."""
    site = entry.runtime_data
    config = site_config(entry)
    if site.whole.strategy is strategy:
        return set(config.stations)
    sharing = {one.id for one in site.groups.values() if one.strategy is strategy}
    if not sharing:
        return set()
    return {
        identity
        for identity in config.stations
        if not sharing.isdisjoint(config.circuits_above(identity))
    }
