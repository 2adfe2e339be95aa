"""A meter in the house at one node: what it leaves for the stations below, and how far it is believed."""

from dataclasses import dataclass, replace
from datetime import datetime

from ..model.allotments import Reason
from ..model.household import MeterConfig, MeterReading, MeterState
from ..model.limits import Power
from ..model.phases import ALL_PHASES, PhaseCurrents
from ..model.tree import Room
from .channel import Channel
from .circuit import Circuit, at_least, bare_room, capped
from .drawn import Drawn
from .freshness import Freshness, is_wild
from .trip_risk import START_RATIOS, Urgency

# Room that has not been there for long enough is told from none by more than the noise of meters.
SLOWLY_A = 0.5

# What a breaker carries for minutes: the largest other appliance may start into it (WARP's rule).
START_RATIO = START_RATIOS[0]


NOBODY = PhaseCurrents()


@dataclass(frozen=True, slots=True)
class HouseholdFigures:
    """What a meter comes to, for who looks on. Currents are on each line; None where nothing is known.

    `headroom` is what may be added to what flows now: less than nothing when that is too much.
    """

    background: PhaseCurrents | None
    headroom: PhaseCurrents | None
    overload: bool
    risk: float
    # When the budget is used up if the current stays, and for how long it has been.
    used_up_at: datetime | None
    beyond_s: float


