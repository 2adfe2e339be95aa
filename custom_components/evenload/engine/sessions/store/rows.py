"""Sessions to rows and back."""

from collections.abc import Sequence
from datetime import UTC, datetime
import json
from typing import Any

from mashumaro.codecs.json import JSONDecoder, JSONEncoder

from ...model.identity import EvseKey
from ...model.sessions import (
    Account,
    Billing,
    Pause,
    Quarter,
    SessionRecord,
    SignedValue,
    Source,
)
from ...model.transactions import Session, Transaction
from ..curves import QUARTER_S

_SESSION_ENCODER = JSONEncoder(Session)
_SESSION_DECODER = JSONDecoder(Session)

# Energies are kept to the mWh, money to a hundred thousandth.
_WH_DIGITS = 3
_MONEY_DIGITS = 5


def session_row(session: Session, account: Account) -> dict[str, Any]:
    """Return a session as it is written."""
    return {
        "identity": session.key.identity,
        "evse": session.key.evse,
        "started_at": session.started_at.timestamp(),
        "ended_at": session.ended_at and session.ended_at.timestamp(),
        "energy_wh": round(account.energy_wh, _WH_DIGITS),
        "exported_wh": round(account.exported_wh, _WH_DIGITS),
        "own_wh": account.own_wh and round(account.own_wh, _WH_DIGITS),
        "cost": account.cost and round(account.cost, _MONEY_DIGITS),
        "unpriced_wh": round(account.unpriced_wh, _WH_DIGITS),
        "currency": account.currency,
        "source": account.source and account.source.value,
        "token": session.token,
        "end_reason": _end_reason(session),
        "meter_start_wh": _first(session),
        "meter_stop_wh": _last(session),
        "transactions": json.dumps([one.id for one in session.transactions]),
        "quarters": _quarters_text(account.quarters),
        "body": _SESSION_ENCODER.encode(session),
    }


def session_of(body: str) -> Session:
    """Return a session as the ledger knew it. Raises `ValueError` or mashumaro's errors where it is none."""
    return _SESSION_DECODER.decode(body)


# What a record is made of, in this order; the last two only where details are wanted.
RECORD = (
    *("id", "identity", "evse", "started_at", "ended_at"),
    *("energy_wh", "exported_wh", "own_wh", "cost", "unpriced_wh", "currency"),
    *("source", "transactions", "token", "driver", "driver_name", "counted"),
    *("end_reason", "meter_start_wh", "meter_stop_wh", "quarters", "pauses"),
)
DETAILS = 2


def record_of(row: Sequence[Any], signed: Sequence[SignedValue] = ()) -> SessionRecord:
    """Return a session as it is on record; quarters and pauses where they were read."""
    number, identity, evse, start, end = row[:5]
    energy_wh, exported_wh, own_wh, cost, unpriced_wh, currency = row[5:11]
    source, names, token, driver, name, counted = row[11:17]
    reason, first_wh, last_wh, *details = row[17:]
    quarters, pauses = details or (None, None)
    return SessionRecord(
        id=number,
        key=EvseKey(identity, evse),
        started_at=moment(start),
        ended_at=None if end is None else moment(end),
        account=Account(
            *(energy_wh, exported_wh, own_wh, cost, unpriced_wh, currency),
            None if source is None else Source(source),
            quarters_of(quarters),
        ),
        transactions=tuple(json.loads(names)),
        token=token,
        driver=driver,
        billing=billing_of(name, counted),
        end_reason=reason,
        meter_start_wh=first_wh,
        meter_stop_wh=last_wh,
        pauses=pauses_of(pauses),
        signed=tuple(signed),
    )


def billing_of(name: str | None, counted: bool | None) -> Billing | None:
    """Return what held of a driver, where that is on record."""
    return None if name is None else Billing(name, counted is not False)


def moment(seconds: float) -> datetime:
    """Return a moment as it is read."""
    return datetime.fromtimestamp(seconds, UTC)


def pauses_text(pauses: Sequence[Pause]) -> str | None:
    """Return pauses as they are written."""
    rows = [
        [
            one.started_at.timestamp(),
            one.ended_at and one.ended_at.timestamp(),
            one.reason,
        ]
        for one in pauses
    ]
    return json.dumps(rows) if rows else None


def pauses_of(text: str | None) -> tuple[Pause, ...]:
    """Return pauses as they are read."""
    if text is None:
        return ()
    return tuple(
        Pause(moment(start), None if end is None else moment(end), reason)
        for start, end, reason in json.loads(text)
    )


def quarters_of(text: str | None) -> tuple[Quarter, ...]:
    """Return quarter hours as they are read."""
    if text is None:
        return ()
    return tuple(
        Quarter(moment(slot * QUARTER_S), into, out, own, cost, meter)
        for slot, into, out, own, cost, meter in json.loads(text)
    )


def _quarters_text(quarters: Sequence[Quarter]) -> str | None:
    rows = [
        [
            int(one.start.timestamp() // QUARTER_S),
            round(one.import_wh, _WH_DIGITS),
            round(one.export_wh, _WH_DIGITS),
            one.own_wh if one.own_wh is None else round(one.own_wh, _WH_DIGITS),
            one.cost if one.cost is None else round(one.cost, _MONEY_DIGITS),
            one.meter_wh,
        ]
        for one in quarters
    ]
    return json.dumps(rows, separators=(",", ":")) if rows else None


def _first(session: Session) -> float | None:
    first: Transaction | None = next(iter(session.transactions), None)
    return None if first is None else first.base_wh


def _last(session: Session) -> float | None:
    """Return where the register stood at the end, as the station told it or where it came to."""
    if not session.transactions:
        return None
    last = session.transactions[-1]
    if last.meter_stop_wh is not None:
        return last.meter_stop_wh
    return last.meter_last_wh


def _end_reason(session: Session) -> str | None:
    last = session.transactions[-1:]
    return last[0].end_reason if last else None
