"""Promise 6 of stations: a wild sample is no sample, and what is only far too much is believed."""

from datetime import UTC, datetime

import pytest

from custom_components.evenload.engine.control.metering import merge
from custom_components.evenload.engine.model.kinds import EvseKind
from custom_components.evenload.engine.model.phases import CurrentType, Phase
from custom_components.evenload.engine.model.readings import Reading, Sample

T0 = datetime(2026, 6, 1, tzinfo=UTC)
AC = EvseKind(CurrentType.AC, 3, 230.0, 32.0, 32.0)
BIG = EvseKind(CurrentType.AC, 3, 230.0, 125.0, 125.0)
DC = EvseKind(CurrentType.DC, 3, 230.0, 80.0, 80.0)
KNOWN = merge(
    Reading(),
    [
        Sample("Current.Import", 10.0, "A", "L1"),
        Sample("Voltage", 231.0, "V", "L1"),
        Sample("Power.Active.Import", 2310.0, "W"),
        Sample("SoC", 50.0, "%"),
        Sample("Frequency", 50.0, "Hz"),
    ],
    T0,
    AC,
)


@pytest.mark.parametrize(
    ("measurand", "value", "kind"),
    [
        ("Current.Import", 65535.0, AC),
        ("Current.Import", -32768.0, AC),
        ("Current.Import", 1e300, AC),
        ("Current.Import", 65535.0, DC),
        ("Current.Import", 127.0, AC),
        ("Current.Import", 251.0, BIG),
        ("Current.Offered", 65535.0, AC),
        ("Power.Active.Import", 1e300, AC),
        ("Power.Active.Import", 90_000.0, AC),
        ("Power.Active.Export", 4_294_967.0, DC),
        ("Power.Offered", 1e9, AC),
        ("Voltage", 6553.5, AC),
        ("Voltage", -1.0, AC),
        ("Voltage", 6553.5, DC),
        ("SoC", 255.0, AC),
        ("SoC", -1.0, DC),
        ("Frequency", 6553.5, AC),
        ("Frequency", 0.0, AC),
        ("Temperature", 3276.7, AC),
        ("Power.Factor", 65535.0, AC),
    ],
)
@pytest.mark.parametrize("phase", [None, "L1"])
def test_a_wild_sample_is_none(
    measurand: str, value: float, kind: EvseKind, phase: str | None
) -> None:
    """It changes nothing, and does not make what is known any younger."""
    assert merge(KNOWN, [Sample(measurand, value, "", phase)], T0, kind) is KNOWN


def test_a_wild_phase_costs_the_others_nothing() -> None:
    samples = [
        Sample("Current.Import", value, "A", phase)
        for phase, value in (("L1", 65535.0), ("L2", 11.0), ("L3", 12.0))
    ]
    reading = merge(KNOWN, samples, T0, AC)
    assert reading.current_a == {Phase.L1: 10.0, Phase.L2: 11.0, Phase.L3: 12.0}


@pytest.mark.parametrize(
    ("value", "kind"), [(80.0, AC), (126.0, AC), (-32.0, AC), (250.0, BIG)]
)
def test_too_much_is_believed(value: float, kind: EvseKind) -> None:
    """What a station should not draw, and could, is just what has to be known."""
    reading = merge(KNOWN, [Sample("Current.Import", value, "A", "L1")], T0, kind)
    assert reading.current_a == {Phase.L1: abs(value)}


def test_direct_current_goes_far() -> None:
    samples = [
        Sample("Current.Import", 500.0, "A"),
        Sample("Voltage", 920.0, "V"),
        Sample("Power.Active.Import", 300_000.0, "W"),
    ]
    reading = merge(Reading(), samples, T0, DC)
    assert reading.dc_current_a == 500.0
    assert reading.dc_voltage_v == 920.0
    assert reading.power_w == 300_000.0
