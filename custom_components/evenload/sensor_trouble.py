"""Repair issues for the sensors of a meter: one that vanished, and one that measures something else now."""

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.issue_registry import IssueSeverity

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.errors import BadSetting
from .meter_checks import check_sensor
from .meter_config import MeterSensors

# Integrations that are reloaded take their sensors away for a moment; those that start, bring them late.
PATIENCE_S = 120

# What the owner has to mend; a sensor without a value may have one again by itself.
ISSUES = {
    "meter_sensor_missing": "meter_sensor_missing",
    "meter_sensor_wrong_kind": "meter_sensor_changed",
}


class SensorTrouble:
    """Keeps an issue for each sensor of a meter that has been of no use for a while."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        node_id: str,
        sensors: MeterSensors,
    ) -> None:
        """Nothing is wrong yet."""
        self._hass = hass
        self._entry = entry
        self._node_id = node_id
        self._sensors = sensors
        self._later: CALLBACK_TYPE | None = None
        self._shown: dict[str, str] = {}

    def look(self) -> None:
        """Look at the sensors, when they had time to come back."""
        if self._later is None:
            self._later = async_call_later(
                self._hass,
                PATIENCE_S,
                HassJob(self._async_review, cancel_on_shutdown=True),
            )

    def over(self, entity_id: str) -> None:
        """A sensor has a value: nothing is wrong with it."""
        if issue_id := self._shown.pop(entity_id, None):
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)

    def stop(self) -> None:
        """Look no more, and say nothing more."""
        if self._later is not None:
            self._later()
            self._later = None
        for entity_id in tuple(self._shown):
            self.over(entity_id)

    @callback
    def _async_review(self, _: object) -> None:
        self._later = None
        for entity_id in self._sensors.entities:
            try:
                check_sensor(self._hass, self._sensors.kind, entity_id)
            except BadSetting as err:
                self._show(entity_id, err)
            else:
                self.over(entity_id)

    def _show(self, entity_id: str, err: BadSetting) -> None:
        key = ISSUES.get(err.key)
        issue_id = f"{key}_{self._entry.entry_id}_{self._node_id}_{entity_id}"
        if self._shown.get(entity_id) == issue_id:
            return
        self.over(entity_id)
        if key is None:
            return
        self._shown[entity_id] = issue_id
        node = self._entry.subentries.get(self._node_id, self._entry)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            is_fixable=False,
            severity=IssueSeverity.ERROR,
            translation_key=key,
            translation_placeholders={"name": node.title, **err.placeholders},
        )
