"""One vehicle that may feed back, as it is at one moment: what it may, what it can, and what flows."""

from dataclasses import dataclass
from math import inf

from ...model.identity import EvseKey
from ...model.kinds import EvseKind
from ...model.needs import ChargingNeeds
from ...model.stations import Evse, Station
from ...model.v2x import Hindrance, V2gConfig, V2xDialect
from .charge import LEAST_CAPACITY_WH
from .dividing import Member
from .feeding import Flow

# A vehicle that made less than this of its setpoint is at its end: more is not asked of it until it shows more.
_FOLLOWS = 0.85
_TRIES_W = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One EVSE with its vehicle. `hindrance` None: it may feed back; `reach_w` is what it was seen to make of more."""

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
    def most_out_w(self) -> float:
        """The most that it can be asked to feed back."""
        told = {} if self.needs is None else self.needs.discharge
        told_w = told.get("maxDischargePower", inf)
        reach_w = inf if self.reach_w is None else self.reach_w
        return min(self.discharge_limit_w, told_w if told_w > 0 else inf, reach_w)

    @property
    def least_out_w(self) -> float:
        """The least that it feeds back, if anything."""
        told = {} if self.needs is None else self.needs.discharge
        own_w = 0.0 if self.dialect is None else self.dialect.minimum_w
        return max(own_w, told.get("minDischargePower", 0.0))

    @property
    def phases(self) -> int:
        """On how many phases it charges, as far as that was seen."""
        if self.kind.is_dc:
            return self.kind.phases
        return self.evse.reading.phases_in_use() or self.kind.phases

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


def reached_w(asked_w: float, measured_w: float) -> float | None:
    """Return what a vehicle can be asked for that was asked for so much, and measured (magnitudes); None: anything."""
    if measured_w >= _FOLLOWS * asked_w - 100.0:
        return None
    return max(0.0, measured_w) + _TRIES_W
