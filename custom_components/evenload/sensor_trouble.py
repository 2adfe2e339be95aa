"""Repair issues for the sensors of a meter: one that vanished, one that fell silent, and one that measures something else."""

from collections.abc import Callable
from datetime import datetime, timedelta

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.issue_registry import IssueSeverity
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.model.errors import BadSetting
from .meter_checks import check_sensor
from .meter_config import MeterSensors

# Integrations that are reloaded take their sensors away for a moment; those that start, bring them late.
PATIENCE_S = 120

# One that says nothing may have a value again by itself: it is told when the meter has been lost for so long.
SILENCE_S = 300

_SILENT = "meter_sensor_silent"

# What the owner has to mend.
ISSUES = {
    "meter_sensor_missing": "meter_sensor_missing",
    _SILENT: _SILENT,
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
        lost_s: Callable[[], float],
    ) -> None:
        """Nothing is wrong yet; `lost_s` is after how long without a value the meter is lost."""
        self._hass = hass
        self._entry = entry
        self._node_id = node_id
        self._sensors = sensors
        self._lost_s = lost_s
        self._later: CALLBACK_TYPE | None = None
        self._due: datetime | None = None
        # Since when each sensor has been of no use, and the issues that say so.
        self._since: dict[str, datetime] = {}
        self._shown: dict[str, str] = {}

    def look(self) -> None:
        """Look at the sensors now, and again when those that are of no use had time to come back."""
        now = dt_util.utcnow()
        looks = [now + self._silence]
        for entity_id in self._sensors.entities:
            err, since = self._trouble(entity_id, now)
            due = since + self._patience(err)
            if due <= now:
                self._show(entity_id, err)
            else:
                self._hide(entity_id)
                looks.append(due)
        self._look_at(min(looks))

    def begins(self, entity_id: str) -> None:
        """A sensor is of no use: look what it is, when it had time to come back."""
        now = dt_util.utcnow()
        self._since.setdefault(entity_id, now)
        self._look_at(now + timedelta(seconds=PATIENCE_S))

    def over(self, entity_id: str) -> None:
        """A sensor has a value: nothing is wrong with it."""
        self._since.pop(entity_id, None)
        self._hide(entity_id)

    def stop(self) -> None:
        """Look no more, and say nothing more."""
        self._cancel()
        for entity_id in tuple(self._shown):
            self._hide(entity_id)

    @callback
    def _async_look(self, _: datetime) -> None:
        self._later = self._due = None
        self.look()

    def _look_at(self, due: datetime) -> None:
        """Look at the latest at a moment."""
        if self._due is not None and self._due <= due:
            return
        self._cancel()
        self._due = due
        self._later = async_call_later(
            self._hass,
            (due - dt_util.utcnow()).total_seconds(),
            HassJob(self._async_look, cancel_on_shutdown=True),
        )

    def _cancel(self) -> None:
        if self._later is not None:
            self._later()
        self._later = self._due = None

    def _trouble(self, entity_id: str, now: datetime) -> tuple[BadSetting, datetime]:
        """Return what is wrong with a sensor, and since when; with one that has a value, that it may get no newer one."""
        try:
            check_sensor(self._hass, self._sensors.kind, entity_id)
        except BadSetting as err:
            return err, self._since.setdefault(entity_id, now)
        state = self._hass.states.get(entity_id)
        spoke_at = now if state is None else state.last_reported
        return BadSetting(_SILENT, sensor=entity_id), spoke_at

    def _patience(self, err: BadSetting) -> timedelta:
        return self._silence if err.key == _SILENT else timedelta(seconds=PATIENCE_S)

    @property
    def _silence(self) -> timedelta:
        """For how long a sensor may say nothing."""
        return timedelta(seconds=self._lost_s() + SILENCE_S)

    def _show(self, entity_id: str, err: BadSetting) -> None:
        key = ISSUES.get(err.key)
        issue_id = f"{key}_{self._entry.entry_id}_{self._node_id}_{entity_id}"
        if self._shown.get(entity_id) == issue_id:
            return
        self._hide(entity_id)
        if key is None:
            return
        self._shown[entity_id] = issue_id
        node = self._entry.subentries.get(self._node_id, self._entry)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data={
                "entry_id": self._entry.entry_id,
                "node_id": self._node_id,
                "sensor": entity_id,
            },
            is_fixable=True,
            severity=IssueSeverity.ERROR,
            translation_key=key,
            translation_placeholders={"name": node.title, **err.placeholders},
        )

    def _hide(self, entity_id: str) -> None:
        if issue_id := self._shown.pop(entity_id, None):
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
