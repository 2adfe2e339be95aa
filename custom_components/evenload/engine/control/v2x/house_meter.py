"""The site's meter as discharging sees it: what the house draws beside our vehicles, in all and on each line, and what is believed of it."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from ...model.household import MeterReading
from ...model.phases import ALL_PHASES, Phase, PhaseCurrents
from .following import BIAS_W, HouseLoad, Span
from .meter_floor import MeterFloor
from .meter_lag import MeterLag
from .meter_signs import MeterSigns
from .meter_trust import MeterTrust

# A line that carries more than this part of its fuse must say so twice in a row: a fuse bears it, and a sensor may have slipped.
_BEYOND = 1.25

# No meter is believed to be later than this, in seconds.
_LATEST_S = 5.0

# So long after its answer a vehicle is taken to have followed in any case.
_FOLLOWS_S = 3.0


class HouseMeter:
    """What one meter says."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        """Believe it, and know nothing."""
        self.trust = MeterTrust()
        self.signs = MeterSigns()
        self.floor, self.lag = MeterFloor(), MeterLag()
        # Whether a sensor of it has nothing to say.
        self.is_silent = False
        self._now = now
        self._whole = HouseLoad()
        self._lines = {phase: HouseLoad() for phase in ALL_PHASES}
        self._was_beyond = False

    def read(
        self,
        reading: MeterReading,
        volts: float,
        vehicles: Span,
        cap_w: float,
        *,
        gives: bool,
        told_w: float,
    ) -> None:
        """Take a reading, and what the vehicles may have drawn of it."""
        # A sensor may say when it spoke by a clock that was set back since.
        at = min(reading.at, self._now())
        powers_w = [current_a * volts for current_a in reading.currents]
        self.lag.read(sum(powers_w), told_w)
        self._whole.read(sum(powers_w), vehicles, at, cap_w)
        self.trust.read(reading.currents, at, gives=gives)
        self.signs.read(powers_w, vehicles, at, self._whole.period_s)
        self.floor.read(powers_w, vehicles, at, self._whole.period_s)

    def read_lines(
        self,
        reading: MeterReading,
        volts: float,
        vehicles: Sequence[Span],
        phases: Sequence[Phase],
        cap_w: float,
    ) -> None:
        """Take it line by line, with what vehicles may have drawn on each."""
        at = min(reading.at, self._now())
        lines = zip(ALL_PHASES, reading.currents, vehicles, strict=True)
        for phase, current_a, span in lines:
            if phase in phases:
                line_w, share_w = current_a * volts, cap_w / len(phases)
                self._lines[phase].read(line_w, span, at, share_w)

    def can_be(self, currents: PhaseCurrents, fuse_a: float) -> bool:
        """Whether a reading counts: one beyond what the fuse carries only where the one before was so, too."""
        was, self._was_beyond = self._was_beyond, _is_beyond(currents, fuse_a)
        return was or not self._was_beyond

    def forget_signs(self) -> None:
        """Take that it may be another meter."""
        for one in (self.signs, self.floor, self.lag):
            one.forget()

    def clock_was_set(self, by: timedelta) -> None:
        """Go on by another clock."""
        for load in (self._whole, *self._lines.values()):
            load.clock_was_set(by)
        self.trust.begin_again()
        self.signs.ask_again()
        self.floor.ask_again()

    @property
    def grid_w(self) -> float | None:
        """What flows from the grid; below 0 into it."""
        return self._whole.grid_w

    @property
    def shown_w(self) -> float | None:
        """What the house drew when the meter was read, what may end in a moment included; None while that is not known."""
        return None if self.is_late else self._whole.load_w

    @property
    def load_w(self) -> float | None:
        """What the house draws beside our vehicles, where that is known."""
        load_w = self._whole.lasting_w(self._now())
        if load_w is None or self.is_late or self.hides_export:
            return None
        least_w, most_w = self.signs.least_w, self.floor.most_w
        if most_w is not None:
            load_w = min(load_w, most_w + BIAS_W)
        return load_w if least_w is None else min(load_w, least_w)

    @property
    def hides_export(self) -> bool:
        """Whether it was found not to show what flows into the grid."""
        return self.signs.are_missing or self.floor.is_found

    def lines_w(self, phases: Iterable[Phase]) -> dict[Phase, float]:
        """Return what the house draws on lines; nothing of one that is not known."""
        now = self._now()
        found = {phase: self._lines[phase].lasting_w(now) for phase in phases}
        return {phase: watts or 0.0 for phase, watts in found.items()}

    @property
    def lag_s(self) -> float:
        """How late it may show what flows, beyond what a vehicle takes to follow: one beat at least, or as it was seen to."""
        period_s = self._whole.period_s
        late_s = self.lag.late_s(period_s) or 0.0
        return min(_LATEST_S, max(period_s, late_s - _FOLLOWS_S + period_s))

    @property
    def is_late(self) -> bool:
        """Whether what it says is not what flows."""
        is_doubted = self.is_silent or self.trust.is_stuck
        return is_doubted or self._whole.is_late(self._now())


def _is_beyond(currents: PhaseCurrents, fuse_a: float) -> bool:
    return any(abs(current_a) > _BEYOND * fuse_a for current_a in currents)
