"""Discharging of a 1.6 station: setpoints only, since the version has no words for the rest."""

from collections.abc import Sequence
from datetime import datetime

from ..asking import unknown_here
from ..discharging.asking import Discharges


class Discharging16(Discharges):
    """Implements `csms.commands.Discharging`."""

    async def allow_transfer(
        self, evse: int, transaction_id: str | None, transfers: Sequence[str]
    ) -> None:
        """Not in this version."""
        raise unknown_here("NotifyAllowedEnergyTransfer", "1.6")

    async def share_grid_signal(self, signal: int, at: datetime) -> None:
        """Not in this version."""
        raise unknown_here("AFRRSignal", "1.6")

    async def cap_discharge(self, percent: float | None) -> None:
        """Not in this version."""
        raise unknown_here("SetDERControl", "1.6")
