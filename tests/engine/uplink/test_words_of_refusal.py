"""How those above hear no: in the words of OCPP, and never as an error that nobody made."""

import asyncio
from typing import Any

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.site import Site
from custom_components.evenload.engine.uplink.refusals import refused
from tests.engine.uplink.conftest import Below, Come
from tests.engine.uplink.test_above_16 import NOW, connected

PLACE = {"component": {"name": "EVSE"}, "variable": {"name": "Power"}}
MONITOR = {"value": 1.0, "type": "Delta", "severity": 5, **PLACE}


@pytest.mark.parametrize("version", [OcppVersion.V201, OcppVersion.V21])
@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("ClearDisplayMessage", {"id": 1}),
        ("ClearVariableMonitoring", {"id": [1, 2]}),
        ("CostUpdated", {}),
        ("CustomerInformation", {}),
        ("GetBaseReport", {}),
        ("GetDisplayMessages", {}),
        ("GetInstalledCertificateIds", {}),
        ("GetLog", {}),
        ("GetMonitoringReport", {}),
        ("GetReport", {}),
        ("GetTransactionStatus", {}),
        ("GetVariables", {"getVariableData": [PLACE]}),
        ("SetDisplayMessage", {}),
        ("SetMonitoringBase", {}),
        ("SetMonitoringLevel", {}),
        ("SetVariableMonitoring", {"setMonitoringData": [MONITOR]}),
        ("SetVariables", {"setVariableData": [{**PLACE, "attributeValue": "1"}]}),
        ("UpdateFirmware", {}),
    ],
)
def test_a_no_is_an_answer(
    version: OcppVersion, action: str, payload: dict[str, Any]
) -> None:
    answer = refused(action, payload)
    assert schemas(version).violations(f"{action}Response", answer) == []
    assert answer.get("status") != "Accepted"


async def test_what_is_the_owners_is_refused_in_its_own_words(come: Come) -> None:
    site, _, csms = await come("2.0.1", "2.0.1")
    await connected(site)
    reply = await csms.ask("upstairs", "ClearVariableMonitoring", id=[3])
    assert reply.clear_monitoring_result == [{"id": 3, "status": "Rejected"}]
    reply = await csms.ask("upstairs", "GetInstalledCertificateIds")
    assert reply.status == "NotFound"


async def test_1_6_has_no_such_message(come: Come) -> None:
    site, _, csms = await come("1.6", "2.0.1")
    await connected(site)
    reply = await csms.ask(
        "upstairs", "TriggerMessage", requested_message="TransactionEvent"
    )
    assert reply.status == "NotImplemented"


async def gone(site: Site, station: Below) -> None:
    """Let the station hang up; above it is still there for a while."""
    await station.close()
    async with asyncio.timeout(5):
        while site.stations["A"].connected:
            await asyncio.sleep(0.01)


async def test_a_station_of_1_6_that_is_away(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", *Domain)
    await connected(site)
    await gone(site, station)
    reply = await csms.ask("upstairs", "GetConfiguration", key=["Some"])
    assert (reply.configuration_key, reply.unknown_key) == ([], ["Some"])
    reply = await csms.ask("upstairs", "DataTransfer", vendor_id="x")
    assert reply.status == "Rejected"
    reply = await csms.ask(
        "upstairs",
        "ReserveNow",
        connector_id=1,
        expiry_date=NOW,
        id_tag="A",
        reservation_id=1,
    )
    assert reply.status == "Rejected"
    reply = await csms.ask("upstairs", "GetLocalListVersion")
    # 1.6 §5.10: there is no list.
    assert reply.list_version == -1
    reply = await csms.ask("upstairs", "GetDiagnostics", location="ftp://x")
    assert reply.file_name is None


async def test_a_station_of_2_0_1_that_is_away(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1", *Domain)
    await connected(site)
    await gone(site, station)
    reply = await csms.ask("upstairs", "GetVariables", get_variable_data=[PLACE])
    assert reply.get_variable_result[0]["attribute_status"] == "Rejected"
    reply = await csms.ask(
        "upstairs", "GetBaseReport", request_id=7, report_base="FullInventory"
    )
    assert reply.status == "Rejected"
    reply = await csms.ask("upstairs", "DataTransfer", vendor_id="x")
    assert reply.status == "Rejected"
