"""Transactions without end within one session, and sessions without end: what is kept of them is bounded, their energy right."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.model.events import (
    TransactionEnded,
    TransactionUpdated,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.transactions import (
    Session,
    TransactionStart,
)
from custom_components.evenload.engine.sessions import shelf
from custom_components.evenload.engine.sessions.ledger import Ledger
from custom_components.evenload.engine.sessions.visits import TRANSACTIONS_KEPT

KEY = EvseKey("garage", 1)
T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
MANY = 300


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def begin(ledger: Ledger, number: int) -> None:
    wh = 100_000.0 + number * 50
    start = TransactionStart(KEY, at(number), "tag", wh, f"T{number}")
    ledger.begin(start, at(number))


def end(ledger: Ledger, number: int, reason: str = "Local") -> Session | None:
    event = TransactionEnded(
        identity="garage",
        at=at(number + 0.5),
        transaction_id=f"T{number}",
        meter_stop_wh=100_050.0 + number * 50,
        reason=reason,
        evse=1,
    )
    return ledger.end(event)


@pytest.fixture
def ledger() -> Ledger:
    """One vehicle that has stayed for many transactions."""
    ledger = Ledger(next_id=1)
    ledger.status(KEY, EvseStatus.PREPARING, T0)
    for number in range(MANY):
        begin(ledger, number)
        end(ledger, number)
    return ledger


def test_a_session_keeps_so_many_transactions_and_all_of_its_energy(
    ledger: Ledger,
) -> None:
    session = ledger.open[KEY]
    assert len(session.transactions) <= TRANSACTIONS_KEPT
    assert session.energy_wh == MANY * 50
    assert session.started_at == T0
    ledger.status(KEY, EvseStatus.AVAILABLE, at(MANY + 1))
    [ended] = ledger.ended
    assert (ended.energy_wh, ended.ended_at) == (MANY * 50, at(MANY + 1))


def test_what_is_told_again_of_what_was_put_together_changes_nothing(
    ledger: Ledger,
) -> None:
    before = ledger.open[KEY]
    for number in (100, 150, 299):
        begin(ledger, number)
        assert end(ledger, number) is None
        event = TransactionUpdated(
            identity="garage", at=at(number), transaction_id=f"T{number}", evse=1
        )
        assert ledger.update(event) is None
        ledger.meter(KEY, f"T{number}", 100_000.0 + number * 50, at(number))
    assert ledger.open[KEY].energy_wh == before.energy_wh
    assert len(ledger.open[KEY].transactions) == len(before.transactions)


def test_it_outlives_a_restart(ledger: Ledger) -> None:
    later = Ledger(next_id=1)
    later.restore(ledger.pages(), ledger.ended)
    begin(later, MANY)
    end(later, MANY)
    assert later.open[KEY].energy_wh == (MANY + 1) * 50


def test_ids_that_were_only_spoken_of_are_bounded_too() -> None:
    """A station that makes up an id with every message."""
    ledger = Ledger(next_id=1)
    for number in range(MANY):
        ledger.update(
            TransactionUpdated(
                identity="garage", at=at(number), transaction_id=f"X{number}", evse=1
            )
        )
    assert len(ledger.open[KEY].transactions) <= TRANSACTIONS_KEPT


def test_few_are_made_anew_however_many_transactions_sessions_have(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each of forty visits has fifty transactions; what is told costs what the last of them cost."""
    made: list[int] = []
    visits = shelf.visits

    def counted(key, transactions, plugs):  # type: ignore[no-untyped-def]  # as the original
        transactions = list(transactions)
        made.append(len(transactions))
        return visits(key, transactions, plugs)

    monkeypatch.setattr(shelf, "visits", counted)
    ledger = Ledger(next_id=1)
    for number in range(2000):
        begin(ledger, number)
        end(ledger, number, "EVDisconnected" if number % 50 == 49 else "Local")
    assert len(ledger.ended) == 40
    assert max(made) <= shelf.TRANSACTIONS_UNSETTLED + 2 * TRANSACTIONS_KEPT
    assert sum(session.energy_wh for session in ledger.ended) == 2000 * 50
