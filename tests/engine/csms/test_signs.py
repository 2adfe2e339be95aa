"""What flows out of a vehicle is told once, with one sign, however its station writes it (1.6 §7.31; 2.1 MeasurandEnumType)."""

from typing import Any

import pytest

from custom_components.evenload.engine.control.metering import merge
from custom_components.evenload.engine.csms.v2.meters import readable
from custom_components.evenload.engine.csms.v16.meters import samples_of
from custom_components.evenload.engine.model.kinds import EvseKind
from custom_components.evenload.engine.model.phases import CurrentType, Phase
from custom_components.evenload.engine.model.readings import Reading
from tests.engine.csms.test_meters import AT, NOW, read, sample

IN, OUT = "Power.Active.Import", "Power.Active.Export"
A_IN, A_OUT = "Current.Import", "Current.Export"
L1, L2, L3 = Phase

# What is told, and the power that it is.
POWERS: list[tuple[list[dict[str, str]], float]] = [
    # As the specification has it: two magnitudes.
    ([sample("0", IN), sample("3000", OUT)], -3000.0),
    ([sample("3000", IN), sample("0", OUT)], 3000.0),
    ([sample("3", OUT, unit="kW")], -3000.0),
    # Import below zero, alone or beside export.
    ([sample("-3000", IN)], -3000.0),
    ([sample("-3000", IN), sample("3000", OUT)], -3000.0),
    ([sample("-3000", IN), sample("0", OUT)], -3000.0),
    # Export below zero: where nothing flows in, that is its sign.
    ([sample("0", IN), sample("-3000", OUT)], -3000.0),
    ([sample("-3000", IN), sample("-3000", OUT)], -3000.0),
    # Export is import turned round.
    ([sample("3000", IN), sample("-3000", OUT)], 3000.0),
    # Each phase by itself, and no phase at all.
    (
        [
            sample("0", IN, phase="L1"),
            sample("0", IN, phase="L2"),
            sample("0", IN, phase="L3"),
            sample("1000", OUT, phase="L1"),
            sample("1000", OUT, phase="L2"),
            sample("1000", OUT, phase="L3"),
        ],
        -3000.0,
    ),
    ([sample("-1000", IN, phase=f"L{n}") for n in (1, 2, 3)], -3000.0),
    ([sample("500", IN, phase="L1"), sample("1500", OUT, phase="L2")], -1000.0),
]


@pytest.mark.parametrize(("told", "power_w"), POWERS)
def test_a_power_has_one_sign(told: list[dict[str, str]], power_w: float) -> None:
    assert read(*told).power_w == power_w
    # 2.x says it in the same words, its numbers as numbers.
    [(_, samples)] = readable([{"timestamp": NOW, "sampledValue": _as_2(told)}])
    kind = EvseKind(CurrentType.AC, 3, 230.0, 32.0, 32.0)
    assert merge(Reading(), samples, AT, kind).power_w == power_w


def _as_2(told: list[dict[str, str]]) -> list[dict[str, Any]]:
    return [
        {name: one[name] for name in one if name != "unit"}
        | {"value": float(one["value"])}
        | ({"unitOfMeasure": {"unit": one["unit"]}} if "unit" in one else {})
        for one in told
    ]


def test_currents_are_magnitudes_and_their_power_has_the_sign() -> None:
    # Nobody told a power: it follows from currents and voltages.
    volts = [sample("230", "Voltage", phase=f"L{n}") for n in (1, 2, 3)]
    out = [sample("10", A_OUT, phase=f"L{n}") for n in (1, 2, 3)]
    none = [sample("0", A_IN, phase=f"L{n}") for n in (1, 2, 3)]
    for told in ([*out, *volts], [*none, *out, *volts], [*out, *none, *volts]):
        reading = read(*told)
        assert reading.current_a == {L1: 10.0, L2: 10.0, L3: 10.0}
        assert reading.power_w == -6900.0
        assert set(reading.live_phases) == {L1, L2, L3}
    back = [sample("10", A_IN, phase=f"L{n}") for n in (1, 2, 3)]
    assert read(*back, *volts).power_w == 6900.0
    assert read(sample("-10", A_IN, phase="L1"), *volts).power_w == -2300.0


def test_a_current_without_phases_is_put_where_its_power_needs_it() -> None:
    told = [sample("10", A_OUT), sample("2300", OUT), sample("230", "Voltage")]
    reading = read(*told)
    assert reading.power_w == -2300.0
    assert reading.current_a == {L1: 10.0}


def test_direct_current_that_flows_out_is_a_power_below_zero() -> None:
    told = {
        "sampledValue": [sample("10", A_OUT), sample("400", "Voltage")],
    }
    kind = EvseKind(CurrentType.DC, 3, 230.0, 32.0, 32.0)
    assert merge(Reading(), samples_of(told), AT, kind).power_w == -4000.0


def test_registers_are_left_alone() -> None:
    registers = [
        sample("5", "Energy.Active.Import.Register"),
        sample("7", "Energy.Active.Export.Register"),
        sample("0", OUT),
    ]
    assert [one.value for one in samples_of({"sampledValue": registers})] == [5, 7, 0]
