"""The stations of a site without sockets: who is told, what is restored, what comes and goes."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
import json
from typing import Any

from hypothesis import given, settings, strategies as st
from mashumaro.codecs.basic import BasicEncoder
import pytest

from custom_components.evenload.engine.fleet import Fleet
from custom_components.evenload.engine.memory import _STATE_DECODER, State
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import (
    Booted,
    Connected,
    Disconnected,
    Event,
    Learnt,
    MetersSampled,
    StatusReported,
    TransactionEnded,
    TransactionStarted,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.orders import LimitOrder, Outcome
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import (
    Evse,
    EvseSettings,
    EvseStatus,
    OcppVersion,
    StationInfo,
)
from custom_components.evenload.engine.model.transactions import TransactionStart
from custom_components.evenload.engine.observers import Observers
from custom_components.evenload.engine.sessions.ledger import Ledger
from tests.engine.virtual import run_virtually

_STATE_ENCODER = BasicEncoder(State)

T0 = datetime(2026, 6, 1, 8, tzinfo=UTC)
GARAGE, DRIVE, SHED = "garage", "drive", "shed"
KEY = EvseKey(GARAGE, 1)
GROUP = GroupConfig("g", "Cars", Current(32), (GARAGE, DRIVE))
SITE = SiteConfig(
    "Home",
    Current(63),
    stations={
        GARAGE: StationConfig(GARAGE, "Garage"),
        DRIVE: StationConfig(DRIVE, "Drive", (Phase.L2,)),
        SHED: StationConfig(SHED, "Shed", maximum=Current(16)),
    },
    groups={"g": GROUP},
)


class Clock:
    def __init__(self) -> None:
        self.at = T0

    def __call__(self) -> datetime:
        return self.at


class Obedient:
    """A link to a station that takes every limit: as much of one as the enforcer needs."""

    version = OcppVersion.V16
    address = "192.0.2.1"

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.orders: list[LimitOrder] = []

    @property
    def commands(self) -> Any:
        return self

    async def set_limit(self, order: LimitOrder) -> Outcome:
        self.orders.append(order)
        return Outcome.APPLIED


class House:
    """A fleet, its clock, and everything that anybody is told."""

    def __init__(self, config: SiteConfig = SITE) -> None:
        self.clock = Clock()
        self.ledger = Ledger(next_id=1000)
        self.saves = 0
        self.fleet = Fleet(config, self.ledger, self.save, self.clock)
        self.told: list[object] = []
        self.discovered: list[EvseKey] = []
        self.notices: dict[tuple[NoticeKind, str], Notice] = {}
        self.shown: dict[EvseKey, Evse] = {}
        self.fleet.news.discoveries.add(None, self.discover)
        self.fleet.news.concerns.add(None, self.notice)
        for identity, station in self.fleet.stations.items():
            self.watch(identity)
            for evse in station.evses.values():
                self.watch_evse(evse.key)
        self.watch(("group", "g"))

    async def save(self) -> None:
        self.saves += 1

    def watch(self, topic: Any) -> None:
        self.fleet.news.changes.add(topic, lambda: self.told.append(topic))

    def watch_evse(self, key: EvseKey) -> None:
        self.shown[key] = self.fleet.evse(key)

        def look() -> None:
            self.told.append(key)
            self.shown[key] = self.fleet.evse(key)

        self.fleet.news.changes.add(key, look)

    def discover(self, key: EvseKey) -> None:
        self.discovered.append(key)
        self.watch_evse(key)

    def notice(self, notice: Notice) -> None:
        self.notices[notice.kind, notice.subject] = notice

    def is_active(self, kind: NoticeKind, subject: str) -> bool:
        notice = self.notices.get((kind, subject))
        return notice is not None and notice.active

    def hear(self, kind: type[Event], identity: str = GARAGE, **more: Any) -> None:
        """Tell the fleet an event of now."""
        self.told.clear()
        self.fleet.hear(kind(identity=identity, at=self.clock.at, **more))

    def connect(self, identity: str = GARAGE) -> None:
        self.hear(Connected, identity, version=OcppVersion.V16, address="192.0.2.1")

    def status(self, status: EvseStatus, identity: str = GARAGE, evse: int = 1) -> None:
        self.hear(StatusReported, identity, evse=evse, status=status)

    def meter(self, wh: float, current_a: float = 10, key: EvseKey = KEY) -> None:
        samples = (
            Sample("Energy.Active.Import.Register", wh, "Wh"),
            Sample("Current.Import", current_a, "A", "L1"),
        )
        self.hear(MetersSampled, key.identity, evse=key.evse, samples=samples)

    def begin(self, wh: float = 0, key: EvseKey = KEY) -> str:
        """Begin a transaction as the site's desk does."""
        start = TransactionStart(key, self.clock.at, "tag", wh)
        transaction, session = self.ledger.begin(start, self.clock.at)
        self.fleet.note_session(session)
        self.hear(
            TransactionStarted,
            key.identity,
            evse=key.evse,
            transaction_id=transaction.id,
            token="tag",
            meter_start_wh=wh,
        )
        return transaction.id

    def end(
        self, number: str, wh: float, reason: str = "Local", ago_minutes: float = 0
    ) -> None:
        """End a transaction as the site's desk does."""
        event = TransactionEnded(
            identity=GARAGE,
            at=self.clock.at - timedelta(minutes=ago_minutes),
            transaction_id=number,
            meter_stop_wh=wh,
            reason=reason,
        )
        self.fleet.note_session(self.ledger.end(event))
        self.fleet.hear(event)

    def later(self, minutes: float = 1) -> None:
        self.clock.at += timedelta(minutes=minutes)

    def restarted(self, config: SiteConfig = SITE) -> House:
        """Another life that finds what this one wrote."""
        text = json.dumps(_STATE_ENCODER.encode(self.fleet.state()))
        state: State = _STATE_DECODER.decode(json.loads(text))
        house = House(config)
        house.clock.at = self.clock.at
        house.ledger.restore(state.pages, self.ledger.ended)
        house.fleet.restore(state)
        return house


