"""Sites on the real engine, for stations of this machine that a test dials in as."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import suppress
import json
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from custom_components.evenload.engine.site import Site
from tests.homeassistant.conftest import OPTIONS, config_entry, group, station


@pytest.fixture(autouse=True)
def engine() -> None:
    """Put nothing in the engine's place."""


def entry_of(
    hass: HomeAssistant,
    *subentries: ConfigSubentryData,
    options: Mapping[str, Any] | None = None,
    **data: Any,
) -> MockConfigEntry:
    """Return the entry of a site on a port of its own."""
    entry = config_entry(*subentries, **{"port": 0, "host": "127.0.0.1", **data})
    entry.add_to_hass(hass)
    hass.config_entries.async_update_entry(entry, options=OPTIONS | (options or {}))
    return entry


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with two stations that share 20 A."""
    return entry_of(
        hass,
        station("garage", "Garage"),
        station("drive", "Drive"),
        group("Yard", "garage", "drive"),
    )


@pytest.fixture
async def site(hass: HomeAssistant, entry: MockConfigEntry) -> AsyncGenerator[Site]:
    """The engine of a site that is set up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry.runtime_data
    await hass.config_entries.async_unload(entry.entry_id)


class Station:
    """Says what a test wants, and accepts everything."""

    def __init__(self, socket: ClientConnection) -> None:
        """Answer from now on."""
        self._socket = socket
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self.heard: list[str] = []
        self._task = asyncio.create_task(self._listen())

    @classmethod
    async def dial(cls, site: Site, identity: str) -> Station:
        """Dial in and say what it is."""
        url = f"ws://127.0.0.1:{site.port}/{identity}"
        station = cls(await connect(url, subprotocols=["ocpp1.6"]))
        await station.say(
            "BootNotification",
            chargePointVendor="Alfen",
            chargePointModel="Eve",
            chargePointSerialNumber="ACE1",
            firmwareVersion="6.1",
        )
        return station

    async def say(self, action: str, **payload: Any) -> Any:
        """Send a message and return its answer."""
        return await self.send(action, payload)

    async def send(self, action: str, payload: dict[str, Any]) -> Any:
        """Send a message whose fields are no names, and return its answer, or the error that it got."""
        name = str(len(self._answers))
        self._answers[name] = asyncio.get_running_loop().create_future()
        await self.mumble(json.dumps([2, name, action, payload]))
        async with asyncio.timeout(5):
            return await self._answers[name]

    async def mumble(self, text: str) -> None:
        """Send any text."""
        await self._socket.send(text)

    async def hang_up(self) -> None:
        """Go."""
        await self._socket.close()
        await self._task

    async def _listen(self) -> None:
        with suppress(ConnectionClosed):
            async for text in self._socket:
                await self._hear(*json.loads(text))

    async def _hear(self, kind: int, name: str, *rest: Any) -> None:
        if kind == 2:
            self.heard.append(rest[0])
            await self._socket.send(json.dumps([3, name, _answer(rest[0])]))
        elif name in self._answers:
            self._answers[name].set_result(rest[0])


def _answer(action: str) -> dict[str, Any]:
    if action == "GetConfiguration":
        return {"configurationKey": []}
    if action == "UnlockConnector":
        return {"status": "Unlocked"}
    return {"status": "Accepted"}


async def until(hass: HomeAssistant, entity_id: str, state: str) -> None:
    """Wait for a state."""
    async with asyncio.timeout(5):
        while (found := hass.states.get(entity_id)) is None or found.state != state:
            await asyncio.sleep(0.01)
