"""Triggers and the condition for vehicles that feed back."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import condition
import pytest

from custom_components.evenload.engine.model.readings import Reading
from tests.homeassistant import discharging_home
from tests.homeassistant.automating import GARAGE, arm, connect, device
from tests.homeassistant.fake_site import FakeSite

entry = discharging_home.entry


@pytest.mark.parametrize(
    ("trigger", "powers_w", "fires"),
    [
        ("started_discharging", (0, -3000, -1500), 1),
        ("started_discharging", (7000, 0), 0),
        ("stopped_discharging", (0, -3000, 0), 1),
    ],
)
async def test_energy_comes_out_of_a_vehicle(
    hass: HomeAssistant,
    site: FakeSite,
    trigger: str,
    powers_w: tuple[float, ...],
    fires: int,
) -> None:
    await connect(hass, site)
    garage = device(hass, "garage")
    runs = await arm(hass, trigger, {"device_id": garage})
    config = await condition.async_validate_condition_config(
        hass,
        {"condition": "evenload.is_discharging", "target": {"device_id": garage}},
    )
    found = await condition.async_from_config(hass, config)
    for power_w in powers_w:
        site.put(replace(site.evse(GARAGE), reading=Reading(power_w=power_w)))
        await hass.async_block_till_done()
        assert found.async_check() is (power_w < 0)
    found.async_unload()
    assert len(runs) == fires
