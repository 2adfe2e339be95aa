"""What is told of one transaction, put together: in whatever order, however often, it comes to the same.

Each fact is kept as the station told it, and where two tell the same thing, time decides and not which came first: the
first token began it, the first and the highest reading count, and the end is final.
"""

from dataclasses import replace
from datetime import datetime

from ..model.energy import is_plausible
from ..model.events import TransactionEnded
from ..model.identity import EvseKey
from ..model.orders import WHOLE_STATION
from ..model.transactions import Transaction, TransactionStart
from .history import Point, thinned

# So many readings are kept of a transaction while nobody has said on which EVSE it runs.
UNPLACED_KEPT = 64


def unknown(transaction_id: str, key: EvseKey, at: datetime) -> Transaction:
    """Return a transaction of which nothing is known yet but that it was spoken of."""
    return Transaction(transaction_id, key, at, None, None, None, at, recovered=True)


def started(
    known: Transaction, start: TransactionStart, at: datetime, *, late: bool
) -> Transaction:
    """Return it with its start. Told again, it changes nothing but where it is, and the doubt whether it was told late."""
    key = known.key if start.key.evse == WHOLE_STATION else start.key
    if not known.recovered:
        if known.key.evse == WHOLE_STATION:
            known = replace(known, key=key)
        return replace(known, late=late) if known.late and not late else known
    told = replace(
        known,
        key=key,
        started_at=at,
        meter_start_wh=start.meter_start_wh,
        stamp=start.at,
        late=late,
        recovered=False,
    )
    return _with_token(_until(told, at), start.token, at)


def updated(
    known: Transaction, at: datetime, evse: int | None, token: str | None
) -> Transaction:
    """Return it as it was at a time: it ran."""
    if evse and known.key.evse == WHOLE_STATION:
        known = replace(known, key=EvseKey(known.key.identity, evse))
    if known.recovered and at < known.started_at:
        known = replace(known, started_at=at)
    return _with_token(_until(known, at), token, at)


def metered(known: Transaction, register_wh: float, at: datetime) -> Transaction:
    """Return it with a reading of its register; one that no outlet can have reached does not count."""
    if known.key.evse == WHOLE_STATION:
        unplaced = _with_reading(known.unplaced, register_wh, at)
        known = replace(known, unplaced=unplaced)
    return _counted(known, register_wh, at)


def exported(known: Transaction, register_wh: float, at: datetime) -> Transaction:
    """Return it with a reading of the register of what was fed back, where nobody has said on which EVSE it runs."""
    if known.key.evse != WHOLE_STATION:
        return known
    unplaced = _with_reading(known.unplaced_export, register_wh, at)
    return replace(known, unplaced_export=unplaced)


def _counted(known: Transaction, register_wh: float, at: datetime) -> Transaction:
    first_wh, first_at, last_wh = known.first_wh, known.first_at, known.meter_last_wh
    goes_on = last_wh is None or is_plausible(register_wh - last_wh, at - known.last_at)
    if first_wh is None or first_at is None or last_wh is None:
        if not goes_on:
            return known
        told = replace(
            known, first_wh=register_wh, first_at=at, meter_last_wh=register_wh
        )
        return updated(told, at, None, None)
    if not (goes_on or _fits(first_wh, first_at, register_wh, at)):
        if not _follows_start(known, register_wh, at):
            return known
        if not _follows_start(known, first_wh, first_at):
            # What went before was of another register, or rubbish.
            first_wh, first_at, last_wh = register_wh, at, register_wh
    elif at < first_at and _follows_start(known, register_wh, at) >= _follows_start(
        known, first_wh, first_at
    ):
        first_wh, first_at = register_wh, at
    told = replace(
        known,
        first_wh=first_wh,
        first_at=first_at,
        meter_last_wh=max(last_wh, register_wh),
    )
    return updated(told, at, None, None)


def ended(known: Transaction, event: TransactionEnded) -> Transaction:
    """Return it with its end; the first that is told is final."""
    known = updated(known, event.at, event.evse, event.token)
    if not known.is_open:
        return known
    at = max(event.at, known.started_at)
    return replace(
        known,
        ended_at=at,
        last_at=at,
        end_reason=event.reason,
        meter_stop_wh=event.meter_stop_wh,
    )


def _with_reading(
    known: tuple[Point, ...], register_wh: float, at: datetime
) -> tuple[Point, ...]:
    """Return readings with another one that a register of its EVSE will need, when that is known."""
    point = (at, register_wh)
    if point in known:
        return known
    readings = tuple(sorted((*known, point)))
    if len(readings) > UNPLACED_KEPT:
        readings = thinned(readings)[-UNPLACED_KEPT:]
    return readings


def _until(known: Transaction, at: datetime) -> Transaction:
    """Return it lasting at least until then; its end is not moved, but it is not before its start."""
    if known.ended_at is not None:
        end = max(known.ended_at, known.started_at)
        return (
            known if end == known.last_at else replace(known, ended_at=end, last_at=end)
        )
    return replace(known, last_at=at) if at > known.last_at else known


def _with_token(known: Transaction, token: str | None, at: datetime) -> Transaction:
    if token is None:
        return known
    if known.token is not None and known.token_at is None:
        # Kept by an earlier version, from its start.
        return known
    if known.token is None or (at, token) < (known.token_at, known.token):
        return replace(known, token=token, token_at=at)
    return known


def _follows_start(known: Transaction, register_wh: float, at: datetime) -> bool:
    return known.meter_start_wh is None or is_plausible(
        register_wh - known.meter_start_wh, at - known.started_at
    )


def _fits(first_wh: float, first_at: datetime, wh: float, at: datetime) -> bool:
    """Whether two readings can be of one register."""
    if at < first_at:
        first_wh, first_at, wh, at = wh, at, first_wh, first_at
    return is_plausible(wh - first_wh, at - first_at)
