"""Sessions and energy are right at stations that number, meter or end them in their own way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.transactions import Session
from custom_components.evenload.engine.site import Site
from tests.engine.csms.conftest import OpenSite
from tests.engine.csms.dialects.conftest import Arrive
from tests.engine.csms.dialler import Dialler

KEY = EvseKey("A", 1)
REGISTER = "Energy.Active.Import.Register"

type Sampled = dict[str, Any]


def ago(seconds: float) -> str:
    return (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()


def session(site: Site) -> Session:
    found = site.evse(KEY).session
    assert found is not None
    return found


async def plug(station: Dialler, seconds: float, word: str = "Preparing") -> None:
    """Tell a status that is so many seconds old."""
    told = {"connectorId": 1, "errorCode": "NoError", "status": word}
    await station.result("StatusNotification", told | {"timestamp": ago(seconds)})


async def begin(station: Dialler, seconds: float, wh: int = 1000) -> int:
    told = {"connectorId": 1, "idTag": "CARD", "meterStart": wh}
    answer = await station.result(
        "StartTransaction", told | {"timestamp": ago(seconds)}
    )
    return int(answer["transactionId"])


async def meter(
    station: Dialler, seconds: float, *samples: Sampled, transaction: int | None = None
) -> None:
    value = {"timestamp": ago(seconds), "sampledValue": list(samples)}
    told: dict[str, Any] = {"connectorId": 1, "meterValue": [value]}
    if transaction is not None:
        told["transactionId"] = transaction
    assert await station.result("MeterValues", told) == {}


async def end(
    station: Dialler, seconds: float, wh: int, transaction: int, **fields: Any
) -> None:
    told = {"transactionId": transaction, "meterStop": wh, "timestamp": ago(seconds)}
    await station.result("StopTransaction", told | fields)


def wh(value: float, **fields: str) -> Sampled:
    return {"value": str(value), "measurand": REGISTER, "unit": "Wh"} | fields


async def test_who_numbers_its_sessions_itself(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")
    station = await arrive(site)
    await plug(station, 600)
    await begin(station, 590)

    await meter(station, 300, wh(1400), transaction=777)
    await meter(station, 200, wh(1900), transaction=777)

    assert session(site).energy_wh == 900.0
    assert len(session(site).transactions) == 1

    await end(station, 100, 2000, 777)
    await plug(station, 90, "Available")

    assert [one.energy_wh for one in site._ledger.ended] == [1000.0]
    assert site.evse(KEY).transaction is None


async def test_rubbish_after_a_card(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A")
    station = await arrive(site)
    await plug(station, 600)
    transaction = await begin(station, 590)

    await end(station, 100, 1800, transaction, idTag="ABCDEFGHIJKLMNOPQRST\x01\x7f")

    assert site.evse(KEY).transaction is None
    assert session(site).energy_wh == 800.0


async def test_meter_values_after_the_end(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A")
    station = await arrive(site)
    await plug(station, 600)
    transaction = await begin(station, 590)
    await end(station, 100, 1800, transaction)

    await meter(station, 99, wh(1800), transaction=transaction)
    await meter(station, 50, wh(1805), transaction=transaction)

    assert site.evse(KEY).transaction is None
    assert len(session(site).transactions) == 1
    assert session(site).energy_wh == 800.0


async def test_an_empty_transaction_after_the_end(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")
    station = await arrive(site)
    await plug(station, 600)
    transaction = await begin(station, 590, 0)
    await end(station, 100, 8000, transaction)
    empty = await begin(station, 95, 0)
    await end(station, 90, 0, empty)
    await plug(station, 80, "Available")

    [whole] = [one for one in site._ledger.ended if one.key == KEY]

    assert whole.energy_wh == 8000.0
    assert site.evse(KEY).transaction is None


async def test_the_energy_at_the_start_is_not_the_energy_now(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")
    station = await arrive(site)
    await plug(station, 600)
    transaction = await begin(station, 590, 50_000)
    shown = []

    for number in range(1, 4):
        samples = (
            wh(50_000 + 400 * number, context="Sample.Periodic"),
            wh(50_000, context="Transaction.Begin"),
        )
        await meter(station, 590 - 60 * number, *samples, transaction=transaction)
        shown.append(site.evse(KEY).reading.energy_import_wh)

    assert shown == [50_400.0, 50_800.0, 51_200.0]
    assert session(site).energy_wh == 1200.0


async def test_a_register_that_reads_zero_now_and_then(
    open_site: OpenSite, arrive: Arrive
) -> None:
    site = await open_site("A")
    station = await arrive(site)
    await plug(station, 900)
    transaction = await begin(station, 890, 7_000_000)
    shown = []

    for number, raw in enumerate((7_000_100, 0, 7_000_300, 7_000_400, 0, 7_000_600)):
        await meter(station, 800 - 60 * number, wh(raw), transaction=transaction)
        shown.append(site.evse(KEY).reading.energy_import_wh)

    assert shown == sorted(shown)
    assert shown[-1] == 7_000_600.0
    assert session(site).energy_wh == 600.0


async def test_energy_of_the_only_phase(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A", phases=1)
    station = await arrive(site)
    await plug(station, 600)
    transaction = await begin(station, 590)

    await meter(station, 300, wh(1700, phase="L1"), transaction=transaction)

    assert site.evse(KEY).reading.energy_import_wh == 1700.0
    assert session(site).energy_wh == 700.0


def current(value: float, phase: str | None) -> Sampled:
    sample = {"value": str(value), "measurand": "Current.Import", "unit": "A"}
    return sample if phase is None else sample | {"phase": phase}


@pytest.mark.parametrize(
    ("phases", "power", "shown"),
    [
        # One phase: what comes back on the neutral has gone out on it.
        (1, None, {Phase.L1: 14.0}),
        # Three: the neutral says nothing, the power does.
        (3, "3220", {}),
    ],
)
async def test_current_on_the_neutral(
    open_site: OpenSite,
    arrive: Arrive,
    phases: int,
    power: str | None,
    shown: dict[Phase, float],
) -> None:
    site = await open_site("A", phases=phases)
    station = await arrive(site, answers={})
    await plug(station, 600, "Charging")
    measured = {"value": power, "measurand": "Power.Active.Import", "unit": "W"}
    samples = [measured] if power else []

    await meter(station, 10, current(14.0, "N"), *samples)

    reading = site.evse(KEY).reading
    assert reading.current_a == shown
    assert reading.power_w == pytest.approx(3220.0)


async def test_voltages_of_no_use(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A")
    station = await arrive(site, "Wallbox (Pulsar, Commander, Copper)")
    await plug(station, 600, "Charging")
    volts = [
        {"value": "0", "measurand": "Voltage", "unit": "V", "phase": f"L{phase}-N"}
        for phase in (1, 2, 3)
    ]
    amperes = [current(16, f"L{phase}") for phase in (1, 2, 3)]
    power = {"value": "11040", "measurand": "Power.Active.Import", "unit": "W"}

    await meter(station, 10, *volts, *amperes, power)

    reading = site.evse(KEY).reading
    assert reading.current_a == dict.fromkeys(Phase, 16.0)
    assert reading.power_w == 11_040.0


async def test_dead_phases(open_site: OpenSite, arrive: Arrive) -> None:
    site = await open_site("A")
    station = await arrive(site)
    await plug(station, 600, "Charging")
    volts = [
        {"value": value, "measurand": "Voltage", "unit": "V", "phase": phase}
        for value, phase in (("231", "L1-N"), ("0", "L2-N"), ("0", "L3-N"))
    ]

    await meter(
        station, 10, *volts, current(16, "L1"), current(0, "L2"), current(0, "L3")
    )

    reading = site.evse(KEY).reading
    assert reading.phases_in_use() == 1
    assert reading.live_phases == (Phase.L1,)
    assert reading.power_w == pytest.approx(16 * 231.0)
