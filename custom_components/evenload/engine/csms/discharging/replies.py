"""How a station took a setpoint, and what its owner is told where it did not."""

from dataclasses import dataclass
import json
from typing import Any

from ...model.errors import InvalidRequest, StationRefused, StationSilent
from ...model.orders import Outcome
from ...model.v2x import Hindrance, Refusal
from ..limiting.replies import Reply, error_as_answer, read

_CANNOT = (Hindrance.STATION_CANNOT, False)
_NO_TRANSACTION = (Hindrance.NOT_PLUGGED_IN, True)

# OCPP 2.1 part 2, appendix 5 (reason codes), and the words of statuses and errors, in lower case: what the owner is told, and
# whether it may be otherwise soon. What is not here is a plain no.
_CAUSES = {
    "invalidoperationmode": _CANNOT,
    "unsupportedparam": _CANNOT,
    "unsupportedkind": _CANNOT,
    "unsupportedpurpose": _CANNOT,
    "unsupportedrateunit": _CANNOT,
    "unsupportedrequest": _CANNOT,
    "notenabled": _CANNOT,
    "notsupported": _CANNOT,
    "notimplemented": _CANNOT,
    "rebootrequired": _CANNOT,
    "unknowncomponent": _CANNOT,
    "unknownvariable": _CANNOT,
    "notsupportedattributetype": _CANNOT,
    "unknownvendorid": _CANNOT,
    "unknownmessageid": _CANNOT,
    "nofreqwattcurve": _CANNOT,
    "nosignalwattcurve": _CANNOT,
    "phaseconflict": (Hindrance.STATION_REFUSES, False),
    "nophasefordc": (Hindrance.STATION_REFUSES, False),
    "invalidschedule": (Hindrance.STATION_REFUSES, False),
    "txnotfound": _NO_TRANSACTION,
    "unknowntxid": _NO_TRANSACTION,
    "unknownevse": _CANNOT,
}

# How much of a station's own words is kept.
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one call; `code` is the station's own word where it said no."""

    outcome: Outcome
    code: str = ""
    refusal: Refusal | None = None


APPLIED = Verdict(Outcome.APPLIED)
SILENT = Verdict(Outcome.UNKNOWN)


def refused(code: str, detail: str = "") -> Verdict:
    """Return a no with the station's word for it."""
    hindrance, passing = _CAUSES.get(code.lower(), (Hindrance.STATION_REFUSES, True))
    refusal = Refusal(hindrance, code[:_LONGEST], detail[:_LONGEST], passing)
    return Verdict(Outcome.REFUSED, code, refusal)


def impossible(hindrance: Hindrance, detail: str = "") -> Verdict:
    """Return a no of our own: what is wanted cannot be said to this station."""
    return Verdict(
        Outcome.REFUSED, refusal=Refusal(hindrance, detail=detail, passing=False)
    )


def of_error(error: StationRefused | StationSilent | InvalidRequest) -> Verdict:
    """Read what came instead of an answer."""
    match error:
        case StationSilent():
            return SILENT
        case InvalidRequest():
            return impossible(Hindrance.STATION_CANNOT, str(error))
        case StationRefused(answer=code):
            vague = error_as_answer(code).reply is Reply.PERHAPS
            return SILENT if vague else refused(code)


def of_profile(answer: dict[str, Any]) -> Verdict:
    """Read the answer to a charging profile or its update."""
    match read(answer).reply:
        case Reply.YES:
            return APPLIED
        case Reply.PERHAPS | Reply.SILENCE:
            return SILENT
        case _:
            return of_status(answer)


def of_clearing(answer: dict[str, Any]) -> Verdict:
    """Read the answer to ClearChargingProfile: one that is not there is cleared, too."""
    is_gone = str(answer.get("status", "")).lower() in {"accepted", "unknown"}
    return APPLIED if is_gone else of_status(answer)


def of_status(answer: dict[str, Any]) -> Verdict:
    """Read an answer with a status, and the reason that may stand beside it."""
    status = str(answer.get("status", ""))
    if status.lower() == "accepted":
        return APPLIED
    info = answer.get("statusInfo")
    if not isinstance(info, dict):
        return refused(status)
    code = str(info.get("reasonCode", "")) or status
    return refused(code, str(info.get("additionalInfo", "")))


def of_variable(answer: dict[str, Any]) -> Verdict:
    """Read the answer to SetVariables with one variable."""
    match answer.get("setVariableResult"):
        case [{**result}]:
            info = {"statusInfo": result.get("attributeStatusInfo")}
            return of_status({"status": result.get("attributeStatus", ""), **info})
        case _:
            return SILENT


def of_variables(answer: dict[str, Any], count: int) -> Verdict:
    """Read the answer to SetVariables with so many variables: taken only where each of them was."""
    results = answer.get("setVariableResult")
    if not isinstance(results, list) or len(results) < count:
        return SILENT
    verdicts = [of_variable({"setVariableResult": [one]}) for one in results]
    return next((one for one in verdicts if one is not APPLIED), APPLIED)


def of_message(answer: dict[str, Any], field: str, value: str) -> Verdict:
    """Read the answer to DataTransfer: in its data, this field must have this value; no field: any that is accepted."""
    outer = of_status(answer)
    if outer.outcome is not Outcome.APPLIED or not field:
        return outer
    data = answer.get("data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            data = None
    if not isinstance(data, dict) or field not in data:
        # Who accepts and says nothing of it may have obeyed.
        return SILENT
    if _text(data[field]).lower() == value.lower():
        return APPLIED
    code = str(data.get("reasonCode", "")) or _text(data[field])
    return refused(code, str(data.get("additionalInfo", "")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
