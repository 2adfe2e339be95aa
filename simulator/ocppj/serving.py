"""Answering the central system: apply the faults, let the station answer, send it (OCPP-J 1.6 §4.2, 2.0.1 part 4 §4.2)."""

from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, Protocol

from simulator.faults import Faults
from simulator.ocppj.answer import Answer
from simulator.ocppj.frames import Call, CallError, ErrorReply, Payload, Result
from simulator.ocppj.link import Link, NotConnected
from simulator.quirks import Quirk, edited_by

NONSENSE: Payload = {"state": "maybe", "because": [1, None]}


class Station(Protocol):
    """Who answers."""

    @property
    def faults(self) -> Faults:
        """How it misbehaves."""
        ...

    @property
    def link(self) -> Link:
        """Where the calls come from."""
        ...

    @property
    def may_speak(self) -> bool:
        """Whether the central system lets it answer at all."""
        ...

    def answer(self, call: Call) -> Answer:
        """Its answer by its handlers; raises CallError."""
        ...

    def refuse(self, action: str) -> Answer:
        """Its answer when it does not want to; raises CallError where there is no status to say it with."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside everything else."""
        ...


async def serve(station: Station, call: Call) -> None:
    """Answer one call, and do afterwards what the answer promised."""
    faults, link = station.faults, station.link
    if call.action in faults.ignore or not station.may_speak:
        return
    quirks = faults.about(call.action, call.payload, link.is_accepted())
    link.aftermath.follow(quirks, call.payload)
    if any(quirk.silent for quirk in quirks):
        return
    await link.aftermath.linger(quirks, faults.answer_delay_s)
    try:
        given = _given(station, call, quirks)
    except CallError as error:
        with suppress(NotConnected):
            await link.send(
                ErrorReply(
                    call.message_id, error.code, error.description, error.details
                )
            )
        return
    await _reply(station, call, given.payload)
    if given.then:
        station.spawn(given.then())


def _given(station: Station, call: Call, quirks: list[Quirk]) -> Answer:
    """The answer by fault, by quirk or by handler; raises CallError."""
    faults = station.faults
    for quirk in quirks:
        if quirk.error is not None:
            raise CallError(quirk.error, "as told")
        if quirk.answer is not None:
            made = quirk.answer
            return Answer(made(call.payload) if callable(made) else made)
    if call.action in faults.errors:
        raise CallError(faults.errors[call.action], "as told")
    if call.action in faults.reject:
        return station.refuse(call.action)
    payload = edited_by(quirks, call.payload)
    given = station.answer(Call(call.message_id, call.action, payload))
    if call.action in faults.malformed:
        return Answer(NONSENSE, given.then)
    return given


async def _reply(station: Station, call: Call, payload: Payload) -> None:
    faults, link = station.faults, station.link
    name = f"{call.action}Response"
    if faults.rewrite:
        payload = faults.rewrite(name, payload)
    quirks = faults.about(name, payload, link.is_accepted())
    await link.aftermath.linger(quirks)
    raw = next((quirk.raw for quirk in quirks if quirk.raw is not None), None)
    silent = any(quirk.silent for quirk in quirks)
    if not silent and not (
        faults.obeys_silently and call.action == "SetChargingProfile"
    ):
        with suppress(NotConnected):
            if raw is not None:
                await link.send_raw(raw.replace("{id}", call.message_id))
            else:
                await link.send(Result(call.message_id, edited_by(quirks, payload)))
    link.aftermath.follow(quirks, payload)
