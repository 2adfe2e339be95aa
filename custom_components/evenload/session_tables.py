"""Sessions as a table, for spreadsheets and bookkeeping. Columns are added at the end, never moved or renamed."""

from collections.abc import Callable, Iterable
import csv
from pathlib import Path

from homeassistant.util import dt as dt_util

from .data import EvenloadConfigEntry
from .engine.model.sessions import SessionRecord
from .session_files import whole
from .session_rows import charged, driver_name, kwh, money, station_name
from .states import masked

CSV = "csv"
HTML = "html"

COLUMNS = (
    "id",
    "station",
    "station_name",
    "connector",
    "driver",
    "tag",
    "started_at",
    "ended_at",
    "duration_s",
    "energy_kwh",
    "exported_kwh",
    "own_kwh",
    "unpriced_kwh",
    "cost",
    "currency",
    "source",
    "end_reason",
    "meter_start_kwh",
    "meter_stop_kwh",
    "transactions",
)

# What a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(
    entry: EvenloadConfigEntry, path: Path
) -> Callable[[Iterable[SessionRecord]], int]:
    """Return what writes sessions to a file on a thread; it returns how many they were."""

    def write(records: Iterable[SessionRecord]) -> int:
        count = 0
        with whole(path) as file:
            rows = csv.writer(file)
            rows.writerow(COLUMNS)
            for one in records:
                rows.writerow(map(_harmless, _row(entry, one)))
                count += 1
        return count

    return write


def _row(entry: EvenloadConfigEntry, one: SessionRecord) -> list[object]:
    one = charged(entry, one)
    account, ended_at = one.account, one.ended_at
    lasted = None if ended_at is None else (ended_at - one.started_at).total_seconds()
    return [
        one.id,
        one.key.identity,
        station_name(entry, one.key.identity),
        one.key.evse,
        driver_name(entry, one) or one.driver or "",
        masked(one.token) if one.token else "",
        dt_util.as_local(one.started_at).isoformat(),
        dt_util.as_local(ended_at).isoformat() if ended_at else "",
        "" if lasted is None else round(lasted),
        kwh(account.energy_wh),
        kwh(account.exported_wh),
        kwh(account.own_wh),
        kwh(account.unpriced_wh),
        money(account.cost),
        account.currency or "",
        account.source.value if account.source else "",
        one.end_reason or "",
        kwh(one.meter_start_wh),
        kwh(one.meter_stop_wh),
        " ".join(one.transactions),
    ]


def _harmless(cell: object) -> object:
    """Return a cell that no spreadsheet computes: stations choose many of these texts."""
    if not isinstance(cell, str):
        return cell
    is_formula = cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA)
    return f"'{cell}" if is_formula else cell
