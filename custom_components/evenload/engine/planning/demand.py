"""A price for the highest power: in which pieces it is measured, what it costs, and what a highest power leaves for vehicles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ..model.planning import DemandTariff
from .abilities import Ability
from .expected import Expected
from .problem import Problem
from .programme import Programme


def add_demand(
    programme: Programme,
    problem: Problem,
    inward: Mapping[int, int],
    tariff: DemandTariff,
    ahead: Expected,
) -> int:
    """Add the price of the highest mean power, above what the billing period has come to; returns its column."""
    reached = reached_kw(tariff)
    peak = programme.column(low=reached, cost=max(0.0, tariff.price) / ahead.usual)
    for quarters in pieces(problem, inward, tariff, ahead):
        hours = sum(ahead.hours[quarter] for quarter in quarters)
        programme.row(
            f"the highest power counts from quarter {quarters[0]} on",
            [
                (peak, 1.0),
                *(
                    (inward[quarter], -ahead.hours[quarter] / hours)
                    for quarter in quarters
                ),
            ],
            low=0.0,
        )
    return peak


def reached_kw(tariff: DemandTariff) -> float:
    """Return the highest power that costs no more than what is paid anyway."""
    return max(tariff.reached_w, tariff.from_w, 0.0) / 1000


def pieces(
    problem: Problem,
    quarters: Mapping[int, int] | range,
    tariff: DemandTariff,
    ahead: Expected,
) -> list[list[int]]:
    """Return the quarters that are measured together, where the tariff counts."""
    found: dict[tuple[timedelta | None, int], list[int]] = {}
    for quarter in quarters:
        local = ahead.moment(quarter).astimezone(problem.zone)
        if tariff.hours and local.hour not in tariff.hours:
            continue
        if tariff.weekdays and local.weekday() not in tariff.weekdays:
            continue
        found.setdefault(_piece(local, tariff.minutes), []).append(quarter)
    return list(found.values())


def under(
    vehicles: Sequence[Ability],
    problem: Problem,
    ahead: Expected,
    tariff: DemandTariff,
    peak_kw: float,
) -> list[Ability]:
    """Return what vehicles that only charge may still do where the highest power is to be no more than this.

    Who cannot charge with its least beside the house does not charge then.
    """
    room: dict[int, float] = {}
    for quarters in pieces(problem, ahead.quarters, tariff, ahead):
        hours = sum(ahead.hours[quarter] for quarter in quarters)
        bought = {
            quarter: max(0.0, ahead.base_kw(quarter)) * ahead.hours[quarter]
            for quarter in quarters
        }
        left = peak_kw * hours - sum(bought.values())
        for quarter in quarters:
            free = (left + bought[quarter]) / ahead.hours[quarter]
            room[quarter] = max(0.0, free - ahead.base_kw(quarter))
    return [_with_no_more(vehicle, room, ahead) for vehicle in vehicles]


def _with_no_more(
    vehicle: Ability, room: Mapping[int, float], ahead: Expected
) -> Ability:
    most_kw = list(vehicle.most_kw)
    for quarter, kw in room.items():
        if most_kw[quarter] <= 0 or vehicle.hours[quarter] <= 0:
            continue
        # Who is there for a part of the quarter only may draw more in it.
        kw *= ahead.hours[quarter] / vehicle.hours[quarter]
        most_kw[quarter] = min(most_kw[quarter], kw) if kw >= vehicle.least_kw else 0.0
    return replace(vehicle, most_kw=tuple(most_kw))


def _piece(local: datetime, minutes: int) -> tuple[timedelta | None, int]:
    """Return which of a day's measured pieces a moment is in; what the change of clocks repeats is another one."""
    return local.utcoffset(), (
        local.toordinal() * 24 * 60 + local.hour * 60 + local.minute
    ) // max(minutes, 15)
