"""What stations say of discharging is read in every spelling, late and again, and they are set to measure what flows out."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.csms.discharging import preparing
from custom_components.evenload.engine.csms.limiting.terms import relearning
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import V2gConfig, V2xDialect
from custom_components.evenload.engine.model.v2x_ability import (
    Method,
    OperationMode,
    V2xAbility,
)
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial, Dial2, OpenSite, site_config
from tests.engine.csms.dialler import Payload, configuration
from tests.engine.csms.dialler2 import Dialler2

VENDOR = "org.evenload.v2x"
MODES = (OperationMode.CHARGING_ONLY, OperationMode.CENTRAL_SETPOINT)
ALLOWED = V2gConfig(maximum_w=5000.0, confirmed_at=datetime(2026, 1, 1, tzinfo=UTC))
EXPORTED = {"Power.Active.Export", "Energy.Active.Export.Register", "SoC"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "SETTLES_S", 0.05)


def allowing(config: V2gConfig = ALLOWED) -> SiteConfig:
    """A site whose station may feed back."""
    station = StationConfig("A", "Garage", v2g={1: config})
    return SiteConfig("Home", Current(100.0), stations={"A": station})


def ability(site: Site, evse: int = 1) -> V2xAbility | None:
    return site.stations["A"].capabilities.v2x.get(evse)


async def until(condition: Any) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


# What a device model shows, and what that is taken for: the standard's names first.
SPELLINGS: list[tuple[dict[str, str], dict[str, Any]]] = [
    (
        {
            "V2XChargingCtrlr@1/Available": "true",
            "V2XChargingCtrlr@1/Enabled": "true",
            "V2XChargingCtrlr@1/SupportedOperationModes": "ChargingOnly,CentralSetpoint",
            "V2XChargingCtrlr@1/SupportedEnergyTransferModes": "DC,DC_BPT",
            "SmartChargingCtrlr/SupportsMaxOfflineDuration": "true",
            "SmartChargingCtrlr/SupportsEvseSleep": "false",
        },
        {
            "modes": MODES,
            "transfers": ("DC", "DC_BPT"),
            "enabled": True,
            "ends_offline": True,
            "sleeps": False,
        },
    ),
    # As stacks in the field have it.
    (
        {
            "V2XChargingCtrlr@1/V2XEnabled": "false",
            "V2XChargingCtrlr@1/SupportedOperationModes": "[centralsetpoint]",
            "SmartChargingCtrlr/SupportsFeature[MaxOfflineDuration]": "true",
            "SmartChargingCtrlr/SupportsFeature[EvseSleep]": "true",
        },
        {
            "modes": MODES[1:],
            "enabled": False,
            "ends_offline": True,
            "sleeps": True,
        },
    ),
    (
        {"V2XChargingCtrlr@1/Available": "true", "V2XChargingCtrlr@1/Enabled": "false"},
        {"enabled": False},
    ),
    # The extension of 2.0.1.
    (
        {
            f"CustomizationCtrlr/CustomImplementationEnabled[{VENDOR}]": "true",
            "V2XChargingCtrlr@1/Setpoint": "ChargingOnly",
            "V2XChargingCtrlr@1/SetpointTimeout": "60",
        },
        {"extension": True, "writable": ("Setpoint",), "expires_s": 60},
    ),
    (
        {
            "DCDERCtrlr@1/ModesSupported": "LimitMaxDischarge,FreqDroop",
            "V2XChargingCtrlr@1/Available": "true",
        },
        {"controls": ("LimitMaxDischarge", "FreqDroop"), "enabled": True},
    ),
]


@pytest.mark.parametrize(("shown", "expected"), SPELLINGS)
async def test_a_device_model_is_read(
    open_site: OpenSite, dial2: Dial2, shown: dict[str, str], expected: dict[str, Any]
) -> None:
    site = await open_site("A")
    station = await dial2(site, version="2.1")
    station.model |= {name: (value, "ReadWrite", "") for name, value in shown.items()}
    await station.boot()
    await station.settled()
    assert ability(site) == V2xAbility(**expected)


async def test_nothing_is_asked_or_set_where_nothing_is_allowed(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await dial2(site, version="2.1")
    await station.boot()
    await station.settled()
    await asyncio.sleep(0.2)
    assert "V2X" not in "".join(station.received)
    assert not station.written
    assert ability(site) is None


def v2x_model(station: Dialler2, modes: str = "ChargingOnly") -> None:
    station.model |= {
        "V2XChargingCtrlr@1/Enabled": ("false", "ReadWrite", ""),
        "V2XChargingCtrlr@1/SupportedOperationModes": (modes, "ReadOnly", ""),
    }


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
async def test_it_is_read_late_and_again_and_set_to_measure(
    open_site: OpenSite, dial2: Dial2, version: str
) -> None:
    site = await open_site(config=allowing())
    station = await dial2(site, version=version)
    await station.boot()
    await station.settled()
    # It knows only now what it can do, and tells of that.
    v2x_model(station)
    event = {
        "eventId": 1,
        "timestamp": "2026-01-01T00:00:00Z",
        "trigger": "Delta",
        "actualValue": "true",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "V2XChargingCtrlr", "evse": {"id": 1}},
        "variable": {"name": "Available"},
    }
    told = {"generatedAt": "2026-01-01T00:00:00Z", "seqNo": 0, "eventData": [event]}
    await station.result("NotifyEvent", told)
    await until(lambda: (found := ability(site)) and found.modes == MODES[:1])
    # What is off is turned on, and the values of both directions are sampled.
    assert ("V2XChargingCtrlr@1/Enabled", "true") in station.written
    for name in ("SampledDataCtrlr/TxUpdatedMeasurands", "AlignedDataCtrlr/Measurands"):
        value = station.model[name][0]
        assert value is not None
        assert set(value.split(",")) >= EXPORTED
    assert station.model["SampledDataCtrlr/TxUpdatedInterval"][0] == "3"
    # A report that nobody asked for says that something is new.
    v2x_model(station, "ChargingOnly,CentralSetpoint")
    report = station.parts(999_999, station.entries()[-1:])
    await station.result("NotifyReport", report[0])
    await until(lambda: (found := ability(site)) and found.modes == MODES)


async def test_what_the_owner_allows_later_is_prepared_at_once(
    open_site: OpenSite, dial2: Dial2
) -> None:
    site = await open_site("A")
    station = await dial2(site, version="2.1")
    v2x_model(station, "CentralSetpoint")
    await station.boot()
    await station.settled()
    assert not station.written
    site.reconfigure(allowing())
    await until(lambda: station.written)
    assert ("V2XChargingCtrlr@1/Enabled", "true") in station.written
    site.reconfigure(site_config("A"))


KEYS_16: Payload = {
    "V2XMethods": ("NegativeLimit, SetpointKey,Other", True),
    "V2XSetpoint": ("ChargingOnly", False),
    "V2XSetpointTimeout": ("60", False),
    "V2XMinimumPower": ("1500", True),
    "V2XMaximumDischargePower": ("7400", True),
}


async def test_the_keys_of_1_6_are_read_and_its_values_set(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site(config=allowing())
    station = await dial(site)
    station.answers["GetConfiguration"] = configuration(**KEYS_16)
    await station.boot()
    await until(lambda: ability(site) is not None)
    assert ability(site) == V2xAbility(
        methods=(Method.NEGATIVE_LIMIT, Method.CONFIGURATION_KEY),
        writable=("V2XSetpoint",),
        minimum_w=1500.0,
        maximum_w=7400.0,
        expires_s=60.0,
    )
    changes = {
        change["key"]: change["value"]
        for change in await station.called("ChangeConfiguration", 2)
    }
    # What turns round within seconds is measured as often.
    assert changes.pop("MeterValueSampleInterval") == "3"
    assert changes.keys() == {"MeterValuesSampledData"}
    listed = changes["MeterValuesSampledData"].split(",")
    assert set(listed) >= EXPORTED | {"Current.Export"}


def test_another_firmware_has_to_prove_itself_anew() -> None:
    proven = {1: V2xAbility(proven=(Method.NEGATIVE_LIMIT,))}
    known = Capabilities(v2x=proven, limits_learnt_from="1.0")
    assert relearning(known, "1.0").v2x == proven
    assert relearning(known, "1.1").v2x == {}
    # Nothing was learnt of it yet.
    assert relearning(Capabilities(v2x=proven), "1.0").v2x == proven


async def test_a_list_that_is_too_long_is_made_shorter(
    open_site: OpenSite, dial: Dial
) -> None:
    dialect = V2xDialect(method=Method.CONFIGURATION_KEY, key="P{evse}")
    config = V2gConfig(maximum_w=1.0, dialect=dialect)
    site = await open_site(config=allowing(config))
    station = await dial(site)
    station.answers["GetConfiguration"] = configuration(P1=("0", False))
    station.answers["ChangeConfiguration"] = lambda payload: {
        "status": "Rejected" if "Current.Export" in payload["value"] else "Accepted"
    }
    await station.boot()
    await until(lambda: ability(site) is not None)
    found = ability(site)
    assert found is not None
    assert found.writable == ("P1",)
    last = [
        change["value"]
        for change in station.asked("ChangeConfiguration")
        if change["key"] == "MeterValuesSampledData"
    ][-1]
    assert "Current.Export" not in last
    assert set(last.split(",")) >= EXPORTED
