"""A station is read once, written only where it differs, and left alone otherwise (§9; reference pains 12, 14, 22)."""

import asyncio
from typing import Any

import pytest

from custom_components.evenload.engine.csms import exchange, onboarding
from custom_components.evenload.engine.csms.v16 import adapter
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, DictVault, OpenSite
from tests.engine.csms.dialler import CONFIGURATION, Dialler, Payload, configuration

NOW = "2026-01-01T12:30:00Z"

MEASURANDS = CONFIGURATION["MeterValuesSampledData"][0].split(",")


async def settled(station: Dialler) -> None:
    """Wait until the house has asked the last thing that it asks a new connection."""
    await station.until(
        lambda: (
            station.calls[-1:]
            and station.calls[-1][1].get("requestedMessage") == "MeterValues"
        )
    )
    await asyncio.sleep(0.05)


def written(station: Dialler) -> list[tuple[str, str]]:
    return [(one["key"], one["value"]) for one in station.asked("ChangeConfiguration")]


async def onboarded(site: Site, dial: Dial, **changes: Any) -> Dialler:
    """A station with a configuration, booted and set up."""
    station = await dial(site)
    station.answers["GetConfiguration"] = configuration(**changes)
    await station.boot(firmwareVersion="1.0")
    await settled(station)
    return station


