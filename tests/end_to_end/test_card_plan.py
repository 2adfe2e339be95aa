"""The picture of a plan and of what became of it: in a real browser, without a Home Assistant."""

from collections.abc import AsyncGenerator
from typing import Any

from playwright.async_api import Page, expect
import pytest

from tests.end_to_end.card_page import card_page, house

pytestmark = pytest.mark.browser

QUARTER_MS = 900_000
NOW = "2026-11-22T12:00:00Z"
BEGIN_MS = 1_795_348_800_000
UNIT = "€/kWh"

SHOWN = """([given, type, device]) => {
  document.querySelectorAll("evenload-evse-card, evenload-circuit-card").forEach((card) => card.remove());
  show(homeAssistant(given), type, device);
}"""
PLAN = """([given, ids, now]) => {
  const hass = homeAssistant(given);
  const evses = houseOf(hass).evses.filter(({ id }) => ids.includes(id));
  return planOf(new Look(hass), evses, { flowed: given.flows, planned: given.plans ?? {} }, now);
}"""


@pytest.fixture
async def cards(page: Page) -> AsyncGenerator[Page]:
    """A page with our cards, at a certain time."""
    await page.clock.install(time=NOW)
    async with card_page(page) as ready:
        yield ready


def slots(powers_w: list[float], **more: list[float]) -> list[dict[str, Any]]:
    """Return slots of a quarter of an hour from now on."""
    return [
        {
            "start": f"2026-11-22T{12 + place // 4:02}:{place % 4 * 15:02}:00Z",
            "power_w": w,
        }
        | {key: values[place] for key, values in more.items()}
        for place, w in enumerate(powers_w)
    ]


