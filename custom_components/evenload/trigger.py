"""Triggers in the words of those who charge: plugged in, started charging, limited, faulted."""

from typing import ClassVar, override

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.automation import DomainSpec
from homeassistant.helpers.trigger import (
    EntityTriggerBase,
    NotTriggeredReasonReporter,
    StatelessEntityTriggerBase,
    Trigger,
)

from .event import SESSION_ENDED, SESSION_STARTED
from .limit_trigger import LimitBecameActive
from .situations import (
    ACTIVITY,
    CHARGING,
    DISCHARGING,
    DOMAIN_SPECS,
    FAULTED,
    METER_BACK,
    METER_LOST,
    NOT_CHARGING,
    NOT_DISCHARGING,
    NOT_OVERLOADED,
    OFFLINE,
    ONLINE,
    OVERLOADED,
    PAUSED,
    WAITING,
    Situation,
    ours,
)

EVENT_SPECS: dict[str, DomainSpec] = {Platform.EVENT: DomainSpec()}


class _Became(EntityTriggerBase):
    """Fires when something is so that was not before; what was not known before is no news."""

    _domain_specs = DOMAIN_SPECS
    # Which entities are meant is known by what they are; some of them are of the diagnostic kind.
    _primary_entities_only = False
    _situation: ClassVar[Situation]
    # What it must follow on; None: on anything else.
    _after: ClassVar[Situation | None] = None

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that can tell."""
        return ours(self._hass, entities, self._situation.keys)

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether it was otherwise before."""
        if self._after is not None:
            return from_state.state in self._after.states
        return from_state.state not in self._situation.states

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether it is so."""
        return state.state in self._situation.states


def _became(situation: Situation, after: Situation | None = None) -> type[Trigger]:
    """Return the trigger for a situation, or only for one that follows on another."""

    class Became(_Became):
        """Fires when it becomes so."""

        _situation = situation
        _after = after

    return Became


class _StoppedCharging(_Became):
    """Fires when charging ends for another reason than a pause, or a pause ends otherwise than by charging on."""

    _situation = NOT_CHARGING

    @override
    def is_valid_transition(self, from_state: State, to_state: State) -> bool:
        """Return whether it charged before; a paused vehicle may hesitate before it charges on."""
        if from_state.state in PAUSED.states:
            return to_state.state != "suspended_ev"
        return from_state.state in CHARGING.states


class _Session(StatelessEntityTriggerBase):
    """Fires when a session begins or ends; it is known also where the station was away meanwhile."""

    _domain_specs = EVENT_SPECS
    _event_type: ClassVar[str]

    @override
    def entity_filter(self, entities: set[str]) -> set[str]:
        """Return the entities that tell what happens at connectors."""
        return ours(self._hass, entities, {ACTIVITY})

    @override
    def is_valid_state(
        self, state: State, report_not_triggered: NotTriggeredReasonReporter
    ) -> bool:
        """Return whether this happened, and not something else."""
        return state.attributes.get("event_type") == self._event_type


class _PluggedIn(_Session):
    """Fires when a session begins."""

    _event_type = SESSION_STARTED


class _Unplugged(_Session):
    """Fires when a session ends."""

    _event_type = SESSION_ENDED


TRIGGERS: dict[str, type[Trigger]] = {
    "became_overloaded": _became(OVERLOADED),
    "limit_became_active": LimitBecameActive,
    "meter_came_back": _became(METER_BACK, after=METER_LOST),
    "meter_lost": _became(METER_LOST),
    "no_longer_overloaded": _became(NOT_OVERLOADED),
    "paused_charging": _became(PAUSED),
    "started_charging": _became(CHARGING),
    "started_discharging": _became(DISCHARGING),
    "started_waiting": _became(WAITING),
    "station_came_online": _became(ONLINE),
    "station_faulted": _became(FAULTED),
    "station_went_offline": _became(OFFLINE),
    "stopped_charging": _StoppedCharging,
    "stopped_discharging": _became(NOT_DISCHARGING),
    "vehicle_plugged_in": _PluggedIn,
    "vehicle_unplugged": _Unplugged,
}


async def async_get_triggers(hass: HomeAssistant) -> dict[str, type[Trigger]]:
    """Return the triggers."""
    return TRIGGERS
