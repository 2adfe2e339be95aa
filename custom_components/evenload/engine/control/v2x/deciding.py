"""What every vehicle is to do now: who gives together shares what is asked of them, and no bound is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ...model.allotments import Reason
from ...model.identity import EvseKey
from ...model.v2x import Hindrance, IdleMethod
from .direction import Directions, Way
from .dividing import EXACT, Bound, Start, divided
from .export import less
from .handing import Handed
from .stance import DISCHARGES, PAUSES, RESTS, Stance
from .vehicle import Vehicle

# A cap on charging follows the sun no closer than this, in amperes: every change is a write.
CLOSE_A = 1.0


# Where nothing flows like this, contactors open.
_SLEEPS = frozenset({IdleMethod.IDLE_MODE, IdleMethod.PAUSE})


@dataclass(frozen=True, slots=True)
class Doing:
    """What one vehicle is to do: a setpoint, or (None) what its limits let through; `stance` is what those are to be."""

    setpoint_w: float | None = None
    stance: Stance | None = None
    hindrance: Hindrance | None = None
    # What somebody else decides; `setpoint_w` is then the most that it may give.
    handed: Handed | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What vehicles are to do together, in watts (below 0: give), and the words for it.

    `charges_alone`: who cannot give charges as ever, rather than rest. `start`: from when on it is enough for a vehicle.
    """

    power_w: float
    vehicles: tuple[Vehicle, ...]
    reason: Reason = Reason.DISPATCHED
    too_little: Hindrance | None = None
    charges_alone: bool = False
    start: Start = EXACT


@dataclass
class Deciding:
    """One round of decisions. Those who are decided first are asked for first."""

    directions: Directions
    now: datetime
    bounds: Sequence[Bound]
    before: Mapping[EvseKey, Doing]
    doings: dict[EvseKey, Doing] = field(default_factory=dict)

    @property
    def given_w(self) -> float:
        """What all that were decided by now give."""
        return -sum(min(0.0, one.setpoint_w or 0.0) for one in self.doings.values())

    def decide(self, wish: Wish) -> None:
        """Have vehicles do something together."""
        if wish.power_w < 0:
            self._give(wish)
        else:
            self._take(wish)

    def leave(self, vehicles: Iterable[Vehicle], why: Hindrance | None) -> None:
        """Leave vehicles to their limits."""
        for one in vehicles:
            self.doings[one.key] = Doing(hindrance=one.hindrance or why)

    def hand(
        self, vehicle: Vehicle, handed: Handed, why: Hindrance | None = None
    ) -> None:
        """Leave a vehicle to somebody else: all that it may then give is given, and it has room for all that it can draw."""
        self.bounds = less(self.bounds, {vehicle.key: handed.out_w})
        stance = Stance(handed.reason, vehicle.kind.rated_a)
        self.doings[vehicle.key] = Doing(-handed.out_w, stance, why, handed)

    def _give(self, wish: Wish) -> None:
        able = [one for one in wish.vehicles if one.hindrance is None]
        ready = [one for one in able if self._may(one, Way.OUT)]
        members = [one.giving(is_active=self._goes(one, Way.OUT)) for one in ready]
        shares = divided(-wish.power_w, members, self.bounds, wish.start)
        self.bounds = less(self.bounds, shares)
        left_w = -wish.power_w - sum(shares.values())
        for one in able:
            share_w = shares.get(one.key, 0.0)
            if share_w > 0:
                self.doings[one.key] = Doing(-share_w, DISCHARGES)
            elif one not in ready:
                self.doings[one.key] = _rest(one, Hindrance.CHANGING_DIRECTION)
            else:
                self.doings[one.key] = _rest(one, _too_little(one, wish, left_w))
        self._spare([one for one in wish.vehicles if one not in able], wish)

    def _take(self, wish: Wish) -> None:
        """Let vehicles charge with so much together; what is too little for one is for nobody."""
        bound = [one for one in wish.vehicles if _rests(one) or not wish.charges_alone]
        ready = [one for one in bound if self._may(one, Way.IN)]
        members = [one.taking(is_active=self._goes(one, Way.IN)) for one in ready]
        shares = divided(wish.power_w, members, start=wish.start)
        for one in bound:
            share_w = shares.get(one.key, 0.0)
            if share_w > 0:
                cap_a = self._steady(one, one.amperes(share_w))
                self.doings[one.key] = Doing(
                    share_w if _charges_by_setpoints(one) else None,
                    Stance(wish.reason, cap_a),
                    one.hindrance,
                )
            else:
                self.doings[one.key] = _rest(one, one.hindrance or wish.too_little)
        self.leave([one for one in wish.vehicles if one not in bound], None)

    def _spare(self, hindered: Sequence[Vehicle], wish: Wish) -> None:
        """Let those that may not give rest, or charge as ever."""
        for one in hindered:
            is_empty = (one.soc_percent or 0.0) < one.minimum_percent
            if wish.charges_alone and (not _rests(one) or is_empty):
                self.doings[one.key] = Doing(hindrance=one.hindrance)
            else:
                self.doings[one.key] = _rest(one, one.hindrance)

    def _may(self, vehicle: Vehicle, way: Way) -> bool:
        dialect = vehicle.dialect
        # What goes to sleep is not to be woken all the time.
        rests = way is Way.OUT and dialect is not None and dialect.idle in _SLEEPS
        return self.directions.turns_at(vehicle.key, way, rests=rests) is None

    def _goes(self, vehicle: Vehicle, way: Way) -> bool:
        return self.directions.way(vehicle.key) is way

    def _steady(self, vehicle: Vehicle, cap_a: float) -> float:
        """Return a cap that does not waver: the one before, where that is about the same."""
        before = self.before.get(vehicle.key, Doing()).stance
        known_a = None if before is None else before.maximum_a
        if known_a is not None and abs(known_a - cap_a) < CLOSE_A:
            return known_a
        return max(cap_a, vehicle.kind.minimum_a)


