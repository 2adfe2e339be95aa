"""Reads a 2.x station's inventory, as much of it as the station gives (2.0.1 B07)."""

import asyncio
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

# Twenty thousand variables at once would hold up everybody else for a tenth of a second.
_ITEMS_A_TURN = 200


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
            for number, item in enumerate(items, 1):
                model.reported(item)
                if number % _ITEMS_A_TURN == 0:
                    await asyncio.sleep(0)
            # Who promises an inventory and sends none sends no other, either.
            return base == _FULL and report.is_whole and bool(items)
        return False
