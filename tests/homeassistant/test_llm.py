"""What language models may look at and do, and what they are told."""

from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
import probatio  # noqa: TID251  Home Assistant tells models of a tool what it makes of its schema with this
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.evenload.engine.model.allotments import Allotment, Reason
from custom_components.evenload.engine.model.limits import Current
from custom_components.evenload.engine.model.phases import PhaseCurrents
from custom_components.evenload.engine.model.readings import Reading
from custom_components.evenload.engine.model.stations import EvseSettings
from custom_components.evenload.engine.model.tree import ROOT
from custom_components.evenload.engine.model.v2x import DischargeState
from tests.homeassistant.conftest import config_entry, group, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import DRIVE, GARAGE, at, charge, listen
from tests.homeassistant.test_discharging import PERMISSION

NAMES = {
    "evenload__get_charging",
    "evenload__set_limit",
    "evenload__remove_limit",
    "evenload__allow_charging",
    "evenload__charge_first",
    "evenload__charge_to",
    "evenload__set_departure",
    "evenload__discharge",
    "evenload__end_discharge",
}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a vehicle that may feed back, and one that may not."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}),
        station("drive", "Drive", maximum_a=16),
        group("Yard", "garage", "drive"),
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def house(
    hass: HomeAssistant, site: FakeSite, freezer: FrozenDateTimeFactory
) -> FakeSite:
    """A home with a conversation agent, and a car in the garage."""
    await listen(hass, freezer)
    charge(site, GARAGE, discharge=DischargeState(hindrance=None))
    site.asked.clear()
    return site


async def api(hass: HomeAssistant, language: str = "en") -> llm.APIInstance:
    """Return what a model gets."""
    context = llm.LLMContext("test", Context(), language, "conversation", None)
    return await llm.async_get_api(hass, llm.LLM_API_ASSIST, context)


async def use(
    hass: HomeAssistant, tool: str, language: str = "en", **said: Any
) -> llm.ToolResult:
    """Use a tool."""
    tools = await api(hass, language)
    return await tools.async_call_tool(llm.ToolInput(f"evenload__{tool}", said))


async def test_every_tool_says_what_it_takes(
    hass: HomeAssistant, house: FakeSite, caplog: pytest.LogCaptureFixture
) -> None:
    tools = await api(hass)
    ours = [tool for tool in tools.tools if tool.integration == "evenload"]
    assert {tool.name for tool in ours} == NAMES
    for tool in ours:
        assert tool.title
        assert tool.description
        assert not tool.annotations.open_world
        fields = probatio.to_openapi(
            tool.parameters, custom_serializer=tools.custom_serializer
        )["properties"]
        assert {"Garage", "Drive", "Yard", "Home"} <= set(fields["name"]["enum"])
    assert "get_charging" in tools.api_prompt
    assert "Detected that custom integration" not in caplog.text


async def test_everything_is_explained(hass: HomeAssistant, house: FakeSite) -> None:
    charge(
        house,
        GARAGE,
        reading=Reading(power_w=6900),
        allotment=Allotment(GARAGE, Current(10), Reason.GROUP_LIMIT),
    )
    house.put_group(ROOT, headroom=PhaseCurrents.even(12))
    data = (await use(hass, "get_charging")).data
    garage, drive = data["connectors"]
    assert garage["power_w"] == 6900
    assert garage["allowed_a"] == 10
    assert garage["limited_by"] == "group_limit"
    assert garage["because"] == "its group has no more"
    assert drive["connected"] is False
    home = next(one for one in data["circuits"] if one["name"] == "Home")
    assert home["left_a"] == {"l1": 12, "l2": 12, "l3": 12}
    assert home["limit_a"] == 25
    only = (await use(hass, "get_charging", "de", name="Garage")).data
    assert only["circuits"] == []
    assert only["connectors"][0]["because"] == "die Gruppe nicht mehr hergibt"


