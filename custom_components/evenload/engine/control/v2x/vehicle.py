"""One vehicle that may feed back, as it is at one moment: what it may, what it can, and what flows."""

from dataclasses import dataclass
from math import inf

from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.needs import ChargingNeeds
from ...model.stations import Evse, Station
from ...model.v2x import Hindrance, V2gConfig, V2xDialect
from . import by_phase
from .charge import LEAST_CAPACITY_WH
from .dividing import Member
from .told import Flow


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One EVSE with its vehicle. `hindrance` None: it may feed back.

    `makes` is the part of a setpoint that comes out, `end_w` the most that was seen to, and `reach_w` what is tried beyond that.
    `parts`: it is told what to give on each of its station's phases, so much of the whole.
    """

    station: Station
    evse: Evse
    kind: EvseKind
    config: V2gConfig
    dialect: V2xDialect | None
    needs: ChargingNeeds | None
    hindrance: Hindrance | None
    soc_percent: float | None
    minimum_percent: float
    flow: Flow
    may_feed_w: float
    reach_w: float | None = None
    end_w: float | None = None
    makes: float = 1.0
    parts: by_phase.Parts | None = None
    # On how many phases it was seen since it was plugged in.
    was_on: int | None = None

    @property
    def key(self) -> EvseKey:
        """Which EVSE it is."""
        return self.evse.key

    @property
    def capacity_wh(self) -> float | None:
        """What its battery holds: what its owner says goes before what it says itself, which is often wrong."""
        told = None if self.needs is None else self.needs.capacity_wh
        return self.config.capacity_wh or told

    @property
    def discharge_limit_w(self) -> float:
        """The most that its owner lets it feed back."""
        own_w = self.evse.settings.discharge_limit_w
        return (
            self.config.maximum_w
            if own_w is None
            else min(own_w, self.config.maximum_w)
        )

    @property
    def most_told_w(self) -> float:
        """The most that it may be told to feed back."""
        told_w = self.needs.whole("maxDischargePower") if self.needs else None
        if self.needs is not None and self.parts is not None:
            told_w = by_phase.most_w(self.needs, self.parts)
        return min(self.discharge_limit_w, told_w or inf)

    @property
    def most_out_w(self) -> float:
        """The most that it can be asked to feed back: what comes out of that."""
        reach_w = inf if self.reach_w is None else self.reach_w
        return min(self.makes * self.most_told_w, reach_w)

    @property
    def least_out_w(self) -> float:
        """The least that it feeds back, if anything: what comes out of the least that it may be told."""
        told_w = self.needs.whole("minDischargePower") if self.needs else None
        own_w = 0.0 if self.dialect is None else self.dialect.minimum_w
        if self.needs is not None and self.parts is not None:
            told_w = by_phase.least_w(self.needs, self.parts)
        return self.makes * max(own_w, told_w or 0.0)

    @property
    def phases(self) -> int:
        """On how many phases it charges, as far as that was seen."""
        return self.seen_phases or self.kind.phases

    @property
    def seen_phases(self) -> int | None:
        """On how many phases it surely is; None: on one at least."""
        if self.kind.is_dc or by_phase.takes_phases(self.needs, self.kind):
            # What it gives on one phase only says nothing of the others.
            return self.kind.phases
        return self.was_on

    @property
    def least_in_w(self) -> float:
        """The least that it charges with."""
        return self._watts(self.kind.minimum_a)

    @property
    def most_in_w(self) -> float:
        """The most that it charges with."""
        told = None if self.needs is None else self.needs.maximum_w
        return min(self._watts(self.kind.rated_a), told or inf)

    @property
    def available_wh(self) -> float:
        """What it can give until it is down to its minimum, as far as that is known."""
        return self._percent_wh((self.soc_percent or 0.0) - self.minimum_percent)

    @property
    def wanted_wh(self) -> float:
        """What it can take until it is full, or has what it asked for."""
        if self.soc_percent is None:
            asked = None if self.needs is None else self.needs.energy_wh
            return asked or 0.0
        full = None if self.needs is None else self.needs.full_soc_percent
        return self._percent_wh((full or 100.0) - self.soc_percent)

    def amperes(self, watts: float) -> float:
        """Return what a power comes to on each of its phases."""
        if self.kind.is_dc:
            return watts / max(self.kind.watts(1.0), 1.0)
        return watts / (self.kind.voltage_v * self.phases)

    def giving(self, *, is_active: bool) -> Member:
        """Return it as one of those that give: who has more to give gives more."""
        return Member(
            key=self.key,
            most_w=self.most_out_w,
            least_w=self.least_out_w,
            weight=self.available_wh,
            is_active=is_active,
        )

    def taking(self, *, is_active: bool) -> Member:
        """Return it as one of those that take: who needs more takes more."""
        return Member(
            key=self.key,
            most_w=self.most_in_w,
            least_w=self.least_in_w,
            weight=self.wanted_wh,
            is_active=is_active,
        )

    def _watts(self, current_a: float) -> float:
        if self.kind.is_dc:
            return self.kind.watts(current_a)
        return current_a * self.kind.voltage_v * self.phases

    def _percent_wh(self, percent: float) -> float:
        return max(0.0, percent) / 100 * (self.capacity_wh or LEAST_CAPACITY_WH)
