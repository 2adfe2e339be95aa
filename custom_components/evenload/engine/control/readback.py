"""Compares what was set with what a station says and measurably does: three disagreements are told, and never more done.

A station says what it allows in its composite schedule, which is asked for once for every form of a limit, after it
reconnected, and once an hour; and in the current and power that it offers its vehicle. Less than was set is its own
affair: its wiring, its owner's limit in its app. More is a profile of somebody else above ours, or a limit that is not
obeyed.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from ..csms.commands import Commands, CompositeSchedule
from ..model.capabilities import Capabilities, Place
from ..model.errors import StationRefused
from ..model.identity import EvseKey
from ..model.limits import RateUnit
from ..model.stations import Evse, Station
from .commitments import DISOBEDIENCE_A, DISOBEDIENCE_FRACTION, Commitments
from .findings import Findings

# Once may be a moment between two limits.
DISAGREEMENTS = 3

# How often a station is asked what it allows: in doubt, after it reconnected, and when nothing is the matter.
IN_DOUBT = timedelta(seconds=60)
AFTER_RECONNECT = timedelta(minutes=10)
IDLE = timedelta(hours=1)

# A limit that was just accepted may not show yet.
SHOWS_AFTER = timedelta(seconds=15)

_DURATION_S = 60

# The answers of who does not show its schedule, now and later.
_NEVER = frozenset({"notimplemented", "notsupported"})

type Act = Callable[[Commands], Awaitable[None]]


class ReadBack:
    """Keeps count of agreements and disagreements."""

    def __init__(
        self,
        commitments: Commitments,
        findings: Findings,
        now: Callable[[], datetime],
    ) -> None:
        """Begin without any; what is found goes into `findings`."""
        self._commitments = commitments
        self._findings = findings
        self._now = now
        self._drawn: Counter[EvseKey] = Counter()
        self._said: Counter[EvseKey] = Counter()
        self._offered: Counter[EvseKey] = Counter()
        # EVSEs whose offers were seen to follow their limit: others offer what they are built for.
        self._follow: set[EvseKey] = set()
        self._asked: dict[EvseKey, tuple[object, datetime]] = {}
        # Stations that do not show their schedule.
        self._mute: set[str] = set()

    def observe(self, evse: Evse) -> None:
        """Compare a reading with the limit."""
        if not self._commitments.may_not_pause(evse):
            self._count(
                self._drawn,
                evse.key,
                self._findings.ignoring,
                agrees=not self._commitments.disobeys(evse),
            )
        offered_a = self._offered_a(evse)
        if self._commitments.is_told(evse.key):
            # It goes by a setpoint, and offers what that says.
            return
        holding = self._commitments.holding(evse.key)
        if offered_a is None or holding.is_after(self._now() - SHOWS_AFTER):
            return
        agrees = not self._is_more(offered_a, evse.key)
        if agrees and self._commitments.in_force_a(evse.key) < offered_a + 1.0:
            self._follow.add(evse.key)
        if evse.key in self._follow:
            self._count(
                self._offered, evse.key, self._findings.overruled, agrees=agrees
            )

    def reconnected(self, identity: str) -> None:
        """Ask a station soon again that was away, unless it was asked just now."""
        self._mute.discard(identity)
        for key, (form, asked_at) in self._asked.items():
            if key.identity == identity and self._now() > asked_at + AFTER_RECONNECT:
                self._asked[key] = (form, datetime.min.replace(tzinfo=asked_at.tzinfo))

    def next(self, station: Station) -> tuple[Act | None, float | None]:
        """Return what to ask a station now, or None and after how many seconds to look again."""
        if station.identity in self._mute:
            return None, None
        waits: list[float] = []
        for evse in station.evses.values():
            due = self._due(station, evse)
            if due is not None and due <= self._now():
                return self._ask(station, evse), None
            if due is not None:
                waits.append((due - self._now()).total_seconds())
        return None, min(waits, default=None)

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self._mute.discard(identity)
        for known in (self._drawn, self._said, self._offered, self._asked):
            for key in [key for key in known if key.identity == identity]:
                del known[key]

    def _due(self, station: Station, evse: Evse) -> datetime | None:
        """Return when an EVSE's schedule should be asked for; None where there is nothing to compare it with."""
        holding = self._commitments.holding(evse.key)
        if holding.fallback_at is None or not _takes_limits(station.capabilities):
            return None
        if self._commitments.is_told(evse.key):
            return None
        settled = max(
            holding.fallback_at, holding.settling_until or holding.fallback_at
        )
        asked = self._asked.get(evse.key)
        if asked is None or asked[0] != _form(station.capabilities):
            return settled + SHOWS_AFTER
        patience = IN_DOUBT if self._said[evse.key] else IDLE
        return max(asked[1] + patience, settled + SHOWS_AFTER)

    def _ask(self, station: Station, evse: Evse) -> Act:
        rung = station.capabilities.rungs.get(Place.EVSE)
        unit = None if rung is None else rung.unit
        self._asked[evse.key] = (_form(station.capabilities), self._now())

        async def ask(commands: Commands) -> None:
            try:
                schedule = await commands.composite_schedule(
                    evse.key.evse, _DURATION_S, unit
                )
            except StationRefused as refusal:
                # Others may only have none to show at the moment.
                if refusal.answer.lower() in _NEVER:
                    self._mute.add(station.identity)
                return
            self._heard(evse.key, schedule)

        return ask

    def _heard(self, key: EvseKey, schedule: CompositeSchedule) -> None:
        if not schedule.periods or key.identity not in self._commitments.site.stations:
            return
        limit = schedule.periods[0].limit
        if schedule.unit is RateUnit.WATTS:
            # All phases that are wired, to be fair: what a limit in amperes comes to in watts is the station's guess.
            kind = self._commitments.kind(key)
            limit_a = limit / max(kind.watts(1.0), 1.0)
        else:
            limit_a = limit
        agrees = not self._is_more(limit_a, key)
        self._count(self._said, key, self._findings.overruled, agrees=agrees)

    def _offered_a(self, evse: Evse) -> float | None:
        """Return what an EVSE offers its vehicle, in amperes per phase, or None where it does not say."""
        reading, kind = evse.reading, self._commitments.kind(evse.key)
        if reading.offered_a is not None and not kind.is_dc:
            return reading.offered_a
        if reading.offered_w is not None:
            return reading.offered_w / max(kind.watts(1.0), 1.0)
        return None

    def _is_more(self, said_a: float, key: EvseKey) -> bool:
        allowed_a = self._commitments.in_force_a(key) * (1 + DISOBEDIENCE_FRACTION)
        return said_a > allowed_a + DISOBEDIENCE_A

    def _count(
        self,
        counter: Counter[EvseKey],
        key: EvseKey,
        found: set[EvseKey],
        *,
        agrees: bool,
    ) -> None:
        if agrees:
            counter[key] = 0
            if not any(other[key] >= DISAGREEMENTS for other in self._counters(found)):
                found.discard(key)
            return
        counter[key] += 1
        if counter[key] >= DISAGREEMENTS:
            found.add(key)

    def _counters(self, found: set[EvseKey]) -> tuple[Counter[EvseKey], ...]:
        if found is self._findings.ignoring:
            return (self._drawn,)
        return (self._said, self._offered)


def _takes_limits(abilities: Capabilities) -> bool:
    return abilities.is_controllable


def _form(abilities: Capabilities) -> object:
    """Return the forms in which a station takes its limits: another one is looked at again."""
    return tuple(
        sorted((str(place), str(rung)) for place, rung in abilities.rungs.items())
    )
