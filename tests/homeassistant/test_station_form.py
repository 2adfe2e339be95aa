"""What a station's form says of its wiring, its connectors, and what its owner knows better."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType, InvalidData, section
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.checks import check_station
from custom_components.evenload.configuration import station_config
from custom_components.evenload.engine.model.capabilities import PauseMethod
from custom_components.evenload.engine.model.configuration import (
    EvseConfig,
    Overrides,
    StationConfig,
)
from custom_components.evenload.engine.model.errors import BadSetting
from custom_components.evenload.engine.model.limits import Current, Power, RateUnit
from custom_components.evenload.engine.model.phases import (
    ALL_PHASES,
    CurrentType,
    Phase,
)
from custom_components.evenload.wiring import BETWEEN_LINES, TO_NEUTRAL, wirings_on
from tests.homeassistant.conftest import OPTIONS, config_entry, station
from tests.homeassistant.fake_site import FakeSite

L1, L2, L3 = Phase.L1, Phase.L2, Phase.L3
YARD = {"name": "Yard", "identity": "CP-3", "phases": "3", "maximum_a": 63}
CONNECTORS = {
    "simultaneous": False,
    "evses": [
        {"number": 1, "current_type": "ac", "maximum": 16, "unit": "a"},
        {"number": 2.0, "current_type": "dc", "maximum": 20_000, "unit": "w"},
        {"number": 3, "current_type": "dc"},
        # Without a unit, it is the one of its kind.
        {"number": 4, "current_type": "dc", "maximum": 50_000},
        {"number": 5, "current_type": "ac", "maximum": 16},
    ],
}
ADVANCED = {
    "limit_unit": "w",
    "pause": "stop",
    "leases": "no",
    "phase_switching": "yes",
}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a station that was set up before there was more to say."""
    entry = config_entry(station("garage", "Garage"))
    entry.add_to_hass(hass)
    return entry


async def submit(
    hass: HomeAssistant, form: dict[str, Any], subentry_id: str | None = None
) -> dict[str, Any]:
    """Open a station's form and submit it."""
    context: dict[str, Any] = {"source": SOURCE_USER}
    if subentry_id:
        context = {"source": SOURCE_RECONFIGURE, "subentry_id": subentry_id}
    opened = await hass.config_entries.subentries.async_init(
        ("site", "station"), context=context
    )
    result = await hass.config_entries.subentries.async_configure(
        opened["flow_id"], form
    )
    await hass.async_block_till_done()
    return result


def unfolded_sections(result: dict[str, Any]) -> set[str]:
    """Return the sections that a form shows open."""
    return {
        str(name)
        for name, field in result["data_schema"].schema.items()
        if isinstance(field, section) and not field.options["collapsed"]
    }


@pytest.mark.parametrize(
    ("name", "site_phases", "wiring"),
    [
        # What is saved since the first version keeps its meaning.
        ("1", ALL_PHASES, (L1,)),
        ("3", ALL_PHASES, ALL_PHASES),
        ("l2", ALL_PHASES, (L2,)),
        ("l3_l1", ALL_PHASES, (L3, L1)),
        ("l2_l3_l1", ALL_PHASES, (L2, L3, L1)),
        # The site has lost phases since.
        ("3", (L1,), (L1,)),
        ("l2", (L1,), (L1,)),
        ("l2_l3_l1", (L1,), (L1,)),
    ],
)
def test_wirings(
    name: str, site_phases: tuple[Phase, ...], wiring: tuple[Phase, ...]
) -> None:
    data = {"identity": "x", "phases": name, "maximum_a": 16}
    assert station_config("X", data, site_phases).wiring == wiring


def test_every_wiring_there_is() -> None:
    assert len(TO_NEUTRAL) == len(set(TO_NEUTRAL.values())) == 3 + 6 + 6
    assert list(BETWEEN_LINES.values()) == [(L1, L2), (L1, L3), (L2, L3)]
    assert wirings_on((L1,)) == ["1"]
    assert wirings_on(ALL_PHASES)[0] == "1"
    assert wirings_on((L1, L2), split_phase=True) == ["1", "l2", "between_l1_l2"]


