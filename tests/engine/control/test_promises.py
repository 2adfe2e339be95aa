"""Promises 1 to 6, under random houses, stations that misbehave, lost answers, restarts, crashes and wrong clocks."""

from hypothesis import HealthCheck, given, settings

from custom_components.evenload.engine.model.configuration import SiteConfig
from tests.engine.control.happenings import Step
from tests.engine.control.held import Nature
from tests.engine.control.metered import Habits, Moment
from tests.engine.control.promises import (
    avoidable,
    exceeded,
    impossible,
    premature,
    unmetered,
)
from tests.engine.control.random_circuits import DEEP_HOUSES, metered_houses
from tests.engine.control.random_houses import (
    BUSY_HOUSES,
    HOUSES,
    LIVELY_HOUSES,
    ROUGH_HOUSES,
)


# The long form: scripts/bench promises.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**HOUSES)
def test_the_sum_never_exceeds_a_limit(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """Once every station has taken its first limit, no phase of any node ever carries more than its limit."""
    assert exceeded(site, kinds, story) == []


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**LIVELY_HOUSES)
def test_the_sum_never_exceeds_a_limit_whatever_form_it_takes(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """The same, with stations that take few forms of limits, watts among them, and vehicles that come and go."""
    assert exceeded(site, kinds, story) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**BUSY_HOUSES)
def test_the_sum_never_exceeds_a_limit_however_it_is_shared(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """The same under every strategy, in circuits within circuits; and then nobody is there any more, for good."""
    assert exceeded(site, kinds, story, abandoned=True) == []


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**ROUGH_HOUSES)
def test_whoever_can_be_told_makes_room(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """Whatever happens, ten minutes later no limit is exceeded that somebody could have kept by drawing less."""
    assert avoidable(site, kinds, story) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**DEEP_HOUSES)
def test_the_sum_never_exceeds_a_limit_in_any_circuit(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """The same four circuits deep, on every kind of grid, in watts too, with clocks that are wrong and wishes that change."""
    assert exceeded(site, kinds, story, abandoned=True) == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**DEEP_HOUSES)
def test_nobody_is_raised_before_others_have_let_go(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """What raises leaves when what is drawn, and is on its way, leaves room for all of it (promise 2)."""
    assert premature(site, kinds, story) == []


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**DEEP_HOUSES)
def test_nothing_between_zero_and_the_least_is_ever_ordered(
    site: SiteConfig, kinds: list[Nature], story: list[Step]
) -> None:
    """A vehicle charges with its least or more, or pauses (promise 3)."""
    assert impossible(site, kinds, story) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(house=metered_houses())
def test_a_meter_is_followed(
    house: tuple[SiteConfig, list[Nature], list[Moment], Habits],
) -> None:
    """Down at once, up patiently, and not at all while the meter is silent (promises 5 and 6)."""
    assert unmetered(*house) == []
