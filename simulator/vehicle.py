"""A vehicle: its battery, its onboard charger, and how fast it follows the pilot or a setpoint."""

from dataclasses import dataclass, field

# An onboard charger that nears a full battery ends at a tenth of its current.
FULL_FRACTION = 0.1
PILOT_MINIMUM_A = 6.0


@dataclass
class Attention[T]:
    """What somebody acts on, who needs a moment to notice that he is told something else."""

    acting_on: T
    unnoticed_s: float = 0.0

    def notice(self, dt_s: float, told: T, after_s: float) -> T:
        """Take up what is told once the reaction time is over."""
        if told == self.acting_on:
            self.unnoticed_s = 0.0
            return told
        # The time runs from the first change: what keeps moving must not be ignored for ever.
        self.unnoticed_s += dt_s
        if self.unnoticed_s >= after_s:
            self.acting_on, self.unnoticed_s = told, 0.0
        return self.acting_on


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
    discharge_maximum_w: float = 0.0
    """What it gives back at most, at the grid's side; 0: it cannot (ISO 15118-20)."""
    discharge_efficiency: float = 0.92
    minimum_soc_percent: float = 20.0
    """It gives nothing below."""
    evccid: str = ""
    """By what it is known to stations."""
    current_a: float = field(default=0.0, init=False)
    lines_a: tuple[float, ...] = field(default=(), init=False)
    """What flows on each line while the station says how much, and out of it where negative."""
    _pilot: Attention[float] = field(init=False, repr=False)
    _setpoint: Attention[tuple[float, ...]] = field(init=False, repr=False)
    _ready_for_s: float = field(default=0.0, init=False, repr=False)
    _has_drawn: bool = field(default=False, init=False, repr=False)
    _asleep: bool = field(default=False, init=False, repr=False)
    _on_dc: bool = field(default=False, init=False, repr=False)

    def __post_init__(self) -> None:
        """Act on nothing yet."""
        self._pilot, self._setpoint = Attention(0.0), Attention(())

    @property
    def is_full(self) -> bool:
        """Whether it wants nothing more."""
        return self.soc_percent >= self.target_percent

    @property
    def discharges(self) -> bool:
        """Whether it can give energy back."""
        return self.discharge_maximum_w > 0

    def plugged_in(self, *, dc: bool) -> None:
        """Take note of the kind of cable."""
        self._on_dc = dc

    def unplugged(self) -> None:
        """Forget the pilot; no current flows through a pulled cable."""
        self.current_a = self._ready_for_s = 0.0
        self.lines_a = ()
        self._pilot, self._setpoint = Attention(0.0), Attention(())
        self._has_drawn = self._asleep = False

    def breaks_off(self) -> None:
        """Do nothing more until it is plugged in anew, as after an error that nothing else mends."""
        self._asleep = True

    def advance(
        self, dt_s: float, offered_a: float, phases: int, voltage_v: float
    ) -> None:
        """Live for a moment under a pilot that offers so much on so many phases (0: no permission to draw)."""
        self._pilot.notice(dt_s, offered_a, self.reaction_s)
        self.lines_a = ()
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
        self._store(self.current_a * voltage_v * used_phases * dt_s / 3600)

    def exchange(
        self, dt_s: float, wanted_a: tuple[float, ...], voltage_v: float
    ) -> None:
        """Live for a moment while the station says how much is to flow on each line, and which way."""
        acting_on = self._setpoint.notice(dt_s, wanted_a, self.reaction_s)
        supply_v = voltage_v * len(wanted_a)
        most_a, least_a = self._bounds_a(supply_v)
        before = self.lines_a or (self.current_a,) * len(wanted_a)
        step_a = self.ramp_a_per_s * dt_s
        self.lines_a = tuple(
            min(max(min(max(to_a, least_a), most_a), from_a - step_a), from_a + step_a)
            for from_a, to_a in zip(before, acting_on or before, strict=False)
        )
        self.current_a = sum(self.lines_a) / len(wanted_a)
        self._has_drawn = self._has_drawn or self.current_a > 0
        self._store(sum(self.lines_a) * voltage_v * dt_s / 3600)

    def _bounds_a(self, supply_v: float) -> tuple[float, float]:
        """The most that it takes and, negative, that it gives on each line."""
        if self._asleep:
            return 0.0, 0.0
        maximum_a = self.dc_maximum_w / supply_v if self._on_dc else self.maximum_a
        most_a = 0.0 if self.is_full else maximum_a * self._taper()
        empty = self.soc_percent <= self.minimum_soc_percent
        return most_a, 0.0 if empty else -self.discharge_maximum_w / supply_v

    def _store(self, energy_wh: float) -> None:
        """Put energy into the battery, or take it out, with what is lost on the way."""
        lossy = (
            energy_wh * self.efficiency
            if energy_wh > 0
            else energy_wh / self.discharge_efficiency
        )
        charge = self.soc_percent + 100 * lossy / self.capacity_wh
        self.soc_percent = max(0.0, min(100.0, charge))

    def _doze(self) -> None:
        """Some cars that were paused once sleep until they are plugged in anew."""
        self._has_drawn = self._has_drawn or self.current_a > 0
        paused = self._has_drawn and self._is_paused
        self._asleep = self._asleep or (paused and not self.wakes_after_pause)

    @property
    def _is_paused(self) -> bool:
        return (
            self._pilot.acting_on <= 0
            if self._on_dc
            else self._pilot.acting_on < self.minimum_a
        )

    def _wanted_a(self, supply_v: float) -> float:
        """Current it would draw by what it is offered; from a rectifier, as that takes it from each phase of its supply."""
        if self.is_full or self._asleep or self._is_paused:
            return 0.0
        maximum_a = self.dc_maximum_w / supply_v if self._on_dc else self.maximum_a
        return min(self._pilot.acting_on, maximum_a * self._taper())

    def _taper(self) -> float:
        """Fraction of its maximum that the battery still takes."""
        if self.soc_percent <= self.taper_from_percent:
            return 1.0
        left = (100.0 - self.soc_percent) / (100.0 - self.taper_from_percent)
        return FULL_FRACTION + (1 - FULL_FRACTION) * left