@pytest.mark.parametrize(
    ("tool", "said", "asked", "answer"),
    [
        (
            "set_limit",
            {"name": "Garage", "amount": 10, "unit": "A"},
            ("set_maximum", GARAGE, 10),
            "Garage is limited to 10 A.",
        ),
        (
            "set_limit",
            {"name": "Yard", "amount": 6.9, "unit": "kW"},
            ("set_limit", "group-yard", 10),
            "Yard is limited to 6.9 kW.",
        ),
        (
            "allow_charging",
            {"name": "Drive", "allowed": False},
            ("set_charging_allowed", DRIVE, False),
            "Drive is paused.",
        ),
        (
            "allow_charging",
            {"name": "Drive", "allowed": False, "until": "2026-11-22 21:00"},
            ("pause", DRIVE, "voice", at(21)),
            "Drive is paused until 21:00.",
        ),
        (
            "remove_limit",
            {"name": "Drive"},
            ("set_maximum", DRIVE, 16),
            "Drive may draw up to 16 A again.",
        ),
        (
            "charge_first",
            {"name": "Drive"},
            ("boost", DRIVE, True),
            "Drive charges first until it is unplugged.",
        ),
        (
            "set_departure",
            {"name": "Garage", "departure": "2026-11-23 07:00"},
            ("set_departure", GARAGE, at(7, day=23)),
            "Garage leaves tomorrow at 7:00.",
        ),
        (
            "discharge",
            {"name": "Garage", "until": "2026-11-22T21:00:00"},
            ("discharge_until", GARAGE, at(21), None, None),
            "Garage feeds back until 21:00.",
        ),
        (
            "end_discharge",
            {"name": "Garage"},
            ("end_discharge", GARAGE),
            "Garage feeds back no more.",
        ),
    ],
)
async def test_what_a_model_does(
    hass: HomeAssistant,
    house: FakeSite,
    tool: str,
    said: dict[str, Any],
    asked: tuple[Any, ...],
    answer: str,
) -> None:
    result = await use(hass, tool, **said)
    assert not result.error
    assert result.data == {"done": [answer]}
    assert house.asked == [asked]


@pytest.mark.parametrize(
    ("tool", "said", "reason"),
    [
        (
            "set_limit",
            {"name": "Drive", "amount": 20, "unit": "A"},
            "takes between 6 and 16 amps",
        ),
        ("set_limit", {"name": "Tesla", "amount": 9, "unit": "A"}, "name"),
        ("set_limit", {"name": "Drive", "amount": -9, "unit": "A"}, "amount"),
        (
            "discharge",
            {"name": "Drive", "until": "2026-11-22 21:00"},
            "discharging is not set up for Drive",
        ),
        ("discharge", {"name": "Garage", "until": "2026-11-22 09:00"}, "over already"),
        ("set_departure", {"name": "Garage", "departure": "soon"}, "not understand"),
    ],
)
async def test_what_a_model_may_not(
    hass: HomeAssistant, house: FakeSite, tool: str, said: dict[str, Any], reason: str
) -> None:
    result = await use(hass, tool, **said)
    assert result.error
    assert reason in result.data["error"]
    for key in (GARAGE, DRIVE):
        assert house.evse(key).settings == EvseSettings()


async def test_only_what_is_exposed(hass: HomeAssistant, house: FakeSite) -> None:
    entities = er.async_entries_for_config_entry(er.async_get(hass), "site")
    for entity in entities:
        if entity.unique_id.startswith("garage_"):
            async_expose_entity(hass, "conversation", entity.entity_id, False)
    data = (await use(hass, "get_charging")).data
    assert [one["name"] for one in data["connectors"]] == ["Drive"]
    assert (await use(hass, "charge_first", name="Garage")).error
    # What only shows may be looked at.
    for entity in entities:
        shows = entity.domain == "sensor"
        async_expose_entity(hass, "conversation", entity.entity_id, shows)
    tools = await api(hass)
    ours = {one.name for one in tools.tools if one.integration == "evenload"}
    assert ours == {"evenload__get_charging"}
    for entity in entities:
        async_expose_entity(hass, "conversation", entity.entity_id, False)
    tools = await api(hass)
    assert not [one for one in tools.tools if one.integration == "evenload"]
