"""What a station's form says of discharging: nothing without the owner's word, and a dialect from a manual."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import Evse, OcppVersion
from custom_components.evenload.engine.model.v2x import Steering, V2gConfig
from custom_components.evenload.engine.model.v2x_ability import (
    OperationMode,
    V2xAbility,
)
from tests.homeassistant.conftest import NOW
from tests.homeassistant.discharging_pages import (
    ALLOWED,
    GARAGE,
    ON,
    allow,
    go_on,
    open_page,
    suggested,
)
from tests.homeassistant.fake_site import FakeSite


@pytest.fixture(autouse=True)
def sensors(hass: HomeAssistant) -> None:
    """Sensors of vehicles, and some that are none."""
    for name, value, attributes in (
        ("car_battery", "62", {"unit_of_measurement": "%", "device_class": "battery"}),
        ("car_asleep", "unknown", {"unit_of_measurement": "%"}),
        ("cellar", "55", {"unit_of_measurement": "%", "device_class": "humidity"}),
        ("car_range", "310", {"unit_of_measurement": "km"}),
        ("car_words", "full", {"unit_of_measurement": "%"}),
    ):
        hass.states.async_set(f"sensor.{name}", value, attributes)


@pytest.mark.usefixtures("site")
async def test_nothing_is_allowed_to_begin_with(
    hass: HomeAssistant, site: FakeSite
) -> None:
    result = await open_page(hass, GARAGE)
    assert result["reason"] == "reconfigure_successful"
    assert all(not station.v2g for station in site.config.stations.values())


async def test_what_a_vehicle_may_feed_back(
    hass: HomeAssistant, site: FakeSite, freezer: Any
) -> None:
    freezer.move_to(NOW)
    page = await open_page(hass, ON)
    assert (page["step_id"], page["last_step"]) == ("discharging", None)
    assert page["description_placeholders"] == {"connector": "1", "most": "22080"}
    result = await go_on(
        hass,
        page,
        ALLOWED
        | {"soc_sensor": "sensor.car_battery", "capacity_kwh": 77, "wear": 0.08},
    )
    assert result["reason"] == "reconfigure_successful"
    assert site.config.stations["garage"].v2g == {
        1: V2gConfig(
            maximum_w=7400,
            minimum_soc_percent=25,
            confirmed_at=NOW,
            capacity_wh=77_000,
            wear_per_kwh=0.08,
        )
    }


async def test_it_can_be_changed_and_taken_back(
    hass: HomeAssistant, site: FakeSite, freezer: Any
) -> None:
    freezer.move_to(NOW)
    await allow(hass, soc_sensor="sensor.car_battery", evccid=["0102AB"])
    page = await open_page(hass, ON)
    known = suggested(page)
    assert known["confirmed"] is True
    assert known["soc_sensor"] == "sensor.car_battery"

    freezer.move_to(datetime(2026, 11, 2, tzinfo=UTC))
    await go_on(hass, page, ALLOWED | {"minimum_soc": 40})
    permission = site.config.stations["garage"].v2g[1]
    assert (permission.minimum_soc_percent, permission.vehicles) == (40, ())
    assert permission.confirmed_at == NOW
    # More, or elsewhere, is confirmed anew.
    await allow(hass, where="grid")
    permission = site.config.stations["garage"].v2g[1]
    assert permission.to_grid
    assert permission.confirmed_at == datetime(2026, 11, 2, tzinfo=UTC)

    result = await open_page(hass, GARAGE)
    assert result["reason"] == "reconfigure_successful"
    assert site.config.stations["garage"].v2g == {}


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("said", "errors", "placeholders"),
    [
        ({"confirmed": False}, {"confirmed": "discharge_not_confirmed"}, {}),
        (
            {"discharge_w": 30_000},
            {"discharge_w": "discharge_out_of_range"},
            {"minimum": "500", "maximum": "22080"},
        ),
        ({"discharge_w": float("nan")}, {"discharge_w": "discharge_out_of_range"}, {}),
        ({"minimum_soc": 2}, {"minimum_soc": "minimum_soc_out_of_range"}, {}),
        ({"capacity_kwh": 0}, {"capacity_kwh": "capacity_out_of_range"}, {}),
        ({"wear": -0.1}, {"wear": "wear_out_of_range"}, {}),
        (
            {"soc_sensor": "sensor.gone"},
            {"soc_sensor": "soc_sensor_missing"},
            {"sensor": "sensor.gone"},
        ),
        ({"soc_sensor": "sensor.cellar"}, {"soc_sensor": "soc_sensor_wrong_kind"}, {}),
        (
            {"soc_sensor": "sensor.car_range"},
            {"soc_sensor": "soc_sensor_wrong_kind"},
            {"unit": "km"},
        ),
        (
            {"soc_sensor": "sensor.car_words"},
            {"soc_sensor": "soc_sensor_wrong_kind"},
            {},
        ),
        (
            {"soc_sensor": "sensor.garage_power"},
            {"soc_sensor": "soc_sensor_own"},
            {},
        ),
    ],
)
async def test_what_is_wrong_is_answered(
    hass: HomeAssistant,
    site: FakeSite,
    said: dict[str, Any],
    errors: dict[str, str],
    placeholders: dict[str, str],
) -> None:
    page = await allow(hass, **said)
    assert page["errors"] == errors
    assert placeholders.items() <= page["description_placeholders"].items()
    assert site.config.stations["garage"].v2g == {}
    # And what is right after that is taken.
    result = await go_on(hass, page, ALLOWED)
    assert result["reason"] == "reconfigure_successful"


async def test_a_sensor_that_knows_nothing_now_will_do(
    hass: HomeAssistant, site: FakeSite
) -> None:
    result = await allow(hass, soc_sensor="sensor.car_asleep")
    assert result["reason"] == "reconfigure_successful"


async def test_each_connector_is_asked_about(
    hass: HomeAssistant, site: FakeSite
) -> None:
    site.put(Evse(EvseKey("garage", 2)))
    page = await open_page(hass, ON)
    assert page["step_id"] == "discharging_connectors"
    page = await go_on(hass, page, {"connectors_discharging": ["2", "1"]})
    assert page["description_placeholders"]["connector"] == "1"
    page = await go_on(hass, page, ALLOWED)
    assert page["description_placeholders"]["connector"] == "2"
    await go_on(hass, page, ALLOWED | {"discharge_w": 3000})
    permissions = site.config.stations["garage"].v2g
    assert {number: one.maximum_w for number, one in permissions.items()} == {
        1: 7400,
        2: 3000,
    }
    page = await open_page(hass, ON)
    assert suggested(page) == {"connectors_discharging": ["1", "2"]}
    result = await go_on(hass, page, {"connectors_discharging": []})
    assert result["reason"] == "reconfigure_successful"
    assert site.config.stations["garage"].v2g == {}


async def test_the_first_page_holds_whatever_becomes_of_the_next(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    page = await open_page(hass, ON | {"name": "Barn", "maximum_a": 16})
    assert page["type"] is FlowResultType.FORM
    hass.config_entries.subentries.async_abort(page["flow_id"])
    await hass.async_block_till_done()
    barn = site.config.stations["garage"]
    assert (barn.name, barn.maximum.a, barn.v2g) == ("Barn", 16, {})


@pytest.mark.parametrize(
    ("version", "modes", "choices"),
    [
        (OcppVersion.V16, tuple(OperationMode), None),
        (OcppVersion.V21, (OperationMode.CENTRAL_SETPOINT, OperationMode.IDLE), None),
        (
            OcppVersion.V21,
            (OperationMode.LOCAL_LOAD_BALANCING,),
            ["evenload", "station"],
        ),
        (OcppVersion.V21, (OperationMode.EXTERNAL_SETPOINT,), ["evenload", "others"]),
        (OcppVersion.V21, tuple(OperationMode), ["evenload", "station", "others"]),
    ],
)
async def test_who_sets_the_power_is_asked_where_the_station_leaves_a_choice(
    hass: HomeAssistant,
    site: FakeSite,
    version: OcppVersion,
    modes: tuple[OperationMode, ...],
    choices: list[str] | None,
) -> None:
    known = Capabilities(v2x={1: V2xAbility(modes=modes)})
    site.put_station("garage", connected=True, version=version, capabilities=known)
    page = await open_page(hass, ON)
    [selector] = [
        field
        for name, field in page["data_schema"].schema.items()
        if name == "steering"
    ] or [None]
    assert (selector and selector.config["options"]) == choices
    said = {} if choices is None else {"steering": choices[-1]}
    result = await go_on(hass, page, ALLOWED | said)
    assert result["reason"] == "reconfigure_successful"
    kept = site.config.stations["garage"].v2g[1].steering
    assert kept == (choices[-1] if choices else Steering.EVENLOAD)
