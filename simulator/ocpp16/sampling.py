"""Readings as the sampled values of OCPP 1.6 (§7.31-7.33, §7.43)."""

from simulator.ocpp16.outlet import Outlet
from simulator.ocppj.frames import Payload
from simulator.readings import Meters, Reading


class Sampler:
    """Writes what the meters of one station show."""

    def __init__(self, meters: Meters) -> None:
        """Read those meters."""
        self.meters = meters

    def register_wh(self, outlet: Outlet) -> int:
        """The energy register as the station reports it."""
        return self.meters.register_wh(outlet.evse)

    def sample(
        self, outlet: Outlet, measurands: list[str], context: str
    ) -> list[Payload]:
        """One reading of the given measurands."""
        readings = self.meters.read(outlet.evse, measurands)
        return [_sampled(reading, context) for reading in readings]


def _sampled(reading: Reading, context: str) -> Payload:
    return {
        "value": f"{reading.value:.{reading.digits}f}",
        "measurand": reading.measurand,
        **({"unit": reading.unit} if reading.unit else {}),
        **({"phase": reading.phase} if reading.phase else {}),
        **({"location": reading.location} if reading.location else {}),
        "context": context,
    }
