"""Another sensor takes the place of one that is of no use, right from Repairs."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.repairs import repairs_flow_manager
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.const import DOMAIN
from tests.homeassistant.conftest import OPTIONS, config_entry, group, station

pytestmark = pytest.mark.usefixtures("meter_sensors")

METER = {
    "kind": "currents",
    **{line: f"sensor.grid_{line}" for line in ("l1", "l2", "l3")},
    "inverted": False,
    "includes_stations": True,
}


@pytest.fixture(params=["site", "group"])
def entry(hass: HomeAssistant, request: pytest.FixtureRequest) -> MockConfigEntry:
    """A site with a meter, or with a group that has one."""
    of_group = {"meter": METER} if request.param == "group" else {}
    entry = config_entry(
        station("garage", "Garage"), group("Yard", "garage", **of_group)
    )
    entry.add_to_hass(hass)
    if not of_group:
        hass.config_entries.async_update_entry(
            entry, options=OPTIONS | {"meter": METER}
        )
    return entry


@pytest.fixture
async def issue(
    hass: HomeAssistant, entry: MockConfigEntry, freezer: FrozenDateTimeFactory
) -> ir.IssueEntry:
    """The issue of a sensor that is gone."""
    assert await async_setup_component(hass, "repairs", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    hass.states.async_remove("sensor.grid_l2")
    for _ in range(2):
        freezer.tick(timedelta(minutes=3))
        async_fire_time_changed(hass)
        await hass.async_block_till_done()
    return the_one(hass)


def ours(hass: HomeAssistant) -> list[ir.IssueEntry]:
    """Return what Repairs says of the sensor that is gone; the others have only said nothing for a while."""
    issues = ir.async_get(hass).issues.values()
    return [one for one in issues if one.translation_key == "meter_sensor_missing"]


def the_one(hass: HomeAssistant) -> ir.IssueEntry:
    (issue,) = ours(hass)
    return issue


async def opened(hass: HomeAssistant, issue: ir.IssueEntry) -> dict[str, Any]:
    manager = repairs_flow_manager(hass)
    assert manager is not None
    assert issue.is_fixable
    found: Any = await manager.async_init(DOMAIN, data={"issue_id": issue.issue_id})
    return dict(found)


async def answered(
    hass: HomeAssistant, form: dict[str, Any], sensor: str
) -> dict[str, Any]:
    manager = repairs_flow_manager(hass)
    assert manager is not None
    found: Any = await manager.async_configure(form["flow_id"], {"sensor": sensor})
    await hass.async_block_till_done()
    return dict(found)


def kept(entry: MockConfigEntry) -> dict[str, Any]:
    """Return the meter as it is saved."""
    of_group = entry.subentries["group-yard"].data.get("meter")
    found: dict[str, Any] = of_group or entry.options["meter"]
    return found


async def test_another_sensor_takes_its_place(
    hass: HomeAssistant, entry: MockConfigEntry, issue: ir.IssueEntry
) -> None:
    form = await opened(hass, issue)
    assert form["step_id"] == "sensor"
    assert form["description_placeholders"]["sensor"] == "sensor.grid_l2"
    for wrong, why in (
        ("sensor.total", "meter_sensor_wrong_kind"),
        ("sensor.silent", "meter_sensor_silent"),
        ("sensor.grid_l1", "meter_sensor_twice"),
    ):
        form = await answered(hass, form, wrong)
        assert form["errors"] == {"base": why}
        # The old one is still what the page is about.
        assert form["description_placeholders"]["sensor"] == "sensor.grid_l2"
        assert form["description_placeholders"]["chosen_sensor"]
    hass.states.async_set("sensor.new_l2", "3", {"unit_of_measurement": "A"})
    result = await answered(hass, form, "sensor.new_l2")
    assert result["type"] == "create_entry"
    assert kept(entry) == METER | {"l2": "sensor.new_l2"}
    assert ours(hass) == []


async def test_whoever_was_faster_in_the_form_is_asked_no_more(
    hass: HomeAssistant, entry: MockConfigEntry, issue: ir.IssueEntry
) -> None:
    form = await opened(hass, issue)
    hass.states.async_set("sensor.new_l2", "3", {"unit_of_measurement": "A"})
    assert (await answered(hass, form, "sensor.new_l2"))["type"] == "create_entry"
    again = await opened(hass, issue) if ours(hass) else {"type": "create_entry"}
    assert again["type"] == "create_entry"


async def test_a_site_that_does_not_run_is_left_alone(
    hass: HomeAssistant, entry: MockConfigEntry, issue: ir.IssueEntry
) -> None:
    form = await opened(hass, issue)
    assert await hass.config_entries.async_unload(entry.entry_id)
    result = await answered(hass, form, "sensor.grid_l1")
    assert (result["type"], result["reason"]) == ("abort", "not_running")
