"""What our own stations draw behind a meter in the house, and how certain that is.

A meter speaks every second or ten, a station every ten to sixty, and a vehicle follows a new limit within five to eleven:
what a station said last is rarely what was drawn when the meter was read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, pi

from ..model.configuration import SiteConfig, StationConfig
from ..model.kinds import EvseKind
from ..model.phases import ALL_PHASES, PhaseCurrents
from ..model.stations import Evse
from .figures import on_grid
from .holdings import SETTLING_S

# Stations speak once a minute at least. Who was silent for longer is not known to draw anything.
DRAWN_AGE = timedelta(seconds=75)

# What a meter shows is some seconds old: what our stations drew until now may still be in it.
METER_LAG = timedelta(seconds=5)

# By then a vehicle that was told to let go has done so, and the meter shows it.
TOLD_LATELY = timedelta(seconds=SETTLING_S) + METER_LAG

# A load between two lines is 30 degrees off the voltage of either: this much of it adds to what else flows there.
_IN_STEP = cos(pi / 6)

_NOTHING = PhaseCurrents()

type Lines = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Draw:
    """What one EVSE takes from the grid, on its lines: as it last said, as it is allowed, and the most that it may take.

    `at` is when it last said so, by our clock. Until `settling_until` it may still be letting go of what it drew before
    its limit was lowered. `is_idle`: its status says that nothing flows, and many measure nothing then. What is fed back
    is below 0; `fed` is the most of it that there may be, whatever was said: the house draws that as well.
    """

    drawn: PhaseCurrents = PhaseCurrents()
    at: datetime | None = None
    allowed: PhaseCurrents = PhaseCurrents()
    most: PhaseCurrents = PhaseCurrents()
    settling_until: datetime | None = None
    is_idle: bool = False
    fed: PhaseCurrents = PhaseCurrents()
    # From what it was told to lower itself last, and when.
    told_from: PhaseCurrents = PhaseCurrents()
    told_at: datetime | None = None

    def is_settling(self, now: datetime) -> bool:
        """Whether a meter may still show what it drew before its limit was lowered."""
        return self.settling_until is not None and now < self.settling_until + METER_LAG

    def was_told(self, now: datetime) -> bool:
        """Whether it was told to let go so lately that a meter may still show it, though it has followed."""
        return self.told_at is not None and now - self.told_at <= TOLD_LATELY


class Drawn:
    """What all EVSEs behind one meter draw, at one moment."""

    def __init__(self, draws: Iterable[Draw], now: datetime) -> None:
        """Add them up."""
        self._draws = tuple(draws)
        self._now = now
        self._risen: dict[datetime, Lines] = {}
        sums = [0.0] * 12
        is_seen = True
        for draw in self._draws:
            is_seen &= draw.is_idle or self._is_known(draw)
            self._add(draw, sums)
        certain, settling, seen, told = sums[:3], sums[3:6], sums[6:9], sums[9:]
        # What is in a reading of the meter without doubt, and what may be in it because it was only just forbidden.
        self.certain = PhaseCurrents(*certain)
        self.settling = PhaseCurrents(*settling)
        # What they may have drawn before they were told to let go, however much of it they have let go by now.
        self.told = PhaseCurrents(*told)
        # What all of them said; None when one that may draw was silent for too long.
        self.seen = PhaseCurrents(*seen) if is_seen else None

    def rising(self, since: datetime) -> Lines:
        """Return how much more may be drawn than was said, by those who have not spoken after a moment."""
        if (known := self._risen.get(since)) is not None:
            return known
        l1 = l2 = l3 = 0.0
        for draw in self._draws:
            said, most = draw.drawn, draw.most
            if said is most or (draw.at is not None and draw.at > since):
                continue
            l1 += max(0.0, most.l1 - said.l1)
            l2 += max(0.0, most.l2 - said.l2)
            l3 += max(0.0, most.l3 - said.l3)
        self._risen[since] = l1, l2, l3
        return l1, l2, l3

    def _add(self, draw: Draw, sums: list[float]) -> None:
        """Add what one is certain to draw, what it may still let go, and what it said; line by line."""
        settles = draw.is_settling(self._now)
        # What was said before a limit was lowered is drawn no more, unless there was no time to follow it.
        most = draw.allowed if settles else draw.most
        if not self._is_known(draw):
            # Who feeds back may still do so when it is silent, and who draws may have stopped.
            most = _NOTHING
        said, fed = draw.drawn, tuple(draw.fed)
        told = tuple(draw.told_from) if draw.was_told(self._now) else ()
        for line, said_a, most_a in (
            (0, said.l1, most.l1),
            (1, said.l2, most.l2),
            (2, said.l3, most.l3),
        ):
            sure_a = min(said_a, most_a)
            if settles:
                sums[3 + line] += said_a - sure_a
            sums[line] += min(sure_a, -fed[line]) if fed[line] else sure_a
            sums[6 + line] += said_a
            if told:
                sums[9 + line] += max(0.0, told[line] - sure_a)

    def _is_known(self, draw: Draw) -> bool:
        return draw.at is not None and self._now - draw.at <= DRAWN_AGE


def draw_of(
    site: SiteConfig,
    station: StationConfig,
    evse: Evse,
    kind: EvseKind,
    *,
    allowed_a: float,
    most_a: float,
    settling_until: datetime | None,
    told_from_a: float = 0.0,
    told_at: datetime | None = None,
    connected: bool = True,
) -> Draw:
    """Return what an EVSE draws; the currents are its limit in force and the most that it may be drawing, per phase."""
    # Of a load between two lines not all adds up; to subtract all of it would leave less than what else is there.
    is_askew = station.between_lines and not site.split_phase
    in_step = _IN_STEP if is_askew else 1.0
    lines = tuple(phase for phase in ALL_PHASES if phase in station.wiring)
    return Draw(
        _times(
            on_grid(
                evse.reading, kind, station.wiring, between_lines=station.between_lines
            ),
            in_step,
        ),
        evse.metered_at,
        PhaseCurrents.even(allowed_a * in_step, lines),
        PhaseCurrents.even(most_a * in_step, lines),
        settling_until,
        connected and evse.status is not None and not evse.is_charging,
        told_from=PhaseCurrents.even(told_from_a * in_step, lines),
        told_at=told_at,
    )


def _times(currents: PhaseCurrents, factor: float) -> PhaseCurrents:
    return PhaseCurrents(*(current_a * factor for current_a in currents))
