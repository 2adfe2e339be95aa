"""A 2.x station is read once, written only where it differs, and believed as far as it goes (2.0.1 B05 to B08; reference pains 14, 22, 24)."""

from typing import Any

import pytest

from custom_components.evenload.engine.csms import exchange
from custom_components.evenload.engine.csms.v2 import reports
from custom_components.evenload.engine.model.capabilities import EvseTraits, Purpose
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.phases import CurrentType
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import MEASURANDS, Dialler2

READ, WRITE = "ReadOnly", "ReadWrite"


async def onboarded(
    site: Site, dial2: Dial2, version: str = "2.0.1", **changes: Any
) -> Dialler2:
    """A station with these changes to its device model (None takes a variable out), booted and set up."""
    station = await dial2(site, version=version)
    for name, change in changes.items():
        if change is None:
            del station.model[name]
        else:
            station.model[name] = (*change, "")[:3]
    await station.boot(firmwareVersion="1.0")
    await station.settled()
    return station


async def test_what_a_station_says_of_itself_is_learnt(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await onboarded(
        site,
        dial2,
        "2.1",
        **{
            # An AC and a DC outlet; the second has two cables.
            "EVSE@2/SupplyPhases": ("0", READ),
            "Connector@2.1/ConnectorType": ("cCCS2", READ),
            "Connector@2.2/ConnectorType": ("cG105", READ),
            "SmartChargingCtrlr/Phases3to1": ("true", READ),
            "SmartChargingCtrlr/SupportsDynamicProfiles": ("true", READ),
            "SmartChargingCtrlr/ChargingProfilePersistence[TxProfile]": ("false", READ),
            "SmartChargingCtrlr/ChargingProfilePersistence[TxDefaultProfile]": ("true", READ),
            "SmartChargingCtrlr/RateUnit": ("W", READ),
            "SmartChargingCtrlr@2/ProfileStackLevel": ("3", READ),
            "ReservationCtrlr/Enabled": ("false", WRITE),
            "LocalAuthListCtrlr/Available": ("true", READ),
            "OCPPCommCtrlr/HeartbeatInterval": ("900", READ),
        },
    )  # fmt: skip
    known = site.stations["A"].capabilities
    assert known.evses == 2
    assert known.evse_traits == {
        1: EvseTraits(CurrentType.AC, 3, None, ("cType2",)),
        2: EvseTraits(CurrentType.DC, None, None, ("cCCS2", "cG105")),
    }
    assert known.units == (RateUnit.WATTS,)
    # Of several levels the one that all have.
    assert known.highest_stack_level == 3
    assert known.phase_switching
    assert known.dynamic_profiles
    assert known.lasting == {Purpose.TX: False, Purpose.TX_DEFAULT: True}
    assert known.features == ("SmartCharging", "LocalAuthList")
    assert known.measurands == tuple(MEASURANDS.split(","))
    assert known.heartbeat_s == 900
    # A full inventory holds what there is: nothing else is asked.
    assert station.asked("GetVariables") == []
    # Every connector is asked how it is, and every EVSE.
    statuses = [
        (one["evse"]["id"], one["evse"].get("connectorId"))
        for one in station.asked("TriggerMessage")
        if one["requestedMessage"] == "StatusNotification"
    ]
    assert statuses == [(1, 1), (2, 1), (2, 2)]


@pytest.mark.parametrize(
    "spelling",
    [
        "SmartChargingCtrlr/SupportsDynamicProfiles",
        "SmartChargingCtrlr/SupportsFeature[DynamicProfiles]",
        "smartchargingctrlr/supportsdynamicprofiles",
    ],
)
async def test_dynamic_profiles_however_they_are_spelt(
    open_site: OpenSite, dial2: Dial2, spelling: str
) -> None:
    site = await open_site("A")
    await onboarded(site, dial2, "2.1", **{spelling: ("True", READ)})
    assert site.stations["A"].capabilities.dynamic_profiles


async def test_a_plain_reconnect_or_reboot_costs_nothing(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await onboarded(site, dial2)
    station.cut()
    for firmware, reports_asked in (("1.0", 0), ("2.0", 1)):
        again = await dial2(site)
        await again.boot(firmwareVersion=firmware)
        await again.settled()
        assert len(again.asked("GetBaseReport")) == reports_asked
        assert again.written == []
        await again.close()


FULL, CONFIGURATION, SUMMARY = (
    "FullInventory",
    "ConfigurationInventory",
    "SummaryInventory",
)


@pytest.mark.parametrize(
    "refusal",
    [
        {"status": "NotSupported"},
        {"status": "EmptyResultSet"},
        {"status": "Rejected"},
        {"error": "NotImplemented"},
        None,
    ],
)
async def test_without_an_inventory_what_is_needed_is_asked_for(
    open_site: OpenSite,
    dial2: Dial2,
    monkeypatch: pytest.MonkeyPatch,
    refusal: Payload | None,
) -> None:
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.1)
    site = await open_site("A")
    station = await dial2(site)
    station.answers["GetBaseReport"] = refusal
    station.model["SmartChargingCtrlr/RateUnit"] = ("W", READ, "")
    station.model["EVSE@2/SupplyPhases"] = ("1", READ, "")
    await station.boot(firmwareVersion="1.0")
    await station.settled()
    asked = [one["reportBase"] for one in station.asked("GetBaseReport")]
    assert asked == [FULL, CONFIGURATION, SUMMARY]
    known = site.stations["A"].capabilities
    assert (known.evses, known.units) == (2, (RateUnit.WATTS,))
    assert known.learnt_from == "1.0 (OCPP 2.0.1)"
    assert known.evse_traits[2].phases == 1
    # B06.FR.16: no more in a message than the station takes.
    sizes = [len(one["getVariableData"]) for one in station.asked("GetVariables")]
    assert max(sizes[1:]) == 4


async def test_a_report_that_stops_half_way_is_half_believed(
    open_site: OpenSite, dial2: Dial2, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "PART_PATIENCE_S", 0.2)
    site = await open_site("A")
    station = await dial2(site)

    def half(payload: Payload) -> Payload:
        parts = station.parts(payload["requestId"], station.entries())
        # Out of step, one twice, and the last one never comes.
        station.tell("NotifyReport", [parts[1], parts[0], parts[0]])
        return {"status": "Accepted"}

    station.answers["GetBaseReport"] = half
    await station.boot()
    await station.settled()
    known = site.stations["A"].capabilities
    assert known.evses == 1
    # The rest was asked for singly.
    assert known.measurands == tuple(MEASURANDS.split(","))


@pytest.mark.parametrize(
    "gone",
    [
        ("EVSE@1/AvailabilityState", "EVSE@1/SupplyPhases", "Connector@1.1/ConnectorType"),
        tuple(name for name in Dialler2(0, "A").model if name.startswith("Smart")),
        tuple(Dialler2(0, "A").model),
    ],
    ids=["no EVSE", "no smart charging", "nothing at all"],
)  # fmt: skip
async def test_a_poor_inventory_is_a_hint_and_no_gate(
    open_site: OpenSite,
    dial2: Dial2,
    monkeypatch: pytest.MonkeyPatch,
    gone: tuple[str, ...],
) -> None:
    # Reference pain 24: FoxESS shows no EVSE. Who has nothing promises a report, and sends none.
    monkeypatch.setattr(reports, "PART_PATIENCE_S", 0.2)
    site = await open_site("A")
    station = await onboarded(site, dial2, **dict.fromkeys(gone))
    assert station.asked("SetChargingProfile")
    assert list(site.stations["A"].evses) == [1]
    await station.status("Occupied")
    assert site.stations["A"].connected


async def test_only_differences_are_written_in_one_go(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await onboarded(
        site,
        dial2,
        **{
            "SampledDataCtrlr/Enabled": ("false", WRITE),
            "SampledDataCtrlr/TxUpdatedInterval": ("60", WRITE),
            "SampledDataCtrlr/TxUpdatedMeasurands": ("SoC,Voltage", WRITE),
            "SampledDataCtrlr/TxStartedMeasurands": ("Voltage", READ),
            "SampledDataCtrlr/TxEndedMeasurands": None,
            # It can only do so much.
            "AlignedDataCtrlr/Measurands": (
                "",
                WRITE,
                "Energy.Active.Import.Register,Voltage,Temperature",
            ),
            "DeviceDataCtrlr/ItemsPerMessage[SetVariables]": ("100", READ),
        },
    )
    assert len(station.asked("SetVariables")) == 1
    assert dict(station.written) == {
        "SampledDataCtrlr/Enabled": "true",
        "SampledDataCtrlr/TxUpdatedInterval": "10",
        "SampledDataCtrlr/TxUpdatedMeasurands": f"{MEASURANDS},SoC",
        "AlignedDataCtrlr/Measurands": "Energy.Active.Import.Register,Voltage",
    }


async def test_smart_charging_is_turned_on_before_the_first_limit(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    off = {"SmartChargingCtrlr/Enabled": ("false", WRITE)}
    station = await onboarded(site, dial2, **off)
    actions = [action for action, _ in station.calls]
    assert actions.index("SetVariables") < actions.index("SetChargingProfile")
    assert station.written == [("SmartChargingCtrlr/Enabled", "true")]


async def test_a_list_that_is_refused_is_made_shorter(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await dial2(site)
    name = "SampledDataCtrlr/TxUpdatedMeasurands"
    station.model[name] = ("SoC", WRITE, "")
    write = station.answers["SetVariables"]
    assert callable(write)

    def three_at_most(payload: Payload) -> Payload:
        answer = write(payload)
        for (_, value), result in zip(
            station.written[-len(payload["setVariableData"]) :],
            answer["setVariableResult"],
            strict=True,
        ):
            if value.count(",") > 2:
                result["attributeStatus"] = "Rejected"
        return answer

    station.answers["SetVariables"] = three_at_most
    await station.boot()
    await station.settled()
    assert [value.count(",") + 1 for _, value in station.written] == [6, 5, 4, 3]
    assert all(value.endswith("SoC") for _, value in station.written)