def planned(given: dict[str, Any], **plans: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a house in which these devices have these plans."""
    for device, of_one in plans.items():
        given["entities"][f"{device} sensor plan"] = [
            "charging",
            {"slots": of_one, "price_unit": UNIT},
        ]
    return given | {"flows": {}}


async def test_there_is_no_picture_without_a_plan(cards: Page) -> None:
    for given in (house(), planned(house(), garage=[])):
        await cards.evaluate(SHOWN, [given, "evenload-evse-card", "garage"])
        await expect(cards.get_by_role("heading", name="garage")).to_be_visible()
        await expect(cards.get_by_role("img")).to_have_count(0)


async def test_a_plan_is_told_in_words_and_drawn(cards: Page) -> None:
    given = planned(
        house(),
        garage=slots(
            [0, 7400, 7000, 0, -3700],
            price=[0.3, 0.1, -0.02, 0.3, 0.4],
            sun_w=[0, 0, 0, 800, 900],
        ),
    )
    await cards.evaluate(SHOWN, [given, "evenload-evse-card", "garage"])
    strip = cards.get_by_role("img", name="Plan and reality")
    await expect(strip).to_be_visible()
    # It is an hour later in Amsterdam.
    told = "13:15–13:45 up to 7.4 kW, 14:00–14:15 feeds back 3.7 kW"
    runs = await cards.locator(".runs").inner_text()
    assert runs.replace("\u2060", "").replace("\u00a0", " ") == told
    assert runs in (await strip.get_attribute("aria-label") or "")
    for words in (
        "Planned power up to 7.4\u00a0kW",
        "Sun up to 900\u00a0W",
        "Price -0.02–0.40 €/kWh",
    ):
        await expect(cards.get_by_text(words, exact=True)).to_be_visible()
    assert await strip.locator("rect.power").count() == 3
    assert await strip.locator("rect.sun").count() == 2
    assert await strip.locator("polyline").count() == 1


async def test_what_flowed_is_drawn_over_the_plan(cards: Page) -> None:
    given = planned(house(), garage=slots([7000] * 8))
    # Seven hours ago is too long ago; half an hour is missing.
    times = [-28, -8, -4, 0]
    given["flows"] = {
        "garage": [
            {
                "start": BEGIN_MS + at * QUARTER_MS,
                "end": BEGIN_MS + (at + 1) * QUARTER_MS,
                "mean": 6900,
            }
            for at in times
        ]
    }
    await cards.clock.set_fixed_time("2026-11-22T12:20:00Z")
    await cards.evaluate(SHOWN, [given, "evenload-evse-card", "garage"])
    await expect(
        cards.get_by_text("Real power up to 6.9\u00a0kW", exact=True)
    ).to_be_visible()
    lines = cards.get_by_role("img").locator("polyline.flowed")
    assert await lines.count() == 3
    # It and the plan have one scale: the line is as high as the bars, but for a hundredth.
    [line] = [await lines.last.get_attribute("points")]
    height = float((line or "").split()[0].split(",")[1])
    bar = await cards.get_by_role("img").locator("rect.power").first.get_attribute("y")
    assert 0 < height - float(bar or 0) < 1


async def test_what_was_planned_is_there_where_something_flowed(cards: Page) -> None:
    given = planned(house(), garage=slots([7000, 0]), drive=slots([0, 0]))
    hour = 4 * QUARTER_MS
    given["flows"] = {
        "garage": [
            {"from": BEGIN_MS - hour, "to": BEGIN_MS - hour + 300_000, "w": 6900}
        ]
    }
    given["plans"] = {
        "garage": [
            {"from": BEGIN_MS - 2 * hour, "to": BEGIN_MS - hour // 2, "w": 7000},
            {"from": BEGIN_MS - hour // 2, "to": BEGIN_MS + 60_000, "w": 0},
        ],
        "drive": [{"from": BEGIN_MS - hour // 4 * 3, "to": BEGIN_MS, "w": -3000}],
    }
    plan = await cards.evaluate(PLAN, [given, ["garage", "drive"], BEGIN_MS + 60_000])
    minutes = [
        (round((part["from"] - BEGIN_MS) / 60_000), part["w"]) for part in plan["over"]
    ]
    assert minutes == [(-60, 7000), (-45, 4000), (-30, -3000)]


async def test_the_past_is_read_from_the_recorder(cards: Page) -> None:
    given = planned(house(), garage=slots([7000, 0]))
    seconds = BEGIN_MS / 1000
    given["flows"] = {
        "garage": [{"start": BEGIN_MS - QUARTER_MS, "end": BEGIN_MS, "mean": 6900}]
    }
    given["plans"] = {
        "garage": [
            {"s": "unknown", "lu": seconds - 3600},
            {"s": "7000", "lu": seconds - 900},
        ]
    }
    await cards.evaluate(SHOWN, [given, "evenload-evse-card", "garage"])
    strip = cards.get_by_role("img")
    await expect(strip.locator("polyline.flowed")).to_have_count(1)
    # What was planned before, and what is planned now.
    await expect(strip.locator("rect.power")).to_have_count(2)


async def test_the_site_stacks_all_plans(cards: Page) -> None:
    given = planned(
        house(),
        garage=slots([7000, 7000]),
        drive=slots([3000, 0]),
        barn1=slots([-5000, -5000]),
    )
    given["flows"] = {
        name: [{"from": BEGIN_MS, "to": BEGIN_MS + 1, "w": w}]
        for name, w in (("garage", 7000), ("barn1", -5000))
    }
    plan = await cards.evaluate(
        PLAN, [given, ["garage", "drive", "barn1"], BEGIN_MS + QUARTER_MS]
    )
    assert [(slot["low"], slot["high"]) for slot in plan["slots"]] == [
        (-5000, 10000),
        (-5000, 7000),
    ]
    assert [one["w"] for one in plan["flowed"]] == [2000]
    assert (plan["top"], plan["bottom"]) == (10000, -5000)

    await cards.evaluate(
        SHOWN, [given | {"flows": {}}, "evenload-circuit-card", "site"]
    )
    await expect(cards.get_by_role("img", name="Plan and reality")).to_be_visible()
    await cards.evaluate(
        SHOWN, [given | {"flows": {}}, "evenload-circuit-card", "cars"]
    )
    await expect(cards.get_by_role("heading", name="Cars")).to_be_visible()
    await expect(cards.get_by_role("img")).to_have_count(0)


async def test_a_day_of_25_hours_and_no_more_than_a_day_and_a_half(cards: Page) -> None:
    # The clocks go back at 2026-10-25T01:00Z.
    begin_ms = 1_792_876_500_000
    made = """([begin, length]) => {
      const slots = Array.from({ length: 240 }, (_, at) => ({ start: new Date(begin + at * length).toISOString(), power_w: 1000 }));
      const hass = homeAssistant({ devices: { a: {} }, entities: { "a sensor status": ["charging"], "a sensor power": ["0"], "a sensor plan": ["x", { slots }] } });
      const plan = planOf(new Look(hass), houseOf(hass).evses, { flowed: {}, planned: {} }, begin);
      return [plan.ticks.map(({ text }) => text), plan.slots.length];
    }"""
    ticks, count = await cards.evaluate(made, [begin_ms, QUARTER_MS])
    assert ticks == ["00:00", "06:00", "12:00", "18:00", "00:00", "06:00"]
    assert count == 144
