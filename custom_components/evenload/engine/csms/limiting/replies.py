"""How a station took a profile, and what it objected to."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from ...model.capabilities import Rung

# OCPP-J 1.6 §4.2.3: the errors of a station that has not let the profile in, with 2.0.1's spelling of two. Others may
# come from one that obeyed.
_ERRORS = {
    "notimplemented": True,
    "notsupported": True,
    "protocolerror": False,
    "formationviolation": False,
    "formatviolation": False,
    "propertyconstraintviolation": False,
    "occurenceconstraintviolation": False,
    "occurrenceconstraintviolation": False,
    "typeconstraintviolation": False,
    "messagetypenotsupported": True,
    "rpcframeworkerror": False,
}


class Reply(Enum):
    """How a station took a profile."""

    YES = auto()
    NO = auto()
    # Not in this purpose, now and later.
    NEVER = auto()
    # Not now, for a reason that says nothing of what it can do.
    LATER = auto()
    # It answered, but not whether it obeys.
    PERHAPS = auto()
    SILENCE = auto()


class Blame(Enum):
    """What of a profile a station objected to. Each value is the name of a rung's field."""

    PURPOSE = "purpose"
    KIND = "kind"
    STACK_LEVEL = "stack_level"
    UNIT = "unit"

    def is_shared(self, refused: Rung, other: Rung) -> bool:
        """Whether another rung has the same fault."""
        return bool(getattr(refused, self.value) == getattr(other, self.value))


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to one profile; `blames` None: the station does not say."""

    reply: Reply
    blames: Blame | None = None


# OCPP 2.1 part 2, appendix 5 (reason codes), in lower case. What is not here is a plain no.
_REASONS = {
    "unsupportedpurpose": Answer(Reply.NEVER, Blame.PURPOSE),
    "unsupportedkind": Answer(Reply.NO, Blame.KIND),
    "unsupportedrateunit": Answer(Reply.NO, Blame.UNIT),
    "invalidstacklevel": Answer(Reply.NO, Blame.STACK_LEVEL),
    "notenabled": Answer(Reply.NEVER, Blame.PURPOSE),
    "unsupportedrequest": Answer(Reply.NEVER, Blame.PURPOSE),
    "txnotfound": Answer(Reply.LATER),
    "ratelimitexceeded": Answer(Reply.LATER),
    "outofmemory": Answer(Reply.LATER),
    "outofstorage": Answer(Reply.LATER),
    "csnotaccepted": Answer(Reply.LATER),
}

# 1.6 §6.46 and 2.0.1 §3.11, in lower case: stations write these as they like. What is not here may have been obeyed.
_STATUSES = {
    "accepted": Answer(Reply.YES),
    "rejected": Answer(Reply.NO),
    "notsupported": Answer(Reply.NEVER, Blame.PURPOSE),
}


def error_as_answer(code: str) -> Answer:
    """Read a CALLERROR's code."""
    never = _ERRORS.get(code.lower())
    if never is None:
        return Answer(Reply.PERHAPS)
    return Answer(Reply.NEVER, Blame.PURPOSE) if never else Answer(Reply.NO)


def read(payload: dict[str, Any]) -> Answer:
    """Read the answer to a profile: its status and, from 2.0.1 on, its reason."""
    answer = _STATUSES.get(
        str(payload.get("status", "")).lower(), Answer(Reply.PERHAPS)
    )
    info = payload.get("statusInfo")
    if answer.reply is not Reply.NO or not isinstance(info, dict):
        return answer
    return _REASONS.get(str(info.get("reasonCode", "")).lower(), answer)