def with_stations(*identities: str, **changes: StationConfig) -> SiteConfig:
    stations = {name: SITE.stations[name] for name in identities} | changes
    members = tuple(name for name in GROUP.members if name in stations)
    return replace(
        SITE, stations=stations, groups={"g": replace(GROUP, members=members)}
    )


# Who is told


@pytest.mark.parametrize(
    ("identity", "evse", "expected"),
    [
        (GARAGE, 1, {EvseKey(GARAGE, 1), ("group", "g")}),
        (SHED, 1, {EvseKey(SHED, 1)}),
        (DRIVE, 0, {("group", "g")}),
    ],
)
def test_meter_values_are_told_to_one_evse(
    identity: str, evse: int, expected: set[object]
) -> None:
    house = House()
    house.connect(identity)
    house.told.clear()
    house.meter(100, key=EvseKey(identity, evse))
    assert set(house.told) == expected


def test_other_events_are_told_to_the_whole_station() -> None:
    house = House()
    for identity in SITE.stations:
        house.connect(identity)
    house.status(EvseStatus.PREPARING, evse=2)
    assert set(house.told) == {
        GARAGE,
        EvseKey(GARAGE, 1),
        EvseKey(GARAGE, 2),
        ("group", "g"),
    }
    house.connect(SHED)
    assert set(house.told) == {SHED, EvseKey(SHED, 1)}


EVSES = st.tuples(st.sampled_from([GARAGE, DRIVE, SHED]), st.integers(0, 3))
STEPS = st.one_of(
    st.tuples(st.just("status"), EVSES, st.sampled_from(EvseStatus)),
    st.tuples(st.just("meter"), EVSES, st.integers(0, 40)),
    st.tuples(st.just("settings"), EVSES, st.sampled_from([None, 6.0, 10.0, 0.0])),
    st.tuples(st.just("learnt"), EVSES, st.sampled_from([None, False])),
    st.tuples(st.just("connect"), EVSES, st.booleans()),
    st.tuples(st.just("configure"), EVSES, st.sampled_from([16.0, 40.0, 5.0])),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(STEPS, max_size=15))
