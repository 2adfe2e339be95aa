"""In the evening the demo's car carries the house: what flows at the station and at the meter, and what its owner sees of it."""

from pathlib import Path
import re

from playwright.async_api import Page, expect
import pytest

from tests.end_to_end.conftest import StartDemo, sign_in
from tests.end_to_end.pictures import take
from tests.end_to_end.test_own_dashboard import PATIENCE_MS, Watch, card_of
from tests.end_to_end.test_sharing import SimulatedHome, home_of, within

pytestmark = pytest.mark.browser

BARN = "EVL-BARN"
OTHERS = ("EVL-GARAGE", "EVL-DRIVEWAY", "EVL-CARPORT")
# A vehicle rests for a minute before it turns round.
PATIENCE_S = 120.0
# What is taken from the grid by intention, and what a meter wavers.
BIAS_W = 50
WAVERS_W = 120
# What its card is headed by.
GIVES = re.compile(r"Discharging.*[-−][\d,]+\sW", re.DOTALL)


async def flows(home: SimulatedHome) -> tuple[float, float]:
    """Return what flows into the barn's car, and from the grid, in watts."""
    meter = await home.meter()
    return float((await home.stations())[BARN]["power_w"]), float(meter["power_w"])


async def carries(home: SimulatedHome, at_least_w: float) -> bool:
    """Whether the car gives what the house takes, and hardly anything comes from the grid, or goes there."""
    car_w, grid_w = await flows(home)
    return car_w < -at_least_w and abs(grid_w - BIAS_W) < WAVERS_W


async def test_the_car_carries_the_house_in_the_evening(
    start_demo: StartDemo, page: Page, tmp_path: Path
) -> None:
    demo = await start_demo()
    watch = Watch(page)
    async with home_of(demo) as home:
        await home.act("/sun", on=False)
        await home.act("/appliances/oven", on=False)
        for identity in OTHERS:
            await home.act(f"/stations/{identity}/1/unplug")
        await sign_in(page, demo)

        async def evening() -> bool:
            return await carries(home, 300)

        await within(PATIENCE_S, evening)
        barn, grid = card_of(page, "Barn"), card_of(page, "Home")
        await expect(barn.locator(".head")).to_contain_text(
            GIVES, timeout=PATIENCE_MS, use_inner_text=True
        )
        await expect(grid.get_by_role("row", name="Barn")).to_be_visible()
        await take(page, tmp_path, "evening")

        # The oven is carried as well: it goes on and off, and hardly any of it comes from the grid.
        before_w, _ = await flows(home)
        await home.act("/appliances/oven", on=True)

        async def dinner() -> bool:
            car_w, grid_w = await flows(home)
            return car_w < before_w - 800 and grid_w < 500

        await within(PATIENCE_S, dinner)
        await take(page, tmp_path, "evening-oven")

        # Nothing but charging: its owner's word is done within the station's time.
        await choose(page, "Discharging mode", "Charge only")

        async def charges() -> bool:
            return (await flows(home))[0] > 1000

        await within(PATIENCE_S, charges)
        # The meter may show what it gave no longer before its station does: then the house is believed to need that, and
        # whoever is lowered for a moment is raised a minute later.
        await expect(barn.locator(".head")).to_contain_text(
            re.compile(r"Charging.*\s[1-9][\d,]*\sW", re.DOTALL),
            timeout=2 * PATIENCE_MS,
            use_inner_text=True,
        )
        await take(page, tmp_path, "evening-charging")
    assert watch.faults == []


async def choose(page: Page, name: str, option: str) -> None:
    """Choose an option on the barn's card."""
    field = card_of(page, "Barn").get_by_label(name)
    await field.select_option(label=option)
