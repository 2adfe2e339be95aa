"""Which energy transfer station and vehicle have agreed on, and who allows it (OCPP 2.1 Q01, Q02; docs/v2g-extension.md)."""

from typing import TYPE_CHECKING

from simulator.bidirectional import VENDOR, Form
from simulator.ocpp2.outlet import Outlet, Token
from simulator.ocpp2.replies import refusal
from simulator.ocpp2.v2x_variables import transfers_of
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import plain_items, required
from simulator.ocppj.frames import Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

REFUSED = "ReqEnergyTransferRejected"


class EnergyTransfer:
    """The services that the vehicles at one station have chosen (ISO 15118-20)."""

    def __init__(self, station: ChargingStation) -> None:
        """Agree on nothing yet."""
        self._station = station
        self._equipment = station.station.bidirectional
        forms = self._equipment.forms if self._equipment else frozenset()
        self._asks = station.version == "2.1" or Form.EXTENSION in forms

    def agreed(self, evse_id: int) -> bool:
        """Whether energy may flow in both directions."""
        return not self._asks or self._station.outlets[evse_id].service.endswith("BPT")

    def possible(self, outlet: Outlet) -> tuple[str, ...]:
        """What the EVSE and the vehicle on it could do, charging only first; nothing where that is no question."""
        evse = outlet.evse
        able = evse.discharge_w and evse.vehicle and evse.vehicle.discharges
        box = f"V2XChargingCtrlr#{outlet.evse_id}"
        on = self._station.device_model.flag(f"{box}.Enabled")
        return transfers_of(evse) if able and on and self._asks else ()

    def named(self, outlet: Outlet, token: Token) -> Token:
        """The token, with the vehicle's own name (Q01.FR.02)."""
        vehicle = outlet.evse.vehicle
        if vehicle is None or not vehicle.evccid or not self.possible(outlet):
            return token
        extra = {"additionalIdToken": vehicle.evccid, "type": "EVCCID"}
        return token | {"additionalInfo": [extra]}

    def allowed_in(self, answer: Payload) -> tuple[str, ...]:
        """What an answer to Authorize allows (Q01.FR.01, FR.08)."""
        said = answer
        if self._station.version != "2.1":
            extra = answer.get("customData")
            known = isinstance(extra, dict) and extra.get("vendorId") == VENDOR
            said = extra if known and isinstance(extra, dict) else {}
        found = said.get("allowedEnergyTransfer")
        return tuple(str(each) for each in found) if isinstance(found, list) else ()

    def choose(self, outlet: Outlet) -> None:
        """The vehicle chooses a service and says what it needs (Q01.FR.03, FR.09); where V2X is no question, it only says that."""
        possible = self.possible(outlet)
        if not possible:
            outlet.service = ""
            self._station.needs.tell(outlet)
            return
        charging, both = possible
        outlet.service = both if both in outlet.allowed else charging
        self._station.smart_charging.tick()
        self._station.spawn(self._ask(outlet, outlet.service))

    async def _ask(self, outlet: Outlet, service: str) -> None:
        vehicle, transaction = outlet.evse.vehicle, outlet.transaction
        if vehicle is None:
            return
        answer = await self._station.try_call(
            "NotifyEVChargingNeeds", self._station.needs.of(outlet, vehicle)
        )
        refused = answer is not None and answer.get("status") == "Rejected"
        current = outlet.transaction is transaction and outlet.service == service
        if not refused or not current or transaction is None:
            return
        if service.endswith("BPT") and self._renegotiates:
            # Q01.FR.05
            outlet.allowed = ()
            self.choose(outlet)
        elif service.endswith("BPT"):
            # Q01.FR.06
            native = self._station.version == "2.1"
            reason = REFUSED if native else "Other"
            self._station.transactions.withdraw(outlet, "Deauthorized", reason)

    @property
    def _renegotiates(self) -> bool:
        return self._equipment is not None and self._equipment.renegotiates

    def allow(self, transaction_id: str, allowed: tuple[str, ...]) -> Answer:
        """Q02: another list for a running transaction, after which the vehicle chooses anew."""
        outlet = self._running(transaction_id)
        if outlet is None:
            return refusal("Rejected", "TxNotFound")
        if not self._renegotiates:
            return refusal("Rejected", "UnsupportedRequest", "no renegotiation")
        outlet.allowed = allowed

        async def renegotiate() -> None:
            possible = self.possible(outlet)
            wanted = possible[1] if possible and possible[1] in allowed else ""
            if possible and outlet.service != (wanted or possible[0]):
                self.choose(outlet)

        return status("Accepted", renegotiate)

    def _running(self, transaction_id: str) -> Outlet | None:
        for outlet in self._station.outlets.values():
            transaction = outlet.transaction
            if transaction and transaction.transaction_id == transaction_id:
                return outlet
        return None


def notify_allowed_energy_transfer(
    station: ChargingStation, payload: Payload
) -> Answer:
    """Q02 (2.1)."""
    if station.station.bidirectional is None:
        return refusal("Rejected", "UnsupportedRequest")
    transaction_id = required(payload, "transactionId", str)
    required(payload, "allowedEnergyTransfer", list)
    allowed = tuple(plain_items(payload, "allowedEnergyTransfer", str))
    return station.transfer.allow(transaction_id, allowed)


def data_transfer(station: ChargingStation, payload: Payload) -> Answer:
    """P01: the only messages that this station may know are about discharging (2.0.1)."""
    vendor, name = required(payload, "vendorId", str), payload.get("messageId")
    knows = station.version == "2.0.1" and station.discharging.tells_modes
    if vendor != VENDOR or not knows:
        return status("UnknownVendorId")
    if name != "NotifyAllowedEnergyTransfer":
        return status("UnknownMessageId")
    return notify_allowed_energy_transfer(station, required(payload, "data", dict))


HANDLERS = {"DataTransfer": data_transfer}
HANDLERS_OF_2_1 = {"NotifyAllowedEnergyTransfer": notify_allowed_energy_transfer}
