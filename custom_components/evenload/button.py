"""What a station can be asked to do once."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.components.button.const import ButtonDeviceClass
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .discharging import where_allowed, words_of
from .engine.csms.commands import Commands
from .engine.model.errors import BadSetting
from .entity import EvseEntity, StationEntity
from .errors import translated_errors
from .roster import async_add_as_they_come
from .security_flow import async_give_password

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class StationButtonDescription(ButtonEntityDescription):
    """A button of a station."""

    press: Callable[[Commands], Awaitable[None]]


STATION_BUTTONS = (
    StationButtonDescription(
        key="hard_reset",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=False,
        press=lambda commands: commands.reset(hard=True),
    ),
    StationButtonDescription(
        key="reset",
        device_class=ButtonDeviceClass.RESTART,
        entity_category=EntityCategory.CONFIG,
        press=lambda commands: commands.reset(hard=False),
    ),
)
LEARN_AGAIN = ButtonEntityDescription(
    key="learn_again",
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)
PROTECT = ButtonEntityDescription(key="protect", entity_category=EntityCategory.CONFIG)
TEST_DISCHARGING = ButtonEntityDescription(
    key="test_discharging", entity_category=EntityCategory.CONFIG
)
UNLOCK = ButtonEntityDescription(key="unlock")


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the buttons."""
    of_discharging = where_allowed(
        hass,
        entry,
        async_add_entities,
        Platform.BUTTON,
        (TEST_DISCHARGING,),
        lambda key, row: TestDischarging(entry, key, row),
    )
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        station=lambda identity: [
            *(StationButton(entry, identity, row) for row in STATION_BUTTONS),
            LearnAgain(entry, identity, LEARN_AGAIN),
            Protect(entry, identity, PROTECT),
        ],
        evse=lambda key: [Unlock(entry, key, UNLOCK), *of_discharging(key)],
    )


class StationButton(StationEntity, ButtonEntity):
    """Asks the station to do something."""

    entity_description: StationButtonDescription

    @override
    async def async_press(self) -> None:
        """Ask it."""
        with translated_errors(self._entry):
            await self.entity_description.press(self._site.commands(self._identity))


class LearnAgain(StationEntity, ButtonEntity):
    """Finds out anew which limits the station takes."""

    @override
    async def async_press(self) -> None:
        """Forget what it took; the next limits show it."""
        self._site.learn_limits_again(self._identity)


class Protect(StationEntity, ButtonEntity):
    """Gives the station a password of its own."""

    @override
    async def async_press(self) -> None:
        """Give it one; it is required from the moment in which the station shows it."""
        with translated_errors(self._entry):
            await async_give_password(self.hass, self._entry, self._identity)


class Unlock(EvseEntity, ButtonEntity):
    """Releases the cable."""

    @override
    async def async_press(self) -> None:
        """Release it."""
        with translated_errors(self._entry):
            await self._site.commands(self._key.identity).unlock(self._key.evse)


class TestDischarging(EvseEntity, ButtonEntity):
    """Asks for a small discharge, and believes only what is measured."""

    @override
    async def async_press(self) -> None:
        """Ask for it, and say what was measured if that was not enough."""
        measured: list[float] = []

        @callback
        def look() -> None:
            evse = self._site.evse(self._key)
            if evse.reading.power_w is not None:
                measured.append(evse.reading.power_w)

        unsubscribe = self._site.on_evse(self._key, look)
        try:
            with translated_errors(self._entry):
                proven = await self._probe()
        finally:
            unsubscribe()
        if proven:
            return
        subentry = station_subentry(self._entry, self._key.identity)
        name = subentry.title if subentry else self._key.identity
        if not measured:
            raise HomeAssistantError(
                translation_domain=DOMAIN,
                translation_key="discharge_not_measured",
                translation_placeholders={"station": name},
            )
        raise HomeAssistantError(
            translation_domain=DOMAIN,
            translation_key="discharge_not_shown",
            translation_placeholders={
                "station": name,
                "power": f"{min(measured):.0f}",
            },
        )

    async def _probe(self) -> bool:
        """Return whether energy came out; what stands in the way is said in the owner's words."""
        try:
            return await self._site.probe_discharge(self._key)
        except BadSetting as err:
            if (reason := err.placeholders.get("reason")) is None:
                raise
            words = words_of(self.hass, reason)
            raise BadSetting(err.key, reason=words) from err
