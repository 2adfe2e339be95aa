"""Repair issues for discharging that does not work: a station that refuses it, and one that a test has disproven."""

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.issue_registry import IssueSeverity

from .configuration import site_config
from .const import DOMAIN, SIGNAL_CHANGED
from .data import EvenloadConfigEntry
from .devices import station_subentry
from .engine.model.identity import EvseKey
from .engine.model.v2x import Hindrance
from .fixes import fix_data

# Many refuse for a moment: while a session begins, or a battery is cold.
PATIENCE_S = 600

REFUSED = "discharge_refused"
DISPROVEN = "discharge_disproven"


class DischargeTrouble:
    """Keeps the issues of one connector that may feed back."""

    def __init__(
        self, hass: HomeAssistant, entry: EvenloadConfigEntry, key: EvseKey
    ) -> None:
        """Look at it now, and whenever it changes."""
        self._hass = hass
        self._entry = entry
        self._site = entry.runtime_data
        self._key = key
        self._later: CALLBACK_TYPE | None = None
        self._shown: set[str] = set()
        self._unsubscribe = self._site.on_evse(key, self._look)
        self._look()

    def stop(self) -> None:
        """Look no more, and say nothing more."""
        self._unsubscribe()
        self._wait(False)
        for issue in tuple(self._shown):
            self._show(issue, False)

    @callback
    def _look(self) -> None:
        hindrance = self._hindrance
        refuses = hindrance is Hindrance.STATION_REFUSES
        if not refuses:
            self._show(REFUSED, False)
        self._wait(refuses and REFUSED not in self._shown)
        self._show(DISPROVEN, hindrance is Hindrance.NOT_PROVEN and self._is_disproven)

    def _wait(self, on: bool) -> None:
        """Begin to wait until a refusal is worth telling, or wait no more."""
        if on and self._later is None:
            self._later = async_call_later(
                self._hass,
                PATIENCE_S,
                HassJob(self._async_refuses_still, cancel_on_shutdown=True),
            )
        elif not on and self._later is not None:
            self._later()
            self._later = None

    @callback
    def _async_refuses_still(self, _: object) -> None:
        self._later = None
        self._show(REFUSED, True)

    def _show(self, issue: str, on: bool) -> None:
        if on == (issue in self._shown):
            return
        issue_id = f"{issue}_{self._entry.entry_id}_{self._key}"
        if not on:
            self._shown.discard(issue)
            ir.async_delete_issue(self._hass, DOMAIN, issue_id)
            return
        self._shown.add(issue)
        subentry = station_subentry(self._entry, self._key.identity)
        data = fix_data(self._entry, issue, str(self._key))
        ir.async_create_issue(
            self._hass,
            DOMAIN,
            issue_id,
            data=data,
            is_fixable=data is not None,
            severity=IssueSeverity.WARNING,
            translation_key=issue,
            translation_placeholders={
                "name": subentry.title if subentry else self._key.identity
            },
        )

    @property
    def _hindrance(self) -> Hindrance | None:
        station = self._site.stations.get(self._key.identity)
        evse = None if station is None else station.evses.get(self._key.evse)
        return None if evse is None else evse.discharge.hindrance

    @property
    def _is_disproven(self) -> bool:
        v2x = self._site.stations[self._key.identity].capabilities.v2x
        return any(
            ability.disproven
            for number, ability in v2x.items()
            if number in {0, self._key.evse}
        )


@callback
def async_follow_discharging(hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
    """Look at every connector that may feed back, until the entry is unloaded."""
    troubles: dict[EvseKey, DischargeTrouble] = {}

    @callback
    def sync() -> None:
        wanted = {
            EvseKey(station.identity, number)
            for station in site_config(entry).stations.values()
            for number in station.v2g
        }
        for key in troubles.keys() - wanted:
            troubles.pop(key).stop()
        for key in wanted - troubles.keys():
            troubles[key] = DischargeTrouble(hass, entry, key)

    @callback
    def stop() -> None:
        for trouble in troubles.values():
            trouble.stop()

    entry.async_on_unload(stop)
    entry.async_on_unload(
        async_dispatcher_connect(hass, SIGNAL_CHANGED.format(entry.entry_id), sync)
    )
    sync()
