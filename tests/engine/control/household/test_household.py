"""The household meter: what it leaves for the vehicles, when it rises, and what happens when it fails."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.control.circuit import Circuit
from custom_components.evenload.engine.control.drawn import Draw
from custom_components.evenload.engine.control.trip_risk import Urgency
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.household import MeterState
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from tests.engine.control.household.meter import FUSE, METER, Story, at, even, later


def settled(held_a: float = 16.0, house_a: float = 2.0) -> Story:
    """Return a house at rest for more than a minute, with a vehicle that draws what it may."""
    story = Story(held_a=held_a)
    story.draws(held_a)
    story.settle(even(house_a))
    return story


def test_kettle_lowers_at_once_and_is_forgotten_after_a_minute() -> None:
    story = Story(held_a=21.0)
    story.draws(21.0)
    story.settle(PhaseCurrents(2, 3, 2))
    assert story.room.current == PhaseCurrents(22, 21, 22)

    story.wait(1)
    room = story.house(PhaseCurrents(2, 12, 2))
    assert room.current == PhaseCurrents(22, 12, 22)
    assert room.reasons[1] is Reason.MAIN_FUSE

    story.held, story.now = even(12), at(100)
    story.draws(12)
    room = story.house(PhaseCurrents(2, 3, 2))
    assert room.current == PhaseCurrents(22, 12, 22)
    assert room.reasons == (Reason.MAIN_FUSE, Reason.RAISING_SLOWLY, Reason.MAIN_FUSE)

    story.wait(59)
    story.draws(12)
    story.house(PhaseCurrents(2, 3, 2))
    assert story.room_a == 12
    assert story.household.next_change(story.now) == at(160)
    story.now = at(160)
    assert story.room_a == 21


def test_export_is_room_up_to_the_fuse_only() -> None:
    story = settled(held_a=10.0, house_a=-15.0)
    assert story.room_a == 25


def test_meter_without_the_stations_counts_all_that_it_reads() -> None:
    story = Story(replace(METER, includes_stations=False), held_a=16.0)
    story.draws(16)
    for second in range(62):
        story.now = at(second)
        story.read(even(5))
    assert story.room_a == 19


def test_largest_appliance_finds_room_to_start() -> None:
    story = Story(replace(METER, largest=Current(16.0)))
    story.settle(even(2))
    # 1.4 x 25 A - 16 A = 19 A, less 2 A.
    assert story.room_a == pytest.approx(17)


def about_to_begin() -> Story:
    """Return a house of 4 A with a vehicle that may draw 16 A, and does not yet."""
    story = Story(held_a=16.0)
    story.draws(0, allowed_a=16)
    story.settle(even(4))
    return story


def test_vehicle_that_begins_to_draw_is_not_taken_for_the_house() -> None:
    story = about_to_begin()
    assert story.room_a == 20
    for second, ramp_a in enumerate((4, 9, 16, 16, 16, 16), 65):
        story.now = at(second)
        story.read(even(4 + ramp_a))
        assert story.room_a >= 16
    story.wait(5)
    story.draws(16)
    story.house(even(4))
    assert story.room_a == 20


def test_rise_that_a_vehicle_did_not_make_counts_when_it_has_spoken() -> None:
    story = about_to_begin()
    story.wait(1)
    story.read(even(14))
    # Nobody gets more until that is known.
    assert story.room_a == 16
    # It says that it still draws nothing: then it was the house.
    story.wait(10)
    story.draws(0, allowed_a=16)
    story.read(even(14))
    assert story.room_a == 10


def test_rise_is_not_explained_for_ever_by_a_silent_station() -> None:
    story = about_to_begin()
    for second in range(62, 62 + 76):
        story.now = at(second)
        story.read(even(14))
    assert story.room_a == 10


def test_overload_is_answered_in_full_whatever_vehicles_might_explain() -> None:
    story = Story(held_a=20.0)
    story.draws(10, allowed_a=20)
    story.settle(even(4))
    story.wait(1)
    # 28 A: three above the fuse. The vehicle said 10 A, so with 6 A for it the line is at 24 A.
    story.read(even(28))
    assert story.room_a == pytest.approx(6)


def test_lowered_vehicle_has_time_to_follow_and_no_more() -> None:
    story = settled(held_a=20.0, house_a=4.0)
    story.wait(1)
    story.house(even(10))
    assert story.room_a == 14
    said = story.now
    story.held = even(14)
    for _ in range(14):
        story.wait(1)
        story.car = Draw(even(20), said, even(14), even(20), said + later(10))
        story.read(even(30))
        assert story.room_a == 14
    assert story.household.urgency(story.now) is Urgency.ACT
    story.wait(1)
    story.car = Draw(even(20), said, even(14), even(14))
    story.read(even(30))
    assert story.household.urgency(story.now) >= Urgency.INSIST
    # 16 A beside the 14 that it was told, and the 5 A that are still too much once more.
    assert story.room_a == 24 - 16 - 5


def test_silent_station_is_not_subtracted() -> None:
    story = settled(held_a=16.0, house_a=2.0)
    for _ in range(80):
        story.wait(1)
        story.read(even(18))
    assert story.room_a == 6


def test_stale_holds_and_lost_falls_back() -> None:
    story = settled(held_a=10.0, house_a=2.0)
    heard_at = story.now
    assert story.room_a == 22
    assert story.household.next_change(heard_at) == at(61 + 30)

    story.wait(30)
    assert story.household.state(story.now) is MeterState.STALE
    assert not story.household.may_raise(story.now)
    assert story.room.current == even(10)
    assert story.room.reasons == (Reason.RAISING_SLOWLY,) * 3

    story.now = at(61 + 120)
    assert story.household.state(story.now) is MeterState.LOST
    assert story.room.current == even(6)
    assert story.room.reasons == (Reason.METER_LOST,) * 3
    assert story.household.next_change(story.now) is None
    assert story.household.figures(story.now).background is None


def test_meter_that_comes_back_raises_nobody_at_once() -> None:
    story = settled(held_a=10.0, house_a=2.0)
    story.wait(300)
    story.held = even(6)
    story.draws(6)
    story.house(even(2))
    assert story.household.state(story.now) is MeterState.FRESH
    assert story.room_a == 6
    story.settle(even(2))
    assert story.room_a == 22


@pytest.mark.parametrize(
    "wild", [float("nan"), float("inf"), -float("inf"), 6553.5, -126.0]
)
def test_wild_value_changes_nothing(wild: float) -> None:
    story = settled()
    before = story.room
    story.wait(20)
    assert not story.read(PhaseCurrents(18, wild, 18))
    assert story.room == before
    story.wait(10)
    assert story.household.state(story.now) is MeterState.STALE


def test_limit_in_watts_counts_all_lines_together() -> None:
    circuit = Circuit(Power(11_500), Current(25.0), reason=Reason.GROUP_LIMIT)
    story = Story(replace(METER, fallback=Power(4200)), circuit, held_a=8.0)
    story.draws(8)
    story.settle(PhaseCurrents(10, 0, -4))
    # 50 A on all lines, less 3 x 1 A, less 6 A of the house.
    assert story.room.power_w == pytest.approx(41 * 230)
    assert story.room.current is None
    story.wait(200)
    assert story.room.power_w == 4200
    assert story.room.power_reason is Reason.METER_LOST


def test_lines_that_the_site_does_not_have_have_no_room() -> None:
    story = Story(circuit=replace(FUSE, phases=(Phase.L1,)), held_a=0.0)
    story.settle(PhaseCurrents(5, 0, 0))
    assert story.room.current == PhaseCurrents(19, 0, 0)


def test_figures() -> None:
    story = settled(held_a=16.0, house_a=2.0)
    figures = story.household.figures(story.now)
    assert figures.background == even(2)
    assert figures.headroom == even(6)
    assert not figures.overload
    assert figures.risk == 0
    story.wait(1)
    story.house(PhaseCurrents(2, 12, 2))
    figures = story.household.figures(story.now)
    assert figures.overload
    assert figures.headroom == PhaseCurrents(6, -4, 6)
    # 28 A are 1.12 times the fuse: a minute.
    assert figures.used_up_at == at(62 + 60)


def test_other_settings_hold_at_once() -> None:
    story = settled(held_a=16.0, house_a=2.0)
    story.household.configure(
        replace(METER, margin=Current(3.0)), replace(FUSE, limit=Current(20.0))
    )
    assert story.room_a == 15


def whole(story: Story, house_a: float, drawn_a: float) -> float:
    """Let a meter that knows the sum only say what flows; return the room on the least line."""
    story.read(even((house_a + 3 * drawn_a) / 3))
    return story.room_a


def test_sum_may_be_on_any_line() -> None:
    story = Story(replace(METER, sum_only=True), held_a=8.0)
    story.draws(8)
    for _ in range(62):
        story.wait(1)
        story.draws(8)
        # Three amperes of the house, which may all be on one line.
        assert whole(story, 3.0, 8.0) <= 21
    assert story.room_a == 21
    # What the sun gives may be on another line than what the house takes.
    for _ in range(62):
        story.wait(1)
        story.draws(8)
        whole(story, -30.0, 8.0)
    assert story.room_a == 24


def test_vehicle_is_not_taken_for_the_house_where_only_the_sum_is_known() -> None:
    story = Story(replace(METER, sum_only=True), held_a=16.0)
    for _ in range(62):
        story.wait(1)
        story.draws(0, allowed_a=16)
        whole(story, 3.0, 0.0)
    for _ in range(5):
        story.wait(1)
        assert whole(story, 3.0, 16.0) == 16
    assert not story.household.figures(story.now).overload
    story.draws(16)
    story.wait(1)
    assert whole(story, 3.0, 16.0) == 21
    # The house is seen at once.
    story.wait(1)
    assert whole(story, 13.0, 16.0) == 11
    assert story.household.figures(story.now).overload
