"""A statement for each driver and month, as a page that can be printed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from html import escape
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
from homeassistant.util import dt as dt_util

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .driver_config import drivers_of
from .engine.model.sessions import SessionQuery, SessionRecord
from .session_files import choice, days, slug, whole
from .session_rows import charged, driver_name, kwh, money, station_name

# Languages of ours that write 1,5 where English writes 1.5: on a bill, 7.417 would be seven thousand.
_COMMA = frozenset({"de", "fr", "nl"})

_WH, _CENT = Decimal("0.001"), Decimal("0.01")

# Beside a cost in which something is missing.
_PARTLY = "*"

_WORDS = f"component.{DOMAIN}.selector.statement.options."

COLUMNS = ("begun", "ended", "station", "energy", "own", "fed_back", "cost")

_STYLE = """
@page { size: A4; margin: 18mm }
body { font: 11pt/1.45 system-ui, sans-serif; color: #111; max-width: 180mm; margin: 2em auto }
h1 { font-size: 17pt; margin: 0 } header p { margin: .2em 0 1.6em; color: #444 }
table { width: 100%; border-collapse: collapse; font-size: 9pt; font-variant-numeric: tabular-nums }
th, td { padding: .3em .4em; border-bottom: 1px solid #ccc; text-align: left; vertical-align: top }
th { font-size: 8pt; color: #444; font-weight: 600; vertical-align: bottom } .n { text-align: right }
td.n, td.t { white-space: nowrap }
/* The sum is at the end, not on every page. */
tfoot { display: table-row-group } tfoot td { font-weight: 700; border-bottom: 0; border-top: 2px solid #111 }
tr { break-inside: avoid } footer { margin-top: 1.6em; font-size: 9pt; color: #444 }
"""


@dataclass(frozen=True, slots=True)
class Statements:
    """What statements are written with: the words, and the names that the owner gave."""

    entry: EvenloadConfigEntry
    words: Mapping[str, str]
    language: str
    # Which site it is, where there are several.
    site: str = ""

    def word(self, key: str) -> str:
        """Return a word for people."""
        return escape(self.words.get(_WORDS + key, key))

    def number(self, value: Decimal) -> str:
        """Return a number for people."""
        text = f"{value:f}"
        return text.replace(".", ",") if self.language in _COMMA else text

    def kwh(self, energies_wh: Iterable[float]) -> str:
        """Return what energies come to, to the Wh."""
        return self.number(printed((kwh(wh) for wh in energies_wh), _WH))

    def cost(self, costs: Iterable[float | None], currency: str | None) -> str:
        """Return what amounts of money come to, or nothing where none is known."""
        known = [one for one in costs if one is not None]
        if not known:
            return ""
        total = printed((money(one) for one in known), _CENT)
        return escape(f"{self.number(total)} {currency or ''}".strip())


def printed(values: Iterable[float | None], digits: Decimal) -> Decimal:
    """Return the sum of values, each as it is printed: on a bill the rows add up to the total."""
    rounded = (
        Decimal(str(value or 0.0)).quantize(digits, ROUND_HALF_UP) for value in values
    )
    return sum(rounded, digits * 0)


@dataclass(slots=True)
class _Sheet:
    """The sessions of one driver in one month."""

    driver: str | None
    # As it was called when the last of them ended.
    name: str | None
    month: str
    records: list[SessionRecord] = field(default_factory=list)


async def statements(hass: HomeAssistant, entry: EvenloadConfigEntry) -> Statements:
    """Return what statements of a site are written with, in Home Assistant's language."""
    language = hass.config.language
    words = await async_get_translations(hass, language, "selector", {DOMAIN})
    several = len(hass.config_entries.async_loaded_entries(DOMAIN)) > 1
    return Statements(entry, words, language, entry.title if several else "")


def write_statements(
    words: Statements, query: SessionQuery, folder: Path
) -> Callable[[Iterable[SessionRecord]], list[tuple[Path, int]]]:
    """Return what writes one page for each driver and month on a thread; it returns the files and how much is in them."""

    def write(records: Iterable[SessionRecord]) -> list[tuple[Path, int]]:
        sheets: dict[tuple[str | None, str], _Sheet] = {}
        for one in records:
            if one.ended_at is None:
                # What it comes to is not known yet.
                continue
            month = f"{dt_util.as_local(one.started_at):%Y-%m}"
            sheet = sheets.setdefault(
                (one.driver, month),
                _Sheet(one.driver, driver_name(words.entry, one), month),
            )
            sheet.records.append(charged(words.entry, one))
        written = []
        named = {one.driver: one.name for one in sheets.values()}
        for sheet in sheets.values():
            path = folder / f"{_file_name(words, query, sheet, named)}.html"
            with whole(path) as file:
                file.write(_page(words, sheet))
            written.append((path, len(sheet.records)))
        return sorted(written)

    return write


def _file_name(
    words: Statements,
    query: SessionQuery,
    sheet: _Sheet,
    named: Mapping[str | None, str | None],
) -> str:
    """Return the name of a statement's file; nobody else's has it, and none of another part of the month."""
    name = slug(sheet.name or sheet.driver or "no_driver")
    now = {id_: one.name for id_, one in drivers_of(words.entry).items()}
    namesakes = {
        id_
        for id_, one in (*now.items(), *named.items())
        if slug(one or id_ or "no_driver") == name
    } | {sheet.driver}
    which = (sheet.driver or "")[-6:].lower() if len(namesakes) > 1 else ""
    part = (_part_of(sheet.month, query), choice(words.entry, query))
    parts = ("statement", sheet.month, slug(words.site), name, which, *part)
    return "_".join(part for part in parts if part)


def _part_of(month: str, query: SessionQuery) -> str:
    """Return which part of a month was asked for; nothing where all of it was."""
    begin = dt_util.as_local(datetime.fromisoformat(f"{month}-01"))
    end = dt_util.as_local((begin + timedelta(days=31)).replace(day=1, tzinfo=None))
    start = query.start if query.start is not None and query.start > begin else None
    return days(start, query.end if query.end is not None and query.end < end else None)


def _page(words: Statements, sheet: _Sheet) -> str:
    name = sheet.name or sheet.driver
    title = f"{words.word('title')} {sheet.month}"
    who = escape(name) if name else words.word("nobody")
    head = "".join(
        f"<th{_class(column)}>{words.word(column)}</th>" for column in COLUMNS
    )
    # The oldest first, as on any bill.
    rows = "".join(_row(words, one) for one in reversed(sheet.records))
    unpriced = [one.account.unpriced_wh for one in sheet.records]
    footnote = (
        ""
        if sum(unpriced) < 1
        else f"<p>{_PARTLY} {words.word('unpriced')} {words.kwh(unpriced)} kWh</p>"
    )
    return (
        f'<!doctype html><html lang="{escape(words.language)}"><head><meta charset="utf-8">'
        f"<title>{title} {who}</title><style>{_STYLE}</style></head><body>"
        f"<header><h1>{title}</h1><p>{who} · {escape(words.entry.title)}</p></header>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody>"
        f"<tfoot>{_totals(words, sheet)}</tfoot></table>"
        f"<footer>{footnote}</footer></body></html>\n"
    )


def _row(words: Statements, one: SessionRecord) -> str:
    account = one.account
    cells = (
        _when(one.started_at),
        _when(one.ended_at),
        escape(station_name(words.entry, one.key.identity)),
        words.kwh([account.energy_wh]),
        "" if account.own_wh is None else words.kwh([account.own_wh]),
        words.kwh([account.exported_wh]) if account.exported_wh else "",
        words.cost([account.cost], account.currency) + _missing(account.unpriced_wh),
    )
    return _cells(cells)


def _totals(words: Statements, sheet: _Sheet) -> str:
    accounts = [one.account for one in sheet.records]
    costs: dict[str, list[float]] = {}
    for account in accounts:
        if account.cost is not None:
            costs.setdefault(account.currency or "", []).append(account.cost)
    exported = [one.exported_wh for one in accounts]
    own = [one.own_wh for one in accounts if one.own_wh is not None]
    missing = _missing(sum(one.unpriced_wh for one in accounts))
    shown = [words.cost(each, currency) for currency, each in costs.items()]
    return _cells(
        (
            words.word("total"),
            "",
            "",
            words.kwh(one.energy_wh for one in accounts),
            words.kwh(own) if own else "",
            words.kwh(exported) if any(exported) else "",
            "<br>".join(shown) + missing,
        )
    )


def _cells(cells: Iterable[str]) -> str:
    pairs = zip(COLUMNS, cells, strict=True)
    return (
        f"<tr>{''.join(f'<td{_class(name)}>{cell}</td>' for name, cell in pairs)}</tr>"
    )


def _class(column: str) -> str:
    """Return how a column is set: numbers to the right, and neither they nor times in two lines."""
    if column in {"begun", "ended"}:
        return ' class="t"'
    return ' class="n"' if column in {"energy", "own", "fed_back", "cost"} else ""


def _when(at: datetime | None) -> str:
    return "" if at is None else f"{dt_util.as_local(at):%Y-%m-%d %H:%M}"


def _missing(unpriced_wh: float) -> str:
    """Return what says that a cost is not all of it."""
    return "" if unpriced_wh < 1 else f" {_PARTLY}"
