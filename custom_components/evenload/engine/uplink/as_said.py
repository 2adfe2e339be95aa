"""What a station says, as a CSMS of its own version is told it: word for word, but for the names that both sides give."""

from typing import Any

from .names import REQUEST, Names, Saying
from .requests import Requests

# Answers to requests, in messages of the station's own (2.x): those that nobody above has asked for are the house's.
ANSWERS = frozenset(
    {
        "NotifyCustomerInformation",
        "NotifyDisplayMessages",
        "NotifyMonitoringReport",
        "NotifyReport",
        "ReportChargingProfiles",
        "ReportDERControl",
    }
)

# What is between the station and the house: its keys, its limits, and whether it is there.
_PRIVATE = frozenset(
    {
        "BootNotification",
        "Heartbeat",
        "NotifyPeriodicEventStream",
        "PullDynamicScheduleUpdate",
        "SignCertificate",
    }
)

# What is asked while the station waits, and so not told later.
ASKED = frozenset({"Authorize"})


def of_16(action: str, payload: dict[str, Any], names: Names) -> list[Saying]:
    """Return what a station of 1.6 says; transactions are named when it is told, since their names come from above."""
    if action in _PRIVATE:
        return []
    if "requestId" in payload:
        theirs = Requests(names).theirs(payload["requestId"])
        payload = {key: said for key, said in payload.items() if key != "requestId"}
        if theirs is not None:
            payload["requestId"] = theirs
    if "transactionId" in payload:
        ours = str(payload["transactionId"])
        payload = {key: said for key, said in payload.items() if key != "transactionId"}
        payload["_transaction"] = ours
    return [(action, payload)]


def of_2(action: str, payload: dict[str, Any], names: Names) -> list[Saying]:
    """Return what a station of 2.x says: its transactions are named by itself, requests by whoever asked."""
    if action in _PRIVATE:
        return []
    number = payload.get("requestId")
    if number is not None:
        theirs = names.theirs(REQUEST, str(number))
        if theirs is None and action in ANSWERS:
            return []
        payload = {key: said for key, said in payload.items() if key != "requestId"}
        if theirs is not None:
            payload["requestId"] = int(theirs)
    info = payload.get("transactionInfo")
    if isinstance(info, dict) and "remoteStartId" in info:
        theirs = names.theirs(REQUEST, str(info["remoteStartId"]))
        info = {key: said for key, said in info.items() if key != "remoteStartId"}
        if theirs is not None:
            info["remoteStartId"] = int(theirs)
        payload = {**payload, "transactionInfo": info}
    return [(action, payload)]
