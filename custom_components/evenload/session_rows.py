"""A session on record as owners, automations and tables see it."""

from dataclasses import replace
from typing import Any

from .data import EvenloadConfigEntry
from .devices import station_subentry
from .driver_config import is_counted
from .engine.model.sessions import Account, Booked, SessionRecord
from .states import masked


def shown(entry: EvenloadConfigEntry, one: SessionRecord) -> dict[str, Any]:
    """Return a session for an automation; details where they were asked for."""
    one = charged(entry, one)
    account = one.account
    row: dict[str, Any] = {
        "id": one.id,
        "station": one.key.identity,
        "station_name": station_name(entry, one.key.identity),
        "connector": one.key.evse,
        "started_at": one.started_at.isoformat(),
        "ended_at": one.ended_at.isoformat() if one.ended_at else None,
        "energy_kwh": kwh(account.energy_wh),
        "exported_kwh": kwh(account.exported_wh),
        "own_kwh": kwh(account.own_wh),
        "cost": money(account.cost),
        "currency": account.currency,
        "unpriced_kwh": kwh(account.unpriced_wh),
        "source": account.source.value if account.source else None,
        "tag": masked(one.token) if one.token else None,
        "driver": one.driver,
        "driver_name": driver_name(entry, one),
        "end_reason": one.end_reason,
        "meter_start_kwh": kwh(one.meter_start_wh),
        "meter_stop_kwh": kwh(one.meter_stop_wh),
        "transactions": list(one.transactions),
    }
    if account.quarters:
        row["quarters"] = [
            {
                "start": quarter.start.isoformat(),
                "energy_kwh": kwh(quarter.import_wh),
                "exported_kwh": kwh(quarter.export_wh),
                "own_kwh": kwh(quarter.own_wh),
                "cost": money(quarter.cost),
                "meter_kwh": kwh(quarter.meter_wh),
            }
            for quarter in account.quarters
        ]
    if one.pauses:
        row["pauses"] = [
            {
                "started_at": pause.started_at.isoformat(),
                "ended_at": pause.ended_at.isoformat() if pause.ended_at else None,
                "reason": pause.reason,
            }
            for pause in one.pauses
        ]
    if one.signed:
        row["signed"] = [
            {
                "at": signed.at.isoformat(),
                "context": signed.context,
                "encoding": signed.encoding,
                "method": signed.method,
                "public_key": signed.public_key,
                "data": signed.data,
            }
            for signed in one.signed
        ]
    return row


def charged(entry: EvenloadConfigEntry, one: SessionRecord) -> SessionRecord:
    """Return a session as it is charged for."""
    return replace(one, account=charged_to(entry, one))


def charged_to(entry: EvenloadConfigEntry, one: SessionRecord | Booked) -> Account:
    """Return what a driver is charged with: for one who charged for free it has no cost."""
    account, subentry = one.account, entry.subentries.get(one.driver or "")
    if one.billing is not None:
        counted = one.billing.counted
    else:
        counted = subentry is None or is_counted(subentry.data)
    if counted:
        return account
    quarters = tuple(replace(quarter, cost=None) for quarter in account.quarters)
    return replace(account, cost=None, unpriced_wh=0.0, quarters=quarters)


def station_name(entry: EvenloadConfigEntry, identity: str) -> str:
    """Return what the owner calls a station; one that was removed has nothing but its identity."""
    subentry = station_subentry(entry, identity)
    return subentry.title if subentry else identity


def driver_name(entry: EvenloadConfigEntry, one: SessionRecord | Booked) -> str | None:
    """Return what the driver of a session was called when it ended."""
    return one.billing.name if one.billing else name_now(entry, one.driver)


def name_now(entry: EvenloadConfigEntry, driver: str | None) -> str | None:
    """Return what the owner calls a driver now; one who was removed has no name."""
    subentry = entry.subentries.get(driver or "")
    return subentry.title if subentry else None


def kwh(wh: float | None) -> float | None:
    """Return an energy as it is told, to the Wh."""
    return None if wh is None else round(wh / 1000, 3)


def money(value: float | None) -> float | None:
    """Return an amount as it is told, to a hundredth of a cent: what is rounded too early does not add up."""
    return None if value is None else round(value, 4)
