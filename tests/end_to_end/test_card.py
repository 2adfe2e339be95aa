"""What the dashboard makes of states: in a real browser, without a Home Assistant."""

from collections.abc import AsyncGenerator
from typing import Any

from playwright.async_api import Page, expect
import pytest

from tests.end_to_end.card_page import AMPERES, card_page, house

pytestmark = pytest.mark.browser

PICTURE = """({ given, circuit }) => {
  const hass = homeAssistant(given);
  const found = houseOf(hass).circuits.find(({ id }) => id === circuit);
  return pictureOf(new Look(hass), found, given.wirings);
}"""
FACTS = """({ given, evse }) => {
  const hass = homeAssistant(given);
  return factsOf(new Look(hass), houseOf(hass).evses.find(({ id }) => id === evse));
}"""
# How often something in the card changes while this is done.
CHANGES = """async ([path, state]) => {
  const card = document.querySelector("evenload-evse-card");
  let changes = 0;
  const watch = new MutationObserver((records) => { changes += records.length; });
  watch.observe(card.shadowRoot, { subtree: true, childList: true, characterData: true, attributes: true });
  card.hass = after(card.hass, path, state);
  await new Promise((done) => setTimeout(done));
  return changes;
}"""


@pytest.fixture
async def cards(page: Page) -> AsyncGenerator[Page]:
    """A page with our cards."""
    async with card_page(page) as ready:
        yield ready


def values(picture: dict[str, Any]) -> list[dict[str, float]]:
    """Return who takes how much on each line, and what is left."""
    return [
        {part["id"]: round(part["value"], 1) for part in line["parts"]}
        | {"net": round(line["net"], 1), "left": line["left"]}
        for line in picture["lines"]
    ]


async def test_the_fuse_line_by_line(cards: Page) -> None:
    # 4.6 kW of direct current come from two lines of 230 V: 10 A on each.
    given = house()
    picture = await cards.evaluate(PICTURE, {"given": given, "circuit": "site"})
    assert values(picture) == [
        {"house": 10, "garage": 6, "barn1": -10, "net": 6, "left": 2},
        {"house": -2, "garage": 6, "barn1": -10, "net": -6, "left": 0},
    ]
    assert [row["id"] for row in picture["rows"]] == ["house", "barn1", "garage"]
    assert (picture["unit"], picture["limit"]) == ("A", 25)


async def test_a_group_has_its_own_and_tells_what_is_left_without_a_sensor(
    cards: Page,
) -> None:
    picture = await cards.evaluate(PICTURE, {"given": house(), "circuit": "cars"})
    assert values(picture) == [{"garage": 6, "net": 6, "left": 10}]


async def test_what_flows_is_not_left_whatever_came_first(cards: Page) -> None:
    for said, left in (("16", 10), ("7", 7), ("-3", -3)):
        given = house()
        given["entities"] |= {"cars sensor headroom_l1": [said, AMPERES]}
        picture = await cards.evaluate(PICTURE, {"given": given, "circuit": "cars"})
        assert picture["lines"][0]["left"] == left


async def test_a_group_in_watts_is_one_bar(cards: Page) -> None:
    given = house()
    given["entities"] |= {
        "cars number limit": ["11", {"unit_of_measurement": "kW"}],
        "cars sensor available": ["8240", {"unit_of_measurement": "W"}],
    }
    picture = await cards.evaluate(PICTURE, {"given": given, "circuit": "cars"})
    assert values(picture) == [{"garage": 2760, "net": 2760, "left": 8240}]
    assert (picture["unit"], picture["limit"]) == ("W", 11_000)


async def test_of_many_vehicles_the_smallest_are_told_together(cards: Page) -> None:
    given = house()
    for number in range(20):
        given["devices"][f"s{number}"] = {"via_device_id": "cars"}
        given["entities"] |= {
            f"s{number} sensor status": ["charging"],
            f"s{number} sensor current_l1": [str(10 + number), AMPERES],
        }
    picture = await cards.evaluate(PICTURE, {"given": given, "circuit": "cars"})
    told = picture["lines"][0]["parts"]
    assert len(told) == 8
    assert told[-1]["name"] == "14 others"
    assert picture["lines"][0]["net"] == sum(range(10, 30)) + 6
    assert picture["lines"][0]["isOver"]


