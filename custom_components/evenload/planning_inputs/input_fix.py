"""The flow behind an input of planning that is gone or tells another unit: another one takes its place."""

from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
)
from homeassistant.util import dt as dt_util
import voluptuous as vol

from ..engine.model.identity import EvseKey
from ..engine.model.planning import HORIZON
from ..fix_flow import OurFlow
from ..meter_checks import own_sensors
from ..v2g_config import CONF_SOC_SENSOR
from .board import Input, Place
from .config import (
    CONF_DEMAND_SENSOR,
    CONF_EXPORT_SENSOR,
    CONF_FORECASTS,
    CONF_PRICE_SENSOR,
    OF_ENTITY,
)
from .departures import async_departure
from .kept import Kept, kept_of, put
from .outlook import watts_of
from .outlook_fields import POWER_SENSOR, PRICE_SENSOR
from .prices import async_prices
from .sun import async_found_forecasts, async_sun
from .trouble import InputState, InputTroubleError
from .vehicle_config import CONF_CAPACITY_SENSOR, CONF_DEPARTURE_ENTITY, DepartureConfig
from .vehicle_fields import VEHICLE_SCHEMA
from .vehicles import battery_wh, soc_percent

CONF_SOURCE = "source"

# What can be mended so.
FIXABLE = frozenset({InputState.MISSING, InputState.OTHER_UNIT})

# What speaks against a choice: that it says nothing now does not.
_WRONG = FIXABLE | {
    InputState.UNREADABLE,
    InputState.OTHER_CURRENCY,
    InputState.OUT_OF_RANGE,
}
_OWN = "input_own"
ERRORS = frozenset({_OWN, *(f"input_{state}" for state in _WRONG)})

_PRICES = frozenset({CONF_PRICE_SENSOR, CONF_EXPORT_SENSOR})


def about_input(place: Place) -> dict[str, str | int | float | None]:
    """Return what the flow has to know of an input."""
    key = place.key
    return {
        "input": place.kind,
        "identity": None if key is None else key.identity,
        "evse": None if key is None else key.evse,
    }


class InputFlow(OurFlow):
    """Asks for another source, and puts it where the old one was."""

    async def async_step_init(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask at once."""
        return await self.async_step_input()

    async def async_step_input(
        self, user_input: dict[str, Any] | None = None
    ) -> RepairsFlowResult:
        """Ask for the source."""
        if (entry := self._entry) is None:
            return self._not_running()
        kept = await self._in_trouble(kept_of(entry, self._place))
        if kept is None:
            # It came back, or the owner was faster in the form.
            return self.async_create_entry(data={})
        errors: dict[str, str] = {}
        named = self._named
        if user_input is not None:
            new = user_input[CONF_SOURCE]
            errors, said = await self._wrong(kept.field, new)
            # The old one is spoken of on the same page.
            named |= {f"chosen_{key}": one for key, one in said.items()}
            if not errors:
                put(self.hass, entry, self._place, kept, new)
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id="input",
            data_schema=vol.Schema(
                {vol.Required(CONF_SOURCE): await _selector(self.hass, kept.field)}
            ),
            errors=errors,
            description_placeholders=named,
        )

    async def _in_trouble(self, sources: list[Kept]) -> Kept | None:
        """Return the first source that is of no use for good."""
        for kept in sources:
            try:
                await _read(self.hass, kept.field, kept.source)
            except InputTroubleError as err:
                if err.state in FIXABLE:
                    return kept
        return None

    async def _wrong(
        self, field: str, new: str
    ) -> tuple[dict[str, str], dict[str, str]]:
        """Return what is wrong with a choice, and what stands in that sentence."""
        if new in own_sensors(self.hass):
            return {"base": _OWN}, {CONF_SOURCE: new}
        try:
            source = f"{OF_ENTITY}{new}" if field in _PRICES else new
            await _read(self.hass, field, source)
        except InputTroubleError as err:
            if err.state in _WRONG:
                return {"base": f"input_{err.state}"}, err.placeholders
        return {}, {}

    @property
    def _place(self) -> Place:
        identity, evse = self._about["identity"], self._about["evse"]
        key = None if identity is None else EvseKey(identity, evse)
        return Place(Input(self._about["input"]), key)


async def _read(hass: HomeAssistant, field: str, source: str) -> None:
    """Read a source as it is read for planning. Raises `InputTroubleError`."""
    now = dt_util.utcnow()
    if field in _PRICES:
        await async_prices(hass, source, now, HORIZON)
    elif field == CONF_DEMAND_SENSOR:
        watts_of(hass, source)
    elif field == CONF_FORECASTS:
        await async_sun(hass, (source,), now, HORIZON)
    elif field == CONF_SOC_SENSOR:
        soc_percent(hass, source, now)
    elif field == CONF_CAPACITY_SENSOR:
        battery_wh(hass, source)
    elif field == CONF_DEPARTURE_ENTITY:
        await async_departure(hass, DepartureConfig(entity=source), now)
    else:
        await async_departure(hass, DepartureConfig(calendar=source), now)


async def _selector(hass: HomeAssistant, field: str) -> Any:
    """Return the choice of a source, as the form has it."""
    if field in _PRICES:
        return PRICE_SENSOR
    if field == CONF_DEMAND_SENSOR:
        return POWER_SENSOR
    if field == CONF_FORECASTS:
        found = await async_found_forecasts(hass)
        return SelectSelector(
            SelectSelectorConfig(
                options=[
                    SelectOptionDict(value=value, label=label)
                    for value, label in found.items()
                ]
            )
        )
    return VEHICLE_SCHEMA.schema[field]
