"""Which phases a vehicle uses, seen from what stations of all makes send."""

from datetime import UTC, datetime, timedelta
from math import sqrt

import pytest

from custom_components.evenload.engine.control.metering import merge
from custom_components.evenload.engine.model.kinds import EvseKind
from custom_components.evenload.engine.model.phases import CurrentType, Phase
from custom_components.evenload.engine.model.readings import Reading, Sample

T0 = datetime(2026, 6, 1, tzinfo=UTC)
L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3


def a(value: float, phase: str | None = None) -> Sample:
    return Sample("Current.Import", value, "A", phase)


def out(value: float, phase: str | None = None) -> Sample:
    return Sample("Current.Export", value, "A", phase)


def v(value: float, phase: str | None = None) -> Sample:
    return Sample("Voltage", value, "V", phase)


def w(value: float, phase: str | None = None) -> Sample:
    return Sample("Power.Active.Import", value, "W", phase)


def pf(value: float, phase: str | None = None) -> Sample:
    return Sample("Power.Factor", value, "", phase)


def kind(wired: int = 3, voltage_v: float = 230.0) -> EvseKind:
    return EvseKind(CurrentType.AC, wired, voltage_v, 32.0, 32.0)


def merged(
    *samples: Sample,
    wired: int = 3,
    known: Reading = Reading(),
    seconds: float = 0,
    voltage_v: float = 230.0,
) -> Reading:
    at = T0 + timedelta(seconds=seconds)
    return merge(known, samples, at, kind(wired, voltage_v))


@pytest.mark.parametrize(
    ("samples", "wired", "live"),
    [
        ([a(16, "L1"), a(16, "L2"), a(16, "L3")], 3, (L1, L2, L3)),
        # Zero-valued phases of a single-phase vehicle (Growatt and others).
        ([a(16, "L1"), a(0, "L2"), a(0, "L3")], 3, (L1,)),
        ([a(16, "L2"), a(0.3, "L3")], 3, (L2,)),
        # A dead phase carries nothing, whatever its transformer picks up.
        ([a(16, "L1"), a(1.4, "L2"), v(230, "L1"), v(0, "L2")], 3, (L1,)),
        ([a(16, "L1"), a(16, "L2"), v(230, "L1"), v(229, "L2")], 3, (L1, L2)),
        # N beside the phases is none of them.
        ([a(16, "L1"), a(16, "N")], 3, (L1,)),
        ([a(16, "N")], 1, (L1,)),
        ([a(16, "N")], 3, ()),
        ([a(16, "L1-N"), a(16, "L2-N"), a(0, "L3-N")], 3, (L1, L2)),
        # No phase is named, and nothing tells how many there are.
        ([a(16)], 3, ()),
        ([a(16)], 1, (L1,)),
        # The power does.
        ([a(16), w(3680)], 3, (L1,)),
        ([a(16), w(7360)], 3, (L1, L2)),
        ([a(16), w(11_000)], 3, (L1, L2, L3)),
        ([a(16), w(10_000), v(229)], 3, (L1, L2, L3)),
        # Fed back: current flows all the same.
        ([a(-16, "L1"), a(0, "L2")], 3, (L1,)),
        ([a(0, "L1"), a(0, "L2"), out(9, "L1"), out(5, "L2")], 3, (L1, L2)),
        ([out(9, "L1"), out(9, "L2"), out(9, "L3")], 3, (L1, L2, L3)),
    ],
)
def test_phases_that_are_used(
    samples: list[Sample], wired: int, live: tuple[Phase, ...]
) -> None:
    reading = merged(*samples, wired=wired)
    assert reading.live_phases == live
    assert reading.phases_in_use() == (len(live) or None)


