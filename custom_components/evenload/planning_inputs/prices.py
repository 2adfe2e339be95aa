"""Prices of coming hours, from whichever integration tells them, in Home Assistant's currency per kWh."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util

from ..measuring import unit_of
from .actions import ACTIONS, Action
from .asking import async_ask
from .config import NO_SOURCE, OF_ACTION, OF_ENTITY
from .quarters import Slot
from .shapes import Told, read, slots_of
from .trouble import InputState, InputTroubleError
from .units import PriceUnit, price_unit

# An entity that tells of today has another one for tomorrow: what its unique id and its entity id end with.
_TOMORROWS = (("current_day_rates", "next_day_rates"),)


async def async_prices(
    hass: HomeAssistant,
    source: str,
    now: datetime,
    horizon: timedelta,
    *,
    export: bool = False,
) -> list[Slot]:
    """Return what a source tells of coming hours, `export`: of what is fed in, where it tells that apart.

    Raises `InputTroubleError`.
    """
    if source.startswith(OF_ACTION):
        return await _asked(hass, source, now, now + horizon, export=export)
    if source == NO_SOURCE or not source.startswith(OF_ENTITY):
        raise InputTroubleError(InputState.NOT_SET_UP)
    return _of_entity(hass, source.removeprefix(OF_ENTITY))


@callback
def entities_of(hass: HomeAssistant, source: str) -> list[str]:
    """Return the entities whose changes are news of a source."""
    if not source.startswith(OF_ENTITY):
        return []
    entity_id = source.removeprefix(OF_ENTITY)
    tomorrow = _of_tomorrow(hass, entity_id)
    return [entity_id, tomorrow] if tomorrow else [entity_id]


@callback
def name_of(hass: HomeAssistant, source: str) -> str:
    """Return what a source, or the entry of a provider, is called."""
    if source.startswith(OF_ENTITY):
        entity_id = source.removeprefix(OF_ENTITY)
        state = hass.states.get(entity_id)
        return state.name if state else entity_id
    entry_id = source.split(":")[2] if source.startswith(OF_ACTION) else source
    entry = hass.config_entries.async_get_entry(entry_id)
    return entry.title if entry else entry_id


def _of_entity(hass: HomeAssistant, entity_id: str) -> list[Slot]:
    """Return what an entity tells, and the one beside it that tells of tomorrow."""
    if (state := hass.states.get(entity_id)) is None:
        raise InputTroubleError(InputState.MISSING, source=entity_id)
    slots = _of_state(hass, state)
    tomorrow = _of_tomorrow(hass, entity_id)
    if tomorrow and (state := hass.states.get(tomorrow)) is not None:
        # It is empty until the prices of tomorrow are there.
        told = told_by(state)
        slots += _in_currency(hass, told, state) if told else []
    return slots


def _of_state(hass: HomeAssistant, state: State) -> list[Slot]:
    told = told_by(state)
    if told is not None:
        return _in_currency(hass, told, state)
    silent = state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN)
    raise InputTroubleError(
        InputState.SILENT if silent else InputState.UNREADABLE, source=state.name
    )


def told_by(state: State) -> Told | None:
    """Return the prices in the attributes of an entity, or None where there are none."""
    return read(state.attributes, dt_util.now().date(), dt_util.get_default_time_zone())


def unit_told(told: Told, state: State) -> PriceUnit | None:
    """Return the unit of an entity's prices."""
    if told.unit is not None:
        return price_unit(told.unit)
    found = price_unit(unit_of(state))
    named = state.attributes.get("currency")
    # Some name the currency beside a sign that several share.
    if found and isinstance(named, str) and found.fits(named.upper()):
        return PriceUnit(found.factor, frozenset({named.upper()}))
    return found


def _in_currency(hass: HomeAssistant, told: Told, state: State) -> list[Slot]:
    found = unit_told(told, state)
    if found is None:
        raise InputTroubleError(
            InputState.OTHER_UNIT, source=state.name, unit=unit_of(state) or "–"
        )
    return converted(hass, told.slots, found, state.name)


def converted(
    hass: HomeAssistant, slots: Iterable[Slot], unit: PriceUnit, source: str
) -> list[Slot]:
    """Return prices per kWh. Raises `InputTroubleError` where they are in a currency that is not Home Assistant's."""
    wanted = hass.config.currency
    if not unit.fits(wanted):
        raise InputTroubleError(
            InputState.OTHER_CURRENCY, source=source, found=unit.named, wanted=wanted
        )
    return [Slot(slot.start, slot.value * unit.factor, slot.end) for slot in slots]


def _of_tomorrow(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the entity that tells of tomorrow what this one tells of today."""
    registry = er.async_get(hass)
    entry = registry.async_get(entity_id)
    for today, tomorrow in _TOMORROWS:
        if entry and entry.unique_id.endswith(today):
            unique_id = entry.unique_id.removesuffix(today) + tomorrow
            return registry.async_get_entity_id(entry.domain, entry.platform, unique_id)
        if entry is None and entity_id.endswith(today):
            return entity_id.removesuffix(today) + tomorrow
    return None


async def _asked(
    hass: HomeAssistant, source: str, now: datetime, until: datetime, *, export: bool
) -> list[Slot]:
    """Return what an action answers."""
    domain, entry_id, part = source.removeprefix(OF_ACTION).split(":", 2)
    entry = hass.config_entries.async_get_entry(entry_id)
    action = ACTIONS.get(domain)
    if entry is None or action is None:
        raise InputTroubleError(InputState.MISSING, source=domain)
    if export and action.export:
        action = action.export
    if entry.state is not ConfigEntryState.LOADED:
        raise InputTroubleError(InputState.SILENT, source=entry.title)
    rows = await _rows(hass, action, entry, part, (now, until))
    slots = slots_of(rows, action.shape, dt_util.get_default_time_zone())
    if not slots:
        raise InputTroubleError(InputState.SILENT, source=entry.title)
    currency = _currency_of(hass, entry) or hass.config.currency
    unit = price_unit(action.unit.format(currency=currency))
    assert unit is not None
    return converted(hass, slots, unit, entry.title)


async def _rows(
    hass: HomeAssistant,
    action: Action,
    entry: ConfigEntry,
    part: str,
    span: tuple[datetime, datetime],
) -> list[object]:
    """Ask all questions; a day that has no answer yet is none, as long as another has one."""
    rows: list[object] = []
    failed: InputTroubleError | None = None
    for question in action.questions(*span):
        asked = hass.services.async_call(
            entry.domain,
            action.service,
            action.question(entry, part, question),
            blocking=True,
            return_response=True,
        )
        try:
            answer = await async_ask(asked, entry.title)
        except InputTroubleError as err:
            failed = err
        else:
            rows += action.rows(answer or {})
    if failed and not rows:
        raise failed
    return rows


def _currency_of(hass: HomeAssistant, entry: ConfigEntry) -> str | None:
    """Return the currency that an entry was set up with, or that its own sensors show."""
    if isinstance(said := entry.data.get("currency"), str):
        return said
    for entity in er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id):
        unit = price_unit(entity.unit_of_measurement)
        if unit and len(unit.currencies) == 1:
            return next(iter(unit.currencies))
    return None
