"""Units that prices are told in."""

import pytest

from custom_components.evenload.planning_inputs.units import price_unit


@pytest.mark.parametrize(
    ("text", "factor", "currencies"),
    [
        ("EUR/kWh", 1, {"EUR"}),
        ("€/kWh", 1, {"EUR"}),
        ("eur/KWH", 1, {"EUR"}),
        ("€ / kWh", 1, {"EUR"}),
        ("EUR/MWh", 0.001, {"EUR"}),
        # As Energi Data Service writes a megawatt hour.
        ("DKK/mWh", 0.001, {"DKK"}),
        ("EUR/Wh", 1000, {"EUR"}),
        ("ct/kWh", 0.01, set()),
        ("c/kWh", 0.01, set()),
        ("Øre/kWh", 0.01, {"DKK", "NOK"}),
        ("Öre/kWh", 0.01, {"SEK"}),
        ("p/kWh", 0.01, {"GBP"}),
        ("EUR cent/kWh", 0.01, {"EUR"}),
        ("EURct/kWh", 0.01, {"EUR"}),
        ("GBP/kWh", 1, {"GBP"}),
        ("zł/kWh", 1, {"PLN"}),
        ("CHF/MWh", 0.001, {"CHF"}),
    ],
)
def test_what_a_unit_means(text: str, factor: float, currencies: set[str]) -> None:
    unit = price_unit(text)
    assert unit is not None
    assert unit.factor == pytest.approx(factor)
    assert unit.currencies == currencies


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "EUR",
        "€",
        "EUR/m³",
        "W/kWh",
        "kWh",
        "EUR/kW",
        "EUR/kWh/month",
        "%/kWh",
    ],
)
def test_what_is_no_price_of_energy(text: str | None) -> None:
    assert price_unit(text) is None


def test_signs_that_several_share() -> None:
    dollars, crowns = price_unit("$/kWh"), price_unit("kr/kWh")
    assert dollars is not None
    assert crowns is not None
    assert dollars.fits("AUD")
    assert not dollars.fits("EUR")
    assert crowns.fits("SEK")
    assert crowns.fits("DKK")
    cents = price_unit("ct/kWh")
    assert cents is not None
    assert cents.fits("EUR")
    assert cents.fits("CHF")
