"""What Alexa and Google Assistant can do with our entities, as Home Assistant has them: docs/voice.md says so."""

import json
from pathlib import Path
import re
from unittest.mock import Mock

from homeassistant.components.alexa.config import AbstractConfig
from homeassistant.components.alexa.entities import ENTITY_ADAPTERS
from homeassistant.components.google_assistant.const import DOMAIN_TO_GOOGLE_TYPES
from homeassistant.components.google_assistant.trait import TRAITS
from homeassistant.core import HomeAssistant, State
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components import evenload
from tests.homeassistant.conftest import config_entry, group, station
from tests.homeassistant.fake_site import FakeSite
from tests.homeassistant.speaking import GARAGE, charge
from tests.homeassistant.test_discharging import PERMISSION


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """A site with everything that can be set."""
    entry = config_entry(
        station("garage", "Garage", v2g={"1": PERMISSION}),
        group("Yard", "garage", strategy="earliest_departure"),
    )
    entry.add_to_hass(hass)
    return entry


def alexa(hass: HomeAssistant, state: State) -> set[str]:
    """Return what Alexa can do with an entity, beside asking whether it is there."""
    if state.domain not in ENTITY_ADAPTERS:
        return set()
    config = Mock(spec=AbstractConfig, entity_config={})
    entity = ENTITY_ADAPTERS[state.domain](hass, config, state)
    names = {interface.name() for interface in entity.interfaces()}
    return names - {"Alexa", "Alexa.EndpointHealth"}


def google(state: State) -> set[str]:
    """Return what Google Assistant can do with an entity."""
    if state.domain not in DOMAIN_TO_GOOGLE_TYPES:
        return set()
    device_class = state.attributes.get("device_class")
    return {
        trait.name.rpartition(".")[2]
        for trait in TRAITS
        if trait.supported(state.domain, 0, device_class, state.attributes)
    }


COMPONENT = Path(evenload.__file__).parent
NAMED = {"switches": "switch", "numbers": "number", "choices": "select"} | {
    "buttons": "button"
}


@pytest.mark.parametrize(("kind", "platform"), NAMED.items())
def test_the_table_names_all_that_can_be_set(kind: str, platform: str) -> None:
    page = (COMPONENT.parents[1] / "docs/voice.md").read_text()
    (row,) = re.findall(rf"^\| {kind}: ([^|]+) \|", page, re.MULTILINE)
    texts = json.loads((COMPONENT / "translations/en.json").read_text())
    names = {words["name"] for words in texts["entity"][platform].values()}
    assert set(re.findall(r"\*([^*]+)\*", row)) == names


ON_OFF = {"Alexa.PowerController", "Alexa.ContactSensor"}
RANGE = {"Alexa.RangeController"}
PRESS = {"Alexa.SceneController", "Alexa.EventDetectionSensor"}


async def test_what_each_can_do(hass: HomeAssistant, site: FakeSite) -> None:
    charge(site, GARAGE)
    await hass.async_block_till_done()
    found = {
        domain: {
            (frozenset(alexa(hass, state)), frozenset(google(state)))
            for state in hass.states.async_all(domain)
        }
        for domain in {state.domain for state in hass.states.async_all()}
    }
    nothing = (frozenset(), frozenset())
    assert found == {
        "binary_sensor": {nothing},
        "button": {(frozenset(PRESS), frozenset({"Scene"}))},
        "datetime": {nothing},
        "event": {nothing},
        "number": {(frozenset(RANGE), frozenset())},
        "select": {(frozenset(), frozenset({"Modes"}))},
        "sensor": {nothing},
        "switch": {(frozenset(ON_OFF), frozenset({"OnOff"}))},
    }
