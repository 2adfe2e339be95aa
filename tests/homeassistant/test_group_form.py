"""What a group's form says of the circuit that it hangs on, of its strategy and of a meter of its own."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.checks import check_station
from custom_components.evenload.configuration import site_config
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.limits import Current
from tests.homeassistant.conftest import config_entry, group, station
from tests.homeassistant.test_meter_form import (
    BELIEF,
    METER,
    SENSORS,
    answer as answer_step,
)

pytestmark = pytest.mark.usefixtures("meter_sensors")

GROUP = {
    "name": "Workshop",
    "limit": 16,
    "unit": "a",
    "strategy": "equal_serve",
    "members": ["garage"],
    "meter": "currents",
}


async def answer(
    hass: HomeAssistant, result: dict[str, Any], given: dict[str, Any] | str
) -> dict[str, Any]:
    """Answer a step of a group's form."""
    return await answer_step(hass, hass.config_entries.subentries, result, given)


async def test_a_group_has_a_meter_of_its_own(hass: HomeAssistant) -> None:
    entry = config_entry(station("garage", "Garage", phases="l2"))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    result = await hass.config_entries.subentries.async_init(
        ("site", "group"), context={"source": SOURCE_USER}
    )
    result = await answer(hass, result, GROUP)
    assert result["step_id"] == "meter_sensors"
    # Only the line that its station is on is needed.
    result = await answer(hass, result, {"l2": "sensor.grid_l2"})
    result = await answer(hass, result, "meter_belief")
    result = await answer(hass, result, BELIEF | {"largest_a": 17})
    assert result["errors"] == {"largest_a": "largest_out_of_range"}
    result = await answer(hass, result, BELIEF)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    (made,) = entry.runtime_data.config.groups.values()
    assert made.meter is not None
    assert made.meter.margin == Current(2)


