"""What stations write in their own way is understood, and costs neither the message nor the connection."""

from datetime import UTC, datetime
from typing import Any

import pytest

from custom_components.evenload.engine.model.phases import Phase
from custom_components.evenload.engine.model.stations import Evse, EvseStatus
from custom_components.evenload.engine.site import Site
from tests.engine.csms.dialler import Dialler


def evse(site: Site) -> Evse:
    return site.stations["A"].evses[1]


async def meter(dialler: Dialler, *samples: dict[str, Any]) -> None:
    """Report samples of this moment."""
    now = datetime.now(UTC).isoformat()
    payload = {
        "connectorId": 1,
        "meterValue": [{"timestamp": now, "sampledValue": list(samples)}],
    }
    assert await dialler.result("MeterValues", payload) == {}


async def tell(dialler: Dialler, **status: Any) -> None:
    await dialler.result(
        "StatusNotification",
        {"connectorId": 1, "errorCode": "NoError", "status": "Charging"} | status,
    )


async def test_phases_in_names(station: tuple[Site, Dialler]) -> None:
    site, dialler = station
    await tell(dialler)

    await meter(
        dialler,
        {"value": "231.5", "measurand": "Voltage.L1", "context": "Sample.Now"},
        {"value": "229.0", "measurand": "Voltage.L2-N"},
        {"value": "9.5", "measurand": "Current.Import.L1", "unit": "A"},
        # The phase that it names itself counts.
        {"value": "8.5", "measurand": "Current.Import.L1", "phase": "L2"},
        {"value": "1.0", "measurand": "Mood.L1"},
    )

    reading = evse(site).reading
    assert reading.voltage_v == {Phase.L1: 231.5, Phase.L2: 229.0}
    assert reading.current_a == {Phase.L1: 9.5, Phase.L2: 8.5}


@pytest.mark.parametrize(
    ("code", "vendor_code", "info"),
    [
        ("OtherError", "306", "Modbus lost, safe mode 14 A"),
        ("NoPPDetected", None, None),
    ],
)
async def test_a_fault_is_shown_and_what_flows_counts(
    station: tuple[Site, Dialler], code: str, vendor_code: str | None, info: str | None
) -> None:
    site, dialler = station
    said = {"vendorErrorCode": vendor_code, "info": info}
    told = {key: value for key, value in said.items() if value is not None}

    await tell(dialler, status="Faulted", errorCode=code, **told)
    await meter(dialler, {"value": "14.0", "measurand": "Current.Import", "unit": "A"})

    error = evse(site).error
    assert evse(site).status is EvseStatus.FAULTED
    assert (error.vendor_code, error.info) == (vendor_code, info)
    assert error.code != "NoError"
    assert site.stations["A"].connected
    assert evse(site).reading.current_a[Phase.L1] == 14.0


async def test_a_call_of_the_makers_own(station: tuple[Site, Dialler]) -> None:
    site, dialler = station

    assert await dialler.error("TransactionStarted", {"transactionId": 7}) == (
        "NotImplemented"
    )

    await tell(dialler)
    assert evse(site).status is EvseStatus.CHARGING
    assert not dialler.closed.is_set()


async def test_hertz(station: tuple[Site, Dialler]) -> None:
    site, dialler = station
    await tell(dialler)

    await meter(
        dialler,
        {"value": "49.98", "measurand": "Frequency", "unit": "Hz"},
        {"value": "7200", "measurand": "Power.Active.Import", "unit": "W"},
    )

    assert evse(site).reading.power_w == 7200.0


async def test_an_error_by_another_name(station: tuple[Site, Dialler]) -> None:
    site, dialler = station

    await tell(dialler, status="Faulted", errorCode="Error", info="Relay")

    assert evse(site).status is EvseStatus.FAULTED
    assert (evse(site).error.code, evse(site).error.info) == ("OtherError", "Relay")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("SuspendedEvse", EvseStatus.SUSPENDED_EVSE),
        ("Suspended_EVSE", EvseStatus.SUSPENDED_EVSE),
        ("suspended EV", EvseStatus.SUSPENDED_EV),
        ("CHARGING", EvseStatus.CHARGING),
    ],
)
async def test_states_in_other_spellings(
    station: tuple[Site, Dialler], written: str, meant: EvseStatus
) -> None:
    site, dialler = station

    await tell(dialler, status=written)

    assert evse(site).status is meant


@pytest.mark.parametrize(
    "bad",
    [
        {"value": "", "measurand": "Power.Active.Import"},
        {"value": "NaN", "measurand": "Power.Active.Import"},
        {"value": "1", "measurand": "Power.Of.Love"},
        {"value": None, "measurand": "Voltage"},
        {"measurand": "Voltage"},
    ],
)
async def test_one_bad_value_does_not_cost_the_others(
    station: tuple[Site, Dialler], bad: dict[str, Any]
) -> None:
    site, dialler = station
    await tell(dialler)

    await meter(dialler, bad, {"value": "6.5", "measurand": "Current.Import"})

    reading = evse(site).reading
    assert reading.current_a[Phase.L1] == 6.5
    assert reading.voltage_v == {}
    assert reading.power_w == pytest.approx(3 * 6.5 * 230.0)
