"""A station that answers no ping is believed to be there for as long as its own heartbeat takes (2.0.1 G02, OCPPCommCtrlr)."""

import asyncio
from typing import Any

import pytest

from custom_components.evenload.engine.csms import onboarding, supervision
from tests.engine.csms.conftest import Dial, Dial2, DictVault, OpenSite
from tests.engine.csms.dialler import configuration


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A heartbeat takes two tenths of a second; whoever is silent for half a second is gone."""
    monkeypatch.setattr(supervision, "PING_INTERVAL_S", 0.05)
    monkeypatch.setattr(onboarding, "HEARTBEAT_INTERVAL_S", 0.2)


async def is_dropped(station: Any) -> bool:
    try:
        async with asyncio.timeout(1.0):
            await station.closed.wait()
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize(("mutability", "dropped"), [("ReadOnly", False), ("ReadWrite", True)])  # fmt: skip
async def test_a_heartbeat_that_cannot_be_changed_is_waited_for(
    open_site: OpenSite,
    dial2: Dial2,
    vault: DictVault,
    mutability: str,
    dropped: bool,
) -> None:
    site = await open_site("A")
    station = await dial2(site, pongs=False)
    station.model["OCPPCommCtrlr/HeartbeatInterval"] = ("900", mutability, "")
    await station.boot()
    await station.settled()
    assert await is_dropped(station) is dropped
    # It is remembered: on a plain reconnect nothing is read.
    await station.close()
    again = await dial2(site, pongs=False)
    assert "currentTime" in await again.result("Heartbeat", {})
    assert await is_dropped(again) is dropped


async def test_nor_is_one_of_1_6(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site, pongs=False)
    station.answers["GetConfiguration"] = configuration(HeartbeatInterval=("900", True))
    await station.boot()
    await station.called("TriggerMessage", 2)
    assert not await is_dropped(station)
