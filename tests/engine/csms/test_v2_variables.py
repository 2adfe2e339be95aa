"""Variables by name, answers in parts, and messages as they are (2.0.1 B05 to B07, K09, N09)."""

from typing import Any

import pytest

from custom_components.evenload.engine.csms.v2.commands import Commands2
from custom_components.evenload.engine.csms.v2.device_model import Key
from custom_components.evenload.engine.csms.v2.directions import FROM_STATION
from custom_components.evenload.engine.csms.v2.variables import BOUNDS
from custom_components.evenload.engine.model.errors import (
    InvalidRequest,
    StationRefused,
)
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2

NOW = "2026-11-02T12:00:00Z"


@pytest.fixture
async def pair(open_site: OpenSite, dial2: Dial2) -> tuple[Site, Dialler2]:
    """A station that is set up."""
    site = await open_site("A")
    station = await dial2(site)
    await station.boot()
    await station.settled()
    station.calls.clear()
    return site, station


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("OCPPCommCtrlr/HeartbeatInterval", Key("OCPPCommCtrlr", "HeartbeatInterval")),
        ("EVSE@2/Power", Key("EVSE", "Power", 2)),
        ("Connector@1.2/ConnectorType", Key("Connector", "ConnectorType", 1, 2)),
        ("A/B[c/d.e]", Key("A", "B", instance="c/d.e")),
        ("A[x@1]@3/B", Key("A", "B", 3, component_instance="x@1")),
    ],
)
def test_a_variable_has_a_name_that_people_can_read(name: str, key: Key) -> None:
    assert Key.parse(name) == key
    assert str(key) == name


@pytest.mark.parametrize("name", ["", "A", "/B", "A/", "A@x/B", "A@1.x/B", "A]/B"])
def test_what_names_nothing_is_refused(name: str) -> None:
    with pytest.raises(ValueError):
        Key.parse(name)


async def test_a_message_that_is_refused_as_a_whole_is_sent_in_halves(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    read = station.answers["GetVariables"]
    assert callable(read)
    station.answers["GetVariables"] = lambda payload: (
        {"error": "OccurrenceConstraintViolation"}
        if len(payload["getVariableData"]) > 1
        else read(payload)
    )
    names = list(station.model)[:5]
    shown = await site.commands("A").get_configuration(names)
    assert list(shown) == names


async def test_configuration_is_read_and_written_by_name(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    commands = site.commands("A")
    everything = await commands.get_configuration()
    assert set(everything) == set(station.model)
    assert everything["SmartChargingCtrlr/RateUnit"].value == "A,W"
    assert everything["SmartChargingCtrlr/RateUnit"].readonly
    # A password is there and is not shown.
    assert everything["SecurityCtrlr/BasicAuthPassword"].value is None
    one = await commands.get_configuration(["EVSE@1/SupplyPhases", "No/Such"])
    assert {name: shown.value for name, shown in one.items()} == {
        "EVSE@1/SupplyPhases": "3"
    }
    name = "SampledDataCtrlr/TxUpdatedInterval"
    assert not await commands.set_configuration(name, "5")
    assert station.model[name][0] == "5"
    for name in ("EVSE@1/SupplyPhases", "No/Such"):
        with pytest.raises(StationRefused):
            await commands.set_configuration(name, "1")
    for name in ("HeartbeatInterval", "A@x/B"):
        with pytest.raises(InvalidRequest):
            await commands.get_configuration([name])
        with pytest.raises(InvalidRequest):
            await commands.set_configuration(name, "1")


async def test_what_is_read_while_a_station_is_got_to_know_has_its_values(
    pair: tuple[Site, Dialler2],
) -> None:
    """Once all is learnt, what was read for that is forgotten: between two messages of somebody else's."""
    site, station = pair
    commands = site.commands("A")
    assert isinstance(commands, Commands2)
    read = station.answers["GetVariables"]
    assert callable(read)

    def forget(payload: Payload) -> Payload:
        answer = read(payload)
        commands._model.keep(BOUNDS)  # as the adapter does
        return answer

    station.answers["GetVariables"] = forget
    names = [name for name, (value, *_) in station.model.items() if value][:9]
    shown = await commands.get_configuration(names)
    assert {name: one.value for name, one in shown.items()} == {
        name: station.model[name][0] for name in names
    }
    assert len(station.asked("GetVariables")) > 1


async def test_profiles_are_read_whoever_put_them_there(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair

    def report(payload: Payload) -> Payload:
        def part(number: int, *, more: bool) -> Payload:
            schedule = {
                "id": 1,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}],
            }
            profile = {
                "id": number,
                "stackLevel": 0,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Absolute",
                "chargingSchedule": [schedule],
            }
            return {
                "requestId": payload["requestId"],
                "chargingLimitSource": "EMS",
                "evseId": 1,
                "chargingProfile": [profile],
                "tbc": more,
            }

        station.tell(
            "ReportChargingProfiles", [part(7, more=True), part(8, more=False)]
        )
        return {"status": "Accepted"}

    station.answers["GetChargingProfiles"] = report
    found = await site.commands("A").profiles(1)
    assert [(one.id, one.evse, one.source) for one in found] == [
        (7, 1, "EMS"),
        (8, 1, "EMS"),
    ]
    station.answers["GetChargingProfiles"] = {"status": "NoProfiles"}
    assert await site.commands("A").profiles() == ()


async def test_what_is_known_of_a_customer_comes_in_parts(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair

    def report(payload: Payload) -> Payload:
        parts = [
            {
                "requestId": payload["requestId"],
                "generatedAt": NOW,
                "seqNo": number,
                "tbc": number == 0,
                "data": text,
            }
            for number, text in enumerate(("one,", "two"))
        ]
        station.tell("NotifyCustomerInformation", parts)
        return {"status": "Accepted"}

    station.answers["CustomerInformation"] = report
    assert await site.commands("A").customer_information("CARD") == "one,two"
    [asked] = station.asked("CustomerInformation")
    assert (asked["report"], asked["clear"]) == (True, False)
    station.answers["CustomerInformation"] = {"status": "Invalid"}
    with pytest.raises(StationRefused):
        await site.commands("A").customer_information("CARD", clear=True)


async def test_any_message_of_ours_can_be_sent_as_it_is(
    pair: tuple[Site, Dialler2],
) -> None:
    site, station = pair
    commands = site.commands("A")
    # What the maker has added to the answer may be what was asked for.
    answer: dict[str, Any] = {"status": "Accepted", "extra": {"soc": 1, "x_L2": 2}}
    station.answers["ClearCache"] = answer
    assert await commands.call("ClearCache", {}) == answer
    for action in sorted(FROM_STATION):
        with pytest.raises(InvalidRequest):
            await commands.call(action, {})
    for action, payload in (
        ("Reset", {"type": "Soft"}),
        ("Reset", {}),
        ("GetConfiguration", {}),
        # 2.1 has it, and this station does not speak 2.1.
        ("UsePriorityCharging", {"transactionId": "T", "activate": True}),
        ("SetVariables", {"setVariableData": []}),
    ):
        with pytest.raises(InvalidRequest):
            await commands.call(action, payload)
    assert [action for action, _ in station.calls] == ["ClearCache"]


async def test_a_late_part_of_nothing_is_answered_and_forgotten(
    pair: tuple[Site, Dialler2],
) -> None:
    _, station = pair
    part = {"requestId": 1, "generatedAt": NOW, "seqNo": 0, "tbc": False}
    assert await station.result("NotifyReport", part) == {}
