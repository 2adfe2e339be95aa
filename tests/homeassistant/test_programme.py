"""Grid programmes inside Home Assistant, against a small server, with the package's own business logic on the other side."""

from datetime import timedelta
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er, issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.v2x import Battery
from tests.engine.grid.business import Business
from tests.homeassistant import programme_home
from tests.homeassistant.conftest import config_entry, station
from tests.homeassistant.programme_home import (
    HOUR,
    START,
    asked,
    later,
    set_up,
    shown,
    subentry,
)
from tests.openadr_vtn import Vtn

business, entry = programme_home.business, programme_home.entry
programme, vtn = programme_home.programme, programme_home.vtn


async def test_limits_hold_until_their_end(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    business: Business,
    programme: str,
    freezer: Any,
) -> None:
    soon = START + timedelta(minutes=10)
    business.event(
        programme,
        ("IMPORT_CAPACITY_LIMIT", 6.0),
        ("IMPORT_CAPACITY_LIMIT", 3.0),
        start=soon,
        duration=HOUR,
        eventName="Evening",
    )
    business.event(
        programme, ("EXPORT_CAPACITY_LIMIT", 0.0), start=soon, duration=2 * HOUR
    )
    site = await set_up(hass, entry)
    assert shown(hass, "programme_state").state == "connected"
    assert shown(hass, "programme_event").state == "nothing"
    assert shown(hass, "programme_next").state == soon.isoformat()
    assert asked(site, "set_import_limit") == []
    # To the second, not with the next poll.
    await later(hass, freezer, vtn, minutes=10)
    source = "programme/programme-flex"
    assert asked(site, "set_import_limit") == [(source, 6000, soon + HOUR)]
    assert site.outside_export_cap_w == 0
    state = shown(hass, "programme_event")
    assert state.state == "limit"
    assert "Evening" in state.attributes["events"]
    assert state.attributes["import_limit_w"] == 6000
    await later(hass, freezer, vtn, hours=1)
    assert asked(site, "set_import_limit")[-1] == (source, 3000, soon + 2 * HOUR)
    await later(hass, freezer, vtn, hours=1)
    assert asked(site, "set_import_limit")[-1] == (source, None, None)
    assert site.outside_export_cap_w is None
    assert shown(hass, "programme_event").state == "nothing"


async def test_setpoints_changed_and_cancelled(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    business: Business,
    programme: str,
    freezer: Any,
) -> None:
    event = business.event(
        programme, ("DISPATCH_SETPOINT", -3.0), start=START, duration=4 * HOUR
    )
    site = await set_up(hass, entry)
    until = START + 4 * HOUR
    assert asked(site, "dispatch") == [("", -3000, until, "programme")]
    # Nothing is said twice.
    await later(hass, freezer, vtn, minutes=2)
    assert len(asked(site, "dispatch")) == 1
    more_urgent = business.event(
        programme, ("DISPATCH_SETPOINT", 5.0), start=START, duration=HOUR, priority=0
    )
    await later(hass, freezer, vtn, minutes=1)
    assert asked(site, "dispatch")[-1] == ("", 5000, START + HOUR, "programme")
    business.cancel(more_urgent)
    await later(hass, freezer, vtn, minutes=1)
    assert asked(site, "dispatch")[-1] == ("", -3000, until, "programme")
    business.cancel(event)
    await later(hass, freezer, vtn, minutes=1)
    assert asked(site, "end_dispatch") == [("",)]
    assert site.dispatches == ()


async def test_the_sign_and_the_target_are_the_owners(
    hass: HomeAssistant, vtn: Vtn, business: Business, programme: str, freezer: Any
) -> None:
    freezer.move_to(START)
    business.event(programme, ("DISPATCH_SETPOINT", 3.0), start=START, duration=HOUR)
    turned = subentry(vtn, target="garage_1", advanced={"dispatch_sign": "discharges"})
    entry = config_entry(station("garage", "Garage"), turned)
    entry.add_to_hass(hass)
    site = await set_up(hass, entry)
    assert asked(site, "dispatch") == [("garage_1", -3000, START + HOUR, "programme")]


