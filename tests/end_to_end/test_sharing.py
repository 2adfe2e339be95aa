"""The demo's home by hand: the kettle is switched on, the meter loses its plug, Home Assistant is killed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
import time
from typing import Any

import aiohttp
from playwright.async_api import Page, expect
import pytest

from simulator.demo.home import METER_LOST_S, METER_STALE_S, WITHOUT_METER_A
from tests.end_to_end.conftest import Demo, StartDemo, sign_in
from tests.end_to_end.test_crash import Owner, kill_home_assistant, owner_of

STATIONS = ("EVL-GARAGE", "EVL-DRIVEWAY", "EVL-CARPORT")
FUSE_A = 25.0

# The least that the kettle draws.
KETTLE_A = 8.0

# From the meter's sample to less for the first car, by Home Assistant's own clock. All have their least already, and
# nobody is paused for what may be a motor that starts: two seconds, a beat of the meter, and one for the machine.
DECIDED_S = 4.0

# From the sample to limits that hold in the stations: beyond the decision that is a matter of milliseconds, which a bench
# measures, and of what else the machine does.
LOWERED_S = 10.0
PATIENCE_S = 40.0

# What everybody keeps without a meter. More than that a station has for five minutes, less for half an hour.
FALLBACK_A = WITHOUT_METER_A / len(STATIONS)
GIVEN_S = 300
MADE_ROOM_S = 1800

WHY = {"main_fuse", "not_enough", "waiting_for_turn", "waiting_for_others"}

# When the stations had which limits.
type Seen = list[tuple[datetime, list[float | None]]]


def lowered_after(seen: Seen, moment: datetime) -> datetime | None:
    """Return when one of the limits first was lower than at a moment; what was lowered before had other reasons."""
    _, then = next((one for one in reversed(seen) if one[0] <= moment), seen[0])
    for at, limits in seen:
        pairs = zip(then, limits, strict=True)
        if at > moment and any((now or 0.0) < (was or 0.0) for was, now in pairs):
            return at
    return None


async def decided_after(owner: Owner, moment: datetime) -> datetime | None:
    """Return when a car was first given less than it had at a moment, as Home Assistant recorded it."""
    found = []
    for identity in STATIONS:
        states = await owner.changes(f"{identity}_1_allotment", moment)
        given = [
            (datetime.fromisoformat(one["last_changed"]), float(one["state"]))
            for one in states
        ]
        # The first is what there was then.
        found += [at for at, given_a in given[1:] if given_a < given[0][1]]
    return min(found, default=None)


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

    @asynccontextmanager
    async def watched(self) -> AsyncGenerator[Seen]:
        """Write down the limits, again and again."""
        seen: Seen = []

        async def watch() -> None:
            while True:
                limits = await self.limits_a()
                seen.append((datetime.now(UTC), limits))
                await asyncio.sleep(0.1)

        task = asyncio.create_task(watch())
        try:
            yield seen
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def meter(self) -> dict[str, Any]:
        """Return what the grid's meter reads."""
        async with self._http.get("/meter") as response:
            reading: dict[str, Any] = await response.json()
            return reading

    async def on_phase_a(self, phase: str) -> float:
        """Return what flows through the fuse of a phase."""
        return float((await self.meter())[f"current_{phase}_a"])


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
        # To load it is work for the whole machine.
        await expect(page.get_by_text("Main fuse").first).to_be_visible()
        began = datetime.now(UTC)
        async with home.watched() as seen:
            await owner.act("switch.turn_on", "appliance_kettle")

            async def said() -> datetime | None:
                """Return when the meter first showed the kettle."""
                states = await owner.changes("grid_current_l2_a", began)
                without_a = min(
                    (float(state["state"]) for state in states[:1]), default=0
                )
                for state in states:
                    if float(state["state"]) > without_a + KETTLE_A / 2:
                        return datetime.fromisoformat(state["last_changed"])
                return None

            async def lowered() -> bool:
                said_at = await said()
                return said_at is not None and lowered_after(seen, said_at) is not None

            async def relieved() -> bool:
                return await home.on_phase_a("l2") <= FUSE_A

            await within(PATIENCE_S, lowered)
            await within(PATIENCE_S, relieved)
        said_at = await said()
        assert said_at is not None
        lowered_at = lowered_after(seen, said_at)
        assert lowered_at is not None
        assert lowered_at - said_at < timedelta(seconds=LOWERED_S)

        async def decided() -> bool:
            return await decided_after(owner, said_at) is not None

        await within(PATIENCE_S, decided)
        decided_at = await decided_after(owner, said_at)
        assert decided_at is not None
        assert decided_at - said_at < timedelta(seconds=DECIDED_S)
        # Not even 6 A are left for each: one goes on, the others wait for their turn.
        for identity in STATIONS:
            assert await owner.state(f"{identity}_1_reason") in WHY
        await expect(page.get_by_text("Main fuse").first).to_be_visible()


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
