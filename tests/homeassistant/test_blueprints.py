"""Every blueprint loads, asks for nothing that it does not use, and names only what exists."""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Any

from homeassistant.components.automation.config import AUTOMATION_BLUEPRINT_SCHEMA
from homeassistant.components.blueprint.models import Blueprint
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from homeassistant.util import yaml as yaml_util
import pytest

from custom_components.evenload import PLATFORMS
from custom_components.evenload.condition import CONDITIONS
from custom_components.evenload.trigger import TRIGGERS
from tests.homeassistant.blueprints import FILES
from tests.homeassistant.test_translations import ENGLISH

REPOSITORY = "https://github.com/evenload/evenload/blob/main/"
PROJECT = Path(__file__).parents[2]
DOCUMENT = (PROJECT / "docs/automations.md").read_text()
BUILT_IN = {"conversation", "event", "homeassistant", "state", "template", "time"}
BUILT_IN |= {"time_pattern"}


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def path(request: pytest.FixtureRequest) -> Path:
    """The file of a blueprint."""
    found: Path = request.param
    return found


@pytest.fixture
def blueprint(path: Path) -> Blueprint:
    """A blueprint, as Home Assistant reads it."""
    return Blueprint(
        yaml_util.load_yaml_dict(path),
        expected_domain="automation",
        path=path.name,
        schema=AUTOMATION_BLUEPRINT_SCHEMA,
    )


def values(tree: Any, key: str) -> Iterator[Any]:
    """Yield everything that stands behind a key, at any depth."""
    if isinstance(tree, dict):
        for name, branch in tree.items():
            if name == key:
                yield branch
            yield from values(branch, key)
    elif isinstance(tree, list):
        for branch in tree:
            yield from values(branch, key)


def body(blueprint: Blueprint) -> dict[str, Any]:
    """Return what the automation does, without what is asked for."""
    return {key: part for key, part in blueprint.data.items() if key != "blueprint"}


def test_there_are_blueprints() -> None:
    assert len(FILES) >= 10


def test_it_says_where_it_is_from_and_what_it_needs(
    path: Path, blueprint: Blueprint
) -> None:
    about = blueprint.metadata
    assert about["name"].startswith("Evenload: ")
    assert about["source_url"] == REPOSITORY + str(path.relative_to(PROJECT))
    assert about["homeassistant"]["min_version"] == "2026.10.0"
    assert len(about["description"]) > 80
    assert blueprint.validate() is None


def test_every_field_is_explained_and_used(blueprint: Blueprint) -> None:
    assert yaml_util.extract_inputs(body(blueprint)) == set(blueprint.inputs)
    for name, field in blueprint.inputs.items():
        assert field["name"], name
        assert field["description"].endswith("."), name
        assert field["selector"], name


def test_it_names_only_triggers_and_conditions_that_exist(blueprint: Blueprint) -> None:
    # Alone, a word names a built-in one.
    triggers = {one for one in values(body(blueprint), "trigger") if "{" not in one}
    ours = {f"evenload.{name}" for name in TRIGGERS}
    assert triggers <= ours | BUILT_IN
    conditions = set(values(body(blueprint), "condition"))
    assert conditions <= {f"evenload.{name}" for name in CONDITIONS} | BUILT_IN | {
        "not"
    }


@pytest.mark.usefixtures("site")
async def test_it_names_only_actions_that_exist(
    hass: HomeAssistant, blueprint: Blueprint
) -> None:
    helpers = ("homeassistant", "input_boolean", "input_button")
    for domain in ("notify", "persistent_notification", *helpers):
        assert await async_setup_component(hass, domain, {})
    for name in values(body(blueprint), "action"):
        assert hass.services.has_service(*name.split(".")), name


def test_it_asks_only_for_entities_that_we_have(blueprint: Blueprint) -> None:
    for field in blueprint.inputs.values():
        for chosen in values(field["selector"], "filter"):
            for one in chosen:
                if one.get("integration") == "evenload" and "domain" in one:
                    domains = one["domain"]
                    assert set(domains) <= set(PLATFORMS)
                    named = set(re.findall(r'"([^"]+)"', field["description"]))
                    words = {
                        word["name"]
                        for domain in domains
                        for word in ENGLISH["entity"][domain].values()
                    }
                    assert named, field["name"]
                    assert named <= words


def test_it_is_in_the_manual(blueprint: Blueprint) -> None:
    assert f"### {blueprint.name.removeprefix('Evenload: ')}\n" in DOCUMENT
