"""The demo opens on Evenload's own dashboard; owners find it among Home Assistant's when they add one."""

from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect
import pytest

from tests.end_to_end.conftest import StartDemo, sign_in
from tests.end_to_end.pictures import take
from tests.end_to_end.test_sharing import home_of, within

pytestmark = pytest.mark.browser

PATIENCE_MS = 60_000
PATIENCE_S = 30.0
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1600, "height": 1200}
WIDER_THAN_THE_PAGE = """() => {
  const cards = [];
  const walk = (root) => root.querySelectorAll("*").forEach((node) => {
    if (node.localName.startsWith("evenload-")) cards.push(node);
    if (node.shadowRoot) walk(node.shadowRoot);
  });
  walk(document);
  const tooWide = cards.flatMap((card) => [...card.shadowRoot.querySelectorAll("*")])
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1);
  return [cards.length, tooWide.map((node) => node.localName)];
}"""


class Watch:
    """What a page asked of others, and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        """Listen from now on."""
        self.hosts: set[str] = set()
        self.faults: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._said)

    def _asked(self, request: Request) -> None:
        if request.url.startswith(("http", "ws")):
            self.hosts.add(urlsplit(request.url).hostname or "")

    def _said(self, message: ConsoleMessage) -> None:
        if "Evenload" in message.text or "/evenload/" in message.text:
            self.faults.append(message.text)


def card_of(page: Page, name: str) -> Locator:
    """Return the card with this heading."""
    heading = page.get_by_role("heading", name=name, exact=True)
    return page.locator("evenload-evse-card, evenload-circuit-card").filter(has=heading)


async def test_the_house_at_a_glance_and_its_controls(
    start_demo: StartDemo, page: Page, tmp_path: Path
) -> None:
    """In the evening the barn's car carries the house; its owner pauses another and lowers the group, with keys alone."""
    demo = await start_demo()
    watch = Watch(page)
    async with home_of(demo) as home:
        await home.act("/sun", on=False)
        await home.act("/appliances/oven", on=True)
        await sign_in(page, demo)
        await expect(page).to_have_url(f"{demo.url}/evenload-home/charging")

        grid = card_of(page, "Home")
        for line in ("L1", "L2", "L3"):
            await expect(grid.locator(".bar", has_text=line)).to_contain_text("of 25")
        barn = card_of(page, "Barn")
        await expect(barn.get_by_text("Discharging", exact=True).first).to_be_visible(
            timeout=PATIENCE_MS
        )
        row = grid.get_by_role("row", name="Barn").get_by_role("cell").first
        await expect(row).to_contain_text("-", timeout=PATIENCE_MS)
        await expect(card_of(page, "Garage").get_by_text("Limited by")).to_be_visible()
        await take(page, tmp_path, "dashboard-desktop")

        pause = card_of(page, "Garage").get_by_role("switch", name="Charging allowed")
        await pause.focus()
        await page.keyboard.press("Space")

        async def is_paused() -> bool:
            return (await home.stations())["EVL-GARAGE"]["limit_a"] == 0

        await within(PATIENCE_S, is_paused)
        await expect(
            card_of(page, "Garage").get_by_text("Charging not allowed")
        ).to_be_visible()
        limit = card_of(page, "Cars").get_by_role("slider", name="Limit")
        await limit.focus()
        for _ in range(4):
            await page.keyboard.press("ArrowLeft")

        bar = card_of(page, "Cars").locator(".bar").first
        await expect(bar).to_contain_text("of 20", timeout=PATIENCE_MS)
        await look_on_a_phone(page, tmp_path)
    assert watch.hosts == {"127.0.0.1"}
    assert watch.faults == []


async def look_on_a_phone(page: Page, folder: Path) -> None:
    """On a narrow page, by day and by night, all is in one column and nothing sticks out."""
    await page.set_viewport_size(PHONE)
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)
        await page.wait_for_timeout(1000)
        count, too_wide = await page.evaluate(WIDER_THAN_THE_PAGE)
        assert (count, too_wide) == (6, [])
        await take(page, folder, f"dashboard-phone-{scheme}")
    await page.set_viewport_size(DESKTOP)
    await page.wait_for_timeout(1000)
    await take(page, folder, "dashboard-dark")


async def test_owners_add_it_from_home_assistants_own_list(
    start_demo: StartDemo, page: Page, tmp_path: Path
) -> None:
    """It is among the community dashboards, and its options are a form."""
    demo = await start_demo("--no-v2g")
    await sign_in(page, demo, "/config/lovelace/dashboards")
    await page.get_by_role("button", name="Add dashboard").click()
    await page.get_by_role("button", name="Evenload").click()
    create = page.get_by_role("button", name="Create")
    await create.click()
    # What the dashboard shows is kept after its name; then the dialog closes.
    await expect(create).to_be_hidden()
    await expect(page.get_by_text("Evenload", exact=True).first).to_be_visible()
    await page.goto(f"{demo.url}/dashboard-evenload")
    await expect(card_of(page, "Garage")).to_be_visible(timeout=PATIENCE_MS)

    await page.get_by_role("button", name="Edit dashboard").click()
    await page.get_by_role("textbox", name="Title").fill("Our cars")
    await take(page, tmp_path, "dashboard-options")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Our cars").first).to_be_visible()
