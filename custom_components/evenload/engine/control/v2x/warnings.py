"""What the owner is told of discharging beyond the state of things: a meter without signs, a vehicle that gives unasked."""

from collections.abc import Callable
from datetime import datetime, timedelta

from ...model.identity import EvseKey
from ...model.notices import Notice, NoticeKind
from ...model.stations import Evse
from ...model.tree import ROOT
from .fleet_view import FleetView

# What comes out beyond this for so long comes out, and its station is told its limits again this often at the most.
_GIVES_W = 100.0
_GIVES_FOR = timedelta(seconds=30)
_REPEATS_AFTER = timedelta(minutes=15)


class Warnings:
    """Keeps the notices of discharging."""

    def __init__(
        self,
        view: FleetView,
        now: Callable[[], datetime],
        tell: Callable[[Notice], None],
        repeat: Callable[[str], None],
    ) -> None:
        """Begin with nothing to tell; `repeat` has a station told its limits again."""
        self._view, self._now = view, now
        self._tell, self._repeat = tell, repeat
        # Since when they give what nobody asked for, and when their stations were told again.
        self._since: dict[EvseKey, datetime] = {}
        self._repeated: dict[str, datetime] = {}
        self._told: set[EvseKey] = set()

    def look_at_meter(self) -> None:
        """Tell of a meter that shows what flows out as if it flowed in."""
        missing = self._view.house.hides_export
        self._tell(Notice(NoticeKind.METER_UNSIGNED, ROOT, missing))

    def observe(self, evse: Evse) -> None:
        """Take a reading of an EVSE, set up or not."""
        key, power_w = evse.key, evse.reading.power_w
        if (
            power_w is None
            or power_w >= -_GIVES_W
            or self._view.feeding.may_follow(key)
        ):
            self.left(key)
            return
        since = self._since.setdefault(key, self._now())
        if self._now() - since < _GIVES_FOR:
            return
        if key not in self._told:
            self._told.add(key)
            self._tell(Notice(NoticeKind.DISCHARGES_UNASKED, key.identity))
        at = self._repeated.get(key.identity)
        if at is None or self._now() - at >= _REPEATS_AFTER:
            self._repeated[key.identity] = self._now()
            # A setpoint that somebody has left there is ended, too.
            self._view.feeding.doubtful.add(key)
            self._repeat(key.identity)

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock."""
        self._since = {key: at + by for key, at in self._since.items()}
        self._repeated = {identity: at + by for identity, at in self._repeated.items()}

    def left(self, key: EvseKey) -> None:
        """Take back what was told of an EVSE: its vehicle gives nothing any more, or has gone."""
        self._since.pop(key, None)
        if key not in self._told:
            return
        self._told.discard(key)
        if not any(one.identity == key.identity for one in self._told):
            self._tell(Notice(NoticeKind.DISCHARGES_UNASKED, key.identity, False))
