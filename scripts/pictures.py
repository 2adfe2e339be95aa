"""Takes the pictures of the README: a demo of its own, a day and an evening in its home, and the forms of a new owner.

usage: python -m scripts.pictures [DIR]     DIR: where to (docs/pictures)
"""

import asyncio
import io
from pathlib import Path
import sys
from tempfile import TemporaryDirectory

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright

from simulator import SimulatedStation
from tests.end_to_end.conftest import Demo, chromium_path, running_demo, sign_in
from tests.end_to_end.test_sharing import SimulatedHome, home_of

FOLDER = Path(__file__).parent.parent / "docs/pictures"
DESKTOP = {"width": 1500, "height": 2000}
DIALOG = {"width": 900, "height": 860}
PHONE = {"width": 390, "height": 844}
# So that letters are sharp where the page is small.
PHONE_SCALE = 2
COLOURS = 128
PATIENCE_MS = 90_000
# Limits are raised patiently, and pictures are taken when all is calm.
CALM_S = 75

# Nobody reads a picture for its side bar.
QUIET = """localStorage.setItem("dockedSidebar", '"always_hidden"');"""


def keep(picture: bytes, file: Path) -> None:
    """Write a picture with few colours: pages have few, and files are small."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    small = image.quantize(
        COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    file.parent.mkdir(parents=True, exist_ok=True)
    small.save(file, optimize=True)
    print(
        f"{file.name}  {image.width} x {image.height}, {file.stat().st_size // 1000} kB"
    )


async def new_page(
    browser: Browser, size: dict[str, int], *, dark: bool = False, scale: int = 1
) -> Page:
    """Return a page of this size."""
    context = await browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        color_scheme="dark" if dark else "light",
        device_scale_factor=scale,
        locale="en-GB",
    )
    await context.add_init_script(QUIET)
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    return page


async def open_dashboard(page: Page, demo: Demo) -> None:
    """Sign in and wait for the cards."""
    await sign_in(page, demo)
    await card(page, "Barn").wait_for()
    await page.wait_for_timeout(3000)


async def take_cards(page: Page, file: Path) -> None:
    """Take the page down to where its last card ends."""
    ends = await page.evaluate(LAST_CARD)
    clip = {"x": 0, "y": 0, "width": DESKTOP["width"], "height": ends + 24}
    keep(await page.screenshot(clip=clip), file)


def card(page: Page, name: str) -> Locator:
    """Return the card with this heading."""
    heading = page.get_by_role("heading", name=name, exact=True)
    return page.locator("evenload-evse-card, evenload-circuit-card").filter(has=heading)


async def of_dashboard(
    browser: Browser, demo: Demo, home: SimulatedHome, folder: Path
) -> None:
    """Take the dashboard by day, in the evening, and on a phone at night."""
    page = await new_page(browser, DESKTOP)
    await open_dashboard(page, demo)
    await home.act("/sun", on=True)
    # A car that need not charge now shows what a plan is.
    await card(page, "Garage").get_by_label("Charging mode").select_option("cheapest")
    await card(page, "Garage").get_by_role("img", name="Plan and reality").wait_for()
    await asyncio.sleep(CALM_S)
    await take_cards(page, folder / "day.png")

    await home.act("/sun", on=False)
    await home.act("/appliances/oven", on=True)
    await asyncio.sleep(CALM_S)
    await card(page, "Barn").get_by_text("Discharging", exact=True).first.wait_for()
    await take_cards(page, folder / "evening.png")
    await page.context.close()

    phone = await new_page(browser, PHONE, dark=True, scale=PHONE_SCALE)
    await open_dashboard(phone, demo)
    keep(await phone.screenshot(), folder / "phone.png")
    await phone.context.close()


async def of_forms(browser: Browser, demo: Demo, folder: Path) -> None:
    """Take what a new owner sees: a station that is announced, the meter, a group, the blueprints."""
    page = await new_page(browser, DIALOG)
    await sign_in(page, demo, "/config/integrations")
    async with SimulatedStation(
        "NEW-1", demo.ocpp_url, vendor="Voltworks", model="Home 11", serial="VW-2207"
    ):
        announced = page.locator("ha-config-flow-card", has_text="Voltworks")
        await announced.get_by_role("button", name="Add", exact=True).click()
        await page.get_by_role("textbox", name="Name*").wait_for()
        await take_dialog(page, folder / "station.png")

    await page.goto(f"{demo.url}/config/integrations/integration/evenload")
    await page.get_by_role("button", name="Configure").first.click()
    await page.get_by_text("Household meter").click()
    for _ in range(2):
        await page.get_by_role("button", name="Submit").click()
        await page.wait_for_timeout(1000)
    await page.get_by_text("Your meter says now").wait_for()
    await take_dialog(page, folder / "meter.png")

    await page.goto(f"{demo.url}/config/automation/dashboard")
    await page.get_by_role("button", name="Create automation").click()
    await page.get_by_text("Evenload: Pause charging above a price").wait_for()
    await take_dialog(page, folder / "blueprints.png")
    await page.context.close()


async def take_dialog(page: Page, file: Path) -> None:
    """Take the dialog that is open, when it stands still."""
    await page.wait_for_timeout(1500)
    keep(await page.screenshot(clip=await bounds(page)), file)


async def bounds(page: Page) -> dict[str, float]:
    """Return where the dialog is, with a little of what is around it."""
    found = await page.evaluate(DIALOG_BOUNDS)
    return {
        "x": found["x"] - 16,
        "y": found["y"] - 16,
        "width": found["width"] + 32,
        "height": found["height"] + 32,
    }


DIALOG_BOUNDS = """() => {
  const open = [];
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.localName === "dialog" && node.open) open.push(node.getBoundingClientRect());
    if (node.shadowRoot) walk(node.shadowRoot);
  });
  walk(document);
  return open.at(-1)?.toJSON() ?? { x: 16, y: 16, width: innerWidth - 32, height: innerHeight - 32 };
}"""


LAST_CARD = """() => {
  let last = 0;
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.localName.startsWith("evenload-")) last = Math.max(last, node.getBoundingClientRect().bottom);
    if (node.shadowRoot) walk(node.shadowRoot);
  });
  walk(document);
  return Math.min(last, innerHeight - 24);
}"""


async def main(folder: Path) -> None:
    """Start a demo, take all pictures, and end it."""
    with TemporaryDirectory() as place:
        async with (
            running_demo(Path(place) / "demo") as demo,
            home_of(demo) as home,
            async_playwright() as playwright,
        ):
            browser = await playwright.chromium.launch(
                executable_path=chromium_path(playwright), args=["--no-sandbox"]
            )
            await of_dashboard(browser, demo, home, folder)
            await of_forms(browser, demo, folder)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER))
