"""When and on how many phases a connector charges, what its vehicle does beside that, and how a group shares."""

from collections.abc import Iterable
from dataclasses import replace
import logging
from typing import override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .central_config import SUBENTRY_CENTRAL
from .const import SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .devices import subentry_id
from .discharging import where_allowed
from .engine.model.configuration import Strategy
from .engine.model.identity import EvseKey
from .engine.model.planning import ChargeMode
from .engine.model.v2x import V2gMode
from .entity import EvseEntity, GroupEntity
from .errors import translated_errors
from .lazy import Latecomers
from .programme_config import SUBENTRY_PROGRAMME
from .roster import async_add_as_they_come

# The engine sends one message at a time to each station, and lets one station not wait for another.
PARALLEL_UPDATES = 0

_LOGGER = logging.getLogger(__name__)

# As the owner chooses, and as the engine has it.
CHOICES: dict[str, int | None] = {"automatic": None, "one": 1, "three": 3}


# It waits until a station is known to switch.
PHASES = SelectEntityDescription(
    key="phases", entity_category=EntityCategory.CONFIG, options=list(CHOICES)
)
_EVERY = (PHASES,)

CHARGE_MODE = SelectEntityDescription(
    key="charge_mode", options=[mode.value for mode in ChargeMode]
)

DISCHARGING_MODE = SelectEntityDescription(
    key="v2g_mode", options=[mode.value for mode in V2gMode]
)
# What needs nothing else to be set up.
# Whose setpoints a vehicle may follow.
_DISPATCHERS = (SUBENTRY_PROGRAMME, SUBENTRY_CENTRAL)

_ALWAYS = (V2gMode.OFF, V2gMode.CHARGE_ONLY, V2gMode.HOUSE, V2gMode.SETPOINT)

STRATEGY = SelectEntityDescription(
    key="strategy",
    entity_category=EntityCategory.CONFIG,
    options=[strategy.value for strategy in Strategy],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EvenloadConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Set up the choices."""
    site = entry.runtime_data

    def of_evse(key: EvseKey, rows: Iterable[SelectEntityDescription]) -> list[Phases]:
        return [Phases(entry, key, row) for row in rows]

    def if_it_can(key: EvseKey) -> tuple[SelectEntityDescription, ...]:
        can = key.identity in site.stations and site.can_switch_phases(key)
        return _EVERY if can else ()

    that_switch = Latecomers[EvseKey, SelectEntityDescription](
        hass,
        entry,
        _EVERY,
        Platform.SELECT,
        belonging=if_it_can,
        subscribe=site.on_evse,
        add=lambda key, rows: async_add_entities(
            of_evse(key, rows), config_subentry_id=subentry_id(entry, key.identity)
        ),
    )
    of_discharging = where_allowed(
        hass,
        entry,
        async_add_entities,
        Platform.SELECT,
        (DISCHARGING_MODE,),
        lambda key, row: DischargingMode(entry, key, row),
    )
    async_add_as_they_come(
        hass,
        entry,
        async_add_entities,
        evse=lambda key: (
            Charging(entry, key, CHARGE_MODE),
            *of_evse(key, that_switch.split(key)),
            *of_discharging(key),
        ),
        node=lambda node_id: [GroupStrategy(entry, node_id, STRATEGY)],
    )


class Charging(EvseEntity, SelectEntity):
    """When a connector charges; the owner's, so it can be chosen while the station is away."""

    _needs_connection = False

    @property
    @override
    def options(self) -> list[str]:
        """Return the modes that there are here: feeding back as planned, where it is allowed."""
        may_feed = self._site.v2g_config(self._key) is not None
        is_chosen = self.current_option == ChargeMode.PLAN_V2G
        return [
            mode.value
            for mode in ChargeMode
            if mode is not ChargeMode.PLAN_V2G or may_feed or is_chosen
        ]

    @property
    @override
    def current_option(self) -> str:
        """Return when it charges."""
        return self._evse.settings.goal.mode

    @property
    @override
    def _shown(self) -> object:
        return self.current_option, self.options

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose when it charges from now on."""
        goal = replace(self._site.goal(self._key), mode=ChargeMode(option))
        with translated_errors(self._entry):
            await self._site.set_charge_goal(self._key, goal)


class Phases(EvseEntity, SelectEntity):
    """The phases that a connector charges on; the owner's, so they can be chosen while the station is away."""

    _needs_connection = False

    @property
    @override
    def current_option(self) -> str:
        """Return what is chosen."""
        phases = self._evse.settings.phases
        return next(name for name, number in CHOICES.items() if number == phases)

    @property
    @override
    def _shown(self) -> object:
        return self.current_option

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose."""
        with translated_errors(self._entry):
            await self._site.set_phases(self._key, CHOICES[option])


class DischargingMode(EvseEntity, SelectEntity):
    """What the vehicle does beside being charged; the owner's, so it can be chosen while the station is away."""

    _needs_connection = False

    @property
    @override
    def options(self) -> list[str]:
        """Return the modes that there are here."""
        there = {*_ALWAYS, self._evse.settings.v2g_mode}
        if any(map(self._entry.get_subentries_of_type, _DISPATCHERS)):
            there.add(V2gMode.PROGRAMME)
        return [mode.value for mode in V2gMode if mode in there]

    @property
    @override
    def current_option(self) -> str:
        """Return what it does."""
        return self._evse.settings.v2g_mode

    @property
    @override
    def _shown(self) -> object:
        return self.current_option, self.options

    @override
    async def async_select_option(self, option: str) -> None:
        """Choose what it does from now on."""
        with translated_errors(self._entry):
            await self._site.set_v2g_mode(self._key, V2gMode(option))
        _LOGGER.info("Discharging mode of connector %s is %s", self._key, option)


class GroupStrategy(GroupEntity, SelectEntity):
    """How a group, or the grid connection, shares its limit."""

    @property
    @override
    def current_option(self) -> str:
        """Return how it shares now."""
        return self._group.strategy

    @property
    @override
    def _shown(self) -> object:
        return self.current_option

    @override
    async def async_select_option(self, option: str) -> None:
        """Share in another way from now on."""
        with translated_errors(self._entry):
            await self._site.set_strategy(self._group_id, Strategy(option))
        # Some ways of sharing ask for what the others do without.
        async_dispatcher_send(self.hass, SIGNAL_CHANGED.format(self._entry.entry_id))
