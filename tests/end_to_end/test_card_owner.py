"""What the cards are to who uses them: in one language, large enough for a finger, with nothing that counts for nothing."""

from collections.abc import AsyncGenerator
from typing import Any

from playwright.async_api import Page, expect
import pytest

from tests.end_to_end.card_page import card_page, house

pytestmark = pytest.mark.browser

SHOWN = """(given) => {
  window.hass = homeAssistant(given);
  window.cards = [show(hass, "evenload-circuit-card", "cars"), show(hass, "evenload-evse-card", "garage")];
}"""
SHARED_BY = """([device, strategy]) => {
  window.hass = after(hass, `${device} select strategy`, strategy);
  cards.forEach((card) => { card.hass = hass; });
}"""
# What is to be touched: a switch or a slider counts with its name, which does the same.
SIZES = """() => cards.flatMap((card) =>
  [...card.shadowRoot.querySelectorAll("button, input, select, summary")].map((node) => {
    const { width, height } = node.getBoundingClientRect();
    return [node.labels?.[0]?.textContent ?? node.ariaLabel ?? node.textContent, width, height];
  })
)"""
FINGER_PX = 44
OF_SENSOR = "component.evenload.entity.sensor"


@pytest.fixture
async def cards(page: Page) -> AsyncGenerator[Page]:
    """A page with our cards."""
    async with card_page(page) as ready:
        yield ready


def with_everything(**more: Any) -> dict[str, Any]:
    """Return a house with a control of every kind."""
    given = house(**more)
    given["entities"] |= {
        "garage number priority": ["5", {"min": 1, "max": 10, "step": 1}],
        "garage datetime departure": ["2099-01-05T06:15:00+00:00"],
        "garage select charge_mode": ["fast", {"options": ["fast", "off"]}],
        "garage number price_limit": ["0.2", {"min": -9, "max": 9, "step": 0.001}],
    }
    return given


async def test_priority_goes_at_once_when_nobody_shares_by_it(cards: Page) -> None:
    await cards.evaluate(SHOWN, with_everything())
    priority = cards.get_by_role("slider", name="priority")
    await expect(priority).to_be_visible()
    await cards.evaluate(SHARED_BY, ["cars", "static"])
    await expect(priority).to_have_count(0)
    # A circuit further up asks for it as well.
    await cards.evaluate(SHARED_BY, ["site", "priority"])
    await expect(priority).to_be_visible()
    await cards.evaluate(SHARED_BY, ["site", "static"])
    await expect(priority).to_have_count(0)
    # Nobody knows at the moment how it is shared.
    await cards.evaluate(SHARED_BY, ["cars", "unavailable"])
    await expect(priority).to_be_visible()


@pytest.mark.parametrize("width", [1280, 390])
async def test_everything_is_as_large_as_a_finger(cards: Page, width: int) -> None:
    await cards.set_viewport_size({"width": width, "height": 1200})
    await cards.evaluate(SHOWN, with_everything())
    for summary in await cards.locator("summary").all():
        if await summary.is_visible():
            await summary.click()
    sizes = await cards.evaluate(SIZES)
    shown = [one for one in sizes if one[1] > 0]
    assert len(shown) >= 12
    small = [one for one in shown if min(one[1], one[2]) < FINGER_PX]
    assert small == []


async def test_a_slider_is_filled_as_far_as_it_is_set(cards: Page) -> None:
    await cards.evaluate(SHOWN, with_everything())
    limit = cards.get_by_role("slider", name="limit")
    at = "(node) => node.style.getPropertyValue('--at')"
    assert await limit.evaluate(at) == "0.8"
    await limit.press("ArrowLeft")
    assert await limit.evaluate(at) == "0.75"


async def test_names_are_in_the_language_of_the_user(cards: Page) -> None:
    """Home Assistant names entities in its own language, and says their states in that of the user."""
    system = {f"{OF_SENSOR}.reason.name": "reason", f"{OF_SENSOR}.power.name": "power"}
    user = {
        f"{OF_SENSOR}.reason.name": "Begrenzt durch",
        f"{OF_SENSOR}.power.name": "Leistung",
        f"{OF_SENSOR}.status.name": "Zustand",
    }
    names = {"system": system, "user": user}
    given = with_everything(language="de", system="en", names=names)
    await cards.evaluate(SHOWN, given)
    garage = cards.get_by_role("group", name="Garage")
    await expect(
        garage.get_by_role("button", name="Begrenzt durch: main_fuse (l2)")
    ).to_be_visible()
    await expect(garage.get_by_role("button", name="Leistung: ")).to_be_visible()
    # What its owner calls otherwise keeps that name.
    await expect(garage.get_by_role("button", name="status: charging")).to_be_visible()
    await expect(garage.get_by_text("Weitere Einstellungen")).to_be_visible()


async def test_who_speaks_as_the_system_does_asks_for_nothing(cards: Page) -> None:
    names = {"system": {f"{OF_SENSOR}.power.name": "power"}, "user": {}}
    await cards.evaluate(SHOWN, with_everything(names=names))
    await expect(cards.get_by_role("button", name="power: 2.76 kW")).to_be_visible()
