"""One EVSE of a simulated station, looked at from outside."""

from simulator.brain import Brain
from simulator.evse import Evse
from simulator.limit import tenths
from simulator.phases import PerPhase
from simulator.vehicle import Vehicle


class EvseView:
    """What can be seen of one EVSE from outside."""

    def __init__(self, brain: Brain, evse: Evse) -> None:
        """Look at an EVSE of a station."""
        self._brain = brain
        self._evse = evse

    @property
    def currents(self) -> PerPhase:
        """Amperes that physically flow on each grid phase."""
        return self._evse.currents

    @property
    def powers_w(self) -> PerPhase:
        """Watts that physically flow on each grid phase."""
        return self._evse.powers_w

    @property
    def limit_a(self) -> float | None:
        """The composite limit of the installed profiles now, in amperes per phase; None where there is none."""
        limit = self._brain.limit(self._evse.evse_id)
        return tenths(limit.current_a) if limit else None

    @property
    def limit_w(self) -> float | None:
        """The same in watts in all."""
        limit = self._brain.limit(self._evse.evse_id)
        return limit.power_w(self._evse.line_voltages_v[0]) if limit else None

    @property
    def offered_a(self) -> float:
        """What the vehicle is offered on each phase."""
        return self._evse.pilot_a

    @property
    def power_w(self) -> float:
        """Watts in all; negative where they come out of the vehicle."""
        return self._evse.power_w

    @property
    def setpoint_w(self) -> float | None:
        """What is to flow in all by order; None where the vehicle is only limited."""
        ordered_w = self._evse.exchange_w
        return None if ordered_w is None else sum(ordered_w)

    @property
    def export_wh(self) -> float:
        """The true register of what was fed back."""
        return self._evse.meter.export_wh

    @property
    def status(self) -> str:
        """Its status as its version of OCPP names it."""
        return self._brain.status(self._evse.evse_id)

    @property
    def register_wh(self) -> float:
        """The true energy register."""
        return self._evse.meter.register_wh

    @property
    def transaction_id(self) -> int | str | None:
        """The id of the running transaction, once it is known."""
        return self._brain.transaction_id(self._evse.evse_id)

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction runs, with an id or not yet."""
        return self._brain.in_transaction(self._evse.evse_id)

    @property
    def vehicle(self) -> Vehicle | None:
        """The vehicle on the cable."""
        return self._evse.vehicle
