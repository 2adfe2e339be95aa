"""Reads and writes variables in bulk, as many in a message as the station takes (2.0.1 B05, B06)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from ...model.errors import StationRefused
from ..asking import Asking
from ..connection import Connection
from ..frames import dump_call
from .device_model import DeviceModel, Key, whole

# How many variables fit into a message of a station that does not say it, and which bytes: the least that one has met.
ITEMS_UNKNOWN = 10
BYTES_UNKNOWN = 4096

# Where the bounds are, and what they are called; the standard writes them with an instance, some stations as one word.
BOUNDS = "DeviceDataCtrlr"
_BOUNDS = ("ItemsPerMessage", "BytesPerMessage")

# So few fit into any message.
_FEW = 4

# A call's frame around its payload.
_FRAME_ID = "0" * 36

# What is asked for, and what becomes of each.
_FIELDS = {
    "GetVariables": ("getVariableData", "getVariableResult"),
    "SetVariables": ("setVariableData", "setVariableResult"),
}

UNKNOWN = frozenset({"UnknownComponent", "UnknownVariable"})
_WRITTEN = frozenset({"Accepted", "RebootRequired"})


class Variables(Asking):
    """The variables of one station; what is learnt of them is kept in the model."""

    def __init__(self, connection: Connection, model: DeviceModel) -> None:
        """Serve one connection."""
        super().__init__(connection)
        self._model = model
        self._knows_bounds = False

    async def read(
        self, keys: Iterable[Key], model: DeviceModel | None = None
    ) -> dict[Key, str]:
        """Read variables into the model, or another one; returns each one's status (`Accepted` when it was read), by the keys asked for.

        Raises:
            StationRefused: the station answers none of them.

        """
        asked = list(keys)
        statuses = await self._in_bulk(
            "GetVariables",
            {key: {**key.written()} for key in asked},
            self._model if model is None else model,
        )
        return {key: statuses.get(key.folded, "Rejected") for key in asked}

    async def write(self, values: Mapping[Key, str]) -> dict[Key, str]:
        """Write variables; returns each one's status (`Accepted`, `RebootRequired` or why it was not written)."""
        statuses = await self._in_bulk(
            "SetVariables",
            {
                key: {**key.written(), "attributeValue": value}
                for key, value in values.items()
            },
            self._model,
        )
        for key, value in values.items():
            if statuses.get(key.folded) in _WRITTEN:
                self._model.valued(key, value)
        return {key: statuses.get(key.folded, "Rejected") for key in values}

    async def _learn_bounds(self) -> None:
        """Read once how much fits into a message, where the model tells nothing of it."""
        self._knows_bounds = True
        wanted = [
            Key(BOUNDS, bound, instance=action)
            for action in ("GetVariables", "SetVariables")
            for bound in _BOUNDS
        ]
        if all(self._model.get(key) is None for key in wanted):
            with suppress(StationRefused):
                await self.read(wanted)

    def _bound(self, name: str, action: str, unknown: int) -> int:
        spellings = (
            Key(BOUNDS, name, instance=action),
            Key(BOUNDS, f"{name}{action}"),
        )
        for key in spellings:
            found = self._model.get(key)
            if found is not None and (bound := whole(found.value)):
                return bound
        return unknown

    async def _in_bulk(
        self, action: str, data: Mapping[Key, dict[str, Any]], model: DeviceModel
    ) -> dict[Key, str]:
        """Send all data in as few messages as the station takes; returns statuses by key in lower case."""
        if len(data) > _FEW and not self._knows_bounds:
            await self._learn_bounds()
        statuses: dict[Key, str] = {}
        refusal: StationRefused | None = None
        for batch in self._batches(action, list(data.values())):
            try:
                statuses |= await self._send(action, batch, model)
            except StationRefused as refused:
                refusal = refused
        if refusal is not None and not statuses:
            raise refusal
        return statuses

    async def _send(
        self, action: str, batch: Sequence[dict[str, Any]], model: DeviceModel
    ) -> dict[Key, str]:
        """Send one message, or two halves of it where the station refuses it as a whole; what it shows is kept in a model."""
        field, results = _FIELDS[action]
        try:
            answer = await self._call(action, {field: list(batch)})
        except StationRefused:
            if len(batch) == 1:
                raise
            middle = len(batch) // 2
            first = await self._send(action, batch[:middle], model)
            return first | await self._send(action, batch[middle:], model)
        statuses: dict[Key, str] = {}
        for item in _readable(answer.get(results)):
            key = Key.read(item["component"], item["variable"])
            statuses[key.folded] = str(item.get("attributeStatus", ""))
            value = item.get("attributeValue")
            if statuses[key.folded] == "Accepted" and value is not None:
                model.valued(key, str(value))
        return statuses

    def _batches(
        self, action: str, items: Sequence[dict[str, Any]]
    ) -> Iterator[list[dict[str, Any]]]:
        most_items = self._bound("ItemsPerMessage", action, ITEMS_UNKNOWN)
        most_bytes = self._bound("BytesPerMessage", action, BYTES_UNKNOWN)
        field, _ = _FIELDS[action]
        batch: list[dict[str, Any]] = []
        for item in items:
            longer = dump_call(_FRAME_ID, action, {field: [*batch, item]})
            if batch and (len(batch) >= most_items or len(longer) > most_bytes):
                yield batch
                batch = []
            batch.append(item)
        if batch:
            yield batch


def _readable(results: object) -> Iterator[dict[str, Any]]:
    """Return the results that name a variable: others cannot be told apart."""
    for item in results if isinstance(results, list) else ():
        match item:
            case {"component": {"name": str()}, "variable": {"name": str()}}:
                yield item
