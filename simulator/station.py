"""A charging station as a thing of copper and relays; no protocol in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from simulator.bidirectional import Bidirectional
from simulator.evse import Evse
from simulator.limit import Limit, tenths
from simulator.phases import PerPhase, Wiring
from simulator.sharing import Request, share


@dataclass(frozen=True, slots=True)
class Nameplate:
    """What is printed on the box."""

    vendor: str = "Evenload"
    model: str = "Simulated"
    serial: str = "SIM-0001"
    firmware: str = "1.0.0"


@dataclass
class Station:
    """One box with one feed from the grid and one or more EVSEs."""

    evses: dict[int, Evse]
    maximum_a: float
    nameplate: Nameplate = field(default_factory=Nameplate)
    switches_phases: bool = False
    simultaneous: bool = True
    temperature_c: float = 31.0
    frequency_hz: float = 50.0
    bidirectional: Bidirectional | None = None
    upstream_w: Callable[[], float] | None = None
    """What a meter at the grid connection shows, where the station has one there."""
    _arrivals: list[int] = field(default_factory=list, init=False, repr=False)

    @property
    def currents(self) -> PerPhase:
        """Amperes that physically flow on each grid phase."""
        return sum((evse.currents for evse in self.evses.values()), PerPhase())

    @property
    def powers_w(self) -> PerPhase:
        """Watts that physically flow on each grid phase."""
        return sum((evse.powers_w for evse in self.evses.values()), PerPhase())

    def offer(self, limits: Mapping[int, Limit | None], cap: Limit | None) -> None:
        """Set what each EVSE offers: its own limit, and no more than the cap for all of them together."""
        self._note_arrivals()
        for evse_id, evse in self.evses.items():
            limit = limits.get(evse_id)
            wanted = tightest_phases(limit, cap)
            evse.offered_phases = wanted if self.switches_phases else len(evse.wiring)
            evse.offered_terminal = named_terminal(limit, cap)
        requests = [
            Request(
                evse_id,
                self._own_a(evse_id, limits.get(evse_id)),
                self._wiring_used(evse_id),
                self.evses[evse_id].minimum_a,
            )
            for evse_id in self._arrivals
            if self.evses[evse_id].energised
        ]
        if not self.simultaneous:
            requests[1:] = [replace(later, maximum_a=0.0) for later in requests[1:]]
        cap_a = min(self.maximum_a, cap.current_a) if cap else self.maximum_a
        shares = share(requests, cap_a)
        for evse_id, evse in self.evses.items():
            # An EVSE without permission still shows what it would offer alone: that is what a car would meet.
            idle_a = min(self._own_a(evse_id, limits.get(evse_id)), cap_a)
            evse.offered_a = tenths(shares.get(evse_id, idle_a))

    def advance(self, dt_s: float) -> None:
        """Live for a moment."""
        for evse in self.evses.values():
            evse.advance(dt_s)

    def _own_a(self, evse_id: int, limit: Limit | None) -> float:
        rating_a = self.evses[evse_id].rating_a
        return min(rating_a, limit.current_a) if limit else rating_a

    def _wiring_used(self, evse_id: int) -> Wiring:
        evse = self.evses[evse_id]
        if evse.is_dc:
            return evse.wiring
        if evse.offered_phases == 1 and evse.offered_terminal:
            return (evse.wiring[evse.offered_terminal - 1],)
        return evse.wiring[: evse.offered_phases]

    def _note_arrivals(self) -> None:
        """Keep the EVSEs in the order in which vehicles came."""
        plugged = [evse_id for evse_id, evse in self.evses.items() if evse.vehicle]
        stayed = [evse_id for evse_id in self._arrivals if evse_id in plugged]
        self._arrivals = stayed + [
            evse_id for evse_id in plugged if evse_id not in stayed
        ]


def tightest_phases(limit: Limit | None, cap: Limit | None) -> int:
    """Number of phases that both limits allow."""
    return min(limit.phases if limit else 3, cap.phases if cap else 3)


def named_terminal(limit: Limit | None, cap: Limit | None) -> int | None:
    """The one terminal that a limit wants used."""
    return (limit.terminal if limit else None) or (cap.terminal if cap else None)
