"""A site with a grid programme at a small server, for tests."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_fire_time_changed,
)

from custom_components.evenload.const import DOMAIN
from tests.engine.grid.business import Business
from tests.homeassistant.conftest import config_entry, station
from tests.homeassistant.fake_site import FakeSite
from tests.openadr_vtn import Vtn, running

HOUR = timedelta(hours=1)
START = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.fixture(params=["3.0.1", "3.1"])
def vtn(request: pytest.FixtureRequest, socket_enabled: None) -> Iterator[Vtn]:
    with running(Vtn(request.param)) as vtn:
        vtn.clock = START
        yield vtn


@pytest.fixture
def business(vtn: Vtn) -> Business:
    return Business(vtn)


@pytest.fixture
def programme(business: Business) -> str:
    return business.programme("flex")


def subentry(vtn: Vtn, name: str = "flex", **data: Any) -> ConfigSubentryData:
    advanced = {
        "dispatch_sign": "charges",
        "poll_s": 60,
        "ven_name": "home",
        "resource_name": "cars",
        "allow_http": True,
        **data.pop("advanced", {}),
    }
    return ConfigSubentryData(
        data={
            "url": vtn.url,
            "version": "v3_0_1" if vtn.edition == "3.0.1" else "v3_1",
            "programme": name,
            "client_id": "ven",
            "client_secret": "secret",
            "target": "site",
            "advanced": advanced,
            **data,
        },
        subentry_id=f"programme-{name}",
        subentry_type="grid_programme",
        title=name.capitalize(),
        unique_id=None,
    )


@pytest.fixture
def entry(hass: HomeAssistant, vtn: Vtn, freezer: Any) -> MockConfigEntry:
    freezer.move_to(START)
    entry = config_entry(station("garage", "Garage"), subentry(vtn))
    entry.add_to_hass(hass)
    return entry


async def settled(hass: HomeAssistant) -> None:
    await hass.async_block_till_done(wait_background_tasks=True)


async def later(hass: HomeAssistant, freezer: Any, vtn: Vtn, **delta: float) -> None:
    freezer.tick(timedelta(**delta))
    if vtn.clock is not None:
        vtn.clock += timedelta(**delta)
    async_fire_time_changed(hass)
    await settled(hass)


def shown(hass: HomeAssistant, key: str, name: str = "flex") -> State:
    unique_id = f"programme-{name}_{key}"
    entity_id = er.async_get(hass).async_get_entity_id("sensor", DOMAIN, unique_id)
    state = hass.states.get(entity_id or "")
    assert state is not None
    return state


def asked(site: FakeSite, what: str) -> list[tuple[Any, ...]]:
    return [one[1:] for one in site.asked if one[0] == what]


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> FakeSite:
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(hass)
    return entry.runtime_data
