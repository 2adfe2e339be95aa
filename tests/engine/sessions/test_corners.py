"""What stations in the field do with ids, clocks and registers, and OCPP 2.x's transactions out of order."""

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
    Transaction,
    TransactionStart,
)
from custom_components.evenload.engine.sessions.facts import UNPLACED_KEPT
from custom_components.evenload.engine.sessions.ledger import Ledger

KEY = EvseKey("garage", 1)
OTHER = EvseKey("garage", 2)
DRIVE = EvseKey("drive", 1)
T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
UUID = "8b6c2f0e-93cf-4c4f-a6cf-5bd0c2f9d0a1"


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(next_id=1000)


def begin(
    ledger: Ledger,
    minutes: float,
    wh: float | None = 0,
    key: EvseKey = KEY,
    own_id: str | None = None,
    token: str | None = "tag",  # noqa: S107  # a card, not a password
    now: float | None = None,
) -> Transaction:
    start = TransactionStart(key, at(minutes), token, wh, own_id)
    return ledger.begin(start, at(minutes if now is None else now))[0]


def end(
    ledger: Ledger, number: str | None, minutes: float, wh: float | None, **more: object
) -> Session | None:
    event = TransactionEnded(
        identity="garage",
        at=at(minutes),
        transaction_id=number,
        meter_stop_wh=wh,
        **{"reason": "Local", **more},
    )
    return ledger.end(event)


def only(ledger: Ledger) -> Transaction:
    [one] = [
        transaction
        for session in (*ledger.ended, *ledger.open.values())
        for transaction in session.transactions
    ]
    return one


# Ids and clocks (1.6)


def test_a_station_with_ids_of_its_own_is_understood(ledger: Ledger) -> None:
    """Etrel: the id that it was given is not the one it goes on with."""
    given = begin(ledger, 0, 1000).id
    ledger.meter(KEY, "5", 1200, at(1))
    end(ledger, "5", 2, 1300)
    assert (only(ledger).id, only(ledger).energy_wh) == (given, 300)
    assert not only(ledger).is_open
    assert end(ledger, "5", 2, 1300) is None
    # Without meter values in between nobody else can be meant.
    given = begin(ledger, 10, 1300).id
    end(ledger, "6", 12, 1500)
    assert ledger.transaction("garage", given).energy_wh == 200
    assert ledger.transaction_of(KEY) is None


def test_an_unknown_id_is_not_taken_for_a_transaction_that_has_its_own(
    ledger: Ledger,
) -> None:
    given = begin(ledger, 0, 1000).id
    ledger.meter(KEY, given, 1200, at(1))
    end(ledger, "5", 2, 900_000)
    assert ledger.transaction_of(KEY).id == given
    begin(ledger, 3, 50, OTHER)
    end(ledger, "6", 4, 1250)
    assert ledger.transaction_of(KEY).id == given


def test_an_end_before_the_answer_to_its_start_finds_it(ledger: Ledger) -> None:
    begin(ledger, 0, 1000, token="here")
    there = begin(ledger, 0, 1000, OTHER, token="there").id
    end(ledger, None, 5, 1400, token="there")
    assert ledger.transaction_of(OTHER) is None
    assert ledger.transaction("garage", there).energy_wh == 400
    assert ledger.transaction_of(KEY) is not None


def test_a_start_told_again_by_a_clock_that_is_far_ahead(ledger: Ledger) -> None:
    """Cut off at the present each time, it seems to be another; its own time is the same."""
    first = begin(ledger, 60, 1000, now=0)
    again = begin(ledger, 60, 1000, now=9)
    assert (again.id, again.started_at) == (first.id, at(0))
    assert begin(ledger, 61, 1000, now=9).id != first.id


def test_two_stations_may_use_the_same_id(ledger: Ledger) -> None:
    begin(ledger, 0, 0, KEY, UUID)
    begin(ledger, 1, 0, DRIVE, UUID)
    ledger.meter(DRIVE, UUID, 500, at(2))
    assert [ledger.open[key].energy_wh for key in (KEY, DRIVE)] == [0, 500]
    end(ledger, UUID, 3, 70)
    assert ledger.transaction_of(KEY) is None
    assert ledger.transaction_of(DRIVE) is not None


# Ends, and what comes after them


def test_closing_meter_values_do_not_revive_a_session(ledger: Ledger) -> None:
    """Ocular tells them after the end, and after the plug was pulled."""
    number = begin(ledger, 0, 1000).id
    end(ledger, number, 10, 1500, reason="EVDisconnected")
    for minutes in (10, 10.1):
        ledger.meter(KEY, number, 1500, at(minutes))
        ledger.meter(KEY, None, 1500, at(minutes))
    ledger.update(
        TransactionUpdated(identity="garage", at=at(9), transaction_id=number)
    )
    assert not ledger.open
    assert (only(ledger).ended_at, only(ledger).energy_wh) == (at(10), 500)


def test_an_empty_transaction_after_the_vehicle_left_is_no_vehicle(
    ledger: Ledger,
) -> None:
    """Vestel begins and ends one of its own after the stop."""
    ledger.status(KEY, EvseStatus.PREPARING, at(0))
    end(ledger, begin(ledger, 1, 0).id, 10, 500)
    ledger.status(KEY, EvseStatus.AVAILABLE, at(11))
    empty = begin(ledger, 12, 0)
    end(ledger, empty.id, 12.1, 0)
    assert not ledger.open
    assert [(s.started_at, s.energy_wh) for s in ledger.ended] == [
        (at(0), 500),
        (at(12), 0),
    ]
    # With a vehicle there it is one that takes nothing yet.
    ledger.status(KEY, EvseStatus.SUSPENDED_EV, at(12.05))
    assert ledger.open[KEY].transactions[0].id == empty.id


