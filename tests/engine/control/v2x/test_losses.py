"""What is lost between a battery and a meter does not take a vehicle below its minimum."""

from dataclasses import replace

import pytest

from custom_components.evenload.engine.model.events import Event, MetersSampled
from custom_components.evenload.engine.model.v2x import Hindrance
from tests.engine.control.v2x import bidirectional
from tests.engine.control.v2x.bidirectional import Bidirectional
from tests.engine.control.v2x.v2g_house import V2G, Pace, V2gHouse, site_of
from tests.engine.virtual import run_virtually

CAPACITY_WH = 40_000.0


def silence(house: V2gHouse) -> None:
    """Let the station tell of power alone: how full its vehicle was is known since it was plugged in."""
    hear = house.fleet.hear

    def heard(event: Event) -> None:
        if isinstance(event, MetersSampled):
            samples = tuple(one for one in event.samples if one.measurand != "SoC")
            event = replace(event, samples=samples)
        hear(event)

    house.fleet.hear = heard  # type: ignore[method-assign]  # a double of one method


async def lowest(soc_percent: float, pace: Pace, *, tells: bool) -> float:
    """Let a vehicle give until it is at its minimum, and return how low its battery came."""
    vehicle = Bidirectional("A", soc_percent=soc_percent, capacity_wh=CAPACITY_WH)
    v2g = replace(V2G, capacity_wh=CAPACITY_WH)
    house = V2gHouse(site_of(v2g=v2g), [vehicle], lambda _: 7500.0, pace)
    if not tells:
        silence(house)
    await house.begin()
    seen = set()
    for _ in range(20):
        await house.live(60)
        seen.add(house.state().hindrance)
    assert Hindrance.SOC_AT_MINIMUM in seen
    await house.die()
    return vehicle.lowest_percent


@pytest.mark.parametrize(
    ("soc", "pace", "tells"),
    [(37.0, Pace(), False), (34.0, Pace(reports=290), True)],
)
def test_the_minimum_holds(
    soc: float, pace: Pace, tells: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bidirectional, "EFFICIENCY", 0.85)
    low = run_virtually(lowest(soc, pace, tells=tells))
    assert V2G.minimum_soc_percent <= low < soc - 2
