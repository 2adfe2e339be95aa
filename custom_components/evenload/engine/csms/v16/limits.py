"""Gives a 1.6 station its limits, and learns from how it takes them (OCPP 1.6 §5.16)."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from enum import Enum, auto

from ...model.capabilities import Capabilities
from ...model.errors import InvalidRequest, StationRefused, StationSilent
from ...model.limits import RateUnit
from ...model.orders import WHOLE_STATION, Layer, LimitOrder, Outcome
from ..connection import Connection
from .profiles import Kind, kinds_for, set_charging_profile

# A station may refuse for the moment, while it updates or is faulted: once is no lack of ability.
_REFUSALS_BELIEVED = 3


class _Reply(Enum):
    """How a station took a profile."""

    YES = auto()
    NO = auto()
    # Not now and not later.
    NEVER = auto()
    # It answered, but not whether it obeys.
    PERHAPS = auto()
    SILENCE = auto()


# §6.46, in lower case: stations write these as they like. What is not here may have been obeyed.
_STATUSES = {
    "accepted": _Reply.YES,
    "rejected": _Reply.NO,
    "notsupported": _Reply.NEVER,
}

# OCPP-J 1.6 §4.2.3: the errors of a station that has not let the profile in, with 2.0.1's spelling of two.
_ERRORS = {
    "notimplemented": _Reply.NEVER,
    "notsupported": _Reply.NEVER,
    "protocolerror": _Reply.NO,
    "formationviolation": _Reply.NO,
    "formatviolation": _Reply.NO,
    "propertyconstraintviolation": _Reply.NO,
    "occurenceconstraintviolation": _Reply.NO,
    "occurrenceconstraintviolation": _Reply.NO,
    "typeconstraintviolation": _Reply.NO,
}


class Limits16:
    """Sends limits as charging profiles; what a station is seen to accept is told to `learn`."""

    def __init__(
        self,
        connection: Connection,
        capabilities: Callable[[], Capabilities],
        learn: Callable[[Capabilities], None],
    ) -> None:
        """Serve one connection."""
        self._connection = connection
        self._capabilities = capabilities
        self._learn = learn
        self._refusals: Counter[tuple[bool, Layer]] = Counter()

    async def set(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit, and remember what the station accepts."""
        known = self._capabilities()
        if not _may_accept(known, order):
            return Outcome.REFUSED
        replies: dict[Kind, _Reply] = {}
        for kind in kinds_for(order, known.relative):
            replies[kind] = await self._ask(order, kind)
            if replies[kind] in {_Reply.YES, _Reply.SILENCE}:
                break
        outcome = _outcome(replies)
        if outcome is not Outcome.UNKNOWN:
            self._remember(order, replies, accepted=outcome is Outcome.APPLIED)
        return outcome

    def restarted(self) -> None:
        """Count refusals anew: the station has restarted."""
        self._refusals.clear()

    async def _ask(self, order: LimitOrder, kind: Kind) -> _Reply:
        units = self._capabilities().units
        unit = RateUnit.WATTS if units == (RateUnit.WATTS,) else RateUnit.AMPERES
        payload = set_charging_profile(order, kind, unit, datetime.now(UTC))
        try:
            answer = await self._connection.call(
                "SetChargingProfile", payload, urgent=True
            )
        except StationRefused as error:
            return _ERRORS.get(error.answer.lower(), _Reply.PERHAPS)
        except StationSilent:
            return _Reply.SILENCE
        except InvalidRequest:
            return _Reply.PERHAPS
        return _STATUSES.get(str(answer.get("status", "")).lower(), _Reply.PERHAPS)

    def _remember(
        self, order: LimitOrder, replies: Mapping[Kind, _Reply], *, accepted: bool
    ) -> None:
        ability = (order.evse == WHOLE_STATION, order.layer)
        self._refusals[ability] = 0 if accepted else self._refusals[ability] + 1
        known = self._capabilities()
        learnt = known
        if (
            accepted
            or self._refusals[ability] >= _REFUSALS_BELIEVED
            or set(replies.values()) == {_Reply.NEVER}
        ):
            learnt = _with_ability(known, order, accepted)
        if accepted and Kind.RELATIVE in replies:
            learnt = _with_relative(learnt, replies[Kind.RELATIVE])
        if learnt != known:
            self._learn(learnt)


def _outcome(replies: Mapping[Kind, _Reply]) -> Outcome:
    """Return what all kinds come to: each replaces the one before, unless it is refused."""
    answers = set(replies.values())
    if _Reply.YES in answers:
        return Outcome.APPLIED
    return Outcome.REFUSED if answers <= {_Reply.NO, _Reply.NEVER} else Outcome.UNKNOWN


def _may_accept(known: Capabilities, order: LimitOrder) -> bool:
    if order.evse == WHOLE_STATION:
        return known.station_limit is not False
    if order.layer is Layer.LEASE:
        return known.leases is not False and (
            known.highest_stack_level is None or known.highest_stack_level > 0
        )
    return known.evse_limit is not False


def _with_ability(
    known: Capabilities, order: LimitOrder, accepted: bool
) -> Capabilities:
    if order.evse == WHOLE_STATION:
        return replace(known, station_limit=accepted)
    if order.layer is Layer.LEASE:
        return replace(known, leases=accepted)
    return replace(known, evse_limit=accepted)


def _with_relative(known: Capabilities, reply: _Reply) -> Capabilities:
    """Learn from how a Relative profile was taken by a station that then took one of either kind."""
    if reply is _Reply.YES:
        return replace(known, relative=True)
    if reply is _Reply.PERHAPS:
        return known
    return replace(known, relative=False)
