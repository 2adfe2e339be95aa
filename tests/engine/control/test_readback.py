"""What a station says and does is compared with what was set, told as short stories."""

from custom_components.evenload.engine.model.events import MetersSampled
from custom_components.evenload.engine.model.notices import Notice, NoticeKind
from custom_components.evenload.engine.model.readings import Sample
from tests.engine.control.held import Nature
from tests.engine.control.house import House
from tests.engine.control.test_enforcer import concerns, metered, tell


def told(house: House, subject: str = "A") -> dict[NoticeKind, bool]:
    """Return what is told of a station from now on, as it is last."""
    last: dict[NoticeKind, bool] = {}

    def note(notice: Notice) -> None:
        if notice.subject == subject:
            last[notice.kind] = notice.active

    house.fleet.news.concerns.add(None, note)
    return last


def offers(house: House, offered_a: float) -> None:
    """Let A say what it offers its vehicle."""
    sample = Sample("Current.Offered", offered_a, "A")
    house.hear(MetersSampled, "A", evse=1, samples=(sample,))


def test_a_station_that_agrees_is_asked_rarely() -> None:
    """Once for the form of its limit, and once an hour."""

    async def story(house: House) -> None:
        await house.watch(30)
        assert house.stations["A"].asked == [1]
        await house.watch(3000, 5.0)
        assert house.stations["A"].asked == [1]
        await house.watch(7200, 5.0)
        assert len(house.stations["A"].asked) == 3

    assert concerns(story) == []


def test_a_station_that_was_away_is_asked_again() -> None:
    async def story(house: House) -> None:
        await house.watch(900, 5.0)
        house.disconnect("A")
        house.connect("A")
        await house.watch(30)
        assert len(house.stations["A"].asked) == 2
        house.disconnect("A")
        house.connect("A")
        await house.watch(30)
        # But not because of every blink of its connection.
        assert len(house.stations["A"].asked) == 2

    tell(story)


def test_three_schedules_that_allow_more_are_told_and_nothing_is_done() -> None:
    """Somebody else's profile lies above ours; when it is gone, so is the notice."""

    async def story(house: House) -> None:
        last = told(house)
        station = house.stations["A"]
        before = len(house.orders("A"))
        station.nature.says_a = 32.0
        house.disconnect("A")
        await house.watch(700, 5.0)
        house.connect("A")
        await house.watch(90)
        assert not last.get(NoticeKind.LIMIT_OVERRULED)
        await house.watch(120)
        assert last[NoticeKind.LIMIT_OVERRULED]
        assert len(house.orders("A")) == before
        station.nature.says_a = 8.0
        await house.watch(90)
        assert not last[NoticeKind.LIMIT_OVERRULED]

    tell(story)


def test_less_than_was_set_is_the_stations_own_affair() -> None:
    async def story(house: House) -> None:
        await house.watch(8000, 5.0)

    assert concerns(story, {"A": Nature(says_a=6.0)}) == []


def test_offers_that_followed_and_do_not_any_more_are_told() -> None:
    async def story(house: House) -> None:
        last = told(house)
        await house.watch(30)
        offers(house, 10.0)
        for _ in range(3):
            assert not last.get(NoticeKind.LIMIT_OVERRULED)
            await house.watch(10)
            offers(house, 16.0)
        assert last[NoticeKind.LIMIT_OVERRULED]
        await house.watch(10)
        offers(house, 10.0)
        assert not last[NoticeKind.LIMIT_OVERRULED]

    tell(story)


def test_who_always_offers_what_it_is_built_for_says_nothing() -> None:
    async def story(house: House) -> None:
        for _ in range(20):
            await house.watch(10)
            offers(house, 32.0)

    assert concerns(story) == []


def test_one_reading_above_the_limit_is_counted_and_not_yet_told() -> None:
    """What is drawn counts at once; the owner is told when it is certain, and when it is over."""

    async def story(house: House) -> None:
        last = told(house, "B")
        station = house.stations["B"]
        station.lose_profiles()
        station.nature.disobeys = True
        await metered(house, 10)
        assert house.fleet.enforcer.commitments.station_a("B") == 32.0
        assert not last.get(NoticeKind.LIMIT_IGNORED)
        await metered(house, 15)
        assert last[NoticeKind.LIMIT_IGNORED]
        station.nature.disobeys = False
        await metered(house, 1200)
        assert not last[NoticeKind.LIMIT_IGNORED]

    tell(story)
