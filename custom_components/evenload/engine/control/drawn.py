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

# Stations speak once a minute at least. Who was silent for longer is not known to draw anything.
DRAWN_AGE = timedelta(seconds=75)

# What a meter shows is some seconds old: what our stations drew until now may still be in it.
METER_LAG = timedelta(seconds=5)

# A load between two lines is 30 degrees off the voltage of either: this much of it adds to what else flows there.
_IN_STEP = cos(pi / 6)

type Lines = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Draw:
    """What one EVSE takes from the grid, on its lines: as it last said, as it is allowed, and the most that it may take.

    `at` is when it last said so, by our clock. Until `settling_until` it may still be letting go of what it drew before
    its limit was lowered.
    """

    drawn: PhaseCurrents = PhaseCurrents()
    at: datetime | None = None
    allowed: PhaseCurrents = PhaseCurrents()
    most: PhaseCurrents = PhaseCurrents()
    settling_until: datetime | None = None

    def is_settling(self, now: datetime) -> bool:
        """Whether a meter may still show what it drew before its limit was lowered."""
        return self.settling_until is not None and now < self.settling_until + METER_LAG


class Drawn:
    """What all EVSEs behind one meter draw, at one moment."""

    def __init__(self, draws: Iterable[Draw], now: datetime) -> None:
        """Add them up."""
        self._draws = tuple(draws)
        self._now = now
        certain = [0.0, 0.0, 0.0]
        settling = [0.0, 0.0, 0.0]
        seen = [0.0, 0.0, 0.0]
        is_seen = True
        for draw in self._draws:
            known = self._is_known(draw)
            is_seen &= known
            # What was said before a limit was lowered is drawn no more, unless there was no time to follow it.
            settles = draw.is_settling(now)
            most = tuple(draw.allowed if settles else draw.most)
            for line, drawn_a in enumerate(draw.drawn):
                # Who feeds back may still do so when it is silent, and who draws may have stopped.
                sure_a = min(drawn_a, most[line] if known else 0.0)
                certain[line] += sure_a
                settling[line] += max(0.0, drawn_a - sure_a) if settles else 0.0
                seen[line] += drawn_a
        # What is in a reading of the meter without doubt, and what may be in it because it was only just forbidden.
        self.certain = PhaseCurrents(*certain)
        self.settling = PhaseCurrents(*settling)
        # What all of them said; None when one was silent for too long.
        self.seen = PhaseCurrents(*seen) if is_seen else None

    @classmethod
    def exactly(cls, currents: PhaseCurrents, now: datetime) -> Drawn:
        """Return a draw that is known and will not change."""
        return cls([Draw(currents, now, currents, currents)], now)

    def rising(self, since: datetime) -> Lines:
        """Return how much more may be drawn than was said, by those who have not spoken after a moment."""
        rising = [0.0, 0.0, 0.0]
        for draw in self._draws:
            if draw.at is not None and draw.at > since:
                continue
            for line, (said_a, most_a) in enumerate(
                zip(draw.drawn, draw.most, strict=True)
            ):
                rising[line] += max(0.0, most_a - said_a)
        return rising[0], rising[1], rising[2]

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
) -> Draw:
    """Return what an EVSE draws; the currents are its limit in force and the most that it may be drawing, per phase."""
    drawn = on_grid(evse.reading, kind, station.wiring)
    if station.between_lines and not site.split_phase:
        # Subtracting all of it would leave less than what else is on the line.
        drawn = PhaseCurrents(*(a * _IN_STEP for a in drawn))
    lines = tuple(phase for phase in ALL_PHASES if phase in station.wiring)
    return Draw(
        drawn,
        evse.metered_at,
        PhaseCurrents.even(allowed_a, lines),
        PhaseCurrents.even(most_a, lines),
        settling_until,
    )
