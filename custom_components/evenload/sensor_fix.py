"""The flow behind a sensor of a meter that is of no use: another one takes its place."""

from typing import Any

from homeassistant.components.repairs import RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
import voluptuous as vol

from .configuration import site_config
from .const import CONF_METER
from .engine.model.errors import BadSetting
from .engine.model.tree import ROOT
from .fix_flow import OurFlow
from .meter_checks import check_sensors, own_sensors
from .meter_config import CONF_KIND, MeterKind, meter_sensors
from .meter_fields import sensor_field

_SENSOR = "sensor"


class SensorFlow(OurFlow):
    """Asks for another sensor, and puts it where the old one was."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask at once."""
        return await self.async_step_sensor()

    async def async_step_sensor(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for the sensor."""
        if (entry := self._entry) is None:
            return self._not_running()
        old: str = self._about[_SENSOR]
        meter = self._meter_of(entry)
        if old not in meter.values():
            # The owner was faster, in the form of the meter.
            return self.async_create_entry(data={})
        errors: dict[str, str] = {}
        named = self._named
        if user_input is not None:
            new = user_input[_SENSOR]
            changed = {key: new if one == old else one for key, one in meter.items()}
            try:
                sensors = meter_sensors(changed, site_config(entry).phases)
                check_sensors(self.hass, sensors, ())
            except BadSetting as err:
                errors = {"base": err.key}
                # The old one is spoken of on the same page.
                named |= {f"chosen_{key}": one for key, one in err.placeholders.items()}
            else:
                self._keep(entry, changed)
                return self.async_create_entry(data={})
        return self.async_show_form(
            step_id=_SENSOR,
            data_schema=vol.Schema(
                {
                    vol.Required(_SENSOR): sensor_field(
                        MeterKind(meter[CONF_KIND]), own_sensors(self.hass)
                    )
                }
            ),
            errors=errors,
            description_placeholders=named,
        )

    def _meter_of(self, entry: ConfigEntry) -> dict[str, Any]:
        """Return the meter as the form wrote it, empty where there is none any more."""
        node_id = self._about["node_id"]
        if node_id == ROOT:
            return dict(entry.options.get(CONF_METER) or {})
        group = entry.subentries.get(node_id)
        return dict((group and group.data.get(CONF_METER)) or {})

    def _keep(self, entry: ConfigEntry, meter: dict[str, Any]) -> None:
        entries = self.hass.config_entries
        node_id = self._about["node_id"]
        if node_id == ROOT:
            entries.async_update_entry(
                entry, options={**entry.options, CONF_METER: meter}
            )
            return
        group = entry.subentries[node_id]
        entries.async_update_subentry(
            entry, group, data={**group.data, CONF_METER: meter}
        )
