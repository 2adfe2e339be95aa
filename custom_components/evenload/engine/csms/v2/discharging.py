"""Discharging of a 2.x station: setpoints, what vehicles may do, signals of the grid and a cap on what is fed back (2.1 Q, R)."""

from collections.abc import Sequence
from datetime import datetime
import math
from typing import Any

from ...model.errors import InvalidRequest
from ...model.stations import OcppVersion
from ..asking import unknown_here
from ..discharging.asking import Discharges
from ..discharging.target import tenths
from ..discharging.words import VENDOR
from ..limiting.terms import Knowledge
from ..meters import as_text
from .editions import Edition

# One control of ours, replaced by the next: its default, so it has neither beginning nor end (errata to R04).
_CAP = "evenload-discharge-cap"
_CAP_TYPE = "LimitMaxDischarge"

_ALLOWED = "NotifyAllowedEnergyTransfer"


class Discharging2(Discharges):
    """Implements `csms.commands.Discharging`."""

    _edition: Edition
    _knowledge: Knowledge

    async def allow_transfer(
        self, evse: int, transaction_id: str | None, transfers: Sequence[str]
    ) -> None:
        """Tell which ways of charging and discharging a vehicle may use now (Q02); without a transaction there is none to tell."""
        if transaction_id is None:
            return
        allowed = {
            "transactionId": transaction_id,
            "allowedEnergyTransfer": list(transfers),
        }
        if self._edition.version is OcppVersion.V21:
            await self._ask(_ALLOWED, allowed)
            return
        said = self._knowledge.capabilities().v2x
        if not any(ability.extension for ability in said.values()):
            raise unknown_here(_ALLOWED, self._edition.version)
        await self._ask(
            "DataTransfer", {"vendorId": VENDOR, "messageId": _ALLOWED, "data": allowed}
        )

    async def share_grid_signal(self, signal: int, at: datetime) -> None:
        """Pass on a signal of the grid operator's (Q08)."""
        self._needs_21("AFRRSignal")
        await self._ask("AFRRSignal", {"timestamp": as_text(at), "signal": signal})

    async def cap_discharge(self, percent: float | None) -> None:
        """Bound what the whole station may feed back, in percent of its most (R04); None lifts that."""
        self._needs_21("SetDERControl")
        if percent is None:
            cleared = {"isDefault": True, "controlId": _CAP}
            await self._ask("ClearDERControl", cleared, "Accepted", "NotFound")
            return
        if not math.isfinite(percent):
            raise InvalidRequest("SetDERControl", "a share must be a number")
        share = tenths(min(max(percent, 0.0), 100.0))
        payload: dict[str, Any] = {
            "isDefault": True,
            "controlId": _CAP,
            "controlType": _CAP_TYPE,
            "limitMaxDischarge": {"priority": 0, "pctMaxDischargePower": share},
        }
        await self._ask("SetDERControl", payload)

    def _needs_21(self, action: str) -> None:
        if self._edition.version is not OcppVersion.V21:
            raise unknown_here(action, self._edition.version)
