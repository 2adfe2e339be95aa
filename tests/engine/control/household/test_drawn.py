"""What our own stations draw: what is certain, what is still let go, and what may yet be taken."""

from cmath import exp, pi

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.control.drawn import Draw, Drawn, draw_of
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.kinds import evse_kind
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import Evse
from tests.engine.control.household.meter import at, even, later

NOTHING = PhaseCurrents()


def drawn(draw: Draw, second: float = 10) -> Drawn:
    return Drawn([draw], at(second))


def test_what_was_said_just_now_is_certain() -> None:
    found = drawn(Draw(even(10), at(5), even(16), even(16)))
    assert (found.certain, found.settling, found.seen) == (even(10), NOTHING, even(10))
    # Until it speaks again it may have begun to take what it is allowed.
    assert found.rising(at(7)) == (6, 6, 6)
    assert found.rising(at(4)) == (0, 0, 0)


def test_what_was_said_long_ago_is_not() -> None:
    found = drawn(Draw(even(10), at(5), even(16), even(16)), 81)
    assert (found.certain, found.seen) == (NOTHING, None)


def test_silent_station_that_fed_back_may_still_do_so() -> None:
    found = drawn(Draw(even(-10), at(5), NOTHING, NOTHING), 81)
    assert found.certain == even(-10)


def test_station_that_never_spoke_may_draw_all_that_it_may() -> None:
    found = drawn(Draw(most=even(16)))
    assert found.certain == NOTHING
    assert found.rising(at(0)) == (16, 16, 16)
    assert found.seen is None


def test_station_at_rest_is_seen_to_draw_nothing_though_it_measures_nothing() -> None:
    """What the others do shows whether the meter has frozen, also where one place is empty."""
    resting, charging = Draw(most=even(16), is_idle=True), Draw(even(10), at(5))
    assert Drawn([resting, charging], at(10)).seen == even(10)
    # It may begin at any time.
    assert drawn(resting).rising(at(0)) == (16, 16, 16)


def test_lowered_vehicle_is_certain_of_what_it_was_left() -> None:
    draw = Draw(even(16), at(5), even(6), even(16), at(16))
    found = drawn(draw)
    assert (found.certain, found.settling) == (even(6), even(10))
    # The meter may be late.
    assert drawn(draw, 20).settling == even(10)
    found = drawn(Draw(even(16), at(5), even(6), even(6)), 21)
    assert (found.certain, found.settling) == (even(6), NOTHING)


def test_station_that_does_not_obey_is_subtracted_as_it_draws() -> None:
    assert drawn(Draw(even(16), at(5), even(6), even(16))).certain == even(16)


SITE = SiteConfig(
    "Home",
    Current(100.0),
    stations={
        "wye": StationConfig("wye", "Wye", (Phase.L2, Phase.L3, Phase.L1)),
        "delta": StationConfig(
            "delta", "Delta", (Phase.L1, Phase.L2), between_lines=True
        ),
    },
)


def draw_at(identity: str, amperes: dict[Phase, float], most_a: float) -> Draw:
    key = EvseKey(identity, 1)
    evse = Evse(key, reading=Reading(current_a=amperes), metered_at=at(0))
    return draw_of(
        SITE,
        SITE.stations[identity],
        evse,
        evse_kind(SITE, Capabilities(), key),
        allowed_a=most_a,
        most_a=most_a,
        settling_until=None,
    )


def test_lines_are_those_of_the_grid() -> None:
    draw = draw_at("wye", {Phase.L1: 10.0}, 16.0)
    assert draw.drawn == PhaseCurrents(0, 10, 0)
    assert draw.most == even(16)


@given(st.floats(0, 60), st.floats(0, 32), st.floats(0, 32))
def test_load_between_lines_never_hides_what_else_is_there(
    house_a: float, ahead_a: float, behind_a: float
) -> None:
    ahead, behind = (
        draw_at("delta", {Phase.L1: a, Phase.L2: a}, 32.0).drawn.l1
        for a in (ahead_a, behind_a)
    )
    # On one line: one vehicle to the line before, one to the line after it.
    meter_a = abs(house_a + ahead_a * exp(1j * pi / 6) + behind_a * exp(-1j * pi / 6))
    assert meter_a - ahead - behind >= house_a - 1e-6
    assert ahead == pytest.approx(ahead_a * 0.8660254)


def test_moment_is_what_is_told() -> None:
    draw = Draw(even(1), at(0))
    assert Drawn([draw], at(75)).seen == even(1)
    assert Drawn([draw], at(75) + later(0.001)).seen is None
