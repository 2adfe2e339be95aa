"""The forms of prices and forecasts: what is found is offered, and what is wrong answered."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.planning_inputs.config import (
    ExportSource,
    outlook_config,
)
from tests.homeassistant.discharging_pages import suggested
from tests.homeassistant.planning_home import (
    NOW,
    PRICES,
    go_on,
    open_options,
    tell_prices,
)

FIRST = {
    "price_source": f"entity:{PRICES}",
    "export_source": "none",
    "forecasts": [],
    "learn_house": False,
    "demand": False,
}
RATES = {
    "high_price": 0.3,
    "low_price": 0.2,
    "low_from": "23:00:00",
    "low_until": "07:00:00",
    "weekend_low": True,
}


@pytest.fixture(autouse=True)
async def home(hass: HomeAssistant, freezer: Any) -> None:
    """A home in Amsterdam, with sensors."""
    freezer.move_to(NOW)
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    hass.config.currency = "EUR"
    tell_prices(hass, 0.25, 0.3)
    tell_prices(hass, 80.0, unit="SEK/MWh", entity_id="sensor.swedish")
    for name, value, unit in (
        ("power", "4.5", "kW"),
        ("energy", "7", "kWh"),
        ("range", "310", "km"),
    ):
        hass.states.async_set(f"sensor.{name}", value, {"unit_of_measurement": unit})
    hass.states.async_set("calendar.family", "off")


def kept(entry: MockConfigEntry) -> dict[str, Any]:
    """Return what is kept."""
    found: dict[str, Any] = entry.options["outlook"]
    return found


@pytest.mark.usefixtures("site")
async def test_what_was_found_is_offered_and_kept(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    page = await open_options(hass)
    offered = suggested(page)
    assert offered["price_source"] == f"entity:{PRICES}"
    options = page["data_schema"].schema["price_source"].config["options"]
    assert [row["value"] for row in options] == [
        f"entity:{PRICES}",
        "two_rates",
        "sensor",
        "none",
    ]
    page = await go_on(hass, page, FIRST)
    assert page["step_id"] == "outlook_prices"
    assert page["description_placeholders"]["source"] == "Prices"
    found = await go_on(hass, page, {"surcharge": 0.1, "vat": 21})
    assert found["type"] is FlowResultType.CREATE_ENTRY
    config = outlook_config(entry.options).prices
    assert (config.source, config.surcharge, config.vat_percent) == (
        f"entity:{PRICES}",
        0.1,
        21,
    )
    # The form begins with that the next time, also if the sensor is away.
    hass.states.async_remove(PRICES)
    page = await open_options(hass)
    assert suggested(page)["price_source"] == f"entity:{PRICES}"


@pytest.mark.usefixtures("site")
async def test_nothing_can_be_chosen_again(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    page = await go_on(hass, await open_options(hass), FIRST)
    await go_on(hass, page, {"surcharge": 0, "vat": 0})
    assert "outlook" in entry.options
    found = await go_on(
        hass, await open_options(hass), FIRST | {"price_source": "none"}
    )
    assert found["type"] is FlowResultType.CREATE_ENTRY
    assert "outlook" not in entry.options
    assert entry.options["main_fuse_a"] == 25


@pytest.mark.usefixtures("site")
async def test_two_rates_an_export_price_and_a_price_of_power(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    page = await go_on(
        hass,
        await open_options(hass),
        FIRST | {"price_source": "two_rates", "export_source": "fixed", "demand": True},
    )
    page = await go_on(hass, page, RATES | {"export_price": 0.08})
    assert page["step_id"] == "outlook_demand"
    await go_on(
        hass,
        page,
        {
            "demand_price": 4.1,
            "demand_minutes": "15",
            "demand_free_kw": 2.5,
            "demand_from": "07:00:00",
            "demand_until": "21:00:00",
            "demand_weekdays": True,
            "demand_sensor": "sensor.power",
        },
    )
    config = outlook_config(entry.options)
    assert config.prices.export is ExportSource.FIXED
    assert config.demand is not None
    tariff = config.demand.tariff
    assert (tariff.price, tariff.from_w, tariff.minutes) == (4.1, 2500, 15)
    assert tariff.hours == frozenset(range(7, 21))
    assert tariff.weekdays == frozenset(range(5))


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("first", "second", "errors"),
    [
        (
            {"export_source": "market", "price_source": "two_rates"},
            None,
            {"export_source": "export_needs_market"},
        ),
        (
            {"price_source": "two_rates"},
            RATES | {"low_price": 0.4},
            {"low_price": "low_price_above_high"},
        ),
        (
            {"price_source": "two_rates"},
            RATES | {"low_until": "23:00:00"},
            {"low_until": "low_price_never"},
        ),
        (
            {"price_source": "two_rates"},
            RATES | {"high_price": float("nan")},
            {"high_price": "high_price_out_of_range"},
        ),
        (
            {"price_source": "two_rates"},
            RATES | {"low_price": -2000},
            {"low_price": "low_price_out_of_range"},
        ),
        ({}, {"surcharge": 2000, "vat": 0}, {"surcharge": "surcharge_out_of_range"}),
        ({}, {"surcharge": 0, "vat": 121}, {"vat": "vat_out_of_range"}),
        (
            {"price_source": "sensor"},
            {"surcharge": 0, "vat": 0},
            {"price_sensor": "price_sensor_needed"},
        ),
        (
            {"price_source": "sensor"},
            {"price_sensor": "sensor.gone", "surcharge": 0, "vat": 0},
            {"base": "price_source_missing"},
        ),
        (
            {"price_source": "sensor"},
            {"price_sensor": "sensor.power", "surcharge": 0, "vat": 0},
            {"base": "price_source_unreadable"},
        ),
        (
            {"price_source": "sensor"},
            {"price_sensor": "sensor.swedish", "surcharge": 0, "vat": 0},
            {"base": "price_source_other_currency"},
        ),
        (
            {"export_source": "sensor"},
            {"surcharge": 0, "vat": 0, "export_deduction": 0},
            {"export_sensor": "export_sensor_needed"},
        ),
        (
            {"export_source": "fixed"},
            {"surcharge": 0, "vat": 0, "export_price": 5000},
            {"export_price": "export_price_out_of_range"},
        ),
        (
            {"export_source": "market"},
            {"surcharge": 0, "vat": 0, "export_deduction": -5000},
            {"export_deduction": "deduction_out_of_range"},
        ),
    ],
)
async def test_what_is_wrong_is_answered(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    first: dict[str, Any],
    second: dict[str, Any] | None,
    errors: dict[str, str],
) -> None:
    page = await go_on(hass, await open_options(hass), FIRST | first)
    if second is not None:
        page = await go_on(hass, page, second)
    assert page["errors"] == errors
    assert "outlook" not in entry.options


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("said", "errors"),
    [
        ({"demand_price": -1}, {"demand_price": "demand_price_out_of_range"}),
        ({"demand_free_kw": -1}, {"demand_free_kw": "demand_free_out_of_range"}),
        ({"demand_from": "07:30:00"}, {"demand_from": "demand_not_full_hours"}),
        ({"demand_sensor": "sensor.gone"}, {"base": "power_sensor_missing"}),
        ({"demand_sensor": "sensor.energy"}, {"base": "power_sensor_wrong_kind"}),
        ({"demand_sensor": "sensor.garage_power"}, {"base": "power_sensor_own"}),
    ],
)
async def test_what_is_wrong_with_a_price_of_power(
    hass: HomeAssistant, said: dict[str, Any], errors: dict[str, str]
) -> None:
    page = await go_on(
        hass,
        await open_options(hass),
        FIRST | {"price_source": "none", "demand": True},
    )
    page = await go_on(hass, page, {"demand_price": 4} | said)
    assert page["errors"] == errors
