"""The forms of the household's meter."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.config_entries import ConfigSubentryFlowManager, OptionsFlowManager
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.household import MeterConfig
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.meter_checks import check_belief
from custom_components.evenload.meter_config import METER_DEFAULTS
from tests.homeassistant.conftest import OPTIONS, config_entry
from tests.homeassistant.fake_site import FakeSite

SENSORS = {f"l{n}": f"sensor.grid_l{n}" for n in (1, 2, 3)}
METER = {"kind": "currents", **SENSORS, **METER_DEFAULTS}
BELIEF = {
    "margin_a": 2,
    "largest_a": 16,
    "fallback_a": 8,
    "stale_s": 20,
    "lost_s": 60,
}

pytestmark = pytest.mark.usefixtures("meter_sensors")


async def answer(
    hass: HomeAssistant,
    flows: ConfigSubentryFlowManager | OptionsFlowManager,
    result: dict[str, Any],
    given: dict[str, Any] | str,
) -> dict[str, Any]:
    """Answer a step: a form, or a menu by the name of the next step."""
    if isinstance(given, str):
        given = {"next_step_id": given}
    result = await flows.async_configure(result["flow_id"], given)
    await hass.async_block_till_done()
    return result


async def choose(
    hass: HomeAssistant, result: dict[str, Any], given: dict[str, Any] | str
) -> dict[str, Any]:
    """Answer a step of the options."""
    return await answer(hass, hass.config_entries.options, result, given)


async def sensors_step(
    hass: HomeAssistant, kind: str, entry_id: str = "site"
) -> dict[str, Any]:
    """Go to the step that asks for the sensors."""
    result = await hass.config_entries.options.async_init(entry_id)
    result = await choose(hass, result, "meter")
    return await choose(hass, result, {"kind": kind})


async def test_a_meter_shows_what_it_says_before_it_is_kept(
    hass: HomeAssistant, site: FakeSite, freezer: FrozenDateTimeFactory
) -> None:
    result = await sensors_step(hass, "currents")
    for sensor in SENSORS.values():
        said = hass.states.get(sensor)
        assert said is not None
        hass.states.async_set(sensor, said.state, said.attributes)
    assert result["step_id"] == "meter_sensors"

    result = await choose(hass, result, SENSORS)
    assert (result["type"], result["step_id"]) == (FlowResultType.MENU, "meter_check")
    reading = result["description_placeholders"]["reading"]
    assert reading == "L1 6.2 A, L2 -0.4 A, L3 11.9 A"
    assert result["description_placeholders"]["age"] == "0 s"

    hass.states.async_set("sensor.grid_l1", "16", {"unit_of_measurement": "A"})
    result = await choose(hass, result, "meter_check")
    assert result["description_placeholders"]["reading"].startswith("L1 16.0 A")

    result = await choose(hass, result, "meter_belief")
    assert "L1 16.0 A" in result["description_placeholders"]["reading"]
    result = await choose(hass, result, BELIEF)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {
        **OPTIONS,
        "meter": {
            "kind": "currents",
            **SENSORS,
            "inverted": False,
            "includes_stations": True,
            **BELIEF,
        },
    }
    assert site.config.meter == MeterConfig(
        fallback=Current(8),
        margin=Current(2),
        largest=Current(16),
        stale_s=20,
        lost_s=60,
    )


@pytest.mark.parametrize(
    ("kind", "chosen", "reading"),
    [
        ("currents", SENSORS | {"inverted": True}, "L1 -6.2 A, L2 0.4 A, L3 -11.9 A"),
        ("powers", {f"l{n}": f"sensor.power_l{n}" for n in (1, 2, 3)}, "L1 5.0 A, L2 -1.0 A, L3 2.0 A"),
        (
            "power_pairs",
            {f"l{n}": f"sensor.power_l{n}" for n in (1, 3)}
            | {"l2": "sensor.total"}
            | {f"export_l{n}": f"sensor.fed_l{n}" for n in (1, 2, 3)},
            "L1 5.0 A, L2 7.0 A, L3 2.0 A",
        ),
        ("total", {"total": "sensor.total"}, "2300 W"),
        ("total", {"total": "sensor.total", "spread": "l2"}, "2300 W"),
        (
            "total",
            {"total": "sensor.total", "export_total": "sensor.fed_l2", "spread": "even"},
            "1610 W",
        ),
    ],
)  # fmt: skip  # a table
async def test_every_kind_of_meter_is_read(
    hass: HomeAssistant,
    site: FakeSite,
    kind: str,
    chosen: dict[str, Any],
    reading: str,
) -> None:
    result = await choose(hass, await sensors_step(hass, kind), chosen)
    assert result["description_placeholders"]["reading"] == reading


@pytest.mark.parametrize(
    ("kind", "wrong", "errors", "placeholders"),
    [
        ("currents", {"l1": "sensor.grid_l1"}, {"base": "meter_line_missing"}, {"line": "L2"}),
        ("power_pairs", {f"l{n}": f"sensor.power_l{n}" for n in (1, 2, 3)}, {"base": "meter_line_missing"}, {"line": "L1"}),
        ("total", {}, {"total": "meter_total_missing"}, {}),
        ("currents", SENSORS | {"l2": "sensor.grid_l1"}, {"base": "meter_sensor_twice"}, {"sensor": "sensor.grid_l1"}),
        ("currents", SENSORS | {"l2": "sensor.nobody"}, {"base": "meter_sensor_missing"}, {"sensor": "sensor.nobody"}),
        ("currents", SENSORS | {"l2": "sensor.gone"}, {"base": "meter_sensor_silent"}, {"sensor": "gone"}),
        ("currents", SENSORS | {"l2": "sensor.silent"}, {"base": "meter_sensor_silent"}, {"sensor": "silent"}),
        ("currents", SENSORS | {"l2": "sensor.power_l1"}, {"base": "meter_sensor_wrong_kind"}, {"sensor": "power_l1", "unit": "kW", "wanted": "A"}),
        ("currents", SENSORS | {"l2": "sensor.words"}, {"base": "meter_sensor_wrong_kind"}, {"unit": "A"}),
        ("total", {"total": "sensor.energy"}, {"base": "meter_sensor_wrong_kind"}, {"unit": "kWh", "wanted": "W"}),
    ],
)  # fmt: skip  # a table
async def test_wrong_sensors_are_answered_and_can_be_put_right(
    hass: HomeAssistant,
    site: FakeSite,
    kind: str,
    wrong: dict[str, Any],
    errors: dict[str, str],
    placeholders: dict[str, str],
) -> None:
    result = await choose(hass, await sensors_step(hass, kind), wrong)
    assert result["errors"] == errors
    assert placeholders.items() <= result["description_placeholders"].items()

    right = {"total": "sensor.total"} if kind == "total" else SENSORS
    if kind == "power_pairs":
        right = {f"l{n}": f"sensor.power_l{n}" for n in (1, 2, 3)}
        right |= {f"export_l{n}": f"sensor.fed_l{n}" for n in (1, 2, 3)}
    result = await choose(hass, result, right)
    assert result["step_id"] == "meter_check"


async def test_what_stations_draw_is_not_offered_as_a_meter(
    hass: HomeAssistant, site: FakeSite
) -> None:
    result = await sensors_step(hass, "currents")
    picker = result["data_schema"].schema["l2"].config
    assert "sensor.yard_used_l2" in picker["exclude_entities"]
    assert "sensor.grid_l2" not in picker["exclude_entities"]
    with pytest.raises(InvalidData):
        await choose(hass, result, SENSORS | {"l2": "sensor.yard_used_l2"})


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"margin_a": 19.5}, {"margin_a": "margin_out_of_range"}),
        ({"margin_a": -1}, {"margin_a": "margin_out_of_range"}),
        ({"largest_a": 26}, {"largest_a": "largest_out_of_range"}),
        ({"fallback_a": 5}, {"fallback_a": "fallback_out_of_range"}),
        ({"fallback_a": 26}, {"fallback_a": "fallback_out_of_range"}),
        ({"stale_s": 1}, {"stale_s": "stale_out_of_range"}),
        ({"stale_s": float("nan")}, {"stale_s": "stale_out_of_range"}),
        ({"lost_s": 19}, {"lost_s": "lost_out_of_range"}),
    ],
)
async def test_a_meter_is_believed_within_bounds(
    hass: HomeAssistant, site: FakeSite, wrong: dict[str, Any], errors: dict[str, str]
) -> None:
    result = await choose(hass, await sensors_step(hass, "currents"), SENSORS)
    result = await choose(hass, result, "meter_belief")
    result = await choose(hass, result, BELIEF | wrong)
    assert result["errors"] == errors
    result = await choose(hass, result, BELIEF)
    assert result["type"] is FlowResultType.CREATE_ENTRY


def test_without_the_meter_the_stations_may_pause() -> None:
    check_belief(BELIEF | {"fallback_a": 0}, 25)


async def test_a_meter_is_taken_away(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"meter": METER})
    await hass.async_block_till_done()
    assert site.config.meter is not None
    result = await sensors_step(hass, "none")
    assert result["data"] == OPTIONS
    assert site.config.meter is None


async def test_more_phases_ask_for_more_sensors(hass: HomeAssistant) -> None:
    entry = config_entry()
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry,
        options=OPTIONS | {"phases": "1", "meter": METER | {"l2": None, "l3": None}},
    )
    result = await hass.config_entries.options.async_init(entry.entry_id)
    result = await choose(hass, result, "grid")
    result = await choose(hass, result, OPTIONS)
    assert result["step_id"] == "meter_sensors"
    result = await choose(hass, result, SENSORS)
    result = await choose(hass, result, "meter_belief")
    result = await choose(hass, result, BELIEF)
    assert result["data"]["phases"] == "3"
    assert result["data"]["meter"]["l3"] == "sensor.grid_l3"
