"""The blueprint that starts an appliance in the cheapest hours, and the action that it asks."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.evenload.engine.model.planning import Outlook, Series
from tests.homeassistant.automating import device
from tests.homeassistant.blueprints import end, restart, use
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.test_actions_wishes import act

MACHINE, LOADED = "input_boolean.machine", "input_boolean.loaded"
HOUR = timedelta(hours=1)


@pytest.fixture
async def home(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, entry: MockConfigEntry
) -> AsyncGenerator[FakeSite]:
    """An evening at home, by the clock on its wall, with nobody plugged in."""
    await hass.config.async_set_time_zone("Europe/Amsterdam")
    freezer.move_to(when(22, 21))
    helpers = {"machine": {"name": "Machine"}, "loaded": {"name": "Loaded"}}
    assert await async_setup_component(hass, "homeassistant", {})
    assert await async_setup_component(
        hass, "input_boolean", {"input_boolean": helpers}
    )
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    yield entry.runtime_data
    if hass.services.has_service("automation", "turn_off"):
        await end(hass)


@pytest.fixture
def told(hass: HomeAssistant) -> list[ServiceCall]:
    """What was sent to phones."""
    return async_mock_service(hass, "notify", "send_message")


def when(day: int, hour: float, month: int = 11) -> datetime:
    """Return a moment of 2026 just after a full minute; hours may be any in UTC's order."""
    local = datetime(2026, month, day, tzinfo=dt_util.get_default_time_zone())
    moment = dt_util.as_utc(local) + hour * HOUR
    return moment + timedelta(seconds=1)


def price(site: FakeSite, begin: datetime, *prices: float | None) -> None:
    """Let hours have these prices from a moment on."""
    start = begin.replace(second=0)
    quarters = tuple(one for one in prices for _ in range(4))
    site.set_outlook(Outlook(import_price=Series(start, quarters), currency="EUR"))


async def at(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, moment: datetime
) -> None:
    """Let it become a moment."""
    freezer.move_to(moment)
    async_fire_time_changed(hass)
    await hass.async_block_till_done()


async def machine(hass: HomeAssistant, **inputs: Any) -> None:
    """Set up the automation for a machine that runs for two hours and has to be done at seven."""
    site = device(hass, "site")
    given = {"site": site, "waiting": LOADED, "appliance": MACHINE} | inputs
    await use(hass, "cheapest_hours", **given)


async def load(hass: HomeAssistant) -> None:
    """Load it."""
    await hass.services.async_call(
        "input_boolean", "turn_on", {"entity_id": LOADED}, blocking=True
    )
    await hass.async_block_till_done()


def states(hass: HomeAssistant) -> tuple[bool, bool]:
    """Return whether the machine is on, and whether it still waits."""
    return hass.states.is_state(MACHINE, "on"), hass.states.is_state(LOADED, "on")


async def test_it_starts_when_it_costs_least(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: FakeSite,
    told: list[ServiceCall],
) -> None:
    price(home, when(22, 21), 0.3, 0.3, 0.3, 0.25, 0.2, 0.1, 0.1, 0.2, 0.3, 0.3, 0.0)
    await machine(hass, phones=["notify.phone"])
    await load(hass)
    assert [one.data["message"] for one in told] == ["It starts at 02:00."]
    for hour, expected in (
        (22.0, (False, True)),
        (25 + 59 / 60, (False, True)),
        (26.0, (True, False)),
    ):
        await at(hass, freezer, when(22, hour))
        assert states(hass) == expected, hour
    # It is not started again.
    hass.states.async_set(MACHINE, "off")
    await at(hass, freezer, when(22, 27))
    assert states(hass) == (False, False)


@pytest.mark.parametrize("known", [(), (0.1, None, None), (0.3,)])
async def test_without_prices_it_starts_as_late_as_possible_and_says_so(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: FakeSite,
    known: tuple[float, ...],
) -> None:
    shown = async_mock_service(hass, "persistent_notification", "create")
    price(home, when(22, 21), *known)
    await machine(hass)
    await load(hass)
    [message] = shown
    assert "it starts at 05:00, as late as possible" in message.data["message"]
    for hour, is_on in ((5 - 1 / 60, False), (5, True)):
        await at(hass, freezer, when(23, hour))
        assert states(hass) == (is_on, not is_on)


async def test_prices_of_tomorrow_come_later(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite
) -> None:
    price(home, when(22, 21), 0.5, 0.4, 0.3)
    await machine(hass)
    await load(hass)
    price(home, when(22, 21), *(0.5, 0.4, 0.3, 0.3), *(0.2,) * 6)
    await at(hass, freezer, when(22, 22))
    assert states(hass) == (False, True)
    await at(hass, freezer, when(23, 1))
    assert states(hass) == (True, False)


async def test_what_was_missed_starts_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite
) -> None:
    price(home, when(22, 21), *(0.3,) * 8, 0.1, 0.1)
    await machine(hass)
    await load(hass)
    await at(hass, freezer, when(23, 8))
    assert states(hass) == (True, False)


