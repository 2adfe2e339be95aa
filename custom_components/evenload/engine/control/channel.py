"""One line behind a meter, or the sum of all lines where the limit is in watts."""

from datetime import datetime, timedelta

from ..model.household import MeterConfig
from ..model.phases import ALL_PHASES, PhaseCurrents
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
        self._read_at: datetime | None = None
        self._tight_since: datetime | None = None

    def read(
        self,
        currents: PhaseCurrents,
        limit_a: float,
        drawn: Drawn,
        now: datetime,
        meter: MeterConfig,
    ) -> None:
        """Take what the meter reads on all lines."""
        self._read_at = now
        certain_a = self._add(drawn.certain)
        load_a = self._most_a(currents, certain_a, drawn, meter)
        stations = Explanation(certain_a)
        if meter.includes_stations:
            stations = self._explain(load_a, drawn, now, self._is_guessed(meter))
        self.load_a = load_a - stations.elsewhere_a
        self.risk.read(self.load_a, limit_a, now)
        insist = self.risk.urgency(now) >= Urgency.INSIST
        self.background.read(load_a, limit_a, stations, now, insist=insist)

    def room_a(
        self, limit_a: float, target_a: float, least_a: float, now: datetime
    ) -> float:
        """Return what the stations may hold now: more than the limit is never theirs, however much the sun gives.

        Of `least_a`, what those who charge need, nothing is taken for a motor that starts.
        """
        room_a = self._left_a(limit_a, target_a, now)
        least_a = min(least_a, limit_a)
        if room_a >= least_a:
            self._tight_since = None
            return room_a
        since = self._tight_since or self._read_at
        # The clock may have been set back.
        self._tight_since = None if since is None else min(since, now)
        ends_at = self._ride_ends_at
        is_patient = self.risk.urgency(now) <= Urgency.RIDE_OUT
        return least_a if is_patient and ends_at and now < ends_at else room_a

    @property
    def _ride_ends_at(self) -> datetime | None:
        """Until when nobody is paused for what may pass by itself."""
        if self._tight_since is None:
            return None
        return self._tight_since + timedelta(seconds=self.risk.ride_s)

    def _left_a(self, limit_a: float, target_a: float, now: datetime) -> float:
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
        ends_at = self._ride_ends_at
        moments = (
            self.background.changes_at(now),
            self.risk.changes_at(now),
            ends_at if ends_at is not None and ends_at > now else None,
        )
        return min((moment for moment in moments if moment is not None), default=None)

    def _most_a(
        self,
        currents: PhaseCurrents,
        certain_a: float,
        drawn: Drawn,
        meter: MeterConfig,
    ) -> float:
        """Return the most that can flow here, in amperes."""
        if self._is_guessed(meter):
            whole_a = sum(currents)
            if meter.includes_stations:
                whole_a -= sum(drawn.certain)
            # What is fed back may be on another line than what is taken: it makes no room anywhere.
            return max(0.0, whole_a) + certain_a
        load_a = self._add(currents)
        return load_a if meter.includes_stations else load_a + certain_a

    def _explain(
        self, load_a: float, drawn: Drawn, now: datetime, is_guessed: bool
    ) -> Explanation:
        """Return what the stations behind the meter may have to do with a reading; most need no explanation."""
        certain_a = self._add(drawn.certain)
        since = self.background.rising_since(load_a, certain_a, now)
        if since is None:
            return Explanation(certain_a)
        settling_a, told_a = self._add(drawn.settling), self._add(drawn.told)
        if self.background.is_overdue(now):
            return Explanation(certain_a, settling_a, told_a=told_a)
        rising = PhaseCurrents(*drawn.rising(since + LAG))
        rising_a = self._add(rising)
        elsewhere_a = 0.0
        if is_guessed:
            elsewhere_a = sum(drawn.settling) + sum(rising) - settling_a - rising_a
        return Explanation(certain_a, settling_a, rising_a, elsewhere_a, told_a)

    def _is_guessed(self, meter: MeterConfig) -> bool:
        """Whether what flows here is not measured, but only what flows on all lines together."""
        return meter.sum_only and len(self.lines) < len(ALL_PHASES)

    def _add(self, currents: PhaseCurrents) -> float:
        each = tuple(currents)
        return sum(each[line] for line in self.lines)
