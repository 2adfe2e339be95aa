"""Moments as actions name them: by the clock of the house, or with a time zone of their own."""

from datetime import UTC, datetime

from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv
import pytest

from custom_components.evenload.moments import said


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22 12:00", "2026-11-22T11:00"),
        ("2026-11-22 12:00+03:00", "2026-11-22T09:00"),
        # The clock never shows that: it leaps from 02:00 to 03:00.
        ("2026-03-29 02:30", "2026-03-29T01:00"),
    ],
)
async def test_a_moment_is_by_the_clock_of_the_house(
    hass: HomeAssistant, text: str, expected: str
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    call = ServiceCall(hass, "evenload", "pause", {"until": cv.datetime(text)})
    assert said(call, "until") == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert said(call, "duration") is None