async def test_a_rotated_station(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    result = await submit(hass, YARD | {"phases": "l2_l3_l1"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert site.config.stations["CP-3"] == StationConfig(
        "CP-3", "Yard", (L2, L3, L1), Current(63)
    )


async def test_what_its_connectors_are(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    result = await submit(hass, YARD | {"connectors": CONNECTORS})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    config = site.config.stations["CP-3"]
    assert config.simultaneous is False
    assert config.evses == {
        1: EvseConfig(CurrentType.AC, Current(16)),
        2: EvseConfig(CurrentType.DC, Power(20_000)),
        3: EvseConfig(CurrentType.DC),
        4: EvseConfig(CurrentType.DC, Power(50_000)),
        5: EvseConfig(CurrentType.AC, Current(16)),
    }


async def test_what_its_owner_knows_better(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    form = {"name": "Garage", "phases": "3", "maximum_a": 16}
    await submit(hass, form | {"advanced": ADVANCED}, "station-garage")
    config = site.config.stations["garage"]
    assert config.overrides == Overrides(
        RateUnit.WATTS, PauseMethod.STOP, leases=False, phase_switching=True
    )
    automatic = dict.fromkeys(ADVANCED, "automatic")
    await submit(hass, form | {"advanced": automatic}, "station-garage")
    assert site.config.stations["garage"].overrides == Overrides()


@pytest.mark.parametrize(
    ("rows", "error", "placeholders"),
    [
        ([{"number": 1, "current_type": "ac"}] * 2, "connector_twice", {"number": "1"}),
        (
            [{"number": 2, "current_type": "ac", "maximum": 5}],
            "connector_out_of_range",
            {"number": "2", "minimum": "6 A"},
        ),
        (
            [{"number": 2, "current_type": "dc", "maximum": 50, "unit": "w"}],
            "connector_out_of_range",
            {"number": "2", "minimum": "1400 W"},
        ),
        (
            [{"number": 2, "current_type": "dc", "maximum": float("inf"), "unit": "w"}],
            "connector_out_of_range",
            {"minimum": "1400 W"},
        ),
        (
            [{"number": 2, "current_type": "ac", "maximum": 22_000}],
            "connector_out_of_range",
            {"minimum": "6 A", "maximum": "1000 A"},
        ),
    ],
)
async def test_wrong_connectors_are_answered(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    rows: list[dict[str, Any]],
    error: str,
    placeholders: dict[str, str],
) -> None:
    wrong = {"simultaneous": True, "evses": rows}
    result = await submit(hass, YARD | {"connectors": wrong})
    assert result["errors"] == {"base": error}
    assert unfolded_sections(result) == {"connectors"}
    assert placeholders.items() <= result["description_placeholders"].items()


async def test_a_station_has_only_phases_that_its_site_has(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    hass.config_entries.async_update_entry(entry, options=OPTIONS | {"phases": "1"})
    with pytest.raises(InvalidData):
        await submit(hass, YARD)
    # One that was on three phases before can be opened, and is told.
    form = {"name": "Garage", "phases": "3", "maximum_a": 16}
    result = await submit(hass, form, "station-garage")
    assert result["errors"] == {"phases": "more_phases_than_site"}
    result = await submit(hass, form | {"phases": "1"}, "station-garage")
    assert result["reason"] == "reconfigure_successful"


async def test_a_station_between_two_lines(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    split = OPTIONS | {"phases": "split", "voltage_v": 120}
    hass.config_entries.async_update_entry(entry, options=split)
    await hass.async_block_till_done()
    result = await submit(hass, YARD | {"phases": "between_l1_l2"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    made = site.config.stations["CP-3"]
    assert (made.wiring, made.between_lines) == ((L1, L2), True)


async def test_a_wiring_that_split_phase_does_not_have(
    hass: HomeAssistant, entry: MockConfigEntry, site: FakeSite
) -> None:
    split = OPTIONS | {"phases": "split", "voltage_v": 120}
    hass.config_entries.async_update_entry(entry, options=split)
    data = {"identity": "x", "phases": "l1_l2", "maximum_a": 16}
    with pytest.raises(BadSetting) as refused:
        check_station(entry, "X", data)
    assert refused.value.key == "wiring_not_on_split_phase"
