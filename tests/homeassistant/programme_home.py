"""A site with a grid programme at a small server, for tests."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er, issue_registry as ir
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


async def set_up(hass: HomeAssistant, entry: MockConfigEntry) -> FakeSite:
    assert await hass.config_entries.async_setup(entry.entry_id)
    await settled(hass)
    return entry.runtime_data


def asked(site: FakeSite, what: str) -> list[tuple[Any, ...]]:
    return [one[1:] for one in site.asked if one[0] == what]


@dataclass
class Home:
    """A site that takes part in the programme "Flex", and who runs that."""

    hass: HomeAssistant
    entry: MockConfigEntry
    vtn: Vtn
    business: Business
    programme: str
    freezer: Any

    def event(self, *payloads: tuple[str, float], **said: Any) -> Any:
        """Announce an event; it begins now and lasts for an hour, if nothing else is said."""
        said = {"start": START, "duration": HOUR, **said}
        return self.business.event(self.programme, *payloads, **said)

    async def set_up(self, *subentries: ConfigSubentryData) -> FakeSite:
        """Set the site up, with other subentries than the usual one where they are given."""
        if subentries:
            self.entry = config_entry(*subentries)
            # The one that was made first is not set up.
            await self.hass.config_entries.async_remove("site")
            self.entry.add_to_hass(self.hass)
        return await set_up(self.hass, self.entry)

    async def later(self, **delta: float) -> None:
        """Let time pass, here and at the server."""
        self.freezer.tick(timedelta(**delta))
        if self.vtn.clock is not None:
            self.vtn.clock += timedelta(**delta)
        async_fire_time_changed(self.hass)
        await settled(self.hass)

    async def patience(self) -> None:
        """Let so much time pass that what is wrong is told."""
        for _ in range(11):
            await self.later(minutes=1)

    def shown(self, key: str, name: str = "flex") -> State:
        """Return what a sensor of the programme shows."""
        unique_id = f"programme-{name}_{key}"
        registry = er.async_get(self.hass)
        entity_id = registry.async_get_entity_id("sensor", DOMAIN, unique_id)
        state = self.hass.states.get(entity_id or "")
        assert state is not None
        return state

    def issue(self, key: str) -> ir.IssueEntry | None:
        """Return what Repairs says of it."""
        registry = ir.async_get(self.hass)
        return registry.async_get_issue(DOMAIN, f"{key}_site_programme-flex")


@pytest.fixture
def home(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    vtn: Vtn,
    business: Business,
    programme: str,
    freezer: Any,
) -> Home:
    return Home(hass, entry, vtn, business, programme, freezer)
