"""One phase or three: how a station that can switch is brought from one to the other, with nothing flowing meanwhile.

Charging is lowered to nothing and has settled, the station is told, its contactors have moved, and only then does it go
on; after a change to one phase at the least current until one phase was measured. Pure: the caller says what is so.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..model.phases import Phase

SINGLE = 1
THREE = 3

# Contactors wear out and vehicles take offence: no more than one change in this time.
DWELL_S = 300.0

# Contactors move, and the vehicle's charger finds out what it is connected to.
SETTLE_S = 10.0

# A station that does not pause, or does not confirm, in this time goes on as before.
PATIENCE_S = 120.0

# A vehicle that charges for so long without a reading of its phases is taken to do as its station was told.
PROOF_S = 60.0

# A station that was told in vain this often cannot switch, whatever it says.
IN_VAIN = 2

# How often a change under way is looked at.
LOOK_S = 1.0


class Stage(StrEnum):
    """How far a change has come."""

    STEADY = "steady"
    # Charging is lowered to nothing.
    PAUSING = "pausing"
    # The station was told; its contactors move.
    SWITCHING = "switching"
    # It charges at the least current until its meter shows one phase.
    PROVING = "proving"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is so at one moment."""

    # What should be.
    wanted: int
    # Whether nothing can be flowing: its limit is 0, in force, and settled.
    is_at_rest: bool
    # Whether what it holds would fit on all the phases that it is wired to.
    has_room: bool
    # What all limits in the station tell its vehicle to use; None where they do not agree.
    told: int | None
    is_charging: bool
    # The station's own phases on which its meter shows current since this stage began.
    live: tuple[Phase, ...] = ()


@dataclass(frozen=True, slots=True)
class Switch:
    """The phases that one EVSE charges on. `since` is when the stage began."""

    phases: int = THREE
    stage: Stage = Stage.STEADY
    since: datetime | None = None
    switched_at: datetime | None = None
    # The station's own phase that is left when it charges on one.
    own: Phase = Phase.L1
    failures: int = 0

    @property
    def is_single(self) -> bool:
        """Whether it can draw on one phase only, as far as was told and measured."""
        return self.phases == SINGLE and self.stage in {Stage.STEADY, Stage.PROVING}

    @property
    def is_paused(self) -> bool:
        """Whether nothing may flow."""
        return self.stage in {Stage.PAUSING, Stage.SWITCHING}

    @property
    def told(self) -> int:
        """How many phases its limits are to name."""
        return other(self.phases) if self.stage is Stage.SWITCHING else self.phases

    @property
    def is_hopeless(self) -> bool:
        """Whether it was told in vain too often."""
        return self.failures >= IN_VAIN

    def wait_s(self, wanted: int, now: datetime) -> float | None:
        """Return after how long something may change by itself, or None."""
        if self.stage is not Stage.STEADY:
            return LOOK_S
        return None if wanted == self.phases else max(LOOK_S, self._dwell_s(now))

    def after(self, facts: Facts, now: datetime) -> Switch:
        """Return what becomes of it."""
        match self.stage:
            case Stage.STEADY:
                return self._steady(facts, now)
            case Stage.PAUSING:
                return self._pausing(facts, now)
            case Stage.SWITCHING:
                return self._switching(facts, now)
            case Stage.PROVING:
                return self._proving(facts, now)

    def _steady(self, facts: Facts, now: datetime) -> Switch:
        if self.phases == SINGLE:
            if facts.told != SINGLE or len(facts.live) > SINGLE:
                return self._failed(now)
            if facts.live and facts.live[0] is not self.own:
                return replace(self, own=facts.live[0])
        if facts.wanted == self.phases or self._dwell_s(now) > 0:
            return self
        return self._at(Stage.PAUSING, now)

    def _pausing(self, facts: Facts, now: datetime) -> Switch:
        if facts.wanted == self.phases:
            return self._at(Stage.STEADY, now).after(facts, now)
        if facts.is_at_rest and facts.has_room:
            return self._at(Stage.SWITCHING, now)
        if self._lasts_s(now) > PATIENCE_S:
            return replace(self._at(Stage.STEADY, now), switched_at=now)
        return self

    def _switching(self, facts: Facts, now: datetime) -> Switch:
        lasts_s = self._lasts_s(now)
        if facts.told == self.told and lasts_s >= SETTLE_S:
            stage = Stage.PROVING if self.told == SINGLE else Stage.STEADY
            return replace(self._at(stage, now), phases=self.told, switched_at=now)
        return self._failed(now) if lasts_s > PATIENCE_S else self

    def _proving(self, facts: Facts, now: datetime) -> Switch:
        if facts.told != SINGLE or len(facts.live) > SINGLE:
            return self._failed(now)
        if facts.live:
            proven = replace(self._at(Stage.STEADY, now), own=facts.live[0])
            return replace(proven, failures=0)
        if not facts.is_charging:
            return replace(self, since=now)
        return self._at(Stage.STEADY, now) if self._lasts_s(now) > PROOF_S else self

    def _failed(self, now: datetime) -> Switch:
        """Return to three phases, which is what any station does that was not told, or does not listen."""
        failures = self.failures + 1
        return replace(
            self._at(Stage.STEADY, now),
            phases=THREE,
            switched_at=now,
            failures=failures,
        )

    def _at(self, stage: Stage, now: datetime) -> Switch:
        return replace(self, stage=stage, since=now)

    def _lasts_s(self, now: datetime) -> float:
        return 0.0 if self.since is None else (now - self.since).total_seconds()

    def _dwell_s(self, now: datetime) -> float:
        """Return how long it has to stay as it is, in seconds."""
        if self.switched_at is None:
            return 0.0
        until = self.switched_at + timedelta(seconds=DWELL_S)
        return max(0.0, (until - now).total_seconds())


def other(phases: int) -> int:
    """Return the number of phases that it is not."""
    return THREE if phases == SINGLE else SINGLE
