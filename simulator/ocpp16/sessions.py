"""From plugging in to unplugging: when a transaction starts and stops (OCPP 1.6 §3.2, §4.8, §4.10)."""

from typing import TYPE_CHECKING
import uuid

from simulator.ocpp16.authorization import id_tag_info
from simulator.ocpp16.outbox import Message
from simulator.ocpp16.outlet import Outlet, Permission, Transaction
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Payload
from simulator.profiles import Installed, Profile, ProfileRefused
from simulator.vehicle import Vehicle

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


class Sessions:
    """The transactions of one station."""

    def __init__(self, charge_point: ChargePoint, autostart_tag: str | None) -> None:
        """Charge for a tag, or for everybody under the tag given."""
        self._charge_point = charge_point
        self.autostart_tag = autostart_tag
        charge_point.outbox.on_started = self._on_started

    def plug_in(self, outlet: Outlet, vehicle: Vehicle) -> None:
        """A cable is put in."""
        outlet.evse.plug_in(vehicle)
        self._charge_point.statuses.update()
        self.start_if_allowed(outlet)

    def unplug(self, outlet: Outlet) -> None:
        """A cable is pulled."""
        outlet.evse.unplug()
        if outlet.transaction and self._charge_point.configuration.flag(
            "StopTransactionOnEVSideDisconnect"
        ):
            self.stop(outlet, "EVDisconnected")
        outlet.finishing = False
        self._charge_point.statuses.update()

    async def present_tag(self, outlet: Outlet, id_tag: str) -> bool:
        """A tag is held to the reader: it ends its own transaction or starts one; says whether it did either."""
        running = outlet.transaction
        if running:
            if not self._charge_point.authorization.same_user(id_tag, running.id_tag):
                return False
            self.stop(outlet, "Local", id_tag)
            return True
        if outlet.reservation and not self.may_use(outlet, id_tag):
            return False
        if not await self._charge_point.authorization.allows(id_tag):
            return False
        self.permit(outlet, id_tag)
        return True

    def permit(
        self, outlet: Outlet, id_tag: str, profile: Profile | None = None
    ) -> None:
        """Somebody may charge: at once if the cable is in, or else within ConnectionTimeOut."""
        until_s = (
            self._charge_point.clock.monotonic()
            + self._charge_point.configuration.number("ConnectionTimeOut")
        )
        reservation_id = (
            outlet.reservation.reservation_id if outlet.reservation else None
        )
        outlet.permission = Permission(id_tag, until_s, reservation_id, profile)
        # A finished session's cable may stay in: the next tag starts a new one.
        outlet.finishing = False
        self._charge_point.statuses.update()
        self.start_if_allowed(outlet)

    def start_if_allowed(self, outlet: Outlet) -> None:
        """Start a transaction where a cable is in and somebody may charge."""
        free = (
            outlet.transaction is None
            and outlet.operative
            and not outlet.finishing
            and not outlet.evse.error
        )
        if outlet.evse.vehicle is None or not free:
            return
        if outlet.permission:
            self._start(outlet, outlet.permission)
        elif self.autostart_tag is not None and outlet.reservation is None:
            self._start(outlet, Permission(self.autostart_tag, 0))

    def stop(self, outlet: Outlet, reason: str, id_tag: str | None = None) -> None:
        """End the transaction, whether the central system can hear it or not."""
        transaction = outlet.transaction
        if transaction is None:
            return
        charge_point = self._charge_point
        payload: Payload = {
            "meterStop": charge_point.sampler.register_wh(outlet),
            "timestamp": format_time(charge_point.now()),
            "reason": reason,
        }
        if id_tag is not None:
            payload["idTag"] = id_tag
        ending = self._reading(outlet, "Transaction.End")
        if ending["sampledValue"]:
            payload["transactionData"] = [*transaction.readings, ending]
        charge_point.outbox.put(
            Message("StopTransaction", payload, transaction.local_id)
        )
        outlet.transaction = None
        outlet.evse.energised = False
        outlet.finishing = outlet.evse.vehicle is not None
        charge_point.profiles.end_transaction(outlet.connector_id)
        charge_point.statuses.update()
        charge_point.availability_due(outlet)

    def tick(self) -> None:
        """Let permissions and reservations run out."""
        now_s, now = self._charge_point.clock.monotonic(), self._charge_point.now()
        for outlet in self._charge_point.outlets.values():
            if outlet.permission and outlet.permission.until_s <= now_s:
                outlet.permission = None
            if outlet.reservation and outlet.reservation.expires_at <= now:
                outlet.reservation = None

    def _start(self, outlet: Outlet, permission: Permission) -> None:
        charge_point = self._charge_point
        charge_point.sampler.meters.begin_session(outlet.evse)
        meter_start_wh = charge_point.sampler.register_wh(outlet)
        transaction = Transaction(
            str(uuid.uuid4()), permission.id_tag, charge_point.now(), meter_start_wh
        )
        payload: Payload = {
            "connectorId": outlet.connector_id,
            "idTag": permission.id_tag,
            "meterStart": meter_start_wh,
            "timestamp": format_time(transaction.started_at),
        }
        if permission.reservation_id is not None:
            payload["reservationId"] = permission.reservation_id
            outlet.reservation = None
        outlet.transaction, outlet.permission = transaction, None
        beginning = self._reading(outlet, "Transaction.Begin")
        transaction.readings = [beginning] if beginning["sampledValue"] else []
        charge_point.outbox.put(
            Message("StartTransaction", payload, transaction.local_id)
        )
        charge_point.metering.report(
            outlet, "MeterValuesSampledData", "Transaction.Begin"
        )
        outlet.evse.energised = True
        if permission.profile:
            self._install(outlet, permission.profile)

    def _install(self, outlet: Outlet, profile: Profile) -> None:
        """Give the new transaction the profile its remote start brought along (§5.16.2)."""
        entry = Installed(outlet.connector_id, profile, self._charge_point.now())
        try:
            # What a remote start brings along is a limit: there is nobody yet who could discharge.
            self._charge_point.profiles.install(
                entry, in_transaction=True, transaction_id=None
            )
        except ProfileRefused:
            return

    def _on_started(self, local_id: str, answer: Payload) -> None:
        """The central system has answered a start: it has an id, and perhaps it refuses the tag (§4.8)."""
        info = id_tag_info(answer)
        for outlet in self._charge_point.outlets.values():
            transaction = outlet.transaction
            if transaction is None or transaction.local_id != local_id:
                continue
            transaction.transaction_id = answer["transactionId"]
            self._charge_point.authorization.remember(transaction.id_tag, info)
            if info.get("status") == "Accepted":
                return
            if self._charge_point.configuration.flag("StopTransactionOnInvalidId"):
                self.stop(outlet, "DeAuthorized")
            else:
                outlet.evse.energised = False
                transaction.refused = True

    def _reading(self, outlet: Outlet, context: str) -> Payload:
        measurands = self._charge_point.configuration.items("StopTxnSampledData")
        return self._charge_point.metering.reading(outlet, measurands, context)

    def may_use(self, outlet: Outlet, id_tag: str) -> bool:
        """Whether a reservation is this tag's or its group's (§5.13)."""
        reservation = outlet.reservation
        if reservation is None or reservation.id_tag.lower() == id_tag.lower():
            return True
        parent = self._charge_point.authorization.parent(id_tag)
        return parent is not None and parent == reservation.parent_id_tag
