"""Whether the grid is one to feed into: as a sensor and the stations measure it."""

from datetime import datetime, timedelta

from ...model.readings import DEAD_V
from ...model.stations import Evse
from .permission import is_frequency_steady, is_voltage_steady

# What a station measured longer ago says nothing of the grid now.
_READING_AGE = timedelta(seconds=75)


class GridWatch:
    """What is known of the grid."""

    def __init__(self) -> None:
        """Know nothing: where nobody measures it, the inverter alone looks after it."""
        self.frequency_hz: float | None = None
        self._is_sensed = False
        # What alarms stations have raised that last.
        self._alarms: set[tuple[str, str]] = set()

    def set_frequency(self, hz: float | None) -> None:
        """Take what a sensor says; one that spoke and says nothing any more is no reason to go on."""
        self._is_sensed = self._is_sensed or hz is not None
        self.frequency_hz = hz

    def alarmed(self, identity: str, control: str, *, ended: bool) -> None:
        """Take that the grid made a station act on its own, or no longer does (2.1 R)."""
        (self._alarms.discard if ended else self._alarms.add)((identity, control))

    def is_unsteady(self, evse: Evse, nominal_v: float, now: datetime) -> bool:
        """Whether anybody measures a grid that is not as it should be."""
        if self._is_sensed and (
            self.frequency_hz is None or not is_frequency_steady(self.frequency_hz)
        ):
            return True
        if any(identity == evse.key.identity for identity, _ in self._alarms):
            return True
        at, reading = evse.metered_at, evse.reading
        if at is None or now - at > _READING_AGE:
            return False
        if reading.frequency_hz is not None and not is_frequency_steady(
            reading.frequency_hz
        ):
            return True
        return any(
            volts >= DEAD_V and not is_voltage_steady(volts, nominal_v)
            for volts in reading.voltage_v.values()
        )
