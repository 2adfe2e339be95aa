"""Actions and sentences against the real engine, down to what a station hears on its socket."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
import json
from typing import Any, override

from homeassistant.components import conversation
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.capabilities import Purpose
from custom_components.evenload.engine.site import Site
from tests.homeassistant import real_site
from tests.homeassistant.conftest import group, station
from tests.homeassistant.real_site import Station, until
from tests.homeassistant.test_actions_wishes import act

pytestmark = pytest.mark.usefixtures("socket_enabled")


engine = real_site.engine


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with one station in a group."""
    return real_site.entry_of(
        hass, station("garage", "Garage"), group("Yard", "garage")
    )


@pytest.fixture
async def site(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncGenerator[Site]:
    """The engine of a site that understands sentences."""
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(hass, "conversation", {})
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry.runtime_data
    await hass.config_entries.async_unload(entry.entry_id)


class Listening(Station):
    """Keeps what it hears, and says what it will allow."""

    @override
    async def _hear(self, kind: int, name: str, *rest: Any) -> None:
        if kind == 2:
            self.payloads.setdefault(rest[0], []).append(rest[1])
            if rest[0] == "GetCompositeSchedule":
                schedule = {
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 12.5}],
                }
                answer = {"status": "Accepted", "chargingSchedule": schedule}
                await self._socket.send(json.dumps([3, name, answer]))
                return
        await super()._hear(kind, name, *rest)

    @property
    def payloads(self) -> dict[str, list[dict[str, Any]]]:
        """Return what it heard, by its name."""
        found: dict[str, list[dict[str, Any]]] = self.__dict__.setdefault("_kept", {})
        return found


@pytest.fixture
async def garage(hass: HomeAssistant, site: Site) -> AsyncGenerator[Listening]:
    """A station with a vehicle, that took its limit."""
    garage = await Listening.dial(site, "garage")
    await garage.say(
        "StatusNotification", connectorId=1, errorCode="NoError", status="Preparing"
    )
    await until(hass, "sensor.garage_status", "preparing")
    await until(hass, "sensor.garage_allowed_current", "20.0")
    async with asyncio.timeout(5):
        while not site.stations["garage"].capabilities.rungs:
            await asyncio.sleep(0.01)
    yield garage
    with suppress(ConnectionError):
        await garage.hang_up()


async def test_a_station_is_looked_into(hass: HomeAssistant, garage: Listening) -> None:
    answer = await act(hass, "get_composite_schedule", "garage", unit="a")
    assert answer["schedules"][0]["periods"] == [
        {"start_s": 0, "limit": 12.5, "phases": None}
    ]
    heard = garage.payloads["GetCompositeSchedule"][-1]
    assert heard == {"connectorId": 1, "duration": 3600, "chargingRateUnit": "A"}
    answer = await act(
        hass, "set_configuration", "garage", key="LightIntensity", value="5"
    )
    assert answer["stations"] == [{"station": "garage", "restart_needed": False}]
    assert garage.payloads["ChangeConfiguration"][-1] == {
        "key": "LightIntensity",
        "value": "5",
    }


async def test_an_owner_s_profile_lies_beneath_ours(
    hass: HomeAssistant, site: Site, garage: Listening
) -> None:
    rungs = site.stations["garage"].capabilities.rungs.values()
    ours = {(rung.purpose, rung.stack_level) for rung in rungs}
    lowest = {
        purpose: min(level for one, level in ours if one is purpose)
        for purpose in {one for one, _ in ours}
    }
    for purpose in (Purpose.STATION_MAXIMUM, Purpose.TX_DEFAULT):
        said = {
            "profile_id": 1,
            "purpose": purpose.value,
            "unit": "a",
            "periods": [{"limit": 10}],
            "start": "2026-11-01T22:00:00+00:00",
        }
        above = lowest.get(purpose, 1)
        with pytest.raises(ServiceValidationError):
            await act(hass, "set_charging_profile", "garage", stack_level=above, **said)
        if above > 0:
            await act(
                hass, "set_charging_profile", "garage", stack_level=above - 1, **said
            )
            heard = garage.payloads["SetChargingProfile"][-1]
            assert heard["csChargingProfiles"]["chargingProfileId"] == 1


async def test_a_sentence_reaches_the_station(
    hass: HomeAssistant, garage: Listening
) -> None:
    async def say(text: str, language: str) -> str:
        if hass.config.language != language:
            await hass.config.async_update(language=language)
        answer = await conversation.async_converse(
            hass, text, None, Context(), language=language
        )
        speech: str = answer.response.speech["plain"]["speech"]
        return speech

    # What was exposed a moment ago is heard when the registries have settled.
    async with asyncio.timeout(5):
        while await say("Begrenze die Garage auf zehn Ampere", "de") != (
            "Garage ist auf 10 A begrenzt."
        ):
            await asyncio.sleep(0.1)
    await until(hass, "sensor.garage_allowed_current", "10.0")
    assert await say("entlade die Garage bis neun", "de") == (
        "Das geht nicht: Entladen ist für Garage nicht eingerichtet."
    )
    # What is heard follows the language at home.
    assert await say("limit the yard to 30 amps", "en") == (
        "That is not possible: Yard has a limit of 20 A in its settings."
    )
    assert await say("pause the car", "en") == "Garage is paused."
    await until(hass, "sensor.garage_limited_by", "paused")
    assert (await say("why is the garage not charging", "en")).endswith(
        "because charging is paused."
    )
