"""A new user's path, with clicks alone: add the integration, dial in, adopt, make a group of two."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path
import re
import time

from playwright.async_api import Page, expect
import pytest

from simulator import SimulatedStation, Vehicle
from tests.end_to_end.conftest import Demo, StartDemo, sign_in
from tests.end_to_end.wires import WIRES, Papers, Wire

pytestmark = pytest.mark.browser

# The issue's own figure: from the click on "Submit" to the vehicle's current.
SHARE_WITHIN_S = 10.0
LIMIT_A = 20.0
REDIAL_S = 90.0

FILES = (
    "Certificate file",
    "Private key file",
    "Certificate authority of the stations",
)
PROTECTIONS = {
    2: "A password, over an encrypted connection",
    3: "A certificate of its own",
}


@pytest.fixture
async def new_home(start_demo: StartDemo) -> Demo:
    """A Home Assistant with Evenload installed and nothing configured."""
    return await start_demo("--no-simulator")


@pytest.fixture
def papers(tmp_path: Path) -> Papers:
    """Certificates, for wires that are encrypted."""
    return Papers(tmp_path)


@pytest.fixture
async def chargers(
    new_home: Demo, wire: Wire, papers: Papers
) -> AsyncGenerator[list[SimulatedStation]]:
    """Two stations out of the box, each with a car on its cable."""
    boxes = [
        wire.station(
            f"BOX-{number}",
            new_home.ocpp_url,
            papers,
            vendor="Voltworks",
            model=f"Home {number}",
            serial=f"VW-000{number}",
            autostart_tag="FREE",
        )
        for number in (1, 2)
    ]
    async with AsyncExitStack() as stack:
        for box in boxes:
            await stack.enter_async_context(box)
            box.plug_in(1, Vehicle(maximum_a=16))
        yield boxes


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


async def add_integration(
    page: Page, port: str, files: Mapping[str, str] | None = None
) -> None:
    """Find Evenload among the integrations and set up the grid connection."""
    await page.get_by_role("button", name="Add integration").click()
    await page.get_by_placeholder("Search for a brand name").fill("Evenload")
    await page.get_by_text("Evenload", exact=True).last.click()
    await page.get_by_role("spinbutton", name="Port*").fill(port)
    if files is not None:
        await open_section(page, "Advanced")
        for label, path in files.items():
            await page.get_by_role("textbox", name=label).fill(path)
    await submit(page)
    await done(page, f":{port}/")


async def adopt(page: Page, name: str, wire: Wire) -> None:
    """Add the station that is announced, under a name of one's own."""
    card = page.locator("ha-config-flow-card", has_text=name)
    # The station dialled in vain until a moment ago, and waits longer each time. Home Assistant's page misses a card now
    # and then that comes while a dialog is open; as people do, reload it.
    async with asyncio.timeout(REDIAL_S):
        while True:
            try:
                await expect(card).to_be_visible(timeout=10_000)
                break
            except AssertionError:
                await page.reload()
    await card.get_by_role("button", name="Add", exact=True).click()
    if wire.profile:
        # What the station shows of its own accord is taken as its password or its certificate.
        await open_section(page, "Protection")
        await page.get_by_role("radio", name=PROTECTIONS[wire.profile]).click()
    await submit(page)
    await done(page, "has been added")


async def make_group(page: Page) -> float:
    """Put both stations behind one limit; returns when the form was sent."""
    await page.get_by_role("button", name="Add load balancing group").click()
    await page.get_by_role("textbox", name="Name*").fill("Cars")
    await page.get_by_role("spinbutton", name="Limit*").fill(f"{LIMIT_A:g}")
    for name in ("Voltworks Home 1", "Voltworks Home 2"):
        await page.locator("ha-checkbox", has_text=name).click()
    sent = time.monotonic()
    await submit(page)
    await done(page, "Created")
    return sent


@pytest.mark.parametrize("wire", WIRES)
async def test_from_nothing_to_a_shared_fuse(
    page: Page,
    new_home: Demo,
    chargers: list[SimulatedStation],
    wire: Wire,
    papers: Papers,
) -> None:
    """Each car draws its share within ten seconds of saving the group."""
    await sign_in(page, new_home, "/config/integrations")
    files = dict(zip(FILES, papers.files().values(), strict=True))
    await add_integration(
        page,
        new_home.ocpp_url.rpartition(":")[2],
        files if wire.is_encrypted else None,
    )
    for name in ("Voltworks Home 1", "Voltworks Home 2"):
        await adopt(page, name, wire)
    await page.goto(f"{new_home.url}/config/integrations/integration/evenload")
    sent = await make_group(page)

    share_a = LIMIT_A / len(chargers)
    while not all(abs(box.evse(1).currents.l1 - share_a) < 0.2 for box in chargers):
        assert time.monotonic() - sent < SHARE_WITHIN_S, [
            (box.evse(1).status, box.evse(1).limit_a, box.evse(1).currents)
            for box in chargers
        ]
        await asyncio.sleep(0.1)
