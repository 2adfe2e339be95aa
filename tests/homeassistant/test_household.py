"""From the states of a meter's sensors to the readings that the engine gets."""

from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.engine.model.phases import Phase, PhaseCurrents
from custom_components.evenload.sensor_trouble import PATIENCE_S, SILENCE_S
from tests.homeassistant.conftest import OPTIONS, config_entry, group, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_meter_form import SENSORS

pytestmark = pytest.mark.usefixtures("meter_sensors")

CURRENTS = {"kind": "currents", **SENSORS}
POWERS = {"kind": "powers"} | {f"l{n}": f"sensor.power_l{n}" for n in (1, 2, 3)}
PAIRS = {**POWERS, "kind": "power_pairs"} | {
    f"export_l{n}": f"sensor.fed_l{n}" for n in (1, 2, 3)
}
TOTAL = {"kind": "total", "total": "sensor.total"}


async def site_with(
    hass: HomeAssistant, meter: dict[str, Any], **options: Any
) -> FakeSite:
    """Set up a site that has a meter."""
    entry = config_entry(station("garage", "Garage"))
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options=OPTIONS | {"meter": meter} | options
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry.runtime_data


def say(hass: HomeAssistant, name: str, value: float | str, unit: str = "A") -> None:
    """Let a sensor say something."""
    hass.states.async_set(f"sensor.{name}", str(value), {"unit_of_measurement": unit})


def currents(site: FakeSite) -> list[float]:
    """Return the last reading, in amperes on each line."""
    node_id, reading = site.readings[-1]
    assert node_id == ""
    return [round(current, 2) for current in reading.currents]


@pytest.mark.parametrize(
    ("meter", "options", "expected"),
    [
        (CURRENTS, {}, [6.24, -0.4, 11.9]),
        (CURRENTS | {"inverted": True}, {}, [-6.24, 0.4, -11.9]),
        (POWERS, {}, [5, -1, 2]),
        (POWERS, {"voltage_v": 115}, [10, -2, 4]),
        (PAIRS, {}, [5, -4, 2]),
        (PAIRS | {"inverted": True}, {}, [-5, 4, -2]),
        (TOTAL, {}, [3.33, 3.33, 3.33]),
        (TOTAL | {"inverted": True}, {}, [-3.33, -3.33, -3.33]),
        (TOTAL | {"spread": "even"}, {}, [3.33, 3.33, 3.33]),
        (TOTAL | {"spread": "l3"}, {}, [0, 0, 10]),
        (TOTAL | {"export_total": "sensor.fed_l2", "spread": "l1"}, {}, [7, 0, 0]),
        (TOTAL | {"inverted": True}, {"phases": "1"}, [-10, 0, 0]),
        (CURRENTS, {"phases": "1"}, [6.24, 0, 0]),
        (TOTAL | {"spread": "even"}, {"phases": "split", "voltage_v": 115}, [10, 10, 0]),
        # Between lines the owner's voltage is that between two of them.
        (TOTAL | {"spread": "l1"}, {"phases": "lines", "voltage_v": 230}, [17.32, 0, 0]),
    ],
)  # fmt: skip  # a table
async def test_every_kind_of_meter(
    hass: HomeAssistant,
    meter: dict[str, Any],
    options: dict[str, Any],
    expected: list[float],
) -> None:
    site = await site_with(hass, meter, **options)
    assert currents(site) == expected


async def test_a_reading_leaves_in_the_turn_in_which_a_sensor_speaks(
    hass: HomeAssistant,
) -> None:
    site = await site_with(hass, CURRENTS)
    before = len(site.readings)
    # Nothing is awaited: one line after the other, each with what is known of the others.
    say(hass, "grid_l1", 30)
    assert currents(site) == [30, -0.4, 11.9]
    say(hass, "grid_l2", 31)
    say(hass, "grid_l3", 32)
    assert currents(site) == [30, 31, 32]
    assert len(site.readings) == before + 3
    # What the others said is of another moment, and must not be compared with what the stations draw now.
    assert [reading.spoke for _, reading in site.readings[-3:]] == [
        (Phase.L1,),
        (Phase.L2,),
        (Phase.L3,),
    ]


async def test_the_same_value_again_is_a_sign_of_life(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory
) -> None:
    site = await site_with(hass, CURRENTS)
    started = site.readings[-1][1].at
    freezer.tick(10)
    for name in ("grid_l1", "grid_l3"):
        say(hass, name, hass.states.get(f"sensor.{name}").state)
        # As old as the oldest line: one that went silent is not believed.
        assert site.readings[-1][1].at - started < timedelta(seconds=1)
    say(hass, "grid_l2", "-400", "mA")
    assert site.readings[-1][1].at - started >= timedelta(seconds=9)
    assert currents(site) == [6.24, -0.4, 11.9]


@pytest.mark.parametrize("nothing", ["unavailable", "unknown", "nan", "inf", "many"])
async def test_what_is_no_value_is_none(hass: HomeAssistant, nothing: str) -> None:
    site = await site_with(hass, CURRENTS)
    before = len(site.readings)
    say(hass, "grid_l1", nothing)
    assert len(site.readings) == before
    # The other lines are still looked at, with an age that tells.
    at = site.readings[-1][1].at
    say(hass, "grid_l2", 40)
    assert currents(site) == [6.24, 40, 11.9]
    assert site.readings[-1][1].at == at


async def test_a_unit_may_change_to_another_that_is_known(hass: HomeAssistant) -> None:
    site = await site_with(hass, CURRENTS)
    say(hass, "grid_l1", 5000, "mA")
    assert currents(site)[0] == 5
    say(hass, "grid_l1", 5000, "W")
    assert currents(site)[0] == 5