def _rests(vehicle: Vehicle) -> bool:
    """Whether it can be told to rest: it may be told anything, and only has nothing to give."""
    return vehicle.hindrance in (None, Hindrance.SOC_AT_MINIMUM)


def _too_little(vehicle: Vehicle, wish: Wish, left_w: float) -> Hindrance | None:
    """Return why a vehicle that may give is asked for nothing; `left_w` is what nobody was asked for."""
    begins_w = vehicle.least_out_w * wish.start.begins_at
    if vehicle.most_out_w < begins_w:
        return Hindrance.TOO_LITTLE_POWER
    if wish.too_little is not None:
        # Where enough is left for it, there is no room to give that.
        has_room = left_w < max(begins_w, 1.0)
        return wish.too_little if has_room else Hindrance.TOO_LITTLE_POWER
    if -wish.power_w < begins_w:
        return Hindrance.TOO_LITTLE_POWER
    return Hindrance.EXPORT_CAP if left_w > 1.0 else None


def _charges_by_setpoints(vehicle: Vehicle) -> bool:
    """Whether its charging goes by setpoints too: beside them its station knows no limits."""
    dialect = vehicle.dialect
    return dialect is not None and not dialect.charges_by_limits and _rests(vehicle)


def _rest(vehicle: Vehicle, why: Hindrance | None) -> Doing:
    """Let a vehicle do nothing, in the way that its dialect has for that."""
    dialect = vehicle.dialect
    if not _rests(vehicle) or dialect is None or dialect.idle is IdleMethod.PAUSE:
        return Doing(stance=PAUSES, hindrance=why)
    setpoint_w = dialect.upkeep_w if dialect.idle is IdleMethod.UPKEEP else 0.0
    return Doing(setpoint_w, RESTS, why)
