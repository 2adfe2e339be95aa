"""A page that has our cards and nothing else, and a house to show on it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from playwright.async_api import Page

from custom_components.evenload.dashboard import FOLDER

type Json = dict[str, Any]

AMPERES = {"unit_of_measurement": "A"}
WATTS = {"unit_of_measurement": "W"}
HELPERS = Path(__file__).parent / "cards.js"
BEGIN = """
import * as cards from "/cards.js";
import * as circuit from "/evenload.js";
const load = async () => Object.assign(window, cards, ...await Promise.all(
  ["house", "picture", "look", "facts", "controls", "strategy", "times", "plan", "flows", "words", "numbers", "styles"].map((name) => import(`/${name}.js`))
));
window.ready = load();
"""


@asynccontextmanager
async def card_page(page: Page) -> AsyncGenerator[Page]:
    """Serve the files as they are, and load them."""

    async def blank(_: web.Request) -> web.Response:
        html = f"<!doctype html><html lang='en'><body><script type='module'>{BEGIN}</script></body></html>"
        return web.Response(text=html, content_type="text/html")

    async def helpers(_: web.Request) -> web.FileResponse:
        return web.FileResponse(HELPERS)

    app = web.Application()
    app.router.add_get("/", blank)
    app.router.add_get("/cards.js", helpers)
    app.router.add_static("/", FOLDER)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        await page.goto(f"http://127.0.0.1:{port}/")
        await page.evaluate("window.ready")
        yield page
    finally:
        await runner.cleanup()


def devices() -> Json:
    """A site with a group of two stations, and a station of two connectors beside it."""
    return {
        "site": {"name": "Home", "via_device_id": None},
        "cars": {"name": "Cars", "via_device_id": "site"},
        "garage": {"name": "Garage", "via_device_id": "cars"},
        "drive": {
            "name": "Drive",
            "name_by_user": "By the road",
            "via_device_id": "cars",
        },
        "barn": {"name": "Barn", "via_device_id": "site"},
        "barn1": {"name": "Connector 1", "parent_device_id": "barn"},
    }


def entities() -> Json:
    """What they say: the barn carries the house, the garage charges on three phases, the drive waits."""
    return {
        "site number limit": ["25", AMPERES | {"min": 0, "max": 25, "step": 1}],
        "site select strategy": ["static", {"options": ["static", "priority"]}],
        "site binary_sensor overload": ["off"],
        "site sensor headroom_l1": ["12", AMPERES],
        "site sensor headroom_l2": ["9.5", AMPERES],
        "site sensor house_l1": ["10", AMPERES],
        "site sensor house_l2": ["-2", AMPERES],
        "cars number limit": ["16", AMPERES | {"min": 0, "max": 20, "step": 1}],
        "cars select strategy": ["priority", {"options": ["static", "priority"]}],
        "cars sensor headroom_l1": ["unavailable", AMPERES],
        "cars sensor active": ["1"],
        "cars sensor waiting": ["1"],
        "garage sensor status": ["charging"],
        "garage sensor power": ["2.76", {"unit_of_measurement": "kW"}],
        "garage sensor current_l1": ["6000", {"unit_of_measurement": "mA"}],
        "garage sensor current_l2": ["6", AMPERES],
        "garage sensor reason": ["main_fuse"],
        "garage sensor limiting_phase": ["l2"],
        "garage sensor allotment": ["6", AMPERES],
        "garage sensor soc": ["unknown"],
        "garage switch charging_allowed": ["on"],
        "garage number maximum_current": [
            "16",
            AMPERES | {"min": 6, "max": 32, "step": 1},
        ],
        "garage datetime departure": ["unknown"],
        "drive sensor status": ["suspended_evse"],
        "drive sensor power": ["0", WATTS],
        "drive sensor reason": ["waiting_for_turn"],
        "drive sensor queue_position": ["1"],
        "drive sensor next_turn": ["2099-01-05T06:15:00+00:00"],
        "drive switch charging_allowed": ["unavailable"],
        "barn sensor firmware": ["1.0"],
        "barn1 sensor status": ["charging"],
        "barn1 sensor power": ["-4600", WATTS],
        "barn1 binary_sensor discharging": ["on"],
        "barn1 select v2g_mode": ["house", {"options": ["off", "house"]}],
        "barn1 sensor hindrance": ["nothing"],
    }


def house(**more: Any) -> Json:
    """All of it, as the page's `homeAssistant` takes it."""
    wirings = {
        "barn1": {
            "lines": ["l1", "l2"],
            "watts_per_ampere": 460,
            "watts_fed_per_ampere": 460,
        }
    }
    return {
        "devices": devices(),
        "entities": entities(),
        "wirings": wirings,
        "language": "en",
    } | more
