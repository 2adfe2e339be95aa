"""What the owner allows a connector to do, and whether a group is only watched."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.components.switch.const import SwitchDeviceClass
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .data import EvenloadConfigEntry
from .engine.model.identity import EvseKey
from .engine.model.stations import Evse
from .engine.site import Site
from .entity import EvseEntity, GroupEntity
from .errors import translated_errors
from .roster import async_add_as_they_come

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class EvseSwitchDescription(SwitchEntityDescription):
    """A switch of a connector; the owner's settings can be changed while the station is away."""

    is_on: Callable[[Evse], bool]
    turn: Callable[[Site, EvseKey, bool], Awaitable[object]]
    needs_connection: bool


SWITCHES = (
    EvseSwitchDescription(
        key="boost",
        needs_connection=False,
        is_on=lambda evse: evse.settings.boosted,
        turn=lambda site, key, on: site.boost(key, on=on),
    ),
    EvseSwitchDescription(
        key="charging_allowed",
        # The only one: lists of what an automation may pause are filtered by it.
        device_class=SwitchDeviceClass.SWITCH,
        needs_connection=False,
        is_on=lambda evse: evse.settings.charging_allowed,
        turn=lambda site, key, on: site.set_charging_allowed(key, allowed=on),
    ),
    EvseSwitchDescription(
        key="operative",
        entity_category=EntityCategory.CONFIG,
        needs_connection=True,
        is_on=lambda evse: evse.operative,
        turn=lambda site, key, on: site.commands(key.identity).set_availability(
            key.evse, operative=on
        ),
    ),
)
WATCH_ONLY = SwitchEntityDescription(
    key="watch_only", entity_category=EntityCategory.CONFIG
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the switches."""
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: [EvseSwitch(entry, key, row) for row in SWITCHES],
        node=lambda node_id: [WatchOnly(entry, node_id, WATCH_ONLY)],
    )


class EvseSwitch(EvseEntity, SwitchEntity):
    """Something that the owner allows or not."""

    entity_description: EvseSwitchDescription

    def __init__(
        self,
        entry: EvenloadConfigEntry,
        key: EvseKey,
        description: EvseSwitchDescription,
    ) -> None:
        """Take the connector as it is now."""
        super().__init__(entry, key, description)
        self._needs_connection = description.needs_connection

    @property
    @override
    def is_on(self) -> bool:
        """Return whether it is allowed now."""
        return self.entity_description.is_on(self._evse)

    @property
    @override
    def _shown(self) -> object:
        return self.available, self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Allow it."""
        await self._turn(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Disallow it."""
        await self._turn(on=False)

    async def _turn(self, *, on: bool) -> None:
        with translated_errors(self._entry):
            await self.entity_description.turn(self._site, self._key, on)


class WatchOnly(GroupEntity, SwitchEntity):
    """Whether what the members of a group would get is only shown."""

    @property
    @override
    def is_on(self) -> bool:
        """Return whether nothing is sent."""
        return self._group.shadow

    @property
    @override
    def _shown(self) -> object:
        return self.is_on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Only watch."""
        await self._turn(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let the limits reach the stations."""
        await self._turn(on=False)

    async def _turn(self, *, on: bool) -> None:
        with translated_errors(self._entry):
            await self._site.set_shadow(self._group_id, on)
        self.async_changed()
