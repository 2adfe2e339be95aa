"""The action that lets a vehicle feed back for a while, and what is told when a station does not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import device_registry as dr, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)
import voluptuous as vol

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.events import (
    Booted,
    GridAlarmReported,
    GridControlReported,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse, StationInfo
from custom_components.evenload.engine.model.v2x import DischargeState, Hindrance
from custom_components.evenload.engine.model.v2x_ability import Method, V2xAbility
from tests.homeassistant.conftest import NOW, config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_discharging import PERMISSION

GARAGE = EvseKey("garage", 1)


@pytest.fixture
def entry(hass: HomeAssistant, freezer: Any) -> MockConfigEntry:
    """A site with a vehicle that may feed back, and one that may not."""
    freezer.move_to(NOW)
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}), station("drive", "Drive")
    )
    entry.add_to_hass(hass)
    return entry


async def discharge(hass: HomeAssistant, name: str = "garage", **data: Any) -> Any:
    """Call the action on a station."""
    device = dr.async_get(hass).async_get_device_by_identifier((DOMAIN, name), "site")
    return await hass.services.async_call(
        DOMAIN,
        "discharge_until",
        {"device_id": device.id, **data},
        blocking=True,
        return_response=True,
    )


@pytest.mark.parametrize(
    ("said", "until", "energy_wh", "power_w"),
    [
        ({"until": "2026-11-01T14:30:00+00:00"}, timedelta(hours=2.5), None, None),
        # Who says no time zone means the one of the house.
        ({"until": "2026-11-01 15:30:00"}, timedelta(hours=2.5), None, None),
        ({"duration": {"minutes": 90}, "power": 3000}, timedelta(hours=1.5), None, 3e3),
        ({"energy": 5.5}, None, 5500, None),
        (
            {"duration": "01:00:00", "energy": 2, "power": 1400},
            timedelta(hours=1),
            2000,
            1400,
        ),
    ],
)
async def test_a_vehicle_gives_for_a_while(
    hass: HomeAssistant,
    site: FakeSite,
    said: dict[str, Any],
    until: timedelta | None,
    energy_wh: float | None,
    power_w: float | None,
) -> None:
    await hass.config.async_set_time_zone("Europe/Berlin")
    site.put(Evse(GARAGE, discharge=DischargeState(hindrance=None)))
    answer = await discharge(hass, **said)
    end = None if until is None else NOW + until
    assert site.asked[-1] == ("discharge_until", GARAGE, end, energy_wh, power_w)
    assert answer == {
        "connectors": [
            {
                "station": "garage",
                "connector": 1,
                "until": end and end.isoformat(),
                "energy_kwh": energy_wh and energy_wh / 1000,
                "hindrance": None,
            }
        ]
    }


async def test_any_entity_of_a_connector_will_do(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await hass.services.async_call(
        DOMAIN,
        "discharge_until",
        {"entity_id": "sensor.garage_setpoint", "energy": 1},
        blocking=True,
    )
    assert site.asked[-1] == ("discharge_until", GARAGE, None, 1000, None)


@pytest.mark.parametrize(
    ("name", "said", "words"),
    [
        ("garage", {}, "Say until when"),
        ("garage", {"until": "2026-11-01T11:00:00+00:00"}, "is over already"),
        ("drive", {"energy": 1}, "Discharging is not set up here"),
    ],
)
async def test_what_cannot_be_is_answered(
    hass: HomeAssistant, site: FakeSite, name: str, said: dict[str, Any], words: str
) -> None:
    with pytest.raises(ServiceValidationError, match=words):
        await discharge(hass, name, **said)


async def test_a_time_and_a_duration_are_one_too_many(
    hass: HomeAssistant, site: FakeSite
) -> None:
    with pytest.raises(vol.Invalid):
        await discharge(hass, until="2026-11-01 15:30:00", duration="01:00:00")


async def pass_time(hass: HomeAssistant, freezer: Any, seconds: float) -> None:
    freezer.tick(seconds)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


def issues(hass: HomeAssistant) -> set[str]:
    """Return what the owner is told."""
    return {name for domain, name in ir.async_get(hass).issues if domain == DOMAIN}


def hindered(hindrance: Hindrance | None) -> Evse:
    return Evse(GARAGE, discharge=DischargeState(hindrance=hindrance))


async def test_a_station_that_refuses_for_long_is_told(
    hass: HomeAssistant, site: FakeSite, freezer: Any
) -> None:
    issue = "discharge_refused_site_garage_1"
    site.put(hindered(Hindrance.STATION_REFUSES))
    await pass_time(hass, freezer, 500)
    site.put(hindered(None))
    site.put(hindered(Hindrance.STATION_REFUSES))
    await pass_time(hass, freezer, 500)
    assert issue not in issues(hass)
    await pass_time(hass, freezer, 101)
    assert issue in issues(hass)
    assert ir.async_get(hass).async_get_issue(
        DOMAIN, issue
    ).translation_placeholders == {"name": "Garage"}
    site.put(hindered(Hindrance.NOT_PLUGGED_IN))
    assert issue not in issues(hass)


async def test_what_a_test_has_disproven_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    issue = "discharge_disproven_site_garage_1"
    site.put(hindered(Hindrance.NOT_PROVEN))
    assert issue not in issues(hass)
    ability = V2xAbility(disproven=(Method.NEGATIVE_LIMIT,))
    site.put_station("garage", capabilities=Capabilities(v2x={1: ability}))
    assert issue in issues(hass)
    # It is over when it is tried in another way, or not at all.
    subentry = entry.subentries["station-garage"]
    data = {key: value for key, value in subentry.data.items() if key != "v2g"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    assert issue not in issues(hass)


async def test_what_the_grid_does_is_told_at_the_first_connector(
    hass: HomeAssistant, site: FakeSite
) -> None:
    told: list[tuple[str, Any]] = []

    @callback
    def listen(event: Any) -> None:
        attributes = event.data["new_state"].attributes
        if "event_type" in attributes:
            told.append((attributes["event_type"], attributes["control"]))

    hass.bus.async_listen("state_changed", listen)
    alarm = GridAlarmReported(
        identity="garage", at=NOW, control="VoltWatt", fault="OverVoltage", ended=False
    )
    command = GridControlReported(
        identity="garage", at=NOW, control_id="c7", started=True
    )
    for event in (
        alarm,
        replace(alarm, ended=True),
        command,
        replace(command, started=False),
    ):
        site.tell(event)
    await hass.async_block_till_done()
    assert told == [
        ("grid_alarm", "VoltWatt"),
        ("grid_alarm_over", "VoltWatt"),
        ("grid_control_started", "c7"),
        ("grid_control_ended", "c7"),
    ]


async def test_trouble_with_the_grid_that_lasts_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite, freezer: Any
) -> None:
    issue = "grid_alarm_lasts_site_garage"
    over = GridAlarmReported(
        identity="garage", at=NOW, control="VoltWatt", fault="OverVoltage", ended=False
    )
    under = replace(over, control="FreqDroop", fault="UnderFrequency")

    def words() -> str | None:
        known = ir.async_get(hass).async_get_issue(DOMAIN, issue)
        placeholders = None if known is None else known.translation_placeholders
        return placeholders and f"{placeholders['name']}: {placeholders['fault']}"

    # What passes is no trouble, and who does not say what is wrong has none.
    for event in (over, replace(over, ended=True), replace(under, fault=None)):
        site.tell(event)
    await pass_time(hass, freezer, 301)
    assert words() is None
    site.tell(over)
    await pass_time(hass, freezer, 290)
    assert words() is None
    site.tell(under)
    await pass_time(hass, freezer, 11)
    assert words() == "Garage: OverVoltage"
    # One of two is over.
    site.tell(replace(over, ended=True))
    assert words() == "Garage: UnderFrequency"
    # A station that starts anew tells it again.
    site.tell(Booted(identity="garage", at=NOW, info=StationInfo()))
    assert words() is None
    site.tell(under)
    await pass_time(hass, freezer, 301)
    assert words() == "Garage: UnderFrequency"
    await hass.config_entries.async_unload(entry.entry_id)
    assert words() is None
