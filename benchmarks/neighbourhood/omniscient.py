"""A balancer that knows the house at every moment and is obeyed at once: what energy there was to be had.

It gives as many vehicles their least as fit, in the order in which they came, and raises them evenly until a line is full;
under first come, first serve it fills one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.neighbourhood.appliances import Lines
from benchmarks.neighbourhood.homes import Home
from benchmarks.neighbourhood.visits import (
    LEAST_A,
    TAPER_FROM_WH,
    TAPER_STEP_S,
    VOLTAGE_V,
    Visit,
)
from custom_components.evenload.engine.model.configuration import Strategy

_FULL_WH = 0.5
_SLIVER_A = 1e-6


@dataclass(slots=True)
class Guest:
    """A vehicle that is there."""

    visit: Visit
    lines: tuple[int, ...]
    missing_wh: float
    most_a: float
    current_a: float = 0.0

    def take(self, seconds: float) -> None:
        """Draw for so long."""
        watts = self.current_a * VOLTAGE_V * len(self.lines)
        self.missing_wh -= watts * seconds / 3600
        if self.missing_wh < _FULL_WH:
            self.missing_wh = 0.0

    def takes_a(self) -> float:
        """Return what it would take."""
        return min(self.most_a, self.visit.vehicle.most_a(self.missing_wh))

    def changes_in_s(self) -> float:
        """Return in how many seconds it takes something else."""
        if not self.current_a or not self.missing_wh:
            return 1e9
        watts = self.current_a * VOLTAGE_V * len(self.lines)
        taper_s = (self.missing_wh - TAPER_FROM_WH) / watts * 3600
        if taper_s > 0:
            return taper_s + 0.1
        return min(self.missing_wh / watts * 3600 + 0.1, TAPER_STEP_S)


def fill(guests: Sequence[Guest], room: list[float]) -> None:
    """Give everybody as much as fits."""
    rising: list[tuple[Guest, float]] = []
    for guest in guests:
        guest.current_a = 0.0
        takes_a = guest.takes_a()
        if takes_a and all(room[line] >= LEAST_A for line in guest.lines):
            guest.current_a = LEAST_A
            for line in guest.lines:
                room[line] -= LEAST_A
            rising.append((guest, takes_a))
    while rising:
        on = [0, 0, 0]
        for guest, _ in rising:
            for line in guest.lines:
                on[line] += 1
        step_a = min(takes_a - guest.current_a for guest, takes_a in rising)
        step_a = max(
            0.0,
            min([step_a, *(room[line] / on[line] for line in range(3) if on[line])]),
        )
        for guest, _ in rising:
            guest.current_a += step_a
        for line in range(3):
            room[line] -= on[line] * step_a
        rising = [
            (guest, takes_a)
            for guest, takes_a in rising
            if guest.current_a < takes_a - _SLIVER_A
            and all(room[line] > _SLIVER_A for line in guest.lines)
        ]


def usable_wh(
    home: Home,
    flows: Sequence[tuple[float, Lines]],
    coming: Sequence[Visit],
    seconds: float,
    target_a: float,
) -> list[float]:
    """Return the energy that each visit could have got, with no more than so much on each line."""
    limit_a = home.site.main_fuse.a
    names = [*home.site.stations]
    arrivals, flow_at = 0, 0
    present: list[Guest] = []
    got = [0.0] * len(coming)
    index_of = {id(visit): index for index, visit in enumerate(coming)}
    now_s, house = 0.0, flows[0][1]
    while now_s < seconds:
        moments = [seconds]
        moments += [one.visit.leaves_s for one in present]
        moments += [now_s + one.changes_in_s() for one in present]
        if flow_at + 1 < len(flows):
            moments.append(flows[flow_at + 1][0])
        if arrivals < len(coming):
            moments.append(coming[arrivals].arrives_s)
        next_s = min(moments)
        for guest in present:
            guest.take(next_s - now_s)
        now_s = next_s
        while flow_at + 1 < len(flows) and flows[flow_at + 1][0] <= now_s:
            flow_at += 1
            house = flows[flow_at][1]
        for guest in [one for one in present if one.visit.leaves_s <= now_s]:
            present.remove(guest)
            got[index_of[id(guest.visit)]] = guest.visit.needs_wh - guest.missing_wh
        while arrivals < len(coming) and coming[arrivals].arrives_s <= now_s:
            visit = coming[arrivals]
            lines = home.lines[names[visit.place]]
            used = lines[: visit.vehicle.phases]
            most_a = home.site.stations[names[visit.place]].maximum.a
            present.append(Guest(visit, used, visit.needs_wh, most_a))
            arrivals += 1
        # Who is full waits for nothing.
        wanting = [one for one in present if one.missing_wh]
        for guest in present:
            guest.current_a = 0.0
        room = [max(0.0, min(limit_a, target_a - line_a)) for line_a in house]
        if home.site.strategy is Strategy.FIRST_COME_FIRST_SERVE:
            for guest in wanting:
                fill([guest], room)
        else:
            fill(wanting, room)
    for guest in present:
        got[index_of[id(guest.visit)]] = guest.visit.needs_wh - guest.missing_wh
    return got
