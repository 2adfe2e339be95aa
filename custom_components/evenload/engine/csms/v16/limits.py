"""Gives a 1.6 station its limits (OCPP 1.6 §5.16)."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from ...model.capabilities import Rung
from ...model.errors import InvalidRequest
from ...model.orders import LimitOrder
from ..limiting.limits import Caller, Limits, Message
from ..limiting.repeating import Repeating
from ..limiting.terms import Knowledge, ours
from .profiles import set_charging_profile


class Encoder16:
    """Writes orders as 1.6 does."""

    def __init__(self, as_read: Callable[[datetime], datetime] = ours) -> None:
        """Write times as the station reads them."""
        self._as_read = as_read

    def messages(
        self, order: LimitOrder, rung: Rung, now: datetime
    ) -> Iterable[Message]:
        """Return the one call that there is; none for a transaction that began in another version."""
        with suppress(InvalidRequest):
            profile = set_charging_profile(order, rung, self._as_read(now))
            yield Message("SetChargingProfile", profile)

    def taken(
        self, order: LimitOrder, rung: Rung, message: Message, now: datetime
    ) -> None:
        """Nothing has to be remembered of it."""


def limits16(caller: Caller, knowledge: Knowledge) -> Repeating:
    """Return what gives a station on this connection its limits."""
    return Repeating(Limits(caller, Encoder16(knowledge.as_read), knowledge), knowledge)
