"""What the dashboard consists of, times and numbers: in a real browser, without a Home Assistant."""

from collections.abc import AsyncGenerator
from typing import Any

from playwright.async_api import Page
import pytest

from tests.end_to_end.card_page import card_page, house

pytestmark = pytest.mark.browser

VIEW = "([config, given]) => viewOf(config, homeAssistant(given))"
SHOWN = """(given) => {
  const hass = homeAssistant(given);
  show(hass, "evenload-evse-card", "garage");
}"""


@pytest.fixture
async def cards(page: Page) -> AsyncGenerator[Page]:
    """A page with our cards."""
    async with card_page(page) as ready:
        yield ready


def sections(view: dict[str, Any]) -> list[list[str]]:
    """Return the devices of each section."""
    return [
        [card["device_id"] for card in section["cards"]] for section in view["sections"]
    ]


LAYOUTS: list[tuple[dict[str, Any], list[list[str]]]] = [
    ({}, [["site", "barn1"], ["cars", "drive", "garage"]]),
    ({"order": ["cars"]}, [["cars", "drive", "garage"], ["site", "barn1"]]),
    ({"order": ["garage"]}, [["site", "barn1"], ["cars", "garage", "drive"]]),
    ({"hidden": ["cars"]}, [["site", "barn1"]]),
    ({"hidden": ["garage"]}, [["site", "barn1"], ["cars", "drive"]]),
    ({"hidden": ["gone"], "order": ["gone"]}, [["site", "barn1"], ["cars", "drive", "garage"]]),
]  # fmt: skip


async def test_every_circuit_is_a_section(cards: Page) -> None:
    for config, expected in LAYOUTS:
        view = await cards.evaluate(VIEW, [config, house()])
        assert sections(view) == expected, config


async def test_titles_and_an_empty_house(cards: Page) -> None:
    view = await cards.evaluate(VIEW, [{"title": "Garage"}, {}])
    assert view["title"] == "Garage"
    assert "Add it under Settings" in view["sections"][0]["cards"][0]["content"]


async def test_both_strategies_and_cards_are_offered(cards: Page) -> None:
    generated = """async (given) => {
      const hass = homeAssistant(given);
      const board = await customElements.get("ll-strategy-dashboard-evenload").generate({}, hass);
      const view = await customElements.get("ll-strategy-view-evenload").generate({}, hass);
      return JSON.stringify(board.views) === JSON.stringify([view]);
    }"""
    assert await cards.evaluate(generated, house())
    offered = "[...customCards, ...customStrategies].map(({ type, name, description }) => [type, name, description])"
    told = await cards.evaluate(offered)
    assert [row[0] for row in told] == [
        "evenload-circuit-card",
        "evenload-evse-card",
        "evenload",
    ]
    assert all(name and about for _, name, about in told)


async def test_another_layout_is_made_only_for_another_house(cards: Page) -> None:
    asked = """(given) => {
      const strategy = customElements.get("ll-strategy-dashboard-evenload");
      const hass = homeAssistant(given);
      const renamed = { ...hass, entities: { ...hass.entities } };
      const { garage, ...devices } = hass.devices;
      const removed = { ...hass, devices };
      return [hass, renamed, removed].map((now) => strategy.shouldRegenerate({}, hass, now));
    }"""
    assert await cards.evaluate(asked, house()) == [False, False, True]


TIMES = [
    # The clocks go forward in Amsterdam on 2026-03-29 at 02:00, and back on 2026-10-25 at 03:00.
    ("2026-03-29T01:30", "2026-03-29T00:30:00.000Z"),
    ("2026-03-29T03:30", "2026-03-29T01:30:00.000Z"),
    ("2026-10-25T01:30", "2026-10-24T23:30:00.000Z"),
    ("2026-10-25T04:30", "2026-10-25T03:30:00.000Z"),
]


async def test_times_of_the_clock(cards: Page) -> None:
    for text, time in TIMES:
        made = "(text) => instant(text, 'Europe/Amsterdam').toISOString()"
        assert await cards.evaluate(made, text) == time
        shown = "(time) => wallClock(new Date(time), 'Europe/Amsterdam')"
        assert await cards.evaluate(shown, time) == text
    assert await cards.evaluate("instant('', 'UTC')") is None


NUMBERS = [
    ({"language": "en", "number_format": "language"}, 1234.5, "W", "1.2\u00a0kW"),
    ({"language": "en", "number_format": "language"}, -0.04, "A", "0.0\u00a0A"),
    ({"language": "en", "number_format": "decimal_comma"}, 6, "A", "6,0\u00a0A"),
    ({"language": "de", "number_format": "none"}, 6.25, "A", "6.3\u00a0A"),
]


async def test_numbers_as_the_user_writes_them(cards: Page) -> None:
    asked = "([locale, value, unit]) => quantity({ locale }, value, unit)"
    for locale, value, unit, expected in NUMBERS:
        assert await cards.evaluate(asked, [locale, value, unit]) == expected


WORDS = {"de": "Haus", "nl": "Huis", "fr": "Maison", "en-GB": "House", "sv": "House"}


async def test_our_own_words(cards: Page) -> None:
    asked = "(language) => word({ locale: { language } }, 'house')"
    for language, text in WORDS.items():
        assert await cards.evaluate(asked, language) == text


async def test_nothing_moves_for_those_who_want_it_so(cards: Page) -> None:
    await cards.emulate_media(reduced_motion="reduce")
    await cards.evaluate(SHOWN, house())
    moves = "() => getComputedStyle(document.querySelector('evenload-evse-card').shadowRoot.querySelector('input')).transitionDuration"
    assert await cards.evaluate(moves) == "0s"
