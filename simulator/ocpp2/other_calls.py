"""Answers about what a home station has little of: customers, messages, costs, tariffs (I, N09, N10, O, P; and 2.1)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulator.ocpp2.authorization import name_of
from simulator.ocpp2.remote_calls import read_token
from simulator.ocpp2.replies import refusal
from simulator.ocppj.answer import Answer, status
from simulator.ocppj.fields import format_time, plain_items, required
from simulator.ocppj.frames import CallError, Payload

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation

type Handler = Callable[[ChargingStation, Payload], Answer]


def customer_information(station: ChargingStation, payload: Payload) -> Answer:
    """N09, N10: what is known of a token, to be told, to be forgotten, or both."""
    request_id = required(payload, "requestId", int)
    report, clear = required(payload, "report", bool), required(payload, "clear", bool)
    if not report and not clear:
        return refusal("Rejected", "InvalidValue")
    told = "no data"
    if "idToken" in payload:
        name = name_of(read_token(payload))
        known = station.authorization.known
        found = [where for where in (known.listed, known.cached) if name in where]
        told = "; ".join(str(where[name]) for where in found) or told
        if clear:
            known.listed.pop(name, None)
            known.cached.pop(name, None)
    elif not payload.keys() & {"customerIdentifier", "customerCertificate"}:
        return refusal("Invalid", "MissingParam")

    async def tell() -> None:
        at = format_time(station.now())
        message = {"data": told, "seqNo": 0, "generatedAt": at, "requestId": request_id}
        await station.try_call("NotifyCustomerInformation", message)

    return status("Accepted", tell)


def clear_tariffs(station: ChargingStation, payload: Payload) -> Answer:
    """I09 (2.1): there are none."""
    ids = plain_items(payload, "tariffIds", str)
    results = [{"tariffId": tariff_id, "status": "NoTariff"} for tariff_id in ids]
    return Answer({"clearTariffsResult": results or [{"status": "NoTariff"}]})


def _always(value: str) -> Handler:
    return lambda station, payload: refusal(value, "UnsupportedRequest")


def _nothing(station: ChargingStation, payload: Payload) -> Answer:
    return Answer({})


def _not_supported(station: ChargingStation, payload: Payload) -> Answer:
    raise CallError("NotSupported", "this station has nothing of the kind")


HANDLERS: dict[str, Handler] = {
    "ClearDisplayMessage": _not_supported,
    "CostUpdated": _nothing,
    "CustomerInformation": customer_information,
    "GetDisplayMessages": _not_supported,
    "PublishFirmware": _not_supported,
    "SetDisplayMessage": _not_supported,
    "UnpublishFirmware": _not_supported,
}
HANDLERS_OF_2_1: dict[str, Handler] = {
    "ChangeTransactionTariff": _always("Rejected"),
    "ClearTariffs": clear_tariffs,
    "GetTariffs": _always("NoTariff"),
    "NotifyWebPaymentStarted": _not_supported,
    "RequestBatterySwap": _always("Rejected"),
    "SetDefaultTariff": _always("Rejected"),
}
