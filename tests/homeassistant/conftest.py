"""A site with two stations and a group, on a fake engine."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import ConfigSubentryData
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.const import DOMAIN
from tests.homeassistant.fake_site import FakeSite


def station(identity: str, name: str, **data: Any) -> ConfigSubentryData:
    """Return the subentry of a station."""
    return ConfigSubentryData(
        data={"identity": identity, "phases": "3", "maximum_a": 32, **data},
        subentry_id=f"station-{identity}",
        subentry_type="station",
        title=name,
        unique_id=identity,
    )


def group(name: str, *members: str, **data: Any) -> ConfigSubentryData:
    """Return the subentry of a group."""
    return ConfigSubentryData(
        data={
            "limit": 20,
            "unit": "a",
            "strategy": "static",
            "members": list(members),
            **data,
        },
        subentry_id=f"group-{name.lower()}",
        subentry_type="group",
        title=name,
        unique_id=None,
    )


def driver(name: str, *tokens: str, **data: Any) -> ConfigSubentryData:
    """Return the subentry of a driver."""
    return ConfigSubentryData(
        data={"tokens": list(tokens), "stations": [], "more": {}, **data},
        subentry_id=f"driver-{name.lower()}",
        subentry_type="driver",
        title=name,
        unique_id=None,
    )


NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
OPTIONS = {"main_fuse_a": 25, "phases": "3", "voltage_v": 230}


def config_entry(*subentries: ConfigSubentryData, **data: Any) -> MockConfigEntry:
    """Return the entry of a site."""
    return MockConfigEntry(
        domain=DOMAIN,
        title="Home",
        data={"port": 9000, **data},
        options=OPTIONS,
        subentries_data=subentries,
        entry_id="site",
    )


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site that is not set up yet."""
    entry = config_entry(
        station("garage", "Garage"),
        station("drive", "Drive", maximum_a=16),
        group("Yard", "garage", "drive"),
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture(autouse=True)
def engine() -> Generator[None]:
    """Put the fake in the engine's place."""
    with patch("custom_components.evenload.Site", FakeSite):
        yield


@pytest.fixture(autouse=True)
def sessions_file(tmp_path: Path) -> Generator[Path]:
    """Let every test have a file of sessions of its own."""
    path = tmp_path / "sessions.db"
    with (
        patch("custom_components.evenload.database_of", return_value=path),
        patch(
            "custom_components.evenload.session_upkeep.database_of", return_value=path
        ),
    ):
        yield path


@pytest.fixture
async def site(hass: HomeAssistant, entry: MockConfigEntry) -> FakeSite:
    """The engine of a site that is set up."""
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    return entry.runtime_data


@pytest.fixture
def meter_sensors(hass: HomeAssistant) -> None:
    """Sensors of a meter, and some that are none."""
    for name, value, unit in (
        ("grid_l1", "6.24", "A"),
        ("grid_l2", "-400", "mA"),
        ("grid_l3", "11.9", "A"),
        ("power_l1", "1.15", "kW"),
        ("power_l2", "-230", "W"),
        ("power_l3", "460", "VA"),
        ("fed_l1", "0", "W"),
        ("fed_l2", "690", "W"),
        ("fed_l3", "0", "W"),
        ("total", "2.3", "kW"),
        ("energy", "1234", "kWh"),
        ("words", "many", "A"),
        ("gone", "unavailable", "A"),
        ("silent", "unknown", "A"),
    ):
        hass.states.async_set(
            f"sensor.{name}",
            value,
            {"unit_of_measurement": unit, "friendly_name": name},
        )
