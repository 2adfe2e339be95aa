"""What connectors of each kind show and can be told: AC by phase in amperes, DC in watts, one phase or three where that can be."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    EvseTraits,
)
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, Power
from custom_components.evenload.engine.model.phases import CurrentType, Phase
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from tests.homeassistant.conftest import NOW, config_entry, station
from tests.homeassistant.fake_site import FakeSite

YARD = EvseKey("yard", 1)
DC = Capabilities(evse_traits={1: EvseTraits(CurrentType.DC, None, 20_000)})
CHARGING = Evse(
    YARD,
    status=EvseStatus.CHARGING,
    reading=Reading(power_w=18_630, dc_current_a=46.5, dc_voltage_v=400),
    allotment=Allotment(YARD, Current(30), Reason.GROUP_LIMIT),
)


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with one station, whose L1 is the grid's L2."""
    entry = config_entry(station("yard", "Yard", phases="l2_l3_l1", maximum_a=63))
    entry.add_to_hass(hass)
    return entry


def state(hass: HomeAssistant, entity_id: str) -> str | None:
    found = hass.states.get(entity_id)
    return None if found is None else found.state


async def online(
    hass: HomeAssistant, site: FakeSite, capabilities: Capabilities
) -> None:
    """Let the station say what it is."""
    site.put_station("yard", connected=True, capabilities=capabilities)
    await hass.async_block_till_done()


async def test_a_connector_turns_out_to_give_direct_current(
    hass: HomeAssistant, site: FakeSite
) -> None:
    assert state(hass, "number.yard_maximum_current") == "63"
    assert hass.states.get("sensor.yard_current_l1")
    await online(hass, site, DC)
    site.put(CHARGING)
    await hass.async_block_till_done()

    for of_ac in (
        "number.yard_maximum_current",
        "sensor.yard_current_l1",
        "sensor.yard_allowed_current",
        "sensor.yard_offered_current",
    ):
        assert hass.states.get(of_ac) is None, of_ac
    assert state(hass, "sensor.yard_allowed_power") == "18630.0"
    assert state(hass, "sensor.yard_power") == "18630"
    assert state(hass, "sensor.yard_current_to_vehicle") == "46.5"
    maximum = hass.states.get("number.yard_maximum_power")
    assert maximum.state == "20000"
    assert maximum.attributes["unit_of_measurement"] == "W"
    assert (maximum.attributes["min"], maximum.attributes["max"]) == (1400, 20_000)


async def test_its_maximum_is_set_in_watts(hass: HomeAssistant, site: FakeSite) -> None:
    await online(hass, site, DC)
    await hass.services.async_call(
        "number",
        "set_value",
        {"entity_id": "number.yard_maximum_power", "value": 7000},
        blocking=True,
    )
    assert site.evse(YARD).settings.maximum == Power(7000)
    assert state(hass, "number.yard_maximum_power") == "7000.0"


async def test_what_is_out_of_range_is_answered_in_watts(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await online(hass, site, DC)
    with pytest.raises(ServiceValidationError):
        await hass.services.async_call(
            "number",
            "set_value",
            {"entity_id": "number.yard_maximum_power", "value": 20_100},
            blocking=True,
        )


async def test_currents_are_shown_on_the_grid_s_phases(
    hass: HomeAssistant, site: FakeSite
) -> None:
    await online(hass, site, Capabilities())
    reading = Reading(
        at=NOW,
        current_a={Phase.L1: 16, Phase.L2: 0},
        voltage_v={Phase.L1: 231},
        live_at={Phase.L1: NOW},
    )
    site.put(replace(CHARGING, reading=reading))
    await hass.async_block_till_done()
    assert state(hass, "sensor.yard_current_l2") == "16"
    assert state(hass, "sensor.yard_current_l3") == "0"
    assert state(hass, "sensor.yard_current_l1") == "unknown"
    assert state(hass, "sensor.yard_phases_in_use") == "1"


async def test_the_choice_of_phases_is_there_once_a_station_can_switch(
    hass: HomeAssistant, site: FakeSite
) -> None:
    assert hass.states.get("select.yard_phases") is None
    await online(hass, site, Capabilities(phase_switching=True))
    assert state(hass, "select.yard_phases") == "automatic"
    for option, phases in (("one", 1), ("three", 3), ("automatic", None)):
        await hass.services.async_call(
            "select",
            "select_option",
            {"entity_id": "select.yard_phases", "option": option},
            blocking=True,
        )
        assert site.asked[-1] == ("set_phases", YARD, phases)
        assert state(hass, "select.yard_phases") == option

    await online(hass, site, Capabilities(phase_switching=False))
    assert hass.states.get("select.yard_phases") is None
