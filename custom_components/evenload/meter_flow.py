"""The steps of a meter, the same for the site and for a group: its sensors, what it says now, how it is believed."""

from abc import abstractmethod
from typing import Any

from homeassistant.data_entry_flow import FlowContext, FlowHandler, FlowResult
from homeassistant.util import dt as dt_util

from .engine.model.configuration import SiteConfig
from .engine.model.errors import BadSetting
from .engine.model.limits import Current, Limit
from .engine.model.phases import Phase
from .form_errors import form_error
from .meter_checks import check_belief, check_sensors, live_reading, own_sensors
from .meter_config import CONF_KIND, MeterKind, meter_sensors
from .meter_fields import BELIEF_SCHEMA, sensors_schema


class MeterSteps[
    Context: FlowContext,
    Result: FlowResult[Any, Any],
    Handler,
](FlowHandler[Context, Result, Handler]):
    """Asks for a meter, and hands it to `_finish_meter`."""

    # What the forms have said of it so far.
    _meter: dict[str, Any]

    @property
    @abstractmethod
    def _metered_site(self) -> SiteConfig:
        """The site as it will be."""

    @property
    @abstractmethod
    def _metered_limit(self) -> Limit:
        """The limit of what the meter measures."""

    @property
    @abstractmethod
    def _metered_lines(self) -> tuple[Phase, ...]:
        """The lines that the meter must measure."""

    @abstractmethod
    async def _finish_meter(self) -> Result:
        """Keep the meter."""

    async def async_step_meter_sensors(
        self, user_input: dict[str, Any] | None = None
    ) -> Result:
        """Ask for the sensors."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        kind = MeterKind(self._meter[CONF_KIND])
        phases = self._metered_site.phases
        schema = sensors_schema(kind, phases, own_sensors(self.hass))
        if user_input is not None:
            # A field that was emptied is not sent.
            fields = {str(key) for key in schema.schema}
            kept = {key: v for key, v in self._meter.items() if key not in fields}
            meter = kept | user_input
            try:
                check_sensors(
                    self.hass, meter_sensors(meter, phases), self._metered_lines
                )
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                self._meter = meter
                return await self.async_step_meter_check()
        return self.async_show_form(
            step_id="meter_sensors",
            data_schema=self.add_suggested_values_to_schema(
                schema, self._meter if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders=placeholders,
        )

    async def async_step_meter_check(
        self, user_input: dict[str, Any] | None = None
    ) -> Result:
        """Show what the meter says now, as often as the owner likes."""
        return self.async_show_menu(
            step_id="meter_check",
            menu_options=["meter_belief", "meter_check", "meter_sensors"],
            description_placeholders=self._live(),
        )

    async def async_step_meter_belief(
        self, user_input: dict[str, Any] | None = None
    ) -> Result:
        """Ask how the meter is to be believed."""
        errors: dict[str, str] = {}
        placeholders: dict[str, str] = {}
        if user_input is not None:
            try:
                check_belief(user_input, self._limit_a)
            except BadSetting as err:
                errors, placeholders = form_error(err), err.placeholders
            else:
                self._meter |= user_input
                return await self._finish_meter()
        return self.async_show_form(
            step_id="meter_belief",
            data_schema=self.add_suggested_values_to_schema(
                BELIEF_SCHEMA, self._meter if user_input is None else user_input
            ),
            errors=errors,
            description_placeholders=placeholders | self._live(),
        )

    @property
    def _limit_a(self) -> float:
        """The limit in amperes: watts may all be on one line."""
        limit = self._metered_limit
        if isinstance(limit, Current):
            return limit.a
        return min(
            limit.w / self._metered_site.voltage_v, self._metered_site.main_fuse.a
        )

    def _live(self) -> dict[str, str]:
        """Return what the meter says now, and how long ago it said so."""
        site = self._metered_site
        sensors = meter_sensors(self._meter, site.phases)
        found = live_reading(self.hass, sensors, site)
        if found is None:
            return {"reading": "–", "age": "–"}
        reading, at = found
        age_s = max(0.0, (dt_util.utcnow() - at).total_seconds())
        if sensors.kind is MeterKind.TOTAL:
            # What is on each line is only thought.
            said = f"{sum(reading) * site.voltage_v:.0f} W"
        else:
            said = ", ".join(
                f"{phase.upper()} {reading[phase]:.1f} A" for phase in site.phases
            )
        return {"reading": said, "age": f"{age_s:.0f} s"}
