"""Writing transaction events (E01-E06, J02; TransactionEventRequest)."""

from typing import TYPE_CHECKING
import uuid

from simulator.ocpp2.outlet import Outlet, Token, Transaction
from simulator.ocppj.fields import format_time
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


class Events:
    """What one station tells about its transactions."""

    def __init__(self, station: ChargingStation) -> None:
        """Have told nothing yet."""
        self._station = station

    def start(self, outlet: Outlet, trigger: str) -> Transaction:
        """A transaction begins."""
        station, permission = self._station, outlet.permission
        station.meters.begin_session(outlet.evse)
        transaction = Transaction(str(uuid.uuid4()), station.now())
        outlet.transaction = transaction
        if permission:
            self.authorised(transaction, outlet)
        more: Payload = {
            "evse": {"id": outlet.evse_id, "connectorId": outlet.evse.connector_id},
        }
        if outlet.evse.cable_a:
            more["cableMaxCurrent"] = int(outlet.evse.cable_a)
        reading = station.metering.reading(
            outlet, "SampledDataCtrlr.TxStartedMeasurands", "Transaction.Begin"
        )
        transaction.readings = station.metering.reading(
            outlet, "SampledDataCtrlr.TxEndedMeasurands", "Transaction.Begin"
        )
        if reading:
            more["meterValue"] = reading
        self._put(outlet, transaction, "Started", trigger, more)
        return transaction

    def authorised(self, transaction: Transaction, outlet: Outlet) -> None:
        """Somebody was authorised for it: its next event says who (E03.FR.01)."""
        permission = outlet.permission
        if permission is None:
            return
        transaction.token, transaction.group = permission.token, permission.group
        transaction.remote_start_id = permission.remote_start_id
        transaction.reservation_id = permission.reservation_id
        transaction.tells_token = True

    def update(
        self, outlet: Outlet, trigger: str, readings: list[Payload] | None = None
    ) -> None:
        """Something about the transaction changed, or it is time for a reading."""
        if outlet.transaction is None:
            return
        more: Payload = {"meterValue": readings} if readings else {}
        self._put(outlet, outlet.transaction, "Updated", trigger, more)

    def end(self, outlet: Outlet, trigger: str, reason: str) -> None:
        """The transaction is over (E06-E10)."""
        transaction = outlet.transaction
        if transaction is None:
            return
        last = self._station.metering.reading(
            outlet, "SampledDataCtrlr.TxEndedMeasurands", "Transaction.End"
        )
        readings = [*transaction.readings, *last]
        more: Payload = {"meterValue": readings} if last else {}
        info: Payload = {
            "stoppedReason": reason,
            "timeSpentCharging": int(transaction.charging_s),
        }
        self._put(outlet, transaction, "Ended", trigger, more, info)
        outlet.transaction = None

    def cut_short(self, saved: Payload) -> None:
        """A transaction ended when the light went out, and is reported now (E12, with the last reading that was kept)."""
        event = {
            "eventType": "Ended",
            "timestamp": format_time(self._station.now()),
            "triggerReason": "AbnormalCondition",
            "seqNo": saved["seqNo"],
            "transactionInfo": {
                "transactionId": saved["transactionId"],
                "stoppedReason": "PowerLoss",
            },
        }
        if saved["meterValue"]:
            event["meterValue"] = saved["meterValue"]
        self._station.outbox.put(event | {"offline": True})

    def _put(
        self,
        outlet: Outlet,
        transaction: Transaction,
        kind: str,
        trigger: str,
        more: Payload,
        about: Payload | None = None,
    ) -> None:
        """Queue an event; each has the next number of its transaction (E01.FR.07)."""
        info: Payload = {"transactionId": transaction.transaction_id} | (about or {})
        state = outlet.charging_state
        if state != transaction.told_state:
            info["chargingState"] = transaction.told_state = state
        info |= self._station.discharging.told(outlet)
        event: Payload = {
            "eventType": kind,
            "timestamp": format_time(self._station.now()),
            "triggerReason": trigger,
            "seqNo": transaction.seq_no,
            "transactionInfo": info,
            **more,
        }
        transaction.seq_no += 1
        if "chargingState" in info and state == "Charging" and not outlet.evse.is_dc:
            event["numberOfPhasesUsed"] = outlet.evse.active_phases
        if transaction.tells_token:
            event |= self._who(outlet, transaction, info)
        if token := self._stopper(transaction):
            event["idToken"] = token
        self._station.outbox.put(event)

    def _who(self, outlet: Outlet, transaction: Transaction, info: Payload) -> Payload:
        """Who charges, once (E03.FR.01, F01.FR.25, H03)."""
        transaction.tells_token = False
        if transaction.remote_start_id is not None:
            info["remoteStartId"] = transaction.remote_start_id
        token = transaction.token
        named = self._station.transfer.named(outlet, token) if token else None
        who: Payload = {"idToken": named}
        if transaction.reservation_id is not None:
            who["reservationId"] = transaction.reservation_id
        return who

    def _stopper(self, transaction: Transaction) -> Token | None:
        token, transaction.stopped_by = transaction.stopped_by, None
        return token
