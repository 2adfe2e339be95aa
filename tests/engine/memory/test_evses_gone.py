"""A station that has fewer EVSEs than it once had keeps room for all of them, and its owner is told."""

from dataclasses import replace
from datetime import timedelta

from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.events import Booted, Heard, Learnt
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.stations import EvseStatus, StationInfo
from tests.engine.memory.test_fleet import GARAGE, SITE, House


def told(house: House) -> bool:
    """Whether the owner is told, once the house has looked at everything again."""
    house.hear(Heard)
    house.fleet.configure(SITE)
    return house.is_active(NoticeKind.EVSES_GONE, GARAGE)


def with_two() -> House:
    """A house whose station said that it has two outlets, and showed them, a day ago."""
    house = House()
    house.connect()
    learn(house, 2)
    for evse in (1, 2):
        house.status(EvseStatus.AVAILABLE, evse=evse)
    house.clock.at += timedelta(days=1)
    house.hear(Booted, info=StationInfo("Maker", "Box"))
    house.status(EvseStatus.AVAILABLE)
    return house


def learn(house: House, count: int) -> None:
    known = house.fleet.stations[GARAGE].capabilities
    learnt: Capabilities = replace(known, evses=count, evses_told=count)
    house.hear(Learnt, capabilities=learnt)


def test_who_has_fewer_and_is_silent_of_the_others_is_told_of() -> None:
    house = with_two()
    learn(house, 1)
    # It may still speak of them.
    assert not told(house)
    house.clock.at += timedelta(minutes=6)
    assert told(house)
    # What may be there counts until its owner says that it is not.
    assert list(house.fleet.stations[GARAGE].evses) == [1, 2]
    house.status(EvseStatus.AVAILABLE, evse=2)
    assert not told(house)


def test_who_says_less_than_it_shows_is_left_alone() -> None:
    house = with_two()
    learn(house, 1)
    house.status(EvseStatus.PREPARING, evse=2)
    house.clock.at += timedelta(days=2)
    assert not told(house)


def test_who_says_the_same_again_is_not_told_of() -> None:
    house = with_two()
    learn(house, 2)
    house.clock.at += timedelta(days=2)
    assert not told(house)
