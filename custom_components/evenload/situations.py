"""What triggers and conditions are about: which of our entities tell it, and by which states."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from homeassistant.const import STATE_OFF, STATE_ON, Platform
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.automation import DomainSpec

from .const import DOMAIN
from .engine.model.allotments import Reason
from .engine.model.household import MeterState
from .engine.model.stations import EvseStatus
from .states import ERRORS, STATUSES, status_state

# Of entities, as their descriptions are called.
STATUS = "status"
REASON = "reason"
ACTIVITY = "activity"

# What a whole station reports, and works on.
HARMLESS = frozenset({"no_error", "local_list_conflict", "weak_signal"})

DOMAIN_SPECS: dict[str, DomainSpec] = {
    Platform.SENSOR: DomainSpec(),
    Platform.BINARY_SENSOR: DomainSpec(),
}


@dataclass(frozen=True, slots=True)
class Situation:
    """The entities (by their `keys`) that tell that something is so, and the states by which they do.

    No state of one of them may mean something else in another.
    """

    keys: frozenset[str]
    states: frozenset[str]


def _status(*statuses: EvseStatus) -> Situation:
    words = {status_state(status) for status in statuses}
    return Situation(frozenset({STATUS}), frozenset(STATUSES) & words)


def _one(key: str, *states: str) -> Situation:
    return Situation(frozenset({key}), frozenset(states))


PLUGGED_IN = _status(*(status for status in EvseStatus if status.is_plugged_in))
# A connector with a fault, or out of service, cannot say.
UNPLUGGED = _status(EvseStatus.AVAILABLE, EvseStatus.RESERVED)
CHARGING = _status(EvseStatus.CHARGING)
PAUSED = _status(EvseStatus.SUSPENDED_EVSE)
NOT_CHARGING = _status(
    *(set(EvseStatus) - {EvseStatus.CHARGING, EvseStatus.SUSPENDED_EVSE})
)
FAULTED = Situation(
    frozenset({STATUS, "station_error"}),
    frozenset({*_status(EvseStatus.FAULTED).states, *ERRORS} - HARMLESS),
)
WAITING = _one(REASON, Reason.WAITING_FOR_TURN)
ONLINE = _one("connected", STATE_ON)
OFFLINE = _one("connected", STATE_OFF)
DISCHARGING = _one("discharging", STATE_ON)
NOT_DISCHARGING = _one("discharging", STATE_OFF)
OVERLOADED = _one("overload", STATE_ON)
NOT_OVERLOADED = _one("overload", STATE_OFF)
METER_LOST = _one("meter", MeterState.LOST)
METER_BACK = _one("meter", MeterState.FRESH)

# What holds a vehicle back that could take more, for as long as nothing changes.
_LIMITS = frozenset(
    {
        Reason.GROUP_LIMIT,
        Reason.MAIN_FUSE,
        Reason.GRID_OPERATOR,
        Reason.METER_LOST,
        Reason.NO_LEASES,
        Reason.NOT_ENOUGH,
        Reason.WAITING_FOR_TURN,
    }
)
# What is shown for a moment on the way from one to another, and says nothing of whether a limit holds.
_PASSING = frozenset(
    {Reason.RAISING_SLOWLY, Reason.WAITING_FOR_OTHERS, Reason.SWITCHING_PHASES}
)


def is_limited(status: str, reason: str) -> bool | None:
    """Whether a limit holds a vehicle back, by the states of its connector; None where they do not say."""
    if status in UNPLUGGED.states:
        return False
    if status not in PLUGGED_IN.states or reason not in set(Reason) - _PASSING:
        return None
    return reason in _LIMITS


@callback
def ours(hass: HomeAssistant, entities: Iterable[str], keys: Iterable[str]) -> set[str]:
    """Return those of the entities that are ours and of these kinds, whatever their owner calls them."""
    registry = er.async_get(hass)
    return {
        entity_id
        for entity_id in entities
        if (entry := registry.async_get(entity_id))
        and entry.platform == DOMAIN
        and (entry.translation_key or "") in keys
    }


@callback
def beside(hass: HomeAssistant, entity_id: str, key: str) -> str | None:
    """Return the sensor of this kind at the same connector, if there is one."""
    registry = er.async_get(hass)
    if (entry := registry.async_get(entity_id)) is None:
        return None
    connector = entry.unique_id.removesuffix(f"_{entry.translation_key}")
    return registry.async_get_entity_id(Platform.SENSOR, DOMAIN, f"{connector}_{key}")


@callback
def is_held_back(
    hass: HomeAssistant, reason_id: str, state_of: Callable[[str], State | None]
) -> bool | None:
    """Whether a limit holds a vehicle back at the connector of a sensor; None where its states do not say."""
    status_id = beside(hass, reason_id, STATUS)
    status = state_of(status_id) if status_id else None
    reason = state_of(reason_id)
    if status is None or reason is None:
        return None
    return is_limited(status.state, reason.state)
