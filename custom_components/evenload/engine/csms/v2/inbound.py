"""What a 2.x station says, and what it is answered (2.0.1 and 2.1 part 2)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ...model.events import Heard, MetersSampled
from ...model.identity import EvseKey
from ...model.orders import WHOLE_STATION
from ...model.stations import StationInfo
from ..clock import StationClock
from ..connection import Connection, Handler
from ..frames import CallFault
from ..framing import Fault
from ..host import Host
from ..meters import moment_or_now, now_text
from ..onboarding import MAXIMUM_EVSES
from ..schemas import schemas
from .caps import Cap, Caps
from .declined import DECLINED
from .device_model import DeviceModel
from .editions import Edition
from .evses import Evses
from .grid_notices import GridNotices
from .happenings import Happenings
from .meters import readable, signed_of
from .notices import Notices
from .permissions import Allow, Permissions
from .reports import Reports
from .statuses import ConnectorStatus
from .tokens import Tokens
from .transactions import Transactions
from .v2x_learning import is_about_discharging
from .vehicles import Vehicles
from .wishes import Wishes


class Inbound:
    """Answers every call that a 2.x station may make."""

    def __init__(
        self,
        connection: Connection,
        host: Host,
        model: DeviceModel,
        reports: Reports,
        edition: Edition,
        vehicles: Vehicles,
        *,
        allow: Allow,
        cap: Cap,
        v2x_changed: Callable[[], None],
        clock: StationClock,
        booted: Callable[[StationInfo], dict[str, Any]],
        pulled: Callable[[int], dict[str, Any] | None],
    ) -> None:
        """Serve one connection; `booted` hears what the station is, and answers."""
        self._identity = connection.identity
        self._host = host
        self._booted = booted
        self._clock = clock
        self._evses = Evses(self._identity, host)
        self._reports = reports
        permissions = Permissions(self._identity, host, edition, vehicles, allow)
        self._permissions = permissions
        self._caps = Caps(self._identity, host, edition, vehicles, cap)
        tokens = Tokens(self._identity, host, permissions.authorized)
        transactions = Transactions(
            self._identity, host, self._evses, tokens, vehicles, clock
        )
        self._v2x_changed = v2x_changed
        happenings = Happenings(
            self._identity, host, self._evses, model.changed, v2x_changed
        )
        notices = Notices(self._identity, host)
        grid = GridNotices(self._identity, host)
        self._wishes = wishes = Wishes(
            self._identity, host, reports, edition, vehicles, permissions, pulled
        )
        self._pending: dict[str, Handler] = {
            "BootNotification": self._boot_notification,
            "Heartbeat": self._heartbeat,
        }
        everything: dict[str, Handler] = {
            **self._pending,
            **DECLINED,
            "Authorize": tokens.authorize,
            "ClearedChargingLimit": wishes.cleared,
            "DataTransfer": notices.data_transfer,
            "FirmwareStatusNotification": notices.firmware_status,
            "LogStatusNotification": notices.log_status,
            "MeterValues": self._meter_values,
            "NotifyChargingLimit": wishes.limit,
            "NotifyCustomerInformation": self._part("data"),
            "NotifyDERAlarm": grid.alarm,
            "NotifyDERStartStop": grid.control,
            "NotifyDisplayMessages": self._part("messageInfo"),
            "NotifyEVChargingNeeds": self._needs,
            "NotifyEVChargingSchedule": wishes.schedule,
            "NotifyEvent": happenings.answer,
            "NotifyMonitoringReport": self._part("monitor"),
            "NotifyReport": self._report,
            "PublishFirmwareStatusNotification": notices.firmware_status,
            "PullDynamicScheduleUpdate": wishes.pull,
            "ReportChargingProfiles": wishes.profiles,
            "ReportDERControl": self._part("curve"),
            "ReservationStatusUpdate": notices.reservation,
            "SecurityEventNotification": notices.security_event,
            "SignCertificate": notices.sign_certificate,
            "StatusNotification": self._status_notification,
            "TransactionEvent": transactions.answer,
        }
        known = schemas(edition.version).actions
        self._adopted = {
            action: handler for action, handler in everything.items() if action in known
        }

    def handler(self, action: str) -> Handler | None:
        """Return what answers an action; a pending station has no say beyond its name."""
        if self._host.is_adopted(self._identity):
            return self._adopted.get(action)
        if action not in self._adopted:
            return None
        refusal: Handler = self._not_adopted
        return self._pending.get(action, refusal)

    def _not_adopted(self, _payload: dict[str, Any]) -> dict[str, Any]:
        # An error, not an answer: the station keeps its transaction messages and tells them again (B02.FR.02, E04).
        raise CallFault(Fault.SECURITY, "This station is not adopted yet")

    def _boot_notification(self, payload: dict[str, Any]) -> dict[str, Any]:
        self._evses.booted()
        return self._booted(_station_info(payload["chargingStation"]))

    def _heartbeat(self, _payload: dict[str, Any]) -> dict[str, Any]:
        if self._host.is_adopted(self._identity):
            self._host.hear(Heard(identity=self._identity, at=datetime.now(UTC)))
            self._clock.told()
        return {"currentTime": now_text()}

    def _status_notification(self, payload: dict[str, Any]) -> dict[str, Any]:
        at = moment_or_now(payload["timestamp"])
        self._clock.shown(at)
        self._evses.connector(
            _evse(payload),
            payload["connectorId"],
            ConnectorStatus(payload["connectorStatus"]),
            at,
        )
        return {}

    def _meter_values(self, payload: dict[str, Any]) -> dict[str, Any]:
        key = EvseKey(self._identity, _evse(payload))
        moments = readable(payload["meterValue"])
        signed = signed_of(payload["meterValue"])
        if moments:
            self._clock.shown(max(at for at, _ in moments))
        for at, samples in moments:
            self._host.hear(
                MetersSampled(
                    identity=key.identity,
                    at=at,
                    evse=key.evse,
                    samples=samples,
                    signed=tuple(one for one in signed if one.at == at),
                )
            )
        return {}

    def v2x_learnt(self) -> None:
        """Tell that the station is known as far as it concerns discharging, or better than before."""
        self._permissions.learnt()
        self._caps.look()

    def v2x_withdrawn(self) -> None:
        """Tell that nothing may discharge here any more."""
        self._caps.look()

    def _needs(self, payload: dict[str, Any]) -> dict[str, Any]:
        answer = self._wishes.needs(payload)
        self._caps.look()
        return answer

    def _report(self, payload: dict[str, Any]) -> dict[str, Any]:
        """Answer NotifyReport; one that nobody asked for tells what has changed."""
        if not self._reports.part(payload, "reportData") and any(
            is_about_discharging(item["component"]["name"])
            for item in payload.get("reportData", ())
        ):
            self._v2x_changed()
        return {}

    def _part(self, field: str) -> Handler:
        """Return what takes in the parts of a report."""

        def take(payload: dict[str, Any]) -> dict[str, Any]:
            self._reports.part(payload, field)
            return {}

        return take


def _station_info(said: dict[str, Any]) -> StationInfo:
    modem = said.get("modem", {})
    return StationInfo(
        vendor=said["vendorName"] or None,
        model=said["model"] or None,
        serial=said.get("serialNumber"),
        firmware=said.get("firmwareVersion"),
        iccid=modem.get("iccid"),
        imsi=modem.get("imsi"),
    )


def _evse(payload: dict[str, Any]) -> int:
    """Return the EVSE that is meant; 0 is the station."""
    evse = int(payload["evseId"])
    if not WHOLE_STATION <= evse <= MAXIMUM_EVSES:
        raise CallFault(Fault.PROPERTY, f"evseId: there is no EVSE {evse}")
    return evse
