"""Entities that exist only once their value was seen, and from then on; and those that one kind of connector has."""

from collections.abc import Callable, Iterable
from typing import Protocol

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.observers import Unsubscribe
from .engine.site import Observer


class Row(Protocol):
    """The description of an entity that may be lazy."""

    @property
    def key(self) -> str:
        """Name of the entity."""

    @property
    def lazy(self) -> bool:
        """Whether it waits for its first value."""


def _always(_: object) -> bool:
    return True


class Latecomers[R: Row]:
    """The rows that still wait for a value, for every station or connector of one platform."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        platform: Platform = Platform.SENSOR,
    ) -> None:
        """Wait for nothing yet."""
        self._registry = er.async_get(hass)
        self._platform = platform
        self._watched: dict[str, Unsubscribe] = {}
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
        belongs: Callable[[R], bool] = _always,
    ) -> list[R]:
        """Return the rows to add now; `add` gets each of the others when it first has a value.

        What does not belong to a connector of this kind is taken away, once that is known.
        """
        every = list(rows)
        now = [
            row
            for row in every
            if belongs(row)
            and (not row.lazy or has_value(row) or self._entity_id(prefix, row))
        ]
        shown = {row.key for row in now}
        for row in every:
            if not belongs(row):
                self._remove(prefix, row)

        @callback
        def look() -> None:
            for row in every:
                if row.key in shown and not belongs(row):
                    shown.discard(row.key)
                    self._remove(prefix, row)
            arrived = [
                row
                for row in every
                if row.key not in shown
                and belongs(row)
                and (not row.lazy or has_value(row))
            ]
            if arrived:
                shown.update(row.key for row in arrived)
                add(arrived)
            if len(shown) == len(every) and belongs is _always:
                self._stop(prefix)

        # A station that was removed and comes back is watched anew.
        self._stop(prefix)
        if len(now) < len(every) or belongs is not _always:
            self._watched[prefix] = subscribe(look)
        return now

    def _entity_id(self, prefix: str, row: R) -> str | None:
        """Return the entity that Home Assistant knows from an earlier run, or has now."""
        unique_id = f"{prefix}_{row.key}"
        return self._registry.async_get_entity_id(self._platform, DOMAIN, unique_id)

    def _remove(self, prefix: str, row: R) -> None:
        if entity_id := self._entity_id(prefix, row):
            self._registry.async_remove(entity_id)

    def _stop(self, prefix: str) -> None:
        if unsubscribe := self._watched.pop(prefix, None):
            unsubscribe()

    def _stop_all(self) -> None:
        for prefix in tuple(self._watched):
            self._stop(prefix)
