"""Enforcers that are broken on purpose: each property finds a house in which it is seen, or it would find nothing else either."""

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings, strategies as st
import pytest

from custom_components.evenload.engine.control import fitting, holdings, wish
from custom_components.evenload.engine.control.background import Background
from custom_components.evenload.engine.control.commitments import Commitments
from custom_components.evenload.engine.control.enforcer import Enforcer
from custom_components.evenload.engine.control.fitting import Fitting
from custom_components.evenload.engine.control.freshness import Freshness
from custom_components.evenload.engine.model.household import MeterState
from tests.engine.control.held import Nature
from tests.engine.control.promises import exceeded, impossible, premature, unmetered
from tests.engine.control.random_circuits import DEEP_HOUSES, metered_houses

# In so many houses, always the same ones, each of these faults is seen.
HOUSES = 100

# In few of them is a meter silent for long enough to be lost.
MANY_HOUSES = 300

type Break = Callable[[pytest.MonkeyPatch], None]


class Noticed(Exception):
    """A property has found that a promise is broken."""


def notices(
    lives: Callable[..., list[str]], *, most: int = HOUSES, **houses: Any
) -> list[str]:
    """Return what a property finds first; nothing is made smaller, and nothing kept."""

    def look(**house: Any) -> None:
        if broken := lives(**house):
            raise Noticed(broken[0])

    promise = settings(
        max_examples=most,
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=[*HealthCheck],
    )(given(**houses)(look))
    try:
        promise()
    except Noticed as found:
        return [str(found)]
    return []


def counts_a_silent_station_at_its_reading(patch: pytest.MonkeyPatch) -> None:
    right = Commitments.station_a

    def station_a(self: Commitments, identity: str, **how: Any) -> float:
        station = self._stations()[identity]
        if station.connected or station.last_seen is None:
            return right(self, identity, **how)
        return sum(self.drawn_a(evse) for evse in station.evses.values())

    patch.setattr(Commitments, "station_a", station_a)


def raises_without_room(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Fitting, "_room_a", lambda *_: 100.0)


def gives_vehicles_no_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(holdings, "SETTLING_S", 0.0)


def forgets_what_is_on_its_way(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(holdings.Holding, "sending", lambda self, *_: self)


def orders_three_amperes(patch: pytest.MonkeyPatch) -> None:
    right = Fitting.order_for

    def order_for(self: Fitting, identity: str, one: wish.Wish) -> Any:
        order = right(self, identity, one)
        if order is None or order.current.a > 0:
            return order
        return fitting.replace(order, current=fitting.Current(3.0))

    patch.setattr(Fitting, "order_for", order_for)


def leases_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wish.Leases, "lasts_s", lambda *_, lowers: 10**7)


def lets_all_leases_end_together(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(wish, "OUTLASTS_S", 0)
    patch.setattr(wish, "CLOCKS_DIFFER_S", 0)
    patch.setattr(fitting, "CLOCKS_DIFFER_S", 0)


def lowers_in_a_while(patch: pytest.MonkeyPatch) -> None:
    right = Enforcer.wake

    def wake(self: Enforcer, identity: str) -> None:
        writer = self._writers.get(identity)
        if writer is not None:
            writer[1].get_loop().call_later(1.0, right, self, identity)

    patch.setattr(Enforcer, "wake", wake)


def raises_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Background, "patient_a", lambda self, _: self.present_a)


def believes_a_meter_for_ever(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Freshness, "state", lambda *_: MeterState.FRESH)


@pytest.mark.parametrize(
    "break_it",
    [
        counts_a_silent_station_at_its_reading,
        raises_without_room,
        leases_for_ever,
        lets_all_leases_end_together,
    ],
)
def test_a_sum_that_exceeds_is_noticed(
    break_it: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promises 1 and 4."""
    break_it(monkeypatch)
    assert notices(lambda **house: exceeded(**house, abandoned=True), **DEEP_HOUSES)


@pytest.mark.parametrize(
    "break_it",
    [raises_without_room, gives_vehicles_no_time, forgets_what_is_on_its_way],
)
def test_a_raise_that_comes_too_early_is_noticed(
    break_it: Break, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promise 2; where stations answer late or never, more is on its way."""
    break_it(monkeypatch)
    late = st.builds(Nature, answer_s=st.just(1.5), loses_answers=st.just(0.5))
    kinds = st.lists(late, min_size=5, max_size=5)
    assert notices(premature, most=MANY_HOUSES, **(DEEP_HOUSES | {"kinds": kinds}))


def test_a_limit_that_no_vehicle_charges_with_is_noticed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Promise 3."""
    orders_three_amperes(monkeypatch)
    assert notices(impossible, **DEEP_HOUSES)


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lowers_in_a_while, ("late",)),
        (raises_at_once, ("hasty",)),
        (believes_a_meter_for_ever, ("stale", "lost")),
    ],
)
def test_a_meter_that_is_not_followed_is_noticed(
    break_it: Break, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Promises 5 and 6."""
    break_it(monkeypatch)
    [found] = notices(
        lambda house: unmetered(*house), most=MANY_HOUSES, house=metered_houses()
    )
    assert any(one in found for one in words)


def test_nothing_is_noticed_where_nothing_is_broken() -> None:
    """The same houses keep their promises."""
    assert notices(premature, **DEEP_HOUSES) == []
