"""All profiles of a station taken together (OCPP 1.6 §3.13 purposes, stacks, combining; §5.7 composite schedule)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import math

from simulator.limit import Limit, tenths, tightest
from simulator.orders import Order
from simulator.profiles import Installed, Kind, Period, Purpose, RateUnit, Schedule
from simulator.schedule import Word, changes, word_at

STATION_WIDE = (Purpose.STATION_MAX, Purpose.EXTERNAL)


@dataclass(frozen=True, slots=True)
class Situation:
    """What profiles are read against: supply voltage, and when each running transaction started."""

    voltage_v: float
    transaction_starts: Mapping[int, datetime]
    now: datetime
    offline_s: float = 0.0
    urgent: frozenset[int] = frozenset()
    """EVSEs whose transaction is charged with priority (OCPP 2.1 K21)."""

    def anchor(self, entry: Installed, evse_id: int) -> datetime:
        """Where a schedule without a start of its own begins.

        For the station as a whole the specification leaves the point to the station: when the profile was installed.
        For an idle EVSE it is now: what a car would meet that were plugged in at this moment.
        """
        if entry.profile.purpose in STATION_WIDE or entry.profile.kind is Kind.DYNAMIC:
            return entry.installed_at
        return self.transaction_starts.get(evse_id, self.now)


def station_limit(
    entries: Iterable[Installed], situation: Situation, at: datetime
) -> Limit | None:
    """The limit for all EVSEs together at a moment, or None."""
    entries = list(entries)
    both = (
        _prevailing(_of(entries, purpose, 0), situation, 0, at)
        for purpose in STATION_WIDE
    )
    return tightest(*(word.limit if word else None for word in both))


def transaction_limit(
    entries: Iterable[Installed], situation: Situation, evse_id: int, at: datetime
) -> Limit | None:
    """The limit of an EVSE's own profiles at a moment: the transaction's where there is one, or else the default's."""
    entries = list(entries)
    external = [e for e in _of(entries, Purpose.EXTERNAL, evse_id) if e.evse_id]
    outside = _prevailing(external, situation, evse_id, at)
    own = own_word(entries, situation, evse_id, at)
    return tightest(own.limit if own else None, outside.limit if outside else None)


def own_word(
    entries: Iterable[Installed], situation: Situation, evse_id: int, at: datetime
) -> Word | None:
    """What the central system's own profiles for an EVSE say at a moment."""
    entries = list(entries)
    usual = (Purpose.TX, Purpose.TX_DEFAULT)
    for purpose in (Purpose.PRIORITY,) if evse_id in situation.urgent else usual:
        own = _prevailing(_of(entries, purpose, evse_id), situation, evse_id, at)
        if own is not None:
            return own
    return None


def evse_order(
    entries: Iterable[Installed], situation: Situation, evse_id: int, at: datetime
) -> Order | None:
    """What the profiles want to flow at an EVSE at a moment, where they do more than limit."""
    entries = list(entries)
    own = own_word(entries, situation, evse_id, at)
    if own and own.order:
        return own.order
    whole = _of(entries, Purpose.STATION_MAX, 0)
    word = _prevailing(whole, situation, 0, at)
    return word.order if word else None


def evse_limit(
    entries: Iterable[Installed], situation: Situation, evse_id: int, at: datetime
) -> Limit | None:
    """The composite limit of an EVSE at a moment: the least of the station's and its own, or None."""
    entries = list(entries)
    return tightest(
        station_limit(entries, situation, at),
        transaction_limit(entries, situation, evse_id, at),
    )


