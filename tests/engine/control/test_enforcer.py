"""How limits reach stations, told as short stories in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.configuration import (
    GroupConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.orders import WHOLE_STATION, Layer
from tests.engine.control.house import House
from tests.engine.control.stations import Nature, VirtualStation
from tests.engine.virtual import run_virtually

A, B = EvseKey("A", 1), EvseKey("B", 1)


def pair(
    limit_a: float = 20.0, fuse_a: float = 25.0, members: str = "AB"
) -> SiteConfig:
    """Return two stations (and a third where it is named) behind one limit."""
    stations = {name: StationConfig(name, name) for name in {*"AB", *members}}
    group = GroupConfig("g", "Cars", Current(limit_a), tuple(members))
    return SiteConfig("Home", Current(fuse_a), stations=stations, groups={"g": group})


def tell(
    story: Callable[[House], Awaitable[None]],
    config: SiteConfig | None = None,
    natures: dict[str, Nature] | None = None,
    evses: int = 1,
) -> House:
    """Run a story in a house of three stations, of which A and B connect first."""

    async def live() -> House:
        stations = [
            VirtualStation(
                name, nature=(natures or {}).get(name, Nature()), evses=evses
            )
            for name in "ABC"
        ]
        house = House(config or pair(), stations)
        house.connect("A")
        house.connect("B")
        await house.watch(30)
        house.exceeded.clear()
        await story(house)
        house.final_a = {
            name: station.drawn_a() for name, station in house.stations.items()
        }
        await house.fleet.enforcer.close()
        return house

    return run_virtually(live())


async def nothing(_house: House) -> None:
    """Nothing happens."""


def allow(house: House, key: EvseKey, *, allowed: bool) -> None:
    """Press the switch of an EVSE."""
    house.fleet.set_settings(
        key, replace(house.fleet.evse(key).settings, charging_allowed=allowed)
    )


def test_first_limits_are_the_shares() -> None:
    """A station that was never limited gets its share at once, for the whole and for its EVSE, once."""
    house = tell(nothing)
    for name in "AB":
        assert [
            (order.evse, order.current.a, order.layer) for order in house.orders(name)
        ] == [
            (WHOLE_STATION, 10.0, Layer.FALLBACK),
            (1, 10.0, Layer.FALLBACK),
        ]
        assert house.final_a[name] == 10.0


def test_a_pause_is_a_lease_over_the_fallback() -> None:
    """A pause holds while it is renewed, and the fallback stays in the station."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(3600, 1.0)
        assert house.stations["A"].drawn_a() == 0.0
        assert house.fleet.evse(A).allotment.reason is Reason.PAUSED  # type: ignore[union-attr]  # it has one
        leases = [order for order in house.orders("A") if order.layer is Layer.LEASE]
        assert {order.current.a for order in leases} == {0.0}
        # One when it began, one for every 600 s after.
        assert len(leases) == 6
        allow(house, A, allowed=True)
        await house.watch(3600, 1.0)
        assert house.stations["A"].drawn_a() == 10.0
        # Resuming takes one order, and then the lease expires into the fallback.
        assert (
            len([order for order in house.orders("A") if order.layer is Layer.LEASE])
            == 7
        )

    assert tell(story).exceeded == []


