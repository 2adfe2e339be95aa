"""Conditions in the words of those who charge: plugged in, charging, limited, offline."""

from typing import ClassVar, override

from homeassistant.const import CONF_OPTIONS, CONF_TARGET
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.condition import (
    ATTR_BEHAVIOR,
    BEHAVIOR_ALL,
    BEHAVIOR_ANY,
    Condition,
    EntityConditionBase,
    EntityStateConditionBase,
)
import voluptuous as vol

from .situations import (
    CHARGING,
    DISCHARGING,
    DOMAIN_SPECS,
    FAULTED,
    METER_LOST,
    OFFLINE,
    ONLINE,
    OVERLOADED,
    PAUSED,
    PLUGGED_IN,
    REASON,
    UNPLUGGED,
    WAITING,
    Situation,
    is_held_back,
    ours,
)


class _Is(EntityStateConditionBase):
    """Whether something is so now."""

    _domain_specs = DOMAIN_SPECS
    # Which entities are meant is known by what they are; some of them are of the diagnostic kind.
    _primary_entities_only = False
    _situation: ClassVar[Situation]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that can tell."""
        return ours(self._hass, entities, self._situation.keys)


def _is(situation: Situation) -> type[Condition]:
    """Return the condition for a situation."""

    class Is(_Is):
        """Whether it is so now."""

        _situation = situation
        _states: set[str | bool] = set(situation.states)

    return Is


class _IsLimited(EntityConditionBase):
    """Whether a limit holds a vehicle back: what the limit is says one entity, that there is a vehicle another."""

    _domain_specs = DOMAIN_SPECS
    _schema = vol.Schema(
        {
            vol.Required(CONF_TARGET): cv.TARGET_FIELDS,
            vol.Required(CONF_OPTIONS, default={}): {
                vol.Required(ATTR_BEHAVIOR, default=BEHAVIOR_ANY): vol.In(
                    [BEHAVIOR_ANY, BEHAVIOR_ALL]
                )
            },
        }
    )

    @property
    @override
    def needs_polling(self) -> bool:
        """Return that more than the followed entities decides."""
        return True

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that tell what limits a vehicle."""
        return ours(self._hass, entities, {REASON})

    @override
    def is_valid_state(self, entity_state: State) -> bool:
        """Return whether it is so at a connector."""
        return bool(
            is_held_back(self._hass, entity_state.entity_id, self._hass.states.get)
        )


CONDITIONS: dict[str, type[Condition]] = {
    "is_charging": _is(CHARGING),
    "is_discharging": _is(DISCHARGING),
    "is_faulted": _is(FAULTED),
    "is_limited": _IsLimited,
    "is_meter_lost": _is(METER_LOST),
    "is_offline": _is(OFFLINE),
    "is_online": _is(ONLINE),
    "is_overloaded": _is(OVERLOADED),
    "is_paused": _is(PAUSED),
    "is_plugged_in": _is(PLUGGED_IN),
    "is_unplugged": _is(UNPLUGGED),
    "is_waiting": _is(WAITING),
}


async def async_get_conditions(hass: HomeAssistant) -> dict[str, type[Condition]]:
    """Return the conditions."""
    return CONDITIONS
