"""Issues of a central system above that refuses a station, or is away for a day."""

from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.uplink import UplinkState, UplinkStatus
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.planning_home import issues

NOW = datetime(2026, 11, 22, 15, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
async def above(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> FakeSite:
    """A station that is there, and known above."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    site: FakeSite = entry.runtime_data
    site.put_station("garage", connected=True)
    be(site, UplinkState.CONNECTED)
    return site


def be(
    site: FakeSite, state: UplinkState, detail: str = "", *, queued: int = 0
) -> None:
    """Let the uplink be so from now on."""
    since = datetime.now(UTC)
    site.above["garage"] = UplinkStatus(state, queued, since, detail)


async def pass_by(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, passed: timedelta
) -> list[str | None]:
    """Let some time pass; returns which issues there are then."""
    while passed > timedelta(0):
        step = min(passed, HOUR)
        freezer.tick(step)
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
        passed -= step
    return [key for key, _ in issues(hass)]


@pytest.mark.parametrize(
    ("state", "detail"),
    [
        (UplinkState.REFUSED, "server rejected WebSocket connection: HTTP 401"),
        (UplinkState.REFUSED, "certificate verify failed"),
        (UplinkState.PENDING, "Rejected"),
    ],
)
async def test_one_that_refuses_is_told_after_some_minutes(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    above: FakeSite,
    state: UplinkState,
    detail: str,
) -> None:
    be(above, state, detail)
    assert await pass_by(hass, freezer, 4 * MINUTE) == []
    assert await pass_by(hass, freezer, 2 * MINUTE) == ["uplink_refused"]
    assert issues(hass)[0][1] == {
        "name": "Garage",
        "since": "2026-11-22 16:00+01:00",
        "detail": detail,
    }
    be(above, UplinkState.CONNECTED)
    assert await pass_by(hass, freezer, MINUTE) == []


async def test_one_that_lets_a_station_wait_has_not_refused_it(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, above: FakeSite
) -> None:
    be(above, UplinkState.PENDING, "Pending")
    assert await pass_by(hass, freezer, HOUR) == []


async def test_one_that_is_away_is_told_after_a_day(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, above: FakeSite
) -> None:
    be(above, UplinkState.CONNECTING, "no route")
    assert await pass_by(hass, freezer, 23 * HOUR) == []
    assert await pass_by(hass, freezer, 2 * HOUR) == ["uplink_away"]
    be(above, UplinkState.REFUSED, "HTTP 404")
    # One of both is enough.
    assert await pass_by(hass, freezer, 10 * MINUTE) == ["uplink_refused"]
    be(above, UplinkState.CONNECTED)
    assert await pass_by(hass, freezer, MINUTE) == []


@pytest.mark.parametrize("queued", [0, 3])
async def test_nobody_is_missed_who_need_not_be_there(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, above: FakeSite, queued: int
) -> None:
    """For a station that is away nobody is dialled, unless it has left something to say."""
    above.put_station("garage", connected=False)
    be(above, UplinkState.CONNECTING, "no route", queued=queued)
    expected = ["uplink_away"] if queued else []
    assert await pass_by(hass, freezer, 26 * HOUR) == expected


async def test_issues_go_with_the_uplink_and_with_the_site(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    above: FakeSite,
    entry: MockConfigEntry,
) -> None:
    be(above, UplinkState.REFUSED, "HTTP 401")
    assert await pass_by(hass, freezer, 6 * MINUTE) == ["uplink_refused"]
    status = above.above.pop("garage")
    assert await pass_by(hass, freezer, MINUTE) == []
    above.above["garage"] = status
    assert await pass_by(hass, freezer, MINUTE) == ["uplink_refused"]
    assert await hass.config_entries.async_unload(entry.entry_id)
    assert issues(hass) == []


async def test_a_system_above_the_site_or_a_group_is_told_of_by_that(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, above: FakeSite
) -> None:
    site = hass.config_entries.async_get_entry("site")
    assert site is not None
    for target in ("site", "group-yard"):
        data = {
            "target": target,
            "role": "station",
            "url": "wss://csms.example",
            "identity": "A",
            "version": "2_0_1",
            "decides": [],
        }
        central = ConfigSubentry(
            data=MappingProxyType(data),
            subentry_id=f"central-{target}",
            subentry_type="central_system",
            title="Aggregator",
            unique_id=None,
        )
        hass.config_entries.async_add_subentry(site, central)
        status = UplinkStatus(UplinkState.REFUSED, 0, datetime.now(UTC), "HTTP 403")
        above.above[central.subentry_id] = status
    await hass.async_block_till_done()
    assert await pass_by(hass, freezer, 6 * MINUTE) == ["uplink_refused"] * 2
    named = {(words or {})["name"] for _, words in issues(hass)}
    assert named == {"Home (Aggregator)", "Yard (Aggregator)"}
