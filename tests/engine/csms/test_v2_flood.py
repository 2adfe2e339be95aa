"""Whatever a 2.x station says, it is answered, and no other station notices (promise 10; OCPP-J 2.0.1 part 4 §4.2)."""

from copy import deepcopy
import json
import logging
import random
from typing import Any

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2.directions import FROM_STATION
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.examples import example

NASTY = [
    None,
    True,
    -1,
    0,
    33,
    2**31,
    2**63,
    1.5,
    1e308,
    -1e308,
    "",
    " ",
    "x",
    "X" * 2000,
    "2026-13-45T99:99:99Z",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    "NaN",
    "Infinity",
    [],
    {},
    [None],
    {"a": {}},
]


def spoilt(payload: Any, chance: random.Random) -> Any:
    """The payload with one to three of its parts spoilt."""
    for _ in range(chance.randint(1, 3)):
        owner = payload
        while isinstance(owner, dict | list) and owner:
            key = chance.choice(
                list(owner) if isinstance(owner, dict) else range(len(owner))
            )
            if not isinstance(owner[key], dict | list) or chance.random() < 0.2:
                owner[key] = deepcopy(chance.choice(NASTY))
                break
            owner = owner[key]
    return payload


@pytest.mark.parametrize("version", [OcppVersion.V201, OcppVersion.V21])
async def test_spoilt_messages_are_answered_and_cost_nothing_else(
    open_site: OpenSite,
    dial2: Dial2,
    caplog: pytest.LogCaptureFixture,
    version: OcppVersion,
) -> None:
    chance = random.Random(7)
    site = await open_site("A", "B")
    station = await dial2(site, version=version)
    other = await dial2(site, "B", version=version)
    await station.boot()
    await station.settled()
    await other.boot()
    actions = sorted(FROM_STATION & schemas(version).actions)
    codes: set[str] = set()
    for _ in range(400):
        action = chance.choice(actions)
        payload = spoilt(example(version, action, full=chance.random() < 0.5), chance)
        answer = await station.call(action, payload)
        if answer[0] == 4:
            codes.add(answer[2])
            assert answer[2] != "InternalError", (action, json.dumps(payload))
    assert "PropertyConstraintViolation" in codes
    assert "currentTime" in await other.result("Heartbeat", {})
    assert all(known.connected for known in site.stations.values())
    assert set(site.stations["A"].evses) <= set(range(1, 33))
    # What is wrong with a station is no mistake of ours.
    ours = [one for one in caplog.records if one.name.startswith("custom_components")]
    assert [one for one in ours if one.levelno >= logging.ERROR] == []
