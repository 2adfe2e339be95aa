"""Where the grid counts each phase by itself, a car on alternating current gives on each what is drawn there (2.1, errata V2X.06 to V2X.10).

The whole engine on one side, a station and a house on the other, a socket between them, and time as it passes.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.configuration import StationConfig
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.v2x import V2gConfig, V2gMode
from simulator import PerPhase
from simulator.phases import Phase as SimulatedPhase
from tests.end_to_end.test_v2g import KEY, Row, Story

# What may flow into the grid on a phase, and out of it, while the car carries it.
EXPORT_W, KEPT_W = -60.0, 150.0

# The station's first phase is the second of the house.
TURNED = (Phase.L2, Phase.L3, Phase.L1)


class Apart(Story):
    """A car on three phases that names what it can feed back on each."""

    def __init__(self, *, dynamic: bool, by_line: bool = True) -> None:
        """Build them; nothing runs yet."""
        factory = (
            {} if dynamic else {"SmartChargingCtrlr.SupportsDynamicProfiles": "false"}
        )
        options = {"by_line": by_line}
        super().__init__(
            Row(
                "2.1 AC",
                "2.1",
                options=options,
                factory=factory,
                is_dc=False,
                wiring=("L2", "L3", "L1"),
            )
        )
        allowed = V2gConfig(
            maximum_w=10_000.0, confirmed_at=datetime(2026, 1, 1, tzinfo=UTC)
        )
        station = StationConfig(
            "BOX", "AC", wiring=TURNED, maximum=Current(32.0), v2g={1: allowed}
        )
        self.site.reconfigure(
            replace(self.config, stations={"BOX": station}, export_by_phase=True)
        )

    def lines_w(self) -> tuple[float, ...]:
        """What flows in the grid connection, line by line."""
        return tuple(self.house.grid_power_w())

    def carries_each(self) -> bool:
        """Whether each line gets all but a little."""
        return all(EXPORT_W < line_w < KEPT_W for line_w in self.lines_w())

    def is_seen(self) -> bool:
        """Whether what flows on each of the station's phases is known."""
        flows_a = self.station.evse(1).currents.map(abs)
        measured_a = self.site.evse(KEY).reading.currents
        pairs = zip(TURNED, measured_a, strict=True)
        return all(
            abs(flows_a[SimulatedPhase(on.upper())] - a) < 0.5 for on, a in pairs
        )


async def each_line_is_carried(*, dynamic: bool) -> None:
    async with Apart(dynamic=dynamic) as story:
        story.house.base_w = PerPhase(2400.0, 900.0, 1500.0)
        await story.until("charges", lambda: story.measured_w > 4000)
        await story.site.set_v2g_mode(KEY, V2gMode.HOUSE)
        await story.until("carries each line", story.carries_each)
        story.house.base_w = PerPhase(600.0, 900.0, 2600.0)
        await story.until("carries them as they are now", story.carries_each)
        await story.until("is measured where it flows", story.is_seen)
        await story.site.set_v2g_mode(KEY, V2gMode.CHARGE_ONLY)
        await story.until("charges again", lambda: story.measured_w > 4000)


async def the_least_line_bounds_all() -> None:
    async with Apart(dynamic=True, by_line=False) as story:
        story.house.base_w = PerPhase(2400.0, 900.0, 1500.0)
        await story.until("charges", lambda: story.measured_w > 4000)
        await story.site.set_v2g_mode(KEY, V2gMode.HOUSE)
        await story.until(
            "carries the second line", lambda: EXPORT_W < story.lines_w()[1] < KEPT_W
        )
        assert story.lines_w()[0] > story.lines_w()[2] > 3 * KEPT_W


async def test_what_is_given_fits_each_phase(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.5)
    asyncio.get_running_loop().set_debug(False)
    stories = (
        each_line_is_carried(dynamic=True),
        each_line_is_carried(dynamic=False),
        the_least_line_bounds_all(),
    )
    ended = await asyncio.gather(*stories, return_exceptions=True)
    assert [error for error in ended if error] == []
