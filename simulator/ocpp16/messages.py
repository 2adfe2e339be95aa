"""Messages about discharging at a station of OCPP 1.6 (docs/v2g-extension.md, D3)."""

import json
from typing import TYPE_CHECKING, Any

from simulator.bidirectional import VENDOR, Form
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.frames import Payload
from simulator.orders import Mode, Order
from simulator.setpoints import Refused, read_message

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


class Messages:
    """D3: setpoints that come by DataTransfer."""

    def __init__(self, charge_point: ChargePoint) -> None:
        """Understand those that the station's equipment knows."""
        self._charge_point = charge_point
        self._equipment = charge_point.station.bidirectional

    def take(self, vendor: str, message: str, text: str) -> Answer:
        """Answer a message: whether it was understood outside, and whether it is obeyed inside."""
        equipment = self._equipment
        if equipment is None or Form.DATA_TRANSFER not in equipment.forms:
            return status("UnknownVendorId")
        manual = equipment.manual
        if vendor != manual.vendor:
            return status("UnknownVendorId")
        if message != manual.message:
            return status("UnknownMessageId")
        data = _object(text)
        if data is None:
            return status("Rejected")
        own = (manual.vendor, manual.message) == (VENDOR, "Setpoint")
        try:
            if own:
                self._obey(data)
            else:
                self._obey_maker(data)
        except Refused as refused:
            said: Payload = {"status": "Rejected", "reasonCode": refused.reason}
            if refused.info:
                said["additionalInfo"] = refused.info
            return Answer({"status": "Accepted", "data": json.dumps(said)})
        return Answer({"status": "Accepted", "data": manual.reply})

    def _obey(self, data: Payload) -> None:
        said = read_message(data)
        exchange = self._charge_point.smart_charging.exchange
        charging_only = said.order.mode is Mode.CHARGING_ONLY
        aimed_w = 0.0 if charging_only else said.aimed_w
        outlet = self._charge_point.discharging.check(said.evse_id, aimed_w)
        running = outlet.transaction and outlet.transaction.transaction_id
        if said.transaction_id not in (None, str(running)):
            raise Refused("TxNotFound")
        if not charging_only:
            exchange.hold(said.evse_id, said.order, said.lasts_s)
        elif self._equipment and self._equipment.charges_by_limits:
            exchange.release(said.evse_id)
        else:
            exchange.hold(said.evse_id, said.order, 0)
        self._charge_point.smart_charging.tick()

    def _obey_maker(self, data: Payload) -> None:
        """A maker's own message has one field for the power, and no more that matters."""
        if self._equipment is None:
            return
        manual = self._equipment.manual
        value = data.get(manual.power_field)
        try:
            power_w = manual.watts(float(str(value)))
        except ValueError as error:
            raise Refused("InvalidValue") from error
        evse_id = data.get("evse", 1)
        self._charge_point.discharging.check(evse_id, power_w)
        exchange = self._charge_point.smart_charging.exchange
        exchange.hold(evse_id, Order.of_watts(power_w), self._equipment.timeout_s)
        self._charge_point.smart_charging.tick()


def _object(text: str) -> Payload | None:
    """The object that a text is in JSON."""
    try:
        data: Any = json.loads(text)
    except ValueError:
        return None
    return data if isinstance(data, dict) else None
