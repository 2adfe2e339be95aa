"""Reads a 2.x station's inventory, as much of it as the station gives (2.0.1 B07)."""

import logging

from ...model.errors import StationRefused, StationSilent
from ..asking import Asking
from ..connection import Connection
from .device_model import DeviceModel
from .reports import Reports

_LOGGER = logging.getLogger(__name__)

# The best first: a summary holds no settings, but tells of the parts.
_FULL = "FullInventory"
_BASES = (_FULL, "ConfigurationInventory", "SummaryInventory")


class Inventory(Asking):
    """The inventory of one station."""

    def __init__(self, connection: Connection, reports: Reports) -> None:
        """Serve one connection."""
        super().__init__(connection)
        self._reports = reports

    async def read(self, model: DeviceModel) -> bool:
        """Read the best inventory that the station has into a model; returns whether it is the full one, to its end.

        Raises:
            NotConnected: the station has gone.

        """
        for base in _BASES:
            report = self._reports.expect()
            payload = {"requestId": report.request_id, "reportBase": base}
            try:
                await self._ask("GetBaseReport", payload)
            except (StationRefused, StationSilent) as error:
                self._reports.forget(report)
                _LOGGER.debug("No %s: %s", base, type(error).__name__)
                continue
            items = await self._reports.complete(report)
            for item in items:
                model.reported(item)
            # Who promises an inventory and sends none sends no other, either.
            return base == _FULL and report.is_whole and bool(items)
        return False
