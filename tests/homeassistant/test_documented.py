"""What docs/actions.md and docs/voice.md say can be done and said, can be done and said."""

from pathlib import Path
import re
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import yaml

from custom_components.evenload.const import DOMAIN
from custom_components.evenload.engine.csms.commands import CompositeSchedule
from custom_components.evenload.engine.model.limits import RateUnit
from custom_components.evenload.engine.model.planning import VehicleFacts
from custom_components.evenload.engine.model.stations import OcppVersion
from tests.homeassistant.conftest import config_entry, driver, group, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import GARAGE, at, charge, listen, say
from tests.homeassistant.test_discharging import PERMISSION
from tests.homeassistant.test_intents_planning import plan

DOCS = Path(__file__).parents[2] / "docs"
ACTIONS = re.findall(r"```yaml\n(.*?)```", (DOCS / "actions.md").read_text(), re.DOTALL)
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")][1:]
    for line in (DOCS / "voice.md").read_text().splitlines()
    if line.startswith("| ")
]
SENTENCES = [
    (language, sentence)
    for row in ROWS[1:22]
    for language, sentence in zip(("en", "de", "nl", "fr"), row, strict=True)
]


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with a car that may feed back."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}),
        group("Yard", "garage"),
        driver("Anna", "04A2B3C4"),
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def house(
    hass: HomeAssistant, site: FakeSite, freezer: FrozenDateTimeFactory
) -> FakeSite:
    """A home with a car in the garage."""
    await listen(hass, freezer)
    charge(site, GARAGE)
    plan(site, cost=2.5, full_at=at(3, 15, day=23))
    site.set_vehicle(GARAGE, VehicleFacts(soc_percent=40.0))
    site.put_station("garage", version=OcppVersion.V16)
    site.command.call.return_value = {"status": "Accepted"}
    site.command.get_configuration.return_value = {}
    site.command.composite_schedule.return_value = CompositeSchedule(
        1, RateUnit.AMPERES, None, ()
    )
    return site


def targeted(hass: HomeAssistant, named: dict[str, str]) -> dict[str, str]:
    """Return a target with the id of the device that stands in it by name."""
    devices = dr.async_get(hass)
    if "area_id" in named:
        area = ar.async_get(hass).async_create(named["area_id"])
        garage = devices.async_get_device_by_identifier((DOMAIN, "garage"), "site")
        devices.async_update_device(garage.id, area_id=area.id)
        return {"area_id": area.id}
    if "device_id" not in named:
        return named
    name = (DOMAIN, named["device_id"])
    return {"device_id": devices.async_get_device_by_identifier(name, "site").id}


@pytest.mark.parametrize("text", ACTIONS, ids=lambda text: text.split()[1])
async def test_every_example_works(
    hass: HomeAssistant, house: FakeSite, text: str
) -> None:
    example: dict[str, Any] = yaml.safe_load(text)
    data = example.get("data", {})
    if "device_id" in data:
        data |= targeted(hass, {"device_id": data["device_id"]})
    if "driver" in data:
        data["driver"] = targeted(hass, {"device_id": data["driver"]})["device_id"]
    await hass.services.async_call(
        DOMAIN,
        example["action"].removeprefix("evenload."),
        data | targeted(hass, example.get("target", {})),
        blocking=True,
        return_response="response_variable" in example,
    )


async def test_every_action_has_an_example(
    hass: HomeAssistant, house: FakeSite
) -> None:
    shown = {yaml.safe_load(text)["action"] for text in ACTIONS}
    there = {f"evenload.{name}" for name in hass.services.async_services()[DOMAIN]}
    assert shown == there


_ANSWERS = (
    *("Garage ", "Yard ", "12 A", "0 A", "Auf Home", "Op Home", "Il reste"),
    *("Sur Home", "C'est noté", "Pour Garage", "Aucune voiture n'est"),
    *("The car at", "Das Auto an", "De auto bij", "La voiture sur"),
    *("Charging at", "Das Laden an", "Het laden bij"),
)


@pytest.mark.parametrize(("language", "sentence"), SENTENCES)
async def test_every_sentence_is_understood(
    hass: HomeAssistant, house: FakeSite, language: str, sentence: str
) -> None:
    answer = await say(hass, sentence, language)
    assert answer.startswith(_ANSWERS)


def test_every_operation_has_a_sentence() -> None:
    assert len(SENTENCES) == 84
