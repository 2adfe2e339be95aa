"""What is asked of a hundred thousand sessions is found by an index: nothing goes through all of them, or through all readings."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
import re
from typing import Any

import pytest
from sqlalchemy import event

from custom_components.evenload.engine.model.sessions import SessionQuery, Tariff
from custom_components.evenload.engine.sessions.accounts import Kind
from custom_components.evenload.engine.sessions.curves import slot_of
from custom_components.evenload.engine.sessions.store.batch import Batch
from custom_components.evenload.engine.sessions.store.store import SessionStore
from tests.engine.store.test_store import KEY, T0, session

MONTH = {"start": T0, "end": T0 + timedelta(days=30)}
ANNA = frozenset({"anna"})


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SessionStore]:
    store = SessionStore(tmp_path / "sessions.db", lambda: T0 + timedelta(days=1))
    await store.open()
    await store.write(new())
    yield store
    await store.close()


def new() -> Batch:
    """A session, what was read in a quarter hour, and what that cost."""
    batch = Batch([session()], drivers={("garage", "card"): "anna"})
    for kind in Kind:
        batch.read(KEY, kind, 2000.0, T0 + timedelta(minutes=15))
    batch.tariffs = {slot_of(T0.timestamp()): Tariff(0.25)}
    return batch


@contextmanager
def asked_of(store: SessionStore) -> Iterator[dict[str, Any]]:
    """What is asked of the database meanwhile, with what stands in it."""
    asked: dict[str, Any] = {}

    def note(_: Any, __: Any, said: str, values: Any, ___: Any, many: bool) -> None:
        if said.startswith(("SELECT", "UPDATE", "DELETE", "INSERT")):
            asked[said] = values[0] if many else values

    engine = store._database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)


def plans(store: SessionStore, asked: dict[str, Any]) -> list[str]:
    """How SQLite goes about it."""
    with store._database.engine.connect() as connection:
        return [
            row[3]
            for said, values in asked.items()
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", values)
        ]


def through_all(plan: list[str]) -> list[str]:
    """Where it goes through all rows of a table; an index alone that holds all that is asked is a hundredth of it."""
    return [
        step
        for step in plan
        if re.match(r"SCAN (?!.*COVERING INDEX|CONSTANT|\d+ )", step)
    ]


type Asking = Callable[[SessionStore], Awaitable[object]]


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.records(SessionQuery(**MONTH)),
        lambda store: store.records(SessionQuery(**MONTH, drivers=ANNA, details=True)),
        lambda store: store.records(SessionQuery(drivers=ANNA)),
        lambda store: store.records(
            SessionQuery(identities=frozenset({"garage"}), evse=1, limit=1)
        ),
        lambda store: store.records(SessionQuery(tokens=frozenset({"CARD"}))),
        lambda store: store.records(SessionQuery(**MONTH, tokens=frozenset({"CARD"}))),
        lambda store: store.records(SessionQuery(ids=frozenset({1}), details=True)),
        lambda store: store.totals(SessionQuery(**MONTH)),
        lambda store: store.totals(SessionQuery(**MONTH, drivers=ANNA)),
        lambda store: store.unpriced(T0),
        lambda store: store.still_open(),
        lambda store: store.write(new()),
        lambda store: store.write(
            Batch(tariffs={slot_of(T0.timestamp()): Tariff(1.0)})
        ),
    ],
)
async def test_nothing_goes_through_all_that_there_is(
    store: SessionStore, ask: Asking
) -> None:
    with asked_of(store) as asked:
        await ask(store)
    plan = plans(store, asked)
    assert plan
    assert through_all(plan) == []


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.records(SessionQuery(limit=100)),
        lambda store: store.last_ended(2000),
    ],
)
async def test_the_last_ones_are_read_from_the_end(
    store: SessionStore, ask: Asking
) -> None:
    """In the order of an index, up to as many as are wanted: nothing is sorted."""
    with asked_of(store) as asked:
        await ask(store)
    assert plans(store, asked) == ["SCAN sessions USING INDEX sessions_began"]


async def test_what_is_written_is_found_by_when_it_ended_and_readings_by_their_quarter(
    store: SessionStore,
) -> None:
    """Each quarter hour asks which sessions it concerns: those that go on or ended lately, not all that began before."""
    with asked_of(store) as asked:
        await store.write(new())
    plan = plans(store, asked)
    assert not any("sessions_began" in step or "sessions_at" in step for step in plan)
    [*found] = [step for step in plan if "readings" in step]
    assert all("kind=? AND slot>? AND slot<?" in step for step in found)
