"""Gives a 1.6 station its limits (OCPP 1.6 §5.16)."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime

from ...model.capabilities import Rung
from ...model.errors import InvalidRequest
from ...model.orders import LimitOrder
from ..limiting.limits import Caller, Limits, Message
from ..limiting.repeating import Repeating
from ..limiting.terms import Knowledge
from .profiles import set_charging_profile


class Encoder16:
    """Writes orders as 1.6 does."""

    def messages(
        self, order: LimitOrder, rung: Rung, now: datetime
    ) -> Iterable[Message]:
        """Return the one call that there is; none for a transaction that began in another version."""
        with suppress(InvalidRequest):
            yield Message("SetChargingProfile", set_charging_profile(order, rung, now))

    def taken(
        self, order: LimitOrder, rung: Rung, message: Message, now: datetime
    ) -> None:
        """Nothing has to be remembered of it."""


def limits16(caller: Caller, knowledge: Knowledge) -> Repeating:
    """Return what gives a station on this connection its limits."""
    return Repeating(Limits(caller, Encoder16(), knowledge), knowledge)
