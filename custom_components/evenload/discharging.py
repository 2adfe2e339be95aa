"""What exists only where the owner lets vehicles feed back, and what he did about that."""

from collections.abc import Callable, Iterable, Sequence
import logging

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.translation import async_get_cached_translations

from .configuration import site_config
from .const import DOMAIN, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .devices import named_node, node_name, subentry_id
from .engine.model.identity import EvseKey
from .engine.model.v2x import V2gConfig
from .lazy import Latecomers, Row
from .v2g_config import may_discharge

_LOGGER = logging.getLogger(__name__)


def where_allowed[R: Row](
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    platform: Platform,
    rows: Sequence[R],
    create: Callable[[EvseKey, R], Entity],
) -> Callable[[EvseKey], list[Entity]]:
    """Return what makes the entities of a connector that may feed back; they come and go with the permission."""

    def of(key: EvseKey, some: Iterable[R]) -> list[Entity]:
        return [create(key, row) for row in some]

    latecomers = Latecomers[EvseKey, R](
        hass,
        entry,
        rows,
        platform,
        belonging=lambda key: rows if may_discharge(entry, key) else (),
        subscribe=lambda _, observer: async_dispatcher_connect(
            hass, SIGNAL_CHANGED.format(entry.entry_id), observer
        ),
        add=lambda key, some: async_add_entities(
            of(key, some), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )
    return lambda key: of(key, latecomers.split(key))


def where_any_allowed[R: Row](
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    platform: Platform,
    rows: Sequence[R],
    create: Callable[[str, R], Entity],
) -> Callable[[str], list[Entity]]:
    """Return what makes the entities of a group, or of the grid connection, behind which some vehicle may feed back."""

    def of(node_id: str, some: Iterable[R]) -> list[Entity]:
        return [create(node_id, row) for row in some]

    def belonging(name: str) -> Sequence[R]:
        config = site_config(entry)
        node_id = named_node(entry, name)
        if node_id and node_id not in config.groups:
            return ()
        below = config.stations_below(node_id)
        return rows if any(config.stations[one].v2g for one in below) else ()

    latecomers = Latecomers[str, R](
        hass,
        entry,
        rows,
        platform,
        belonging=belonging,
        subscribe=lambda _, observer: async_dispatcher_connect(
            hass, SIGNAL_CHANGED.format(entry.entry_id), observer
        ),
        add=lambda name, some: async_add_entities(
            of(named_node(entry, name), some),
            config_subentry_id=named_node(entry, name) or None,
        ),
    )
    return lambda node_id: of(node_id, latecomers.split(node_name(entry, node_id)))


@callback
def words_of(hass: HomeAssistant, hindrance: str) -> str:
    """Return why something is not discharged, in the words of its sensor."""
    words = async_get_cached_translations(hass, hass.config.language, "entity", DOMAIN)
    name = f"component.{DOMAIN}.entity.sensor.hindrance.state.{hindrance}"
    return words.get(name, hindrance)


@callback
def async_follow_permissions(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Log whenever the owner lets a connector feed back, in another way, or no more."""
    known: dict[EvseKey, V2gConfig] = {}
    cap_w = 0.0

    @callback
    def look() -> None:
        nonlocal cap_w
        config = site_config(entry)
        now = {
            EvseKey(station.identity, number): permission
            for station in config.stations.values()
            for number, permission in station.v2g.items()
        }
        for key, permission in now.items():
            if known.get(key) != permission:
                _LOGGER.info(
                    "Connector %s may feed back %.0f W %s, down to %.0f %%",
                    key,
                    permission.maximum_w,
                    "also into the grid" if permission.to_grid else "into the house",
                    permission.minimum_soc_percent,
                )
        for key in known.keys() - now.keys():
            _LOGGER.info("Connector %s may feed back no more", key)
        if config.export_cap_w != cap_w:
            _LOGGER.info("Into the grid may flow %.0f W", config.export_cap_w)
        known.clear()
        known.update(now)
        cap_w = config.export_cap_w

    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), look)
    )
    look()
