"""A real Home Assistant, and a real browser to look at it."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
import json
import os
from pathlib import Path
import shutil
import signal
import sys

from playwright.async_api import Browser, Page, Playwright, async_playwright, expect
import pytest

from simulator.demo.home_assistant import PASSWORD, USER
from simulator.demo.network import free_port

PROJECT = Path(__file__).parents[2]
# A machine with other things to do is slow.
START_S = 180
# No test here takes half of that where nothing else is done.
TEST_S = 400
SHOWN_MS = 20_000
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")

expect.set_options(timeout=SHOWN_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test here the time that processes and browsers need on a busy machine."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(TEST_S))


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    url: str
    token: str
    ocpp_url: str
    # Where the simulated home is, if there is one.
    home_url: str | None
    folder: Path
    process: asyncio.subprocess.Process

    async def end(self) -> int:
        """Do what Ctrl-C does; return the exit code."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGINT)
        return await self.process.wait()


type StartDemo = Callable[..., Awaitable[Demo]]


@asynccontextmanager
async def running_demo(folder: Path, *options: str) -> AsyncGenerator[Demo]:
    """Start the demo in a folder, on ports that nobody uses."""
    http_port, ocpp_port = free_port(), free_port()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulator.demo", "--config", str(folder)),
        # Cars that share charge at once.
        "--no-plan",
        *("--http-port", str(http_port), "--ocpp-port", str(ocpp_port), *options),
        cwd=PROJECT,
    )
    told = folder / "demo.json"
    try:
        async with asyncio.timeout(START_S):
            # Of an earlier start in the same folder there may still be one.
            while not told.exists() or str(http_port) not in told.read_text():
                assert process.returncode is None, "the demo did not start"
                await asyncio.sleep(0.2)
        demo = Demo(**json.loads(told.read_text()), folder=folder, process=process)
        yield demo
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


@pytest.fixture
async def start_demo(tmp_path: Path) -> AsyncGenerator[StartDemo]:
    """Start the demo with these options; one that was ended may be started again in the same folder."""
    async with AsyncExitStack() as stack:

        async def start(*options: str, folder: Path = tmp_path / "demo") -> Demo:
            return await stack.enter_async_context(running_demo(folder, *options))

        yield start


def chromium_path(playwright: Playwright) -> str | None:
    """Find a Chromium as scripts/setup does."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    downloaded = playwright.chromium.executable_path
    return downloaded if Path(downloaded).exists() else None


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    """A real Chromium; where there is none the test is skipped, but not in CI."""
    async with async_playwright() as playwright:
        path = chromium_path(playwright)
        if path is None and os.environ.get("CI") == "true":
            pytest.fail("no Chromium here: scripts/setup --browser installs one")
        if path is None:
            pytest.skip("no Chromium here: scripts/setup --browser installs one")
        browser = await playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncGenerator[Page]:
    """An empty page, large enough for a dashboard."""
    context = await browser.new_context(
        viewport={"width": 1600, "height": 1200}, locale="en-US"
    )
    yield await context.new_page()
    await context.close()


async def sign_in(page: Page, demo: Demo, path: str = "/") -> None:
    """Open a page of Home Assistant as its owner does."""
    await page.goto(f"{demo.url}{path}")
    await page.get_by_label("Username").fill(USER)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url(f"{demo.url}{path}*")