def test_a_phase_that_is_let_go_for_a_moment_is_still_used() -> None:
    reading = merged(a(16, "L1"), a(16, "L2"))
    for seconds, live in ((10, 2), (60, 2), (70, 1), (80, 1)):
        reading = merged(a(16, "L1"), a(0, "L2"), known=reading, seconds=seconds)
        assert reading.phases_in_use() == live
    reading = merged(a(16, "L1"), a(16, "L2"), known=reading, seconds=90)
    assert reading.phases_in_use() == 2


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        # Without a phase it may be on all of them, but on a dead one.
        ([a(9), v(230, "L1"), v(0, "L2"), v(231, "L3")], {L1: 9, L3: 9}),
        ([a(9), w(2070)], {L1: 9}),
        ([a(9), w(0)], {L1: 9, L2: 9, L3: 9}),
        # A load between two phases flows on both; of several the currents add as phasors.
        ([a(16, "L1-L2")], {L1: 16, L2: 16}),
        ([a(10, "L1-L2"), a(10, "L2-L3"), a(10, "L3-L1")], dict.fromkeys(Phase, 17.32)),
        ([a(10, "L2-L3"), a(10, "L3-L1")], {L1: 10, L2: 10, L3: 17.32}),
        # Fed back: a current is told without its direction. What flows the other way is noise.
        ([a(0, "L1"), a(0.2, "L2"), out(9, "L1"), out(5, "L2")], {L1: 9, L2: 5}),
        ([a(9, "L1"), out(0.2, "L1")], {L1: 9}),
    ],
)
def test_currents(samples: list[Sample], expected: dict[Phase, float]) -> None:
    assert merged(*samples).current_a == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("samples", "wired", "power_w"),
    [
        # Three phases and neutral: 400 V between phases are 230 V on each.
        ([a(10, "L1"), a(10, "L2"), a(10, "L3"), v(400, "L1-L2"), v(400, "L2-L3"), v(400, "L3-L1")], 3, 6928),
        ([a(10, "L1"), a(10, "L2"), a(10, "L3"), v(400)], 3, 6928),
        # No neutral, 230 V between phases: a load between two gets them whole.
        ([a(10, "L1-L2"), v(230, "L1-L2")], 3, 2300),
        ([a(10, "L1-L2")], 3, 2300),
        ([a(10, "L1"), a(10, "L2"), v(230, "L1-L2"), v(230, "L2-L3"), v(230, "L3-L1")], 3, 2300),
        ([a(10, "L1"), v(230, "L1-L2")], 1, 2300),
        # Three of them: the square root of 3 times 230 V times the current of a line.
        ([a(10, "L1"), a(10, "L2"), a(10, "L3"), v(230, "L1-L2"), v(230, "L2-L3"), v(230, "L3-L1")], 3, 3984),
        ([a(10, "L1-L2"), a(10, "L2-L3"), a(10, "L3-L1"), v(230, "L1-L2"), v(230, "L2-L3"), v(230, "L3-L1")], 3, 6900),
        # Watts that work, not those that only swing.
        ([a(10, "L1"), pf(0.9)], 3, 2070),
        ([a(10, "L1"), pf(90)], 3, 2070),
        ([a(10, "L1"), pf(0.9, "L1"), pf(0, "L2"), pf(0, "L3")], 3, 2070),
        ([a(10, "L1"), w(2300), pf(0.9)], 3, 2300),
        ([out(10, "L1"), out(5, "L2")], 3, -3450),
    ],
)  # fmt: skip  # a table
def test_power_that_was_not_measured(
    samples: list[Sample], wired: int, power_w: float
) -> None:
    assert merged(*samples, wired=wired).power_w == pytest.approx(power_w, abs=1)


def test_a_voltage_between_phases_is_one_to_neutral() -> None:
    reading = merged(v(230, "L1-L2"))
    assert reading.voltage_v == pytest.approx({L1: 230 / sqrt(3)})
    assert merged(a(10, "L1-L2"), known=reading).power_w == pytest.approx(2300)


@pytest.mark.parametrize(
    ("samples", "offered_a", "offered_w"),
    [
        ([("Current.Offered", 16, None)], 16, None),
        ([("Current.Offered", 16, "L1"), ("Current.Offered", 10, "L2")], 16, None),
        ([("Current.Offered", 16, "L1"), ("Current.Offered", 32, "N")], 16, None),
        ([("Power.Offered", 11_000, None)], None, 11_000),
        ([("Power.Offered", 3680, f"L{n}") for n in (1, 2, 3)], None, 11_040),
    ],
)
def test_what_is_offered_by_phase(
    samples: list[tuple[str, float, str | None]],
    offered_a: float | None,
    offered_w: float | None,
) -> None:
    reading = merged(
        *(Sample(name, value, "", phase) for name, value, phase in samples)
    )
    assert (reading.offered_a, reading.offered_w) == (offered_a, offered_w)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        ([w(20_000), a(50), v(400)], (20_000, 50, 400)),
        # Its amperes are the battery's; its watts follow from them.
        ([a(50), v(400)], (20_000, 50, 400)),
        ([a(50)], (None, 50, None)),
        ([w(20_000)], (20_000, None, None)),
    ],
)
def test_direct_current_is_none_of_the_grid_s(
    samples: list[Sample], expected: tuple[float | None, ...]
) -> None:
    dc = EvseKind(CurrentType.DC, 3, 230.0, 63.0, 63.0)
    reading = merge(Reading(), samples, T0, dc)
    shown = (reading.power_w, reading.dc_current_a, reading.dc_voltage_v)
    assert shown == expected
    assert reading.current_a == {}
    assert reading.voltage_v == {}
    assert reading.phases_in_use() is None
