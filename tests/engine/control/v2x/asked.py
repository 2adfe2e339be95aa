"""What is asked of vehicles that feed back, and changed of what they may, while they do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import V2gMode
from tests.engine.control.v2x.watched import Watched

SOURCES = ("action", "openadr", "plan")
POWERS_W = (-7000.0, -3000.0, -500.0, 0.0, 2000.0, 7000.0)
LASTS_S = (5, 40, 400)

# The limit of a group, and what a vehicle keeps, for each time that an order lasts.
GROUPS_A = {5: 8.0, 40: 13.0, 400: 20.0}
KEPT_PERCENT = {5: 75.0, 40: 31.0, 400: None}


@dataclass(frozen=True)
class Order:
    """What is asked for, by whom, for how long, and what is to follow."""

    power_w: float = -3000.0
    lasts_s: int = 40
    source: str = "action"
    afterwards: V2gMode | None = None


def _dispatch(house: Watched, target: str, order: Order) -> None:
    until = house.now() + timedelta(seconds=order.lasts_s)
    house.fleet.v2x.dispatch(
        target, order.power_w, until, order.source, order.afterwards
    )


def _to_vehicle(house: Watched, name: str, order: Order) -> None:
    _dispatch(house, str(EvseKey(name, 1)), order)


def _to_group(house: Watched, _: str, order: Order) -> None:
    _dispatch(house, "g", order)


def _to_site(house: Watched, _: str, order: Order) -> None:
    _dispatch(house, "", order)


def _all_ends(house: Watched, _: str, __: Order) -> None:
    for target, source in [*house.fleet.v2x.orders.dispatches]:
        house.fleet.v2x.end_dispatch(target, source)
    house.fleet.v2x.orders.givings.clear()


def _give(house: Watched, name: str, order: Order) -> None:
    until = house.now() + timedelta(seconds=order.lasts_s)
    house.fleet.v2x.give(
        EvseKey(name, 1),
        until=until if order.source != "plan" else None,
        energy_wh=None if order.source == "action" else 30.0,
        power_w=-order.power_w if order.power_w < 0 else None,
    )


def _cap(house: Watched, _: str, order: Order) -> None:
    """A cap from outside, or none any more."""
    cap_w = -order.power_w if order.power_w <= 0 else None
    house.fleet.v2x.orders.export_cap_w = cap_w


def _form_cap(house: Watched, _: str, order: Order) -> None:
    cap_w = max(0.0, -order.power_w)
    house.change(replace(house.first_config, export_cap_w=cap_w))


def _group(house: Watched, _: str, order: Order) -> None:
    group = house.first_config.groups["g"]
    group = replace(group, limit=Current(GROUPS_A[order.lasts_s]))
    house.change(replace(house.first_config, groups={"g": group}))


def _keep(house: Watched, name: str, order: Order) -> None:
    house.set(name, minimum_soc_percent=KEPT_PERCENT[order.lasts_s])


def _most(house: Watched, name: str, order: Order) -> None:
    house.set(name, discharge_limit_w=max(0.0, -order.power_w))


# What may be asked and changed.
ASKED: dict[str, Callable[[Watched, str, Order], None]] = {
    "is dispatched": _to_vehicle,
    "group is dispatched": _to_group,
    "site is dispatched": _to_site,
    "all orders end": _all_ends,
    "gives until": _give,
    "cap from outside": _cap,
    "cap of the form": _form_cap,
    "limit of the group": _group,
    "keeps more": _keep,
    "gives less": _most,
}


async def ask(house: Watched, what: str, name: str, order: Order) -> None:
    """Ask for something, as the owner or a programme does, while Home Assistant is there; it is on the disk then."""
    if house.is_alive:
        ASKED[what](house, name, order)
        house.fleet.v2x.look()
        await house.save()
