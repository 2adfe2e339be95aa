"""What begins, ends and belongs to a session, case by case."""

from datetime import UTC, datetime, timedelta
import time

import pytest

from custom_components.evenload.engine.model.events import TransactionEnded
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.model.transactions import (
    Session,
    Transaction,
    TransactionStart,
)
from custom_components.evenload.engine.sessions.archive import SESSIONS_KEPT
from custom_components.evenload.engine.sessions.ledger import HIGHEST_ID, Ledger, Pages
from custom_components.evenload.engine.sessions.visits import SUPERSEDED, UNTOLD

KEY = EvseKey("garage", 1)
OTHER = EvseKey("garage", 2)
T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def begun(
    ledger: Ledger, minutes: float = 0, wh: float = 0, key: EvseKey = KEY
) -> Transaction:
    start = TransactionStart(key, at(minutes), "tag", wh)
    return ledger.begin(start, at(minutes))[0]


def end(
    transaction_id: str | None,
    minutes: float,
    wh: float | None,
    reason: str = "Local",
) -> TransactionEnded:
    return TransactionEnded(
        identity="garage",
        at=at(minutes),
        transaction_id=transaction_id,
        meter_stop_wh=wh,
        reason=reason,
    )


@pytest.fixture
def ledger() -> Ledger:
    return Ledger(next_id=1000)


@pytest.mark.parametrize(
    ("status", "opens"),
    [
        (EvseStatus.PREPARING, True),
        (EvseStatus.CHARGING, True),
        (EvseStatus.SUSPENDED_EV, True),
        (EvseStatus.SUSPENDED_EVSE, True),
        (EvseStatus.FINISHING, False),
        (EvseStatus.RESERVED, False),
        (EvseStatus.UNAVAILABLE, False),
        (EvseStatus.FAULTED, False),
        (EvseStatus.AVAILABLE, False),
    ],
)
def test_which_status_opens_a_session(
    ledger: Ledger, status: EvseStatus, opens: bool
) -> None:
    session = ledger.status(KEY, status, at(0))
    assert (session == Session(KEY, at(0))) is opens
    assert (KEY in ledger.open) is opens


@pytest.mark.parametrize(
    ("status", "ends"),
    [(status, status is EvseStatus.AVAILABLE) for status in EvseStatus],
)
def test_only_available_ends_a_session(
    ledger: Ledger, status: EvseStatus, ends: bool
) -> None:
    begun(ledger)
    ledger.status(KEY, status, at(5))
    assert (KEY not in ledger.open) is ends


def test_plugged_in_without_a_transaction_leaves_no_record(ledger: Ledger) -> None:
    ledger.status(KEY, EvseStatus.PREPARING, at(0))
    closed = ledger.status(KEY, EvseStatus.AVAILABLE, at(1))
    assert closed == Session(KEY, at(0), (), at(1))
    assert not ledger.ended and not ledger.open


def test_a_session_begins_with_the_plug_and_ends_with_it(ledger: Ledger) -> None:
    ledger.status(KEY, EvseStatus.PREPARING, at(0))
    transaction = begun(ledger, 1, 100)
    ledger.end(end(transaction.id, 10, 600))
    assert ledger.open[KEY].is_open, "a transaction's end is not the session's"
    closed = ledger.status(KEY, EvseStatus.AVAILABLE, at(30))
    assert closed is not None
    assert (closed.started_at, closed.ended_at) == (at(0), at(30))
    assert closed.energy_wh == 500
    assert closed.duration_s(at(99)) == 1800


def test_pulling_the_plug_ends_the_session_at_once(ledger: Ledger) -> None:
    transaction = begun(ledger, 0, 100)
    session = ledger.end(end(transaction.id, 10, 600, "EVDisconnected"))
    assert session is not None and session.ended_at == at(10)
    assert list(ledger.ended) == [session]
    assert ledger.status(KEY, EvseStatus.FINISHING, at(10)) is None
    assert ledger.status(KEY, EvseStatus.AVAILABLE, at(11)) is None


def test_a_plug_pulled_long_ago_does_not_end_what_runs_now(ledger: Ledger) -> None:
    old = begun(ledger, 0, 100)
    new = begun(ledger, 10, 200)
    ledger.end(end(old.id, 9, 180, "EVDisconnected"))
    assert ledger.transaction_of(KEY) is not None
    assert ledger.transaction_of(KEY).id == new.id


def test_a_second_transaction_ends_the_first_until_its_own_end_is_told(
    ledger: Ledger,
) -> None:
    first, second = begun(ledger, 0, 100), begun(ledger, 10, 300)
    kept, running = ledger.open[KEY].transactions
    assert (kept.id, kept.end_reason, kept.ended_at) == (first.id, SUPERSEDED, at(0))
    assert running.id == second.id and running.is_open
    ledger.end(end(first.id, 9, 250, "PowerLoss"))
    kept, _ = ledger.open[KEY].transactions
    assert (kept.end_reason, kept.ended_at, kept.energy_wh) == ("PowerLoss", at(9), 150)


