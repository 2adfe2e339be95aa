"""Our calls to one station and their answers, one at a time (OCPP-J 1.6 §4.1.1), but for what a limit overtakes."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from ..model.errors import InvalidRequest, NotConnected, StationRefused, StationSilent
from .frames import CallError, CallResult, Ignored, dump_call
from .line import Line, Rank, Turn, usual_rank
from .schemas import Schemas, as_fault

# A station that does not answer within this is silent: it may or may not have done what it was asked.
CALL_TIMEOUT_S = 10.0

# None: none came, and none will.
type Answer = CallResult | CallError | None


class Outdated(Exception):
    """A call was no longer wanted when its turn came; nothing was sent."""


class Exchange:
    """Sends calls over one connection and hands each answer to who waits for it."""

    def __init__(self, identity: str, send: Callable[[str], Awaitable[None]]) -> None:
        """Serve one connection; `send` raises `NotConnected` when it is gone."""
        self._identity = identity
        self._send = send
        self._line = Line()
        self._awaited: dict[str, asyncio.Future[Answer]] = {}
        self._over = False

    async def call(
        self,
        action: str,
        payload: dict[str, Any],
        timeout_s: float | None,
        *,
        rank: Rank | None = None,
        is_wanted: Callable[[], bool] | None = None,
    ) -> dict[str, Any]:
        """Send a call when its turn has come, and return the answer's payload; its rank is the usual one when none is named.

        Raises:
            NotConnected: the connection is, or goes, down.
            StationSilent: no answer within `timeout_s` seconds.
            StationRefused: the station answered with CALLERROR.
            Outdated: it is not wanted any more when its turn comes.

        """
        turn = await self._line.enter(usual_rank() if rank is None else rank)
        if is_wanted is not None and not is_wanted():
            self._line.leave(turn)
            raise Outdated(action)
        answer = await self._ask(
            turn, action, payload, CALL_TIMEOUT_S if timeout_s is None else timeout_s
        )
        if answer is None:
            raise (
                NotConnected(self._identity)
                if self._over
                else StationSilent(self._identity, action)
            )
        if isinstance(answer, CallError):
            raise StationRefused(self._identity, action, answer.code or "CALLERROR")
        return answer.payload

    def resolve(self, answer: CallResult | CallError) -> None:
        """Hand an answer to who waits for it.

        Raises:
            Ignored: nobody does; it is late, or an answer to nothing.

        """
        awaited = self._awaited.get(str(answer.id))
        if awaited is None:
            raise Ignored("answer that nobody waits for")
        _settle(awaited, answer)

    def end(self) -> None:
        """Let who waits know that no answer will come."""
        self._over = True
        for awaited in self._awaited.values():
            _settle(awaited, None)

    async def _ask(
        self, turn: Turn, action: str, payload: dict[str, Any], timeout_s: float
    ) -> Answer:
        """Send a call whose turn it is. Who stops waiting leaves the turn to the answer that the station owes."""
        call_id = str(uuid4())
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        self._awaited[call_id] = answer
        patience = loop.call_later(timeout_s, _settle, answer, None)

        def settled(_: asyncio.Future[Answer]) -> None:
            patience.cancel()
            del self._awaited[call_id]
            self._line.leave(turn)

        answer.add_done_callback(settled)
        try:
            await self._send(dump_call(call_id, action, payload))
        except NotConnected:
            _settle(answer, None)
            raise
        return await asyncio.shield(answer)


def _settle(future: asyncio.Future[Answer], answer: Answer) -> None:
    if not future.done():
        future.set_result(answer)


def check(schemas: Schemas, action: str, payload: dict[str, Any]) -> None:
    """Keep in the house what a station should not have to read.

    Raises:
        InvalidRequest: the version has no such message, or the payload does not fit its schema.

    """
    if action not in schemas.actions:
        raise InvalidRequest(action, "this version of OCPP has no such message")
    try:
        dump_call("", action, payload)
        violations = schemas.violations(action, payload)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidRequest(action, str(error)) from error
    if violations:
        raise InvalidRequest(action, as_fault(violations[0]).description)
