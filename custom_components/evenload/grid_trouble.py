"""A repair issue for stations that go on reporting trouble with the grid (OCPP 2.1 NotifyDERAlarm, R04)."""

from datetime import datetime

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.issue_registry import IssueSeverity

from .configuration import site_config
from .const import DOMAIN, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .engine.model.events import Booted, Event, GridAlarmReported

# A grid is soon as it was after most of what happens to it.
PATIENCE_S = 300

LASTS = "grid_alarm_lasts"


class GridTrouble:
    """Keeps the issue of one station: of the first of its alarms that has not ended."""

    def __init__(
        self, hass: HomeAssistant, entry: EvenloadConfigEntry, identity: str
    ) -> None:
        """Begin with no alarm."""
        self._hass, self._entry, self._identity = hass, entry, identity
        self._alarms: dict[str, str] = {}
        self._later: CALLBACK_TYPE | None = None
        self._is_told = False
        self._issue_id = f"{LASTS}_{entry.entry_id}_{identity}"

    def alarmed(self, event: GridAlarmReported) -> None:
        """Take an alarm, or its end."""
        if event.ended:
            self._alarms.pop(event.control, None)
            if not self._alarms:
                self.stop()
            elif self._is_told:
                self._async_lasts()
        elif event.fault is not None:
            self._alarms.setdefault(event.control, event.fault)
            if self._later is None and not self._is_told:
                self._later = async_call_later(
                    self._hass,
                    PATIENCE_S,
                    HassJob(self._async_lasts, cancel_on_shutdown=True),
                )

    def stop(self) -> None:
        """Take it that there is no alarm any more."""
        self._alarms.clear()
        self._is_told = False
        if self._later is not None:
            self._later()
            self._later = None
        ir.async_delete_issue(self._hass, DOMAIN, self._issue_id)

    @callback
    def _async_lasts(self, _: datetime | None = None) -> None:
        self._later, self._is_told = None, True
        control, fault = next(iter(self._alarms.items()))
        station = station_subentry(self._entry, self._identity)
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            self._issue_id,
            is_fixable=False,
            severity=IssueSeverity.WARNING,
            translation_key=LASTS,
            translation_placeholders={
                "name": station.title if station else self._identity,
                "minutes": str(PATIENCE_S // 60),
                "fault": fault,
                "control": control,
            },
        )


@callback
def async_follow_grid(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Look at the alarms of all stations, until the entry is unloaded."""
    troubles: dict[str, GridTrouble] = {}

    @callback
    def hear(event: Event) -> None:
        if isinstance(event, GridAlarmReported):
            trouble = troubles.get(event.identity)
            if trouble is None:
                trouble = GridTrouble(hass, entry, event.identity)
                troubles[event.identity] = trouble
            trouble.alarmed(event)
        elif isinstance(event, Booted) and (known := troubles.get(event.identity)):
            # A station that has started anew tells of what lasts.
            known.stop()

    @callback
    def sync() -> None:
        for identity in troubles.keys() - site_config(entry).stations.keys():
            troubles.pop(identity).stop()

    @callback
    def stop() -> None:
        for trouble in troubles.values():
            trouble.stop()

    entry.async_on_unload(stop)
    entry.async_on_unload(entry.runtime_data.on_event(hear))
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sync)
    )
