"""The actions that keep connectors for drivers, and begin and end charging: whom they mean, and who may."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.evenload.const import DOMAIN
from tests.homeassistant.conftest import config_entry, driver, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE
from tests.homeassistant.test_actions_wishes import device_id

KNOWN = {"admission": {"policy": "known"}}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site where everybody may charge at the garage, and drivers in the drive."""
    entry = config_entry(
        station("garage", "Garage"),
        station("drive", "Drive", **KNOWN),
        driver("Anna", "04A2B3C4"),
        driver("Ben", "BEN"),
    )
    entry.add_to_hass(hass)
    return entry


async def act(
    hass: HomeAssistant,
    action: str,
    name: str,
    *,
    user: MockUser | None = None,
    **data: Any,
) -> None:
    """Call an action on a device."""
    await hass.services.async_call(
        DOMAIN,
        action,
        {"device_id": device_id(hass, name), **data},
        blocking=True,
        context=Context(user_id=user.id if user else None),
    )


async def test_a_connector_is_kept_for_a_driver(
    hass: HomeAssistant, site: FakeSite
) -> None:
    anna = device_id(hass, "driver-anna")
    await act(hass, "reserve", "garage", driver=anna, until="2030-11-22 18:00:00")
    # Who names no time zone means the one of the house.
    until = dt_util.as_utc(
        datetime(2030, 11, 22, 18, tzinfo=dt_util.get_default_time_zone())
    )
    assert site.asked[-1] == ("reserve", GARAGE, "driver-anna", until)


@pytest.mark.parametrize("said", ["Anna", "driver-anna", "site", "garage"])
async def test_a_driver_is_chosen_and_never_named(
    hass: HomeAssistant, site: FakeSite, said: str
) -> None:
    until = datetime.now(UTC) + timedelta(hours=1)
    named = device_id(hass, said) if said in {"site", "garage"} else said
    for action, more in (
        ("reserve", {"until": until.isoformat()}),
        ("start_charging", {}),
    ):
        with pytest.raises(ServiceValidationError, match="is no driver of Home"):
            await act(hass, action, "garage", driver=named, **more)
    assert site.asked == []


@pytest.mark.parametrize("action", ["cancel_reservation", "stop_charging"])
async def test_what_was_asked_is_taken_back(
    hass: HomeAssistant, site: FakeSite, action: str
) -> None:
    site.put_station("drive", connected=True)
    await act(hass, action, "drive")
    assert site.asked == [(action, DRIVE)]


async def test_nobody_charges_on_anothers_account_or_past_a_reader(
    hass: HomeAssistant, site: FakeSite, hass_read_only_user: MockUser
) -> None:
    guest = hass_read_only_user
    await act(hass, "start_charging", "garage", user=guest)
    assert site.asked == [("start_charging", GARAGE, None)]
    anna = device_id(hass, "driver-anna")
    with pytest.raises(Unauthorized):
        await act(hass, "start_charging", "garage", user=guest, driver=anna)
    with pytest.raises(Unauthorized):
        await act(hass, "start_charging", "drive", user=guest)
    assert len(site.asked) == 1


async def test_administrators_and_automations_do(
    hass: HomeAssistant, site: FakeSite, hass_admin_user: MockUser
) -> None:
    anna = device_id(hass, "driver-anna")
    for user in (hass_admin_user, None):
        await act(hass, "start_charging", "drive", user=user, driver=anna)
        await act(hass, "start_charging", "drive", user=user)
    assert (
        site.asked
        == [
            ("start_charging", DRIVE, "driver-anna"),
            ("start_charging", DRIVE, None),
        ]
        * 2
    )
