"""What is written survives, when it is written, and what happens when it cannot be."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
from mashumaro.codecs.basic import BasicEncoder
import pytest

from custom_components.evenload.engine.control.holdings import Holding
from custom_components.evenload.engine.filing import (
    _SESSIONS_DECODER,
    Sessions,
    VaultFiling,
)
from custom_components.evenload.engine.memory import (
    _STATE_DECODER,
    SAVE_DELAY_S,
    Memory,
    State,
)
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import EvseSettings, StationInfo
from custom_components.evenload.engine.model.transactions import Session, Transaction
from custom_components.evenload.engine.records import EvseRecord, StationRecord
from custom_components.evenload.engine.sessions.history import History
from custom_components.evenload.engine.sessions.ledger import Pages
from custom_components.evenload.engine.sessions.plugs import Plug, Plugs
from custom_components.evenload.engine.sessions.registers import Doubt, Left, Register
from custom_components.evenload.engine.vault import Part
from tests.engine.virtual import run_virtually

_SESSIONS_ENCODER = BasicEncoder(Sessions)
_STATE_ENCODER = BasicEncoder(State)

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
MOMENTS = st.datetimes(timezones=st.just(UTC))
TEXTS = st.text(max_size=8)
KEYS = st.builds(EvseKey, TEXTS, st.integers(0, 32))
PHASED = st.dictionaries(st.sampled_from(Phase), NUMBERS)
for kind, numbers in (
    (Current, st.builds(Current, NUMBERS)),
    (Power, st.builds(Power, NUMBERS)),
    (float, NUMBERS),
    (datetime, MOMENTS),
    (str, TEXTS),
):
    st.register_type_strategy(kind, numbers)

TRANSACTIONS = st.builds(
    Transaction,
    key=KEYS,
    unplaced=st.lists(st.tuples(MOMENTS, NUMBERS), max_size=2).map(tuple),
)
SESSIONS = st.builds(
    Session, key=KEYS, transactions=st.lists(TRANSACTIONS, max_size=3).map(tuple)
)
READINGS = st.builds(Reading, current_a=PHASED, voltage_v=PHASED)
REGISTERS = st.builds(
    Register,
    doubt=st.none() | st.builds(Doubt),
    left=st.none() | st.builds(Left),
)
HISTORIES = st.builds(
    History,
    register=REGISTERS,
    before=st.none() | REGISTERS,
    readings=st.lists(st.tuples(MOMENTS, NUMBERS), max_size=2).map(tuple),
)
PLUGS = st.builds(Plugs, told=st.lists(st.builds(Plug), max_size=2).map(tuple))
EVSES = st.builds(
    EvseRecord,
    holding=st.builds(Holding),
    reading=READINGS,
    register=st.none() | HISTORIES,
    export=st.none() | HISTORIES,
    settings=st.builds(EvseSettings),
)
STATIONS = st.builds(
    StationRecord,
    info=st.builds(StationInfo),
    capabilities=st.builds(Capabilities),
    holding=st.builds(Holding),
    evses=st.lists(EVSES, max_size=2).map(tuple),
)
STATES = st.builds(
    State,
    pages=st.builds(
        Pages,
        open_sessions=st.lists(SESSIONS, max_size=2).map(tuple),
        plugs=st.lists(st.tuples(KEYS, PLUGS), max_size=2).map(tuple),
    ),
    stations=st.lists(STATIONS, max_size=2).map(tuple),
)
ENDED = st.builds(Sessions, st.lists(SESSIONS, max_size=3).map(tuple))

SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@SLOW
@given(STATES)
def test_the_state_survives_json(state: State) -> None:
    text = json.dumps(_STATE_ENCODER.encode(state), allow_nan=False)
    assert _STATE_DECODER.decode(json.loads(text)) == state


@SLOW
@given(ENDED)
def test_sessions_survive_json(sessions: Sessions) -> None:
    text = json.dumps(_SESSIONS_ENCODER.encode(sessions), allow_nan=False)
    assert _SESSIONS_DECODER.decode(json.loads(text)) == sessions


def test_an_older_file_is_read() -> None:
    """Fields that came later have their defaults; those that are gone are passed over."""
    old = {"pages": {"next_id": 7, "open_sessions": []}, "stations": [], "gone": 1}
    assert _STATE_DECODER.decode(old) == State(Pages(7))


class Disk:
    """A vault that can be full, slow and foreign."""

    def __init__(self, **parts: Any) -> None:
        self.parts: dict[str, Any] = dict(parts)
        self.writes: list[Part] = []
        self.broken: set[Part] = set()
        self.delay_s = 0.0

    async def load(self, part: Part) -> dict[str, Any] | None:
        return self.parts.get(part)

    async def save(self, part: Part, data: dict[str, Any]) -> None:
        self.writes.append(part)
        await asyncio.sleep(self.delay_s)
        if part in self.broken:
            raise OSError("disk full")
        self.parts[part] = json.loads(json.dumps(data))


class House:
    """What is to be kept, and who hears of trouble."""

    def __init__(self, disk: Disk | None = None) -> None:
        self.disk = disk or Disk()
        self.next_id = 1
        self.ended: list[Session] = []
        self.troubles: list[bool] = []
        self.memory = Memory(
            self.disk,
            lambda: State(Pages(self.next_id)),
            lambda: Sessions(tuple(self.ended)),
            self.troubles.append,
        )

    def end_one(self) -> None:
        at = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(days=len(self.ended))
        self.ended.append(Session(EvseKey("garage", 1), at, (), at))

    def kept(self) -> tuple[int, int]:
        """The id and the number of sessions on the disk."""
        pages = self.disk.parts.get(Part.STATE, {}).get("pages", {})
        sessions = self.disk.parts.get(Part.SESSIONS, {}).get("ended", [])
        return pages.get("next_id", 0), len(sessions)


GOOD_STATE = _STATE_ENCODER.encode(State(Pages(7)))
GOOD_SESSIONS = _SESSIONS_ENCODER.encode(Sessions())
SESSION = _SESSIONS_ENCODER.encode(
    Sessions((Session(EvseKey("garage", 1), datetime(2026, 6, 1, tzinfo=UTC)),))
)


@pytest.mark.parametrize(
    "foreign",
    [
        {},
        [],
        "text",
        5,
        {"pages": None},
        {"pages": []},
        {"pages": "x"},
        {"pages": {}},
        {"pages": {"next_id": None}},
        {"pages": {"next_id": "many"}},
        {"pages": {"next_id": 1, "open_sessions": 5}},
        {"pages": {"next_id": 1, "open_sessions": [5]}},
        {"pages": {"next_id": 1}, "stations": [{"identity": "a"}]},
        {"pages": {"next_id": 1}, "stations": {"a": 1}},
    ],
)
async def test_a_foreign_file_is_begun_anew(
    foreign: Any, caplog: pytest.LogCaptureFixture
) -> None:
    house = House(Disk(state=foreign))
    assert await house.memory.load() == (None, None)
    assert "begun anew" in caplog.text


@settings(max_examples=150, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5) | NUMBERS,
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["pages", "stations", "next_id", "ended", "key", "x"]),
                inner,
                max_size=3,
            )
        ),
    )
)
def test_whatever_the_files_hold_nothing_is_raised(value: Any) -> None:
    asyncio.run(House(Disk(state=value, sessions=value)).memory.load())


async def test_nothing_kept_is_nothing_wrong(caplog: pytest.LogCaptureFixture) -> None:
    assert await House().memory.load() == (None, None)
    assert not caplog.records


async def test_sessions_outlive_a_state_that_cannot_be_read() -> None:
    state, sessions = await House(Disk(state={}, sessions=SESSION)).memory.load()
    assert state == State(Pages(0))
    assert sessions is not None and len(sessions.ended) == 1


async def test_a_state_outlives_sessions_that_cannot_be_read() -> None:
    loaded = await House(Disk(state=GOOD_STATE, sessions=[])).memory.load()
    assert loaded == (State(Pages(7)), None)


async def test_saving_writes_the_state() -> None:
    house = House()
    await house.memory.save()
    assert (house.disk.writes, house.kept()) == ([Part.STATE], (1, 0))


async def test_what_has_ended_is_written_before_it_leaves_the_state() -> None:
    """Whoever asks for the state alone: a crash between the two files must not lose a session."""
    house = House()
    house.end_one()
    await house.memory.save(Part.STATE)
    await house.memory.save(Part.STATE)
    assert house.disk.writes == [Part.SESSIONS, Part.STATE, Part.STATE]
    house.ended[0] = replace(house.ended[0], ended_at=datetime(2027, 1, 1, tzinfo=UTC))
    await house.memory.save(Part.STATE, Part.SESSIONS)
    assert house.disk.writes[3:] == [Part.SESSIONS, Part.STATE]
    await house.memory.save(Part.SESSIONS)
    assert house.disk.writes[5:] == [Part.SESSIONS]


async def test_what_ends_while_a_state_waits_is_written_before_it() -> None:
    """A crash at any moment finds every session: open in the state, or among those that have ended."""

    class Watched(Disk):
        async def save(self, part: Part, data: dict[str, Any]) -> None:
            await asyncio.sleep(0 if part is Part.STATE else 0.01)
            await super().save(part, data)
            next_id, ended = house.kept()
            assert next_id <= 1 + ended, "one is in neither"

    house = House(Watched())
    savings: list[asyncio.Task[bool]] = []
    for _ in range(4):
        savings += [asyncio.create_task(house.memory.save()) for _ in range(2)]
        await asyncio.sleep(0.002)
        # What leaves the state is counted by its id.
        house.end_one()
        house.next_id += 1
    savings.append(asyncio.create_task(house.memory.save()))
    assert all(await asyncio.gather(*savings))
    assert house.kept() == (5, 4)


async def test_sessions_as_they_were_loaded_are_not_written_again() -> None:
    house = House(Disk(state=GOOD_STATE, sessions=GOOD_SESSIONS))
    await house.memory.load()
    await house.memory.save()
    assert house.disk.writes == [Part.STATE]


def story(tell: Callable[[House], Any]) -> None:
    """Run a story in virtual time."""

    async def told() -> None:
        await tell(House())

    run_virtually(told())


def test_trouble_is_told_until_it_is_over() -> None:
    async def tell(house: House) -> None:
        house.disk.broken = {Part.SESSIONS}
        house.end_one()
        await house.memory.save(Part.STATE, Part.SESSIONS)
        assert house.troubles[-1] is True, "the state could be written, sessions not"
        assert house.kept() == (1, 0)
        await house.memory.save(Part.STATE)
        assert house.troubles[-1] is True
        house.disk.broken = set()
        await asyncio.sleep(SAVE_DELAY_S + 1)
        assert house.kept() == (1, 1), "tried again by itself"
        assert house.troubles[-1] is False

    story(tell)


def test_what_is_soon_is_written_once() -> None:
    async def tell(house: House) -> None:
        for n in range(5):
            house.next_id = n
            house.memory.save_soon(Part.STATE, Part.SESSIONS)
            house.memory.save_soon()
            await asyncio.sleep(1)
        assert house.disk.writes == []
        await asyncio.sleep(SAVE_DELAY_S)
        assert house.disk.writes == [Part.SESSIONS, Part.STATE]
        assert house.kept() == (4, 0)
        await asyncio.sleep(10 * SAVE_DELAY_S)
        assert len(house.disk.writes) == 2

    story(tell)


def test_what_was_written_meanwhile_is_not_written_again() -> None:
    async def tell(house: House) -> None:
        house.memory.save_soon(Part.STATE, Part.SESSIONS)
        await house.memory.save(Part.STATE, Part.SESSIONS)
        await asyncio.sleep(2 * SAVE_DELAY_S)
        assert house.disk.writes.count(Part.SESSIONS) == 1

    story(tell)


def test_closing_writes_what_is_due_and_nothing_after() -> None:
    async def tell(house: House) -> None:
        house.end_one()
        house.memory.save_soon(Part.SESSIONS)
        house.disk.broken = {Part.SESSIONS}
        await house.memory.close()
        assert house.kept() == (1, 0)
        house.memory.save_soon()
        writes = len(house.disk.writes)
        await asyncio.sleep(10 * SAVE_DELAY_S)
        assert len(house.disk.writes) == writes

    story(tell)


def test_closing_waits_for_a_write_that_is_going_on() -> None:
    async def tell(house: House) -> None:
        house.disk.delay_s = 5
        house.memory.save_soon()
        await asyncio.sleep(SAVE_DELAY_S + 1)
        house.next_id = 9
        await house.memory.close()
        assert house.kept() == (9, 0)
        assert house.disk.writes == [Part.STATE, Part.STATE]

    story(tell)


def test_two_saves_at_once_are_both_on_the_disk() -> None:
    async def tell(house: House) -> None:
        house.disk.delay_s = 2

        async def save(number: int, after_s: float) -> None:
            await asyncio.sleep(after_s)
            house.next_id = number
            await house.memory.save()
            assert house.kept()[0] >= number

        await asyncio.gather(save(5, 0), save(6, 1), save(7, 1.5))
        assert house.kept() == (7, 0)

    story(tell)


def test_who_asks_in_the_same_turn_shares_a_writing_however_fast_the_disk_is() -> None:
    async def tell(house: House) -> None:
        async def save(part: Part, data: dict[str, Any]) -> None:
            writings.append(part)
            house.disk.parts[part] = json.dumps(data)

        writings: list[Part] = []
        house.disk.save = save  # type: ignore[method-assign]  # never suspends
        assert all(await asyncio.gather(*(house.memory.save() for _ in range(200))))
        assert len(writings) == 1

    story(tell)


@SLOW
@given(STATES, STATES, ENDED)
def test_what_is_remembered_of_a_writing_changes_nothing_of_the_next(
    before: State, after: State, sessions: Sessions
) -> None:
    mixed = replace(after, stations=(*before.stations, *after.stations))
    house = House()
    for state in (before, mixed, before, mixed):
        encoded = house.memory._encoded_state(state)
        assert encoded == _STATE_ENCODER.encode(state)
    filing = VaultFiling(house.disk, lambda: sessions)
    for _ in range(2):
        encoded = filing._encoded(sessions)
        assert encoded["ended"] == _SESSIONS_ENCODER.encode(sessions)["ended"]


def test_transaction_ids_of_earlier_versions_are_read_as_texts() -> None:
    """They were numbers while there was only OCPP 1.6; nothing that was kept may be lost for that."""
    at = datetime(2026, 6, 1, tzinfo=UTC)
    key = EvseKey("garage", 1)
    transaction = Transaction("17", key, at, "CARD", 100, 900, at)
    session = Session(key, at, (transaction,))
    state = State(Pages(18, open_sessions=(session,)))
    ended = Sessions((replace(session, ended_at=at),))
    old_state = json.loads(json.dumps(_STATE_ENCODER.encode(state)))
    old_sessions = json.loads(json.dumps(_SESSIONS_ENCODER.encode(ended)))
    old_state["pages"]["open_sessions"][0]["transactions"][0]["id"] = 17
    old_sessions["ended"][0]["transactions"][0]["id"] = 17
    memory = House(Disk(state=old_state, sessions=old_sessions)).memory
    assert asyncio.run(memory.load()) == (state, ended)


async def test_what_cannot_be_read_is_not_told_to_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A file may hold tokens and serial numbers: the log says which field, and what was expected there."""
    broken = json.loads(json.dumps(SESSION))
    broken["ended"][0]["transactions"] = [
        {"id": "1", "token": "SECRET", "key": "SECRET"}
    ]
    await House(Disk(sessions=broken)).memory.load()
    assert "transactions" in caplog.text and "key" in caplog.text
    assert "SECRET" not in caplog.text
