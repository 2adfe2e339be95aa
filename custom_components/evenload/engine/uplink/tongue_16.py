"""A CSMS above that speaks 1.6: how a station introduces itself, what is told, and what the answers mean (1.6 §4)."""

from collections.abc import Mapping
from typing import Any

from ..csms.meters import as_text
from ..model.stations import OcppVersion, Station
from .as_said import of_16
from .calls_16 import Calls16
from .deeds import Deeds
from .house import House
from .names import STATUS, TRANSACTION, Saying
from .to_16 import STATUSES, To16, status_16


class Tongue16:
    """Speaks for one station."""

    version = OcppVersion.V16

    def __init__(self, house: House) -> None:
        """Speak for the station of this house."""
        self._house = house
        self._calls = Calls16(Deeds(house))
        self._to_16 = To16(house.names)
        self.answer = self._calls.answer

    def boot(self, station: Station) -> Saying:
        """Return how the station introduces itself."""
        info = station.info
        said: dict[str, object] = {
            "chargePointVendor": (info.vendor or "Unknown")[:20],
            "chargePointModel": (info.model or "Unknown")[:20],
        }
        for field, value, most in (
            ("chargePointSerialNumber", info.serial, 25),
            ("firmwareVersion", info.firmware, 50),
            ("iccid", info.iccid, 20),
            ("imsi", info.imsi, 20),
            ("meterType", info.meter_type, 25),
            ("meterSerialNumber", info.meter_serial, 25),
        ):
            if value:
                said[field] = value[:most]
        return "BootNotification", said

    def introduced(self) -> None:
        """Do nothing: 1.6 does not say why a station introduces itself."""

    def statuses(self, station: Station) -> list[Saying]:
        """Return what the station and its connectors are doing."""
        at = as_text(self._house.now())
        whole = "Available" if station.operative else "Unavailable"
        said: list[Saying] = [("StatusNotification", status_16(0, whole, at))]
        for number, evse in station.evses.items():
            if evse.status is not None:
                status = STATUSES[evse.status]
                self._house.names.keep(STATUS, str(number), status)
                said.append(("StatusNotification", status_16(number, status, at)))
        return said

    def sayings(
        self, spoken: OcppVersion | None, action: str, payload: dict[str, Any]
    ) -> list[Saying]:
        """Return what to tell of a message in the words of 1.6."""
        if spoken in {None, OcppVersion.V16}:
            return of_16(action, payload, self._house.names)
        return self._to_16.sayings(action, payload)

    def named(self, saying: Saying) -> Saying | None:
        """Return what is told with the names of those above; None where they know nothing of it."""
        action, payload = saying
        ours = payload.get("_transaction")
        if action == "StartTransaction" or ours is None:
            return saying
        theirs = self._house.names.theirs(TRANSACTION, str(ours))
        if theirs is None:
            # It began before anybody was told of it, or was not taken.
            return None if action == "StopTransaction" else saying
        return action, {**payload, "transactionId": int(theirs)}

    def heard(self, saying: Saying, reply: dict[str, Any]) -> None:
        """Take in what was answered."""
        action, payload = saying
        ours = str(payload.get("_transaction", ""))
        names = self._house.names
        if action == "StartTransaction":
            if (theirs := reply.get("transactionId")) is not None:
                names.keep(TRANSACTION, ours, str(theirs))
            if reply.get("idTagInfo", {}).get("status") not in {None, "Accepted"}:
                self._house.refuse(ours)
        elif action == "StopTransaction":
            names.drop(TRANSACTION, ours)

    def question(self, token: str, shown: Mapping[str, Any]) -> Saying:
        """Return how it is asked whether somebody may charge."""
        return "Authorize", {"idTag": token[:20]}

    def verdict(self, reply: dict[str, Any]) -> str:
        """Return what was answered to that."""
        return str(reply.get("idTagInfo", {}).get("status", "Invalid"))
