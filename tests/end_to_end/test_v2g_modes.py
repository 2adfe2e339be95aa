"""What is left to a station of OCPP 2.1, or to another controller, by what really flows (Q05, Q08, Q09); and the frequency (Q07).

The whole engine on one side, a station and a house on the other, a socket between them, and time as it passes.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.v2x import Hindrance, Steering, V2gMode
from custom_components.evenload.engine.model.v2x_ability import OperationMode
from simulator import Mode
from simulator.bidirectional import MODES
from tests.end_to_end.test_v2g import KEY, NEAR_W, Row, Story

ALL = {"modes": (*MODES, Mode.LOCAL_LOAD_BALANCING)}
OFFERED_W = 3000.0


class Led(Story):
    """A story in which somebody else may decide."""

    def __init__(self, steering: Steering, **options: Any) -> None:
        """Let its owner say so."""
        super().__init__(Row(steering, "2.1", options=ALL | options))
        config = self.config
        box = config.stations["BOX"]
        allowed = replace(box.v2g[1], steering=steering, to_grid=True)
        stations = {"BOX": replace(box, v2g={1: allowed})}
        self.site.reconfigure(
            replace(config, stations=stations, export_cap_w=self.cap_w)
        )

    cap_w = 0.0
    _hertz = 50.0
    _saying: asyncio.Task[None] | None = None

    def mode(self) -> OperationMode:
        """Who decides, as it is shown."""
        return self.site.evse(KEY).discharge.operation_mode

    def near(self, power_w: float) -> bool:
        """Whether that is what flows at the station."""
        return abs(self.power_w - power_w) < NEAR_W

    async def settles(self, what: str, condition: Callable[[], object]) -> None:
        """Wait until something has been so for three seconds: what is passed by lasts no time."""
        looks: deque[bool] = deque(maxlen=30)

        def lasts() -> bool:
            looks.append(bool(condition()))
            return all(looks) and len(looks) == looks.maxlen

        await self.until(what, lasts)

    async def hold(self, hertz: float) -> None:
        """Let it hold the frequency, which everybody measures."""
        await self.site.respond_to_frequency("", OFFERED_W)
        self.measure(hertz)
        await self.site.set_v2g_mode(KEY, V2gMode.PROGRAMME)

    def measure(self, hertz: float) -> None:
        """Let everybody measure a frequency; the house's sensor says so again and again."""
        self.station.station.frequency_hz = self._hertz = hertz
        if self._saying is None:
            self._saying = asyncio.create_task(self._say())
        self.site.set_frequency(hertz)

    async def __aexit__(self, *args: object) -> None:
        """Say nothing any more."""
        if self._saying is not None:
            self._saying.cancel()
        await super().__aexit__(*args)

    async def _say(self) -> None:
        while True:
            await asyncio.sleep(10)
            self.site.set_frequency(self._hertz)


class Feeding(Led):
    """One whose owner lets all of it flow into the grid."""

    cap_w = 20_000.0


async def the_station_carries_the_house() -> None:
    async with Led(Steering.STATION) as story:
        house, copper = story.house, story.station.station
        copper.upstream_w = lambda: house.grid_power_w().total
        await story.until("charges", lambda: story.measured_w > 4000)
        await story.site.set_v2g_mode(KEY, V2gMode.HOUSE)
        local = OperationMode.LOCAL_LOAD_BALANCING
        await story.until("is left to the station", lambda: story.mode() is local)
        await story.until("carries the house", story.carries)
        house.switch("heat_pump", on=True)
        await story.until(
            "carries more", lambda: story.carries() and story.power_w < -5000
        )
        assert story.mode() is local
        story.silence_meter()
        await story.until("is not left to it unseen", lambda: story.power_w >= 0)
        assert story.site.evse(KEY).discharge.hindrance is Hindrance.METER_STALE


async def another_controller_decides() -> None:
    async with Led(Steering.OTHERS) as story:
        await story.until("charges", lambda: story.measured_w > 4000)
        await story.site.set_v2g_mode(KEY, V2gMode.SETPOINT)
        outside = OperationMode.EXTERNAL_SETPOINT
        await story.until("is left to it", lambda: story.mode() is outside)
        setpoint = story.station.brain.outside.setpoint
        setpoint(1, -800.0)
        await story.until("does what it wants", lambda: story.near(-800))
        # The house takes less than that; nothing may flow into the grid.
        setpoint(1, -6000.0)
        await story.settles("keeps to its bounds", story.carries)
        setpoint(1, 2000.0)
        await story.until("charges as it wants", lambda: story.near(2000))
        await story.site.set_v2g_mode(KEY, V2gMode.CHARGE_ONLY)
        await story.until("charges again", lambda: story.measured_w > 4000)


async def the_station_holds_the_frequency() -> None:
    async with Feeding(Steering.STATION) as story:
        await story.until("charges", lambda: story.measured_w > 4000)
        await story.hold(50.0)
        local = OperationMode.LOCAL_FREQUENCY
        await story.until("is left to the station", lambda: story.mode() is local)
        # Only the station knows of it.
        story.station.station.frequency_hz = 49.9
        await story.until("gives", lambda: story.near(-OFFERED_W / 2))
        story.station.station.frequency_hz = 50.0
        story.site.share_grid_signal(-50)
        grid = story.station.brain.grid
        await story.until(
            "follows the signal",
            lambda: grid.signal == -50 and story.near(-OFFERED_W / 2),
        )


async def we_hold_the_frequency() -> None:
    async with Feeding(Steering.EVENLOAD) as story:
        await story.until("charges", lambda: story.measured_w > 4000)
        await story.hold(49.85)
        central = OperationMode.CENTRAL_FREQUENCY
        await story.until("gives", lambda: story.near(-OFFERED_W * 0.75))
        assert story.mode() is central
        assert story.station.brain.smart_charging.exchange.modes[1] == central.value
        story.measure(49.8)
        await story.until("gives all", lambda: story.near(-OFFERED_W))


async def test_every_mode_by_what_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.5)
    asyncio.get_running_loop().set_debug(False)
    stories = (
        the_station_carries_the_house(),
        another_controller_decides(),
        the_station_holds_the_frequency(),
        we_hold_the_frequency(),
    )
    ended = await asyncio.gather(*stories, return_exceptions=True)
    assert [error for error in ended if error] == []
