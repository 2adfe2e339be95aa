"""Who is meant where no name is said: what is where somebody speaks, else the only one."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from tests.homeassistant import speaking
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE, charge, look_again, say

house = speaking.house


def area_of(hass: HomeAssistant, name: str) -> str:
    """Return an area, which is made where there is none of that name."""
    return ar.async_get(hass).async_get_or_create(name).id


async def put(hass: HomeAssistant, **stations: str) -> None:
    """Put stations into areas."""
    devices = dr.async_get(hass)
    for name, area in stations.items():
        device = devices.async_get_device_by_identifier((DOMAIN, name), "site")
        assert device
        devices.async_update_device(device.id, area_id=area_of(hass, area))
    await look_again(hass)


def satellite(
    hass: HomeAssistant, area: str, *, entity_is_there: bool = False
) -> dict[str, Any]:
    """Return a voice satellite in an area: itself, or the device that it is part of."""
    entry = MockConfigEntry(domain="satellites")
    entry.add_to_hass(hass)
    devices, entities = dr.async_get(hass), er.async_get(hass)
    device = devices.async_get_or_create(
        config_entry_id=entry.entry_id, identifiers={("satellites", "one")}
    )
    one = entities.async_get_or_create(
        "assist_satellite",
        "satellites",
        "one",
        device_id=device.id,
        has_entity_name=True,
        original_name="Speaker",
    )
    other = area_of(hass, "Attic") if entity_is_there else area_of(hass, area)
    devices.async_update_device(device.id, area_id=other)
    if entity_is_there:
        entities.async_update_entity(one.entity_id, area_id=area_of(hass, area))
    return {"device_id": device.id, "satellite_id": one.entity_id}


@pytest.mark.parametrize("entity_is_there", [False, True])
async def test_what_is_where_somebody_speaks(
    hass: HomeAssistant, house: FakeSite, entity_is_there: bool
) -> None:
    charge(house, GARAGE)
    await put(hass, garage="Garage", drive="Carport")
    here = satellite(hass, "Carport", entity_is_there=entity_is_there)
    assert await say(hass, "Stop charging, please", **here) == "Drive is paused."
    assert await say(hass, "resume the charger", **here) == "Drive may charge."
    assert {key for _, key, _ in house.asked} == {DRIVE}


async def test_a_device_that_hears_is_enough(
    hass: HomeAssistant, house: FakeSite
) -> None:
    await put(hass, garage="Garage", drive="Carport")
    here = satellite(hass, "Garage")["device_id"]
    assert await say(hass, "stop charging", device_id=here) == "Garage is paused."


async def test_of_several_there_the_one_with_a_car(
    hass: HomeAssistant, house: FakeSite
) -> None:
    await put(hass, garage="Carport", drive="Carport")
    here = satellite(hass, "Carport")
    assert await say(hass, "stop charging", **here) == ("Which one: Garage or Drive?")
    assert house.asked == []
    charge(house, DRIVE)
    assert await say(hass, "stop charging", **here) == "Drive is paused."


async def test_from_elsewhere_it_is_the_only_one_with_a_car(
    hass: HomeAssistant, house: FakeSite
) -> None:
    await put(hass, garage="Garage", drive="Carport")
    here = satellite(hass, "Kitchen")
    answer = await say(hass, "pause the charger", **here)
    assert answer == "Which one: Garage or Drive?"
    charge(house, GARAGE)
    assert await say(hass, "pause the charger", **here) == "Garage is paused."


async def test_a_name_goes_before_the_place(
    hass: HomeAssistant, house: FakeSite
) -> None:
    await put(hass, garage="Garage", drive="Carport")
    here = satellite(hass, "Carport")
    assert await say(hass, "pause the garage", **here) == "Garage is paused."
