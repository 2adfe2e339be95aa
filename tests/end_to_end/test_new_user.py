"""A new user's path with every version and protection: add the integration, dial in, adopt, make a group of two."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
import time

from playwright.async_api import Page
import pytest

from simulator import SimulatedStation, Vehicle
from tests.end_to_end.clicks import (
    begin_group,
    card_of_station,
    done,
    open_evenload,
    open_section,
    set_up_site,
    submit,
    tick,
)
from tests.end_to_end.conftest import Demo, StartDemo, sign_in
from tests.end_to_end.wires import WIRES, Papers, Wire

pytestmark = pytest.mark.browser

# From the click on "Submit" to the vehicle's current.
SHARE_WITHIN_S = 10.0
LIMIT_A = 20.0
NAMES = ("Voltworks Home 1", "Voltworks Home 2")

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


async def adopt(page: Page, name: str, wire: Wire) -> None:
    """Add the station that is announced, as it calls itself."""
    card = await card_of_station(page, name)
    await card.get_by_role("button", name="Add", exact=True).click()
    if wire.profile:
        # What the station shows of its own accord is taken as its password or its certificate.
        await open_section(page, "Protection")
        await page.get_by_role("radio", name=PROTECTIONS[wire.profile]).click()
    await submit(page)
    await done(page, "has been added")


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
    port = new_home.ocpp_url.rpartition(":")[2]
    await open_evenload(page)
    await set_up_site(page, port, files if wire.is_encrypted else None)
    await done(page, f":{port}/")
    for name in NAMES:
        await adopt(page, name, wire)
    await page.goto(f"{new_home.url}/config/integrations/integration/evenload")
    await begin_group(page, "Cars", LIMIT_A)
    await tick(page, NAMES)
    sent = time.monotonic()
    await submit(page)
    await done(page, "Created")

    share_a = LIMIT_A / len(chargers)
    while not all(abs(box.evse(1).currents.l1 - share_a) < 0.2 for box in chargers):
        assert time.monotonic() - sent < SHARE_WITHIN_S, [
            (box.evse(1).status, box.evse(1).limit_a, box.evse(1).currents)
            for box in chargers
        ]
        await asyncio.sleep(0.1)
