"""What flows in the circuits of a house, by arithmetic of its own: phasors of one voltage star, and watts."""

from cmath import rect
from collections.abc import Iterable, Mapping
from math import pi, sqrt

from custom_components.evenload.engine.model.configuration import SiteConfig
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import Phase

# What a tenth of an ampere per station of rounding may add up to.
TOLERANCE_A = 0.01
TOLERANCE_W = 10.0

_THREE = {
    Phase.L1: 1 + 0j,
    Phase.L2: rect(1, -2 * pi / 3),
    Phase.L3: rect(1, 2 * pi / 3),
}
_LEGS = {Phase.L1: 1 + 0j, Phase.L2: -1 + 0j}

type Draws = Mapping[str, float]
type Used = Mapping[str, int]


def star(site: SiteConfig) -> dict[Phase, complex]:
    """Return the voltage of each line to neutral, as a multiple of one."""
    return _LEGS if site.split_phase else _THREE


def used_lines(site: SiteConfig, name: str, phases: int) -> tuple[Phase, ...]:
    """Return the lines that a station's vehicles use which use so many phases."""
    station = site.stations[name]
    return station.wiring if station.between_lines else station.wiring[:phases]


def line_currents(
    site: SiteConfig, members: Iterable[str], draws: Draws, used: Used
) -> dict[Phase, complex]:
    """Return the current on each line, as a phasor: what goes in between two lines by one comes back by the other."""
    voltages = star(site)
    sums = dict.fromkeys(voltages, 0j)
    for name in members:
        if name not in site.stations:
            continue
        station = site.stations[name]
        lines = used_lines(site, name, used[name])
        if station.between_lines:
            one, other = station.wiring[:2]
            across = voltages[one] - voltages[other]
            current = draws[name] * across / abs(across)
            sums[one] += current
            sums[other] -= current
            continue
        for line in lines:
            sums[line] += draws[name] * voltages[line]
    return sums


def watts(site: SiteConfig, members: Iterable[str], draws: Draws, used: Used) -> float:
    """Return the power of these stations."""
    across = 2.0 if site.split_phase else sqrt(3)
    return sum(
        draws[name]
        * site.voltage_v
        * (
            across
            if site.stations[name].between_lines
            else len(used_lines(site, name, used[name]))
        )
        for name in members
        if name in site.stations
    )


def nodes(site: SiteConfig) -> list[tuple[str, Current | Power, tuple[str, ...]]]:
    """Return every limit, with its name and the stations behind it."""
    return [
        ("main fuse", site.main_fuse, tuple(site.stations)),
        *(
            (group.name, group.limit, site.stations_below(group.id))
            for group in site.groups.values()
        ),
    ]


def excesses_of(
    site: SiteConfig, draws: Draws, used: Used, tolerance_a: float = TOLERANCE_A
) -> list[tuple[str, Phase | None, tuple[str, ...]]]:
    """Return where a limit is exceeded: in words, on which line, and whose stations are behind it."""
    found: list[tuple[str, Phase | None, tuple[str, ...]]] = []
    for name, limit, members in nodes(site):
        if isinstance(limit, Power):
            drawn_w = watts(site, members, draws, used)
            if drawn_w > limit.w + tolerance_a / TOLERANCE_A * TOLERANCE_W:
                found.append(
                    (f"{name}: {drawn_w:.0f} W of {limit.w:.0f} W", None, members)
                )
            continue
        for line, current in line_currents(site, members, draws, used).items():
            if abs(current) > limit.a + tolerance_a:
                words = f"{name} {line}: {abs(current):.2f} A of {limit.a:g} A"
                found.append((words, line, members))
    return found
