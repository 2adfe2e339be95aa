"""Every message that a 2.x station may send has an answer, and it fits its schema (2.0.1 and 2.1 part 2, part 3)."""

import json
from typing import Any

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.v2.directions import FROM_STATION
from custom_components.evenload.engine.model.events import (
    ComponentReported,
    Event,
    ForeignLimitReported,
    GridAlarmReported,
    NeedsReported,
    ProfilesReported,
    ReservationEnded,
)
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.stations import OcppVersion
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2
from tests.engine.csms.examples import NOW, answer_fits, example

V201, V21 = OcppVersion.V201, OcppVersion.V21

CASES = [
    (version, action)
    for version in (V201, V21)
    for action in sorted((FROM_STATION | {"DataTransfer"}) & schemas(version).actions)
]


async def booted(
    site: Site, dial2: Dial2, version: str, identity: str = "A"
) -> tuple[Dialler2, list[Event]]:
    """A station that is set up, and what the house hears of it from now on."""
    station = await dial2(site, identity, version=version)
    await station.boot()
    await station.settled()
    station.calls.clear()
    heard: list[Event] = []
    site.on_event(heard.append)
    return station, heard


def test_every_message_goes_one_way_and_data_transfer_both() -> None:
    # 2.0.1 has 64 messages, 2.1 has 91 (one of them without an answer).
    assert len(schemas(V201).actions) == 64
    assert len(schemas(V21).actions) == 91
    assert schemas(V201).actions < schemas(V21).actions
    assert schemas(V21).actions > FROM_STATION


@pytest.mark.parametrize("full", [False, True], ids=["least", "most"])
@pytest.mark.parametrize("version", [V201, V21])
async def test_every_message_of_a_station_is_answered(
    open_site: OpenSite, dial2: Dial2, version: OcppVersion, full: bool
) -> None:
    site = await open_site("A")
    station, _ = await booted(site, dial2, version)
    for known, action in CASES:
        if known is version:
            answer = await station.result(action, example(version, action, full=full))
            assert answer_fits(version, action, answer), (action, answer)


@pytest.mark.parametrize("version", [V201, V21])
async def test_what_only_we_send_is_not_answered(
    open_site: OpenSite, dial2: Dial2, version: OcppVersion
) -> None:
    site = await open_site("A")
    station, _ = await booted(site, dial2, version)
    ours = schemas(version).actions - FROM_STATION - {"DataTransfer"}
    assert "CostUpdated" in ours
    for action in sorted(ours):
        payload = example(version, action, full=False)
        assert await station.error(action, payload) == "NotSupported", action
    # And what does not exist is not implemented; in 2.0.1 that is all that 2.1 has added.
    assert await station.error("SelfDestruct", {}) == "NotImplemented"
    if version is V201:
        assert await station.error("BatterySwap", {}) == "NotImplemented"


@pytest.mark.parametrize(
    ("action", "fields", "answer"),
    [
        # A home signs nothing, sells nothing, and looks nothing up on the Internet.
        ("SignCertificate", {}, {"status": "Rejected"}),
        ("Get15118EVCertificate", {}, {"status": "Failed", "exiResponse": ""}),
        ("GetCertificateStatus", {}, {"status": "Failed"}),
        (
            "VatNumberValidation",
            {"vatNumber": "NL1"},
            {"status": "Rejected", "vatNumber": "NL1"},
        ),
        ("OpenPeriodicEventStream", {}, {"status": "Rejected"}),
        ("DataTransfer", {"vendorId": "v"}, {"status": "UnknownVendorId"}),
        # K15: the limits in the station count for every vehicle.
        ("NotifyEVChargingNeeds", {}, {"status": "NoChargingProfile"}),
        ("NotifyEVChargingSchedule", {}, {"status": "Accepted"}),
        ("PullDynamicScheduleUpdate", {}, {"status": "Rejected"}),
    ],
)
async def test_what_a_home_has_no_use_for_is_answered_so(
    open_site: OpenSite, dial2: Dial2, action: str, fields: Payload, answer: Payload
) -> None:
    site = await open_site("A")
    station, _ = await booted(site, dial2, V21)
    payload = example(V21, action, full=False) | fields
    assert await station.result(action, payload) == answer


NEEDS = {
    "requestedEnergyTransfer": "DC_BPT",
    "departureTime": NOW,
    "dcChargingParameters": {
        "evMaxCurrent": 200,
        "evMaxVoltage": 400,
        "energyAmount": 40000,
        "stateOfCharge": 30,
    },
}
SCHEDULE = {
    "id": 1,
    "chargingRateUnit": "A",
    "chargingSchedulePeriod": [
        {"startPeriod": 0, "limit": 16},
        {"startPeriod": 60, "limit": 8},
    ],
}
PROFILE = {
    "id": 7,
    "stackLevel": 2,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": [SCHEDULE],
}


