"""A control that is broken on purpose is noticed by the watch of `test_anything`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from custom_components.evenload.engine.control.v2x import (
    fleet_view,
    permission,
    wishing,
)
from custom_components.evenload.engine.control.v2x.dividing import Bound
from custom_components.evenload.engine.control.v2x.following import HouseLoad
from custom_components.evenload.engine.control.v2x.writer import Writer
from tests.engine.control.v2x.bidirectional import Temper
from tests.engine.control.v2x.test_anything import Moment, lived
from tests.engine.control.v2x.v2g_house import Pace
from tests.engine.virtual import run_virtually

STEADY = [Moment("nothing", 0, 6000.0, 60)]
FALLS = [*STEADY, Moment("nothing", 0, 100.0, 45)]
BLIND = [*STEADY, Moment("meter silent", 0, 6000.0, 8), Moment("nothing", 0, 0.0, 45)]

type Patch = Callable[[pytest.MonkeyPatch], None]


def knows_no_house(patch: pytest.MonkeyPatch) -> None:
    """All that the vehicle has goes out, whatever the house needs."""
    patch.setattr(wishing, "carried_w", lambda _: 7000.0)
    patch.setattr(fleet_view, "grid_bounds", lambda *_: list[Bound]())


def believes_a_silent_meter(patch: pytest.MonkeyPatch) -> None:
    """What was read once holds for ever."""

    def never(_self: HouseLoad, _now: datetime) -> bool:
        return False

    patch.setattr(HouseLoad, "is_late", never)


def empties_batteries(patch: pytest.MonkeyPatch) -> None:
    """Nothing is too little."""
    patch.setattr(permission, "STOPS_ABOVE_PERCENT", -10.0)


def ends_nothing(patch: pytest.MonkeyPatch) -> None:
    """What is told less is not told."""
    due = Writer._due

    def only_more(self: Writer, key: Any) -> Any:
        wanted, last = due(self, key), self._feeding.last(key)
        if wanted is None or last is None or last.order is None:
            return wanted
        return wanted if wanted.order.power_w <= last.order.power_w else None

    patch.setattr(Writer, "_due", only_more)


MUTANTS: list[tuple[Patch, list[Moment], float]] = [
    (knows_no_house, FALLS, 70.0),
    (believes_a_silent_meter, BLIND, 70.0),
    (empties_batteries, [*STEADY, *STEADY, *STEADY, *STEADY], 30.2),
    (ends_nothing, FALLS, 70.0),
]


async def living(moments: list[Moment], soc_percent: float) -> list[str]:
    """Live with one obedient vehicle."""
    tempers = [Temper(), Temper()]
    return await lived(1, moments, tempers, Pace(), 0.0, soc_percent, beside=False)


@pytest.mark.parametrize(("patch", "moments", "soc"), MUTANTS)
def test_it_is_noticed(
    patch: Patch, moments: list[Moment], soc: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_virtually(living(moments, soc)) == []
    patch(monkeypatch)
    assert run_virtually(living(moments, soc)) != []
