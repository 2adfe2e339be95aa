"""What an owner clicks in Home Assistant's pages, one function for each thing that is done."""

import asyncio
from collections.abc import Mapping, Sequence
import re

from playwright.async_api import Locator, Page, expect

# A station that dialled in vain waits longer each time.
REDIAL_S = 90.0
LOADING_MS = 60_000


async def submit(page: Page) -> None:
    """Send the form."""
    await page.get_by_role("button", name="Submit").click()


async def done(page: Page, words: str) -> None:
    """Read the last page of a flow and close it."""
    await expect(page.get_by_text(words)).to_be_visible()
    button = page.get_by_role("button", name=re.compile("Close|Finish"))
    await button.last.click()
    await expect(page.get_by_text(words)).to_be_hidden()


async def open_section(page: Page, name: str) -> None:
    """Unfold a section of a form."""
    await page.locator("ha-expansion-panel").get_by_text(name, exact=True).click()


async def open_evenload(page: Page) -> None:
    """Find Evenload among the brands that can be added."""
    await page.get_by_role("button", name="Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("Evenload")
    await page.get_by_text("Evenload", exact=True).last.click()
    # Home Assistant has to load it, and what it needs.
    fuse = page.get_by_role("spinbutton", name="Main fuse*")
    await expect(fuse).to_be_visible(timeout=LOADING_MS)


async def set_up_site(
    page: Page, port: str, files: Mapping[str, str] | None = None
) -> None:
    """Fill in the form of the grid connection; the files are those of a certificate."""
    await page.get_by_role("spinbutton", name="Port*").fill(port)
    if files is not None:
        await open_section(page, "Advanced")
        for label, path in files.items():
            await page.get_by_role("textbox", name=label).fill(path)
    await submit(page)


async def card_of_station(page: Page, make: str) -> Locator:
    """Wait until a station that is not known is announced."""
    card = page.locator("ha-config-flow-card", has_text=make)
    # Home Assistant's page misses a card now and then that comes while a dialog is open; as people do, reload it.
    async with asyncio.timeout(REDIAL_S):
        while True:
            try:
                await expect(card).to_be_visible(timeout=10_000)
            except AssertionError:
                await page.reload()
            else:
                return card


async def begin_group(page: Page, name: str, limit_a: float) -> None:
    """Open the form of a group, and fill in all but its stations."""
    await page.get_by_role("button", name="Add load balancing group").click()
    await page.get_by_role("textbox", name="Name*").fill(name)
    await page.get_by_role("spinbutton", name="Limit*").fill(f"{limit_a:g}")


async def tick(page: Page, names: Sequence[str]) -> None:
    """Tick these boxes."""
    for name in names:
        await page.locator("ha-checkbox", has_text=name).click()


async def choose_entity(page: Page, place: int, wanted: str, shown: str) -> None:
    """Look for an entity in the picker at this place of a form, and choose the one that is found."""
    picker = page.locator("ha-entity-picker").nth(place)
    await picker.click()
    await page.get_by_placeholder("Search", exact=True).last.fill(wanted)
    await page.get_by_text(shown, exact=True).last.click()
    await expect(picker).to_contain_text(shown)


async def ask(page: Page, sentence: str) -> str:
    """Say something in Assist's dialog, and return the answer."""
    spoken = page.locator("ha-assist-chat .message.hass")
    # It greets first.
    await expect(spoken.first).to_be_visible()
    before = await spoken.count()
    entry = page.get_by_role("textbox", name="Enter a request")
    await entry.fill(sentence)
    await entry.press("Enter")
    await expect(spoken).to_have_count(before + 1)
    answer = spoken.nth(before).locator("ha-markdown-element")
    await expect(answer).to_have_text(re.compile(r"\w"))
    return (await answer.inner_text()).strip()
