"""Many more random houses than the tests have time for: is any promise ever broken?

usage: scripts/bench promises [--seed N] [HOUSES [PROMISE ...]]     how many houses to live through (default 1000), of which kinds (all)

The same seed makes the same houses, as long as the stories are the same; without one, another is used each time, and shown.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from random import randrange
from time import perf_counter
from typing import Any

from hypothesis import HealthCheck, given, seed, settings
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
from tests.engine.control.v2x.handed_lives import HANDED_LIVES, handed
from tests.engine.control.v2x.lives import LIVES, lived
from tests.engine.uplink.anything_above import (
    LIVES_ABOVE,
    METERED_LIVES_ABOVE,
    Life,
    MeteredLife,
)
from tests.engine.virtual import run_virtually

type Lives = Callable[..., list[str]]


def abandoned(**house: Any) -> list[str]:
    """Live through a story at whose end Home Assistant dies for good."""
    return promises.exceeded(**house, abandoned=True)


def metered(house: tuple[Any, ...]) -> list[str]:
    """Live through a story in a house with a meter."""
    return promises.unmetered(*house)


def feeding_back(**house: Any) -> list[str]:
    """Live through a story in a house whose vehicles feed back."""
    return run_virtually(lived(**house))


def left_to_others(**house: Any) -> list[str]:
    """The same where a station, or another controller, decides how much."""
    return run_virtually(handed(**house)).broken


def above(life: Life | MeteredLife) -> list[str]:
    """Live through a story in which those above say anything."""
    return run_virtually(life.broken())


PROMISES: dict[str, tuple[Lives, Mapping[str, SearchStrategy[Any]]]] = {
    "sum": (promises.exceeded, HOUSES),
    "sum_in_any_form": (promises.exceeded, LIVELY_HOUSES),
    "sum_under_any_strategy": (abandoned, BUSY_HOUSES),
    "sum_in_any_circuit": (abandoned, DEEP_HOUSES),
    "room_is_made": (promises.avoidable, ROUGH_HOUSES),
    "decreases_first": (promises.premature, DEEP_HOUSES),
    "least": (promises.impossible, DEEP_HOUSES),
    "meter": (metered, {"house": metered_houses()}),
    "feeding_back": (feeding_back, LIVES),
    "left_to_others": (left_to_others, HANDED_LIVES),
    "above": (above, {"life": LIVES_ABOVE}),
    "above_with_a_meter": (above, {"life": METERED_LIVES_ABOVE}),
}


def live_through(houses: int, names: Sequence[str], begins_at: int) -> None:
    """Live through random houses and print which promises were broken; a house that broke one is printed with its story."""
    broken = 0
    print(f"seed {begins_at}")
    print(f"{'promise':<24}{'houses':>10}{'seconds':>10}{'broken':>10}")
    each = houses // len(names)
    for name in names:
        lives, kinds = PROMISES[name]
        began = perf_counter()
        found = _breaks(lives, kinds, each, begins_at)
        broken += found
        took_s = perf_counter() - began
        print(f"{name:<24}{each:>10}{took_s:>10.0f}{found:>10}", flush=True)
    print(figure("promises_broken", broken, "promises", 0))


def _breaks(
    lives: Lives,
    kinds: Mapping[str, SearchStrategy[Any]],
    houses: int,
    begins_at: int,
) -> bool:
    def promise(**house: Any) -> None:
        assert lives(**house) == []

    try:
        how = settings(
            max_examples=houses,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        )
        how(seed(begins_at)(given(**kinds)(promise)))()
    except AssertionError as story:
        print(*getattr(story, "__notes__", []), sep="\n")
        return True
    return False


if __name__ == "__main__":
    words = argparse.ArgumentParser(usage=(__doc__ or "").partition("usage: ")[2])
    words.add_argument("--seed", type=int, default=randrange(1_000_000))
    words.add_argument("houses", type=int, nargs="?", default=1000)
    words.add_argument("promises", nargs="*", default=[*PROMISES])
    said = words.parse_args()
    if unknown := set(said.promises) - PROMISES.keys():
        words.error(
            f"no such promise: {', '.join(sorted(unknown))}; there are {', '.join(PROMISES)}"
        )
    live_through(said.houses, said.promises, said.seed)
