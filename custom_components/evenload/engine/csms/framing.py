"""How the versions of OCPP-J differ on the wire: message types and the words for what is wrong, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..model.stations import OcppVersion


class Fault(StrEnum):
    """Why a call cannot be answered, in one list for all versions. Values are 2.x's error codes (2.0.1 part 4 §4.3)."""

    NOT_IMPLEMENTED = "NotImplemented"
    NOT_SUPPORTED = "NotSupported"
    INTERNAL = "InternalError"
    PROTOCOL = "ProtocolError"
    SECURITY = "SecurityError"
    FORMAT = "FormatViolation"
    PROPERTY = "PropertyConstraintViolation"
    OCCURRENCE = "OccurrenceConstraintViolation"
    TYPE = "TypeConstraintViolation"
    GENERIC = "GenericError"
    # What is no message at all, and one of a kind that the version does not have.
    FRAMEWORK = "RpcFrameworkError"
    MESSAGE_TYPE = "MessageTypeNotSupported"


CALL, CALL_RESULT, CALL_ERROR, RESULT_ERROR, SEND = 2, 3, 4, 5, 6


@dataclass(frozen=True, slots=True)
class Framing:
    """How one version writes frames."""

    message_types: frozenset[int]
    # Whether a frame of another type is answered; 1.6 (§4.1.3) says to ignore it.
    answers_unknown_types: bool
    # Error codes that are spelt otherwise than 2.x does.
    spelling: Mapping[Fault, str]
    # What may be said without an answer: anything else would be done without a word of whether it was right.
    sends: frozenset[str] = frozenset()

    def code(self, fault: Fault) -> str:
        """Return a fault as this version spells it."""
        return self.spelling.get(fault, fault.value)


_ANSWERED = frozenset({CALL, CALL_RESULT, CALL_ERROR})

FRAMINGS = {
    OcppVersion.V16: Framing(
        _ANSWERED,
        answers_unknown_types=False,
        spelling={
            Fault.FORMAT: "FormationViolation",
            Fault.OCCURRENCE: "OccurenceConstraintViolation",
            # 1.6 has no words for these.
            Fault.FRAMEWORK: "FormationViolation",
            Fault.MESSAGE_TYPE: "NotSupported",
        },
    ),
    OcppVersion.V201: Framing(_ANSWERED, answers_unknown_types=True, spelling={}),
    OcppVersion.V21: Framing(
        _ANSWERED | {RESULT_ERROR, SEND},
        answers_unknown_types=True,
        spelling={},
        # 2.1 N11.
        sends=frozenset({"NotifyPeriodicEventStream"}),
    ),
}
