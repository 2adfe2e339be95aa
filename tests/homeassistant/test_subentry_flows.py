"""The forms of stations and groups."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import Phase
from tests.homeassistant.conftest import OPTIONS, config_entry, group, station
from tests.homeassistant.fake_site import FakeSite

STATION = {"name": "Carport", "identity": "CP-3", "phases": "3", "maximum_a": 16}
GROUP = {
    "name": "House",
    "limit": 12,
    "unit": "a",
    "strategy": "static",
    "members": ["carport", "barn"],
}


async def open_form(
    hass: HomeAssistant, kind: str, subentry_id: str | None = None
) -> dict[str, Any]:
    """Open the form of a new subentry, or of one that there is."""
    context: dict[str, Any] = {"source": SOURCE_USER}
    if subentry_id:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
    return await hass.config_entries.subentries.async_init(
        ("site", kind), context=context
    )


async def submit(
    hass: HomeAssistant, result: dict[str, Any], form: dict[str, Any]
) -> dict[str, Any]:
    """Submit a form."""
    result = await hass.config_entries.subentries.async_configure(
        result["flow_id"], form
    )
    await hass.async_block_till_done()
    return result


def suggested(result: dict[str, Any]) -> dict[str, Any]:
    """Return what a form shows before it is filled in."""
    return {
        str(key): (key.description or {}).get("suggested_value")
        for key, field in result["data_schema"].schema.items()
        if not hasattr(field, "schema")
    }


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a group, and two stations that are in none."""
    entry = config_entry(
        station("garage", "Garage"),
        station("drive", "Drive"),
        station("carport", "Carport"),
        station("barn", "Barn"),
        group("Yard", "garage", "drive"),
    )
    entry.add_to_hass(hass)
    return entry


async def test_a_station_is_added_before_it_dials_in(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    hass.config.internal_url = "http://192.168.1.20:8123"
    form = await open_form(hass, "station")
    assert form["description_placeholders"] == {"url": "ws://192.168.1.20:9000/"}
    result = await submit(hass, form, STATION)

    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Carport"
    assert result["unique_id"] == "CP-3"
    assert entry.runtime_data is site
    assert site.config.stations["CP-3"].maximum == Current(16)
    assert hass.states.get("sensor.carport_status").state == "unavailable"


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"name": "  "}, {"name": "name_missing"}),
        ({"identity": "a/b"}, {"identity": "invalid_identity"}),
        ({"identity": " a"}, {"identity": "invalid_identity"}),
        ({"identity": ""}, {"identity": "invalid_identity"}),
        ({"identity": "x" * 49}, {"identity": "invalid_identity"}),
        ({"identity": "a\x00b"}, {"identity": "invalid_identity"}),
        ({"identity": "garage"}, {"identity": "already_configured"}),
        ({"maximum_a": 5}, {"maximum_a": "maximum_out_of_range"}),
        ({"maximum_a": -1}, {"maximum_a": "maximum_out_of_range"}),
        ({"maximum_a": float("nan")}, {"maximum_a": "maximum_out_of_range"}),
    ],
)
async def test_a_wrong_station_is_answered_and_can_be_put_right(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    wrong: dict[str, Any],
    errors: dict[str, str],
) -> None:
    result = await submit(hass, await open_form(hass, "station"), STATION | wrong)
    assert result["errors"] == errors
    assert "url" in result["description_placeholders"]

    result = await submit(hass, result, STATION)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_station_of_another_site_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    other = MockConfigEntry(
        domain="evenload",
        data={"port": 9001},
        options=OPTIONS,
        subentries_data=[station("CP-3", "Elsewhere")],
    )
    other.add_to_hass(hass)

    result = await submit(hass, await open_form(hass, "station"), STATION)
    assert result["errors"] == {"identity": "already_configured"}