def test_a_pause_lapses_when_home_assistant_dies() -> None:
    """Nobody renews the lease: within half an hour the station is back at its share."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(60)
        await house.fleet.enforcer.close()
        await house.watch(1700, 1.0)
        assert house.stations["A"].drawn_a() == 0.0
        await house.watch(120, 1.0)
        assert house.stations["A"].drawn_a() == 10.0

    assert tell(story).exceeded == []


def test_a_station_that_cannot_lease_is_paused_for_good_and_the_owner_told() -> None:
    """Where leases are refused, the pause is written as the fallback."""
    told: list[Notice] = []

    async def story(house: House) -> None:
        house.fleet.news.concerns.add(None, told.append)
        capabilities = house.fleet.stations["A"].capabilities
        house.fleet.stations["A"] = replace(
            house.fleet.stations["A"], capabilities=replace(capabilities, leases=False)
        )
        allow(house, A, allowed=False)
        await house.watch(30)
        assert house.orders("A")[-1].layer is Layer.FALLBACK
        assert house.stations["A"].drawn_a() == 0.0

    tell(story)
    assert {notice.kind for notice in told if notice.active} == {
        NoticeKind.LIMITS_DO_NOT_EXPIRE
    }


def test_an_own_maximum_limits_only_its_own_evse() -> None:
    """An own maximum lowers one EVSE; the static share of the other stays."""

    async def story(house: House) -> None:
        settings = house.fleet.evse(A).settings
        house.fleet.set_settings(A, replace(settings, maximum=Current(7.0)))
        await house.watch(30)
        assert house.stations["A"].drawn_a() == 7.0
        assert house.stations["B"].drawn_a() == 10.0

    assert tell(story).exceeded == []


def test_raising_waits_for_lowering() -> None:
    """When a member leaves the group and takes half the fuse, nobody rises before the others have followed."""

    async def story(house: House) -> None:
        house.fleet.configure(pair(25.0))
        await house.watch(60)
        assert house.stations["A"].drawn_a() == 12.5
        house.fleet.configure(pair(25.0, members="ABC"))
        await house.watch(30)
        house.exceeded.clear()
        house.connect("C")
        await house.watch(6)
        house.exceeded.clear()
        await house.watch(60)
        assert [house.stations[name].drawn_a() for name in "ABC"] == [8.3, 8.3, 8.3]
        house.fleet.configure(pair(25.0))
        await house.watch(60)

    assert tell(story).exceeded == []


def test_an_offline_member_keeps_its_room() -> None:
    """A lower limit reaches an offline member when it returns; until then the others make room for it."""

    async def story(house: House) -> None:
        house.disconnect("B")
        house.fleet.configure(pair(16.0))
        await house.watch(8)
        house.exceeded.clear()
        await house.watch(30)
        assert house.stations["B"].drawn_a() == 10.0
        assert house.stations["A"].drawn_a() == 6.0
        allotment = house.fleet.evse(A).allotment
        assert allotment is not None
        assert allotment.reason is Reason.WAITING_FOR_OTHERS
        house.connect("B")
        await house.watch(30)
        assert [house.stations[name].drawn_a() for name in "AB"] == [8.0, 8.0]

    assert tell(story).exceeded == []


def test_a_raise_is_on_the_disk_before_it_leaves() -> None:
    """Home Assistant dies with a raise on its way: afterwards it is counted, and nobody else gets that room."""

    async def story(house: House) -> None:
        await house.save()
        house.fleet.configure(pair(24.0))
        # The raise has left and the answer has not come.
        while not any(
            order.current.a == 12.0 and order.evse == 1 for order in house.orders("A")
        ):
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.03)
        assert house.stations["A"].limit_a(1) == 12.0
        await house.die_and_return(pair(20.0, members="AB"))
        holding = house.fleet.enforcer.commitments
        assert holding.evse_a(A) >= 12.0
        await house.watch(60)

    tell(story, natures={"A": Nature(answer_s=0.05)})


def test_holdings_survive_a_crash() -> None:
    """After a crash nothing is written that the stations hold already, and no limit is exceeded meanwhile."""

    async def story(house: House) -> None:
        await house.save()
        before = len(house.orders("A"))
        await house.die_and_return(house.fleet.config)
        await house.watch(60)
        assert len(house.orders("A")) == before
        assert house.stations["A"].drawn_a() == 10.0

    assert tell(story).exceeded == []


def test_a_restarted_station_is_told_again() -> None:
    """What a station held before it restarted is written again, once."""

    async def story(house: House) -> None:
        await house.watch(60, 1.0)
        before = len(house.orders("A"))
        house.reboot("A")
        await house.watch(30)
        assert [
            (order.evse, order.current.a) for order in house.orders("A")[before:]
        ] == [
            (WHOLE_STATION, 10.0),
            (1, 10.0),
        ]

    assert tell(story).exceeded == []


@pytest.mark.parametrize(
    ("nature", "drawn_a"),
    [
        (Nature(refuses_station_limit=True), 10.0),
        (Nature(refuses_evse_limit=True), 10.0),
        (Nature(refuses_station_limit=True, refuses_evse_limit=True), 32.0),
    ],
)
def test_one_kind_of_limit_is_enough(nature: Nature, drawn_a: float) -> None:
    """A station that takes either kind of limit is controlled; one that takes neither counts at its maximum."""
    natural = tell(nothing, natures={"A": nature})
    assert natural.final_a["A"] == drawn_a
    # Nobody asks for ever: what is refused is tried again twice a minute at most.
    assert len(natural.orders("A")) <= 4


def test_lost_answers_count_as_applied_and_are_asked_again() -> None:
    """A limit whose answer is lost counts until the station answers."""

    async def story(house: House) -> None:
        house.stations["A"].nature.loses_answers = 1.0
        house.fleet.configure(pair(24.0))
        await house.watch(60)
        assert house.fleet.enforcer.commitments.evse_a(A) >= 10.0
        house.stations["A"].nature.loses_answers = 0.0
        await house.watch(120)
        assert house.stations["A"].drawn_a() == 12.0

    assert tell(story).exceeded == []


def test_two_evses_share_their_station() -> None:
    """Two EVSEs of a station get half of its share each, and together no more than the share."""

    async def story(house: House) -> None:
        assert [house.stations["A"].limit_a(evse) for evse in (1, 2)] == [6.2, 6.2]

    house = tell(story, pair(25.0, members="AB"), evses=2)
    assert house.final_a["A"] == 12.4


async def metered(house: House, seconds: int) -> None:
    """Let time pass with every station reporting every five seconds."""
    for _ in range(seconds // 5):
        for name in "AB":
            house.meter(name)
        await house.watch(5)


def test_a_station_that_disobeys_counts_at_what_it_draws() -> None:
    """When a meter shows more than the limit, the others make room, and the owner is told."""

    async def story(house: House) -> None:
        house.stations["B"].lose_profiles()
        house.stations["B"].nature.disobeys = True
        await metered(house, 60)
        assert house.fleet.enforcer.commitments.station_a("B") == 32.0
        assert house.stations["A"].drawn_a() == 0.0
        # It is told again, but not all the time: its memory wears out.
        assert len(house.orders("B")) == 4
        house.stations["B"].nature.disobeys = False
        await metered(house, 1200)
        assert house.stations["A"].drawn_a() == 10.0

    assert concerns(story) == [(NoticeKind.LIMIT_IGNORED, "B")]


def test_a_station_that_lost_its_limits_is_told_them_again() -> None:
    """A meter that contradicts a limit has it written again; nobody else has to suffer for long."""

    async def story(house: House) -> None:
        house.stations["B"].lose_profiles()
        await metered(house, 30)
        assert house.stations["B"].drawn_a() == 10.0
        await metered(house, 30)
        assert house.stations["A"].drawn_a() == 10.0

    tell(story)


def test_leases_in_vain_are_given_up() -> None:
    """A pause that a station accepts and does not keep is written as its fallback in the end."""

    async def story(house: House) -> None:
        house.stations["A"].nature.leases_in_vain = True
        allow(house, A, allowed=False)
        await metered(house, 120)
        assert house.stations["A"].drawn_a() == 0.0
        assert house.stations["B"].drawn_a() == 10.0

    assert (NoticeKind.LIMITS_DO_NOT_EXPIRE, "A") in concerns(story)


def test_a_doubt_is_settled_by_saying_it_again() -> None:
    """A raise whose answer was lost and that is not wanted any more is taken back."""

    async def story(house: House) -> None:
        house.stations["A"].nature.loses_answers = 1.0
        house.fleet.configure(pair(24.0))
        await house.watch(5)
        assert house.stations["A"].limit_a(WHOLE_STATION) == 12.0
        house.fleet.configure(pair(20.0))
        house.stations["A"].nature.loses_answers = 0.0
        await house.watch(60)
        assert house.stations["A"].limit_a(WHOLE_STATION) == 10.0
        assert house.fleet.enforcer.commitments.holding(EvseKey("A", 0)).doubt_a is None
        assert house.stations["B"].drawn_a() == 10.0

    tell(story)


def test_a_crash_with_a_raise_on_its_way_and_the_old_limit_back() -> None:
    """Home Assistant had not kept the higher limit yet: what the stations hold of it is taken back."""

    async def story(house: House) -> None:
        house.fleet.configure(pair(24.0))
        await house.watch(0.5)
        await house.die_and_return(pair(20.0))
        await house.watch(15)
        house.exceeded.clear()
        await house.watch(60)

    for natures in (
        {},
        {name: Nature(refuses_station_limit=True) for name in "AB"},
    ):
        assert tell(story, natures=natures).exceeded == []


def test_two_members_offline_keep_what_they_hold() -> None:
    """A member that is away cannot be told a smaller share, however much the others hold."""

    async def story(house: House) -> None:
        house.fleet.configure(pair(36.0, fuse_a=63.0, members="ABC"))
        house.connect("C")
        await house.watch(60)
        house.disconnect("A")
        house.disconnect("B")
        house.fleet.configure(pair(26.0, fuse_a=63.0, members="ABC"))
        await house.watch(20)
        assert house.stations["C"].drawn_a() == 0.0
        assert house.excesses() == []

    tell(story)


def test_a_lowered_station_that_blinks_costs_nobody_anything() -> None:
    """Who has taken a lower limit and loses its connection for a moment holds the lower limit."""

    async def story(house: House) -> None:
        house.fleet.configure(pair(16.0))
        await house.watch(1)
        before = len(house.orders("A"))
        house.disconnect("B")
        await house.watch(1)
        house.connect("B")
        await house.watch(30)
        assert len(house.orders("A")) == before

    tell(story)


def test_nothing_is_raised_that_the_disk_does_not_know_of() -> None:
    """While writing fails, limits fall but do not rise."""

    async def story(house: House) -> None:
        house.disk_is_full = True
        house.fleet.configure(pair(24.0))
        await house.watch(40)
        assert house.stations["A"].drawn_a() == 10.0
        house.fleet.configure(pair(16.0))
        await house.watch(8)
        house.exceeded.clear()
        await house.watch(12)
        assert house.stations["A"].drawn_a() == 8.0
        house.disk_is_full = False
        house.fleet.configure(pair(24.0))
        await house.watch(60)
        assert house.stations["A"].drawn_a() == 12.0

    assert tell(story).exceeded == []


def test_others_misfortune_leaves_no_trace_in_flash_memory() -> None:
    """What others hold too much is made room for by leases: the fallback stays what it should be."""

    async def story(house: House) -> None:
        house.stations["B"].lose_profiles()
        house.stations["B"].nature.disobeys = True
        await metered(house, 60)
        fallbacks = [
            order.current.a
            for order in house.orders("A")
            if order.layer is Layer.FALLBACK
        ]
        assert fallbacks == [10.0, 10.0]
        await house.fleet.enforcer.close()
        await house.watch(2000, 1.0)
        assert house.stations["A"].drawn_a() == 10.0

    tell(story)


def test_an_own_maximum_lasts() -> None:
    """The owner's maximum is no lease: it takes one write, and holds without Home Assistant."""

    async def story(house: House) -> None:
        settings = house.fleet.evse(A).settings
        house.fleet.set_settings(A, replace(settings, maximum=Current(7.0)))
        await house.watch(7200, 5.0)
        assert len(house.orders("A")) == 3
        await house.fleet.enforcer.close()
        await house.watch(1000, 5.0)
        assert house.stations["A"].drawn_a() == 7.0

    tell(story)