def composite_schedule(
    entries: Iterable[Installed],
    situation: Situation,
    ratings: Mapping[int, Limit],
    evse_id: int,
    duration_s: int,
    unit: RateUnit,
) -> Schedule:
    """The schedule from now on that the profiles amount to, within what the hardware can do; EVSE 0 is the station."""
    entries, start = list(entries), situation.now
    allowed = _station_total if evse_id == 0 else _evse_allowance

    def period(offset_s: int) -> Period:
        limit = allowed(
            entries, situation, ratings, evse_id, start + timedelta(seconds=offset_s)
        )
        value = (
            limit.power_w(situation.voltage_v)
            if unit is RateUnit.WATTS
            else limit.current_a
        )
        word = own_word(
            entries, situation, evse_id, start + timedelta(seconds=offset_s)
        )
        more = word.period.v2x if word and word.order and word.period else {}
        said = {n: v for n, v in more.items() if not n.startswith("limit")}
        return Period(offset_s, tenths(value), limit.phases, limit.terminal, v2x=said)

    offsets = _offsets(entries, situation, ratings, duration_s)
    return Schedule(
        unit,
        tuple(_merged(period(offset_s) for offset_s in offsets)),
        duration_s,
        start,
    )


def _of(
    entries: Iterable[Installed], purpose: Purpose, evse_id: int
) -> list[Installed]:
    """Profiles of a purpose that bear on an EVSE; those of EVSE 0 bear on each."""
    return [
        e for e in entries if e.profile.purpose is purpose and e.evse_id in (0, evse_id)
    ]


def _prevailing(
    entries: list[Installed], situation: Situation, evse_id: int, at: datetime
) -> Word | None:
    """The word of the highest stack level that has one now, among the EVSE's own profiles before those of EVSE 0.

    A default profile for an EVSE replaces those of EVSE 0 there (§3.13.1), whatever their stack levels, which order the
    profiles of one stack. Where none of its own has a limit just now, the text is open: here EVSE 0's hold again, so
    that a lease that runs out does not free an EVSE of the default of its station.
    """
    for entry in sorted(
        entries, key=lambda e: (e.evse_id, e.profile.stack_level), reverse=True
    ):
        patience_s = entry.profile.more.get("maxOfflineDuration")
        if patience_s is not None and situation.offline_s > patience_s:
            # OCPP 2.1 K01.FR.101: as long as nobody can be heard, another of its stack holds.
            continue
        word = word_at(
            entry.profile, at, situation.anchor(entry, evse_id), situation.voltage_v
        )
        if word is not None:
            return word
    return None


def _evse_allowance(
    entries: list[Installed],
    situation: Situation,
    ratings: Mapping[int, Limit],
    evse_id: int,
    at: datetime,
) -> Limit:
    return ratings[evse_id].tightest(evse_limit(entries, situation, evse_id, at))


def _station_total(
    entries: list[Installed],
    situation: Situation,
    ratings: Mapping[int, Limit],
    _evse_id: int,
    at: datetime,
) -> Limit:
    """What the station expects to take from the grid: its EVSEs' limits summed, within its own."""
    own = [
        rating.tightest(transaction_limit(entries, situation, evse_id, at))
        for evse_id, rating in ratings.items()
        if evse_id != 0
    ]
    summed = Limit(
        sum(limit.current_a for limit in own), max(limit.phases for limit in own)
    )
    return ratings[0].tightest(summed).tightest(station_limit(entries, situation, at))


def _offsets(
    entries: list[Installed],
    situation: Situation,
    ratings: Mapping[int, Limit],
    duration_s: int,
) -> list[int]:
    """Whole seconds from now at which the composite may change."""
    start, end = situation.now, situation.now + timedelta(seconds=duration_s)
    moments = {
        moment
        for entry in entries
        for evse_id in ratings
        for moment in changes(
            entry.profile, start, end, situation.anchor(entry, evse_id)
        )
    }
    return sorted(
        {0}
        | {math.ceil((moment - start).total_seconds()) for moment in moments}
        - {duration_s}
    )


def _merged(periods: Iterable[Period]) -> list[Period]:
    """Leave out periods that change nothing."""
    merged: list[Period] = []
    for period in periods:
        if not merged or replace(merged[-1], start_s=period.start_s) != period:
            merged.append(period)
    return merged