async def test_a_new_station_is_read_once_and_limited_first(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await onboarded(site, dial)
    actions = [action for action, _ in station.calls]
    assert actions[0] == "GetConfiguration"
    assert actions.count("GetConfiguration") == 1
    # All that the house wants is there already.
    assert "ChangeConfiguration" not in actions
    assert "SetChargingProfile" in actions
    assert actions.index("SetChargingProfile") < actions.index("TriggerMessage")
    known = site.stations["A"].capabilities
    assert known.evses == 1
    assert known.features == ("Core", "SmartCharging", "RemoteTrigger")
    assert known.units == (RateUnit.AMPERES, RateUnit.WATTS)
    assert known.highest_stack_level == 8
    assert known.measurands == tuple(MEASURANDS)


async def test_a_plain_reconnect_costs_nothing(
    open_site: OpenSite, dial: Dial, vault: DictVault
) -> None:
    site = await open_site("A")
    station = await onboarded(site, dial)
    station.cut()
    again = await dial(site)
    await again.result("Heartbeat", {})
    await settled(again)
    assert {action for action, _ in again.calls} == {"TriggerMessage"}
    # Nor does one after the house was restarted.
    await site.close()
    later = await open_site("A", vault=vault)
    third = await dial(later)
    await third.result("Heartbeat", {})
    await settled(third)
    assert {action for action, _ in third.calls} == {"TriggerMessage"}
    # §4.9: it tells only what changes, so it is asked how things stand.
    assert third.calls == [
        (
            "TriggerMessage",
            {"requestedMessage": "StatusNotification", "connectorId": 1},
        ),
        ("TriggerMessage", {"requestedMessage": "MeterValues", "connectorId": 1}),
    ]


async def test_a_reboot_is_not_read_again_but_new_firmware_is(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await onboarded(site, dial)
    await station.close()
    again = await dial(site)
    await again.boot(firmwareVersion="1.0")
    await settled(again)
    assert again.asked("GetConfiguration") == []
    assert again.asked("ChangeConfiguration") == []
    await again.close()
    updated = await dial(site)
    await updated.boot(firmwareVersion="2.0")
    await settled(updated)
    assert len(updated.asked("GetConfiguration")) == 1


async def test_only_differences_are_written(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await onboarded(
        site,
        dial,
        MeterValueSampleInterval=("60", False),
        HeartbeatInterval=("60", False),
        MeterValuesSampledData=("Voltage,SoC", False),
    )
    assert written(station) == [
        ("MeterValueSampleInterval", "10"),
        # What it samples besides stays.
        ("MeterValuesSampledData", ",".join([*MEASURANDS, "SoC"])),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"MeterValueSampleInterval": ("60", True), "HeartbeatInterval": ("900", True)},
        {"MeterValueSampleInterval": None, "HeartbeatInterval": None},
        {"MeterValuesSampledData": ("Voltage", True)},
        {"MeterValuesSampledData": None},
        {"MeterValuesSampledData": (",".join(reversed([*MEASURANDS, "SoC"])), False)},
        {"MeterValuesSampledData": ("[" + ", ".join(MEASURANDS) + "]", False)},
    ],
)
async def test_what_cannot_or_need_not_be_written_is_not(
    open_site: OpenSite, dial: Dial, changes: dict[str, Any]
) -> None:
    site = await open_site("A")
    station = await onboarded(site, dial, **changes)
    assert written(station) == []


async def test_measurands_that_are_refused(open_site: OpenSite, dial: Dial) -> None:
    # Many a station takes four measurands at most (reference: EN+, ABB).
    site = await open_site("A")

    def accept_three(payload: Payload) -> Payload:
        many = payload["value"].count(",") > 2
        return {"status": "Rejected" if many else "Accepted"}

    station = await dial(site)
    station.answers["GetConfiguration"] = configuration(
        MeterValuesSampledData=("Energy.Active.Import.Register", False)
    )
    station.answers["ChangeConfiguration"] = accept_three
    await station.boot()
    await settled(station)
    assert [value.count(",") + 1 for _, value in written(station)] == [5, 4, 3]


async def test_measurands_are_never_made_fewer(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site)
    present = ["SoC", "Voltage", "Energy.Active.Import.Register"]
    station.answers["GetConfiguration"] = configuration(
        MeterValuesSampledData=(",".join(present), False)
    )
    station.answers["ChangeConfiguration"] = {"status": "Rejected"}
    await station.boot()
    await settled(station)
    assert written(station)
    for _, value in written(station):
        assert set(present) <= set(value.split(","))


@pytest.mark.parametrize(
    ("said", "features"),
    [
        ("Core,SmartCharging", ("Core", "SmartCharging")),
        # CTEK writes spaces, Dazebox brackets.
        ("Core, SmartCharging , ", ("Core", "SmartCharging")),
        ("[Core, SmartCharging]", ("Core", "SmartCharging")),
        ('["Core","SmartCharging"]', ("Core", "SmartCharging")),
        ("Core;SmartCharging", ("Core", "SmartCharging")),
        ("", ()),
        (None, ()),
    ],
)
async def test_features_are_read_as_they_come(
    open_site: OpenSite, dial: Dial, said: str | None, features: tuple[str, ...]
) -> None:
    site = await open_site("A")
    await onboarded(site, dial, SupportedFeatureProfiles=(said, True))
    assert site.stations["A"].capabilities.features == features


@pytest.mark.parametrize(
    ("said", "evses"),
    [
        ("2", 2),
        (" 3 ", 3),
        ("", 1),
        (None, 1),
        ("0", 1),
        ("many", 1),
        ("-1", 1),
        ("9999", 1),
        ("2.0", 1),
        ("9" * 50, 1),
    ],
)
async def test_connectors_are_counted(
    open_site: OpenSite, dial: Dial, said: str | None, evses: int
) -> None:
    site = await open_site("A")
    await onboarded(site, dial, NumberOfConnectors=(said, True))
    assert list(site.stations["A"].evses) == list(range(1, evses + 1))


@pytest.mark.parametrize("said", ["", "1"])
@pytest.mark.parametrize("connector", [2, 32])
@pytest.mark.parametrize(
    ("action", "fields"),
    [
        ("StatusNotification", {"errorCode": "NoError", "status": "Available"}),
        ("StartTransaction", {"idTag": "T", "meterStart": 0, "timestamp": NOW}),
        (
            "MeterValues",
            {"meterValue": [{"timestamp": NOW, "sampledValue": [{"value": "1"}]}]},
        ),
    ],
)
async def test_a_connector_beyond_what_is_advertised_shows_itself(
    open_site: OpenSite,
    dial: Dial,
    said: str,
    connector: int,
    action: str,
    fields: Payload,
) -> None:
    # Promise 8: a session on a connector that the station does not count is a session.
    site = await open_site("A")
    station = await onboarded(site, dial, NumberOfConnectors=(said, True))
    await station.result(action, fields | {"connectorId": connector})
    evses = site.stations["A"].evses
    assert list(evses) == list(range(1, connector + 1))
    if action == "StartTransaction":
        assert evses[connector].transaction is not None
    for garbage in (33, -1):
        error = await station.error(action, fields | {"connectorId": garbage})
        assert error == "PropertyConstraintViolation"
    assert list(site.stations["A"].evses) == list(range(1, connector + 1))


@pytest.mark.parametrize(
    ("said", "unit"),
    [
        ("Current,Power", "A"),
        ("Current", "A"),
        ("A", "A"),
        (None, "A"),
        ("", "A"),
        # Huawei takes watts only, and writes it in lower case.
        ("Power", "W"),
        ("power", "W"),
        ("[W]", "W"),
    ],
)
async def test_limits_come_in_a_unit_that_the_station_takes(
    open_site: OpenSite, dial: Dial, said: str | None, unit: str
) -> None:
    site = await open_site("A")
    station = await onboarded(
        site, dial, ChargingScheduleAllowedChargingRateUnit=(said, True)
    )
    profiles = [
        one["csChargingProfiles"] for one in station.asked("SetChargingProfile")
    ]
    assert {one["chargingSchedule"]["chargingRateUnit"] for one in profiles} == {unit}


async def test_nothing_is_asked_before_the_station_has_booted(
    open_site: OpenSite, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    # EVBox Livo and Wallbox ignore calls before the boot, and begin again.
    monkeypatch.setattr(onboarding, "QUIET_PERIOD_S", 5.0)
    monkeypatch.setattr(onboarding, "SETTLE_S", 0.3)
    site = await open_site("A")
    station = await dial(site)
    await asyncio.sleep(0.2)
    assert station.calls == []
    # One that has spoken may still be about to boot.
    await station.result("Heartbeat", {})
    await asyncio.sleep(0.1)
    assert station.calls == []
    await station.boot()
    await station.called("GetConfiguration")


async def test_a_station_that_never_says_a_word_is_spoken_to_at_last(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    await station.called("GetConfiguration")
    await station.called("SetChargingProfile")


@pytest.mark.parametrize("reply", [{"error": "NotSupported"}, None, {"unexpected": 1}])
async def test_a_station_that_hides_its_configuration_is_limited_all_the_same(
    open_site: OpenSite, dial: Dial, monkeypatch: pytest.MonkeyPatch, reply: Any
) -> None:
    monkeypatch.setattr(exchange, "CALL_TIMEOUT_S", 0.1)
    site = await open_site("A")
    station = await dial(site)
    station.answers["GetConfiguration"] = reply
    await station.boot()
    await station.called("SetChargingProfile")
    await settled(station)
    assert station.asked("ChangeConfiguration") == []
    # It may show it another time.
    assert site.stations["A"].capabilities.learnt_from is None


async def test_an_outlet_that_cannot_be_asked_does_not_cost_the_next(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    station.answers["GetConfiguration"] = configuration(NumberOfConnectors=("3", True))
    station.answers["TriggerMessage"] = lambda payload: {
        "status": "NotImplemented"
        if payload["requestedMessage"] == "MeterValues"
        else "Accepted"
    }
    await station.boot()
    await station.called("TriggerMessage", 6)
    assert [
        one["connectorId"]
        for one in station.asked("TriggerMessage")
        if one["requestedMessage"] == "StatusNotification"
    ] == [1, 2, 3]


async def test_a_station_without_triggers_is_served_all_the_same(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    station.answers["TriggerMessage"] = {"error": "NotImplemented"}
    await station.boot()
    await settled(station)
    assert await station.result("Heartbeat", {})
    assert site.stations["A"].connected


@pytest.mark.parametrize("firmware", ["1.0", "2.0"])
async def test_an_inability_is_forgotten_with_a_restart(
    open_site: OpenSite, dial: Dial, firmware: str
) -> None:
    site = await open_site("A")
    station = await dial(site)
    station.answers["SetChargingProfile"] = {"status": "NotSupported"}
    await station.boot(firmwareVersion="1.0")
    await settled(station)
    assert not site.stations["A"].capabilities.is_controllable
    await station.close()
    updated = await dial(site)
    await updated.boot(firmwareVersion=firmware)
    await settled(updated)
    assert site.stations["A"].capabilities.is_controllable


async def test_a_mistake_of_ours_is_seen_and_costs_no_connection(
    open_site: OpenSite,
    dial: Dial,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(adapter, "learn", broken)
    site = await open_site("A")
    station = await dial(site)
    await station.boot()
    await station.called("GetConfiguration")
    await asyncio.sleep(0.05)
    assert await station.result("Heartbeat", {})
    assert any("Serving" in record.getMessage() for record in caplog.records)


async def test_a_mistake_of_ours_in_an_answer_is_an_internal_error(
    open_site: OpenSite, dial: Dial, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = await open_site("A")
    station = await dial(site)

    def broken(*_: Any) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(site._fleet, "hear", broken)
    assert await station.error("Heartbeat", {}) == "InternalError"
    monkeypatch.undo()
    assert await station.result("Heartbeat", {})
