"""What happens between the end of the entities and that of the site."""

import asyncio
from unittest.mock import patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.stations import Evse
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_sharing import state

GARAGE = EvseKey("garage", 1)


async def test_who_queues_only_while_all_is_unloaded_gets_no_sensor_that_stays_behind(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    site: FakeSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    waiting = Allotment(GARAGE, Current(0), Reason.WAITING_FOR_TURN, position=1)
    close = FakeSite.close

    async def close_slowly(one: FakeSite) -> None:
        one.put(Evse(GARAGE, allotment=waiting))
        await asyncio.sleep(0)
        await close(one)

    with patch.object(FakeSite, "close", close_slowly):
        assert await hass.config_entries.async_reload(entry.entry_id)
    await hass.async_block_till_done()
    anew: FakeSite = entry.runtime_data
    anew.put_station("garage", connected=True)
    anew.put(Evse(GARAGE, allotment=waiting))
    await hass.async_block_till_done()
    assert state(hass, "sensor.garage_place_in_the_queue") == "1"
    assert "unique IDs" not in caplog.text
