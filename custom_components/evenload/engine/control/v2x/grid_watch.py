"""Whether the grid is one to feed into: as a sensor and the stations measure it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import isfinite

from ...model.readings import DEAD_V
from ...model.stations import Evse
from .permission import is_frequency_steady, is_voltage_steady

# What a station measured longer ago says nothing of the grid now.
_READING_AGE = timedelta(seconds=75)

# Nor does a sensor. Home Assistant asks many of them every 30 s.
FREQUENCY_AGE = timedelta(seconds=45)


class GridWatch:
    """What is known of the grid."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Know nothing: where nobody measures it, the inverter alone looks after it."""
        self._now = now
        self._sensed_hz: float | None = None
        # When the sensor spoke last; None: it never did.
        self._sensed_at: datetime | None = None
        # What alarms stations have raised that last.
        self._alarms: set[tuple[str, str]] = set()

    @property
    def frequency_hz(self) -> float | None:
        """What a sensor says; None where it says nothing, or has not for too long."""
        at = self._sensed_at
        # By a clock that was set back nobody knows how old it is.
        is_new = at is not None and at <= self._now() <= at + FREQUENCY_AGE
        return self._sensed_hz if is_new else None

    def set_frequency(self, hz: float | None) -> None:
        """Take what a sensor says; one that spoke and says nothing any more is no reason to go on."""
        self._sensed_hz = hz if hz is not None and isfinite(hz) else None
        if hz is not None:
            self._sensed_at = self._now()

    def alarmed(self, identity: str, control: str, *, ended: bool) -> None:
        """Take that the grid made a station act on its own, or no longer does (2.1 R)."""
        (self._alarms.discard if ended else self._alarms.add)((identity, control))

    def booted(self, identity: str) -> None:
        """Take that a station has started anew: it tells of what lasts."""
        self._alarms = {alarm for alarm in self._alarms if alarm[0] != identity}

    def is_unsteady(self, evse: Evse, nominal_v: float, now: datetime) -> bool:
        """Whether anybody measures a grid that is not as it should be."""
        hertz = self.frequency_hz
        if self._sensed_at is not None and (
            hertz is None or not is_frequency_steady(hertz)
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
