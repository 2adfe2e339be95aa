"""How a station is told to discharge, as its owner copies it from a maker's manual."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.evenload.engine.model.capabilities import Purpose
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.v2x import IdleMethod, V2xDialect
from custom_components.evenload.engine.model.v2x_ability import Method
from tests.homeassistant.discharging_pages import allow, go_on, suggested
from tests.homeassistant.fake_site import FakeSite

ADVANCED = {
    "idle": "zero",
    "minimum_w": 1400,
    "upkeep_w": 100,
    "refresh_s": 20,
    "settles_s": 2,
    "scale": 1,
    "discharge_is_positive": False,
    "charges_by_limits": True,
}


@pytest.mark.parametrize(
    ("told", "said", "advanced", "dialect"),
    [
        (
            "negative_limit",
            {"unit": "a", "purpose": "tx_default", "clear_before_set": True},
            {"idle": "upkeep", "upkeep_w": 200, "minimum_w": 2000},
            V2xDialect(
                method=Method.NEGATIVE_LIMIT,
                unit=RateUnit.AMPERES,
                purpose=Purpose.TX_DEFAULT,
                clear_before_set=True,
                idle=IdleMethod.UPKEEP,
                upkeep_w=200,
                minimum_w=2000,
            ),
        ),
        (
            "configuration_key",
            {"key": "GridPower", "released": "0"},
            {"scale": 0.001, "discharge_is_positive": True, "expires_s": 120},
            V2xDialect(
                method=Method.CONFIGURATION_KEY,
                key="GridPower",
                released="0",
                scale=0.001,
                discharge_is_positive=True,
                expires_s=120,
            ),
        ),
        (
            "variable",
            {"key": "V2XChargingCtrlr[1]@{evse}/Setpoint"},
            {"charges_by_limits": False},
            V2xDialect(
                method=Method.VARIABLE,
                key="V2XChargingCtrlr[1]@{evse}/Setpoint",
                charges_by_limits=False,
            ),
        ),
        (
            "data_transfer",
            {
                "vendor": "com.example",
                "message": "Power",
                "fields": [
                    {"field": "watts", "value": "{power}"},
                    {"field": "for", "value": "{seconds}"},
                ],
                "release_fields": [{"field": "watts", "value": "{charge_limit}"}],
                "reply_field": "ok",
                "reply_value": "true",
            },
            {},
            V2xDialect(
                method=Method.DATA_TRANSFER,
                vendor="com.example",
                message="Power",
                fields={"watts": "{power}", "for": "{seconds}"},
                release_fields={"watts": "{charge_limit}"},
                reply_field="ok",
                reply_value="true",
            ),
        ),
        (
            "native",
            {},
            {"idle": "pause"},
            V2xDialect(method=Method.NATIVE, idle=IdleMethod.PAUSE),
        ),
    ],
)
async def test_a_dialect_from_a_manual(
    hass: HomeAssistant,
    site: FakeSite,
    told: str,
    said: dict[str, Any],
    advanced: dict[str, Any],
    dialect: V2xDialect,
) -> None:
    page = await allow(hass, told=told)
    assert page["step_id"] == "discharging_dialect"
    result = await go_on(hass, page, said | {"advanced": ADVANCED | advanced})
    assert result["reason"] == "reconfigure_successful"
    assert site.config.stations["garage"].v2g[1].dialect == dialect
    # It is there when the form is opened again, and gone when the station says itself.
    page = await allow(hass, told=told)
    assert said.items() <= suggested(page).items()
    await allow(hass)
    assert site.config.stations["garage"].v2g[1].dialect is None


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("told", "said", "errors"),
    [
        ("configuration_key", {"key": "k" * 51}, {"key": "key_too_long"}),
        ("configuration_key", {"key": "{watts}"}, {"base": "unknown_word"}),
        ("variable", {"key": "Setpoint"}, {"key": "variable_malformed"}),
        ("variable", {"key": "A/B/C"}, {"key": "variable_malformed"}),
        ("data_transfer", {"vendor": "v" * 256}, {"vendor": "vendor_too_long"}),
        ("data_transfer", {"message": "m" * 51}, {"message": "message_too_long"}),
        (
            "data_transfer",
            {"fields": [{"field": "w", "value": "3000"}]},
            {"fields": "field_without_power"},
        ),
        (
            "data_transfer",
            {"fields": [{"field": "w", "value": "{power}"}] * 2},
            {"fields": "field_twice"},
        ),
        (
            "data_transfer",
            {"fields": [{"field": "w", "value": "{power} {car}"}]},
            {"base": "unknown_word"},
        ),
        ("native", {"advanced": {"scale": 0}}, {"base": "scale_out_of_range"}),
        ("native", {"advanced": {"refresh_s": 50}}, {"base": "refresh_out_of_range"}),
        ("native", {"advanced": {"settles_s": 25}}, {"base": "settles_out_of_range"}),
        ("native", {"advanced": {"expires_s": 30}}, {"base": "expires_out_of_range"}),
        (
            "native",
            {"advanced": {"minimum_w": 8000}},
            {"base": "minimum_power_out_of_range"},
        ),
        ("native", {"advanced": {"upkeep_w": -1}}, {"base": "upkeep_out_of_range"}),
    ],
)
async def test_a_dialect_that_cannot_work_is_answered(
    hass: HomeAssistant, told: str, said: dict[str, Any], errors: dict[str, str]
) -> None:
    page = await allow(hass, told=told)
    advanced = ADVANCED | said.get("advanced", {})
    page = await go_on(hass, page, said | {"advanced": advanced})
    assert page["errors"] == errors
    result = await go_on(hass, page, {"advanced": ADVANCED})
    assert result["reason"] == "reconfigure_successful"
