"""Limits hold at stations that take them in their own way, or do not take all of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
import json
from typing import Any

import pytest

from custom_components.evenload.engine.csms.dialects.matching import quirks_of
from custom_components.evenload.engine.csms.limiting.terms import abilities_of
from custom_components.evenload.engine.model.capabilities import Capabilities
from custom_components.evenload.engine.model.configuration import GroupConfig, Overrides
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.limits import Current, RateUnit
from custom_components.evenload.engine.model.stations import StationInfo
from custom_components.evenload.engine.site import Site
from simulator import SimulatedStation, Vehicle
from simulator.faults import Faults
from simulator.quirks import Quirk
from tests.engine.csms.conftest import OpenSite, site_config
from tests.engine.csms.dialects.conftest import PLATES, Arrive, until
from tests.engine.csms.dialler import Dialler, Payload

KEY = EvseKey("A", 1)
ACCEPTED, REJECTED = {"status": "Accepted"}, {"status": "Rejected"}
NOT_SUPPORTED = {"status": "NotSupported"}

GO_E = "go-e Charger and Fronius Wattpilot"
HUAWEI = "Huawei FusionCharge"

type SwitchOn = Callable[..., Awaitable[SimulatedStation]]
type Form = tuple[str, str, int, str]


@pytest.fixture
async def switch_on() -> AsyncIterator[SwitchOn]:
    """Switch a station of a make on, with a car that charges."""
    async with AsyncExitStack() as stack:

        async def on(
            site: Site, title: str | None = None, **faults: Any
        ) -> SimulatedStation:
            vendor, model, firmware = PLATES[title] if title else ("Maker", "Box", "1")
            station = SimulatedStation(
                "A",
                f"ws://127.0.0.1:{site.port}",
                vendor=vendor,
                model=model,
                firmware=firmware,
                tick_s=0.02,
                autostart_tag="CARD",
                faults=Faults(**faults),
            )
            await stack.enter_async_context(station)
            await station.wait_accepted()
            car = Vehicle(
                start_delay_s=0, reaction_s=0, ramp_a_per_s=1000, maximum_a=32
            )
            station.plug_in(1, car)
            await until(
                lambda: drawn(station) > 0 and bool(station.evse(1).transaction_id)
            )
            return station

        yield on


def drawn(station: SimulatedStation) -> float:
    return max(station.evse(1).currents)


def sent(station: SimulatedStation) -> list[tuple[str, Payload]]:
    """Return the calls that the house has made."""
    frames = [json.loads(text) for way, text in station.frames if way == "received"]
    return [(frame[2], frame[3]) for frame in frames if frame[0] == 2]


def limited(limit_a: float) -> Any:
    """Return the setup of a house in which this station may draw so much."""
    groups = {"g": GroupConfig("g", "Yard", Current(limit_a), ("A",))}
    return site_config("A", groups=groups)


def forms(station: Dialler) -> list[Form]:
    return [form(payload) for payload in station.asked("SetChargingProfile")]


def form(payload: Payload) -> Form:
    profile = payload["csChargingProfiles"]
    return (
        profile["chargingProfilePurpose"],
        profile["chargingProfileKind"],
        profile["stackLevel"],
        profile["chargingSchedule"]["chargingRateUnit"],
    )


def takes(accepts: Callable[..., bool], no: Payload = REJECTED) -> dict[str, Any]:
    return {
        "SetChargingProfile": lambda payload: (
            ACCEPTED if accepts(*form(payload)) else no
        )
    }


async def limits_settle(station: Dialler) -> None:
    await station.called("TriggerMessage", 2)
    await asyncio.sleep(0.1)


async def test_a_stack_level_that_is_claimed_in_vain(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")

    station = await arrive(
        site,
        "ABB Terra AC",
        answers=takes(lambda purpose, kind, level, unit: level < 3),
        settings={"ChargeProfileMaxStackLevel": ("3", True)},
    )
    await limits_settle(station)
    await site.set_charging_allowed(KEY, allowed=False)
    await until(lambda: site.stations["A"].capabilities.leases is True)

    assert max(level for _, _, level, _ in forms(station)) < 3
    assert site.stations["A"].capabilities.evse_limit is True


@pytest.mark.parametrize(
    ("make", "kinds"),
    [(None, {"Absolute", "Relative"}), ("Autel MaxiCharger", {"Absolute"})],
)
async def test_a_station_limit_is_never_relative(
    open_site: OpenSite, arrive: Arrive, make: str | None, kinds: set[str]
) -> None:
    site = await open_site("A")
    refusal = {"error": "PropertyConstraintViolation"}

    station = await arrive(
        site,
        make,
        answers=takes(
            lambda purpose, kind, *_: (
                purpose != "ChargePointMaxProfile" or kind != "Relative"
            ),
            refusal,
        ),
    )
    await limits_settle(station)

    assert site.stations["A"].capabilities.station_limit is True
    assert not any(
        purpose == "ChargePointMaxProfile" and kind == "Relative"
        for purpose, kind, *_ in forms(station)
    )
    assert {kind for _, kind, *_ in forms(station)} == kinds


@pytest.mark.parametrize("no", [REJECTED, NOT_SUPPORTED], ids=lambda no: no["status"])
async def test_who_refuses_a_station_limit_gets_one_for_each_connector(
    open_site: OpenSite, switch_on: SwitchOn, no: Payload
) -> None:
    site = await open_site(config=limited(12.0))
    refused = [
        Quirk("SetChargingProfile", where={f"{PROFILE}.{PURPOSE}": purpose}, answer=no)
        for purpose in ("ChargePointMaxProfile", "TxProfile")
    ]

    station = await switch_on(site, quirks=refused)

    await until(lambda: drawn(station) == pytest.approx(12.0))
    known = site.stations["A"].capabilities
    await until(lambda: site.stations["A"].capabilities.evse_limit is True)
    assert known.is_controllable


PROFILE, PURPOSE = "csChargingProfiles", "chargingProfilePurpose"


@pytest.mark.parametrize("make", ["Grizzl-E", "StarCharge and MG"])
async def test_who_ignores_a_station_limit_is_given_none(
    open_site: OpenSite, switch_on: SwitchOn, make: str
) -> None:
    site = await open_site(config=limited(12.0))

    station = await switch_on(site, make, ignores_purposes={"ChargePointMaxProfile"})

    await until(lambda: drawn(station) == pytest.approx(12.0))
    purposes = {
        form(payload)[0]
        for name, payload in sent(station)
        if name == "SetChargingProfile"
    }
    assert purposes == {"TxDefaultProfile"}


@pytest.mark.parametrize(
    "make",
    [
        "Autel MaxiCharger",
        "EVBox Elvi",
        "Ocular LTE (BS-EV07, BS-EV22)",
        "Schneider Electric EVlink and Charge",
    ],
)
async def test_a_pause_does_not_end_the_session(
    open_site: OpenSite, switch_on: SwitchOn, make: str
) -> None:
    site = await open_site("A")
    # It refuses to stop a session, and after one it wants a new plug.
    station = await switch_on(
        site, make, reject={"RemoteStopTransaction"}, needs_replug=True
    )
    transaction = station.evse(1).transaction_id

    await site.set_charging_allowed(KEY, allowed=False)
    await until(lambda: drawn(station) == 0)
    await until(lambda: station.evse(1).status == "SuspendedEVSE")
    await site.set_charging_allowed(KEY, allowed=True)
    await until(lambda: drawn(station) > 6)

    assert station.evse(1).transaction_id == transaction
    assert not {"RemoteStopTransaction", "Reset"} & {name for name, _ in sent(station)}


async def test_nothing_is_cleared_before_a_limit_is_set(
    open_site: OpenSite, switch_on: SwitchOn
) -> None:
    site = await open_site(config=limited(16.0))
    station = await switch_on(site, "Wallbox (Pulsar, Commander, Copper)")
    await until(lambda: drawn(station) == pytest.approx(16.0))
    highest = []

    for limit_a in (12.0, 8.0, 14.0):
        site.reconfigure(limited(limit_a))
        while drawn(station) != pytest.approx(limit_a):
            await asyncio.sleep(0.005)
            highest.append(drawn(station))

    assert max(highest) <= 16.0 + 1e-6
    assert "ClearChargingProfile" not in {name for name, _ in sent(station)}


@pytest.mark.parametrize(
    ("make", "unit"), [(GO_E, RateUnit.AMPERES), (HUAWEI, RateUnit.WATTS)]
)
async def test_units_that_are_obeyed(
    open_site: OpenSite, arrive: Arrive, make: str, unit: RateUnit
) -> None:
    site = await open_site("A")

    station = await arrive(
        site,
        make,
        settings={"ChargingScheduleAllowedChargingRateUnit": ("Current,Power", True)},
    )
    await limits_settle(station)

    assert {unit for _, _, _, unit in forms(station)} == {unit.value}


def test_who_ignores_phases() -> None:
    vendor, model, firmware = PLATES[GO_E]
    said = Capabilities(phase_switching=True)

    old = quirks_of(StationInfo(vendor, model, firmware=firmware))
    new = quirks_of(StationInfo(vendor, model, firmware="060.1"))

    assert abilities_of(said, old, Overrides()).phase_switching is False
    assert abilities_of(said, new, Overrides()).phase_switching is True
    # Its owner knows better.
    insists = Overrides(phase_switching=True)
    assert abilities_of(said, old, insists).phase_switching is True
