"""The site as a local controller under a CSMS of 2.x: what it is, what it may be told, and what it tells (2.0.1 B01, B06, B07, K01, K08, K09, K10)."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine import node_uplinks
from custom_components.evenload.engine.model.allotments import Reason
from custom_components.evenload.engine.model.household import MeterConfig, MeterReading
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.uplink import Role, UplinkState
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.uplink import pulling
from tests.csms_above import Csms
from tests.engine.uplink.conftest import (
    Below,
    Gather,
    composite_limit,
    older,
    reported_profiles,
)
from tests.engine.uplink.test_above_16 import start


async def connected(site: Site) -> None:
    async with asyncio.timeout(5):
        while (status := site.node_uplink("up")) is None or (
            status.state is not UplinkState.CONNECTED
        ):
            await asyncio.sleep(0.01)


async def until(condition: Any) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0.01)


def cap(
    limit: float,
    *,
    number: int = 1,
    unit: str = "A",
    purpose: str = "ChargingStationMaxProfile",
    **fields: Any,
) -> dict[str, Any]:
    """A cap without a beginning: it holds from when it was set."""
    schedule = {
        "id": 1,
        "charging_rate_unit": unit,
        "charging_schedule_period": [{"start_period": 0, "limit": limit}],
    }
    return {
        "id": number,
        "stack_level": 0,
        "charging_profile_purpose": purpose,
        "charging_profile_kind": "Absolute",
        "charging_schedule": [schedule],
    } | fields


async def set_cap(csms: Csms, profile: dict[str, Any], evse: int = 0) -> str:
    reply = await csms.ask(
        "upstairs", "SetChargingProfile", evse_id=evse, charging_profile=profile
    )
    return str(reply.status)


async def allotted(site: Site, identity: str, amperes: float) -> Reason:
    """Wait until a station may draw so much, and return why it is no more."""
    await until(
        lambda: (
            (allotment := site.stations[identity].evses[1].allotment) is not None
            and allotment.current.a == amperes
        )
    )
    allotment = site.stations[identity].evses[1].allotment
    assert allotment is not None
    return allotment.reason


async def ready(gather: Gather, above: str) -> tuple[Site, dict[str, Below], Csms]:
    site, below, csms = await gather(Role.CONTROLLER, above)
    await connected(site)
    return site, below, csms


@pytest.mark.parametrize("above", ["2.0.1", "2.1"])
async def test_it_says_what_it_is_and_has_no_evse(gather: Gather, above: str) -> None:
    _, below, csms = await ready(gather, above)
    [boot] = await csms.heard.until("BootNotification")
    assert boot["charging_station"]["vendor_name"] == "Evenload"
    assert boot["charging_station"]["model"] == "Local controller"
    await csms.ask(
        "upstairs", "GetBaseReport", request_id=7, report_base="FullInventory"
    )
    [report, *_] = await csms.heard.until("NotifyReport")
    told = {
        (one["component"]["name"], one["variable"]["name"]): one["variable_attribute"]
        for one in report["report_data"]
    }
    assert told["DistributionPanel", "Fuse"][0]["value"] == "100"
    assert not any(component == "EVSE" for component, _ in told)
    reply = await csms.ask(
        "upstairs",
        "GetVariables",
        get_variable_data=[
            {
                "component": {"name": "SmartChargingCtrlr"},
                "variable": {"name": "Enabled"},
            },
            {"component": {"name": "Door"}, "variable": {"name": "Open"}},
        ],
    )
    first, second = reply.get_variable_result
    assert (first["attribute_status"], first["attribute_value"]) == ("Accepted", "true")
    assert second["attribute_status"] == "UnknownComponent"
    # What its stations say is not its own.

    await start(older(below))
    await asyncio.sleep(0.1)
    assert (
        csms.heard.of("TransactionEvent") == csms.heard.of("StatusNotification") == []
    )
    assert csms.errors == []


async def test_its_cap_bounds_all_stations_together(gather: Gather) -> None:
    site, below, csms = await ready(gather, "2.0.1")
    await start(older(below))
    assert await set_cap(csms, cap(9)) == "Accepted"
    assert await allotted(site, "A", 9.0) is Reason.UPSTREAM
    assert await composite_limit(csms) == 9.0
    told = await reported_profiles(csms)
    assert (told["evse_id"], told["charging_profile"][0]["id"]) == (0, 1)
    cleared = await csms.ask("upstairs", "ClearChargingProfile", charging_profile_id=1)
    assert cleared.status == "Accepted"
    # The group's 32 A, and the station's own.
    assert await allotted(site, "A", 32.0) is not Reason.UPSTREAM


async def test_too_little_for_anybody_pauses_and_says_whose_word_it_is(
    gather: Gather,
) -> None:
    site, below, csms = await ready(gather, "2.0.1")
    await start(older(below))
    profile = cap(2000.0, unit="W")
    assert await set_cap(csms, profile) == "Accepted"
    assert await allotted(site, "A", 0.0) is Reason.UPSTREAM


async def test_its_caps_are_known_before_any_station_comes(gather: Gather) -> None:
    site, _, csms = await ready(gather, "2.0.1")
    assert await set_cap(csms, cap(8)) == "Accepted"
    await site.close()
    again, _, _ = await gather(Role.CONTROLLER, "2.0.1", csms=csms, with_stations=False)
    await connected(again)
    assert await composite_limit(csms) == 8.0


async def test_what_it_has_no_part_in_is_refused(gather: Gather) -> None:
    _, _, csms = await ready(gather, "2.0.1")
    reply = await csms.ask("upstairs", "Reset", type="Immediate")
    assert reply.status == "Rejected"
    assert await set_cap(csms, cap(8), evse=1) == "Rejected"
    # The package hands out None where the answer is CALLERROR.
    assert await csms.ask("upstairs", "GetMonitoringReport", request_id=1) is None
    reply = await csms.ask(
        "upstairs", "TriggerMessage", requested_message="SignV2GCertificate"
    )
    assert reply.status in {"Rejected", "NotImplemented"}


async def test_it_introduces_itself_again_when_it_is_asked_to(gather: Gather) -> None:
    _, _, csms = await ready(gather, "2.0.1")
    for message in ("BootNotification", "Heartbeat"):
        reply = await csms.ask("upstairs", "TriggerMessage", requested_message=message)
        assert reply.status == "Accepted"
    assert len(await csms.heard.until("BootNotification", 2)) == 2
    await csms.heard.until("Heartbeat")


async def test_it_tells_the_meter_of_the_site(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(node_uplinks, "METER_EVERY_S", 0.2)
    site, _, csms = await gather(
        Role.CONTROLLER, "2.0.1", meter=MeterConfig(Current(10.0))
    )
    await connected(site)
    now = datetime.now(UTC)
    site.read_meter(ROOT, MeterReading(now, PhaseCurrents(10.0, -4.0, 2.0)))
    async with asyncio.timeout(5):
        while True:
            told = await csms.heard.until("MeterValues")
            [metered] = told[-1]["meter_value"]
            values = {
                (one["measurand"], one.get("phase")): one["value"]
                for one in metered["sampled_value"]
            }
            if values.get(("Current.Import", "L1")) == 10.0:
                break
            await asyncio.sleep(0.05)
    assert told[-1]["evse_id"] == 0
    assert values["Current.Export", "L2"] == 4.0
    assert values["Power.Active.Import", None] == pytest.approx(8.0 * 230)
    assert {one["location"] for one in metered["sampled_value"]} == {"Inlet"}


async def test_it_says_where_the_fuse_is_lower_than_its_cap(gather: Gather) -> None:
    """K12: the energy manager's own limit is told; K13: and when it binds no more."""
    _, _, csms = await ready(gather, "2.0.1")
    await set_cap(csms, cap(150))
    [told] = await csms.heard.until("NotifyChargingLimit")
    assert told["charging_limit"]["charging_limit_source"] == "EMS"
    assert "evse_id" not in told
    [period] = told["charging_schedule"][0]["charging_schedule_period"]
    assert period["limit"] == 100.0


async def test_it_asks_for_updates_where_it_is_to(
    gather: Gather, monkeypatch: pytest.MonkeyPatch
) -> None:
    """K28: with dynUpdateInterval the updates of a dynamic profile are asked for."""
    monkeypatch.setattr(pulling, "_REST_S", 0.05)
    site, below, csms = await ready(gather, "2.1")
    await start(older(below))
    csms.heard.update = {"limit": 8.0}
    said = cap(20, charging_profile_kind="Dynamic", dyn_update_interval=1)
    assert await set_cap(csms, said) == "Accepted"
    [told, *_] = await csms.heard.until("PullDynamicScheduleUpdate")
    assert told == {"charging_profile_id": 1}
    assert await allotted(site, "A", 8.0) is Reason.UPSTREAM
    assert csms.errors == []
