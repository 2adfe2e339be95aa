"""What hassfest and HACS ask of a custom integration, as far as it can be asked without the network."""

import ast
from collections.abc import Iterator
import json
from pathlib import Path
import re
import struct
from typing import Any

from awesomeversion import AwesomeVersion, AwesomeVersionStrategy
import homeassistant.components
from homeassistant.const import Platform
from homeassistant.loader import BLOCKED_CUSTOM_INTEGRATIONS
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components import evenload

COMPONENT = Path(evenload.__file__).parent
PROJECT = COMPONENT.parents[1]
CORE = Path(homeassistant.components.__file__).parent
MANIFEST: dict[str, Any] = json.loads((COMPONENT / "manifest.json").read_text())
SOURCES = sorted(COMPONENT.rglob("*.py"))

_VERSIONS = [
    AwesomeVersionStrategy.CALVER,
    AwesomeVersionStrategy.SEMVER,
    AwesomeVersionStrategy.SIMPLEVER,
    AwesomeVersionStrategy.BUILDVER,
    AwesomeVersionStrategy.PEP440,
]
_TYPES = ["device", "entity", "hardware", "helper", "hub", "service", "system"]
_CLASSES = [
    *("assumed_state", "calculated", "cloud_polling", "cloud_push"),
    *("local_polling", "local_push"),
]


def _version(text: str) -> str:
    AwesomeVersion(text, ensure_strategy=_VERSIONS)
    return text


# The keys of newer editions (`categories`, `connectivity`) are not known to Home Assistant 2026.10.
SHAPE = vol.Schema(
    {
        vol.Required("domain"): "evenload",
        vol.Required("name"): str,
        vol.Required("integration_type"): vol.In(_TYPES),
        vol.Required("iot_class"): vol.In(_CLASSES),
        vol.Required("documentation"): vol.Match(
            r"https://(?!www\.home-assistant\.io)"
        ),
        vol.Required("issue_tracker"): vol.Match("https://"),
        vol.Required("codeowners"): vol.All([vol.Match(r"@\w+")], vol.Length(min=1)),
        vol.Required("version"): vol.All(str, _version),
        vol.Optional("config_flow"): bool,
        vol.Optional("requirements"): [str],
        vol.Optional("dependencies"): [str],
        vol.Optional("after_dependencies"): [str],
        vol.Optional("loggers"): [str],
        vol.Optional("quality_scale"): vol.In(["bronze", "silver", "gold", "platinum"]),
        vol.Optional("single_config_entry"): bool,
        vol.Optional("import_executor"): bool,
    }
)


def test_the_manifest_has_the_keys_that_it_may_have_in_order() -> None:
    SHAPE(MANIFEST)
    rest = list(MANIFEST)[2:]
    assert list(MANIFEST)[:2] == ["domain", "name"]
    assert rest == sorted(rest)
    for key in ("requirements", "dependencies", "after_dependencies", "loggers"):
        assert MANIFEST[key] == sorted(MANIFEST[key])


def test_the_domain_is_ours() -> None:
    assert COMPONENT.name == MANIFEST["domain"]
    assert not (CORE / MANIFEST["domain"]).exists()
    assert MANIFEST["domain"] not in BLOCKED_CUSTOM_INTEGRATIONS


@pytest.mark.parametrize("requirement", MANIFEST["requirements"])
def test_every_requirement_says_a_version(requirement: str) -> None:
    found = re.fullmatch(r"[a-z0-9-]+(?:==|>=|~=)([\w.]+)", requirement)
    assert found, requirement
    assert AwesomeVersion(found[1]).strategy is not AwesomeVersionStrategy.UNKNOWN


# What Home Assistant always has, or what needs no setting up.
_ALWAYS_THERE = {
    *(platform.value for platform in Platform),
    *("alert", "automation", "conversation", "default_config", "device_automation"),
    *("frontend", "group", "homeassistant", "input_boolean", "input_button"),
    *("input_datetime", "input_number", "input_select", "input_text", "onboarding"),
    *("panel_custom", "persistent_notification", "person", "script", "sun"),
    *("system_health", "system_log", "timer", "webhook", "websocket_api", "zone"),
}