def test_a_pause_where_only_the_station_can_be_limited() -> None:
    """With a single EVSE the station's limit carries the pause."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(20)
        assert house.stations["A"].drawn_a() == 0.0
        allow(house, A, allowed=True)
        await house.watch(20)
        assert house.stations["A"].drawn_a() == 10.0

    tell(story, natures={"A": Nature(refuses_evse_limit=True)})


def concerns(
    story: Callable[[House], Awaitable[None]],
    natures: dict[str, Nature] | None = None,
) -> list[tuple[NoticeKind, str]]:
    """Live through a story; returns what the owner was told, each thing once."""
    told: dict[tuple[NoticeKind, str], None] = {}

    def note(notice: Notice) -> None:
        if notice.active:
            told[notice.kind, notice.subject] = None

    async def overheard(house: House) -> None:
        house.fleet.news.concerns.add(None, note)
        await story(house)

    tell(overheard, natures=natures)
    return list(told)


def test_a_station_that_does_not_answer_is_told_of() -> None:
    """The owner learns why the others get less."""

    async def story(house: House) -> None:
        house.stations["A"].nature.loses_answers = 1.0
        house.fleet.configure(pair(24.0))
        await house.watch(30)

    assert concerns(story) == [(NoticeKind.LIMIT_UNANSWERED, "A")]


def test_a_removed_station_is_forgotten() -> None:
    """A station that leaves the site leaves its room to the others."""

    async def story(house: House) -> None:
        house.fleet.configure(
            SiteConfig(
                "Home",
                Current(25),
                stations={"A": StationConfig("A", "A")},
                groups={"g": GroupConfig("g", "Cars", Current(20), ("A",))},
            )
        )
        await house.watch(30)
        assert house.stations["A"].drawn_a() == 20.0

    tell(story)


def test_an_old_reading_is_no_disobedience() -> None:
    """A meter that reports rarely shows for a while what was drawn before the limit fell; nobody suffers for it."""

    async def story(house: House) -> None:
        house.meter("B")
        await house.watch(1)
        house.fleet.configure(pair(14.0))
        await house.watch(25)
        assert house.stations["B"].drawn_a() == 7.0
        assert house.fleet.enforcer.commitments.station_a("B") == 7.0
        await house.watch(60)
        assert {order.current.a for order in house.orders("A")} == {10.0, 7.0}

    tell(story)


def test_who_goes_offline_with_too_much_is_made_room_for_at_once() -> None:
    """The others lower as soon as a station is lost that still holds an old, higher limit."""

    async def story(house: House) -> None:
        house.stations["B"].nature.answer_s = 60.0
        house.fleet.configure(pair(14.0))
        await house.watch(1)
        assert house.stations["A"].limit_a(1) == 7.0
        house.disconnect("B")
        await house.watch(30)
        assert house.stations["B"].drawn_a() == 10.0
        assert house.stations["A"].drawn_a() == 0.0

    tell(story)


def test_lowering_pauses_nobody() -> None:
    """A lower limit of the group lowers everyone to the new share, with meters reporting all along."""

    async def story(house: House) -> None:
        for seconds in range(60):
            if seconds == 10:
                house.fleet.configure(pair(13.0))
            if seconds % 5 == 0:
                house.meter("A")
                house.meter("B")
            await house.watch(1)
        for name in "AB":
            assert [order.current.a for order in house.orders(name)] == [
                10.0,
                10.0,
                6.5,
                6.5,
            ]

    tell(story)


def test_a_group_of_watts_is_shared_in_amperes_of_each_station() -> None:
    """Watts become amperes on the phases that a station is wired to, and raising respects what others draw."""
    watts = GroupConfig("g", "Cars", Power(13800), ("A", "B"))
    config = replace(pair(), groups={"g": watts})

    async def story(house: House) -> None:
        assert house.stations["A"].drawn_a() == 10.0
        house.disconnect("B")
        house.fleet.configure(
            replace(config, groups={"g": replace(watts, limit=Power(16560))})
        )
        await house.watch(30)
        # B still counts at 10 A on three phases, so A may have the other 9 660 W.
        assert house.stations["A"].drawn_a() == 12.0

    tell(story, config)


def test_what_one_station_refuses_another_gets_at_once() -> None:
    """Equal orders to two stations are two orders: a silent station does not make the other wait."""

    async def story(house: House) -> None:
        house.disconnect("B")
        house.stations["A"].nature.loses_answers = 1.0
        house.fleet.configure(pair(14.0))
        await house.watch(12)
        house.connect("B")
        await house.watch(2)
        assert house.stations["B"].limit_a(1) <= 7.0

    tell(story)


def test_a_station_that_was_never_seen_counts_at_its_share() -> None:
    """Setting up a station before it is installed takes nothing from the others but its share, also after a restart."""

    async def story(house: House) -> None:
        house.fleet.configure(pair(24.0, members="ABC"))
        await house.watch(20)
        assert house.stations["A"].drawn_a() == 8.0
        await house.save()
        await house.die_and_return(house.fleet.config)
        await house.watch(60)
        assert house.stations["A"].drawn_a() == 8.0

    tell(story)
