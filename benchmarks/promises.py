"""Many more random houses than the tests have time for: is any promise ever broken?

usage: scripts/bench promises [HOUSES]     how many houses to live through (default 1000)
"""

from collections.abc import Callable, Mapping
import sys
from time import perf_counter
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from benchmarks.figures import figure
from tests.engine.control import promises
from tests.engine.control.random_circuits import DEEP_HOUSES, metered_houses
from tests.engine.control.random_houses import (
    BUSY_HOUSES,
    HOUSES,
    LIVELY_HOUSES,
    ROUGH_HOUSES,
)

type Lives = Callable[..., list[str]]


def abandoned(**house: Any) -> list[str]:
    """Live through a story at whose end Home Assistant dies for good."""
    return promises.exceeded(**house, abandoned=True)


def metered(house: tuple[Any, ...]) -> list[str]:
    """Live through a story in a house with a meter."""
    return promises.unmetered(*house)


PROMISES: dict[str, tuple[Lives, Mapping[str, SearchStrategy[Any]]]] = {
    "sum": (promises.exceeded, HOUSES),
    "sum_in_any_form": (promises.exceeded, LIVELY_HOUSES),
    "sum_under_any_strategy": (abandoned, BUSY_HOUSES),
    "sum_in_any_circuit": (abandoned, DEEP_HOUSES),
    "room_is_made": (promises.avoidable, ROUGH_HOUSES),
    "decreases_first": (promises.premature, DEEP_HOUSES),
    "least": (promises.impossible, DEEP_HOUSES),
    "meter": (metered, {"house": metered_houses()}),
}


def live_through(houses: int) -> None:
    """Live through random houses and print which promises were broken; a house that broke one is printed with its story."""
    broken = 0
    print(f"{'promise':<24}{'houses':>10}{'seconds':>10}{'broken':>10}")
    for name, (lives, kinds) in PROMISES.items():
        began = perf_counter()
        found = _breaks(lives, kinds, houses // len(PROMISES))
        broken += found
        print(
            f"{name:<24}{houses // len(PROMISES):>10}{perf_counter() - began:>10.0f}{found:>10}"
        )
    print(figure("promises_broken", broken, "promises", 0))


def _breaks(
    lives: Lives, kinds: Mapping[str, SearchStrategy[Any]], houses: int
) -> bool:
    def promise(**house: Any) -> None:
        assert lives(**house) == []

    try:
        settings(
            max_examples=houses,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        )(given(**kinds)(promise))()
    except AssertionError as story:
        print(*getattr(story, "__notes__", []), sep="\n")
        return True
    return False


if __name__ == "__main__":
    live_through(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