def _outside_of_type_checking(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk over everything that is run."""
    for node in ast.iter_child_nodes(tree):
        if (
            isinstance(node, ast.If)
            and isinstance(node.test, ast.Name)
            and node.test.id == "TYPE_CHECKING"
        ):
            continue
        yield node
        yield from _outside_of_type_checking(node)


def _used(path: Path) -> Iterator[str]:
    """Yield the integrations that a file imports."""
    start = "homeassistant.components"
    for node in _outside_of_type_checking(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names = [name.name for name in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == start:
            names = [f"{start}.{name.name}" for name in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (
            name.split(".")[2] for name in names if name.startswith(f"{start}.")
        )


@pytest.mark.parametrize(
    "path", SOURCES, ids=lambda path: str(path.relative_to(COMPONENT))
)
def test_what_is_imported_is_named_in_the_manifest(path: Path) -> None:
    named = {*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]}
    # A file of its own that goes by the name of an integration is a part of that.
    parts = {file.stem for file in COMPONENT.iterdir()}
    assert set(_used(path)) - _ALWAYS_THERE - named - parts == set()


def test_what_is_named_in_the_manifest_is_there() -> None:
    named = [*MANIFEST["dependencies"], *MANIFEST["after_dependencies"]]
    assert len(set(named)) == len(named)
    assert [name for name in named if not (CORE / name).is_dir()] == []


def test_the_form_and_the_yaml_are_as_the_manifest_says() -> None:
    assert MANIFEST["config_flow"]
    flow = (COMPONENT / "config_flow.py").read_text()
    # Whoever is discovered is told apart from others.
    assert "async_step_integration_discovery" in flow
    assert "self.async_set_unique_id" in flow
    assert evenload.CONFIG_SCHEMA({}) == {}
    assert not (COMPONENT / "strings.json").exists()


def test_every_platform_is_known() -> None:
    assert {*evenload.PLATFORMS} <= {*Platform}
    for platform in evenload.PLATFORMS:
        assert "async_setup_entry" in (COMPONENT / f"{platform}.py").read_text()


def test_every_data_file_can_be_read() -> None:
    for path in COMPONENT.rglob("*.json"):
        assert json.loads(path.read_text())
    for path in COMPONENT.glob("*.yaml"):
        assert load_yaml_dict(str(path))


SIZES = {"icon.png": (256, 256), "icon@2x.png": (512, 512)}
PICTURES = sorted((COMPONENT / "brand").iterdir())


def _size(path: Path) -> tuple[int, int]:
    """Return width and height of a PNG, by its first chunk."""
    start = path.read_bytes()[:24]
    assert start[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", start[16:24])
    return width, height


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.name)
def test_the_brand_has_the_sizes_that_it_should(path: Path) -> None:
    assert re.fullmatch(r"(dark_)?(icon|logo)(@2x)?\.png", path.name)
    width, height = _size(path)
    if path.name in SIZES:
        assert (width, height) == SIZES[path.name]
    else:
        assert min(width, height) == (512 if "@2x" in path.name else 256)


def test_the_brand_has_what_home_assistant_shows() -> None:
    assert SIZES.keys() | {"logo.png", "logo@2x.png"} <= {
        path.name for path in PICTURES
    }


def test_the_store_finds_what_it_needs() -> None:
    """hacs.json knows no other keys; one integration in the repository; a README that is worth its name; a licence."""
    known = {
        *("content_in_root", "country", "filename", "hacs", "hide_default_branch"),
        *("homeassistant", "manifest", "name", "persistent_directory"),
        *("render_readme", "zip_release"),
    }
    said = json.loads((PROJECT / "hacs.json").read_text())
    assert {"name"} <= said.keys() <= known
    assert (
        AwesomeVersion(said["homeassistant"]).strategy is AwesomeVersionStrategy.CALVER
    )
    manifests = [*(PROJECT / "custom_components").glob("*/manifest.json")]
    assert manifests == [COMPONENT / "manifest.json"]
    readme = (PROJECT / "README.md").read_text()
    assert len(readme) > 2000
    assert "custom_components/evenload" in readme
    assert (PROJECT / "LICENSE").read_text().startswith("MIT License")
    wanted = {"codeowners", "documentation", "domain", "issue_tracker", "name"}
    assert wanted | {"version"} <= MANIFEST.keys()
