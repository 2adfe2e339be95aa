"""What a station remembers without power: one JSON document (E12, K01.FR.27, B05, D01, H01)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.ocpp2.outlet import Outlet, Reservation
from simulator.ocpp2.profile_json import read_installed, write_installed
from simulator.ocppj.fields import format_time, parse_time

if TYPE_CHECKING:
    from simulator.ocpp2.charging_station import ChargingStation


def snapshot(station: ChargingStation) -> dict[str, Any]:
    """Everything that outlives a reboot."""
    return {
        "variables": station.device_model.changed,
        "operative": station.operative,
        "firmware": station.station.nameplate.firmware,
        "outlets": {
            str(number): _outlet(station, outlet)
            for number, outlet in station.outlets.items()
        },
        "profiles": [write_installed(entry) for entry in station.profiles.persistent()],
        "outbox": station.outbox.snapshot(),
        "certificates": station.certificates.snapshot(),
        "network": station.network.snapshot(),
        "tokens": station.authorization.known.snapshot(),
        "boot_reason": station.registration.reason,
        "grid": station.grid.snapshot(),
    }


def _outlet(station: ChargingStation, outlet: Outlet) -> dict[str, Any]:
    reservation, transaction = outlet.reservation, outlet.transaction
    return {
        "register_wh": outlet.evse.meter.register_wh,
        "export_wh": outlet.evse.meter.export_wh,
        "operative": outlet.operative and not outlet.becomes_inoperative,
        "transaction": transaction
        and {
            "transactionId": transaction.transaction_id,
            "seqNo": transaction.seq_no,
            "meterValue": station.metering.reading(
                outlet, "SampledDataCtrlr.TxEndedMeasurands", "Transaction.End"
            ),
        },
        "reservation": reservation
        and [
            reservation.reservation_id,
            reservation.token,
            reservation.group,
            format_time(reservation.expires_at),
        ],
    }


def restore(station: ChargingStation, saved: dict[str, Any]) -> None:
    """Wake up with what was remembered and nothing else."""
    forgets = station.faults.forgets_configuration
    station.device_model.restore({} if forgets else saved["variables"])
    station.operative = saved["operative"]
    nameplate = station.station.nameplate
    station.station.nameplate = replace(nameplate, firmware=saved["firmware"])
    station.profiles.restore(read_installed(entry) for entry in saved["profiles"])
    station.outbox.restore(saved["outbox"])
    station.authorization.known.restore(saved["tokens"])
    station.certificates.restore(saved["certificates"])
    station.network.restore(saved["network"])
    station.registration.reason = saved["boot_reason"]
    station.grid.restore(saved.get("grid", []))
    station.smart_charging.exchange.forget()
    for number, outlet in station.outlets.items():
        _restore_outlet(station, outlet, saved["outlets"][str(number)])


def _restore_outlet(
    station: ChargingStation, outlet: Outlet, saved: dict[str, Any]
) -> None:
    outlet.forget()
    outlet.evse.energised = False
    outlet.operative, outlet.becomes_inoperative = saved["operative"], False
    # A vehicle lets go slowly: the meter may have counted on since the document was written.
    meter = outlet.evse.meter
    meter.register_wh = max(meter.register_wh, saved["register_wh"])
    meter.export_wh = max(meter.export_wh, saved.get("export_wh", 0.0))
    outlet.reservation = None
    if saved["reservation"]:
        reservation_id, token, group, expires_at = saved["reservation"]
        outlet.reservation = Reservation(
            reservation_id, token, group, parse_time(expires_at)
        )
    if saved["transaction"]:
        station.transactions.events.cut_short(saved["transaction"])
