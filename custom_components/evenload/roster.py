"""Gives every platform the stations, connectors and groups that come while it runs."""

from collections.abc import Callable, Iterable, Mapping

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import (
    AddConfigEntryEntitiesCallback,
    async_get_current_platform,
)

from .const import SIGNAL_CHANGED, SUBENTRY_GROUP
from .data import EvenloadConfigEntry
from .devices import station_subentries
from .engine.model.identity import EvseKey
from .engine.model.tree import ROOT
from .entity import EvenloadEntity

type Create[Subject] = Callable[[Subject], Iterable[Entity]]


@callback
def async_add_as_they_come(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
    *,
    station: Create[str] = lambda _: (),
    evse: Create[EvseKey] = lambda _: (),
    group: Create[str] = lambda _: (),
    node: Create[str] = lambda _: (),
) -> None:
    """Add the entities of all that is there now, and of all that comes later; tell those there are of other settings.

    A `node` is the grid connection or a group.
    """
    platform = async_get_current_platform()
    stations: set[str] = set()
    evses: set[EvseKey] = set()
    groups: set[str] = set()

    def add[Subject](
        subentries: Mapping[Subject, str],
        present: set[Subject],
        create: Create[Subject],
    ) -> None:
        new = [subject for subject in subentries if subject not in present]
        present.clear()
        present.update(subentries)
        for subject in new:
            async_add_entities(create(subject), config_subentry_id=subentries[subject])

    @callback
    def sweep() -> None:
        # The platform is gone before the site is.
        if entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return
        add(_stations(entry), stations, station)
        add(_evses(entry), evses, evse)
        add(_groups(entry), groups, lambda one: (*group(one), *node(one)))
        for entity in tuple(platform.entities.values()):
            if isinstance(entity, EvenloadEntity):
                entity.async_changed()

    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sweep)
    )
    async_add_entities(node(ROOT))
    sweep()


def _stations(entry: EvenloadConfigEntry) -> dict[str, str]:
    """Return every station with its subentry."""
    return {
        identity: subentry.subentry_id
        for identity, subentry in station_subentries(entry).items()
    }


def _evses(entry: EvenloadConfigEntry) -> dict[EvseKey, str]:
    """Return every connector with the subentry of its station."""
    return {
        EvseKey(identity, number): subentry_id
        for identity, subentry_id in _stations(entry).items()
        for number in entry.runtime_data.stations[identity].evses
    }


def _groups(entry: EvenloadConfigEntry) -> dict[str, str]:
    """Return every group; its subentry is its name."""
    return {
        subentry.subentry_id: subentry.subentry_id
        for subentry in entry.get_subentries_of_type(SUBENTRY_GROUP)
        if subentry.subentry_id in entry.runtime_data.groups
    }
