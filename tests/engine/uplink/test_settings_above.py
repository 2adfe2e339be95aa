"""What those above may read and write of a station's settings: nothing that would take it from the house."""

from typing import Any

import pytest

from custom_components.evenload.engine.model.uplink import Domain
from tests.engine.uplink.conftest import Come
from tests.engine.uplink.test_above_16 import connected

PASSWORD = "0123456789abcdef"


@pytest.mark.parametrize(
    "key", ["AuthorizationKey", "authorizationkey", "AUTHORIZATIONKEY"]
)
async def test_the_password_is_not_shown(come: Come, key: str) -> None:
    # 1.6 §9: configuration keys are case-insensitive.
    site, station, csms = await come("1.6", "1.6", Domain.CONFIGURATION)
    await connected(site)

    def shown(asked: dict[str, Any]) -> dict[str, Any]:
        keys = asked.get("key", ["authorizationKey", "Free"])
        return {
            "configurationKey": [
                {"key": one, "readonly": False, "value": PASSWORD} for one in keys
            ]
        }

    station.answers["GetConfiguration"] = shown
    reply = await csms.ask("upstairs", "GetConfiguration", key=[key])
    assert (reply.configuration_key, reply.unknown_key) == ([], [key])
    reply = await csms.ask("upstairs", "GetConfiguration", key=[key, "free"])
    assert [one["key"] for one in reply.configuration_key] == ["free"]
    reply = await csms.ask("upstairs", "GetConfiguration")
    assert [one["key"] for one in reply.configuration_key] == ["Free"]


@pytest.mark.parametrize(
    "key",
    [
        *("AUTHORIZATIONKEY", "metervaluesampleinterval", "securityProfile"),
        *("CentralSystemURL", "centralsystemurl", "Ocpp.ServerUrl"),
    ],
)
async def test_what_the_house_needs_is_not_written(come: Come, key: str) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.CONFIGURATION)
    await connected(site)
    before = len(station.asked("ChangeConfiguration"))
    reply = await csms.ask("upstairs", "ChangeConfiguration", key=key, value="1")
    assert reply.status == "Rejected"
    assert len(station.asked("ChangeConfiguration")) == before


async def test_anything_else_is_written(come: Come) -> None:
    site, station, csms = await come("1.6", "1.6", Domain.CONFIGURATION)
    await connected(site)
    reply = await csms.ask(
        "upstairs", "ChangeConfiguration", key="LightIntensity", value="1"
    )
    assert reply.status == "Accepted"
    assert station.asked("ChangeConfiguration")[-1]["key"] == "LightIntensity"


async def test_variables_in_capitals_are_the_same(come: Come) -> None:
    site, station, csms = await come("2.0.1", "2.0.1", Domain.CONFIGURATION)
    await connected(site)
    place = {
        "component": {"name": "SECURITYCTRLR"},
        "variable": {"name": "basicauthPASSWORD"},
    }
    reply = await csms.ask("upstairs", "GetVariables", get_variable_data=[place])
    [result] = reply.get_variable_result
    assert result["attribute_status"] == "Rejected"
    before = len(station.asked("SetVariables"))
    reply = await csms.ask(
        "upstairs",
        "SetVariables",
        set_variable_data=[{**place, "attributeValue": PASSWORD}],
    )
    [result] = reply.set_variable_result
    assert result["attribute_status"] == "Rejected"
    assert len(station.asked("SetVariables")) == before
