"""The forms of the grid connection and of how it is shared."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.station_fields import usual_wiring
from tests.homeassistant.conftest import OPTIONS, config_entry, station
from tests.homeassistant.fake_site import FakeSite


@pytest.mark.parametrize(
    ("grid", "voltage", "errors", "line_v", "wiring"),
    [
        ("split", 230, {"voltage_v": "voltage_out_of_range"}, 120, "between_l1_l2"),
        ("lines", 120, {"voltage_v": "voltage_out_of_range"}, 120, "between_l1_l2"),
    ],
)
async def test_a_north_american_connection(
    hass: HomeAssistant,
    grid: str,
    voltage: float,
    errors: dict[str, str],
    line_v: float,
    wiring: str,
) -> None:
    entry = config_entry(station("garage", "Garage", phases="between_l1_l2"))
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    site: FakeSite = entry.runtime_data
    result = await hass.config_entries.options.async_init(entry.entry_id)
    configure = hass.config_entries.options.async_configure
    result = await configure(result["flow_id"], {"next_step_id": "grid"})
    wrong = OPTIONS | {"phases": grid, "voltage_v": voltage}
    result = await configure(result["flow_id"], wrong)
    assert result["errors"] == errors

    right = wrong | {"voltage_v": 120 if grid == "split" else 208}
    await configure(result["flow_id"], right)
    await hass.async_block_till_done()
    assert site.config.voltage_v == pytest.approx(line_v, abs=0.1)
    assert site.config.split_phase is (grid == "split")
    assert usual_wiring(entry) == wiring


async def test_a_station_that_is_wired_otherwise_is_named(hass: HomeAssistant) -> None:
    entry = config_entry(
        station("garage", "Garage", phases="1"), station("carport", "Carport")
    )
    entry.add_to_hass(hass)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    configure = hass.config_entries.options.async_configure
    result = await configure(result["flow_id"], {"next_step_id": "grid"})
    result = await configure(result["flow_id"], OPTIONS | {"phases": "1"})
    assert result["errors"] == {"phases": "station_wired_otherwise"}
    assert result["description_placeholders"] == {"station": "Carport"}

    hass.config_entries.async_update_subentry(
        entry,
        entry.subentries["station-carport"],
        data={"identity": "carport", "phases": "1", "maximum_a": 32},
    )
    result = await configure(result["flow_id"], OPTIONS | {"phases": "1"})
    assert result["type"] == "create_entry"


async def test_the_main_fuse_is_shared_as_the_owner_likes(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    result = await hass.config_entries.options.async_init(entry.entry_id)
    configure = hass.config_entries.options.async_configure
    result = await configure(result["flow_id"], {"next_step_id": "sharing"})
    sharing = {"strategy": "priority", "turn_min": 10, "shadow": True}
    result = await configure(result["flow_id"], sharing | {"turn_min": 0})
    assert result["errors"] == {"base": "turn_out_of_range"}

    await configure(result["flow_id"], sharing)
    await hass.async_block_till_done()
    config = site.config
    assert (config.strategy, config.turn_s, config.shadow) == ("priority", 600, True)
    assert entry.options == OPTIONS | sharing


async def test_the_main_fuse_is_enough_for_fixed_shares(hass: HomeAssistant) -> None:
    entry = config_entry(*(station(name, name) for name in "abcde"))
    entry.add_to_hass(hass)
    result = await hass.config_entries.options.async_init(entry.entry_id)
    configure = hass.config_entries.options.async_configure
    result = await configure(result["flow_id"], {"next_step_id": "sharing"})
    sharing = {"strategy": "static", "turn_min": 10, "shadow": False}
    result = await configure(result["flow_id"], sharing)
    assert result["errors"] == {"strategy": "site_would_not_fit"}
    assert result["description_placeholders"]["fits"] == "4"
