"""Entities that exist only once their value was seen, and from then on; and those that one kind of connector has."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import partial
from typing import Protocol

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er

from .const import DOMAIN
from .data import EvenloadConfigEntry
from .engine.observers import Unsubscribe
from .engine.telling import Observer


class Row(Protocol):
    """The description of an entity."""

    @property
    def key(self) -> str:
        """Name of the entity."""


class _Watch[R: Row]:
    """What is watched of one station or connector: the rows that belong to it, and those of them that still wait."""

    __slots__ = ("belonging", "leave", "waiting")

    def __init__(self, belonging: Sequence[R], waiting: list[R]) -> None:
        """Begin with what is known now."""
        self.belonging = belonging
        self.waiting = waiting
        self.leave: Unsubscribe = _nothing


def _nothing() -> None:
    pass


class Latecomers[S: Hashable, R: Row]:
    """The rows that still wait for a value, for every station or connector of one platform.

    Its callbacks say which of all rows belong to a subject, if not all do; whether a row need not wait, if any does; how
    to be told of a subject's changes; and they take the rows to add. What is looked at with every report of a meter is
    kept small.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: EvenloadConfigEntry,
        every: Sequence[R],
        platform: Platform = Platform.SENSOR,
        *,
        subscribe: Callable[[S, Observer], Unsubscribe],
        add: Callable[[S, list[R]], None],
        belonging: Callable[[S], Sequence[R]] | None = None,
        ready: Callable[[S, R], bool] = lambda _, __: True,
    ) -> None:
        """Wait for nothing yet; the name of a subject begins the names of its entities."""
        self._registry = er.async_get(hass)
        self._entry = entry
        self._platform = platform
        self._every = every
        self._ready = ready
        self._subscribe = subscribe
        self._add = add
        self._may_change = belonging is not None
        self._belonging = belonging or (lambda _: every)
        self._watches: dict[S, _Watch[R]] = {}
        entry.async_on_unload(self._stop_all)

    @callback
    def split(self, subject: S) -> list[R]:
        """Return the rows to add now; the others are added when they first have a value.

        What does not belong to a connector of this kind is taken away, once that is known.
        """
        belonging = self._belonging(subject)
        now = [
            row
            for row in belonging
            if self._ready(subject, row) or self._entity_id(subject, row)
        ]
        self._remove(subject, _without(self._every, belonging))
        # A station that was removed and comes back is watched anew.
        self._stop(subject)
        waiting = _without(belonging, now)
        if waiting or self._may_change:
            watch = self._watches[subject] = _Watch(belonging, waiting)
            watch.leave = self._subscribe(subject, partial(self._look, subject))
        return now

    @callback
    def _look(self, subject: S) -> None:
        """Add what has come, and take away what no longer belongs."""
        # The platform is gone before the site is: what it is given then stays behind, in the way of what comes next.
        if self._entry.state is ConfigEntryState.UNLOAD_IN_PROGRESS:
            return
        watch = self._watches[subject]
        belonging = self._belonging(subject)
        if belonging != watch.belonging:
            self._remove(subject, _without(watch.belonging, belonging))
            new = _without(belonging, watch.belonging)
            watch.waiting = _without(watch.waiting, _without(watch.waiting, belonging))
            watch.waiting += new
            watch.belonging = belonging
        arrived = [row for row in watch.waiting if self._ready(subject, row)]
        if not arrived:
            return
        watch.waiting = _without(watch.waiting, arrived)
        if not watch.waiting and not self._may_change:
            self._stop(subject)
        self._add(subject, arrived)

    def _entity_id(self, subject: S, row: R) -> str | None:
        """Return the entity that Home Assistant knows from an earlier run, or has now."""
        unique_id = f"{subject}_{row.key}"
        return self._registry.async_get_entity_id(self._platform, DOMAIN, unique_id)

    def _remove(self, subject: S, rows: Iterable[R]) -> None:
        for row in rows:
            if entity_id := self._entity_id(subject, row):
                self._registry.async_remove(entity_id)

    def _stop(self, subject: S) -> None:
        if watch := self._watches.pop(subject, None):
            watch.leave()

    def _stop_all(self) -> None:
        for subject in tuple(self._watches):
            self._stop(subject)


def _without[R: Row](rows: Iterable[R], others: Iterable[R]) -> list[R]:
    """Return rows but for the others; they differ in their keys."""
    keys = {row.key for row in others}
    return [row for row in rows if row.key not in keys]