# Registers


@pytest.mark.parametrize(
    ("start_wh", "readings", "stop_wh", "energy_wh"),
    [
        # The lifetime all along, and none told at the start.
        (0, [(1, 5_000_000), (600, 5_040_000)], 5_041_000, 41_000),
        (0, [], 5_041_000, 0),
        # The session's own register from the start (ABB).
        (0, [(1, 100), (2, 300)], 350, 350),
        # The lifetime at the start, then the session from zero, then either.
        (5_000_000, [(1, 100), (2, 300)], 350, 350),
        (5_000_000, [(1, 100), (2, 300)], 5_000_350, 300),
        (5_000_000, [], 350, 350),
        (5_000_000, [], 5_000_350, 350),
        # The register of the session before, read too early (Vestel).
        (8_000, [(1, 0), (2, 250)], 300, 300),
        # In whole kWh: less is the same.
        (1_050, [], 1_000, 0),
        # Rubbish first.
        (1_000, [(1, 4_000_000_000), (2, 1_300)], None, 300),
        (1_000, [(1, 4_000_000_000)], 1_300, 300),
        (None, [(1, 700), (2, 900)], 950, 250),
        (None, [], 950, 0),
    ],
)
def test_what_a_transaction_took(
    ledger: Ledger,
    start_wh: float | None,
    readings: list[tuple[float, float]],
    stop_wh: float | None,
    energy_wh: float,
) -> None:
    number = begin(ledger, 0, start_wh, own_id=UUID).id
    for minutes, wh in readings:
        ledger.meter(KEY, number, wh, at(minutes))
    end(ledger, number, 601 if len(readings) == 2 else 60, stop_wh)
    assert only(ledger).energy_wh == energy_wh


# 2.x: in whatever order


def test_an_end_before_its_start_is_completed_by_it(ledger: Ledger) -> None:
    end(ledger, UUID, 10, 1500, reason="EVDisconnected")
    assert only(ledger).key == EvseKey("garage", 0), "nobody said yet where it was"
    assert begin(ledger, 0, 1000, own_id=UUID, now=11).id == UUID
    assert [s.key for s in ledger.ended] == [KEY] and not ledger.open
    told = only(ledger)
    assert (told.recovered, told.energy_wh, told.token) == (False, 500, "tag")
    assert (told.started_at, told.ended_at) == (at(0), at(10))


def test_an_update_recovers_a_transaction_and_may_bring_its_token(
    ledger: Ledger,
) -> None:
    told = TransactionUpdated(
        identity="garage", at=at(5), transaction_id=UUID, evse=1, token="card"
    )
    session = ledger.update(told)
    assert session is not None and session.is_open
    assert ledger.update(told) is None, "told again"
    assert (only(ledger).recovered, only(ledger).token) == (True, "card")
    begin(ledger, 0, 1000, own_id=UUID, token=None, now=6)
    assert (only(ledger).started_at, only(ledger).token) == (at(0), "card")
    # Who ends it may be another.
    end(ledger, UUID, 9, 1200, token="guest")
    assert only(ledger).token == "card"


def test_the_readings_of_a_transaction_without_a_place_go_along_with_it(
    ledger: Ledger,
) -> None:
    """E01.FR.16: the EVSE is told once, and that message may come last."""
    for minutes, wh in ((3, 1300), (1, 1100)):
        ledger.meter(EvseKey("garage", 0), UUID, wh, at(minutes))
    assert ledger.key_of("garage", UUID) is None and not ledger.open
    begin(ledger, 0, None, own_id=UUID, now=4)
    assert ledger.key_of("garage", UUID) == KEY
    assert ledger.open[KEY].energy_wh == 200
    assert not ledger.ended


def test_a_transaction_that_never_gets_a_place_keeps_only_some_of_its_readings(
    ledger: Ledger,
) -> None:
    for minutes in range(3 * UNPLACED_KEPT):
        wh = 1000 * (minutes % 2)
        ledger.meter(EvseKey("garage", 0), UUID, wh, at(minutes))
    assert len(only(ledger).unplaced) == UNPLACED_KEPT
    assert only(ledger).unplaced[-1] == (at(3 * UNPLACED_KEPT - 1), 1000)


def test_two_that_end_in_the_same_second_at_the_same_reading(ledger: Ledger) -> None:
    """Neither has had its id yet (1.6): each is ended by its own card, however often it is told."""
    first = begin(ledger, 0, 0, KEY, token="one")
    second = begin(ledger, 0, 0, OTHER, token="two")
    ends = [
        TransactionEnded(
            identity="garage",
            at=at(60),
            transaction_id=None,
            meter_stop_wh=5000.0,
            reason="PowerLoss",
            token=token,
            evse=None,
        )
        for token in ("one", "two", "one", "two")
    ]
    for each in ends:
        ledger.end(each)
    for one in (first, second):
        known = ledger.transaction("garage", one.id)
        assert known is not None
        assert (known.ended_at, known.energy_wh) == (at(60), 5000)
