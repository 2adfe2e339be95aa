"""Sensors that exist only once their value was seen, and from then on."""

from collections.abc import Callable, Iterable
from typing import Protocol

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.observers import Unsubscribe
from .engine.site import Observer


class Row(Protocol):
    """The description of a sensor that may be lazy."""

    @property
    def key(self) -> str:
        """Name of the sensor."""

    @property
    def lazy(self) -> bool:
        """Whether it waits for its first value."""


class Latecomers[R: Row]:
    """The rows that still wait for a value, for every station or connector."""

    def __init__(self, hass: HomeAssistant, entry: EvenloadConfigEntry) -> None:
        """Wait for nothing yet."""
        self._registry = er.async_get(hass)
        self._waiting: dict[str, Unsubscribe] = {}
        entry.async_on_unload(self._stop_all)

    @callback
    def split(
        self,
        prefix: str,
        rows: Iterable[R],
        *,
        has_value: Callable[[R], bool],
        subscribe: Callable[[Observer], Unsubscribe],
        add: Callable[[list[R]], None],
    ) -> list[R]:
        """Return the rows to add now; `add` gets each of the others when it first has a value."""
        now = [
            row
            for row in rows
            if not row.lazy or has_value(row) or self._was_seen(prefix, row)
        ]
        waiting = [row for row in rows if row not in now]

        @callback
        def look() -> None:
            if not (arrived := [row for row in waiting if has_value(row)]):
                return
            waiting[:] = [row for row in waiting if row not in arrived]
            add(arrived)
            if not waiting:
                self._stop(prefix)

        # A station that was removed and comes back is watched anew.
        self._stop(prefix)
        if waiting:
            self._waiting[prefix] = subscribe(look)
        return now

    def _was_seen(self, prefix: str, row: R) -> bool:
        """Whether Home Assistant knows the sensor from an earlier run."""
        unique_id = f"{prefix}_{row.key}"
        return bool(
            self._registry.async_get_entity_id(SENSOR_DOMAIN, DOMAIN, unique_id)
        )

    def _stop(self, prefix: str) -> None:
        if unsubscribe := self._waiting.pop(prefix, None):
            unsubscribe()

    def _stop_all(self) -> None:
        for prefix in tuple(self._waiting):
            self._stop(prefix)
