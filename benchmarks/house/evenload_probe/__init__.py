"""Measures Home Assistant from inside: how late its event loop is, and when states change. No part of Evenload."""

from cProfile import Profile
import gc
from time import monotonic
from typing import Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import ConfigType
import voluptuous as vol

from .lines import async_offer

DOMAIN = "evenload_probe"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)

PERIOD_S = 0.01

# The generation of objects that only a full garbage collection looks at.
OLDEST = 2


class Probe:
    """One measurement at a time."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Measure nothing yet."""
        self._hass = hass
        self._stop: list[CALLBACK_TYPE] = []
        self._delays_ms: list[float] = []
        self._powers: list[tuple[str, str, float]] = []
        self._changes = 0
        self._collection_ms = 0.0
        self._collections: list[tuple[float, float]] = []
        self._profile: Profile | None = None

    @callback
    def begin(self, *, profile: bool) -> None:
        """Begin to measure."""
        self._delays_ms, self._powers, self._changes = [], [], 0
        self._collections = []
        # One of thousands of entities takes long, comes every few minutes, and is no part of what is measured.
        began = monotonic()
        gc.collect()
        self._collection_ms = (monotonic() - began) * 1000
        self._stop = [
            self._hass.bus.async_listen(EVENT_STATE_CHANGED, self._changed),
        ]
        gc.callbacks.append(self._collected)
        self._schedule()
        if profile:
            self._profile = Profile()
            self._profile.enable()

    @callback
    def end(self, profile: str) -> dict[str, Any]:
        """Stop, and return what was seen; a profile goes into a file."""
        while self._stop:
            self._stop.pop()()
        gc.callbacks.remove(self._collected)
        if self._profile is not None:
            self._profile.disable()
            self._profile.dump_stats(profile)
            self._profile = None
        return {
            "delays_ms": self._delays_ms,
            "powers": self._powers,
            "changes": self._changes,
            "collection_ms": self._collection_ms,
            "collections": self._collections,
        }

    def _collected(self, phase: str, about: dict[str, int]) -> None:
        """Note when a full garbage collection began and ended: meanwhile everything else stands still."""
        if about["generation"] < OLDEST:
            return
        if phase == "start":
            self._collections.append((monotonic(), 0.0))
        elif self._collections:
            self._collections[-1] = (self._collections[-1][0], monotonic())

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        self._changes += 1
        entity_id, state = event.data["entity_id"], event.data["new_state"]
        if state is not None and entity_id.endswith("_power"):
            self._powers.append((entity_id, state.state, monotonic()))

    def _schedule(self) -> None:
        due = self._hass.loop.time() + PERIOD_S
        timer = self._hass.loop.call_at(due, self._look, due)
        self._stop[1:] = [timer.cancel]

    @callback
    def _look(self, due: float) -> None:
        self._delays_ms.append((self._hass.loop.time() - due) * 1000)
        self._schedule()


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Offer the probe over Home Assistant's websocket."""
    probe = Probe(hass)

    @websocket_command(
        {
            vol.Required("type"): "evenload_probe/begin",
            vol.Optional("profile", default=False): bool,
        }
    )
    @callback
    def begin(
        hass: HomeAssistant,
        connection: ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        probe.begin(profile=msg["profile"])
        connection.send_result(msg["id"])

    @websocket_command(
        {
            vol.Required("type"): "evenload_probe/end",
            vol.Optional("profile", default="profile"): str,
        }
    )
    @callback
    def end(
        hass: HomeAssistant,
        connection: ActiveConnection,
        msg: dict[str, Any],
    ) -> None:
        connection.send_result(msg["id"], probe.end(hass.config.path(msg["profile"])))

    async_register_command(hass, begin)
    async_register_command(hass, end)
    async_offer(hass)
    return True
