"""A day told late, twice and out of order gives the same sessions and registers as the day told as it happened.

At the engine's own door for connections (`csms.host.Host`), with a clock of our own.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
import json
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from custom_components.evenload.engine.books import IMPORTED
from custom_components.evenload.engine.model.configuration import (
    ListenerConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import (
    MetersSampled,
    StatusReported,
    TransactionEnded,
    TransactionUpdated,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.transactions import TransactionStart
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.vault import Part
from tests.engine.sessions.days import IDENTITY, T0, Day, Message, days

SITE = SiteConfig("Home", Current(63), stations={IDENTITY: StationConfig(IDENTITY, "")})
SLOW = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)

type Told = tuple[datetime, Message]


class Disk:
    """A vault in memory, in JSON."""

    def __init__(self) -> None:
        self.parts: dict[Part, str] = {}

    async def load(self, part: Part) -> dict[str, Any] | None:
        return json.loads(self.parts[part]) if part in self.parts else None

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        self.parts[part] = json.dumps(data)


@dataclass
class House:
    """A site, its clock, and the ids that the station was given."""

    version: int
    disk: Disk = field(default_factory=Disk)
    at: datetime = T0
    ids: dict[int, str] = field(default_factory=dict)
    site: Site = field(init=False)
    shown_wh: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.site = self.build()

    def build(self) -> Site:
        return Site(SITE, ListenerConfig(0, "127.0.0.1"), self.disk, lambda: self.at)

    async def restart(self) -> None:
        """Another life, with what this one wrote."""
        await self.site.close()
        self.site = self.build()
        await self.site.load()

    async def tell(self, at: datetime, message: Message) -> None:
        """Tell one message, as a connection does."""
        self.at = at
        key = EvseKey(IDENTITY, message.evse)
        desk = self.site._desk
        transaction_id = self.ids.get(message.number)
        if self.version == 2:
            transaction_id = f"uuid-{message.number}"
        elif not message.knows_id:
            transaction_id = None
        named = message.evse if message.names_evse else None
        match message.kind:
            case "status":
                assert message.status is not None
                desk.hear(
                    StatusReported(
                        identity=IDENTITY,
                        at=message.at,
                        evse=message.evse,
                        status=message.status,
                    )
                )
            case "start":
                given = transaction_id if self.version == 2 else None
                start = TransactionStart(
                    key, message.at, message.token, message.wh, given
                )
                known = await desk.begin_transaction(start, reservation_id=None)
                assert self.ids.setdefault(message.number, known) == known
            case "meter":
                assert message.wh is not None
                evse = message.evse if self.version == 1 else named or 0
                register = Sample("Energy.Active.Import.Register", message.wh, "Wh")
                desk.hear(
                    MetersSampled(
                        identity=IDENTITY,
                        at=message.at,
                        evse=evse,
                        samples=(register,),
                        transaction_id=transaction_id,
                    )
                )
            case "update":
                assert transaction_id is not None
                desk.hear(
                    TransactionUpdated(
                        identity=IDENTITY,
                        at=message.at,
                        evse=named,
                        transaction_id=transaction_id,
                        token=message.token,
                    )
                )
            case "end":
                await desk.end_transaction(
                    TransactionEnded(
                        identity=IDENTITY,
                        at=message.at,
                        transaction_id=transaction_id,
                        meter_stop_wh=message.wh,
                        reason=message.reason,
                        token=message.token,
                        evse=None if self.version == 1 else named,
                    )
                )
        self.look()

    def look(self) -> None:
        """Whatever is told, what is shown of a register never falls."""
        for evse in self.site.stations[IDENTITY].evses.values():
            shown_wh = evse.reading.energy_import_wh or 0.0
            assert shown_wh >= self.shown_wh.get(evse.key.evse, 0.0), "it fell"
            self.shown_wh[evse.key.evse] = shown_wh

    def registers_wh(self) -> dict[int, float]:
        """What the registers come to, with all that was told of them."""
        books = self.site._fleet.books
        return {
            evse: history.register.total_wh
            for evse in self.shown_wh
            if (history := books.register(EvseKey(IDENTITY, evse), IMPORTED))
        }

    def sessions(self) -> list[tuple[Any, ...]]:
        """What the owner sees of sessions."""
        ledger = self.site._ledger
        return sorted(
            (
                session.key,
                session.started_at,
                session.ended_at or T0,
                tuple(
                    (
                        one.started_at,
                        one.ended_at,
                        one.energy_wh,
                        one.end_reason,
                        one.token,
                        one.recovered,
                    )
                    for one in session.transactions
                ),
            )
            for session in (*ledger.ended, *ledger.open.values())
        )


def as_it_happened(day: Day) -> list[Told]:
    """Every message a moment after it happened."""
    return [(message.at + timedelta(seconds=1), message) for message in day.messages]


@st.composite
def replays(
    draw: st.DrawFn, version: int, *, statuses_wait: bool = True
) -> tuple[Day, list[Told], int]:
    """A day, its messages as a station tells them that loses its network, and when we restart.

    1.6: one queue of transactions, in order (§3.7.1), and statuses with their own times besides. 2.x: transactions in
    any order, also of what is told with a network. Both tell anything again, sooner or later.
    """
    day = draw(days(version))
    told: list[Told] = []
    for at, message in as_it_happened(day):
        gap = day.gap_of(message.at)
        if gap is not None and (statuses_wait or not message.is_status):
            # A queue of 2.x may be told while newer messages are.
            slow = version == 2 and not message.is_status and draw(st.booleans())
            at = gap[1] + timedelta(minutes=draw(st.integers(0, 120)) if slow else 0)
        told.append((at, message))
    shuffled: list[Told] = []
    for at in sorted({at for at, _ in told}):
        statuses = [one for when, one in told if when == at and one.is_status]
        others = [one for when, one in told if when == at and not one.is_status]
        if version == 2:
            others = draw(st.permutations(others))
        while statuses or others:
            first = not others or (bool(statuses) and draw(st.booleans()))
            shuffled.append((at, (statuses if first else others).pop(0)))
    for again in draw(st.lists(st.integers(0, len(shuffled) - 1), max_size=8)):
        _, message = shuffled[again]
        later = draw(st.integers(again + 1, len(shuffled)))
        at = shuffled[min(later, len(shuffled) - 1)][0]
        shuffled.insert(later, (at, message))
    return day, shuffled, draw(st.integers(0, len(shuffled)))


async def played(version: int, told: list[Told], restart: int = -1) -> House:
    """A house that was told all of it."""
    house = House(version)
    for number, (at, message) in enumerate(told):
        if number == restart:
            await house.restart()
        await house.tell(at, message)
    await house.site.close()
    return house


def compare(version: int, case: tuple[Day, list[Told], int]) -> None:
    day, told, restart = case
    straight = asyncio.run(played(version, as_it_happened(day)))
    replayed = asyncio.run(played(version, told, restart))
    assert replayed.sessions() == straight.sessions()
    registers_wh = straight.registers_wh()
    assert replayed.registers_wh() == registers_wh
    # While readings are missing more may have been shown, and what is shown never falls: it is overtaken.
    assert all(replayed.shown_wh[evse] >= wh for evse, wh in registers_wh.items())


def test_readings_told_before_their_evse_count_when_it_is_told() -> None:
    """E01.FR.16: the message that names it may come last; each reading shows that the register began anew."""

    def told(minutes: int, kind: str, number: int, wh: float | None = None) -> Message:
        at = T0 + timedelta(minutes=minutes)
        names = kind == "start"
        return Message(at, 1, kind, number, wh, token="card", names_evse=names)

    first = [told(0, "start", 101, 0), told(10, "meter", 101, 2000)]
    first.append(told(20, "end", 101, 3000))
    readings = [told(30 + n, "meter", 102, 200 * n) for n in (1, 2, 3)]
    second = [told(30, "start", 102), *readings, told(34, "end", 102, 700)]
    later = T0 + timedelta(hours=1)
    backwards = [(later, message) for message in (*first, *reversed(second))]
    for restart in (-1, 6):
        house = asyncio.run(played(2, backwards, restart))
        assert house.registers_wh() == {1: 3700}


@SLOW
@given(replays(1))
def test_a_day_of_1_6_replayed_is_the_same_day(
    case: tuple[Day, list[Told], int],
) -> None:
    compare(1, case)


@SLOW
@given(replays(2))
def test_a_day_of_2_x_replayed_is_the_same_day(
    case: tuple[Day, list[Told], int],
) -> None:
    compare(2, case)