async def test_of_two_programmes_the_first_dispatches_and_the_lower_limit_holds(
    hass: HomeAssistant, vtn: Vtn, business: Business, programme: str, freezer: Any
) -> None:
    freezer.move_to(START)
    other = business.programme("other")
    for one, power, limit in ((programme, 2.0, 8.0), (other, -4.0, 5.0)):
        business.event(one, ("DISPATCH_SETPOINT", power), start=START, duration=HOUR)
        business.event(
            one, ("EXPORT_CAPACITY_LIMIT", limit), start=START, duration=HOUR
        )
    entry = config_entry(
        station("garage", "Garage"), subentry(vtn), subentry(vtn, "other")
    )
    entry.add_to_hass(hass)
    site = await set_up(hass, entry)
    await later(hass, freezer, vtn, minutes=1)
    assert site.dispatched[""].power_w == 2000
    assert site.outside_export_cap_w == 5000


@pytest.mark.parametrize(
    ("soc", "power_w"), [(50.0, 7000), (80.0, 0), (95.0, -5000), (None, None)]
)
async def test_a_state_of_charge_is_steered_to(
    hass: HomeAssistant,
    vtn: Vtn,
    entry: MockConfigEntry,
    business: Business,
    programme: str,
    freezer: Any,
    soc: float | None,
    power_w: float | None,
) -> None:
    business.event(
        programme,
        ("CHARGE_STATE_SETPOINT", 0.8),
        start=START + timedelta(minutes=1),
        duration=HOUR,
        unit="PERCENT",
    )
    site = await set_up(hass, entry)
    site.batteries[""] = Battery(charge_w=7000, discharge_w=5000, soc_percent=soc)
    await later(hass, freezer, vtn, minutes=1)
    given = site.dispatched.get("")
    assert (given and given.power_w) == power_w


async def test_prices_are_kept_for_planning(
    hass: HomeAssistant,
    vtn: Vtn,
    entry: MockConfigEntry,
    business: Business,
    programme: str,
) -> None:
    business.event(
        programme,
        ("PRICE", 0.2),
        ("PRICE", 0.35),
        start=START,
        duration=HOUR,
        payloadDescriptors=[
            {"payloadType": "PRICE", "units": "KWH", "currency": "EUR"}
        ],
    )
    await set_up(hass, entry)
    state = shown(hass, "programme_price")
    assert (state.state, state.attributes["unit_of_measurement"]) == ("0.2", "EUR/kWh")
    prices = state.attributes["prices"]
    assert [one["price"] for one in prices] == [0.2, 0.35]
    assert prices[1]["start"] == START + HOUR
    registry = er.async_get(hass)
    unique_id = "programme-flex_programme_export_price"
    assert registry.async_get_entity_id("sensor", DOMAIN, unique_id) is None


async def test_what_was_announced_outlasts_a_restart_and_silence(
    hass: HomeAssistant,
    vtn: Vtn,
    entry: MockConfigEntry,
    business: Business,
    programme: str,
    freezer: Any,
) -> None:
    business.event(
        programme, ("IMPORT_CAPACITY_LIMIT", 6.0), start=START, duration=2 * HOUR
    )
    await set_up(hass, entry)
    assert await hass.config_entries.async_unload(entry.entry_id)
    vtn.status = 503
    site = await set_up(hass, entry)
    assert asked(site, "set_import_limit")[-1][1:] == (6000, START + 2 * HOUR)
    state = shown(hass, "programme_state")
    assert state.state == "unreachable"
    assert state.attributes["last_heard"] == START
    issues = ir.async_get(hass)
    key = (DOMAIN, "programme_unreachable_site_programme-flex")
    assert key not in issues.issues
    for _ in range(11):
        await later(hass, freezer, vtn, minutes=1)
    assert key in issues.issues
    # It falls back when its interval ends, whoever is silent.
    await later(hass, freezer, vtn, hours=2)
    assert asked(site, "set_import_limit")[-1][1:] == (None, None)
    vtn.status = None
    await later(hass, freezer, vtn, minutes=1)
    assert shown(hass, "programme_state").state == "connected"
    assert key not in issues.issues
