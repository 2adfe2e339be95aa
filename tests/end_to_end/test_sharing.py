"""The demo's home by hand: the kettle is switched on, the meter loses its plug, Home Assistant is killed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
import time
from typing import Any

import aiohttp
from playwright.async_api import Page, expect
import pytest

from simulator.demo.home import METER_LOST_S, METER_STALE_S, WITHOUT_METER_A
from tests.end_to_end.conftest import Demo, StartDemo, sign_in
from tests.end_to_end.test_crash import Owner, kill_home_assistant, owner_of

pytestmark = pytest.mark.timeout(240)

STATIONS = ("EVL-GARAGE", "EVL-DRIVEWAY", "EVL-CARPORT")
FUSE_A = 25.0

# The least that the kettle draws.
KETTLE_A = 8.0

# From the meter's sample to limits that hold in the stations.
LOWERED_S = 3.0
PATIENCE_S = 40.0

# What everybody keeps without a meter. More than that a station has for five minutes, less for half an hour.
FALLBACK_A = WITHOUT_METER_A / len(STATIONS)
GIVEN_S = 300
MADE_ROOM_S = 1800

WHY = {"main_fuse", "not_enough", "waiting_for_turn", "waiting_for_others"}


class SimulatedHome:
    """The house and its stations, looked at and handled beside Home Assistant."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        """Use its address."""
        self._http = http

    async def act(self, path: str, **body: object) -> None:
        """Do something in the house."""
        async with self._http.post(path, json=body) as response:
            response.raise_for_status()

    async def stations(self) -> dict[str, dict[str, Any]]:
        """Return the EVSE of each station, by identity."""
        async with self._http.get("/stations") as response:
            return {one["identity"]: one["evses"][0] for one in await response.json()}

    async def limits_a(self) -> list[float | None]:
        """Return what each station lets its car draw, by its own profiles."""
        return [evse["limit_a"] for evse in (await self.stations()).values()]

    async def on_phase_a(self, phase: str) -> float:
        """Return what flows through the fuse of a phase."""
        async with self._http.get("/meter") as response:
            return float((await response.json())[f"current_{phase}_a"])


@asynccontextmanager
async def home_of(demo: Demo) -> AsyncGenerator[SimulatedHome]:
    """Step into the demo's house."""
    assert demo.home_url is not None
    async with aiohttp.ClientSession(demo.home_url) as http:
        yield SimulatedHome(http)


async def within(seconds: float, condition: Callable[[], Awaitable[bool]]) -> float:
    """Wait until something holds; returns how long that took."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.1)
    return time.monotonic() - began


async def all_charge(owner: Owner, home: SimulatedHome) -> None:
    """Wait until the meter is believed, and every car takes what it may."""

    async def charging() -> bool:
        evses = (await home.stations()).values()
        return await owner.state("_meter") == "fresh" and all(
            evse["limit_a"] and evse["current_l2_a"] + evse["current_l3_a"] > 5.5
            for evse in evses
        )

    await within(PATIENCE_S, charging)


@pytest.mark.browser
async def test_the_kettle_lowers_the_cars_in_the_next_sample(
    start_demo: StartDemo, page: Page
) -> None:
    """Two cars are on the kettle's phase; the dashboard says which fuse it is, and why each gets what it gets."""
    demo = await start_demo("--no-v2g")
    async with owner_of(demo) as owner, home_of(demo) as home:
        # By night and by day the same: with the sun there would be room for the kettle, too.
        await home.act("/sun", on=False)
        await home.act("/appliances/heat_pump", on=True)
        await all_charge(owner, home)
        await sign_in(page, demo, "/evenload-home")
        before = await home.limits_a()
        began = datetime.now(UTC)
        await owner.act("switch.turn_on", "appliance_kettle")

        async def lowered() -> bool:
            now = await home.limits_a()
            return any(
                (new or 0.0) < (old or 0.0)
                for old, new in zip(before, now, strict=True)
            )

        await within(PATIENCE_S, lowered)
        lowered_at = datetime.now(UTC)

        async def said() -> datetime | None:
            """Return when the meter first showed the kettle."""
            states = await owner.changes("grid_current_l2_a", began)
            without_a = min((float(state["state"]) for state in states[:1]), default=0)
            for state in states:
                if float(state["state"]) > without_a + KETTLE_A / 2:
                    return datetime.fromisoformat(state["last_changed"])
            return None

        async def recorded() -> bool:
            return await said() is not None

        async def relieved() -> bool:
            return await home.on_phase_a("l2") <= FUSE_A

        await within(PATIENCE_S, relieved)
        await within(PATIENCE_S, recorded)
        said_at = await said()
        assert said_at is not None
        # Most of it is how often the stations are looked at here.
        assert timedelta(0) <= lowered_at - said_at < timedelta(seconds=LOWERED_S)
        # Not even 6 A are left for each: one goes on, the others wait for their turn.
        for identity in STATIONS:
            assert await owner.state(f"{identity}_1_reason") in WHY
        await expect(page.get_by_text("Main fuse").first).to_be_visible(timeout=20_000)


async def test_a_meter_without_its_plug_is_stale_then_lost(
    start_demo: StartDemo,
) -> None:
    """While it is stale nobody gets more; when it is lost all share what the owner has entered for that."""
    demo = await start_demo("--no-v2g")
    async with owner_of(demo) as owner, home_of(demo) as home:
        await all_charge(owner, home)
        await owner.act("switch.turn_off", "meter_plug")

        async def stale() -> bool:
            return await owner.state("_meter") == "stale"

        async def lost() -> bool:
            return await owner.state("_meter") == "lost"

        async def fell_back() -> bool:
            return await home.limits_a() == [FALLBACK_A] * len(STATIONS)

        await within(METER_STALE_S + PATIENCE_S, stale)
        await within(METER_LOST_S + PATIENCE_S, lost)
        await within(PATIENCE_S, fell_back)
        for identity in STATIONS:
            assert await owner.state(f"{identity}_1_reason") == "meter_lost"

        await owner.act("switch.turn_on", "meter_plug")

        async def fresh() -> bool:
            return await owner.state("_meter") == "fresh"

        await within(PATIENCE_S, fresh)


async def test_stations_fall_back_by_themselves_when_home_assistant_is_dead(
    start_demo: StartDemo,
) -> None:
    """What the meter gave ends first; what made room for that lasts until then, and longer."""
    demo = await start_demo("--no-v2g")
    async with owner_of(demo) as owner, home_of(demo) as home:
        await all_charge(owner, home)
        await home.act("/sun", on=False)
        await home.act("/appliances/heat_pump", on=True)
        await home.act("/appliances/kettle", on=True)

        async def one_is_served() -> bool:
            held = [limit_a or 0.0 for limit_a in await home.limits_a()]
            return sorted(held)[:2] == [0.0, 0.0] and max(held) > FALLBACK_A

        await within(PATIENCE_S, one_is_served)
    kill_home_assistant(demo)
    async with home_of(demo) as home:
        held = [limit_a or 0.0 for limit_a in await home.limits_a()]
        await asyncio.sleep(2)
        assert await home.limits_a() == held
        await home.act("/clock/forward", seconds=GIVEN_S)

        async def gave_back() -> bool:
            return [min(limit_a, FALLBACK_A) for limit_a in held] == (
                await home.limits_a()
            )

        await within(PATIENCE_S, gave_back)
        await home.act("/clock/forward", seconds=MADE_ROOM_S)

        async def fell_back() -> bool:
            return await home.limits_a() == [FALLBACK_A] * len(STATIONS)

        await within(PATIENCE_S, fell_back)