class Household:
    """The meter at one node. It has no clock: every moment is told."""

    def __init__(self, meter: MeterConfig, circuit: Circuit) -> None:
        """Know nothing yet: the meter is lost until it speaks."""
        self.meter = meter
        self.circuit = circuit
        # Until then it may yet speak for the first time.
        self.waits_until: datetime | None = None
        self._taken: tuple[MeterReading, Drawn, datetime] | None = None
        self._freshness = Freshness(meter.stale_s, meter.lost_s)
        self._lines, self._sum = self._channels()

    def configure(self, meter: MeterConfig, circuit: Circuit) -> None:
        """Use other settings. What is known of the house stays where it still means the same."""
        before, self.meter, self.circuit = self.meter, meter, circuit
        self._freshness.configure(meter.stale_s, meter.lost_s)
        means_same = (
            before.includes_stations == meter.includes_stations
            and before.sum_only == meter.sum_only
            and before.raise_after_s == meter.raise_after_s
        )
        if not means_same:
            self._lines, self._sum = self._channels()
            if self._taken is not None:
                reading, drawn, now = self._taken
                self._take(replace(reading, spoke=ALL_PHASES), drawn, now)

    def read(self, reading: MeterReading, drawn: Drawn, now: datetime) -> bool:
        """Take a reading, and what the stations behind the meter draw; returns whether it counts.

        A wild value, and one older than the last, change nothing.
        """
        if is_wild(reading.currents, max(self.circuit.fuse.a, self.circuit.line_a)):
            return False
        was_lost = self.state(now) is MeterState.LOST
        if not self._freshness.read(reading, self._seen(drawn), now):
            return False
        if was_lost:
            for channel in (*self._lines, self._sum):
                channel.background.forget()
            reading = replace(reading, spoke=ALL_PHASES)
        self._taken = (reading, drawn, now)
        self._take(reading, drawn, now)
        return True

    def state(self, now: datetime) -> MeterState:
        """Return how far the meter is believed."""
        return self._freshness.state(now)

    def is_awaited(self, now: datetime) -> bool:
        """Whether it has not spoken yet, and may still: what is held meanwhile is not taken away to be given back."""
        until = self.waits_until
        return self._taken is None and until is not None and now < until

    def may_raise(self, now: datetime) -> bool:
        """Whether anybody may be given more than it has."""
        return self.state(now) is MeterState.FRESH

    def urgency(self, now: datetime) -> Urgency:
        """Return how strongly to act, on the line that needs it most."""
        if self.state(now) is MeterState.LOST:
            return Urgency.NONE
        return max(channel.risk.urgency(now) for channel, _ in self._watched)

    def room(
        self,
        held: PhaseCurrents,
        now: datetime,
        least: PhaseCurrents = NOBODY,
        *,
        patient: bool = True,
    ) -> Room:
        """Return what all stations below may draw.

        `held` is what they have been allotted by now, on each line: so much they keep while there is room for it. More
        they get when there has been room for a while, and the meter is fresh. `least` is what those who charge need to
        go on: where the breaker has time to spare, nobody is paused for a motor that starts. Who is not `patient` asks
        what there would be if all room counted at once.
        """
        bare = bare_room(self.circuit)
        if self.state(now) is MeterState.LOST:
            fallback = self.meter.fallback
            room = capped(bare, fallback, Reason.METER_LOST, self.circuit.phases)
            if self.is_awaited(now):
                return at_least(room, held, bare, self.circuit.voltage_v)
            return room
        if isinstance(self.circuit.limit, Power):
            each = len(self.circuit.phases)
            room_a, reason = self._hold(
                self._sum, self.circuit.sum_a, sum(held), sum(least), each, now, patient
            )
            room_w = room_a * self.circuit.voltage_v
            return Room(None, room_w, bare.reasons, reason)
        current, reasons = PhaseCurrents(), list(bare.reasons)
        for channel, limit_a in self._watched:
            line = channel.lines[0]
            phase = ALL_PHASES[line]
            room_a, reasons[line] = self._hold(
                channel, limit_a, held[phase], least[phase], 1, now, patient
            )
            current = current.on(phase, room_a)
        return Room(current, None, (reasons[0], reasons[1], reasons[2]))

    def next_change(self, now: datetime) -> datetime | None:
        """Return when the state, the room or the urgency changes next if nothing is heard."""
        moments = [self._freshness.changes_at(now)]
        if self.is_awaited(now):
            moments.append(self.waits_until)
        if self.state(now) is not MeterState.LOST:
            moments += [channel.changes_at(now) for channel, _ in self._watched]
        return min((moment for moment in moments if moment is not None), default=None)

    def figures(self, now: datetime) -> HouseholdFigures:
        """Return what the meter comes to."""
        known = self.state(now) is not MeterState.LOST
        risks = [channel.risk for channel, _ in self._watched]
        used_up = [risk.used_up_at(now) for risk in risks] if known else []
        return HouseholdFigures(
            self._backgrounds() if known else None,
            self._headroom() if known else None,
            known and any(risk.overload for risk in risks),
            max(risk.risk for risk in risks),
            min((at for at in used_up if at is not None), default=None),
            max(risk.beyond_s for risk in risks),
        )

    def load_w(self, now: datetime) -> float | None:
        """Return what all but the stations draws on all lines together, in watts; below 0 it makes more than it needs."""
        load_a = self._sum.background.present_a
        if load_a is None or self.state(now) is MeterState.LOST:
            return None
        return load_a * self.circuit.voltage_v

    @property
    def reading(self) -> MeterReading | None:
        """The last reading that counted."""
        return None if self._taken is None else self._taken[0]

    def _take(self, reading: MeterReading, drawn: Drawn, now: datetime) -> None:
        limits = {self._sum: self.circuit.sum_a}
        for phase, channel in zip(ALL_PHASES, self._lines, strict=True):
            # What was said before the stations followed is no measure of what else is drawn now.
            if phase in reading.spoke:
                limits[channel] = self.circuit.line_a
        for channel, limit_a in limits.items():
            channel.read(reading.currents, limit_a, drawn, now, self.meter)

    @property
    def _watched(self) -> list[tuple[Channel, float]]:
        """The channels that this circuit limits, each with its limit, in amperes."""
        if isinstance(self.circuit.limit, Power):
            return [(self._sum, self.circuit.sum_a)]
        return [
            (channel, self.circuit.line_a)
            for phase, channel in zip(ALL_PHASES, self._lines, strict=True)
            if phase in self.circuit.phases
        ]

    def _channels(self) -> tuple[tuple[Channel, ...], Channel]:
        after_s, hold_s = self.meter.raise_after_s, self.meter.lost_s
        lines = tuple(Channel((line,), after_s, hold_s) for line in range(3))
        return lines, Channel((0, 1, 2), after_s, hold_s)

    def _seen(self, drawn: Drawn) -> PhaseCurrents | None:
        return drawn.seen if self.meter.includes_stations else None

    def _target_a(
        self, limit_a: float, lines: int, ratio: float = START_RATIO
    ) -> float:
        """Return the most that is meant to flow, in amperes: the largest other appliance must be able to start."""
        kept_a = limit_a - lines * self.meter.margin.a
        return min(kept_a, ratio * limit_a - lines * self.meter.largest.a)

    def _hold(
        self,
        channel: Channel,
        limit_a: float,
        held_a: float,
        least_a: float,
        lines: int,
        now: datetime,
        patient: bool,
    ) -> tuple[float, Reason]:
        """Return the room in one channel, and what makes it so little."""
        target_a = self._target_a(limit_a, lines)
        present_a = channel.room_a(limit_a, target_a, min(held_a, least_a), now)
        if not patient:
            return present_a, self.circuit.reason
        keeps_a = held_a
        if self.may_raise(now):
            # So much they might have without any meter.
            fallback_a = lines * self.circuit.each_a(self.meter.fallback)
            # Who is given more leaves room for the next start as it can be borne by now.
            ratio = min(START_RATIO, channel.risk.start_ratio(now))
            rising_a = self._target_a(limit_a, lines, ratio)
            patient_a = channel.patient_a(limit_a, rising_a, fallback_a, now)
            keeps_a = max(held_a, patient_a)
        if keeps_a < present_a - SLOWLY_A:
            return keeps_a, Reason.RAISING_SLOWLY
        return min(present_a, keeps_a), self.circuit.reason

    def _headroom(self) -> PhaseCurrents:
        """Return what may be added to what flows now, on each line."""
        target_a = self._target_a(self.circuit.line_a, 1)
        # However much the sun gives, no more than the circuit is made for.
        return self._on_lines(
            [target_a - max(0.0, line.load_a) for line in self._lines]
        )

    def _backgrounds(self) -> PhaseCurrents:
        return self._on_lines(
            [line.background.present_a or 0.0 for line in self._lines]
        )

    def _on_lines(self, values: list[float]) -> PhaseCurrents:
        """Return values by line, and nothing on lines that the site does not have."""
        return PhaseCurrents(
            *(
                value if phase in self.circuit.phases else 0.0
                for phase, value in zip(ALL_PHASES, values, strict=True)
            )
        )
