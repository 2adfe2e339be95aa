"""A vehicle: its battery, its onboard charger, and how fast it follows the pilot."""

from dataclasses import dataclass, field

# An onboard charger that nears a full battery ends at a tenth of its current.
FULL_FRACTION = 0.1
PILOT_MINIMUM_A = 6.0


@dataclass
class Vehicle:
    """What hangs on the cable.

    IEC 61851-1 gives a vehicle 5 s to follow a new pilot: with the defaults it hesitates for one second and then ramps.
    """

    name: str = "car"
    phases: int = 3
    maximum_a: float = 16.0
    minimum_a: float = PILOT_MINIMUM_A
    capacity_wh: float = 60_000.0
    soc_percent: float = 20.0
    target_percent: float = 100.0
    taper_from_percent: float = 80.0
    efficiency: float = 0.92
    start_delay_s: float = 2.0
    reaction_s: float = 1.0
    ramp_a_per_s: float = 10.0
    wakes_after_pause: bool = True
    dc_maximum_w: float = 50_000.0
    talks: bool = False
    """Whether it tells its needs over a Type 2 cable, too (ISO 15118)."""
    current_a: float = field(default=0.0, init=False)
    _acting_on_a: float = field(default=0.0, init=False, repr=False)
    _unnoticed_s: float = field(default=0.0, init=False, repr=False)
    _ready_for_s: float = field(default=0.0, init=False, repr=False)
    _has_drawn: bool = field(default=False, init=False, repr=False)
    _asleep: bool = field(default=False, init=False, repr=False)
    _on_dc: bool = field(default=False, init=False, repr=False)

    @property
    def is_full(self) -> bool:
        """Whether it wants nothing more."""
        return self.soc_percent >= self.target_percent

    def plugged_in(self, *, dc: bool) -> None:
        """Take note of the kind of cable."""
        self._on_dc = dc

    def unplugged(self) -> None:
        """Forget the pilot; no current flows through a pulled cable."""
        self.current_a = self._acting_on_a = self._unnoticed_s = self._ready_for_s = 0.0
        self._has_drawn = self._asleep = False

    def advance(
        self, dt_s: float, offered_a: float, phases: int, voltage_v: float
    ) -> None:
        """Live for a moment under a pilot that offers so much on so many phases (0: no permission to draw)."""
        self._notice(dt_s, offered_a)
        self._doze()
        used_phases = phases if self._on_dc else min(self.phases, phases)
        wanted_a = self._wanted_a(voltage_v * phases)
        self._ready_for_s = self._ready_for_s + dt_s if wanted_a else 0.0
        if wanted_a and self.current_a == 0 and self._ready_for_s < self.start_delay_s:
            wanted_a = 0.0
        step_a = self.ramp_a_per_s * dt_s
        self.current_a = max(
            0.0, min(max(wanted_a, self.current_a - step_a), self.current_a + step_a)
        )
        stored_wh = (
            self.current_a * voltage_v * used_phases * dt_s / 3600 * self.efficiency
        )
        self.soc_percent = min(
            100.0, self.soc_percent + 100 * stored_wh / self.capacity_wh
        )

    def _notice(self, dt_s: float, offered_a: float) -> None:
        """Take up a changed pilot once the reaction time is over."""
        if offered_a == self._acting_on_a:
            self._unnoticed_s = 0.0
            return
        # The time runs from the first change: a pilot that keeps moving must not be ignored for ever.
        self._unnoticed_s += dt_s
        if self._unnoticed_s >= self.reaction_s:
            self._acting_on_a = offered_a
            self._unnoticed_s = 0.0

    def _doze(self) -> None:
        """Some cars that were paused once sleep until they are plugged in anew."""
        self._has_drawn = self._has_drawn or self.current_a > 0
        paused = self._has_drawn and self._is_paused
        self._asleep = self._asleep or (paused and not self.wakes_after_pause)

    @property
    def _is_paused(self) -> bool:
        return (
            self._acting_on_a <= 0
            if self._on_dc
            else self._acting_on_a < self.minimum_a
        )

    def _wanted_a(self, supply_v: float) -> float:
        """Current it would draw by what it is offered; from a rectifier, as that takes it from each phase of its supply."""
        if self.is_full or self._asleep or self._is_paused:
            return 0.0
        maximum_a = self.dc_maximum_w / supply_v if self._on_dc else self.maximum_a
        return min(self._acting_on_a, maximum_a * self._taper())

    def _taper(self) -> float:
        """Fraction of its maximum that the battery still takes."""
        if self.soc_percent <= self.taper_from_percent:
            return 1.0
        left = (100.0 - self.soc_percent) / (100.0 - self.taper_from_percent)
        return FULL_FRACTION + (1 - FULL_FRACTION) * left
