"""What an EVSE is, by its owner's word and its station's, and what it takes from each phase of the grid."""

import json

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder
import pytest

from custom_components.evenload.engine.model.capabilities import (
    Capabilities,
    EvseTraits,
)
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    SiteConfig,
    StationConfig,
)
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.identity import EvseKey
from custom_components.evenload.engine.model.kinds import EvseKind, evse_kind
from custom_components.evenload.engine.model.limits import Current, Limit, Power
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    CurrentType,
    Phase,
)
from custom_components.evenload.engine.model.stations import EvseSettings
from custom_components.evenload.engine.settings import shown_maximum, with_maximum

AC, DC = CurrentType.AC, CurrentType.DC


def kind_of(
    said: EvseConfig = EvseConfig(),
    traits: EvseTraits = EvseTraits(),
    wiring: tuple[Phase, ...] = ALL_PHASES,
    maximum_a: float = 63,
) -> EvseKind:
    station = StationConfig("s", "S", wiring, Current(maximum_a), evses={1: said})
    site = SiteConfig("Home", Current(100), stations={"s": station})
    return evse_kind(site, Capabilities(evse_traits={1: traits}), EvseKey("s", 1))


@pytest.mark.parametrize(
    ("said", "traits", "current_type"),
    [
        (EvseConfig(), EvseTraits(), AC),
        (EvseConfig(), EvseTraits(DC), DC),
        (EvseConfig(AC), EvseTraits(DC), AC),
        (EvseConfig(DC), EvseTraits(), DC),
        (EvseConfig(), EvseTraits(connectors=("cCCS2", "cG105")), DC),
        (EvseConfig(), EvseTraits(connectors=("cCCS2", "sType2")), AC),
        (EvseConfig(), EvseTraits(connectors=("sType2",)), AC),
    ],
)
def test_the_owner_s_word_goes_before_the_station_s(
    said: EvseConfig, traits: EvseTraits, current_type: CurrentType
) -> None:
    assert kind_of(said, traits).current_type is current_type


@pytest.mark.parametrize(
    ("said", "traits", "installed_a", "rated_a"),
    [
        (EvseConfig(), EvseTraits(), 63, 63),
        (EvseConfig(maximum=Current(16)), EvseTraits(), 16, 16),
        (EvseConfig(maximum=Current(80)), EvseTraits(), 63, 63),
        # 20 kW to the vehicle are 22.2 kW from the grid.
        (EvseConfig(DC, Power(20_000)), EvseTraits(), 32.2, 32.2),
        # A station's own word limits what it is given, not what it is counted at.
        (EvseConfig(), EvseTraits(DC, None, 20_000), 63, 32.2),
        (EvseConfig(), EvseTraits(AC, 3, 11_040), 63, 16),
        (EvseConfig(), EvseTraits(AC, 1, 3680), 63, 16),
        # On how many phases is not said: it may be one.
        (EvseConfig(AC, Power(11_040)), EvseTraits(), 48, 48),
        (EvseConfig(maximum=Current(16)), EvseTraits(AC, 3, 7000), 16, 16),
        # What no vehicle could charge with is no rating.
        (EvseConfig(), EvseTraits(AC, 3, 0), 63, 63),
        (EvseConfig(), EvseTraits(DC, None, 500), 63, 63),
        (EvseConfig(), EvseTraits(DC, None, float("inf")), 63, 63),
    ],
)
def test_its_most(
    said: EvseConfig, traits: EvseTraits, installed_a: float, rated_a: float
) -> None:
    kind = kind_of(said, traits)
    assert kind.installed_a == pytest.approx(installed_a, abs=0.05)
    assert kind.rated_a == pytest.approx(rated_a, abs=0.05)


def test_direct_current_on_the_grid() -> None:
    kind = kind_of(EvseConfig(DC))
    assert kind.minimum == Power(1400)
    assert kind.minimum_a == pytest.approx(2.25, abs=0.01)
    assert kind.amperes(Power(18_630)) == pytest.approx(30)
    assert kind.watts(30) == pytest.approx(18_630)
    assert kind_of(EvseConfig(DC), wiring=(Phase.L2,)).watts(30) == pytest.approx(6210)


def test_alternating_current_on_the_grid() -> None:
    kind = kind_of()
    assert (kind.minimum, kind.minimum_a) == (Current(6), 6)
    assert kind.watts(10) == 6900


@pytest.mark.parametrize(
    ("said", "set_to", "shown"),
    [
        (EvseConfig(), None, None),
        (EvseConfig(), Current(13), 13),
        (EvseConfig(DC), Power(7000), 7000),
        # Set before it was known what it gives.
        (EvseConfig(DC), Current(10), 6210),
        (EvseConfig(), Power(6900), 10),
    ],
)
def test_the_owner_s_maximum_in_its_own_unit(
    said: EvseConfig, set_to: Limit | None, shown: float | None
) -> None:
    settings = EvseSettings(maximum=set_to)
    assert shown_maximum(settings, kind_of(said)) == pytest.approx(shown)
    kept = BasicDecoder(EvseSettings).decode(
        json.loads(json.dumps(BasicEncoder(EvseSettings).encode(settings)))
    )
    assert kept == settings


@pytest.mark.parametrize(
    ("said", "wrong", "key"),
    [
        (EvseConfig(), 5.9, "maximum_out_of_range"),
        (EvseConfig(), 64, "maximum_out_of_range"),
        (EvseConfig(), float("nan"), "maximum_out_of_range"),
        (EvseConfig(DC, Power(20_000)), 1399, "power_out_of_range"),
        (EvseConfig(DC, Power(20_000)), 20_001, "power_out_of_range"),
    ],
)
def test_a_maximum_that_makes_no_sense(
    said: EvseConfig, wrong: float, key: str
) -> None:
    with pytest.raises(BadSetting) as refused:
        with_maximum(EvseSettings(), kind_of(said), wrong)
    assert refused.value.key == key
