"""Gives a station of OCPP 2.0.1 or 2.1 its limits (K01); dynamic ones are renewed by what changes of them (2.1 K28)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ...model.capabilities import ProfileKind, Rung
from ...model.orders import Layer, LimitOrder, Outcome
from ..limiting.amounts import profile_id
from ..limiting.limits import Caller, Limits, Message
from ..limiting.repeating import Repeating
from ..limiting.terms import Knowledge, ours
from .profiles import schedule_update, set_charging_profile

_UPDATE = "UpdateDynamicSchedule"


@dataclass(frozen=True, slots=True)
class _Running:
    """A dynamic profile that the station holds."""

    order: LimitOrder
    rung: Rung
    until: datetime

    def fits(self, order: LimitOrder, rung: Rung, now: datetime) -> bool:
        """Whether an order changes nothing of it but its limit."""
        ours = self.order
        return (
            now < self.until
            and rung == self.rung
            and order.lease_s == ours.lease_s
            and order.use_phases == ours.use_phases
        )


class Encoder2:
    """Writes orders as 2.0.1 and 2.1 do."""

    def __init__(self, as_read: Callable[[datetime], datetime] = ours) -> None:
        """Begin with no dynamic profile: what an earlier connection brought is set anew. Write times as the station reads them."""
        self._as_read = as_read
        self._running: dict[int, _Running] = {}
        # The lasting limits of EVSEs that were accepted over this connection, in amperes.
        self._lasting_a: dict[int, float] = {}

    def messages(
        self, order: LimitOrder, rung: Rung, now: datetime
    ) -> Iterable[Message]:
        """Return what changes of a dynamic profile that runs, and the whole profile where there is none."""
        running = self._running.get(profile_id(order))
        if running is not None and running.fits(order, rung, now):
            update = schedule_update(order, rung)
            yield Message(
                _UPDATE,
                {"chargingProfileId": profile_id(order), "scheduleUpdate": update},
            )
        profile = set_charging_profile(order, rung, self._as_read(now))
        yield Message("SetChargingProfile", profile)

    def taken(
        self, order: LimitOrder, rung: Rung, message: Message, now: datetime
    ) -> None:
        """Keep a dynamic profile that the station has accepted; any other takes its place."""
        number = profile_id(order)
        if order.layer is Layer.FALLBACK:
            self._lasting_a[order.evse] = order.current.a
        if rung.kind is ProfileKind.DYNAMIC:
            until = now + timedelta(seconds=order.lease_s or 0)
            self._running[number] = _Running(order, rung, until)
        else:
            self._running.pop(number, None)

    def pulled(self, number: int, now: datetime) -> dict[str, Any] | None:
        """Return what a dynamic profile holds, or None where it has ended or never was ours.

        What it holds lasts longer by being asked for (2.1 K28.FR.13), and nobody else would know: so it is told only
        where no more may flow under it than when it has ended.
        """
        running = self._running.get(number)
        if running is None or now >= running.until:
            return None
        lasting_a = self._lasting_a.get(running.order.evse, 0.0)
        if running.order.current.a > lasting_a:
            return None
        return schedule_update(running.order, running.rung)


class Limits2:
    """Sends limits over one connection, and answers who asks for them."""

    def __init__(self, caller: Caller, knowledge: Knowledge) -> None:
        """Serve one connection."""
        self._encoder = Encoder2(knowledge.as_read)
        self._limits = Limits(caller, self._encoder, knowledge)
        self._repeating = Repeating(self._limits, knowledge)

    async def set(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit, and remember the form in which the station accepts it."""
        return await self._repeating.set(order)

    def pulled(self, profile: int) -> dict[str, Any] | None:
        """Return the `scheduleUpdate` for PullDynamicScheduleUpdate, from memory; None: answer it with Rejected."""
        return self._encoder.pulled(profile, self._limits.now())
