"""A password for a 2.x station: variables where 1.6 has keys, and a connection of its own that uses it (A01, A05, B09)."""

from collections.abc import Awaitable, Callable

import pytest

from custom_components.evenload.engine.csms.v2.password import set_password
from custom_components.evenload.engine.model.errors import StationRefused
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.csms.dialler import Payload


class Answers:
    """A 2.x station that answers what a test says."""

    def __init__(self, **values: str) -> None:
        self.values = values
        self.calls: list[tuple[str, Payload]] = []
        self.statuses = {"SetVariables": "Accepted", "SetNetworkProfile": "Accepted"}

    async def call(self, action: str, payload: Payload) -> Payload:
        self.calls.append((action, payload))
        match action:
            case "GetVariables":
                name = payload["getVariableData"][0]["variable"]["name"]
                known = (
                    {"attributeValue": self.values[name]} if name in self.values else {}
                )
                status = "Accepted" if known else "UnknownVariable"
                return {"getVariableResult": [{"attributeStatus": status, **known}]}
            case "SetVariables":
                status = self.statuses[action]
                return {"setVariableResult": [{"attributeStatus": status}]}
        return {"status": self.statuses.get(action, "Accepted")}

    def actions(self) -> list[str]:
        return [action for action, _ in self.calls]


def give(
    answers: Answers, url: str | None = "ws://home:9000/"
) -> Callable[[], Awaitable[None]]:
    return lambda: set_password(
        "A", answers.call, "p" * 20, version=OcppVersion.V201, url=url
    )


async def test_a_station_that_uses_passwords_is_given_another() -> None:
    answers = Answers(SecurityProfile="1")
    await give(answers)()
    assert answers.calls[0] == (
        "SetVariables",
        {
            "setVariableData": [
                {
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                    "attributeValue": "p" * 20,
                }
            ]
        },
    )
    assert "SetNetworkProfile" not in answers.actions()


async def test_a_station_without_is_raised_and_keeps_its_way_back() -> None:
    answers = Answers(SecurityProfile="0", NetworkConfigurationPriority="1,3")
    await give(answers)()
    assert answers.actions()[3:] == ["SetNetworkProfile", "SetVariables", "Reset"]
    profile = answers.calls[3][1]
    assert profile["configurationSlot"] == 2
    assert profile["connectionData"]["securityProfile"] == 1
    assert profile["connectionData"]["ocppCsmsUrl"] == "ws://home:9000/"
    written = answers.calls[4][1]["setVariableData"][0]
    assert written["attributeValue"] == "2,1,3"
    # A vehicle that charges is not disturbed.
    assert answers.calls[5][1] == {"type": "OnIdle"}


@pytest.mark.parametrize("status", ["Rejected", "UnknownVariable"])
async def test_a_refusal_is_one(status: str) -> None:
    answers = Answers(SecurityProfile="0")
    answers.statuses["SetVariables"] = status
    with pytest.raises(StationRefused):
        await give(answers)()
    assert answers.actions() == ["SetVariables"]


async def test_what_cannot_be_raised_has_its_password_all_the_same() -> None:
    answers = Answers(SecurityProfile="0")
    answers.statuses["SetNetworkProfile"] = "Rejected"
    await give(answers)()
    assert answers.actions()[-1] == "SetNetworkProfile"
    silent = Answers()
    await give(silent)()
    assert silent.actions() == ["SetVariables", "GetVariables"]
