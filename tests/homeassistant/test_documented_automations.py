"""What docs/automations.md and docs/sharing.md show of automations is there, by the names that are shown, and can be used as it stands."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation.config import async_validate_config_item
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import pytest
import yaml

from custom_components import evenload
from custom_components.evenload.condition import CONDITIONS
from custom_components.evenload.const import DOMAIN
from custom_components.evenload.trigger import TRIGGERS
from tests.homeassistant.blueprints import FILES
from tests.homeassistant.fake_site import FakeSite

DOCS = Path(__file__).parents[2] / "docs"
COMPONENT = Path(evenload.__file__).parent
ENGLISH: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())
AUTOMATIONS = (DOCS / "automations.md").read_text()
ACTIONS = load_yaml_dict(str(COMPONENT / "services.yaml"))
EXAMPLES: list[dict[str, Any]] = [
    yaml.safe_load(text)
    for page in ("automations.md", "sharing.md")
    for text in re.findall(r"```yaml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
]


def listed(heading: str) -> dict[str, str]:
    """Return what a table names, in YAML and in the list, under a heading."""
    _, _, rest = AUTOMATIONS.partition(f"\n## {heading}\n")
    section = rest.partition("\n## ")[0]
    found: dict[str, str] = {}
    for row in re.findall(r"^\| ([^|]+) \| (`[^|]+) \|", section, re.MULTILINE):
        # "Vehicle feeds back, Vehicle feeds back no more" are two, and their names in YAML as well.
        names, keys = row[0].split(", "), re.findall(r"`(\w+)`", row[1])
        found |= dict(zip(keys, names, strict=True))
    return found


@pytest.mark.parametrize(
    ("heading", "part", "there"),
    [("Triggers", "triggers", TRIGGERS), ("Conditions", "conditions", CONDITIONS)],
)
def test_all_are_listed_by_their_names(
    heading: str, part: str, there: dict[str, Any]
) -> None:
    words = {key: one["name"] for key, one in ENGLISH[part].items()}
    assert words.keys() == there.keys()
    assert listed(heading) == words


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: next(iter(example)))
async def test_every_example_can_be_used(
    hass: HomeAssistant, site: FakeSite, example: dict[str, Any]
) -> None:
    assert await async_setup_component(hass, "automation", {})
    if "action" in example:
        example = {"actions": [example]}
    whole = {"triggers": [], "actions": []} | example
    config = await async_validate_config_item(hass, "example", whole)
    assert config is not None
    assert config.validation_status == "ok", config.validation_error


def test_no_action_is_told_by_text_whom_it_is_for() -> None:
    """Names and texts change; devices, entities, areas and labels are chosen."""
    for name, action in ACTIONS.items():
        fields = action.get("fields") or {}
        chosen = [key for key, field in fields.items() if "device" in field["selector"]]
        assert "target" in action or chosen or name == "reload_certificates", name
        texts = {key for key, field in fields.items() if "text" in field["selector"]}
        # OCPP's own words are no list, nor is what sessions are searched by; whom it is for is never said by them.
        assert not texts & {
            "connector",
            "entity",
            "group",
            "identity",
            "name",
            "station",
        }, name


async def test_actions_that_are_asked_something_answer(
    hass: HomeAssistant, site: FakeSite
) -> None:
    silent = {
        name
        for name in hass.services.async_services()[DOMAIN]
        if hass.services.supports_response(DOMAIN, name).value == "none"
    }
    assert silent == {"reload_certificates"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_blueprint_is_run_by_a_test(path: Path) -> None:
    tests = Path(__file__).parent.glob("test_blueprints_*.py")
    assert any(f'"{path.stem}"' in test.read_text() for test in tests)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_blueprint_asks_for_no_more_than_it_must(path: Path) -> None:
    """What it is about, and what it is to do, has to be chosen; everything else has a default."""
    inputs: dict[str, Any] = load_yaml_dict(str(path))["blueprint"]["input"]
    about = {"action", "entity", "device", "target"}
    for name, field in inputs.items():
        assert "default" in field or about & field["selector"].keys(), name