async def test_a_group_keeps_what_its_meter_was(hass: HomeAssistant) -> None:
    entry = config_entry(
        station("garage", "Garage"),
        group("Yard", "garage", meter=METER, limit=3000, unit="w"),
    )
    entry.add_to_hass(hass)
    result = await hass.config_entries.subentries.async_init(
        ("site", "group"),
        context={"source": SOURCE_RECONFIGURE, "subentry_id": "group-yard"},
    )
    result = await answer(
        hass, result, GROUP | {"limit": 5000, "unit": "w", "name": "Yard"}
    )
    shown = {
        str(key): (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
    }
    assert shown["l2"] == "sensor.grid_l2"
    result = await answer(hass, result, SENSORS | {"inverted": True})
    result = await answer(hass, result, "meter_belief")
    result = await answer(hass, result, BELIEF)
    assert result["reason"] == "reconfigure_successful"
    assert entry.subentries["group-yard"].data["meter"]["inverted"] is True


async def open_group(
    hass: HomeAssistant, subentry_id: str | None = None
) -> dict[str, Any]:
    """Open the form of a new group, or of one that there is."""
    context: dict[str, Any] = {"source": SOURCE_USER}
    if subentry_id:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
    return await hass.config_entries.subentries.async_init(
        ("site", "group"), context=context
    )


PLAIN = GROUP | {"meter": "none"}


@pytest.fixture
def nested(hass: HomeAssistant) -> MockConfigEntry:
    """A row of stations in a yard."""
    entry = config_entry(
        station("garage", "Garage"),
        station("drive", "Drive"),
        group("Yard", "drive", limit=20, strategy="equal_serve"),
        group("Row", "garage", limit=16, strategy="equal_serve", parent="group-yard"),
    )
    entry.add_to_hass(hass)
    return entry


@pytest.mark.parametrize(
    ("changes", "errors", "placeholders"),
    [
        ({"parent": "group-row"}, {"parent": "group_in_circle"}, {"group": "Row"}),
        ({"limit": 12}, {"limit": "limit_below_child"}, {"group": "Row", "limit": "16 A"}),
        ({"limit": 2000, "unit": "w"}, {"limit": "limit_below_child"}, {"limit": "16 A"}),
        ({"members": ["garage"]}, {"members": "station_in_other_group"}, {"group": "Row"}),
        ({"more": {"turn_min": 1}}, {"base": "turn_out_of_range"}, {"minimum": "5"}),
    ],
)  # fmt: skip  # a table
async def test_a_group_of_groups_is_checked(
    hass: HomeAssistant,
    nested: MockConfigEntry,
    changes: dict[str, Any],
    errors: dict[str, str],
    placeholders: dict[str, str],
) -> None:
    yard = PLAIN | {"name": "Yard", "limit": 20, "members": ["drive"]}
    result = await answer(hass, await open_group(hass, "group-yard"), yard | changes)
    assert result["errors"] == errors
    assert placeholders.items() <= result["description_placeholders"].items()

    result = await answer(hass, result, yard)
    assert result["reason"] == "reconfigure_successful"


async def test_a_group_hangs_on_another(
    hass: HomeAssistant, nested: MockConfigEntry
) -> None:
    wrong = PLAIN | {"members": [], "limit": 21, "parent": "group-yard"}
    result = await answer(hass, await open_group(hass), wrong)
    assert result["errors"] == {"members": "no_members"}
    more = {"turn_min": 30, "shadow": True, "of_groups": True}
    result = await answer(hass, result, wrong | {"more": more})
    assert result["errors"] == {"limit": "limit_above_parent"}
    assert result["description_placeholders"] == {"group": "Yard", "limit": "20 A"}

    result = await answer(hass, result, wrong | {"more": more, "limit": 20})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    made = next(
        one for one in site_config(nested).groups.values() if one.name == "Workshop"
    )
    assert (made.parent, made.members) == ("group-yard", ())
    assert (made.turn_s, made.shadow) == (1800, True)
    assert made.strategy is Strategy.EQUAL_SERVE


async def test_one_car_at_a_time_has_to_fit(
    hass: HomeAssistant, nested: MockConfigEntry
) -> None:
    few = PLAIN | {"members": ["garage"], "limit": 5}
    result = await answer(hass, await open_group(hass, "group-row"), few)
    assert result["errors"] == {"limit": "limit_below_minimum"}
    assert result["description_placeholders"] == {"minimum": "6 A"}


async def test_groups_hang_on_the_site_when_what_they_hung_on_is_gone(
    hass: HomeAssistant, nested: MockConfigEntry
) -> None:
    assert site_config(nested).groups["group-row"].parent == "group-yard"
    hass.config_entries.async_remove_subentry(nested, "group-yard")
    assert site_config(nested).groups["group-row"].parent is None
    form = await open_group(hass, "group-row")
    parent = next(key for key in form["data_schema"].schema if key == "parent")
    assert parent.description["suggested_value"] == "site"


async def test_no_group_hangs_on_itself_whatever_the_entry_says(
    hass: HomeAssistant,
) -> None:
    entry = config_entry(
        station("garage", "Garage"),
        group("One", parent="group-two"),
        group("Two", parent="group-one"),
        group("Three", "garage", parent="group-two"),
    )
    parents = {key: one.parent for key, one in site_config(entry).groups.items()}
    assert parents == {"group-one": None, "group-two": None, "group-three": "group-two"}


async def test_a_station_stays_on_what_its_group_s_meter_measures(
    hass: HomeAssistant,
) -> None:
    entry = config_entry(
        station("garage", "Garage", phases="l2"),
        group("Yard", "garage", meter={"kind": "currents", "l2": "sensor.grid_l2"}),
    )
    entry.add_to_hass(hass)
    data = {"identity": "garage", "phases": "l3", "maximum_a": 16}
    with pytest.raises(BadSetting) as refused:
        check_station(entry, "Garage", data)
    assert refused.value.key == "group_meter_lacks_line"
    assert refused.value.placeholders == {"group": "Yard", "line": "L3"}
    check_station(entry, "Garage", data | {"phases": "l2"})
