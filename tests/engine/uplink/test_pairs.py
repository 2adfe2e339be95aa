"""Settings between versions: keys of 1.6 (§9) are variables of 2.x, and the reverse (2.0.1 B05, B06; 1.6 §5.3, §5.8)."""

from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from custom_components.evenload.engine.uplink.pairs import (
    PAIRS,
    as_value_2,
    as_value_16,
    key_of,
    variable_of,
)
from tests.csms_above import Csms
from tests.engine.csms.dialler import configuration
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected

KEYS = configuration(
    ConnectionTimeOut=("60", False),
    AuthorizationKey=("0123456789abcdef", False),
    CpoName=(None, False),
)


def place(name: str, **fields: str) -> dict[str, Any]:
    component, _, variable = name.partition("/")
    variable, _, instance = variable.rstrip("]").partition("[")
    named = {"name": variable} | ({"instance": instance} if instance else {})
    return {"component": {"name": component}, "variable": named, **fields}


async def ready(
    come: Come, below: str, above: str, *decides: Domain
) -> tuple[Any, Csms]:
    site, station, csms = await come(below, above, *decides)
    await connected(site)
    if below == "1.6":

        def shown(asked: dict[str, Any]) -> dict[str, Any]:
            known = [
                one for one in KEYS["configurationKey"] if one["key"] in asked["key"]
            ]
            return {"configurationKey": known}

        station.answers["GetConfiguration"] = shown
    return station, csms


def test_every_pair_leads_there_and_back() -> None:
    for key, variable in PAIRS.items():
        assert variable_of(key.upper()) == variable
        assert key_of(variable.lower()) == key
    unit = "ChargingScheduleAllowedChargingRateUnit"
    assert as_value_2(unit, "Current, Power") == "A,W"
    assert as_value_16(unit, "W") == "Power"
    assert as_value_2("CpoName", "Power") == "Power"


async def test_b06_variables_of_a_station_of_1_6(come: Come) -> None:
    _, csms = await ready(come, "1.6", "2.0.1")
    asked = {
        "TxCtrlr/EVConnectionTimeOut": ("Accepted", "60"),
        "smartchargingctrlr/rateunit": ("Accepted", "A,W"),
        "SampledDataCtrlr/TxUpdatedInterval": ("Accepted", "10"),
        "AuthCtrlr/LocalPreAuthorize": ("UnknownVariable", None),
        "AuthCtrlr/Nonsense": ("UnknownVariable", None),
        "Nonsense/Enabled": ("UnknownComponent", None),
        "SecurityCtrlr/BasicAuthPassword": ("Rejected", None),
        "SecurityCtrlr/OrganizationName": ("Rejected", None),
    }
    reply = await csms.ask(
        "upstairs", "GetVariables", get_variable_data=[*map(place, asked)]
    )
    found = {
        f"{one['component']['name']}/{one['variable']['name']}": (
            one["attribute_status"],
            one.get("attribute_value"),
        )
        for one in reply.get_variable_result
    }
    assert found == asked


async def test_b06_a_key_has_a_value_alone(come: Come) -> None:
    _, csms = await ready(come, "1.6", "2.0.1")
    one = place("TxCtrlr/EVConnectionTimeOut", attributeType="MaxSet")
    reply = await csms.ask("upstairs", "GetVariables", get_variable_data=[one])
    [result] = reply.get_variable_result
    assert result["attribute_status"] == "NotSupportedAttributeType"


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ("Accepted", "Accepted"),
        ("RebootRequired", "RebootRequired"),
        ("Rejected", "Rejected"),
        ("NotSupported", "UnknownVariable"),
    ],
)
async def test_b05_variables_of_a_station_of_1_6_are_written(
    come: Come, answer: str, status: str
) -> None:
    station, csms = await ready(come, "1.6", "2.0.1", Domain.CONFIGURATION)
    station.answers["ChangeConfiguration"] = {"status": answer}
    before = len(station.asked("ChangeConfiguration"))
    names = (
        "OCPPCommCtrlr/MessageAttempts[TransactionEvent]",
        # The house's own, and those that are no keys.
        "SampledDataCtrlr/TxUpdatedInterval",
        "OCPPCommCtrlr/MessageAttempts[Other]",
        "Nonsense/Enabled",
    )
    wanted = [place(name, attributeValue="5") for name in names]
    reply = await csms.ask("upstairs", "SetVariables", set_variable_data=wanted)
    found = [one["attribute_status"] for one in reply.set_variable_result]
    assert sorted(found) == sorted(
        ["Rejected", status, "UnknownVariable", "UnknownComponent"]
    )
    assert station.asked("ChangeConfiguration")[before:] == [
        {"key": "TransactionMessageAttempts", "value": "5"}
    ]


async def test_b05_who_does_not_decide_writes_nothing(come: Come) -> None:
    station, csms = await ready(come, "1.6", "2.0.1")
    before = len(station.asked("ChangeConfiguration"))
    one = place("TxCtrlr/EVConnectionTimeOut", attributeValue="5")
    reply = await csms.ask("upstairs", "SetVariables", set_variable_data=[one])
    [result] = reply.set_variable_result
    assert result["attribute_status"] == "Rejected"
    assert len(station.asked("ChangeConfiguration")) == before


async def test_5_8_keys_of_a_station_of_2_x(come: Come) -> None:
    station, csms = await ready(come, "2.0.1", "1.6")
    station.model["TxCtrlr/EVConnectionTimeOut"] = ("60", "ReadWrite", "")
    asked = {
        "ConnectionTimeOut": "60",
        "meterValueSampleInterval": "10",
        "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
        "NumberOfConnectors": "1",
        "SmartChargingCtrlr/ProfileStackLevel": "8",
    }
    unknown = ["BlinkRepeat", "AuthorizationKey", "LocalPreAuthorize"]
    reply = await csms.ask("upstairs", "GetConfiguration", key=[*asked, *unknown])
    found = {one["key"]: one.get("value") for one in reply.configuration_key}
    assert (found, reply.unknown_key) == (asked, unknown)


async def test_5_8_all_of_a_station_of_2_x_by_the_names_of_1_6(come: Come) -> None:
    _, csms = await ready(come, "2.0.1", "1.6")
    reply = await csms.ask("upstairs", "GetConfiguration")
    found = {one["key"]: one.get("value") for one in reply.configuration_key}
    assert found["MeterValueSampleInterval"] == "10"
    assert found["ChargeProfileMaxStackLevel"] == "8"
    assert "SmartCharging" in str(found["SupportedFeatureProfiles"])
    # What has no like keeps its own name.
    assert found["ChargingStation/SupplyPhases"] == "3"
    assert "AuthorizationKey" not in found
    assert "SampledDataCtrlr/TxUpdatedInterval" not in found


async def test_5_3_keys_of_a_station_of_2_x_are_written(come: Come) -> None:
    station, csms = await ready(come, "2.0.1", "1.6", Domain.CONFIGURATION)
    station.model["TxCtrlr/EVConnectionTimeOut"] = ("60", "ReadWrite", "")
    wanted = {
        "ConnectionTimeOut": "Accepted",
        "BlinkRepeat": "NotSupported",
        "MeterValueSampleInterval": "Rejected",
    }
    for key, status in wanted.items():
        reply = await csms.ask("upstairs", "ChangeConfiguration", key=key, value="90")
        assert reply.status == status
    assert station.model["TxCtrlr/EVConnectionTimeOut"][0] == "90"
