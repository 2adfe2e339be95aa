"""A motor that starts draws too much for a moment: it lowers vehicles, and pauses none where the breaker has time."""

import pytest

from tests.engine.control.household.meter import Story, even, later


def charging() -> Story:
    """Return a house of 10 A at rest, with a vehicle that draws 8 A."""
    story = Story(held_a=8.0)
    story.draws(8)
    story.settle(even(10))
    return story


def starting(story: Story, house_a: float) -> float:
    """Let the house draw so much for a second, with a vehicle that needs 6 A to go on; return its room."""
    story.wait(1)
    story.draws(8)
    story.read(even(house_a + 8))
    room = story.household.room(even(8), story.now, even(6)).current
    assert room is not None
    return room.l1


def test_motor_that_starts_lowers_and_does_not_pause() -> None:
    story = charging()
    # 28 A: there is no room for 6 A beside it.
    assert starting(story, 20.0) == 6
    assert story.household.next_change(story.now) == story.now + later(2)
    assert starting(story, 20.0) == 6
    assert starting(story, 10.0) == 8


@pytest.mark.parametrize("house_a", [18.5, 20.0])
def test_what_stays_pauses_after_two_seconds(house_a: float) -> None:
    story = charging()
    assert [starting(story, house_a) for _ in range(3)] == [6, 6, 24 - house_a]


def test_what_leaves_the_breaker_no_time_pauses_at_once() -> None:
    story = charging()
    # 35 A: 1.4 times the fuse.
    assert starting(story, 27.0) == 0
