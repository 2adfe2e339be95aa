"""Which vehicles may feed back, and what vehicles and the grid say of it (2.1 Q01, Q02, R04; the extension of 2.0.1)."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.csms.discharging import preparing
from custom_components.evenload.engine.csms.v2.needs import read_needs
from custom_components.evenload.engine.model.configuration import (
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import (
    Event,
    GridAlarmReported,
    GridControlReported,
    NeedsReported,
    OperationModeReported,
    VehicleNamed,
)
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.v2x import V2gConfig
from custom_components.evenload.engine.model.v2x_ability import OperationMode
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import Dial2, OpenSite
from tests.engine.csms.dialler import Payload
from tests.engine.csms.dialler2 import Dialler2, event

VENDOR = "org.evenload.v2x"
AT = "2026-01-01T12:00:00Z"
OURS, THEIRS = "AABBCC", "DDEEFF"
CONFIRMED = datetime(2026, 1, 1, tzinfo=UTC)
TRANSFERS = ["DC", "DC_BPT"]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "SETTLES_S", 0.05)


def house(config: V2gConfig | None) -> SiteConfig:
    v2g = {} if config is None else {1: config}
    return SiteConfig(
        "Home",
        Current(100.0),
        stations={"A": StationConfig("A", "Garage", v2g=v2g)},
    )


type Come = Callable[..., Awaitable[tuple[Site, Dialler2, list[Event]]]]


@pytest.fixture
def come(open_site: OpenSite, dial2: Dial2) -> Come:
    """A station that is set up in a house with this config; and all that it is heard to say."""

    async def opened(
        config: V2gConfig | None, version: str = "2.1"
    ) -> tuple[Site, Dialler2, list[Event]]:
        site = await open_site(config=house(config))
        station = await dial2(site, version=version)
        station.model |= {
            "V2XChargingCtrlr@1/SupportedEnergyTransferModes": (
                ",".join(TRANSFERS),
                "ReadOnly",
                "",
            ),
            f"CustomizationCtrlr/CustomImplementationEnabled[{VENDOR}]": (
                "true",
                "ReadWrite",
                "",
            ),
        }
        heard: list[Event] = []
        site.on_event(heard.append)
        await station.boot()
        await station.settled()
        await asyncio.sleep(0.2)
        station.calls.clear()
        return site, station, heard

    return opened


def token(vehicle: str | None) -> Payload:
    """The token of a vehicle that names itself (Q01.FR.04)."""
    info = [{"additionalIdToken": vehicle, "type": "EVCCID"}]
    more = {} if vehicle is None else {"additionalInfo": info}
    return {"idToken": "CONTRACT", "type": "eMAID"} | more


ANY = V2gConfig(maximum_w=5000.0, confirmed_at=CONFIRMED)
ONE = V2gConfig(maximum_w=5000.0, confirmed_at=CONFIRMED, vehicles=(OURS,))

# What the owner allows, who comes, and whether it may feed back.
ALLOWED: list[tuple[V2gConfig | None, str | None, bool]] = [
    (ANY, None, True),
    (ANY, THEIRS, True),
    (ONE, OURS, True),
    (ONE, THEIRS, False),
    (ONE, None, False),
    (None, OURS, False),
    # That the installation may feed in was not confirmed.
    (V2gConfig(maximum_w=5000.0), OURS, False),
]


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.parametrize(("config", "vehicle", "allowed"), ALLOWED)
async def test_who_may_feed_back_is_said_in_the_answer_to_authorize(
    come: Come,
    version: str,
    config: V2gConfig | None,
    vehicle: str | None,
    allowed: bool,
) -> None:
    # Q01.FR.02: what is left out means charging only.
    _, station, _ = await come(config, version)
    answer = await station.result("Authorize", {"idToken": token(vehicle)})
    assert answer.pop("idTokenInfo") == {"status": "Accepted"}
    said = {"allowedEnergyTransfer": TRANSFERS}
    if version == "2.0.1":
        said = {"customData": {"vendorId": VENDOR} | said}
    assert answer == (said if allowed else {})


async def plugged(station: Dialler2, vehicle: str | None) -> None:
    started = event("Started", AT, 0, evse={"id": 1, "connectorId": 1})
    await station.result("TransactionEvent", started | {"idToken": token(vehicle)})


def needs(transfer: str, *available: str) -> Payload:
    return {
        "evseId": 1,
        "chargingNeeds": {
            "requestedEnergyTransfer": transfer,
            "availableEnergyTransfer": list(available),
        },
    }


async def test_who_asks_for_less_than_it_may_is_allowed_more(come: Come) -> None:
    # Q02: a list of what is allowed has the station agree with its vehicle anew.
    _, station, _ = await come(ONE)
    await plugged(station, OURS)
    await station.result("NotifyEVChargingNeeds", needs("DC", *TRANSFERS))
    assert await station.called("NotifyAllowedEnergyTransfer") == [
        {"transactionId": "T1", "allowedEnergyTransfer": TRANSFERS}
    ]
    # Once for a transaction.
    await station.result("NotifyEVChargingNeeds", needs("DC", *TRANSFERS))
    await station.result("NotifyEVChargingNeeds", needs("DC_BPT", *TRANSFERS))
    await asyncio.sleep(0.05)
    assert len(station.asked("NotifyAllowedEnergyTransfer")) == 1


async def test_who_may_not_is_told_to_charge_only(come: Come) -> None:
    _, station, _ = await come(ONE)
    await plugged(station, THEIRS)
    await station.result("NotifyEVChargingNeeds", needs("DC_BPT", *TRANSFERS))
    [told] = await station.called("NotifyAllowedEnergyTransfer")
    assert not any("BPT" in word for word in told["allowedEnergyTransfer"])


@pytest.mark.parametrize("config", [None, ANY])
async def test_who_cannot_or_is_at_another_house_is_told_nothing(
    come: Come, config: V2gConfig | None
) -> None:
    _, station, _ = await come(config)
    await plugged(station, OURS)
    available = TRANSFERS if config is None else ["DC"]
    await station.result("NotifyEVChargingNeeds", needs("DC", *available))
    await asyncio.sleep(0.05)
    assert not station.asked("NotifyAllowedEnergyTransfer")


async def test_what_is_told_late_says_nothing_of_the_vehicle_that_is_there(
    come: Come,
) -> None:
    _, station, heard = await come(ONE)
    await plugged(station, OURS)
    late = event("Ended", AT, 9, transaction="T0", evse={"id": 1}, offline=True)
    await station.result("TransactionEvent", late | {"idToken": token(THEIRS)})
    await station.result("NotifyEVChargingNeeds", needs("DC", *TRANSFERS))
    assert await station.called("NotifyAllowedEnergyTransfer")
    assert [one.vehicle for one in heard if isinstance(one, VehicleNamed)] == [OURS]


async def test_what_vehicles_and_the_grid_say_is_heard(come: Come) -> None:
    _, station, heard = await come(ANY)
    await plugged(station, OURS)
    mode = event("Updated", AT, 1, trigger="OperationModeChanged")
    mode["transactionInfo"]["operationMode"] = "CentralSetpoint"
    await station.result("TransactionEvent", mode)
    alarm = {"controlType": "LimitMaxDischarge", "timestamp": AT}
    await station.result("NotifyDERAlarm", alarm | {"gridEventFault": "OverVoltage"})
    control = {"controlId": "c1", "started": True, "timestamp": AT}
    await station.result("NotifyDERStartStop", control | {"supersededIds": ["c0"]})
    at = datetime(2026, 1, 1, 12, tzinfo=UTC)
    common: dict[str, Any] = {"identity": "A", "at": at}
    for expected in (
        VehicleNamed(**common, evse=1, transaction_id="T1", vehicle=OURS),
        OperationModeReported(
            **common, evse=1, transaction_id="T1", mode=OperationMode.CENTRAL_SETPOINT
        ),
        GridAlarmReported(
            **common, control="LimitMaxDischarge", fault="OverVoltage", ended=False
        ),
        GridControlReported(
            **common, control_id="c1", started=True, superseded=("c0",)
        ),
    ):
        assert expected in heard


async def test_the_extension_of_2_0_1_is_heard(come: Come) -> None:
    _, station, heard = await come(ANY, "2.0.1")
    custom = {
        "vendorId": VENDOR,
        "requestedEnergyTransfer": "DC_BPT",
        "availableEnergyTransfer": TRANSFERS,
        "v2xChargingParameters": {
            "maxDischargePower": 10000,
            "minDischargePower": -1400,
        },
    }
    dc = {"evMaxCurrent": 32, "evMaxVoltage": 450, "stateOfCharge": 62}
    extended = {
        "requestedEnergyTransfer": "DC",
        "dcChargingParameters": dc,
        "customData": custom,
    }
    # Also where the words of 2.1 stand in the plain field, which has none such in its schema.
    plain = {"requestedEnergyTransfer": "AC_BPT"}
    for told in (extended, plain):
        answer = await station.result(
            "NotifyEVChargingNeeds", {"evseId": 1, "chargingNeeds": told}
        )
        assert answer == {"status": "Processing"}
    first, second = [one.needs for one in heard if isinstance(one, NeedsReported)]
    assert (first.transfer, first.available) == ("DC_BPT", tuple(TRANSFERS))
    assert first.discharge == {"maxDischargePower": 10000, "minDischargePower": 1400}
    assert (first.soc_percent, first.is_bidirectional) == (62.0, True)
    assert second.is_bidirectional
    await plugged(station, None)
    mode = event("Updated", AT, 1, trigger="ChargingRateChanged")
    mode["transactionInfo"]["customData"] = {
        "vendorId": VENDOR,
        "operationMode": "Idle",
    }
    await station.result("TransactionEvent", mode)
    modes = [one.mode for one in heard if isinstance(one, OperationModeReported)]
    assert modes == [OperationMode.IDLE]


async def test_2_0_1_is_also_heard_in_the_plain_words_of_2_1(come: Come) -> None:
    # A station that was built for 2.1 says in 2.0.1 what it says there, beside what nobody knows.
    _, station, heard = await come(ANY, "2.0.1")
    told = needs("DC_BPT", *TRANSFERS)
    told["chargingNeeds"] |= {
        "v2xChargingParameters": {
            "maxDischargePower": 10000,
            "minDischargePower": -1400,
            "odd": {},
        },
        "controlMode": "DynamicControl",
    }
    answer = await station.result("NotifyEVChargingNeeds", told)
    assert answer == {"status": "Processing"}
    odd = needs("DC", *TRANSFERS)
    odd["chargingNeeds"] |= {"v2xChargingParameters": "none"}
    await station.result("NotifyEVChargingNeeds", odd)
    first, second = [one.needs for one in heard if isinstance(one, NeedsReported)]
    assert (first.transfer, first.available) == ("DC_BPT", tuple(TRANSFERS))
    assert first.discharge == {"maxDischargePower": 10000, "minDischargePower": 1400}
    assert (second.is_bidirectional, second.discharge) == (True, {})


def test_customs_of_others_are_not_read() -> None:
    told = {
        "requestedEnergyTransfer": "DC",
        "customData": {"vendorId": "other", "requestedEnergyTransfer": "DC_BPT"},
    }
    assert read_needs(told).transfer == "DC"