@pytest.mark.parametrize(
    ("meter", "phases", "sum_only"),
    [
        (TOTAL, "3", True),
        (TOTAL | {"spread": "even"}, "3", False),
        (TOTAL | {"spread": "l3"}, "3", False),
        # There all of it is on one line.
        (TOTAL, "1", False),
        (POWERS, "3", False),
    ],
)
async def test_the_engine_hears_when_nobody_knows_where_a_total_flows(
    hass: HomeAssistant, meter: dict[str, Any], phases: str, sum_only: bool
) -> None:
    # A station for every grid.
    entry = config_entry(
        station("garage", "Garage", phases="1"), group("Yard", "garage", meter=meter)
    )
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(
        entry, options=OPTIONS | {"meter": meter, "phases": phases}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    config = entry.runtime_data.config
    assert config.meter.sum_only is sum_only
    assert config.groups["group-yard"].meter.sum_only is sum_only


async def test_a_meter_that_starts_late_is_waited_for(hass: HomeAssistant) -> None:
    hass.states.async_remove("sensor.grid_l2")
    site = await site_with(hass, CURRENTS)
    say(hass, "grid_l1", 1)
    assert site.readings == []
    say(hass, "grid_l2", 2)
    assert currents(site) == [1, 2, 11.9]


async def test_groups_have_meters_of_their_own(hass: HomeAssistant) -> None:
    entry = config_entry(
        station("garage", "Garage", phases="l2"),
        group("Yard", "garage", meter={"kind": "currents", "l2": "sensor.grid_l2"}),
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    site: FakeSite = entry.runtime_data
    node_id, reading = site.readings[-1]
    assert (node_id, reading.currents) == ("group-yard", PhaseCurrents(0, -0.4, 0))

    hass.config_entries.async_remove_subentry(entry, "group-yard")
    await hass.async_block_till_done()
    before = len(site.readings)
    say(hass, "grid_l2", 3)
    assert len(site.readings) == before


async def test_other_sensors_are_followed_at_once(hass: HomeAssistant) -> None:
    site = await site_with(hass, CURRENTS)
    entry = hass.config_entries.async_get_entry("site")
    assert isinstance(entry, MockConfigEntry)
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"meter": POWERS})
    await hass.async_block_till_done()
    assert currents(site) == [5, -1, 2]
    before = len(site.readings)
    say(hass, "grid_l1", 3)
    assert len(site.readings) == before

    # Another voltage makes other amperes of the next value.
    other = OPTIONS | {"meter": POWERS, "voltage_v": 115}
    hass.config_entries.async_update_entry(entry, options=other)
    await hass.async_block_till_done()
    say(hass, "power_l2", 0, "W")
    assert currents(site) == [10, 0, 4]


async def wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    """Let a sensor have the time to come back."""
    freezer.tick(PATIENCE_S + 1)
    async_fire_time_changed(hass, dt_util.utcnow())
    await hass.async_block_till_done()


async def test_a_sensor_that_vanished_is_told(
    hass: HomeAssistant,
    issue_registry: ir.IssueRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await site_with(hass, CURRENTS)
    hass.states.async_remove("sensor.grid_l2")
    assert not issue_registry.issues
    await wait(hass, freezer)
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "meter_sensor_missing"
    assert issue.translation_placeholders == {
        "name": "Home",
        "sensor": "sensor.grid_l2",
    }

    say(hass, "grid_l2", 3)
    assert not issue_registry.issues


async def test_a_sensor_that_is_reloaded_is_not_told(
    hass: HomeAssistant,
    issue_registry: ir.IssueRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await site_with(hass, CURRENTS)
    hass.states.async_remove("sensor.grid_l2")
    say(hass, "grid_l2", "unavailable")
    await wait(hass, freezer)
    assert not issue_registry.issues


@pytest.mark.parametrize("last_said", ["unavailable", "unknown", "3.5"])
async def test_a_sensor_that_stays_silent_is_told(
    hass: HomeAssistant,
    issue_registry: ir.IssueRegistry,
    freezer: FrozenDateTimeFactory,
    last_said: str,
) -> None:
    """Once the meter has been lost for some minutes; until then it may speak again by itself."""
    site = await site_with(hass, CURRENTS)
    assert site.config.meter is not None
    say(hass, "grid_l2", last_said)
    for _ in range(int((site.config.meter.lost_s + SILENCE_S) / 30)):
        assert not issue_registry.issues
        freezer.tick(30)
        say(hass, "grid_l1", 1)
        say(hass, "grid_l3", 1)
        async_fire_time_changed(hass, dt_util.utcnow())
        await hass.async_block_till_done()
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "meter_sensor_silent"
    assert issue.translation_placeholders is not None
    assert "grid" in issue.translation_placeholders["sensor"]

    say(hass, "grid_l2", 3)
    assert not issue_registry.issues


async def test_a_sensor_that_measures_something_else_is_told(
    hass: HomeAssistant,
    issue_registry: ir.IssueRegistry,
    freezer: FrozenDateTimeFactory,
) -> None:
    await site_with(hass, CURRENTS)
    say(hass, "grid_l2", 3, "kWh")
    await wait(hass, freezer)
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "meter_sensor_changed"
    # It is gone instead: what is wrong now is told, and only that.
    hass.states.async_remove("sensor.grid_l2")
    await wait(hass, freezer)
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "meter_sensor_missing"

    assert await hass.config_entries.async_unload("site")
    assert not issue_registry.issues
