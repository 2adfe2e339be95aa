"""The cards without a mouse and without eyes: what Tab reaches, in which order, and what a screen reader is told."""

from collections.abc import AsyncGenerator
import re
from typing import Any

from playwright.async_api import Page, expect
import pytest

from tests.end_to_end.card_page import card_page, house

pytestmark = pytest.mark.browser

SHOWN = """(given) => {
  window.hass = homeAssistant(given);
  window.cards = [show(hass, "evenload-circuit-card", "site"), show(hass, "evenload-evse-card", "garage")];
}"""
FOCUSED = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  const outline = getComputedStyle(node).outlineStyle;
  return [node.localName, node.labels?.[0]?.textContent ?? node.ariaLabel ?? node.textContent, outline];
}"""
PRICES = {"min": -10, "max": 10, "step": 0.001}


@pytest.fixture
async def cards(page: Page) -> AsyncGenerator[Page]:
    """A page with our cards."""
    async with card_page(page) as ready:
        # A theme's colour: without one nothing that needs it is drawn.
        await page.add_style_tag(content=":root { --primary-color: blue }")
        yield ready


def planning(mode: str) -> dict[str, Any]:
    """Return a house that plans, with the garage in this charging mode."""
    given = house()
    modes = ["off", "fast", "cheapest", "price_limit"]
    given["entities"] |= {
        "garage select charge_mode": [mode, {"options": modes}],
        "garage number target_soc": [
            "80",
            {"min": 1, "max": 100, "step": 1, "unit_of_measurement": "%"},
        ],
        "garage number price_limit": [
            "0.25",
            PRICES | {"unit_of_measurement": "EUR/kWh"},
        ],
    }
    return given


async def test_tab_reaches_everything_in_the_order_of_reading(cards: Page) -> None:
    await cards.evaluate(SHOWN, planning("price_limit"))
    reached = []
    for _ in range(20):
        await cards.keyboard.press("Tab")
        kind, name, outline = await cards.evaluate(FOCUSED)
        if kind == "body":
            break
        assert outline == "solid" or name == "departure", name
        reached.append((kind, name.strip()))
    assert reached == [
        ("input", "limit"),
        ("select", "strategy"),
        ("button", "status: charging"),
        ("button", "power: 2.76 kW"),
        ("button", "reason: main_fuse (l2)"),
        ("button", "allotment: 6 A"),
        ("input", "charging_allowed"),
        ("select", "charge_mode"),
        # A time is one field of many parts: the browser stops at each of them, and marks that.
        *[("input", "departure")] * 7,
        ("input", "target_soc"),
        ("input", "price_limit"),
        ("summary", "More settings"),
    ]


async def test_a_reader_is_told_whose_each_control_is(cards: Page) -> None:
    await cards.evaluate(SHOWN, planning("price_limit"))
    garage = cards.get_by_role("group", name="Garage", exact=True)
    for role, name in (
        ("switch", "charging_allowed"),
        ("combobox", "charge_mode"),
        ("textbox", "departure"),
        ("slider", "target_soc"),
        ("spinbutton", "price_limit"),
    ):
        await expect(garage.get_by_role(role, name=name, exact=True)).to_be_visible()
    told = await cards.locator("body").aria_snapshot()
    # Landmarks are Home Assistant's; nothing is empty, and nothing has no name.
    assert "banner" not in told
    assert not re.search(
        r"^\s*- (list|button|img|switch|slider|combobox|spinbutton)$",
        told,
        re.MULTILINE,
    )


async def test_numbers_that_no_slider_can_hit_are_typed(cards: Page) -> None:
    await cards.evaluate(SHOWN, planning("price_limit"))
    price = cards.get_by_role("spinbutton", name="price_limit")
    await expect(price).to_have_value("0.25")
    await price.focus()
    await cards.keyboard.press("Control+A")
    await cards.keyboard.type("0.3")
    # What comes meanwhile does not disturb who is typing.
    await cards.evaluate("cards[1].hass = after(hass, 'garage sensor power', '3')")
    await expect(price).to_have_value("0.3")
    await cards.keyboard.press("Enter")
    told = "() => hass.told.map(([domain, service, data]) => [domain, service, data.value])"
    await cards.wait_for_function("() => hass.told.length === 1")
    assert await cards.evaluate(told) == [["number", "set_value", 0.3]]


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        ("off", set()),
        ("fast", set()),
        ("cheapest", {"target_soc"}),
        ("price_limit", {"target_soc", "price_limit"}),
        ("unavailable", {"target_soc", "price_limit"}),
    ],
)
async def test_what_counts_in_no_mode_is_not_in_the_way(
    cards: Page, mode: str, shown: set[str]
) -> None:
    await cards.evaluate(SHOWN, planning(mode))
    for name in ("target_soc", "price_limit"):
        control = cards.get_by_label(name, exact=True)
        await expect(control).to_have_count(1 if name in shown else 0)
