"""Whatever a 1.6 station repeats, delays or tells afterwards, the book says the same (promise 8).

Disturbed as real stations do it: a transaction message told again at once or some messages later; a stop, and meter
values, told after the vehicle has left; a visit while offline, told afterwards in order, with or without a status on
reconnecting; and our own restart between any two messages.

Out of scope: a station that tells transactions in another order than they happened (§3.7.1 forbids it), that loses a
start and its end, that sets its clock in mid transaction, and how offline transactions group into sessions (the
plugging was not told).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
import json

from hypothesis import given, settings, strategies as st
from mashumaro.codecs.basic import BasicEncoder

from custom_components.evenload.engine.filing import _SESSIONS_DECODER, Sessions
from custom_components.evenload.engine.memory import _STATE_DECODER, State
from custom_components.evenload.engine.model.events import TransactionEnded
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.transactions import (
    Transaction,
    TransactionStart,
)
from custom_components.evenload.engine.sessions.ledger import Ledger

_SESSIONS_ENCODER = BasicEncoder(Sessions)
_STATE_ENCODER = BasicEncoder(State)

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Visit:
    """One vehicle, from plugging in to unplugging, with one transaction; readings are its register each minute."""

    evse: int
    plugged: datetime
    readings: tuple[int, ...]
    reason: str
    register: int

    @property
    def starts(self) -> datetime:
        return self.plugged + timedelta(seconds=30)

    @property
    def stops(self) -> datetime:
        return self.starts + timedelta(minutes=len(self.readings) + 1)

    @property
    def leaves(self) -> datetime:
        return self.stops + timedelta(seconds=20)


@dataclass(frozen=True)
class Message:
    visit: int
    kind: str
    at: datetime
    wh: float = 0.0
    told_at: datetime | None = None


@st.composite
def histories(draw: st.DrawFn) -> list[Visit]:
    """Visits to two EVSEs, one after the other on each."""
    visits = []
    for evse in (1, 2)[: draw(st.integers(1, 2))]:
        at, register = T0, draw(st.integers(0, 10**7))
        for _ in range(draw(st.integers(1, 3))):
            at += timedelta(seconds=draw(st.integers(60, 7200)))
            rises = draw(st.lists(st.integers(0, 190), max_size=4))
            readings = tuple(register + sum(rises[: n + 1]) for n in range(len(rises)))
            reason = draw(st.sampled_from(["Local", "Remote", "EVDisconnected"]))
            visit = Visit(evse, at, readings, reason, register)
            visits.append(visit)
            register = readings[-1] if readings else register
            at = visit.leaves
    return visits


def in_order(visits: list[Visit]) -> list[Message]:
    """Every message, at the time it happened."""
    messages = []
    for n, visit in enumerate(visits):
        last = visit.readings[-1] if visit.readings else visit.register
        messages += [
            Message(n, "Preparing", visit.plugged),
            Message(n, "Start", visit.starts, visit.register),
            Message(n, "Charging", visit.starts),
            *(
                Message(n, "Meter", visit.starts + timedelta(minutes=minute + 1), wh)
                for minute, wh in enumerate(visit.readings)
            ),
            Message(n, "Stop", visit.stops, last),
            Message(n, "Finishing", visit.stops),
            Message(n, "Available", visit.leaves),
        ]
    return sorted(messages, key=lambda message: message.at)


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[list[Visit], list[Message], int]:
    """A history, its messages as they arrive, and when we restart."""
    visits = draw(histories())
    messages = in_order(visits)
    for n, visit in enumerate(visits):
        own = [message for message in messages if message.visit == n]
        match draw(st.sampled_from(["as it is", "late stop", "offline", "silent"])):
            case "late stop":
                delayed = [
                    message
                    for message in own
                    if message.kind == "Stop"
                    or (message.kind == "Meter" and draw(st.booleans()))
                ]
                messages = moved_behind(messages, delayed, own[-1])
            case "offline":
                told = [m for m in own if m.kind in {"Start", "Meter", "Stop"}]
                back = visit.leaves + timedelta(seconds=draw(st.integers(0, 50)))
                messages = [m for m in messages if m not in own or m is own[-1]]
                messages = moved_behind(
                    messages, [replace(m, told_at=back) for m in told], own[-1]
                )
            case "silent":
                # A reconnect without any message: no status was told at all.
                messages = [
                    m for m in messages if m not in own or m.kind not in STATUSES
                ]
    for message in list(messages):
        if message.kind not in STATUSES and draw(st.integers(0, 3)) == 0:
            at = messages.index(message) + 1
            later = draw(st.integers(0, 3))
            # Told again before the station goes on with that connector.
            follows = [
                k
                for k in range(at, len(messages))
                if messages[k].kind == "Start"
                and visits[messages[k].visit].evse == visits[message.visit].evse
            ]
            messages.insert(min(at + later, *follows, len(messages)), message)
    return visits, messages, draw(st.integers(0, len(messages)))


STATUSES = {"Preparing", "Charging", "Finishing", "Available"}


def moved_behind(
    messages: list[Message], delayed: list[Message], anchor: Message
) -> list[Message]:
    rest = [m for m in messages if m not in delayed]
    at = rest.index(anchor) + 1
    return [*rest[:at], *delayed, *rest[at:]]


def restarted(ledger: Ledger) -> Ledger:
    """The ledger after its pages went through JSON."""
    state = json.dumps(_STATE_ENCODER.encode(State(ledger.pages())))
    ended = json.dumps(_SESSIONS_ENCODER.encode(Sessions(tuple(ledger.ended))))
    fresh = Ledger(next_id=1)
    fresh.restore(
        _STATE_DECODER.decode(json.loads(state)).pages,
        _SESSIONS_DECODER.decode(json.loads(ended)).ended,
    )
    return fresh


def told(visits: list[Visit], messages: list[Message], restart: int = -1) -> Ledger:
    """Tell a fresh ledger everything; what must hold at every step is looked at."""
    ledger, ids, recorded = Ledger(next_id=1000), {}, set()
    for n, message in enumerate(messages):
        if n == restart:
            ledger = restarted(ledger)
        visit = visits[message.visit]
        key = EvseKey("garage", visit.evse)
        if message.kind == "Start":
            start = TransactionStart(key, message.at, f"tag{message.visit}", message.wh)
            transaction, _ = ledger.begin(start, message.told_at or message.at)
            assert ids.setdefault(message.visit, transaction.id) == transaction.id
        elif message.kind == "Stop":
            ledger.end(
                TransactionEnded(
                    identity="garage",
                    at=message.at,
                    transaction_id=ids[message.visit],
                    meter_stop_wh=message.wh,
                    reason=visit.reason,
                )
            )
        elif message.kind == "Meter":
            ledger.meter(key, ids[message.visit], message.wh, message.at)
        else:
            ledger.status(key, EvseStatus(message.kind.lower()), message.at)
        now_recorded = {transaction.id for transaction in transactions(ledger)}
        assert recorded <= now_recorded, "lost"
        recorded = now_recorded
        for session in ledger.open.values():
            assert sum(t.is_open for t in session.transactions) <= 1
    assert list(ids.values()) == sorted(set(ids.values()), key=int), (
        "ids rise in the order of begin"
    )
    return ledger


def transactions(ledger: Ledger) -> list[Transaction]:
    return [
        transaction
        for session in (*ledger.ended, *ledger.open.values())
        for transaction in session.transactions
    ]


def facts(ledger: Ledger) -> list[tuple[object, ...]]:
    """The transactions without their ids, which depend on the order of telling."""
    return sorted(
        (
            one.key,
            one.started_at,
            one.ended_at,
            one.end_reason,
            one.token,
            one.energy_wh,
        )
        for one in transactions(ledger)
    )


@settings(max_examples=300, deadline=None)
@given(disturbed())
def test_disturbances_change_nothing(
    case: tuple[list[Visit], list[Message], int],
) -> None:
    visits, messages, restart = case
    undisturbed = told(visits, in_order(visits))
    ledger = told(visits, messages, restart)
    assert facts(ledger) == facts(undisturbed)
    assert not any(session.is_running for session in ledger.open.values())


@settings(max_examples=150, deadline=None)
@given(histories(), st.data())
def test_a_stop_told_late_leaves_the_session_as_it_would_have_been(
    visits: list[Visit], data: st.DataObject
) -> None:
    messages = in_order(visits)
    for n in range(len(visits)):
        if data.draw(st.booleans()):
            own = [message for message in messages if message.visit == n]
            stop = [message for message in own if message.kind == "Stop"]
            messages = moved_behind(messages, stop, own[-1])
    undisturbed = told(visits, in_order(visits))
    ledger = told(visits, messages, data.draw(st.integers(0, len(messages))))
    assert sorted(
        (session.key, session.started_at, session.ended_at) for session in ledger.ended
    ) == sorted(
        (session.key, session.started_at, session.ended_at)
        for session in undisturbed.ended
    )
    assert not ledger.open


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["begin", "restart", "recover", "end"]), max_size=30))
def test_ids_rise_and_are_never_used_again(steps: list[str]) -> None:
    ledger, given_out, at = Ledger(next_id=10), list[int](), T0
    for step in steps:
        at += timedelta(minutes=10)
        key = EvseKey("garage", 1)
        match step:
            case "begin":
                start = TransactionStart(key, at, "tag", 0)
                given_out.append(int(ledger.begin(start, at)[0].id))
            case "restart":
                ledger = restarted(ledger)
            case "recover":
                # The very id that would have come next.
                ledger.status(key, EvseStatus.AVAILABLE, at)
                taken = ledger.next_id
                if taken not in given_out and ledger.meter(key, str(taken), 5, at):
                    given_out.append(taken)
            case "end":
                ledger.status(key, EvseStatus.AVAILABLE, at)
    assert given_out == sorted(set(given_out))
