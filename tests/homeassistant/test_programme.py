"""Grid programmes inside Home Assistant, against a small server, with the package's own business logic on the other side."""

from datetime import timedelta

from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.model.v2x import Battery
from tests.homeassistant import programme_home
from tests.homeassistant.conftest import station
from tests.homeassistant.programme_home import HOUR, START, Home, asked, subentry

business, entry = programme_home.business, programme_home.entry
home, programme, vtn = (
    programme_home.home,
    programme_home.programme,
    programme_home.vtn,
)


async def test_limits_hold_until_their_end(home: Home) -> None:
    soon = START + timedelta(minutes=10)
    home.event(
        ("IMPORT_CAPACITY_LIMIT", 6.0),
        ("IMPORT_CAPACITY_LIMIT", 3.0),
        start=soon,
        duration=HOUR,
        eventName="Evening",
    )
    home.event(("EXPORT_CAPACITY_LIMIT", 0.0), start=soon, duration=2 * HOUR)
    site = await home.set_up()
    assert home.shown("programme_state").state == "connected"
    assert home.shown("programme_event").state == "nothing"
    assert home.shown("programme_next").state == soon.isoformat()
    assert asked(site, "set_import_limit") == []
    # To the second, not with the next poll.
    await home.later(minutes=10)
    source = "programme/programme-flex"
    assert asked(site, "set_import_limit") == [(source, 6000, soon + HOUR)]
    assert site.outside_export_cap_w == 0
    state = home.shown("programme_event")
    assert state.state == "limit"
    assert "Evening" in state.attributes["events"]
    assert state.attributes["import_limit_w"] == 6000
    await home.later(hours=1)
    assert asked(site, "set_import_limit")[-1] == (source, 3000, soon + 2 * HOUR)
    await home.later(hours=1)
    assert asked(site, "set_import_limit")[-1] == (source, None, None)
    assert site.outside_export_cap_w is None
    assert home.shown("programme_event").state == "nothing"


async def test_setpoints_changed_and_cancelled(home: Home) -> None:
    event = home.event(("DISPATCH_SETPOINT", -3.0), start=START, duration=4 * HOUR)
    site = await home.set_up()
    until = START + 4 * HOUR
    assert asked(site, "dispatch") == [("", -3000, until, "programme")]
    # Nothing is said twice.
    await home.later(minutes=2)
    assert len(asked(site, "dispatch")) == 1
    more_urgent = home.event(
        ("DISPATCH_SETPOINT", 5.0), start=START, duration=HOUR, priority=0
    )
    await home.later(minutes=1)
    assert asked(site, "dispatch")[-1] == ("", 5000, START + HOUR, "programme")
    home.business.cancel(more_urgent)
    await home.later(minutes=1)
    assert asked(site, "dispatch")[-1] == ("", -3000, until, "programme")
    home.business.cancel(event)
    await home.later(minutes=1)
    assert asked(site, "end_dispatch") == [("",)]
    assert site.dispatches == ()


async def test_the_sign_and_the_target_are_the_owners(home: Home) -> None:
    home.event(("DISPATCH_SETPOINT", 3.0))
    advanced = {"dispatch_sign": "discharges"}
    turned = subentry(home.vtn, target="garage_1", advanced=advanced)
    site = await home.set_up(station("garage", "Garage"), turned)
    assert asked(site, "dispatch") == [("garage_1", -3000, START + HOUR, "programme")]


async def test_of_two_programmes_the_first_dispatches_and_the_lower_limit_holds(
    home: Home,
) -> None:
    other = home.business.programme("other")
    for one, power, limit in ((home.programme, 2.0, 8.0), (other, -4.0, 5.0)):
        for payload in (("DISPATCH_SETPOINT", power), ("EXPORT_CAPACITY_LIMIT", limit)):
            home.business.event(one, payload, start=START, duration=HOUR)
    site = await home.set_up(
        station("garage", "Garage"), subentry(home.vtn), subentry(home.vtn, "other")
    )
    await home.later(minutes=1)
    assert site.dispatched[""].power_w == 2000
    assert site.outside_export_cap_w == 5000


@pytest.mark.parametrize(
    ("soc", "power_w"), [(50.0, 7000), (80.0, 0), (95.0, -5000), (None, None)]
)
async def test_a_state_of_charge_is_steered_to(
    home: Home, soc: float | None, power_w: float | None
) -> None:
    home.event(
        ("CHARGE_STATE_SETPOINT", 0.8),
        start=START + timedelta(minutes=1),
        duration=HOUR,
        unit="PERCENT",
    )
    site = await home.set_up()
    site.batteries[""] = Battery(charge_w=7000, discharge_w=5000, soc_percent=soc)
    await home.later(minutes=1)
    given = site.dispatched.get("")
    assert (given and given.power_w) == power_w


async def test_prices_are_kept_for_planning(home: Home) -> None:
    home.event(
        ("PRICE", 0.2),
        ("PRICE", 0.35),
        start=START,
        duration=HOUR,
        payloadDescriptors=[
            {"payloadType": "PRICE", "units": "KWH", "currency": "EUR"}
        ],
    )
    await home.set_up()
    state = home.shown("programme_price")
    assert (state.state, state.attributes["unit_of_measurement"]) == ("0.2", "EUR/kWh")
    prices = state.attributes["prices"]
    assert [one["price"] for one in prices] == [0.2, 0.35]
    assert prices[1]["start"] == START + HOUR
    registry = er.async_get(home.hass)
    unique_id = "programme-flex_programme_export_price"
    assert registry.async_get_entity_id("sensor", DOMAIN, unique_id) is None


async def test_what_was_announced_outlasts_a_restart_and_silence(home: Home) -> None:
    home.event(("IMPORT_CAPACITY_LIMIT", 6.0), start=START, duration=2 * HOUR)
    await home.set_up()
    assert await home.hass.config_entries.async_unload(home.entry.entry_id)
    home.vtn.status = 503
    site = await home.set_up()
    assert asked(site, "set_import_limit")[-1][1:] == (6000, START + 2 * HOUR)
    state = home.shown("programme_state")
    assert state.state == "unreachable"
    assert state.attributes["last_heard"] == START
    assert home.issue("programme_unreachable") is None
    await home.patience()
    assert home.issue("programme_unreachable") is not None
    # It falls back when its interval ends, whoever is silent.
    await home.later(hours=2)
    assert asked(site, "set_import_limit")[-1][1:] == (None, None)
    home.vtn.status = None
    await home.later(minutes=1)
    assert home.shown("programme_state").state == "connected"
    assert home.issue("programme_unreachable") is None
