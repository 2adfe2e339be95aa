"""A 1.6 station does not say which of its EVSEs give direct current: its readings do (1.6 §7.31: no measurand tells)."""

from datetime import UTC, datetime

import pytest

from custom_components.evenload.engine.control.direct import DirectCurrents
from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    EvseTraits,
)
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.events import MetersSampled
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import CurrentType
from custom_components.evenload.engine.model.readings import Sample
from custom_components.evenload.engine.model.stations import Station

AT = datetime(2026, 6, 1, tzinfo=UTC)


def site(said: CurrentType | None = None) -> SiteConfig:
    evses = {} if said is None else {1: EvseConfig(said)}
    return SiteConfig(
        "Home", Current(125), stations={"A": StationConfig("A", "A", evses=evses)}
    )


def told(
    volts: float, amperes: float, watts: float, phase: str | None = None, evse: int = 1
) -> MetersSampled:
    samples = (
        Sample("Voltage", volts, "V", phase),
        Sample("Current.Import", amperes, "A", phase),
        Sample("Power.Active.Import", watts, "W"),
    )
    return MetersSampled(identity="A", at=AT, evse=evse, samples=samples)


def learnt(
    *events: MetersSampled,
    said: CurrentType | None = None,
    traits: EvseTraits | None = None,
) -> Capabilities:
    direct = DirectCurrents()
    known = Capabilities() if traits is None else Capabilities(evse_traits={1: traits})
    for event in events:
        station = Station("A", capabilities=known)
        known = direct.learnt(site(said), station, event) or known
    return known


CCS = told(395, 250, 98_750)


def test_direct_current_is_recognised_and_only_where_it_flows() -> None:
    known = learnt(CCS, told(396, 240, 95_000), CCS, CCS)
    assert known.evse_traits == {1: EvseTraits(CurrentType.DC)}
    assert learnt(*[told(780, 12, 9_300)] * 3).evse_traits


@pytest.mark.parametrize(
    "event",
    [
        # Alternating: one phase, three with the voltage between two, and phases apart.
        told(231, 16, 3_700),
        told(400, 16, 11_085),
        told(400, 48, 11_085),
        told(395, 250, 98_750, phase="L1"),
        # Standing by, garbage, and the station's own meter.
        told(395, 0, 0),
        told(395, 1, 395),
        told(65_535, 65_535, 65_535.0**2),
        told(395, 250, 65_535),
        told(395, 250, 98_750, evse=0),
    ],
)
def test_alternating_current_and_garbage_are_not(event: MetersSampled) -> None:
    assert learnt(*[event] * 5) == Capabilities()


def test_once_is_chance() -> None:
    assert learnt(CCS, CCS, told(231, 16, 3_700), CCS, CCS) == Capabilities()


def test_what_its_owner_or_the_station_says_stands() -> None:
    assert learnt(CCS, CCS, CCS, said=CurrentType.AC) == Capabilities()
    said = EvseTraits(CurrentType.AC)
    assert learnt(CCS, CCS, CCS, traits=said).evse_traits == {1: said}
