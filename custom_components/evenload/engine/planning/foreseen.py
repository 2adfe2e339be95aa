"""What vehicles will do that discharging has in hand: no plan decides it, and every plan reckons with it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf

from .expected import Expected
from .problem import InHand, Problem, Wish

_HOUR = timedelta(hours=1)


def foreseen(problem: Problem, ahead: Expected) -> list[tuple[float, ...]]:
    """Return the mean kW of each wish's vehicle in each quarter while it is in hand, below 0 out of it.

    Those that carry the house do so one after the other; nobody empties a battery below its minimum.
    """
    found = []
    base = [ahead.base_kw(quarter) for quarter in ahead.quarters]
    for wish in problem.wishes:
        powers = (
            [0.0] * len(base)
            if wish.in_hand is None
            else _powers(wish, wish.in_hand, problem, ahead, base)
        )
        base = [one + power for one, power in zip(base, powers, strict=True)]
        found.append(tuple(powers))
    return found


def with_foreseen(ahead: Expected, powers: Sequence[Sequence[float]]) -> Expected:
    """Return what is expected with what vehicles will do anyway."""
    sums = tuple(
        sum(of_one[quarter] for of_one in powers) for quarter in ahead.quarters
    )
    return replace(ahead, in_hand_kw=sums)


def after(wish: Wish, ahead: Expected, powers: Sequence[float]) -> Wish:
    """Return what a vehicle wants once it is in hand no more: what came out has to come in again."""
    added_wh = 1000 * sum(
        power * hours * _stores(wish, power)
        for power, hours in zip(powers, ahead.hours, strict=True)
    )
    if not added_wh:
        return wish
    stored_wh = None if wish.stored_wh is None else wish.stored_wh + added_wh
    room_wh = None if wish.room_wh is None else wish.room_wh - added_wh
    return replace(
        wish,
        stored_wh=stored_wh,
        room_wh=room_wh,
        # Of who has enough nobody knows how much more than that.
        needs_wh=max(0.0, wish.needs_wh - added_wh) if wish.needs_wh > 0 else 0.0,
    )


def _powers(
    wish: Wish,
    in_hand: InHand,
    problem: Problem,
    ahead: Expected,
    base: Sequence[float],
) -> list[float]:
    """Return what one vehicle will do, beside a base that others before it leave."""
    spare, room = _spare_kwh(wish), _room_kwh(wish)
    powers = []
    for quarter, hours in enumerate(ahead.hours):
        begins = max(ahead.moment(quarter), problem.now)
        there = _hours_until(wish.departs_at, begins, hours)
        ordered = 0.0
        if in_hand.until is not None:
            ordered = min(there, _hours_until(in_hand.until, begins, hours))
        house = -base[quarter] if in_hand.carries_house else 0.0
        kwh = 0.0
        for asked, lasts in (
            (_asked(wish, in_hand, base[quarter]), ordered),
            (house, there - ordered),
        ):
            power = _done(wish, asked)
            stores = _stores(wish, power)
            added = max(-spare, min(room, power * lasts * stores))
            spare, room = spare + added, room - added
            kwh += added / stores
        powers.append(kwh / hours)
    return powers


def _asked(wish: Wish, in_hand: InHand, base_kw: float) -> float:
    """Return what an order asks for, below 0 out: beyond what the house takes only where the grid may have it."""
    asked = in_hand.power_w / 1000
    return asked if asked >= 0 or wish.to_grid else max(asked, -max(0.0, base_kw))


def _done(wish: Wish, asked_kw: float) -> float:
    """Return what a vehicle makes of what it is asked for: less than its least, in either direction, is nothing."""
    least, most = wish.least_w / 1000, wish.most_w / 1000
    if asked_kw < 0:
        least, most = wish.least_discharge_w / 1000, wish.most_discharge_w / 1000
    power = min(abs(asked_kw), most)
    if power < least:
        return 0.0
    return power if asked_kw > 0 else -power


def _stores(wish: Wish, power: float) -> float:
    return wish.efficiency if power > 0 else 1 / wish.discharge_efficiency


def _hours_until(until: datetime | None, begins: datetime, hours: float) -> float:
    """Return how many hours of a quarter, or of what is left of it, lie before a moment."""
    if until is None:
        return hours
    return max(0.0, min(hours, (until - begins) / _HOUR))


def _spare_kwh(wish: Wish) -> float:
    """Return what may come out of a battery; where nobody knows what is in it, anything."""
    if wish.capacity_wh is None or wish.stored_wh is None:
        return inf
    least_wh = wish.minimum_soc_percent / 100 * wish.capacity_wh
    return max(0.0, wish.stored_wh - least_wh) / 1000


def _room_kwh(wish: Wish) -> float:
    if wish.capacity_wh is None or wish.stored_wh is None:
        return inf
    return max(0.0, wish.capacity_wh - wish.stored_wh) / 1000