def test_a_late_stop_corrects_a_session_that_has_ended(ledger: Ledger) -> None:
    for n in range(3):
        transaction = begun(ledger, 10 * n, 100 * n)
        ledger.status(KEY, EvseStatus.AVAILABLE, at(10 * n + 9))
    assert [s.transactions[0].end_reason for s in ledger.ended] == [UNTOLD] * 3
    ledger.end(end(str(int(transaction.id) - 1), 18, 150))
    assert [s.transactions[0].end_reason for s in ledger.ended] == [
        UNTOLD,
        "Local",
        UNTOLD,
    ]
    assert [s.energy_wh for s in ledger.ended] == [0, 50, 0]


def test_meter_values_told_after_the_vehicle_left_count_until_the_stop(
    ledger: Ledger,
) -> None:
    transaction = begun(ledger, 0, 100)
    ledger.status(KEY, EvseStatus.AVAILABLE, at(9))
    session = ledger.meter(KEY, transaction.id, 700, at(8))
    assert session is not None and session.energy_wh == 600
    assert session.transactions[0].ended_at == at(8)
    session = ledger.end(end(transaction.id, 9, 750))
    assert session is not None and session.energy_wh == 650
    ledger.meter(KEY, transaction.id, 800, at(9))
    assert [s.energy_wh for s in ledger.ended] == [650], "the stop is final"
    assert not ledger.open


@pytest.mark.parametrize(("minutes", "goes_on"), [(1, False), (6, False), (7, True)])
def test_a_transaction_that_goes_on_after_available_shows_that_it_was_wrong(
    ledger: Ledger, minutes: float, goes_on: bool
) -> None:
    """Some stations say Available while they charge; a few minutes may also be two clocks."""
    transaction = begun(ledger, 0, 100)
    ledger.status(KEY, EvseStatus.AVAILABLE, at(1))
    assert not ledger.open
    session = ledger.meter(KEY, transaction.id, 700, at(minutes))
    assert session is not None and session.energy_wh == 600
    assert session.ended_at == (None if goes_on else at(minutes))
    assert (ledger.transaction_of(KEY) is not None) is goes_on


@pytest.mark.parametrize("reason", ["Local", "EVDisconnected"])
def test_what_is_told_after_available_does_not_stay_plugged_in(
    ledger: Ledger, reason: str
) -> None:
    ledger.status(KEY, EvseStatus.AVAILABLE, at(60))
    start = TransactionStart(KEY, at(0), "tag", 0)
    transaction, _ = ledger.begin(start, at(61))
    ledger.end(end(transaction.id, 30, 500, reason))
    assert not ledger.open
    # Nobody says more of when it left than that it had.
    left = 30 if reason == "EVDisconnected" else 60
    assert [s.ended_at for s in ledger.ended] == [at(left)]


def test_a_transaction_told_late_without_its_end_is_not_the_next_vehicle(
    ledger: Ledger,
) -> None:
    ledger.status(KEY, EvseStatus.AVAILABLE, at(60))
    transaction, _ = ledger.begin(TransactionStart(KEY, at(0), "tag", 0), at(61))
    opened = ledger.status(KEY, EvseStatus.PREPARING, at(90))
    assert opened == Session(KEY, at(90))
    ledger.end(end(transaction.id, 30, 500))
    assert ledger.open[KEY] == opened
    assert [(s.started_at, s.ended_at, s.energy_wh) for s in ledger.ended] == [
        (at(0), at(60), 500)
    ]


def test_a_clock_that_is_slow_does_not_split_a_session(ledger: Ledger) -> None:
    """Available came without a time and got ours, the start with the station's own."""
    ledger.status(KEY, EvseStatus.AVAILABLE, at(1))
    transaction = begun(ledger, 0.5)
    ledger.status(KEY, EvseStatus.CHARGING, at(0.6))
    ledger.meter(KEY, transaction.id, 400, at(8))
    assert ledger.transaction_of(KEY).id == transaction.id
    ledger.end(end(transaction.id, 10, 500))
    assert ledger.open[KEY].is_open
    assert ledger.open[KEY].energy_wh == 500 and not ledger.ended


def test_the_history_survives_a_restart_before_its_end_is_told(ledger: Ledger) -> None:
    ledger.status(KEY, EvseStatus.AVAILABLE, at(60))
    transaction, _ = ledger.begin(TransactionStart(KEY, at(0), "tag", 0), at(61))
    fresh = Ledger(next_id=1)
    fresh.restore(ledger.pages(), ledger.ended)
    fresh.end(end(transaction.id, 30, 500))
    assert not fresh.open


