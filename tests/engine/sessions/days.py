"""A day at a charging station: what happened, and in which order, how often and how late it is told.

Two EVSEs at most, one visit after the other on each; registers of a lifetime, or that begin anew with each transaction.

Left out, because no message tells it, so that no order could be right:

- a status that is never told: when a plug was pulled that nobody saw pulled, is not known;
- a second transaction of one visit that is told long after it began: that nobody left in between would be known only
  from a status that was not sent;
- rubbish readings among those of a transaction whose start is not known yet.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from custom_components.evenload.engine.model.stations import EvseStatus

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
IDENTITY = "garage"

# More than any outlet of the day gives in between two messages is a register's own leap.
MOST_W = 22_000


@dataclass(frozen=True)
class Message:
    """One thing that is told. `number` is the transaction's; readings are on the station's register."""

    at: datetime
    evse: int
    kind: str
    number: int = 0
    wh: float | None = None
    status: EvseStatus | None = None
    reason: str | None = None
    token: str | None = None
    # 2.x names the EVSE in the first message of a transaction, and may leave it out afterwards (E01.FR.16).
    names_evse: bool = True
    # 1.6: the answer to the start was not seen yet.
    knows_id: bool = True

    @property
    def is_status(self) -> bool:
        """Whether it tells of the plug."""
        return self.status is not None


@dataclass(frozen=True)
class Day:
    """What happened, in the order of time, and when the network was away."""

    version: int
    messages: tuple[Message, ...]
    gaps: tuple[tuple[datetime, datetime], ...]

    def gap_of(self, at: datetime) -> tuple[datetime, datetime] | None:
        """Return the gap in which a moment lies."""
        return next((gap for gap in self.gaps if gap[0] <= at < gap[1]), None)


@st.composite
def gaps(draw: st.DrawFn) -> tuple[tuple[datetime, datetime], ...]:
    """Up to two times without network, minutes or hours long."""
    found, at = [], T0
    for _ in range(draw(st.integers(0, 2))):
        start = at + timedelta(minutes=draw(st.integers(1, 300)))
        at = start + timedelta(minutes=draw(st.integers(1, 400)))
        found.append((start, at))
    return tuple(found)


@dataclass
class _Outlet:
    """One EVSE as the day goes on."""

    evse: int
    restarts: bool
    lifetime_wh: int
    at: datetime
    number: int


@st.composite
def days(draw: st.DrawFn, version: int) -> Day:
    """A day of visits."""
    day = Day(version, (), draw(gaps()))
    messages: list[Message] = []
    restarts = draw(st.booleans())
    for evse in range(1, draw(st.integers(1, 2)) + 1):
        outlet = _Outlet(evse, restarts, draw(st.integers(0, 10**7)), T0, 100 * evse)
        for _ in range(draw(st.integers(1, 4))):
            messages += draw(_visits(day, outlet))
    ordered = sorted(messages, key=lambda message: message.at)
    return replace(day, messages=tuple(ordered))


@st.composite
def _visits(draw: st.DrawFn, day: Day, outlet: _Outlet) -> list[Message]:
    """One visit: plug, transactions, unplug."""
    outlet.at += timedelta(seconds=draw(st.integers(30, 7200)))
    told = [_status(outlet, EvseStatus.PREPARING)]
    transactions = draw(st.integers(0, 2))
    for nth in range(transactions):
        outlet.at += timedelta(seconds=draw(st.integers(1, 300)))
        if nth and day.gap_of(outlet.at) is not None:
            break
        told += draw(_transactions(day, outlet, may_unplug=nth == transactions - 1))
        if told[-1].reason == "EVDisconnected":
            break
        told.append(_status(outlet, EvseStatus.FINISHING))
    outlet.at += timedelta(seconds=draw(st.integers(1, 600)))
    return [*told, _status(outlet, EvseStatus.AVAILABLE)]


@st.composite
def _transactions(
    draw: st.DrawFn, day: Day, outlet: _Outlet, *, may_unplug: bool
) -> list[Message]:
    """One transaction; its meter may be told at its end as well, after the end."""
    outlet.number += 1
    number, begins_wh = outlet.number, 0 if outlet.restarts else outlet.lifetime_wh
    token = f"card{number}"
    later = day.version == 2 and draw(st.booleans())
    metered = day.version == 1 or draw(st.booleans())
    names = day.version == 1 or draw(st.booleans())
    knows = day.version == 2 or draw(st.integers(0, 3)) > 0
    start = Message(outlet.at, outlet.evse, "start", number)
    if metered:
        start = replace(start, wh=begins_wh)
    told = [start if later else replace(start, token=token)]
    told.append(_status(outlet, EvseStatus.CHARGING))
    rises = draw(st.lists(st.integers(1, 15), max_size=6))
    gained_wh = 0
    common = Message(
        outlet.at, outlet.evse, "", number, names_evse=names, knows_id=knows
    )
    for nth, minutes in enumerate(rises):
        outlet.at += timedelta(minutes=minutes)
        gained_wh += draw(st.integers(0, MOST_W * minutes // 60))
        reading = replace(common, at=outlet.at, kind="meter", wh=begins_wh + gained_wh)
        if later and nth == 0:
            told.append(replace(common, at=outlet.at, kind="update", token=token))
        told.append(reading)
    outlet.at += timedelta(seconds=draw(st.integers(1, 60)))
    reason = draw(st.sampled_from(["Local", "Remote", "EVDisconnected"]))
    if reason == "EVDisconnected" and not may_unplug:
        reason = "Local"
    # Whoever stops may have another card. An end with neither id nor card can be that of any transaction.
    stopped_by = draw(st.sampled_from([None, token, "another card"]))
    end = replace(
        common,
        at=outlet.at,
        kind="end",
        wh=begins_wh + gained_wh,
        reason=reason,
        token=stopped_by if knows else token,
    )
    outlet.lifetime_wh += gained_wh
    if knows and draw(st.booleans()):
        # The closing meter values, of the moment of the end or a little later (Ocular).
        closing_at = outlet.at + timedelta(seconds=draw(st.integers(0, 2)))
        told.append(replace(end, at=closing_at, kind="meter", token=None, reason=None))
    return [*told, end]


def _status(outlet: _Outlet, status: EvseStatus) -> Message:
    return Message(outlet.at, outlet.evse, "status", status=status)
