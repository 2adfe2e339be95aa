"""Pausing without ending the session, told as short stories: by a limit of nothing, or by stopping and starting."""

from dataclasses import replace

from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.capabilities import PauseMethod
from custom_components.evenload.engine.model.configuration import Overrides, SiteConfig
from custom_components.evenload.engine.model.events import StatusReported
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.stations import EvseStatus
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.test_enforcer import A, allow, concerns, metered, pair, tell

OBEDIENT = Nature(has_transactions=True)
STUBBORN = Nature(has_transactions=True, never_pauses=True)


def owner_says(pause: PauseMethod) -> SiteConfig:
    """Return a site whose owner knows how A pauses."""
    site = pair()
    known = replace(site.stations["A"], overrides=Overrides(pause=pause))
    return replace(site, stations={**site.stations, "A": known})


def learnt(house: House) -> PauseMethod | None:
    return house.fleet.stations["A"].capabilities.pause


def sessions(house: House) -> int:
    """Return how many sessions A has had."""
    ledger = house.fleet.books.ledger
    return sum(session.key == A for session in (*ledger.ended, *ledger.open.values()))


def test_a_limit_of_nothing_that_pauses_is_learnt_from_the_meter() -> None:
    async def story(house: House) -> None:
        await metered(house, 20)
        allow(house, A, allowed=False)
        await metered(house, 60)
        assert learnt(house) is PauseMethod.ZERO_LIMIT

    tell(story, natures={"A": OBEDIENT})


def test_a_limit_of_nothing_that_pauses_is_learnt_from_the_status() -> None:
    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(5)
        assert learnt(house) is None
        house.hear(StatusReported, "A", evse=1, status=EvseStatus.SUSPENDED_EVSE)
        await house.watch(5)
        assert learnt(house) is PauseMethod.ZERO_LIMIT

    tell(story, natures={"A": OBEDIENT})


def test_without_a_word_nothing_is_learnt() -> None:
    """A station that says nothing of what it does is believed to pause, and nothing is stopped."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(600, 5.0)
        assert learnt(house) is None
        assert house.stations["A"].transactions != {}

    tell(story, natures={"A": OBEDIENT})


def test_a_station_that_does_not_pause_is_stopped_and_started_with_the_same_token() -> (
    None
):
    """The session goes on in a new transaction."""

    async def story(house: House) -> None:
        await metered(house, 20)
        allow(house, A, allowed=False)
        await metered(house, 30)
        # It goes on with its least, until that is certain.
        assert house.stations["A"].drawn_a() == 6.0
        await metered(house, 40)
        assert learnt(house) is PauseMethod.STOP
        assert house.stations["A"].drawn_a() == 0.0
        assert house.fleet.stations["A"].capabilities.leases is not False
        await metered(house, 300)
        assert house.stations["A"].starts == []
        allow(house, A, allowed=True)
        await metered(house, 60)
        assert house.stations["A"].starts == ["tag"]
        assert house.stations["A"].drawn_a() == 10.0
        assert sessions(house) == 1

    assert tell(story, natures={"A": STUBBORN}).exceeded == []


def test_finding_out_is_no_disobedience() -> None:
    """While it is found out how a station pauses, its owner is not told that it ignores its limit."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await metered(house, 120)

    assert concerns(story, {"A": STUBBORN}) == []


def test_the_owner_may_know_that_it_has_to_be_stopped() -> None:
    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(6)
        assert house.stations["A"].drawn_a() == 0.0
        assert house.stations["A"].transactions == {}
        # A pause that is over soon still leaves the station some time.
        allow(house, A, allowed=True)
        await house.watch(3)
        assert house.stations["A"].starts == []
        await house.watch(10)
        assert house.stations["A"].starts == ["tag"]

    tell(story, owner_says(PauseMethod.STOP), {"A": STUBBORN})


def test_the_owner_may_forbid_to_stop() -> None:
    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await metered(house, 300)
        assert house.stations["A"].transactions != {}

    tell(story, owner_says(PauseMethod.ZERO_LIMIT), {"A": STUBBORN})


def test_who_was_stopped_goes_on_after_a_crash() -> None:
    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(10)
        await house.save()
        await house.die_and_return(house.fleet.config)
        allow(house, A, allowed=True)
        await house.watch(30)
        assert house.stations["A"].starts == ["tag"]

    tell(story, owner_says(PauseMethod.STOP), {"A": STUBBORN})


def test_a_vehicle_that_has_to_be_unplugged_is_told_of() -> None:
    """Three starts in vain, and its owner knows; unplugging ends that."""
    nature = replace(STUBBORN, wants_replug=True)

    async def story(house: House) -> None:
        house.fleet.configure(owner_says(PauseMethod.STOP))
        allow(house, A, allowed=False)
        await house.watch(20)
        allow(house, A, allowed=True)
        await house.watch(3600, 5.0)
        assert house.stations["A"].starts == ["tag"] * 3
        allotment = house.fleet.evse(A).allotment
        assert allotment is not None
        assert allotment.reason is Reason.UNPLUG_NEEDED
        house.hear(StatusReported, "A", evse=1, status=EvseStatus.AVAILABLE)
        await house.watch(5)
        assert house.fleet.evse(A).allotment.reason is Reason.GROUP_LIMIT  # type: ignore[union-attr]  # it has one

    assert concerns(story, {"A": nature}) == [(NoticeKind.UNPLUG_NEEDED, "A")]


def test_a_vehicle_that_does_not_resume_is_told_once_more() -> None:
    """The limit is said again; what the station holds back then is for its owner to mend. Nothing is reset."""

    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(5)
        house.hear(StatusReported, "A", evse=1, status=EvseStatus.SUSPENDED_EVSE)
        await house.watch(60)
        allow(house, A, allowed=True)
        await house.watch(100)
        before = len(house.orders("A"))
        await house.watch(60)
        assert len(house.orders("A")) == before + 1
        await house.watch(200)

    assert concerns(story, {"A": OBEDIENT}) == [(NoticeKind.UNPLUG_NEEDED, "A")]


def test_a_vehicle_that_is_full_is_left_alone() -> None:
    async def story(house: House) -> None:
        allow(house, A, allowed=False)
        await house.watch(5)
        house.hear(StatusReported, "A", evse=1, status=EvseStatus.SUSPENDED_EV)
        allow(house, A, allowed=True)
        await house.watch(600, 5.0)

    assert concerns(story, {"A": OBEDIENT}) == []
