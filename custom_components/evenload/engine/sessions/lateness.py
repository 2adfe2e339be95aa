"""Energy that is told in another hour than it flowed in: what Home Assistant has counted for the wrong hour."""

from datetime import UTC, datetime, timedelta

from ..model.identity import EvseKey
from ..model.sessions import LateEnergy

HOUR_S = 3600

# What is told so soon after the hour's end was measured in its rhythm, and is nobody's loss.
SOON = timedelta(minutes=2)

# Less is not worth another look at what has been recorded.
LEAST_WH = 1.0


class Lateness:
    """Gathers what is told late until somebody takes it."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._found: dict[tuple[EvseKey, bool, datetime], dict[datetime, float]] = {}

    @staticmethod
    def is_late(since: datetime, told_at: datetime) -> bool:
        """Whether something flowed, at least in part, in an hour that is over."""
        return since < _hour(told_at - SOON)

    def rose(
        self,
        key: EvseKey,
        risen_wh: float,
        since: datetime,
        until: datetime,
        told_at: datetime,
        *,
        exported: bool,
    ) -> None:
        """Take that a register is shown higher from now on, by what flowed between two moments."""
        start, end = since.timestamp(), until.timestamp()
        over = _hour(told_at - SOON).timestamp()
        if risen_wh < LEAST_WH or start >= over:
            return
        span = end - start
        at = start
        while at < min(end, over) or at == start:
            hour_ends = (at // HOUR_S + 1) * HOUR_S
            if hour_ends > over:
                return
            part = 1.0 if span <= 0 else (min(end, hour_ends) - at) / span
            self._add(key, exported, told_at, at, risen_wh * part)
            if span <= 0:
                return
            at = hour_ends

    def take(self) -> list[LateEnergy]:
        """Return what was found, and forget it."""
        found, self._found = self._found, {}
        return [
            LateEnergy(key, exported, told_at, hours)
            for (key, exported, told_at), hours in found.items()
        ]

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told late."""
        return not self._found

    def _add(
        self, key: EvseKey, exported: bool, told_at: datetime, at: float, wh: float
    ) -> None:
        hours = self._found.setdefault((key, exported, _hour(told_at)), {})
        hour = _hour(datetime.fromtimestamp(at, UTC))
        hours[hour] = hours.get(hour, 0.0) + wh


def _hour(at: datetime) -> datetime:
    """Return when the hour began in which a moment lies."""
    return at.replace(minute=0, second=0, microsecond=0)
