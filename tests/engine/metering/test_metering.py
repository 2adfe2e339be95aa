"""What samples make of a reading: phases, totals, signs, and what is of the past."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.evenload.engine.control.metering import merge, register_wh
from custom_components.evenload.engine.model.kinds import EvseKind
from custom_components.evenload.engine.model.phases import CurrentType, Phase
from custom_components.evenload.engine.model.readings import (
    Context,
    Location,
    Reading,
    Sample,
)

T0 = datetime(2026, 6, 1, tzinfo=UTC)
L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3

REGISTER = "Energy.Active.Import.Register"


def a(value: float, phase: str | None = None, **more: object) -> Sample:
    return Sample("Current.Import", value, "A", phase, **more)


def v(value: float, phase: str | None = None) -> Sample:
    return Sample("Voltage", value, "V", phase)


def w(value: float, phase: str | None = None, way: str = "Import") -> Sample:
    return Sample(f"Power.Active.{way}", value, "W", phase)


def exported(value: float, phase: str | None = None, **more: object) -> Sample:
    return Sample("Energy.Active.Export.Register", value, "Wh", phase, **more)


def wh(value: float, phase: str | None = None, **more: object) -> Sample:
    return Sample(REGISTER, value, "Wh", phase, **more)


def ac(wired: int = 3, voltage_v: float = 230.0) -> EvseKind:
    return EvseKind(CurrentType.AC, wired, voltage_v, 32.0, 32.0)


def merged(*samples: Sample, wired: int = 3, known: Reading = Reading()) -> Reading:
    return merge(known, samples, T0, ac(wired))


@pytest.mark.parametrize(
    ("samples", "wired", "expected"),
    [
        ([a(6, "L1"), a(7, "L2"), a(8, "L3")], 3, {L1: 6, L2: 7, L3: 8}),
        ([a(6, "L1-N"), a(7, "L2-N")], 3, {L1: 6, L2: 7}),
        # Without a phase it may be on all of them.
        ([a(9)], 3, {L1: 9, L2: 9, L3: 9}),
        ([a(9)], 2, {L1: 9, L2: 9}),
        ([a(9)], 1, {L1: 9}),
        # Phases say more than the whole.
        ([a(9), a(6, "L2")], 3, {L2: 6}),
        # N is no phase, unless there is only one that its current can have come from.
        ([a(6, "L1"), a(7, "L2"), a(8, "L3"), a(2, "N")], 3, {L1: 6, L2: 7, L3: 8}),
        ([a(9, "N")], 3, {}),
        ([a(9, "N")], 1, {L1: 9}),
        ([a(6, "L1"), a(9, "N")], 1, {L1: 6}),
        # What goes into the box is not what comes out at the outlet.
        ([a(16, "L1", location=Location.INLET), a(6, "L1")], 3, {L1: 6}),
        ([a(16, "L1", location=Location.BODY)], 3, {}),
        ([a(0, "L1", context=Context.TRANSACTION_BEGIN)], 3, {}),
        ([a(0, "L1", context=Context.INTERRUPTION_END)], 3, {}),
        ([a(6, "L1"), a(7, "L1", context=Context.SAMPLE_CLOCK)], 3, {L1: 7}),
    ],
)
def test_currents(
    samples: list[Sample], wired: int, expected: dict[Phase, float]
) -> None:
    assert merged(*samples, wired=wired).current_a == expected


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([v(231, "L1"), v(232, "L2"), v(229, "L3")], {L1: 231, L2: 232, L3: 229}),
        ([v(231, "L1-N")], {L1: 231}),
        ([v(400, "L1-L2")], {L1: 230.94}),
        ([v(230)], {L1: 230, L2: 230, L3: 230}),
        ([v(1, "N")], {}),
    ],
)
def test_voltages(samples: list[Sample], expected: dict[Phase, float]) -> None:
    assert merged(*samples).voltage_v == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("samples", "wired", "power_w"),
    [
        ([w(4000)], 3, 4000),
        ([w(1000, "L1"), w(1100, "L2"), w(1200, "L3")], 3, 3300),
        ([w(1000, "L1"), w(1100, "L2"), w(1200, "L3"), w(0, "N")], 3, 3300),
        ([w(3300), w(1000, "L1"), w(1100, "L2")], 3, 3300),
        ([w(0), w(5000, way="Export")], 3, -5000),
        ([w(5000, way="Export")], 3, -5000),
        ([w(0, "N")], 3, None),
        # Not measured: from the currents, with the voltage that was measured or that the site has.
        ([a(10, "L1"), a(10, "L2")], 3, 4600),
        ([a(10, "L1"), v(240, "L1")], 3, 2400),
        ([a(10)], 1, 2300),
        ([a(10)], 3, 6900),
        ([w(2000), a(10, "L1")], 3, 2000),
        ([v(230)], 3, None),
    ],
)
def test_power(samples: list[Sample], wired: int, power_w: float | None) -> None:
    assert merged(*samples, wired=wired).power_w == power_w


def test_power_counts_phases_that_come_in_messages_of_their_own() -> None:
    reading = Reading()
    for phase in ("L1", "L2", "L3"):
        reading = merged(a(10, phase), known=reading)
    assert reading.power_w == 6900


def test_power_uses_a_voltage_known_from_before() -> None:
    known = merged(v(240, "L1"))
    assert merged(a(10, "L1"), known=known).power_w == 2400


@pytest.mark.parametrize(
    ("sample", "name", "value"),
    [
        (Sample("Current.Offered", 16, "A"), "offered_a", 16),
        (Sample("Power.Offered", 11_000, "W"), "offered_w", 11_000),
        (Sample("SoC", 55, "%", None, location=Location.VEHICLE), "soc_percent", 55),
        (
            Sample("Temperature", 41, "°C", None, location=Location.BODY),
            "temperature_c",
            41,
        ),
        (Sample("Frequency", 50.01, "Hz"), "frequency_hz", 50.01),
        (Sample("Power.Factor", 0.98, ""), "power_factor", 0.98),
    ],
)
def test_single_values(sample: Sample, name: str, value: float) -> None:
    reading = merged(sample)
    assert getattr(reading, name) == value
    assert reading.at == T0


def test_what_was_not_sampled_stays() -> None:
    known = merged(a(6, "L1"), v(230, "L1"), Sample("SoC", 50, "%"))
    reading = merged(w(1300), known=known)
    assert (reading.current_a, reading.soc_percent) == ({L1: 6}, 50)


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [Sample("Power.Reactive.Import", 5, "var")],
        [a(5, "L1", context=Context.TRANSACTION_BEGIN)],
        [wh(100)],
        [exported(42)],
    ],
)
def test_what_says_nothing_of_now_does_not_make_it_fresh(samples: list[Sample]) -> None:
    known = replace_at(merged(a(6, "L1")), T0 - timedelta(minutes=5))
    assert merge(known, samples, T0, ac()) is known


def replace_at(reading: Reading, at: datetime) -> Reading:
    return merge(Reading(), [a(6, "L1")], at, ac())


@pytest.mark.parametrize(
    ("before", "is_taken"),
    [
        (timedelta(0), True),
        (timedelta(seconds=1), False),
        (timedelta(days=29), False),
        # Nobody keeps samples for so long: the clock fell back to when it was made.
        (timedelta(days=31), True),
        (timedelta(days=20_000), True),
        (T0 - datetime.min.replace(tzinfo=UTC), True),
    ],
)
def test_late_samples(before: timedelta, is_taken: bool) -> None:
    known = merged(a(6, "L1"))
    reading = merge(known, [a(9, "L1")], T0 - before, ac())
    assert (reading.current_a == {L1: 9}) is is_taken


def test_a_clock_that_was_in_1970_and_is_right_again() -> None:
    reading = merge(Reading(), [a(6, "L1")], datetime(1970, 1, 1, tzinfo=UTC), ac())
    assert merged(a(9, "L1"), known=reading).current_a == {L1: 9}


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([], None),
        ([w(5)], None),
        ([wh(500)], 500),
        ([wh(100, "L1"), wh(200, "L2"), wh(300, "L3")], 600),
        ([wh(100, "L1-N"), wh(200, "L2-N"), wh(300, "L3-N"), wh(0, "N")], 600),
        # Wallbox, single phase: the whole under the name of L1.
        ([wh(500, "L1")], 500),
        ([wh(600), wh(100, "L1"), wh(200, "L2")], 600),
        ([wh(0, "N")], None),
        # Growatt: the register at the beginning beside the present one.
        ([wh(500), wh(100, context=Context.TRANSACTION_BEGIN)], 500),
        ([wh(100, context=Context.TRANSACTION_BEGIN)], None),
        ([wh(500), wh(900, context=Context.TRANSACTION_END)], 900),
        ([wh(500), wh(777, location=Location.INLET)], 500),
    ],
)
def test_register(samples: list[Sample], expected: float | None) -> None:
    assert register_wh(samples) == expected


def test_another_register() -> None:
    assert register_wh([wh(500), exported(42)], exported(42).measurand) == 42
