"""Answers with a reason (StatusInfoType)."""

from simulator.ocppj.answer import Answer
from simulator.ocppj.frames import Payload


def refusal(status: str, reason: str, info: str = "") -> Answer:
    """A status and why."""
    return Answer({"status": status, "statusInfo": reason_info(reason, info)})


def reason_info(reason: str, info: str = "") -> Payload:
    """A reason code, and a sentence where there is one."""
    more = {"additionalInfo": info} if info else {}
    return {"reasonCode": reason, **more}