def test_whoever_changes_is_told(steps: list[tuple[str, tuple[str, int], Any]]) -> None:
    house = House()
    for what, (identity, number), value in steps:
        house.later()
        key = EvseKey(identity, max(1, number))
        known = key.evse in house.fleet.stations[identity].evses
        match what:
            case "status":
                house.status(value, identity, number)
            case "meter":
                house.meter(value * 100, value, EvseKey(identity, number))
            case "settings" if known:
                maximum = Current(value) if value else None
                house.fleet.set_settings(key, EvseSettings(maximum, value != 0.0))
            case "learnt":
                learnt = Capabilities(
                    number or None, station_limit=value, evse_limit=value
                )
                house.hear(Learnt, identity, capabilities=learnt)
            case "connect" if value:
                house.connect(identity)
            case "connect":
                house.hear(Disconnected, identity, reason="gone")
            case "configure":
                group = replace(GROUP, limit=Current(value))
                house.fleet.configure(replace(SITE, groups={"g": group}))
        for station in house.fleet.stations.values():
            for evse in station.evses.values():
                assert house.shown[evse.key] == evse, f"{evse.key} was not told"
    assert len(house.discovered) == len(set(house.discovered))


def test_an_evse_is_discovered_once() -> None:
    house = House()
    house.status(EvseStatus.AVAILABLE, evse=1)
    house.status(EvseStatus.AVAILABLE, evse=3)
    house.status(EvseStatus.PREPARING, evse=3)
    house.hear(Learnt, capabilities=Capabilities(evses=4))
    assert house.discovered == [
        EvseKey(GARAGE, 2),
        EvseKey(GARAGE, 3),
        EvseKey(GARAGE, 4),
    ]


def test_an_observer_that_goes_while_it_is_told() -> None:
    observers, told = Observers[int](), []
    gone = observers.add("a", lambda number: told.append(("gone", number)))

    def leave(number: int) -> None:
        told.append(("leaves", number))
        leaves()
        gone()

    observers.add("b", lambda number: told.append(("b", number)))
    leaves = observers.add("a", leave)
    observers.tell("a", 1)
    observers.tell("a", 2)
    assert told == [("gone", 1), ("leaves", 1)]
    gone()
    observers.tell("nobody", 3)


def test_a_station_that_is_not_adopted_changes_nothing() -> None:
    house = House()
    before = dict(house.fleet.stations)
    for event in (
        Booted(identity="stranger", at=T0, info=StationInfo("Acme")),
        StatusReported(identity="stranger", at=T0, evse=1, status=EvseStatus.CHARGING),
        MetersSampled(
            identity="stranger",
            at=T0,
            evse=1,
            transaction_id="5",
            samples=(Sample("Energy.Active.Import.Register", 5, "Wh"),),
        ),
        Disconnected(identity="stranger", at=T0, reason=""),
    ):
        house.fleet.hear(event)
    assert house.fleet.stations == before
    assert not house.told and not house.discovered
    assert not house.ledger.open and not house.ledger.ended


# Sessions and energy


def test_a_session_is_shown_on_its_evse() -> None:
    house = House()
    house.status(EvseStatus.PREPARING)
    assert house.fleet.evse(KEY).session is not None
    number = house.begin(1000)
    house.later()
    house.meter(1300)
    evse = house.fleet.evse(KEY)
    assert evse.transaction is not None and evse.transaction.id == number
    assert evse.session is not None and evse.session.energy_wh == 300
    house.later()
    house.end(number, 1400)
    house.status(EvseStatus.AVAILABLE)
    evse = house.fleet.evse(KEY)
    assert evse.transaction is None
    assert evse.session is not None and not evse.session.is_open, "the last one stays"
    assert evse.session.energy_wh == 400
    assert evse.reading.energy_import_wh == 1400


def test_a_correction_of_an_older_session_is_not_shown_as_the_last() -> None:
    house = House()
    numbers = []
    for wh in (1000, 2000):
        house.later(10)
        numbers.append(house.begin(wh))
        house.later(10)
        house.status(EvseStatus.AVAILABLE)
    house.end(numbers[1], 2500)
    house.end(numbers[0], 1500, ago_minutes=21)
    shown = house.fleet.evse(KEY).session
    assert shown is not None and shown.transactions[0].id == numbers[1]
    assert [session.energy_wh for session in house.ledger.ended] == [500, 500]


def test_the_energy_of_a_register_that_restarts_goes_on_at_start_and_stop() -> None:
    """Nothing but the start and the stop tells the energy at the ends of a session."""
    house = House()
    for _ in range(3):
        number = house.begin(0)
        for wh in (100, 200, 300):
            house.later()
            house.meter(wh)
        house.later(0.5)
        house.end(number, 350)
        house.later(60)
    assert house.fleet.evse(KEY).reading.energy_import_wh == 3 * 350


