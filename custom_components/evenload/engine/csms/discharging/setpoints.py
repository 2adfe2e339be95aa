"""Gives a station its setpoints: one call at a time behind its limits, and of those that wait only the latest."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from ...model.errors import InvalidRequest, StationRefused, StationSilent
from ...model.orders import Outcome
from ...model.v2x import Refusal, SetpointOrder
from ..exchange import Outdated
from .replies import Verdict, of_error
from .target import Target, released, target_of


@dataclass(frozen=True, slots=True)
class Step:
    """A call, and how its answer is read."""

    action: str
    payload: dict[str, Any]
    read: Callable[[dict[str, Any]], Verdict]


# Takes steps one after the other, is told what became of each, and returns what became of the whole.
type Steps = Generator[Step, Verdict, Verdict]


class Writer(Protocol):
    """Writes setpoints as one version of OCPP does."""

    def setting(self, target: Target, now: datetime) -> Steps:
        """Bring a setpoint. Raises `InvalidRequest`."""

    def ending(self, target: Target, now: datetime) -> Steps:
        """End one, whether or not there is any. Raises `InvalidRequest`."""


class Caller(Protocol):
    """The part of a connection that is needed here."""

    async def call_latest(
        self, action: str, payload: dict[str, Any], is_wanted: Callable[[], bool]
    ) -> dict[str, Any]:
        """Send a call if it is still wanted when its turn comes, and return the answer's payload."""


class Setpoints:
    """Sends setpoints over one connection."""

    def __init__(
        self,
        caller: Caller,
        writer: Writer,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Serve one connection."""
        self._caller = caller
        self._writer = writer
        self.now = now
        # How many were wanted of each EVSE: the last of them is the one that counts.
        self._wanted: dict[int, int] = {}
        self._refusals: dict[int, Refusal] = {}

    async def set(self, order: SetpointOrder) -> Outcome:
        """Have a vehicle follow a setpoint."""
        return await self._do(
            order.evse, lambda: self._writer.setting(target_of(order), self.now())
        )

    async def end(self, order: SetpointOrder) -> Outcome:
        """Give an EVSE back to the limits beneath."""
        return await self._do(
            order.evse, lambda: self._writer.ending(released(order), self.now())
        )

    def refusal(self, evse: int) -> Refusal | None:
        """Return why the last setpoint of an EVSE was not taken; None where it was."""
        return self._refusals.get(evse)

    async def _do(self, evse: int, begin: Callable[[], Steps]) -> Outcome:
        """Take all steps of an order, as long as it is the latest: what another has overtaken may have been taken in part."""
        number = self._wanted[evse] = self._wanted.get(evse, 0) + 1
        try:
            verdict = await self._take(
                begin(), lambda: self._wanted.get(evse) == number
            )
        except Outdated:
            return Outcome.UNKNOWN
        except InvalidRequest as error:
            verdict = of_error(error)
        if verdict.refusal is None:
            self._refusals.pop(evse, None)
        else:
            self._refusals[evse] = verdict.refusal
        return verdict.outcome

    async def _take(self, steps: Steps, is_wanted: Callable[[], bool]) -> Verdict:
        try:
            step = next(steps)
            while True:
                step = steps.send(await self._send(step, is_wanted))
        except StopIteration as done:
            verdict: Verdict = done.value
            return verdict

    async def _send(self, step: Step, is_wanted: Callable[[], bool]) -> Verdict:
        try:
            answer = await self._caller.call_latest(
                step.action, step.payload, is_wanted
            )
        except (StationRefused, StationSilent, InvalidRequest) as error:
            return of_error(error)
        return step.read(answer)
