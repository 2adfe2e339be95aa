"""A key that never expires is written when nobody will watch any more: the meter is lost, or Home Assistant closes."""

import asyncio
from datetime import timedelta
from time import monotonic

import pytest

from custom_components.evenload.engine.control.v2x import direction
from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.model.v2x import Hindrance, V2gMode
from custom_components.evenload.engine.model.v2x_ability import Method
from simulator import Form
from tests.end_to_end.test_v2g import ALONE, KEY, Row, Story, told

SETPOINT = "V2XSetpoint"
NEVER = {"timeout_s": 0.0}
BY_KEY = Row(
    "by key", "1.6", (Form.SETPOINT_KEY,), told(Method.CONFIGURATION_KEY), NEVER
)
BY_KEY_ALONE = Row(
    "by key alone",
    "1.6",
    (Form.SETPOINT_KEY,),
    told(Method.CONFIGURATION_KEY, **ALONE),
    NEVER | ALONE,
)

# Longer than that a station that is silent holds up nobody.
CLOSES_WITHIN_S = 3.5


def setpoint_of(story: Story) -> str:
    """What the key of the station reads."""
    return story.station.charge_point.configuration.live[SETPOINT]()


async def carrying(story: Story) -> None:
    """Have the vehicle carry the house."""
    await story.until("charges", lambda: story.measured_w > 4000)
    await story.prove()
    await story.site.set_v2g_mode(KEY, V2gMode.HOUSE)
    await story.until("carries the house", story.carries)
    assert setpoint_of(story).startswith("-")


async def closed(story: Story) -> float:
    """Close the site, and return how long that took."""
    began = monotonic()
    await story.site.close()
    return monotonic() - began


async def closing(row: Row) -> None:
    async with Story(row) as story:
        await carrying(story)
        assert await closed(story) < CLOSES_WITHIN_S
        last = setpoint_of(story)
        # Where charging goes by the key, too, it is what limits let through then.
        assert last == "ChargingOnly" or float(last) >= 0
        # The vehicle follows within seconds (docs/v2g-extension.md).
        async with asyncio.timeout(5):
            while story.power_w < 0:
                await asyncio.sleep(0.1)


async def closing_on_a_silent_station() -> None:
    async with Story(BY_KEY) as story:
        await carrying(story)
        story.station.faults.ignore.add("ChangeConfiguration")
        assert await closed(story) < CLOSES_WITHIN_S


async def losing_the_meter() -> None:
    async with Story(BY_KEY) as story:
        await carrying(story)
        story.silence_meter()
        await story.until(
            "stops", lambda: setpoint_of(story) == "ChargingOnly" and story.power_w >= 0
        )
        hindrance = story.site.evse(KEY).discharge.hindrance
        assert hindrance is Hindrance.METER_STALE


async def test_what_never_expires_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TURNS_AFTER", "BEGINS_AGAIN_AFTER"):
        monkeypatch.setattr(direction, name, timedelta(seconds=1))
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 0.5)
    asyncio.get_running_loop().set_debug(False)
    stories = (
        closing(BY_KEY),
        closing(BY_KEY_ALONE),
        closing_on_a_silent_station(),
        losing_the_meter(),
    )
    ended = await asyncio.gather(*stories, return_exceptions=True)
    assert [error for error in ended if error] == []
