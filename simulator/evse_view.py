"""One EVSE of a simulated station, looked at from outside."""

from simulator.limit import tenths
from simulator.ocpp16.charge_point import ChargePoint
from simulator.ocpp16.outlet import Outlet
from simulator.phases import PerPhase
from simulator.vehicle import Vehicle


class EvseView:
    """What can be seen of one EVSE from outside."""

    def __init__(self, charge_point: ChargePoint, outlet: Outlet) -> None:
        """Look at an outlet."""
        self._charge_point = charge_point
        self._outlet = outlet

    @property
    def currents(self) -> PerPhase:
        """Amperes that physically flow on each grid phase."""
        return self._outlet.evse.currents

    @property
    def powers_w(self) -> PerPhase:
        """Watts that physically flow on each grid phase."""
        return self._outlet.evse.powers_w

    @property
    def limit_a(self) -> float | None:
        """The composite limit of the installed profiles now, in amperes per phase; None where there is none."""
        limit = self._charge_point.smart_charging.limit(self._outlet.connector_id)
        return tenths(limit.current_a) if limit else None

    @property
    def offered_a(self) -> float:
        """What the pilot offers the vehicle."""
        return self._outlet.evse.pilot_a

    @property
    def status(self) -> str:
        """Its status as OCPP 1.6 names it."""
        return self._outlet.activity.value

    @property
    def register_wh(self) -> float:
        """The true energy register."""
        return self._outlet.evse.meter.register_wh

    @property
    def transaction_id(self) -> int | None:
        """The central system's id of the running transaction, once it is known."""
        return (
            self._outlet.transaction.transaction_id
            if self._outlet.transaction
            else None
        )

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction runs, with an id or not yet."""
        return self._outlet.transaction is not None

    @property
    def vehicle(self) -> Vehicle | None:
        """The vehicle on the cable."""
        return self._outlet.evse.vehicle
