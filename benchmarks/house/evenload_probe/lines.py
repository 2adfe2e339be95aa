"""A meter that says what it is told to, and a look at the frames that leave for stations. No part of Evenload."""

from collections.abc import Awaitable, Callable
import json
from time import monotonic, thread_time
from typing import Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol
from websockets.asyncio.connection import Connection

ATTRIBUTES = {
    "unit_of_measurement": "A",
    "device_class": "current",
    "state_class": "measurement",
}

# Every message of ours to a station: when it was written to its socket, what the event loop had worked by then, in
# seconds, and its action.
type Written = list[tuple[float, float, str]]


def watch(written: Written) -> None:
    """Note every call that is sent over any websocket, when its socket has it."""
    send: Callable[..., Awaitable[None]] = Connection.send

    async def noting(self: Connection, message: Any, **options: Any) -> None:
        await send(self, message, **options)
        at, worked = monotonic(), thread_time()
        if isinstance(message, str) and message.startswith("[2,"):
            written.append((at, worked, json.loads(message)[2]))

    setattr(Connection, "send", noting)  # noqa: B010  # a method of another package's class is assigned


@callback
def async_offer(hass: HomeAssistant) -> None:
    """Offer the meter and the look at frames over Home Assistant's websocket."""
    written: Written = []

    @websocket_command({vol.Required("type"): "evenload_probe/watch"})
    @callback
    def begin(
        hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
    ) -> None:
        watch(written)
        connection.send_result(msg["id"])

    @websocket_command(
        {
            vol.Required("type"): "evenload_probe/meter",
            vol.Required("currents"): {str: vol.Coerce(float)},
        }
    )
    @callback
    def read(
        hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
    ) -> None:
        written.clear()
        began, worked = monotonic(), thread_time()
        for entity_id, current_a in msg["currents"].items():
            hass.states.async_set(entity_id, f"{current_a:.2f}", ATTRIBUTES)
        told = {"began": began, "worked": worked, "heard": monotonic()}
        connection.send_result(msg["id"], told)

    @websocket_command({vol.Required("type"): "evenload_probe/written"})
    @callback
    def tell(
        hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
    ) -> None:
        connection.send_result(msg["id"], list(written))

    for command in (begin, read, tell):
        async_register_command(hass, command)