def test_an_end_of_a_transaction_that_nobody_knows_moves_no_register() -> None:
    house = House()
    house.meter(1000)
    house.end("77", 5000)
    assert house.fleet.evse(KEY).reading.energy_import_wh == 1000
    house.hear(
        TransactionStarted, evse=9, transaction_id="1", token="t", meter_start_wh=5
    )
    assert list(house.fleet.stations[GARAGE].evses) == [1]


# A restart


def test_a_restart_finds_everything_again() -> None:
    house = House()
    house.connect()
    house.hear(Booted, info=StationInfo("Acme", "One"))
    house.hear(Learnt, capabilities=Capabilities(evses=2, highest_stack_level=3))
    house.fleet.set_settings(KEY, EvseSettings(Current(10), charging_allowed=False))
    house.status(EvseStatus.AVAILABLE, evse=2)
    number = house.begin(1000)
    house.status(EvseStatus.CHARGING)
    house.later()
    house.meter(1500)
    before = house.fleet.stations[GARAGE]
    station = house.restarted().fleet.stations[GARAGE]
    assert not station.connected
    assert (station.info, station.capabilities) == (before.info, before.capabilities)
    assert list(station.evses) == [1, 2]
    for number_of, evse in station.evses.items():
        old = before.evses[number_of]
        assert (
            replace(
                evse,
                status_at=old.status_at,
                metered_at=old.metered_at,
                allotment=old.allotment,
            )
            == old
        )
    assert station.evses[1].transaction is not None
    assert station.evses[1].transaction.id == number


def test_what_has_not_changed_is_recorded_once() -> None:
    house = House(with_stations(GARAGE, "drive"))
    house.connect()
    house.begin(1000)
    garage, drive = house.fleet.state().stations
    assert house.fleet.state().stations[0] is garage
    house.later()
    house.meter(1500)
    later = house.fleet.state().stations
    assert later[1] is drive
    assert later[0].evses[0].register != garage.evses[0].register


def test_a_restart_shows_the_last_session_and_goes_on_with_the_register() -> None:
    house = House()
    house.meter(900)
    number = house.begin(1000)
    house.later()
    house.end(number, 1400, "EVDisconnected")
    again = house.restarted()
    shown = again.fleet.evse(KEY).session
    assert shown is not None and shown.energy_wh == 400 and not shown.is_open
    again.later()
    again.meter(0)
    again.later()
    again.meter(1500)
    assert again.fleet.evse(KEY).reading.energy_import_wh == 1500


def test_what_is_kept_of_a_station_that_is_gone_is_passed_over() -> None:
    house = House()
    house.begin(0, EvseKey(SHED, 1))
    again = house.restarted(with_stations(GARAGE, DRIVE))
    assert SHED not in again.fleet.stations


# What the owner changes


def test_a_station_that_is_removed_and_added_again_begins_anew() -> None:
    house = House()
    house.connect()
    house.fleet.set_settings(KEY, EvseSettings(Current(10)))
    house.status(EvseStatus.PREPARING, evse=2)
    house.begin(1000)
    house.later()
    house.meter(1500)
    assert house.fleet.configure(with_stations(DRIVE, SHED)) == (set(), {GARAGE})
    assert not house.ledger.open, "its sessions are over"
    assert [session.energy_wh for session in house.ledger.ended] == [500]
    house.meter(1600)
    assert GARAGE not in house.fleet.stations
    assert house.fleet.configure(SITE) == ({GARAGE}, set())
    station = house.fleet.stations[GARAGE]
    assert not station.connected and list(station.evses) == [1]
    assert station.evses[1].settings == EvseSettings()
    assert station.evses[1].session is None
    house.later()
    house.meter(1700)
    assert house.fleet.evse(KEY).reading.energy_import_wh == 1700, (
        "the same box counts on"
    )


