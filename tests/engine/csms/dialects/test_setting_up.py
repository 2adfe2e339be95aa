"""Stations that are odd about their settings are set up all the same, and left alone otherwise."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from custom_components.evenload.engine.csms import onboarding
from custom_components.evenload.engine.csms.dialects.matching import quirks_of
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, OpenSite
from tests.engine.csms.dialects.conftest import Arrive, plate
from tests.engine.csms.dialler import CONFIGURATION, Dialler, Payload, configuration

SAMPLED = "MeterValuesSampledData"
MEASURANDS = CONFIGURATION[SAMPLED][0]
FEATURES = "SupportedFeatureProfiles"


def written(station: Dialler) -> dict[str, str]:
    return {one["key"]: one["value"] for one in station.asked("ChangeConfiguration")}


async def set_up(station: Dialler) -> None:
    """Wait until the house has asked the last thing that it asks a new connection."""
    await station.until(
        lambda: any(
            one.get("requestedMessage") == "MeterValues"
            for one in station.asked("TriggerMessage")
        )
    )
    await asyncio.sleep(0.05)


async def test_who_restarts_when_asked_for_its_measurands_is_told_them(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    settings = configuration()["configurationKey"]

    def show(payload: Payload) -> Payload | None:
        keys = payload.get("key") or list(CONFIGURATION)
        # It shows no more than one at a time.
        assert len(keys) == 1 or SAMPLED in keys
        if SAMPLED in keys:
            station.cut()
            return None
        shown = [entry for entry in settings if entry["key"] in keys]
        return {"configurationKey": shown}

    station.answers["GetConfiguration"] = show
    await station.boot(**plate("ABB Terra AC"))
    await set_up(station)

    assert not station.closed.is_set()
    assert written(station)[SAMPLED] == MEASURANDS
    assert site.stations["A"].capabilities.evses == 1
    assert "SetChargingProfile" in dict(station.calls)


@pytest.mark.parametrize(
    ("listed", "features"),
    [
        ("Core, SmartCharging , RemoteTrigger", ("Core", "SmartCharging", "RemoteTrigger")),
        ("[Core, LocalAuthListManagement]", ("Core", "LocalAuthListManagement")),
        ("[ Core SmartCharging ]", ("Core", "SmartCharging")),
        # It says less than it can.
        ("Core", ("Core",)),
        ("true", ("true",)),
        ("", ()),
        (None, ()),
    ],
)  # fmt: skip
async def test_lists_as_they_come(
    open_site: OpenSite, arrive: Arrive, listed: str | None, features: tuple[str, ...]
) -> None:
    site = await open_site("A")

    station = await arrive(site, settings={FEATURES: (listed, True)})
    await set_up(station)

    assert site.stations["A"].capabilities.features == features
    # What it can do is tried, whatever it says.
    assert "SetChargingProfile" in dict(station.calls)


@pytest.mark.parametrize(
    ("listed", "asked"),
    [
        (
            "Energy.Active.Import.Register,Power.Active.Import,Current.Import.L1,Current.Import.L2,"
            "Current.Import.L3,Voltage.L1,Voltage.L2,Voltage.L3,Current.Offered",
            None,
        ),
        (
            "Current.Import.L1,Current.Import.L2,Temperature",
            "Energy.Active.Import.Register,Power.Active.Import,Current.Import.L1,Current.Import.L2,"
            "Voltage,Current.Offered,Temperature",
        ),
    ],
)  # fmt: skip
async def test_measurands_by_phase_are_kept(
    open_site: OpenSite, arrive: Arrive, listed: str, asked: str | None
) -> None:
    site = await open_site("A")

    station = await arrive(site, "Alfen Eve", settings={SAMPLED: (listed, False)})
    await set_up(station)

    assert written(station).get(SAMPLED) == asked


async def test_who_forgets_its_settings_is_set_up_again(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")
    fresh = {"MeterValueSampleInterval": ("300", False)}
    make = "EN+ (also EV Switch, Linchr, cord)"
    station = await arrive(site, make, settings=fresh)
    await set_up(station)
    assert written(station) == {"MeterValueSampleInterval": "10"}
    await station.close()

    again = await arrive(site, make, settings=fresh)
    await set_up(again)

    assert written(again) == {"MeterValueSampleInterval": "10"}


async def test_who_forgets_its_settings_is_left_alone_when_it_only_reconnects(
    open_site: OpenSite, arrive: Arrive, dial: Dial
) -> None:
    site = await open_site("A")
    station = await arrive(site, "EN+ (also EV Switch, Linchr, cord)")
    await set_up(station)
    station.cut()

    again = await dial(site)
    await again.result("Heartbeat", {})
    await set_up(again)

    assert again.asked("GetConfiguration") == []


async def test_broken_text_about_unknown_settings(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)

    def show(payload: Payload) -> Payload:
        if payload.get("key"):
            return {"raw": '[3,"ID",{"configurationKey":[],"unknownKey":["x"}]'}
        return configuration()

    station.answers["GetConfiguration"] = show
    await station.boot(**plate("Grizzl-E"))
    await set_up(station)

    assert station.asked("GetConfiguration") == [{}]
    assert site.stations["A"].capabilities.evses == 1


async def test_who_refuses_the_whole_list_is_asked_one_by_one(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    settings = configuration(MeterValueSampleInterval=("300", False))

    def show(payload: Payload) -> Payload:
        if len(keys := payload.get("key", [])) != 1 or keys == ["HeartbeatInterval"]:
            return {"error": "OccurenceConstraintViolation"}
        return {
            "configurationKey": [
                entry for entry in settings["configurationKey"] if entry["key"] in keys
            ]
        }

    station.answers["GetConfiguration"] = show
    await station.boot()
    await set_up(station)

    assert written(station) == {"MeterValueSampleInterval": "10"}
    known = site.stations["A"].capabilities
    assert (known.evses, known.highest_stack_level) == (1, 8)
    assert known.measurands == tuple(MEASURANDS.split(","))


async def test_a_list_that_is_cut_off(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A")
    missing: dict[str, Any] = dict.fromkeys(
        (SAMPLED, "MeterValueSampleInterval", "HeartbeatInterval", "NumberOfConnectors")
    )

    station = await arrive(site, settings=missing)
    await set_up(station)

    assert written(station) == {}
    assert "SetChargingProfile" in dict(station.calls)


async def test_the_clock_s_interval_is_left_alone(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")

    station = await arrive(
        site, "StarCharge and MG", settings={"ClockAlignedDataInterval": ("900", True)}
    )
    await set_up(station)

    assert "ClockAlignedDataInterval" not in written(station)


async def test_who_must_be_asked_for_meter_values_is_asked(
    open_site: OpenSite, arrive: Arrive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hasty(info: Any) -> Any:
        quirks = quirks_of(info)
        return replace(quirks, poll_s=quirks.poll_s / 600)

    monkeypatch.setattr(onboarding, "quirks_of", hasty)
    site = await open_site("A", "B")

    polled = await arrive(site, "SyncEV")
    other = await arrive(site, identity="B")

    def times(station: Dialler) -> int:
        return sum(
            one["requestedMessage"] == "MeterValues"
            for one in station.asked("TriggerMessage")
        )

    await polled.until(lambda: times(polled) >= 4)
    assert times(other) == 1
    assert_connected(site, "A", "B")


def assert_connected(site: Site, *identities: str) -> None:
    assert all(site.stations[identity].connected for identity in identities)
