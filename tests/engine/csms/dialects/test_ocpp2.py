"""Stations whose OCPP 2.0.1 is immature are used all the same: what they leave out of their device model gates nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.csms.v2 import reports
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.stations import EvseStatus
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import DEVICE_MODEL, Dialler2, event

KEY = EvseKey("A", 1)


async def arrived(site: Site, dial2: Dial2, *kept: str) -> Dialler2:
    """Let a station boot that shows only the variables of these components."""
    station = await dial2(site)
    station.model = {
        name: shown
        for name, shown in DEVICE_MODEL.items()
        if name.partition("/")[0].partition("@")[0] in kept
    }
    await station.boot()
    return station


def ago(minutes: float) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).isoformat()


def charging(kind: str, sequence: int, register_wh: float, minutes: float) -> Payload:
    now = ago(minutes)
    return event(
        kind,
        now,
        sequence,
        state="Charging",
        evse={"id": 1, "connectorId": 1},
        meterValue=[{"timestamp": now, "sampledValue": [{"value": register_wh}]}],
    )


async def test_an_inventory_without_evses(open_site: OpenSite, dial2: Dial2) -> None:
    site = await open_site("A")
    station = await arrived(site, dial2, "OCPPCommCtrlr", "SmartChargingCtrlr")
    await station.called("SetChargingProfile")

    # A status of the whole station in the place of a connector's.
    await station.status("Available", evse=0, connector=0)
    await station.result("TransactionEvent", charging("Started", 0, 1000.0, 30))
    # It says so with the vehicle still plugged in.
    await station.status("Available", evse=1, at=ago(20))
    await station.result("TransactionEvent", charging("Updated", 1, 1500.0, 5))
    await station.result("TransactionEvent", charging("Updated", 2, 1800.0, 1))

    assert site.evse(KEY).status is EvseStatus.CHARGING
    transaction, session = site.evse(KEY).transaction, site.evse(KEY).session
    assert transaction is not None
    assert transaction.id == "T1"
    assert session is not None
    assert session.energy_wh == 800.0
    assert list(site._ledger.ended) == []
    assert {call["evseId"] for call in station.asked("SetChargingProfile")} <= {0, 1}


async def test_an_inventory_of_nothing_at_all(
    open_site: OpenSite, dial2: Dial2, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "PART_PATIENCE_S", 0.2)
    site = await open_site("A")
    station = await arrived(site, dial2)

    await station.called("SetChargingProfile")

    assert site.stations["A"].connected
    assert site.stations["A"].capabilities.is_controllable
