"""Every file of this folder is a scenario: what a house expects of the next hours, and when each car then charges."""

from datetime import datetime
from pathlib import Path

import pytest

from custom_components.evenload.engine.model.planning import QUARTER, Plan, VehiclePlan
from custom_components.evenload.engine.planning.solving import solve
from tests.engine.planning.checks import HOUR, broken
from tests.engine.scenarios.planning.story import FOLDER, Calendar, Story, read
from tests.engine.scenarios.words import amount

FILES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    """The plan shows what is expected, and breaks nothing."""
    story = read(path)
    plan = solve(story.problem, 30.0)
    assert broken(story.problem, plan) == [], story.title
    assert unmet(story, plan) == [], story.title


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_without_a_solver_nothing_is_broken_either(path: Path) -> None:
    """The plan by simple rules keeps all limits too."""
    story = read(path)
    plan = solve(story.problem, 0.0)
    assert plan.kind == "greedy"
    assert broken(story.problem, plan) == [], story.title


def test_titles_say_one_thing_each() -> None:
    """No two scenarios have one title."""
    titles = [read(path).title for path in FILES]
    assert len(titles) == len(set(titles)) >= 25


def unmet(story: Story, plan: Plan) -> list[str]:
    """Return what is expected and not so, each with what is."""
    found = []
    keys = {key.identity: key for key in plan.vehicles}
    for name, wanted in story.expect.items():
        if name in keys:
            got = shown(story.calendar, plan, plan.vehicles[keys[name]])
            found += [
                f"{name} {what}: {got[what.removesuffix(' at most')]}, not {value}"
                for what, value in wanted.items()
                if not same(got[what.removesuffix(" at most")], value, what)
            ]
        elif name == "grid at most":
            most = max(plan.grid_w)
            if most > amount(wanted, "W") + 1:
                found.append(f"grid {most} W")
        elif name == "without":
            if list(plan.without) != wanted:
                found.append(f"without {plan.without}")
        elif name == "cost":
            if plan.cost is None or abs(plan.cost - wanted) > 0.006:
                found.append(f"cost {plan.cost}, not {wanted}")
        else:
            raise KeyError(name)
    return found


def shown(calendar: Calendar, plan: Plan, vehicle: VehiclePlan) -> dict[str, object]:
    """Return what may be expected of a car, as it is written."""
    start = vehicle.next_start
    given_w = sum(-power for power in vehicle.power_w if power < 0)
    times = spans(calendar, plan, [power > 0 for power in vehicle.power_w])
    return {
        "pieces": len(times.split(", ")),
        "given": f"{given_w * (QUARTER / HOUR) / 1000:.2f} kWh",
        "charges": times,
        "gives": spans(calendar, plan, [power < 0 for power in vehicle.power_w]),
        "at": {
            calendar.words(plan.start + place * QUARTER): f"{power / 1000:.2f} kW"
            for place, power in enumerate(vehicle.power_w)
        },
        "energy": f"{vehicle.energy_wh / 1000:.2f} kWh",
        "missing": f"{vehicle.shortfall_wh / 1000:.2f} kWh",
        "cost": None if vehicle.cost is None else f"{vehicle.cost:.2f}",
        "starts": None if start is None else calendar.words(start),
        "full": None if vehicle.full_at is None else calendar.words(vehicle.full_at),
    }


def spans(calendar: Calendar, plan: Plan, flows: list[bool]) -> str:
    """Return when something flows, as in `22:00 to +00:30, +02:00 to +03:00`."""
    edges: list[datetime] = []
    for place, (before, now) in enumerate(
        zip([False, *flows], [*flows, False], strict=True)
    ):
        if before is not now:
            edges.append(plan.start + place * QUARTER)
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return ", ".join(
        f"{calendar.words(begins)} to {calendar.words(ends)}" for begins, ends in pairs
    )


def same(got: object, wanted: object, what: str) -> bool:
    """Whether it is as expected: of powers at several times, those that are named."""
    if what.endswith("at most"):
        return amount(str(got), "Wh") <= amount(str(wanted), "Wh")
    if isinstance(wanted, dict) and isinstance(got, dict):
        return all(got.get(at) == value for at, value in wanted.items())
    if wanted == "never":
        return got == ""
    return str(got) == str(wanted) or (wanted is None and got is None)
