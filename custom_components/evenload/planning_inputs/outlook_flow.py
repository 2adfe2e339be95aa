"""The steps of prices and forecasts in the site's form: what was found is offered, and read before it is kept."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowContext, ConfigFlowResult
from homeassistant.data_entry_flow import FlowHandler

from ..const import CONF_METER
from ..engine.model.errors import BadSetting
from .config import (
    CONF_DEMAND,
    CONF_EXPORT_SOURCE,
    CONF_FORECASTS,
    CONF_LEARN_HOUSE,
    CONF_OUTLOOK,
    CONF_PRICE_SOURCE,
    CONF_ROOF_SENSOR,
    NO_SOURCE,
    SENSOR,
    TWO_RATES,
    ExportSource,
)
from .house_load import async_balance
from .outlook_checks import async_check_prices, check_demand, check_sources, form_error
from .outlook_fields import demand_schema, outlook_schema, prices_schema
from .prices import name_of
from .sources import found_prices
from .sun import async_found_forecasts, async_used_forecasts


class OutlookSteps(FlowHandler[ConfigFlowContext, ConfigFlowResult, str]):
    """Asks where prices and forecasts come from, and keeps it with the site."""

    # What the other steps have said, and these.
    _options: dict[str, Any]
    _outlook: dict[str, Any]

    async def async_step_outlook(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what is to be expected."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is None:
            self._outlook = dict(self._options.get(CONF_OUTLOOK, {}))
        else:
            try:
                check_sources(self.hass, user_input)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                self._outlook = _kept(self._outlook, user_input)
                return await self.async_step_outlook_prices()
        prices = await self._async_prices()
        forecasts = await async_found_forecasts(self.hass)
        known = self._outlook.get(CONF_FORECASTS, ())
        gone = {one: name_of(self.hass, one) for one in known if one not in forecasts}
        return self.async_show_form(
            step_id="outlook",
            data_schema=self.add_suggested_values_to_schema(
                outlook_schema(
                    prices, forecasts | gone, asks_for_roof=await self._asks_for_roof()
                ),
                user_input or self._outlook or await self._async_offered(prices),
            ),
            errors=errors,
            description_placeholders=placeholders,
            last_step=False,
        )

    async def async_step_outlook_prices(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the sources of prices leave open."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        schema = prices_schema(
            self._outlook[CONF_PRICE_SOURCE],
            self._outlook[CONF_EXPORT_SOURCE],
            self.hass.config.currency,
        )
        if not schema.schema:
            return await self.async_step_outlook_demand()
        if user_input is not None:
            fields = {str(key) for key in schema.schema}
            kept = {k: v for k, v in self._outlook.items() if k not in fields}
            outlook = kept | user_input
            try:
                await async_check_prices(self.hass, outlook)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                self._outlook = outlook
                return await self.async_step_outlook_demand()
        return self.async_show_form(
            step_id="outlook_prices",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or self._outlook
            ),
            errors=errors,
            description_placeholders={
                "source": self._source_name(),
                **placeholders,
            },
        )

    async def async_step_outlook_demand(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask what the highest power costs, where it costs anything."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if not self._outlook[CONF_DEMAND]:
            return self._finish_outlook()
        schema = demand_schema(self.hass.config.currency)
        if user_input is not None:
            try:
                check_demand(self.hass, user_input)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                fields = {str(key) for key in schema.schema}
                kept = {k: v for k, v in self._outlook.items() if k not in fields}
                self._outlook = kept | user_input
                return self._finish_outlook()
        return self.async_show_form(
            step_id="outlook_demand",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or self._outlook
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    def _finish_outlook(self) -> ConfigFlowResult:
        options = {k: v for k, v in self._options.items() if k != CONF_OUTLOOK}
        if _says_anything(self._outlook):
            options[CONF_OUTLOOK] = self._outlook
        return self.async_create_entry(data=options)

    async def _async_prices(self) -> dict[str, str]:
        """Return the sources that were found, and the one that is kept, if it is not among them now."""
        found = found_prices(self.hass)
        kept = self._outlook.get(CONF_PRICE_SOURCE, NO_SOURCE)
        if kept in {NO_SOURCE, SENSOR, TWO_RATES} or kept in found:
            return found
        return {kept: name_of(self.hass, kept)} | found

    async def _async_offered(self, prices: Mapping[str, str]) -> dict[str, Any]:
        """Return what is offered to who has said nothing yet."""
        return {
            CONF_PRICE_SOURCE: next(iter(prices), NO_SOURCE),
            CONF_FORECASTS: await async_used_forecasts(self.hass),
        }

    async def _asks_for_roof(self) -> bool:
        """Whether only a sensor of the roof tells what the house draws while the sun shines."""
        metered = CONF_METER in self._options
        return metered and await async_balance(self.hass) is None

    def _source_name(self) -> str:
        source = self._outlook[CONF_PRICE_SOURCE]
        if source in {NO_SOURCE, SENSOR, TWO_RATES}:
            return "–"
        return name_of(self.hass, source)


def _kept(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said, with what other pages said before; of another source of prices nothing of that holds."""
    # A field that was emptied is not sent.
    kept = {key: value for key, value in known.items() if key != CONF_ROOF_SENSOR}
    if known.get(CONF_PRICE_SOURCE) != said[CONF_PRICE_SOURCE]:
        kept = {key: v for key, v in kept.items() if key.startswith(CONF_DEMAND)}
    return {**kept, **said}


def _says_anything(outlook: Mapping[str, Any]) -> bool:
    return (
        outlook[CONF_PRICE_SOURCE] != NO_SOURCE
        or outlook[CONF_EXPORT_SOURCE] != ExportSource.NONE
        or bool(outlook[CONF_FORECASTS])
        or outlook[CONF_LEARN_HOUSE]
        or outlook[CONF_DEMAND]
    )
