"""Gives a station its limits in the form that it takes, and learns which that is (OCPP 1.6 §5.16, 2.0.1 K01)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from ...model.capabilities import Capabilities, Place, Rung
from ...model.errors import InvalidRequest, StationRefused, StationSilent
from ...model.limits import RateUnit
from ...model.orders import LimitOrder, Outcome
from ...model.phases import CurrentType
from .ladder import place_of, rungs_for
from .replies import Answer, Reply, error_as_answer, read
from .terms import Knowledge

# A station may refuse for the moment, while it updates or is faulted: once is no lack of ability.
REFUSALS_BELIEVED = 3

# Who answers so often without saying whether it obeys is not asked in yet another form.
_VAGUE_ANSWERS = 2


@dataclass(frozen=True, slots=True)
class Message:
    """A call that brings a limit."""

    action: str
    payload: dict[str, Any]


class Encoder(Protocol):
    """Writes orders as one version of OCPP does."""

    def messages(
        self, order: LimitOrder, rung: Rung, now: datetime
    ) -> Iterable[Message]:
        """Return the calls that bring an order in this form; the next is only sent where the one before is refused."""

    def taken(
        self, order: LimitOrder, rung: Rung, message: Message, now: datetime
    ) -> None:
        """Note that the station has accepted an order."""


class Caller(Protocol):
    """The part of a connection that is needed here."""

    async def call(
        self,
        action: str,
        payload: dict[str, Any],
        timeout_s: float | None = None,
        *,
        urgent: bool = False,
    ) -> dict[str, Any]:
        """Send a call and return the answer's payload."""


class Limits:
    """Sends limits over one connection."""

    def __init__(
        self,
        caller: Caller,
        encoder: Encoder,
        knowledge: Knowledge,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Serve one connection."""
        self._caller = caller
        self._encoder = encoder
        self._knowledge = knowledge
        self.now = now
        # What was refused on a way up that silence has ended: the next one goes on above it.
        self._refused: dict[Place, set[Rung]] = {}

    async def set(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit, and remember the form in which the station accepts it."""
        abilities, place = self._knowledge.abilities(), place_of(order)
        if abilities.takes(place) is False:
            return Outcome.REFUSED
        answers: list[Answer] = []
        refused = self._refused.pop(place, set())
        found = rungs_for(
            order,
            abilities,
            self._knowledge.quirks().kinds,
            most_varied=_most_varied(abilities.refusals.get(place, 0)),
        )
        rungs = [rung for rung in found if rung not in refused] or found
        while rungs:
            rung = rungs.pop(0)
            answer = await self._ask(order, rung)
            answers.append(answer)
            if answer.reply is Reply.YES:
                self._accepted(order, rung)
                return Outcome.APPLIED
            if _ends(answers):
                self._refused[place] = refused
                break
            refused.add(rung)
            if (blames := answer.blames) is not None:
                rungs = [other for other in rungs if not blames.is_shared(rung, other)]
        if any(answer.reply in {Reply.PERHAPS, Reply.SILENCE} for answer in answers):
            return Outcome.UNKNOWN
        if place is not Place.TRANSACTION or order.use_phases is None:
            # Else it may have been the number of phases that it objected to.
            self._was_refused(place, answers)
        return Outcome.REFUSED

    async def _ask(self, order: LimitOrder, rung: Rung) -> Answer:
        """Send an order in one form; what cannot be said of this transaction in this version is not sent."""
        answer = Answer(Reply.LATER)
        for message in self._encoder.messages(order, rung, self.now()):
            answer = await self._send(message)
            if answer.reply is Reply.YES:
                self._encoder.taken(order, rung, message, self.now())
            if answer.reply not in {Reply.NO, Reply.NEVER, Reply.LATER}:
                break
        return answer

    async def _send(self, message: Message) -> Answer:
        try:
            payload = await self._caller.call(
                message.action, message.payload, urgent=True
            )
        except StationRefused as error:
            return error_as_answer(error.answer)
        except StationSilent:
            return Answer(Reply.SILENCE)
        except InvalidRequest:
            return Answer(Reply.PERHAPS)
        return read(payload)

    def _accepted(self, order: LimitOrder, rung: Rung) -> None:
        known, place = self._knowledge.capabilities(), place_of(order)
        last = _remembered(order, rung, known)
        is_news = not known.takes(place) or known.rungs.get(place) != last
        if is_news or place in known.refusals:
            learnt = known.taking(place, takes=True)
            rungs = {**known.rungs, place: last}
            refusals = _without(known, place)
            self._knowledge.learn(replace(learnt, rungs=rungs, refusals=refusals))

    def _was_refused(self, place: Place, answers: list[Answer]) -> None:
        if any(answer.reply is Reply.LATER for answer in answers):
            return
        known = self._knowledge.capabilities()
        refusals = known.refusals.get(place, 0) + 1
        never = all(answer.reply is Reply.NEVER for answer in answers)
        if never or refusals >= REFUSALS_BELIEVED:
            learnt = replace(
                known.taking(place, takes=False), refusals=_without(known, place)
            )
        else:
            learnt = replace(known, refusals={**known.refusals, place: refusals})
        self._learn(known, learnt)

    def _learn(self, known: Capabilities, learnt: Capabilities) -> None:
        if learnt != known:
            self._knowledge.learn(learnt)


def _most_varied(refusals: int) -> int | None:
    """Return how far to go from the best form: all the way only before it is believed that none is taken.

    Other limits wait meanwhile: who takes none of this place may take those. The first time hardly any station is missed,
    the second time it is only seen whether the first was a bad moment.
    """
    if refusals >= REFUSALS_BELIEVED - 1:
        return None
    return 2 if refusals == 0 else 1


def _ends(answers: list[Answer]) -> bool:
    """Whether another form is not worth trying now."""
    vague = sum(answer.reply is Reply.PERHAPS for answer in answers)
    return answers[-1].reply in {Reply.SILENCE, Reply.LATER} or vague >= _VAGUE_ANSWERS


def _without(known: Capabilities, place: Place) -> dict[Place, int]:
    return {other: count for other, count in known.refusals.items() if other != place}


def _remembered(order: LimitOrder, rung: Rung, known: Capabilities) -> Rung:
    """Return the form to begin with next time; watts for direct current say nothing of what other EVSEs take."""
    if order.current_type is not CurrentType.DC:
        return rung
    last = known.rungs.get(place_of(order))
    unit = last.unit if last is not None else (known.units or tuple(RateUnit))[0]
    return replace(rung, unit=unit)
