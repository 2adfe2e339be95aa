"""The bare limit of a node, and what caps it from outside."""

from dataclasses import dataclass, replace
from math import inf

from ..model.allotments import Reason
from ..model.limits import Current, Limit, Power
from ..model.phases import ALL_PHASES, Phase, PhaseCurrents
from ..model.tree import Room


@dataclass(frozen=True, slots=True)
class Circuit:
    """The limit of a node, and the lines of the site.

    `fuse` is the site's: nothing behind it can be several times of it. `reason` is what binds where the limit does, or
    everything else in the house.
    """

    limit: Limit
    fuse: Current
    phases: tuple[Phase, ...] = ALL_PHASES
    voltage_v: float = 230.0
    reason: Reason = Reason.MAIN_FUSE

    @property
    def line_a(self) -> float:
        """The most on each line, in amperes: a limit in watts leaves that to the main fuse."""
        return self.limit.a if isinstance(self.limit, Current) else self.fuse.a

    @property
    def sum_a(self) -> float:
        """The most on all lines together, in amperes."""
        return self.total_a(self.limit)

    def each_a(self, limit: Limit) -> float:
        """Return what a limit comes to on each line, in amperes."""
        return self.total_a(limit) / len(self.phases)

    def total_a(self, limit: Limit) -> float:
        """Return what a limit comes to on all lines together, in amperes."""
        match limit:
            case Current(a):
                return a * len(self.phases)
            case Power(w):
                return w / self.voltage_v


def bare_room(circuit: Circuit) -> Room:
    """Return the room that a limit is, with nothing else behind it."""
    reasons = (circuit.reason,) * 3
    match circuit.limit:
        case Current(a):
            current = PhaseCurrents.even(a, circuit.phases)
            return Room(current, None, reasons, circuit.reason)
        case Power(w):
            return Room(None, w, reasons, circuit.reason)


def capped(
    room: Room, cap: Limit, reason: Reason, phases: tuple[Phase, ...] = ALL_PHASES
) -> Room:
    """Return a room that is no more than a cap, and says so where the cap binds."""
    match cap:
        case Power(w):
            if room.power_w is not None and room.power_w <= w:
                return room
            return replace(room, power_w=w, power_reason=reason)
        case Current(a):
            own = room.current or PhaseCurrents.even(a, phases)
            is_free = room.current is None
            l1, l2, l3 = (
                reason if a < on_line or (is_free and phase in phases) else known
                for phase, on_line, known in zip(
                    ALL_PHASES, own, room.reasons, strict=True
                )
            )
            current = PhaseCurrents(*(min(a, on_line) for on_line in own))
            return replace(room, current=current, reasons=(l1, l2, l3))


def at_least(room: Room, held: PhaseCurrents, bare: Room, voltage_v: float) -> Room:
    """Return a room in which all have what they hold, as far as the bare limit allows that."""
    current, power_w = room.current, room.power_w
    if current is not None:
        kept = [max(a, held_a) for a, held_a in zip(current, held, strict=True)]
        most = kept if bare.current is None else list(bare.current)
        current = PhaseCurrents(*map(min, kept, most, strict=True))
    if power_w is not None:
        most_w = inf if bare.power_w is None else bare.power_w
        power_w = min(most_w, max(power_w, sum(held) * voltage_v))
    return replace(room, current=current, power_w=power_w)