def test_a_station_that_starts_while_available_is_in_a_session(ledger: Ledger) -> None:
    ledger.status(KEY, EvseStatus.AVAILABLE, at(0))
    transaction = begun(ledger, 5)
    ledger.end(end(transaction.id, 10, 500))
    assert ledger.open[KEY].is_open


def test_offline_transactions_of_two_vehicles_are_two_sessions(ledger: Ledger) -> None:
    now = at(600)
    for start, stop in ((0, 60), (120, 180)):
        told = TransactionStart(KEY, at(start), "tag", start)
        transaction, _ = ledger.begin(told, now)
        ledger.end(end(transaction.id, stop, stop))
    ledger.status(KEY, EvseStatus.AVAILABLE, at(190))
    assert [(s.started_at, s.ended_at) for s in ledger.ended] == [
        (at(0), at(60)),
        (at(120), at(190)),
    ]


def test_a_start_with_a_clock_ahead_is_known_when_it_is_told_again(
    ledger: Ledger,
) -> None:
    """The first telling was cut off at the present, a second before the station's own time."""
    cut_off = TransactionStart(KEY, at(0) - timedelta(seconds=1), "tag", 100)
    transaction, _ = ledger.begin(cut_off, cut_off.at)
    again, changed = ledger.begin(TransactionStart(KEY, at(0), "tag", 100), at(1))
    assert (again.id, changed) == (transaction.id, None)


@pytest.mark.parametrize(
    "other",
    [
        TransactionStart(KEY, at(0), "tag", 101),
        TransactionStart(KEY, at(0), "other", 100),
        TransactionStart(KEY, at(6), "tag", 100),
        TransactionStart(OTHER, at(0), "tag", 100),
        TransactionStart(EvseKey("drive", 1), at(0), "tag", 100),
    ],
)
def test_another_start_is_another_transaction(
    ledger: Ledger, other: TransactionStart
) -> None:
    first = begun(ledger, 0, 100)
    assert ledger.begin(other, at(7))[0].id != first.id


# Wrong ids


def test_no_id_means_what_runs(ledger: Ledger) -> None:
    assert ledger.meter(KEY, None, 100, at(0)) is None
    assert ledger.end(end(None, 1, 100)) is None
    assert not ledger.open and not ledger.ended
    transaction = begun(ledger, 2, 100)
    session = ledger.meter(KEY, None, 300, at(3))
    assert session is not None and session.energy_wh == 200
    # A station that has no answer to its start yet ends it without an id, or with -1.
    session = ledger.end(end(None, 4, 400))
    assert session is not None and session.energy_wh == 300
    assert ledger.end(end(None, 4, 400)) is None
    assert [one.id for one in session.transactions] == [transaction.id]


def test_an_unknown_id_is_recovered_and_ended(ledger: Ledger) -> None:
    session = ledger.meter(KEY, "77", 5000, at(0))
    assert session is not None
    assert session.transactions[0].recovered and session.transactions[0].id == "77"
    ledger.meter(KEY, "77", 5600, at(5))
    session = ledger.end(end("77", 6, 5700))
    assert session is not None and session.energy_wh == 700


def test_the_end_of_an_unknown_transaction_is_recorded_once(ledger: Ledger) -> None:
    session = ledger.end(end("77", 6, 5700))
    assert session is not None and session.key == EvseKey("garage", 0)
    assert ledger.end(end("77", 6, 5700)) is None
    assert len(ledger.ended) == 1
    assert ledger.end(end("78", 6, None)) is not None, "its start may yet be told"
    assert ledger.end(end("78", 6, None)) is None
    assert [s.energy_wh for s in ledger.ended] == [0, 0]


def test_an_id_of_another_evse_is_not_believed(ledger: Ledger) -> None:
    here = begun(ledger, 0, 100)
    assert ledger.meter(OTHER, here.id, 900_000, at(1)) is None
    there = begun(ledger, 2, 900_000, OTHER)
    ledger.meter(OTHER, here.id, 900_500, at(3))
    assert ledger.open[KEY].energy_wh == 0
    assert ledger.open[OTHER].energy_wh == 500
    assert ledger.key_of("garage", there.id) == OTHER


def test_stations_do_not_share_ids(ledger: Ledger) -> None:
    ours = begun(ledger, 0, 100)
    drive = EvseKey("drive", 1)
    ledger.meter(drive, ours.id, 50, at(1))
    assert ledger.open[drive].transactions[0].recovered
    assert ledger.open[KEY].energy_wh == 0