@pytest.mark.parametrize("hours", [6.0, 9.5])
async def test_too_little_time_is_used_at_once(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite, hours: float
) -> None:
    await at(hass, freezer, when(23, 6))
    price(home, when(23, 6), 0.3, 0.1)
    await machine(hass)
    await load(hass)
    await at(hass, freezer, when(23, hours))
    assert states(hass) == (True, False)


async def test_a_boiler_is_turned_off_and_runs_every_day(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite
) -> None:
    price(home, when(22, 21), *(0.3,) * 5, *(0.1,) * 2, *(0.3,) * 6, *(0.2,) * 9)
    await machine(hass, turn_off=True, every_day=True)
    await load(hass)
    await at(hass, freezer, when(23, 2))
    assert states(hass) == (True, True)
    await restart(hass)
    await at(hass, freezer, when(23, 3))
    assert states(hass) == (True, True)
    await at(hass, freezer, when(23, 4) + timedelta(seconds=5))
    assert states(hass) == (False, False)
    await at(hass, freezer, when(23, 7))
    assert states(hass) == (False, True)


@pytest.mark.parametrize(
    ("month", "day", "cheap_utc", "local"),
    [
        # The hour from two to three does not exist.
        (3, 29, 0, "2026-03-29T01:00:00+01:00"),
        (3, 29, 1, "2026-03-29T03:00:00+02:00"),
        # It comes twice.
        (10, 25, 0, "2026-10-25T02:00:00+02:00"),
        (10, 25, 1, "2026-10-25T02:00:00+01:00"),
    ],
)
async def test_on_the_days_on_which_the_clocks_change(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: FakeSite,
    told: list[ServiceCall],
    month: int,
    day: int,
    cheap_utc: int,
    local: str,
) -> None:
    evening = when(day - 1, 21, month)
    freezer.move_to(evening)
    cheap = datetime(2026, month, day, cheap_utc, tzinfo=dt_util.UTC)
    hours = (cheap - evening.replace(second=0)) // HOUR
    price(home, evening, *(0.3,) * hours, 0.1, 0.1, *(0.3,) * 9)
    await machine(hass, phones=["notify.phone"], duration={"hours": 1})
    await load(hass)
    assert told[0].data["message"] == f"It starts at {local[11:16]}."
    answer = await act(
        hass,
        "cheapest_hours",
        "site",
        duration="01:00:00",
        latest=f"2026-{month}-{day} 07:00",
    )
    assert answer["start"] == local
    await at(hass, freezer, cheap + timedelta(seconds=1))
    assert states(hass) == (True, False)


@pytest.mark.parametrize("month", [3, 10])
async def test_the_end_is_by_the_clock_on_the_wall_when_that_changes(
    hass: HomeAssistant, freezer: FrozenDateTimeFactory, home: FakeSite, month: int
) -> None:
    day = {3: 29, 10: 25}[month]
    freezer.move_to(when(day - 1, 21, month))
    await machine(hass)
    await load(hass)
    zone = dt_util.get_default_time_zone()
    begins = dt_util.as_utc(datetime(2026, month, day, 5, tzinfo=zone))
    await at(hass, freezer, begins - timedelta(seconds=59))
    assert states(hass) == (False, True)
    await at(hass, freezer, begins + timedelta(seconds=1))
    assert states(hass) == (True, False)


@pytest.mark.parametrize(
    ("appliance", "service"),
    [
        ("button.start", "button.press"),
        ("input_button.start", "input_button.press"),
        ("script.wash", "homeassistant.turn_on"),
    ],
)
async def test_what_can_be_started(
    hass: HomeAssistant,
    freezer: FrozenDateTimeFactory,
    home: FakeSite,
    appliance: str,
    service: str,
) -> None:
    done = async_mock_service(hass, *service.split("."))
    hass.states.async_set(appliance, "off")
    await machine(hass, appliance=appliance, turn_off=True)
    await load(hass)
    await at(hass, freezer, when(23, 5))
    assert [one.data["entity_id"] for one in done] == [[appliance]]
    assert hass.states.is_state(LOADED, "off")


async def test_in_several_pieces(hass: HomeAssistant, home: FakeSite) -> None:
    price(home, when(22, 21), 0.3, 0.1, 0.3, 0.1, 0.3)
    answer = await act(
        hass, "cheapest_hours", "site", duration="02:00:00", together=False
    )
    assert answer["windows"] == [
        {"start": "2026-11-22T22:00:00+01:00", "end": "2026-11-22T23:00:00+01:00"},
        {"start": "2026-11-23T00:00:00+01:00", "end": "2026-11-23T01:00:00+01:00"},
    ]
    assert (answer["price"], answer["price_unit"]) == (0.1, "EUR/kWh")
    assert answer["prices_known"]
    assert answer["in_time"]


@pytest.mark.parametrize(
    ("said", "key"),
    [
        ({"duration": {"hours": 40}}, "run_too_long"),
        (
            {"duration": {"hours": 1}, "latest": "2026-11-22 20:00:00"},
            "run_ends_before_it_begins",
        ),
    ],
)
async def test_what_cannot_be_asked(
    hass: HomeAssistant, home: FakeSite, said: dict[str, Any], key: str
) -> None:
    with pytest.raises(ServiceValidationError) as caught:
        await act(hass, "cheapest_hours", "site", **said)
    assert caught.value.translation_key == key