LANES: list[tuple[Any, ...]] = [
    # What is taken and given; what is left; where parts, zero, the rest and the limit are drawn.
    ([5, 5], 10, [(0, 25), (25, 50)], 0, (50, 100), 100),
    # Ten of fifteen come from a vehicle: what flows through the fuse begins at zero.
    ([15, -10], 10, [(0, 50)], 33.3, (50, 83.3), 100),
    # More is given than taken: it leaves the house.
    ([5, -10], 20, [(0, 16.7)], 33.3, (16.7, 83.3), 100),
    # Too much: the limit is inside.
    ([25], 0, [(0, 100)], 0, (100, 100), 80),
    ([], 20, [], 0, (0, 100), 100),
]


async def test_where_it_is_drawn(cards: Page) -> None:
    for amounts, left, taken, zero, rest, limit in LANES:
        parts = [{"id": str(place), "value": a} for place, a in enumerate(amounts)]
        line = {"parts": parts, "net": sum(amounts), "left": left, "limit": 20}
        lane = await cards.evaluate("laneOf", line)
        drawn = [(part["from"], part["to"]) for part in lane["taken"]]
        assert [pytest.approx(span, abs=0.1) for span in taken] == drawn
        drawn_left = lane["left"]["from"], lane["left"]["to"]
        assert drawn_left == pytest.approx(rest, abs=0.1)
        assert lane["zero"] == pytest.approx(zero, abs=0.1)
        assert lane["limit"] == pytest.approx(limit)


async def test_what_a_connector_says(cards: Page) -> None:
    facts = await cards.evaluate(FACTS, {"given": house(), "evse": "garage"})
    assert facts["status"]["text"] == "charging"
    assert [reason["text"] for reason in facts["reasons"]] == ["main_fuse (l2)"]
    # How full the vehicle is, nobody knows.
    assert [row["key"] for row in facts["rows"]] == ["allotment"]

    facts = await cards.evaluate(FACTS, {"given": house(), "evse": "drive"})
    assert [(row["key"], row["text"]) for row in facts["rows"]] == [
        ("queue_position", "1"),
        ("next_turn", "Mon, Jan 5, 07:15"),
    ]

    facts = await cards.evaluate(FACTS, {"given": house(), "evse": "barn1"})
    assert facts["isFeedingBack"]
    assert facts["reasons"] == []


async def test_why_a_vehicle_gives_nothing_is_said_where_it_should(cards: Page) -> None:
    given = house()
    given["entities"] |= {"barn1 sensor hindrance": ["soc_at_minimum"]}
    facts = await cards.evaluate(FACTS, {"given": given, "evse": "barn1"})
    assert [reason["text"] for reason in facts["reasons"]] == ["soc_at_minimum"]
    mode = given["entities"]["barn1 select v2g_mode"]
    mode[0] = "charge_only"
    facts = await cards.evaluate(FACTS, {"given": given, "evse": "barn1"})
    assert facts["reasons"] == []
    # Something was asked for until a moment, or until so much was given.
    given["entities"] |= {"barn1 sensor discharge_left": ["3.2"]}
    facts = await cards.evaluate(FACTS, {"given": given, "evse": "barn1"})
    assert [reason["text"] for reason in facts["reasons"]] == ["soc_at_minimum"]
    mode[0] = "off"
    facts = await cards.evaluate(FACTS, {"given": given, "evse": "barn1"})
    assert facts["reasons"] == []


async def test_who_pauses_a_connector_is_named(cards: Page) -> None:
    given = house(language="de")
    paused = {"paused_for": ["no guests", "my neighbour"]}
    given["entities"] |= {"drive sensor reason": ["paused", paused]}
    facts = await cards.evaluate(FACTS, {"given": given, "evse": "drive"})
    told = [reason["text"] for reason in facts["reasons"]]
    assert told == ["Pausiert: keine Gäste, my neighbour"]