def test_a_new_maximum_and_a_new_wiring_share_again() -> None:
    house = House()
    assert house.fleet.evse(KEY).allotment.current == Current(16)
    changed = replace(SITE.stations[GARAGE], maximum=Current(10), wiring=(Phase.L3,))
    house.told.clear()
    assert house.fleet.configure(with_stations(DRIVE, SHED, garage=changed)) == (
        set(),
        set(),
    )
    assert house.fleet.evse(KEY).allotment.current == Current(10)
    assert house.fleet.evse(KEY).allotment.reason is Reason.OWN_MAXIMUM
    assert KEY in house.told and ("group", "g") in house.told
    house.connect()
    house.status(EvseStatus.CHARGING)
    house.meter(0, current_a=8)
    assert tuple(house.fleet.group("g").used) == (0, 0, 8)


@pytest.mark.parametrize(
    ("limit", "current_a"),
    [(Current(20), 10.0), (Current(10), 0.0), (Power(9200), 6.6)],
)
def test_a_new_limit_of_a_group(limit: Current | Power, current_a: float) -> None:
    house = House()
    group = replace(GROUP, limit=limit)
    house.fleet.configure(replace(SITE, groups={"g": group}))
    assert house.fleet.evse(KEY).allotment.current == Current(current_a)
    assert house.fleet.group("g").limit == limit


def test_a_group_that_is_deleted() -> None:
    house = House()
    house.fleet.configure(replace(SITE, groups={}))
    with pytest.raises(KeyError):
        house.fleet.group("g")
    assert house.fleet.evse(KEY).allotment.current.a > 16


# Notices


def test_a_share_too_small_is_noticed_while_it_lasts() -> None:
    house = House()
    small = replace(GROUP, limit=Current(10))
    house.fleet.configure(replace(SITE, groups={"g": small}))
    assert house.is_active(NoticeKind.SHARE_TOO_SMALL, GARAGE)
    assert house.is_active(NoticeKind.SHARE_TOO_SMALL, DRIVE)
    assert not house.is_active(NoticeKind.SHARE_TOO_SMALL, SHED)
    assert house.notices[NoticeKind.SHARE_TOO_SMALL, GARAGE].placeholders == {
        "name": "Garage"
    }
    house.fleet.configure(SITE)
    assert not house.is_active(NoticeKind.SHARE_TOO_SMALL, GARAGE)


def test_a_station_that_refused_every_limit_is_noticed_at_once() -> None:
    house = House()
    deaf = Capabilities(evses=1, station_limit=False, evse_limit=False)
    house.hear(Learnt, capabilities=deaf)
    assert house.is_active(NoticeKind.NOT_CONTROLLABLE, GARAGE)
    assert house.fleet.evse(KEY).allotment.reason is Reason.NOT_CONTROLLABLE
    house.hear(Learnt, capabilities=Capabilities(evses=1, evse_limit=True))
    assert not house.is_active(NoticeKind.NOT_CONTROLLABLE, GARAGE)


def test_limits_that_outlive_us_are_noticed_while_they_differ() -> None:
    house = House()
    house.hear(
        Learnt,
        capabilities=Capabilities(evses=1, leases=False, transaction_leases=False),
    )
    assert not house.is_active(NoticeKind.LIMITS_DO_NOT_EXPIRE, GARAGE)
    house.fleet.set_settings(KEY, EvseSettings(charging_allowed=False))
    assert house.is_active(NoticeKind.LIMITS_DO_NOT_EXPIRE, GARAGE)
    house.fleet.set_settings(KEY, EvseSettings())
    assert not house.is_active(NoticeKind.LIMITS_DO_NOT_EXPIRE, GARAGE)


# Limits that are on their way


def test_what_holds_is_shown_until_what_is_meant_was_accepted() -> None:
    async def story() -> None:
        house = House()
        house.connect()
        link = Obedient(GARAGE)
        house.fleet.enforcer.attach(link)
        await asyncio.sleep(0.1)
        assert {order.current for order in link.orders} == {Current(16)}
        assert KEY in house.told
        house.fleet.set_settings(KEY, EvseSettings(Current(8)))
        await asyncio.sleep(0.1)
        assert link.orders[-1].current == Current(8)
        assert house.fleet.evse(KEY).allotment.current == Current(8)
        await house.fleet.enforcer.close()
        house.fleet.set_settings(KEY, EvseSettings())
        shown = house.fleet.evse(KEY).allotment
        assert (shown.current, shown.reason) == (Current(8), Reason.WAITING_FOR_OTHERS)

    run_virtually(story())
