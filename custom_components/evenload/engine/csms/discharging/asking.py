"""What is the same in all versions of asking a station to discharge."""

from ...model.orders import Outcome
from ...model.v2x import Refusal, SetpointOrder
from ..asking import Asking
from .setpoints import Setpoints


class Discharges(Asking):
    """Implements the part of `csms.commands.Discharging` that is about setpoints."""

    _setpoints: Setpoints

    async def set_setpoint(self, order: SetpointOrder) -> Outcome:
        """Have a vehicle follow a setpoint for a while; of those that wait for one EVSE, only the latest is sent."""
        return await self._setpoints.set(order)

    async def end_setpoint(self, order: SetpointOrder) -> Outcome:
        """Give an EVSE back to the limits beneath; nothing is discharged then."""
        return await self._setpoints.end(order)

    def refusal(self, evse: int) -> Refusal | None:
        """Return why the last setpoint of an EVSE was not taken; None where it was."""
        return self._setpoints.refusal(evse)
