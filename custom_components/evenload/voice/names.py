"""By which names connectors, groups and grid connections are known to a voice assistant."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
import re

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)

from ..configuration import site_config
from ..const import DOMAIN
from ..data import EvenloadConfigEntry
from ..devices import node_name, station_subentry
from ..engine.model.identity import EvseKey
from ..engine.model.tree import ROOT

# What changes something when it is set.
_CONTROLS = {
    Platform.BUTTON,
    Platform.DATETIME,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SWITCH,
}

# Stands for all connectors; nothing that is called so can be spoken.
EVERYONE = "*"


@dataclass(frozen=True, slots=True)
class Named:
    """A connector (`key`), or a group or grid connection (`node_id`), as somebody may speak of it."""

    entry: EvenloadConfigEntry
    name: str
    key: EvseKey | None = None
    node_id: str = ROOT
    may_change: bool = False
    # The areas that its device, or its station's, is in.
    area_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that an assistant may know, by its names in lower case; an area stands for its connectors."""

    connectors: tuple[Named, ...] = ()
    circuits: tuple[Named, ...] = ()
    own_names: dict[str, list[Named]] = field(default_factory=dict)
    areas: dict[str, list[Named]] = field(default_factory=dict)
    # Each name as its owner writes it.
    written: dict[str, str] = field(default_factory=dict)

    @property
    def site(self) -> Named | None:
        """Return the grid connection; of several, the first."""
        return next((one for one in self.circuits if one.node_id == ROOT), None)

    def called(self, name: str) -> list[Named]:
        """Return what has this name; what is called so itself comes before what is in an area of that name."""
        spoken = plain(name)
        return self.own_names.get(spoken) or self.areas.get(spoken, [])


def plain(name: str) -> str:
    """Return a name as it is heard: without what nobody speaks, in lower case."""
    return " ".join(re.sub(r"[^\w']", " ", name).casefold().split())


@callback
def async_known(hass: HomeAssistant, assistant: str) -> Known:
    """Return everything of which something is exposed to this assistant."""
    entries: list[EvenloadConfigEntry] = hass.config_entries.async_loaded_entries(
        DOMAIN
    )
    known = Known()
    connectors: list[Named] = []
    circuits: list[Named] = []
    for entry in entries:
        exposed = _Exposed(hass, entry, assistant)
        own = list(exposed.connectors())
        for one in own:
            _add(known, known.own_names, exposed.names_of(one), one)
            _add(known, known.areas, exposed.areas_of(one), one)
        for one in exposed.circuits(own):
            circuits.append(one)
            _add(known, known.own_names, exposed.names_of(one), one)
        connectors += own
    return replace(known, connectors=tuple(connectors), circuits=tuple(circuits))


def _add(
    known: Known, found: dict[str, list[Named]], names: Iterable[str], one: Named
) -> None:
    for name in names:
        if (spoken := plain(name)) and one not in found.setdefault(spoken, []):
            found[spoken].append(one)
            known.written.setdefault(spoken, name)


class _Exposed:
    """What of one grid connection an assistant may know."""

    def __init__(
        self, hass: HomeAssistant, entry: EvenloadConfigEntry, assistant: str
    ) -> None:
        """Look at its entities once."""
        self._hass = hass
        self._entry = entry
        known: dict[str, list[er.RegistryEntry]] = defaultdict(list)
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        ):
            if entity.disabled:
                continue
            if async_should_expose(hass, assistant, entity.entity_id):
                for prefix in _prefixes(entity.unique_id):
                    known[prefix].append(entity)
        self._known = known

    def connectors(self) -> Iterator[Named]:
        """Yield the connectors that have an exposed entity."""
        for identity, station in self._entry.runtime_data.stations.items():
            subentry = station_subentry(self._entry, identity)
            title = subentry.title if subentry else identity
            for number in station.evses:
                key = EvseKey(identity, number)
                if entities := self._of(str(key)):
                    several = len(station.evses) > 1
                    one = Named(
                        self._entry,
                        f"{title} {number}" if several else title,
                        key=key,
                        may_change=_any_control(entities),
                    )
                    yield replace(one, area_ids=frozenset(self._area_ids(one)))

    def circuits(self, connectors: list[Named]) -> Iterator[Named]:
        """Yield groups and the grid connection: who may speak of every connector behind one, may speak of it."""
        config = site_config(self._entry)
        known = {one.key: one for one in connectors if one.key}
        stations = self._entry.runtime_data.stations
        names = {group.id: group.name for group in config.groups.values()}
        for node_id, name in {ROOT: self._entry.title, **names}.items():
            entities = self._of(node_name(self._entry, node_id))
            behind = [
                known.get(EvseKey(identity, number))
                for identity in config.stations_below(node_id)
                if identity in stations
                for number in stations[identity].evses
            ]
            all_known = bool(behind) and all(behind)
            if entities or all_known:
                may_all = all_known and all(one and one.may_change for one in behind)
                may_change = may_all or _any_control(entities)
                yield Named(self._entry, name, node_id=node_id, may_change=may_change)

    def names_of(self, one: Named) -> set[str]:
        """Return what something is called: its device, its station, and the aliases of its exposed entities."""
        own = str(one.key) if one.key else node_name(self._entry, one.node_id)
        names = {one.name}
        for entity in self._of(own):
            names |= {alias for alias in entity.aliases if isinstance(alias, str)}
        for device in self._devices(one):
            if device.name_by_user:
                names.add(device.name_by_user)
            # "Connector 2" alone can be any station's.
            if device.name and isinstance(device, dr.DeviceEntry):
                names.add(device.name)
        return names

    def areas_of(self, one: Named) -> set[str]:
        """Return the names of the area that something is in."""
        areas = ar.async_get(self._hass)
        names: set[str] = set()
        for area_id in one.area_ids:
            if area := areas.async_get_area(area_id):
                names |= {area.name, *area.aliases}
        return names

    def _area_ids(self, one: Named) -> Iterator[str]:
        for device in self._devices(one):
            if area_id := dr.async_get_effective_area_id(self._hass, device):
                yield area_id

    def _of(self, prefix: str) -> list[er.RegistryEntry]:
        """Return the exposed entities whose unique id begins so."""
        return self._known.get(prefix, [])

    def _devices(self, one: Named) -> list[dr.AnyDeviceEntry]:
        """Return the device of something, and of a connector that of its station."""
        registry = dr.async_get(self._hass)
        if one.key is None:
            named = [node_name(self._entry, one.node_id)]
        else:
            named = [f"{one.key.identity}/{one.key.evse}", one.key.identity]
        found = [
            registry.async_get_device_by_identifier(
                (DOMAIN, name), self._entry.entry_id
            )
            or registry.async_get_child_device_by_identifier(
                (DOMAIN, name), self._entry.entry_id
            )
            for name in named
        ]
        return [device for device in found if device]


def _any_control(entities: Iterable[er.RegistryEntry]) -> bool:
    return any(entity.domain in _CONTROLS for entity in entities)


def _prefixes(unique_id: str) -> Iterator[str]:
    """Yield everything before an underscore: one of it says whose entity it is."""
    for place, letter in enumerate(unique_id):
        if letter == "_":
            yield unique_id[:place]
