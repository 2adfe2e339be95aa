"""What a station remembers without power: one JSON document (OCPP 1.6 §3.7, §3.13.1, §5.2)."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.ocpp16.outbox import Message
from simulator.ocpp16.outlet import Outlet, Reservation
from simulator.ocpp16.profile_json import read_installed, write_installed
from simulator.ocppj.fields import format_time, parse_time
from simulator.profiles import Installed

if TYPE_CHECKING:
    from simulator.ocpp16.charge_point import ChargePoint


def snapshot(charge_point: ChargePoint) -> dict[str, Any]:
    """Everything that outlives a reboot."""
    return {
        "configuration": charge_point.configuration.changed,
        "operative": charge_point.operative,
        "firmware": charge_point.station.nameplate.firmware,
        "outlets": {
            str(number): _outlet(outlet)
            for number, outlet in charge_point.outlets.items()
        },
        "profiles": [
            write_installed(entry) for entry in charge_point.profiles.persistent()
        ],
        "outbox": charge_point.outbox.snapshot(),
        "tags": charge_point.authorization.known.snapshot(),
        "certificates": charge_point.certificates.snapshot(),
    }


def _outlet(outlet: Outlet) -> dict[str, Any]:
    reservation = outlet.reservation
    return {
        "register_wh": outlet.evse.meter.register_wh,
        "export_wh": outlet.evse.meter.export_wh,
        "operative": outlet.operative and not outlet.becomes_inoperative,
        "transaction": outlet.transaction and outlet.transaction.local_id,
        "reservation": reservation
        and [
            reservation.reservation_id,
            reservation.id_tag,
            reservation.parent_id_tag,
            format_time(reservation.expires_at),
        ],
    }


def restore(charge_point: ChargePoint, saved: dict[str, Any]) -> None:
    """Wake up with what was remembered and nothing else."""
    forgets = charge_point.faults.forgets_configuration
    charge_point.configuration.restore({} if forgets else saved["configuration"])
    charge_point.operative = saved["operative"]
    nameplate = charge_point.station.nameplate
    charge_point.station.nameplate = replace(nameplate, firmware=saved["firmware"])
    kept = (read_installed(entry) for entry in saved["profiles"])
    charge_point.profiles.restore(entry for entry in kept if _limits(entry))
    charge_point.smart_charging.exchange.forget()
    charge_point.outbox.restore(saved["outbox"])
    charge_point.authorization.known.restore(saved["tags"])
    charge_point.certificates.restore(saved["certificates"])
    for number, outlet in charge_point.outlets.items():
        _restore_outlet(charge_point, outlet, saved["outlets"][str(number)])
    if password := charge_point.configuration.text("AuthorizationKey"):
        charge_point.link.dial.password = password
    charge_point.link.dial.ping_interval_s = (
        float(charge_point.configuration.number("WebSocketPingInterval")) or None
    )


def _limits(entry: Installed) -> bool:
    """Whether a profile is nothing but limits: nobody discharges after a restart who was not told to anew."""
    return all((period.limit or 0) >= 0 for period in entry.profile.schedule.periods)


def _restore_outlet(
    charge_point: ChargePoint, outlet: Outlet, saved: dict[str, Any]
) -> None:
    outlet.forget()
    outlet.evse.energised = False
    outlet.operative, outlet.becomes_inoperative = saved["operative"], False
    # A vehicle lets go slowly: the meter may have counted on since the document was written.
    meter = outlet.evse.meter
    meter.register_wh = max(meter.register_wh, saved["register_wh"])
    meter.export_wh = max(meter.export_wh, saved.get("export_wh", 0.0))
    if saved["reservation"]:
        reservation_id, id_tag, parent, expires_at = saved["reservation"]
        outlet.reservation = Reservation(
            reservation_id, id_tag, parent, parse_time(expires_at)
        )
    if saved["transaction"]:
        # The power went in the middle of it: it ended when the light went out, and is reported now (§5.20).
        payload = {
            "meterStop": charge_point.sampler.register_wh(outlet),
            "timestamp": format_time(charge_point.now()),
            "reason": "PowerLoss",
        }
        charge_point.outbox.put(
            Message("StopTransaction", payload, saved["transaction"])
        )
