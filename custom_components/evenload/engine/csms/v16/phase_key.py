"""Stations that switch between one and three phases by a setting of their maker's, not by a profile's numberPhases."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from ...model.errors import InvalidRequest, StationRefused, StationSilent
from ...model.orders import LimitOrder, Outcome
from ..commands import ConfigurationValue
from ..limiting.terms import Knowledge


class Settings(Protocol):
    """The settings inside a station."""

    async def get_configuration(
        self, keys: Sequence[str] = ()
    ) -> Mapping[str, ConfigurationValue]:
        """Read settings."""

    async def set_configuration(self, key: str, value: str) -> bool:
        """Write a setting; returns whether it waits for a restart of the station."""


class PhaseKeys:
    """Writes the setting that an order's phases ask for, before the order: once, and only where it differs."""

    def __init__(self, settings: Settings, knowledge: Knowledge) -> None:
        """Serve one connection."""
        self._settings = settings
        self._knowledge = knowledge
        # What the station was last known to be set to.
        self._value: str | None = None

    async def bring(self, order: LimitOrder) -> Outcome | None:
        """Set a station to the phases of an order; returns what became of the order where it cannot leave now."""
        key = self._knowledge.quirks().phase_key
        if key is None or order.use_phases is None:
            return None
        value = key.single if order.use_phases == 1 else key.three
        try:
            if self._value is None:
                known = (await self._settings.get_configuration((key.key,))).get(
                    key.key
                )
                self._value = None if known is None else known.value
            if self._value == value:
                return None
            self._value = None
            if await self._settings.set_configuration(key.key, value):
                # It waits for a restart: the vehicle would not be on these phases now.
                return Outcome.REFUSED
        except StationSilent:
            return Outcome.UNKNOWN
        except InvalidRequest, StationRefused:
            return Outcome.REFUSED
        self._value = value
        return None