async def test_what_is_wrong_is_said_first(cards: Page) -> None:
    given = house()
    given["entities"] |= {
        "garage sensor error_code": ["ground_failure"],
        "garage sensor station_error": ["no_error"],
    }
    facts = await cards.evaluate(FACTS, {"given": given, "evse": "garage"})
    told = [reason["text"] for reason in facts["reasons"]]
    assert told == ["ground_failure", "main_fuse (l2)"]


async def put(page: Page, card: str, device: str, **more: Any) -> None:
    """Put one card on the page; its Home Assistant is `hass`."""
    await page.evaluate(
        "([given, card, device]) => { window.hass = homeAssistant(given); show(hass, card, device); }",
        [house(**more), card, device],
    )


async def told(page: Page) -> list[Any]:
    """Return what Home Assistant was told to do: the action, and with what."""
    calls: list[Any] = await page.evaluate("hass.told")
    return [[f"{domain}.{action}", data] for domain, action, data, _ in calls]


async def test_controls_are_named_and_work_with_keys(cards: Page) -> None:
    await put(cards, "evenload-evse-card", "garage")
    card = cards.get_by_role("group", name="Garage")
    pause = card.get_by_role("switch", name="charging_allowed")
    await expect(pause).to_be_checked()
    await pause.focus()
    await cards.keyboard.press("Space")
    await cards.get_by_text("More settings").focus()
    await cards.keyboard.press("Enter")
    most = cards.get_by_role("slider", name="maximum_current")
    await most.focus()
    for _ in range(3):
        await cards.keyboard.press("ArrowLeft")
    await expect(most).to_have_attribute("aria-valuetext", "13 A")
    leaves = cards.get_by_label("departure", exact=True)
    await leaves.fill("2020-01-01T07:00")
    await leaves.fill("2099-07-01T07:00")
    await cards.wait_for_function("hass.told.length === 3")
    assert await told(cards) == [
        ["switch.turn_off", {}],
        ["number.set_value", {"value": 13}],
        # As the clock shows it in Amsterdam in summer.
        ["datetime.set_value", {"datetime": "2099-07-01T05:00:00.000Z"}],
    ]


async def test_what_is_refused_is_shown_as_it_is(cards: Page) -> None:
    await put(cards, "evenload-circuit-card", "cars")
    await cards.evaluate("hass.refuses = true")
    share = cards.get_by_role("combobox", name="strategy")
    await share.select_option("static")
    await expect(share).to_have_value("priority")
    assert await told(cards) == [["select.select_option", {"option": "static"}]]


async def test_the_same_is_there_as_a_table(cards: Page) -> None:
    await put(cards, "evenload-circuit-card", "site")
    rows = await cards.get_by_role("row").all_inner_texts()
    assert [row.replace("\u00a0", " ").split("\t") for row in rows] == [
        ["What flows", "L1", "L2"],
        ["House", "10.0 A", "-2.0 A"],
        ["Barn Connector 1", "-10.0 A", "-10.0 A"],
        ["Garage", "6.0 A", "6.0 A"],
        ["Room", "2.0 A", "0.0 A"],
    ]
    await expect(cards.get_by_text("6.0 of 25")).to_have_count(2)


async def test_only_what_changed_is_drawn(cards: Page) -> None:
    await put(cards, "evenload-evse-card", "garage")
    assert await cards.evaluate(CHANGES, ["drive sensor power", "1500"]) == 0
    # What is seen, and what is read aloud.
    assert await cards.evaluate(CHANGES, ["garage sensor allotment", "7"]) == 2


async def test_a_card_breaks_alone_and_recovers(cards: Page) -> None:
    await put(cards, "evenload-evse-card", "garage")
    await put(cards, "evenload-circuit-card", "gone")
    await expect(cards.get_by_role("alert")).to_contain_text("cannot be drawn")
    await expect(cards.get_by_role("heading", name="Garage")).to_be_visible()
    await cards.evaluate(
        "document.querySelector('evenload-circuit-card').setConfig({ device_id: 'cars' })"
    )
    await expect(cards.get_by_role("alert")).to_have_count(0)
    await expect(cards.get_by_role("heading", name="Cars")).to_be_visible()
    refused = "() => { try { document.createElement('evenload-evse-card').setConfig({}) } catch (error) { return error.message } }"
    assert await cards.evaluate(refused) == "Choose a device of Evenload"