@pytest.mark.parametrize("version", [V201, V21])
async def test_what_concerns_the_house_is_told(
    open_site: OpenSite, dial2: Dial2, version: OcppVersion
) -> None:
    site = await open_site("A")
    station, heard = await booted(site, dial2, version)

    async def told[T: Event](kind: type[T], action: str, payload: Payload) -> T:
        heard.clear()
        await station.result(action, payload)
        [found] = [one for one in heard if isinstance(one, kind)]
        return found

    # DC_BPT is a word of 2.1; a 2.0.1 station of a vehicle of today says it, too.
    needs = await told(
        NeedsReported, "NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": NEEDS}
    )
    assert needs.evse == 1
    assert needs.needs.is_bidirectional
    assert (needs.needs.maximum_a, needs.needs.energy_wh) == (200.0, 40000.0)
    assert needs.needs.soc_percent == 30.0
    assert needs.needs.departure is not None
    limit = await told(
        ForeignLimitReported,
        "NotifyChargingLimit",
        {
            "evseId": 1,
            "chargingLimit": {"chargingLimitSource": "EMS", "isGridCritical": True},
            "chargingSchedule": [SCHEDULE],
            # Of the specification's text, and not of its schema.
            "isDynamic": True,
        },
    )
    assert (limit.source, limit.active, limit.is_grid_critical) == ("EMS", True, True)
    assert (limit.evse, limit.limit, limit.unit) == (1, 8.0, RateUnit.AMPERES)
    cleared = await told(
        ForeignLimitReported, "ClearedChargingLimit", {"chargingLimitSource": "EMS"}
    )
    assert (cleared.evse, cleared.active) == (0, False)
    profiles = await told(
        ProfilesReported,
        "ReportChargingProfiles",
        {
            "requestId": 5,
            "chargingLimitSource": "CSO",
            "evseId": 1,
            "chargingProfile": [PROFILE],
        },
    )
    [profile] = profiles.profiles
    assert (profile.id, profile.evse, profile.stack_level) == (7, 1, 2)
    assert profiles.complete
    reservation = await told(
        ReservationEnded,
        "ReservationStatusUpdate",
        {"reservationId": 9, "reservationUpdateStatus": "Expired"},
    )
    assert (reservation.reservation_id, reservation.reason) == (9, "Expired")
    component = await told(
        ComponentReported,
        "NotifyEvent",
        {
            "generatedAt": NOW,
            "seqNo": 0,
            "eventData": [
                {
                    "eventId": 1,
                    "timestamp": NOW,
                    "trigger": "Alerting",
                    "actualValue": "71",
                    "eventNotificationType": "HardWiredMonitor",
                    "component": {"name": "EVSE", "evse": {"id": 1}},
                    "variable": {"name": "Temperature"},
                    "techCode": "T1",
                }
            ],
        },
    )
    assert (component.component, component.variable) == ("EVSE", "Temperature")
    assert (component.evse, component.value, component.code) == (1, "71", "T1")


async def test_an_alarm_of_the_grid_is_told(open_site: OpenSite, dial2: Dial2) -> None:
    site = await open_site("A")
    station, heard = await booted(site, dial2, V21)
    alarm = {"controlType": "HVMustTrip", "gridEventFault": "OverVoltage"}
    await station.result("NotifyDERAlarm", alarm | {"timestamp": NOW})
    [told] = [one for one in heard if isinstance(one, GridAlarmReported)]
    assert (told.control, told.fault, told.ended) == (
        "HVMustTrip",
        "OverVoltage",
        False,
    )


async def test_a_dynamic_limit_is_pulled_from_memory(
    open_site: OpenSite, dial2: Dial2, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 2.1 K28: the station waits for the answer.
    site = await open_site("A")
    station, _ = await booted(site, dial2, V21)
    limits: Any = site.commands("A").limits
    monkeypatch.setattr(limits._encoder, "pulled", lambda number, now: {"limit": 12.5})
    answer = await station.result("PullDynamicScheduleUpdate", {"chargingProfileId": 3})
    assert answer == {"status": "Accepted", "scheduleUpdate": {"limit": 12.5}}


async def test_a_stream_is_heard_and_not_answered(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # 2.1 part 4 §4.2.5: nobody answers a SEND, not even a wrong one; §4.2.4: nor a CALLRESULTERROR.
    site = await open_site("A")
    station, _ = await booted(site, dial2, V21)
    before = len(station.received)
    stream = example(V21, "NotifyPeriodicEventStream", full=True)
    await station.send(json.dumps([6, "s1", "NotifyPeriodicEventStream", stream]))
    await station.send(json.dumps([6, "s2", "NotifyPeriodicEventStream", {}]))
    await station.send(json.dumps([6, "s3", "SelfDestruct", {}]))
    # N11: nothing else may be said so, for nobody would hear that it was not taken.
    boot = {"chargingStation": {"model": "Other", "vendorName": "Other"}}
    await station.send(json.dumps([6, "s4", "BootNotification", boot]))
    await station.send(json.dumps([5, "e1", "FormatViolation", "unreadable", {}]))
    assert "currentTime" in await station.result("Heartbeat", {})
    assert len(station.received) == before + 1
    assert site.stations["A"].info.model == "Box"


async def test_a_message_type_of_the_future_is_refused(
    open_site: OpenSite, dial2: Dial2
) -> None:
    # 2.0.1 part 4 §4.3: MessageTypeNotSupported; SEND is of 2.1.
    site = await open_site("A", "B")
    old, _ = await booted(site, dial2, V201)
    new, _ = await booted(site, dial2, V21, "B")
    for station, kind in ((old, 6), (old, 99), (new, 99)):
        answer = await station.ask(json.dumps([kind, "x", "Action", {}]))
        assert answer[:3] == [4, "x", "MessageTypeNotSupported"]
    for text, code in (
        ("no JSON", "RpcFrameworkError"),
        ("[]", "RpcFrameworkError"),
        ('[2,"y"]', "FormatViolation"),
        ('[2,"y","Heartbeat",[]]', "FormatViolation"),
    ):
        assert (await new.ask(text))[2] == code
    broken = {"evseId": 1, "meterValue": []}
    assert await new.error("MeterValues", broken) == "OccurrenceConstraintViolation"
