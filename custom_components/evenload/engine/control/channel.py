"""One line behind a meter, or the sum of all lines where the limit is in watts."""

from datetime import datetime

from ..model.phases import PhaseCurrents
from .background import LAG, Background, Explanation
from .drawn import Drawn
from .trip_risk import TripRisk, Urgency


class Channel:
    """What flows there, what of it is not ours, and for how long it may be too much."""

    def __init__(
        self, lines: tuple[int, ...], raise_after_s: float, hold_s: float
    ) -> None:
        """Know nothing yet; `lines` are those that are added up, from 0."""
        self.lines = lines
        self.background = Background(raise_after_s)
        self.risk = TripRisk(hold_s)
        self.load_a = 0.0

    def read(
        self,
        currents: PhaseCurrents,
        limit_a: float,
        drawn: Drawn,
        now: datetime,
        *,
        includes_stations: bool,
    ) -> None:
        """Take what the meter reads on all lines."""
        load_a, certain_a = self._add(currents), self._add(drawn.certain)
        if includes_stations:
            stations = self._explain(load_a, certain_a, drawn, now)
        else:
            load_a += certain_a
            stations = Explanation(certain_a)
        self.load_a = load_a
        self.risk.read(load_a, limit_a, now)
        insist = self.risk.urgency(now) >= Urgency.INSIST
        self.background.read(load_a, limit_a, stations, now, insist=insist)

    def room_a(self, limit_a: float, target_a: float, now: datetime) -> float:
        """Return what the stations may hold now: more than the limit is never theirs, however much the sun gives."""
        background_a = self.background.present_a
        if background_a is None or self.risk.urgency(now) is Urgency.PAUSE:
            return 0.0
        extra_a = self.risk.insistence(now) * max(0.0, self.load_a - limit_a)
        return max(0.0, min(limit_a, target_a - background_a - extra_a))

    def patient_a(
        self, limit_a: float, target_a: float, unproven_a: float, now: datetime
    ) -> float:
        """Return what there has been room for all the while; while that is not known, `unproven_a` if it fits."""
        background_a = self.background.patient_a(now)
        if background_a is not None:
            return max(0.0, min(limit_a, target_a - background_a))
        worst_a = self.background.worst_a
        room_a = 0.0 if worst_a is None else min(limit_a, target_a - worst_a)
        return max(0.0, min(room_a, unproven_a))

    def changes_at(self, now: datetime) -> datetime | None:
        """Return when the room or the urgency changes next if nothing is heard."""
        moments = (self.background.changes_at(now), self.risk.changes_at(now))
        return min((moment for moment in moments if moment is not None), default=None)

    def _explain(
        self, load_a: float, certain_a: float, drawn: Drawn, now: datetime
    ) -> Explanation:
        """Return what the stations behind the meter may have to do with a reading; most need no explanation."""
        since = self.background.rising_since(load_a, certain_a, now)
        if since is None:
            return Explanation(certain_a)
        rising = drawn.rising(since + LAG)
        return Explanation(
            certain_a,
            self._add(drawn.settling),
            sum(rising[line] for line in self.lines),
        )

    def _add(self, currents: PhaseCurrents) -> float:
        each = tuple(currents)
        return sum(each[line] for line in self.lines)
