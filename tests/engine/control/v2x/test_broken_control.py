"""A control that is broken on purpose is noticed by the watch of `lives`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from custom_components.evenload.engine.control.v2x import (
    fleet_view,
    handing,
    permission,
    wishing,
)
from custom_components.evenload.engine.control.v2x.dividing import Bound
from custom_components.evenload.engine.control.v2x.following import HouseLoad
from custom_components.evenload.engine.control.v2x.handing import Handed
from custom_components.evenload.engine.control.v2x.vehicle import Vehicle
from custom_components.evenload.engine.control.v2x.writer import Writer
from custom_components.evenload.engine.model.v2x_ability import OperationMode
from tests.engine.control.v2x.asked import Order
from tests.engine.control.v2x.bidirectional import Temper
from tests.engine.control.v2x.handed_lives import OWN_W, Turn, handed
from tests.engine.control.v2x.lives import Moment, lived
from tests.engine.control.v2x.v2g_house import V2G, Pace
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
    # The meter has shown before which way energy flows.
    (ends_nothing, [Moment("nothing", 0, 100.0, 3), *FALLS], 70.0),
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


def hears_of_no_cap(patch: pytest.MonkeyPatch) -> None:
    """What is allowed from outside changes nothing."""
    cap = property(lambda self: self.site.export_cap_w)
    patch.setattr(fleet_view.FleetView, "export_cap_w", cap)


def keeps_what_the_form_says(patch: pytest.MonkeyPatch) -> None:
    """What the owner wants to keep meanwhile is not kept."""

    def is_low(soc_percent: float, _: float, *, was_low: bool) -> bool:
        return soc_percent < V2G.minimum_soc_percent

    patch.setattr(permission, "is_low", is_low)


def knows_no_circuit(patch: pytest.MonkeyPatch) -> None:
    """Nothing is too much for a fuse that it comes from behind."""
    patch.setattr(fleet_view, "circuit_bounds", lambda *_: list[Bound]())


# What is changed while it gives 4.6 kW (20 A of the group, as nobody knows on how many phases it is), and what the house draws.
CHANGES: list[tuple[Patch, str, Order, float]] = [
    (hears_of_no_cap, "cap from outside", Order(power_w=0.0), 3600.0),
    (keeps_what_the_form_says, "keeps more", Order(lasts_s=5), 9000.0),
    (knows_no_circuit, "limit of the group", Order(lasts_s=5), 9000.0),
]


async def changing(what: str, order: Order, load_w: float) -> list[str]:
    """Have one obedient vehicle give all that it may, and change something."""
    moments = [
        Moment("is dispatched", 0, 9000.0, 10, order=Order(-7000.0, 400)),
        Moment(what, 0, 9000.0, 10, order=order),
        Moment("nothing", 0, load_w, 45),
    ]
    tempers = [Temper(), Temper()]
    return await lived(1, moments, tempers, Pace(), 2000.0, 70.0, beside=False)


@pytest.mark.parametrize(("patch", "what", "order", "load_w"), CHANGES)
def test_a_change_that_is_not_heard_is_noticed(
    patch: Patch,
    what: str,
    order: Order,
    load_w: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run_virtually(changing(what, order, load_w)) == []
    patch(monkeypatch)
    assert run_virtually(changing(what, order, load_w)) != []


def leaves_what_is_not_there(vehicle: Vehicle, mode: OperationMode, _: Any) -> Handed:
    """Whoever decides may draw all that the vehicle can, though others have it."""
    return Handed(mode=mode, out_w=vehicle.most_out_w, in_w=vehicle.most_in_w)


async def left_alone() -> list[str]:
    """Live with a vehicle that is left to its station, and draws all that it can when another has come."""
    turns = [
        Turn("another comes", 0, 6000.0, 120, -2000.0),
        Turn("wants", 0, 6000.0, 30, OWN_W),
    ]
    house = await handed(
        turns,
        OperationMode.LOCAL_LOAD_BALANCING,
        count=1,
        tempers=[Temper()],
        pace=Pace(),
        cap_w=10_000.0,
        soc_percent=70.0,
        beside=False,
    )
    return house.broken


def test_too_much_left_to_others_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_virtually(left_alone()) == []
    monkeypatch.setattr(handing, "_unbounded", leaves_what_is_not_there)
    assert run_virtually(left_alone()) != []