@pytest.mark.parametrize("sent", [HIGHEST_ID, HIGHEST_ID - 1, 1000, 999, 1])
def test_an_id_of_a_stations_own_does_not_burn_ours(ledger: Ledger, sent: int) -> None:
    ledger.meter(OTHER, str(sent), 100, at(0))
    ids = [int(begun(ledger, 10 * n, n).id) for n in range(3)]
    assert sent not in ids
    assert ids == sorted(set(ids))
    assert ids[-1] < 1010


def test_after_the_highest_id_the_free_ones_follow() -> None:
    ledger = Ledger(next_id=HIGHEST_ID)
    ledger.meter(OTHER, "1", 100, at(0))
    assert [begun(ledger, 10 * n, n).id for n in range(2)] == [str(HIGHEST_ID), "2"]


# Registers inside a transaction


@pytest.mark.parametrize(
    ("readings", "energy_wh"),
    [
        ([(1, 1100), (2, 1200)], 200),
        ([(1, 1100), (2, 0), (3, 1300)], 300),
        ([(2, 1200), (1, 1100)], 200),
        ([(1, 1100), (2, 4_000_000_000), (3, 1300)], 300),
        # A clock that fell back to 1970 in mid transaction does not cost the energy.
        ([(1, 1100), (-29_000_000, 1200), (-28_999_999, 1300)], 300),
    ],
)
def test_readings_of_a_transaction(
    ledger: Ledger, readings: list[tuple[float, float]], energy_wh: float
) -> None:
    transaction = begun(ledger, 0, 1000)
    for minutes, wh in readings:
        ledger.meter(KEY, transaction.id, wh, at(minutes))
    assert ledger.open[KEY].energy_wh == energy_wh
    assert ledger.open[KEY].transactions[0].last_at >= at(1)


@pytest.mark.parametrize(
    ("stop_wh", "energy_wh"), [(1500, 500), (None, 400), (900, 400), (1300, 300)]
)
def test_the_stop_says_what_is_right_if_it_can_be(
    ledger: Ledger, stop_wh: float | None, energy_wh: float
) -> None:
    transaction = begun(ledger, 0, 1000)
    ledger.meter(KEY, transaction.id, 1400, at(1))
    session = ledger.end(end(transaction.id, 2, stop_wh))
    assert session is not None and session.energy_wh == energy_wh


def test_a_stop_before_its_start_lasts_no_time(ledger: Ledger) -> None:
    transaction = begun(ledger, 10, 1000)
    session = ledger.end(end(transaction.id, 5, 1100))
    assert session is not None and session.transactions[0].ended_at == at(10)


# Keeping


def test_a_crash_between_the_two_files_loses_nothing(ledger: Ledger) -> None:
    """Ended sessions are written first; the older pages then still show one as open."""
    transaction = begun(ledger, 0, 100)
    before = ledger.pages()
    ledger.end(end(transaction.id, 5, 600, "EVDisconnected"))
    fresh = Ledger(next_id=1)
    fresh.restore(before, ledger.ended)
    assert not fresh.open
    assert [session.energy_wh for session in fresh.ended] == [500]


def test_ids_go_on_from_the_later_of_clock_and_pages() -> None:
    for clock, kept, expected in ((10, 500, 500), (900, 500, 900), (-5, 0, 1)):
        ledger = Ledger(next_id=clock)
        ledger.restore(Pages(kept), ())
        assert begun(ledger).id == str(expected)


def test_a_station_that_is_removed_leaves_no_open_session(ledger: Ledger) -> None:
    drive = EvseKey("drive", 1)
    begun(ledger, 0, 100)
    begun(ledger, 0, 100, drive)
    ledger.status(OTHER, EvseStatus.AVAILABLE, at(0))
    ledger.leave("garage", at(5))
    assert list(ledger.open) == [drive]
    assert [(s.key, s.ended_at) for s in ledger.ended] == [(KEY, at(5))]
    assert all(key.identity == "drive" for key in ledger.shelf.plugs)


def test_the_oldest_session_leaves_first_and_a_start_is_found_fast() -> None:
    ledger = Ledger(next_id=1)
    for n in range(SESSIONS_KEPT + 5):
        transaction = begun(ledger, n, n)
        ledger.end(end(transaction.id, n + 0.5, n + 1, "EVDisconnected"))
    assert len(ledger.ended) == SESSIONS_KEPT
    assert ledger.ended[0].transactions[0].id == "6"
    oldest = TransactionStart(KEY, at(5), "tag", 5)
    began = time.perf_counter()
    for _ in range(20):
        assert ledger.begin(oldest, at(5000))[0].id == "6"
    again_us = (time.perf_counter() - began) / 20 * 1e6
    began = time.perf_counter()
    begun(ledger, 9000, 9000)
    new_us = (time.perf_counter() - began) * 1e6
    print(f"a start told again: {again_us:.0f} µs, a new one: {new_us:.0f} µs")  # noqa: T201
