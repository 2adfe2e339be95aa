"""Every sample ends up as the right reading in base units (OCPP 1.6 §7.29 to §7.33, §7.38)."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given, strategies as st
import pytest

from custom_components.evenload.engine.control.metering import merge
from custom_components.evenload.engine.csms.frames import CallFault
from custom_components.evenload.engine.csms.framing import Fault
from custom_components.evenload.engine.csms.meters import moment
from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.csms.tolerance import mend
from custom_components.evenload.engine.csms.v16.meters import samples_of
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.kinds import EvseKind
from custom_components.evenload.engine.model.phases import CurrentType, Phase
from custom_components.evenload.engine.model.readings import (
    Context,
    Location,
    Reading,
    Sample,
)
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.engine.csms.conftest import Dial, OpenSite

L1, L2, L3 = Phase
AT = datetime(2026, 1, 1, tzinfo=UTC)
NOW = "2026-01-01T00:00:00Z"


def sample(value: str, measurand: str | None = None, **fields: str) -> dict[str, str]:
    return {"value": value} | ({"measurand": measurand} if measurand else {}) | fields


def read(
    *sampled: dict[str, Any], wired: int = 3, before: Reading = Reading()
) -> Reading:
    """What a station says, through the whole of the door."""
    payload = {
        "connectorId": 1,
        "meterValue": [{"timestamp": NOW, "sampledValue": list(sampled)}],
    }
    mended = mend(schemas(OcppVersion.V16), "MeterValues", payload)
    kind = EvseKind(CurrentType.AC, wired, 230.0, 32.0, 32.0)
    return merge(before, samples_of(mended["meterValue"][0]), AT, kind)


# What is sent, and the sample that it is: every measurand, each unit.
SAMPLES: list[tuple[dict[str, str], float, str]] = [
    # §7.33: without measurand and unit it is the energy register in Wh.
    (sample("12"), 12.0, "Wh"),
    (sample("12", "Energy.Active.Import.Register", unit="kWh"), 12_000.0, "Wh"),
    (sample("12", "Energy.Active.Export.Register", unit="Wh"), 12.0, "Wh"),
    (sample("12", "Energy.Reactive.Import.Register", unit="kvarh"), 12_000.0, "varh"),
    (sample("12", "Energy.Reactive.Export.Register", unit="varh"), 12.0, "varh"),
    (sample("12", "Energy.Active.Import.Interval"), 12.0, "Wh"),
    (sample("12", "Energy.Active.Export.Interval", unit="kWh"), 12_000.0, "Wh"),
    (sample("12", "Energy.Reactive.Import.Interval", unit="varh"), 12.0, "varh"),
    (sample("12", "Energy.Reactive.Export.Interval", unit="kvarh"), 12_000.0, "varh"),
    (sample("7.4", "Power.Active.Import", unit="kW"), 7400.0, "W"),
    (sample("7400", "Power.Active.Import"), 7400.0, "W"),
    (sample("1.5", "Power.Active.Export", unit="kW"), 1500.0, "W"),
    (sample("11", "Power.Offered", unit="kW"), 11_000.0, "W"),
    (sample("2", "Power.Reactive.Import", unit="kvar"), 2000.0, "var"),
    (sample("2", "Power.Reactive.Export", unit="var"), 2.0, "var"),
    (sample("3", "Power.Active.Import", unit="VA"), 3.0, "VA"),
    (sample("3", "Power.Active.Import", unit="kVA"), 3000.0, "VA"),
    (sample("0.98", "Power.Factor"), 0.98, ""),
    (sample("16", "Current.Import", unit="A"), 16.0, "A"),
    (sample("16", "Current.Import"), 16.0, "A"),
    (sample("16", "Current.Export"), 16.0, "A"),
    (sample("16", "Current.Offered"), 16.0, "A"),
    (sample("230.1", "Voltage", unit="V"), 230.1, "V"),
    (sample("230.1", "Voltage"), 230.1, "V"),
    (sample("50.02", "Frequency"), 50.02, "Hz"),
    (sample("50.02", "Frequency", unit="Hz"), 50.02, "Hz"),
    (sample("55", "SoC", unit="Percent"), 55.0, "%"),
    (sample("55", "SoC"), 55.0, "%"),
    (sample("55", "SoC", unit="%"), 55.0, "%"),
    (sample("20", "Temperature", unit="Celsius"), 20.0, "°C"),
    # The first schemas of 1.6 misspelled it.
    (sample("20", "Temperature", unit="Celcius"), 20.0, "°C"),
    (sample("68", "Temperature", unit="Fahrenheit"), 20.0, "°C"),
    (sample("293.15", "Temperature", unit="K"), 20.0, "°C"),
    (sample("1200", "RPM"), 1200.0, ""),
    (sample("-3.5", "Current.Import"), -3.5, "A"),
    (sample("12,5", "Current.Import"), 12.5, "A"),
    (sample(" 12.5 ", "Current.Import"), 12.5, "A"),
    (sample("1.2e1", "Current.Import"), 12.0, "A"),
    (sample("0", "Current.Import"), 0.0, "A"),
]


@pytest.mark.parametrize(("sent", "value", "unit"), SAMPLES)
def test_a_sample_in_base_units(sent: dict[str, str], value: float, unit: str) -> None:
    payload = {
        "connectorId": 1,
        "meterValue": [{"timestamp": NOW, "sampledValue": [sent]}],
    }
    mended = mend(schemas(OcppVersion.V16), "MeterValues", payload)
    got, *_ = samples_of(mended["meterValue"][0])
    assert got.value == pytest.approx(value)
    assert got.unit == unit
    assert got.measurand == sent.get("measurand", "Energy.Active.Import.Register")


def test_every_measurand_is_in_the_table() -> None:
    known = {sent.get("measurand") for sent, _, _ in SAMPLES} - {None}
    with pytest.raises(CallFault) as caught:
        read(sample("1", "Mood"))
    named = caught.value.description.partition("must be one of ")[2].split(", ")
    assert known == set(named)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "NaN",
        "nan",
        "Infinity",
        "-inf",
        "1e999",
        "1.2.3",
        "1,2,3",
        "--",
        "12 A",
    ],
)
def test_what_is_no_number_is_no_sample(text: str) -> None:
    assert samples_of({"sampledValue": [sample(text), sample("5")]}) == (
        Sample("Energy.Active.Import.Register", 5.0, "Wh"),
    )


def test_a_signed_sample_is_not_read() -> None:
    # §7.33: SignedData is a signature over a value, not a value.
    assert samples_of({"sampledValue": [sample("17", format="SignedData")]}) == ()


@pytest.mark.parametrize("context", [one.value for one in Context])
def test_every_context_is_known(context: str) -> None:
    [got] = samples_of({"sampledValue": [sample("1", context=context)]})
    assert got.context == context


@pytest.mark.parametrize("location", [one.value for one in Location])
def test_every_location_is_known(location: str) -> None:
    [got] = samples_of({"sampledValue": [sample("1", location=location)]})
    assert got.location == location


def test_what_is_not_said_has_its_default() -> None:
    # §7.33: Sample.Periodic at the Outlet, for all phases.
    [got] = samples_of({"sampledValue": [sample("1")]})
    assert (got.context, got.location, got.phase) == (
        Context.SAMPLE_PERIODIC,
        Location.OUTLET,
        None,
    )


def currents(*values: float) -> dict[Phase, float]:
    return dict(zip((L1, L2, L3), values, strict=False))


# What a station says at one moment, and what of its reading is then known.
READINGS: list[tuple[str, list[dict[str, str]], dict[str, Any]]] = [
    (
        "three phases",
        [sample(str(10 + n), "Current.Import", phase=f"L{n}") for n in (1, 2, 3)],
        {"current_a": currents(11, 12, 13)},
    ),
    (
        "phases against neutral",
        [sample("10", "Current.Import", phase=f"L{n}-N") for n in (1, 2, 3)],
        {"current_a": currents(10, 10, 10)},
    ),
    # A current without a phase on a three-phase station counts on each: that is the safe side.
    ("a current for all", [sample("10", "Current.Import")], {"current_a": currents(10, 10, 10)}),
    # Injet Sonic: the neutral says nothing of the phases.
    ("the neutral alone", [sample("10", "Current.Import", phase="N")], {"current_a": {}, "power_w": None}),
    (
        "the neutral besides",
        [
            sample("10", "Current.Import", phase="L1"),
            sample("3", "Current.Import", phase="N"),
        ],
        {"current_a": currents(10)},
    ),
    (
        "one phase of three",
        [
            sample("16", "Current.Import", phase="L1"),
            sample("0", "Current.Import", phase="L2"),
            sample("0", "Current.Import", phase="L3"),
        ],
        {"current_a": currents(16, 0, 0), "power_w": 16 * 230.0},
    ),
    (
        "power from phases",
        [
            *(sample("10", "Current.Import", phase=f"L{n}") for n in (1, 2, 3)),
            *(sample(str(229 + n), "Voltage", phase=f"L{n}-N") for n in (1, 2, 3)),
        ],
        {"power_w": 10.0 * (230 + 231 + 232)},
    ),
    (
        "power of phases",
        [sample(str(1000 * n), "Power.Active.Import", phase=f"L{n}") for n in (1, 2, 3)],
        {"power_w": 6000.0},
    ),
    (
        "power of all besides that of phases",
        [
            sample("6.1", "Power.Active.Import", unit="kW"),
            *(sample(str(1000 * n), "Power.Active.Import", phase=f"L{n}") for n in (1, 2, 3)),
        ],
        {"power_w": 6100.0},
    ),
    (
        "power in both directions",
        [sample("0", "Power.Active.Import"), sample("2500", "Power.Active.Export")],
        {"power_w": -2500.0},
    ),
    (
        "voltage between phases",
        [sample("400", "Voltage", phase=phase) for phase in ("L1-L2", "L2-L3", "L3-L1")],
        {"voltage_v": dict.fromkeys(Phase, pytest.approx(230.94, abs=0.01))},
    ),
    ("voltage for all", [sample("230", "Voltage")], {"voltage_v": dict.fromkeys(Phase, 230.0)}),
    ("offered", [sample("16", "Current.Offered"), sample("11", "Power.Offered", unit="kW")], {"offered_a": 16.0, "offered_w": 11_000.0}),
    (
        "the vehicle",
        [
            sample("55", "SoC", location="EV"),
            sample("30", "Temperature", unit="Celsius", location="Body"),
        ],
        {"soc_percent": 55.0, "temperature_c": 30.0},
    ),
    ("frequency and factor", [sample("50", "Frequency"), sample("0.9", "Power.Factor")], {"frequency_hz": 50.0, "power_factor": 0.9}),
    # The station's own inlet is not what the vehicle draws.
    ("the inlet", [sample("30", "Current.Import", location="Inlet")], {"current_a": {}}),
    # Growatt sends the register of the transaction's beginning besides that of now.
    (
        "the beginning of a transaction",
        [
            sample("10", "Current.Import", context="Transaction.Begin"),
            sample("6", "Current.Import"),
        ],
        {"current_a": currents(6, 6, 6)},
    ),
    ("only the beginning", [sample("10", "Current.Import", context="Transaction.Begin")], {"current_a": {}}),
    (
        "the last of equals",
        [sample("10", "Current.Import", phase="L1"), sample("11", "Current.Import", phase="L1")],
        {"current_a": currents(11)},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "known"), [row[1:] for row in READINGS], ids=[row[0] for row in READINGS]
)
def test_samples_make_a_reading(
    sent: list[dict[str, str]], known: dict[str, Any]
) -> None:
    reading = read(*sent)
    assert {name: getattr(reading, name) for name in known} == known


def test_an_unphased_current_counts_on_wired_phases_only() -> None:
    assert read(sample("10", "Current.Import"), wired=1).current_a == {L1: 10.0}


def test_what_was_not_sampled_stays() -> None:
    before = read(sample("10", "Current.Import"), sample("55", "SoC"))
    after = read(sample("8", "Current.Import"), before=before)
    assert after.soc_percent == 55.0
    assert after.current_a == currents(8, 8, 8)


MOMENTS = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.000Z",
    "2026-01-01T00:00:00.1234567Z",
    "2026-01-01T00:00:00+00:00",
    "2026-01-01T01:00:00+01:00",
    "2025-12-31T19:30:00-0430",
    # §3.11 asks for a zone; without one it is UTC.
    "2026-01-01T00:00:00",
    "2026-01-01 00:00:00",
    " 2026-01-01T00:00:00Z ",
    "20260101T000000Z",
]


@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_read(text: str) -> None:
    read = moment(text)
    assert read.tzinfo is UTC
    assert abs(read - AT) < timedelta(seconds=1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "1767225600",
        "2026-02-30T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "T" * 5000,
    ],
)
def test_what_is_no_moment_is_told_so(text: str) -> None:
    with pytest.raises(CallFault) as caught:
        moment(text)
    assert caught.value.fault is Fault.TYPE


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=9))])))
def test_every_moment_survives_being_written(at: datetime) -> None:
    if 2 < at.year < 9998:
        assert moment(at.isoformat()) == at


async def test_a_report_reaches_the_evse(open_site: OpenSite, dial: Dial) -> None:
    site = await open_site("A")
    station = await dial(site)
    good = [
        sample("5", "Current.Import", phase="L1"),
        sample("abc"),
        sample("1", "Mood"),
    ]
    values = [
        {"timestamp": "never", "sampledValue": [sample("9", "Current.Import")]},
        {"timestamp": NOW, "sampledValue": good},
        {"timestamp": "", "sampledValue": [sample("9", "Current.Import")]},
    ]
    assert (
        await station.result("MeterValues", {"connectorId": 1, "meterValue": values})
        == {}
    )
    reading = site.evse(EvseKey("A", 1)).reading
    assert reading.current_a == {L1: 5.0}
    assert reading.at == AT


async def test_a_report_without_any_time_is_refused(
    open_site: OpenSite, dial: Dial
) -> None:
    site = await open_site("A")
    station = await dial(site)
    values = [{"timestamp": "never", "sampledValue": [sample("9", "Current.Import")]}]
    error = await station.error("MeterValues", {"connectorId": 1, "meterValue": values})
    assert error == "TypeConstraintViolation"
    assert site.evse(EvseKey("A", 1)).reading == Reading()
