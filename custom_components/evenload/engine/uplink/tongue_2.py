"""A CSMS above that speaks 2.x: how a station introduces itself, what is told, and what the answers mean (2.0.1 B01, C01, E)."""

from collections.abc import Callable, Mapping
from typing import Any

from ..csms.meters import as_text
from ..csms.schemas import schemas
from ..model.stations import EvseStatus, OcppVersion, Station
from .as_said import of_2
from .calls_2 import Calls2
from .deeds import Deeds
from .house import House
from .names import Saying
from .to_2 import To2
from .tokens import id_token
from .trimming import trimmed

_CONNECTOR = {
    EvseStatus.AVAILABLE: "Available",
    EvseStatus.RESERVED: "Reserved",
    EvseStatus.UNAVAILABLE: "Unavailable",
    EvseStatus.FAULTED: "Faulted",
}

# Why a station is introduced that was there before, and why one of 1.6 has started (2.0.1 BootReasonEnumType).
_NO_BOOT = "Unknown"

_SHOWN = ("idToken", "certificate", "iso15118CertificateHashData")


class Tongue2:
    """Speaks for one station."""

    def __init__(
        self,
        house: House,
        version: OcppVersion,
        tell: Callable[[str, dict[str, Any]], None],
    ) -> None:
        """Speak for the station of this house; `tell` sends a message of its own accord."""
        self.version = version
        self._house = house
        self._reason = _NO_BOOT
        self._calls = Calls2(Deeds(house), version, tell)
        self._to_2 = To2(house.names, house.now)
        self.answer = self._calls.answer

    def boot(self, station: Station) -> Saying:
        """Return how the station introduces itself."""
        info = station.info
        said: dict[str, object] = {
            "vendorName": (info.vendor or "Unknown")[:50],
            "model": (info.model or "Unknown")[:20],
        }
        if info.serial:
            said["serialNumber"] = info.serial[:25]
        if info.firmware:
            said["firmwareVersion"] = info.firmware[:50]
        modem = {"iccid": info.iccid, "imsi": info.imsi}
        if any(modem.values()):
            said["modem"] = {key: value[:20] for key, value in modem.items() if value}
        return "BootNotification", {"reason": self._reason, "chargingStation": said}

    def introduced(self) -> None:
        """Take note that the station is let in: when it is introduced anew, it has not restarted."""
        self._reason = _NO_BOOT

    def statuses(self, station: Station) -> list[Saying]:
        """Return what the connectors are doing."""
        return [
            (
                "StatusNotification",
                {
                    "timestamp": as_text(self._house.now()),
                    "connectorStatus": _CONNECTOR.get(evse.status, "Occupied"),
                    "evseId": number,
                    "connectorId": 1,
                },
            )
            for number, evse in station.evses.items()
            if evse.status is not None
        ]

    def sayings(
        self, spoken: OcppVersion | None, action: str, payload: dict[str, Any]
    ) -> list[Saying]:
        """Return what to tell of a message in the words of 2.x."""
        if action == "BootNotification":
            # 1.6 does not say why.
            self._reason = payload.get("reason", _NO_BOOT)
        if spoken in {OcppVersion.V201, OcppVersion.V21}:
            return of_2(action, payload, self._house.names)
        return self._to_2.sayings(action, payload)

    def named(self, saying: Saying) -> Saying | None:
        """Return what is told with the names of those above: a station of 2.x names its own transactions."""
        return saying

    def heard(self, saying: Saying, reply: dict[str, Any]) -> None:
        """Take in what was answered."""
        action, payload = saying
        if action != "TransactionEvent" or "idTokenInfo" not in reply:
            return
        info = payload["transactionInfo"]
        if (
            payload["eventType"] != "Ended"
            and reply["idTokenInfo"].get("status") != "Accepted"
            and isinstance(info, dict)
        ):
            self._house.refuse(str(info["transactionId"]))

    def question(self, token: str, shown: Mapping[str, Any]) -> Saying:
        """Return how it is asked whether somebody may charge: with all that a station of 2.x has of them (2.0.1 C01, C07)."""
        asked: dict[str, Any] = {"idToken": id_token(token)}
        asked |= {field: shown[field] for field in _SHOWN if field in shown}
        fitting = trimmed(schemas(self.version), "Authorize", asked)
        return "Authorize", fitting or {"idToken": id_token(token)}

    def verdict(self, reply: dict[str, Any]) -> str:
        """Return what was answered to that."""
        return str(reply.get("idTokenInfo", {}).get("status", "Unknown"))
