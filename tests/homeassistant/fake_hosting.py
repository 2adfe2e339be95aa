"""What the fake site is asked for on drivers' accounts."""

from datetime import datetime
from typing import Any, override

from custom_components.evenload.engine.hosting import Hosting
from custom_components.evenload.engine.model.errors import NotConnected
from custom_components.evenload.engine.model.identity import EvseKey


class FakeHosting(Hosting):
    """Takes everything, but at stations that are said to be away."""

    asked: list[tuple[Any, ...]]
    away: frozenset[str] = frozenset()

    @override
    def check_reservation(self, key: EvseKey, driver: str, until: datetime) -> None:
        self._check(key)

    @override
    def check_start(self, key: EvseKey, driver: str | None = None) -> str:
        self._check(key)
        return ""

    @override
    def check_stop(self, key: EvseKey) -> None:
        self._check(key)

    @override
    async def reserve(self, key: EvseKey, driver: str, until: datetime) -> None:
        self.asked.append(("reserve", key, driver, until))

    @override
    async def cancel_reservation(self, key: EvseKey) -> None:
        self.asked.append(("cancel_reservation", key))

    @override
    async def start_charging(self, key: EvseKey, driver: str | None = None) -> None:
        self.asked.append(("start_charging", key, driver))

    @override
    async def stop_charging(self, key: EvseKey) -> None:
        self.asked.append(("stop_charging", key))

    def _check(self, key: EvseKey) -> None:
        if key.identity in self.away:
            raise NotConnected(key.identity)
