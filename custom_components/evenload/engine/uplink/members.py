"""Several stations that are one above: which number each of their EVSEs has there, and what they say under those numbers."""

from collections.abc import Callable
from datetime import datetime
import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from ..model.identity import EvseKey
from ..model.stations import OcppVersion
from .names import MEMBER, ORIGIN, REQUEST, Names
from .remote_starts import take
from .tokens import tag_of

# What a member says of an EVSE. What it says of itself as a whole, the one station above has no place for.
_OF_CONNECTORS = frozenset(
    {"MeterValues", "StartTransaction", "StatusNotification", "StopTransaction"}
)
_OF_EVSES = frozenset({"MeterValues", "StatusNotification", "TransactionEvent"})


class Members:
    """The EVSEs of all stations behind one circuit, numbered from 1 in the order in which they came; no number is given twice."""

    def __init__(
        self, names: Names, kept: dict[str, str], now: Callable[[], datetime]
    ) -> None:
        """Take up the numbers that were given; `kept` are all of them, by EVSE."""
        self._names = names
        self._now = now
        self._numbers = {_key(ours): int(theirs) for ours, theirs in kept.items()}

    def number(self, key: EvseKey) -> int:
        """Return the number of an EVSE; one that is new gets the next."""
        known = self._numbers.get(key)
        if known is None:
            known = self._numbers[key] = max(self._numbers.values(), default=0) + 1
            self._names.keep(MEMBER, str(key), str(known))
        return known

    def key(self, number: int) -> EvseKey:
        """Return which EVSE has a number. Raises `KeyError`."""
        for key, known in self._numbers.items():
            if known == number:
                return key
        raise KeyError(number)

    @property
    def keys(self) -> dict[int, EvseKey]:
        """All that were ever numbered."""
        return {number: key for key, number in self._numbers.items()}

    def said(
        self, identity: str, spoken: OcppVersion, action: str, payload: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return what a member says as the one station says it; None where that says nothing of the kind."""
        if spoken is OcppVersion.V16:
            said = self._said_16(identity, action, payload)
            given = payload.get("_transaction", payload.get("transactionId"))
        else:
            said = self._said_2(identity, action, payload)
            given = payload.get("transactionInfo", {}).get("transactionId")
        if said is not None and given is not None:
            above = transaction_of(identity, str(given))
            if action == "StopTransaction" or payload.get("eventType") == "Ended":
                self._names.drop(ORIGIN, above)
            elif self._names.theirs(ORIGIN, above) is None:
                self._names.keep(ORIGIN, above, json.dumps([identity, str(given)]))
        return said

    def origin(self, transaction: str) -> tuple[str, str] | None:
        """Return whose a transaction is, and what its station calls it; None where it has ended."""
        known = self._names.theirs(ORIGIN, transaction)
        if known is None:
            return None
        identity, ours = json.loads(known)
        return str(identity), str(ours)

    def _said_16(
        self, identity: str, action: str, payload: dict[str, Any]
    ) -> dict[str, Any] | None:
        if action not in _OF_CONNECTORS or payload.get("connectorId") == 0:
            return None
        said = dict(payload)
        if "connectorId" in said:
            said["connectorId"] = self.number(EvseKey(identity, said["connectorId"]))
        for field in ("transactionId", "_transaction"):
            if field in said:
                said[field] = transaction_of(identity, str(said[field]))
        return said

    def _said_2(
        self, identity: str, action: str, payload: dict[str, Any]
    ) -> dict[str, Any] | None:
        if action not in _OF_EVSES or payload.get("evseId") == 0:
            return None
        said = dict(payload)
        if "evseId" in said:
            said["evseId"] = self.number(EvseKey(identity, said["evseId"]))
        if "evse" in said:
            number = self.number(EvseKey(identity, said["evse"]["id"]))
            said["evse"] = {**said["evse"], "id": number}
        if "transactionInfo" in said:
            info = dict(said["transactionInfo"])
            info["transactionId"] = transaction_of(identity, info["transactionId"])
            info.pop("remoteStartId", None)
            self._name_start(said, info)
            said["transactionInfo"] = info
        return said

    def _name_start(self, said: dict[str, Any], info: dict[str, Any]) -> None:
        """Say which start of those above a transaction follows: its station was asked under another number."""
        token = said.get("idToken")
        if token is None or said["eventType"] == "Ended":
            return
        evse = said.get("evse", {}).get("id")
        began, now = said["timestamp"], self._now()
        asked = take(self._names, tag_of(token), evse, began, now)
        if asked is not None:
            self._names.keep(REQUEST, str(asked.number), str(asked.number))
            info["remoteStartId"] = asked.number


def transaction_of(identity: str, transaction: str) -> str:
    """Return what the one station calls a transaction of a member: two members may use the same id."""
    return str(uuid5(NAMESPACE_URL, f"{identity}/{transaction}"))


def _key(text: str) -> EvseKey:
    identity, _, number = text.rpartition("_")
    return EvseKey(identity, int(number))
