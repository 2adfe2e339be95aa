"""A large inventory holds up nobody else (2.0.1 B07)."""

import asyncio
from typing import Any, cast
from unittest.mock import Mock

from custom_components.evenload.engine.csms.connection import Connection
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2.device_model import (
    DeviceModel,
    Key,
    Variable,
)
from custom_components.evenload.engine.csms.v2.inventory import Inventory
from custom_components.evenload.engine.csms.v2.reports import Reports
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.csms.dialler import Payload


class Line:
    """A station that tells all in one part, before it answers."""

    identity = "A"
    adapter = Mock(schemas=schemas(OcppVersion.V201))

    def __init__(self, reports: Reports, items: list[Payload]) -> None:
        self._reports = reports
        self._items = items

    async def call(self, _action: str, payload: Payload, **_: Any) -> Payload:
        part = {"requestId": payload["requestId"], "reportData": self._items}
        self._reports.part(part, "reportData")
        return {"status": "Accepted"}


async def test_others_have_their_turn_while_a_large_inventory_is_read() -> None:
    items = [
        {
            "component": {"name": f"C{number % 50}", "evse": {"id": 1 + number % 4}},
            "variable": {"name": f"V{number}"},
            "variableAttribute": [{"value": "1"}],
        }
        for number in range(10_000)
    ]
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            await asyncio.sleep(0)
            turns += 1

    reports = Reports()
    line = cast(Connection, Line(reports, items))
    model = DeviceModel()
    task = asyncio.create_task(other())
    try:
        assert await Inventory(line, reports).read(model)
    finally:
        task.cancel()
    assert len(model) == len(items)
    assert turns >= len(items) / 500


def test_variables_of_one_name_are_found_wherever_they_are() -> None:
    model = DeviceModel()
    for name in ("EVSE@1/Power", "evse@2/POWER", "EVSE/Power", "Connector@1.1/Power"):
        model.put(Key.parse(name), Variable(name))
    model.put(Key.parse("EVSE@1/Power"), Variable("again"))
    found = [variable.value for _, variable in model.named("EVSE", "power")]
    assert found == ["again", "evse@2/POWER", "EVSE/Power"]
    model.keep("connector")
    assert list(model.named("EVSE", "Power")) == []
    assert len(list(model.named("Connector", "Power"))) == 1