async def test_a_station_is_renamed_and_rewired(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    form = await open_form(hass, "station", "station-garage")
    assert suggested(form) == {
        "name": "Garage",
        "phases": "3",
        "maximum_a": 32,
        "discharging": False,
        "vehicles": False,
    }
    result = await submit(
        hass, form, {"name": "Barn", "phases": "1", "maximum_a": float("inf")}
    )
    assert result["errors"] == {"maximum_a": "maximum_out_of_range"}

    result = await submit(hass, form, {"name": "Barn", "phases": "1", "maximum_a": 20})
    assert result["reason"] == "reconfigure_successful"
    config = site.config.stations["garage"]
    assert (config.name, config.wiring) == ("Barn", (Phase.L1,))
    assert hass.states.get("number.garage_maximum_current").attributes["max"] == 20


async def test_a_station_cannot_break_the_group_that_it_is_in(
    hass: HomeAssistant,
) -> None:
    entry = config_entry(
        station("garage", "Garage", phases="1"),
        group("Yard", "garage", unit="w", limit=2000),
    )
    entry.add_to_hass(hass)
    form = await open_form(hass, "station", "station-garage")
    result = await submit(hass, form, {"name": "G", "phases": "3", "maximum_a": 16})

    assert result["errors"] == {"base": "group_would_not_fit"}
    assert result["description_placeholders"]["group"] == "Yard"
    assert result["description_placeholders"]["needed"] == "4140 W"


async def test_a_group_reaches_the_site_at_once(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    result = await submit(hass, await open_form(hass, "group"), GROUP | {"unit": "A"})

    assert result["type"] is FlowResultType.CREATE_ENTRY
    made = next(one for one in site.config.groups.values() if one.name == "House")
    assert made.limit == Current(12)
    assert made.members == ("carport", "barn")
    assert entry.runtime_data is site
    assert hass.states.get("number.house_limit").state == "12.0"


@pytest.mark.parametrize(
    ("wrong", "errors", "placeholders"),
    [
        ({"limit": 0}, {"limit": "limit_not_positive"}, {}),
        ({"limit": -5}, {"limit": "limit_not_positive"}, {}),
        ({"limit": float("nan")}, {"limit": "limit_not_positive"}, {}),
        ({"limit": float("inf")}, {"limit": "limit_not_positive"}, {}),
        (
            {"limit": 30},
            {"limit": "limit_above_main_fuse"},
            {"main_fuse": "25 A"},
        ),
        ({"limit": 5000}, {"limit": "limit_too_large"}, {"maximum": "1000 A"}),
        (
            {"limit": 11.9},
            {"limit": "share_below_minimum"},
            {
                "share": "5.9 A",
                "minimum": "6 A",
                "fits": "1",
                "needed": "12 A",
            },
        ),
        (
            {"limit": 8000, "unit": "w"},
            {"limit": "share_below_minimum"},
            {
                "share": "4000 W",
                "minimum": "4140 W",
                "fits": "1",
                "needed": "8280 W",
            },
        ),
        ({"name": " "}, {"name": "name_missing"}, {}),
        ({"members": []}, {"members": "no_members"}, {}),
        (
            {"members": ["garage", "barn"]},
            {"members": "station_in_other_group"},
            {"station": "Garage", "group": "Yard"},
        ),
    ],
)
async def test_a_wrong_group_is_answered_and_can_be_put_right(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    wrong: dict[str, Any],
    errors: dict[str, str],
    placeholders: dict[str, str],
) -> None:
    result = await submit(hass, await open_form(hass, "group"), GROUP | wrong)
    assert result["errors"] == errors
    assert placeholders.items() <= result["description_placeholders"].items()

    result = await submit(hass, result, GROUP)
    assert result["type"] is FlowResultType.CREATE_ENTRY


async def test_a_group_of_strangers_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    form = await open_form(hass, "group")
    with pytest.raises(InvalidData):
        await submit(hass, form, GROUP | {"members": ["nobody"]})


async def test_a_group_needs_a_station(hass: HomeAssistant) -> None:
    config_entry().add_to_hass(hass)
    result = await open_form(hass, "group")
    assert result["reason"] == "no_stations"


async def test_a_group_is_changed_without_a_reload(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    form = await open_form(hass, "group", "group-yard")
    changed = {
        "name": "Yard",
        "limit": 10000,
        "unit": "w",
        "strategy": "static",
        "members": ["garage", "barn"],
    }
    result = await submit(hass, form, changed | {"limit": 0})
    assert result["errors"] == {"limit": "limit_not_positive"}

    result = await submit(hass, result, changed)
    assert result["reason"] == "reconfigure_successful"
    assert entry.runtime_data is site
    assert site.config.groups["group-yard"].limit == Power(10000)
    assert site.config.groups["group-yard"].members == ("garage", "barn")
    used = hass.states.get("sensor.yard_used")
    assert used.attributes["unit_of_measurement"] == "W"
    assert used.attributes["device_class"] == "power"
    limit = hass.states.get("number.yard_limit")
    assert (limit.state, limit.attributes["max"]) == ("10000.0", 10000)


async def test_a_group_goes_on_without_a_station_that_was_removed(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    hass.config_entries.async_remove_subentry(entry, "station-drive")
    await hass.async_block_till_done()
    assert site.config.groups["group-yard"].members == ("garage",)

    form = await open_form(hass, "group", "group-yard")
    assert suggested(form)["members"] == ["garage"]
