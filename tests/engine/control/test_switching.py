"""From three phases to one and back, step by step: nothing flows meanwhile, and nothing is believed that was not seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.control.switching import (
    DWELL_S,
    PATIENCE_S,
    SETTLE_S,
    SINGLE,
    THREE,
    Facts,
    Stage,
    Switch,
)
from custom_components.evenload.engine.model.phases import ALL_PHASES, Phase

T0 = datetime(2026, 11, 2, 12, tzinfo=UTC)

# One second of a story: what is wanted, whether it rests, what it was told, which phases its meter shows.
CALM = Facts(
    wanted=THREE, is_at_rest=False, has_room=True, told=THREE, is_charging=True
)
TO_ONE = replace(CALM, wanted=SINGLE)
RESTING = replace(TO_ONE, is_at_rest=True, is_charging=False)
TOLD_ONE = replace(RESTING, told=SINGLE)
ON_L1 = replace(TO_ONE, told=SINGLE, live=(Phase.L1,))

type Story = list[tuple[float, Facts, Stage, int]]


def play(switch: Switch, story: Story) -> Switch:
    """Play a story of (seconds, what is so, the stage that follows, the phases it is counted on)."""
    now = T0
    for seconds, facts, stage, counted in story:
        now += timedelta(seconds=seconds)
        switch = switch.after(facts, now)
        assert switch.stage is stage, (seconds, facts)
        assert (SINGLE if switch.is_single else THREE) == counted, (seconds, facts)
    return switch


TO_SINGLE: Story = [
    (0, CALM, Stage.STEADY, THREE),
    (1, TO_ONE, Stage.PAUSING, THREE),
    (2, TO_ONE, Stage.PAUSING, THREE),
    (5, RESTING, Stage.SWITCHING, THREE),
    (1, TOLD_ONE, Stage.SWITCHING, THREE),
    (SETTLE_S, TOLD_ONE, Stage.PROVING, SINGLE),
    # Nobody draws: nothing is proven.
    (600, TOLD_ONE, Stage.PROVING, SINGLE),
    (5, ON_L1, Stage.STEADY, SINGLE),
]


def test_from_three_phases_to_one() -> None:
    switch = play(Switch(), TO_SINGLE)
    assert (switch.phases, switch.told, switch.own) == (SINGLE, SINGLE, Phase.L1)


def test_from_one_phase_to_three_waits_for_room_on_the_others() -> None:
    back = replace(ON_L1, wanted=THREE)
    resting = replace(back, is_at_rest=True, is_charging=False, live=())
    play(
        Switch(SINGLE),
        [
            (0, back, Stage.PAUSING, THREE),
            (5, replace(resting, has_room=False), Stage.PAUSING, THREE),
            (5, resting, Stage.SWITCHING, THREE),
            (SETTLE_S, resting, Stage.SWITCHING, THREE),
            (1, replace(resting, told=THREE), Stage.STEADY, THREE),
        ],
    )


@pytest.mark.parametrize(
    ("switch", "story", "failures"),
    [
        # The owner thinks better of it.
        (Switch(), [(0, TO_ONE, Stage.PAUSING, THREE), (5, CALM, Stage.STEADY, THREE)], 0),
        # The vehicle does not stop: it is left alone, for the time of a dwell.
        (Switch(), [
            (0, TO_ONE, Stage.PAUSING, THREE),
            (PATIENCE_S + 1, TO_ONE, Stage.STEADY, THREE),
            (1, TO_ONE, Stage.STEADY, THREE),
            (DWELL_S, TO_ONE, Stage.PAUSING, THREE),
        ], 0),
        # The station does not confirm.
        (Switch(), [
            (0, TO_ONE, Stage.PAUSING, THREE),
            (5, RESTING, Stage.SWITCHING, THREE),
            (PATIENCE_S + 1, RESTING, Stage.STEADY, THREE),
        ], 1),
        # It confirms and goes on with three.
        (Switch(), [*TO_SINGLE[:6], (5, replace(ON_L1, live=ALL_PHASES), Stage.STEADY, THREE)], 1),
        # It forgets later what it was told.
        (Switch(SINGLE), [(0, replace(ON_L1, live=ALL_PHASES), Stage.STEADY, THREE)], 1),
        (Switch(SINGLE), [(0, replace(ON_L1, told=None), Stage.STEADY, THREE)], 1),
    ],
)  # fmt: skip  # a table
def test_what_goes_wrong_counts_on_all_phases(
    switch: Switch, story: Story, failures: int
) -> None:
    after = play(switch, story)
    assert (after.failures, after.told) == (failures, THREE)


def test_twice_in_vain_is_enough() -> None:
    switch = Switch(SINGLE)
    for _ in range(2):
        switch = replace(switch, phases=SINGLE).after(replace(ON_L1, told=None), T0)
    assert switch.is_hopeless


def test_no_change_within_five_minutes_of_another() -> None:
    switch = play(Switch(), TO_SINGLE)
    switched_at = switch.switched_at
    assert switched_at is not None
    back = replace(ON_L1, wanted=THREE)
    early = switched_at + timedelta(seconds=DWELL_S - 1)
    assert switch.after(back, early).stage is Stage.STEADY
    assert switch.wait_s(THREE, early) == 1.0
    assert switch.after(back, early + timedelta(seconds=1)).stage is Stage.PAUSING


def test_another_phase_than_the_first_is_noticed() -> None:
    on_l3 = replace(ON_L1, live=(Phase.L3,))
    assert Switch(SINGLE).after(on_l3, T0).own is Phase.L3


FACTS = st.builds(
    Facts,
    wanted=st.sampled_from([SINGLE, THREE]),
    is_at_rest=st.booleans(),
    has_room=st.booleans(),
    told=st.sampled_from([None, SINGLE, THREE]),
    is_charging=st.booleans(),
    live=st.sampled_from([(), (Phase.L1,), (Phase.L2,), ALL_PHASES]),
)


@given(st.lists(st.tuples(st.sampled_from([0.5, 5, 11, 130, 400]), FACTS), max_size=40))
def test_whatever_happens(story: list[tuple[float, Facts]]) -> None:
    """It counts on one phase only while all its limits say so; it is told another number only at rest; it dwells."""
    switch, now, told_at = Switch(), T0, None
    for seconds, facts in story:
        now += timedelta(seconds=seconds)
        before, switch = switch, switch.after(facts, now)
        if switch.is_single:
            assert facts.told == SINGLE
            assert len(facts.live) <= 1 or not before.is_single
        if switch.stage is Stage.SWITCHING and before.stage is not Stage.SWITCHING:
            assert before.stage is Stage.PAUSING
            assert facts.is_at_rest
            assert facts.has_room
            if told_at is not None:
                assert (now - told_at).total_seconds() >= DWELL_S
            told_at = now
