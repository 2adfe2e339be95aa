"""The ledger of Home Assistant's quality scale is complete and true where a test can tell."""

import ast
from pathlib import Path
import re
from typing import Any

import homeassistant.components
import pytest
import yaml

from custom_components import evenload

COMPONENT = Path(evenload.__file__).parent
MODEL = Path(homeassistant.components.__file__).parent / "shelly/quality_scale.yaml"
RULES: dict[str, Any] = yaml.safe_load((COMPONENT / "quality_scale.yaml").read_text())[
    "rules"
]
FILES = sorted(COMPONENT.rglob("*.py"))


# What does not concern an integration that stations dial into.
EXEMPT = {
    "appropriate-polling",
    "discovery-update-info",
    "inject-websession",
    "reauthentication-flow",
}

# Where the documents say what a rule asks for, and under which heading.
DOCUMENTED = {
    "docs-actions": ("actions.md", "evenload.set_limit"),
    "docs-conditions": ("automations.md", "Conditions"),
    "docs-configuration-parameters": ("settings.md", "The grid connection"),
    "docs-data-update": ("entities.md", "How values come"),
    "docs-examples": ("automations.md", "Blueprints"),
    "docs-high-level-description": ("README.md", "What it is for"),
    "docs-installation-instructions": ("install.md", "With HACS"),
    "docs-installation-parameters": ("settings.md", "When you add Evenload"),
    "docs-known-limitations": ("limitations.md", "Known limitations"),
    "docs-removal-instructions": ("removal.md", "Remove Evenload"),
    "docs-supported-devices": ("stations.md", "What is known of makes"),
    "docs-supported-functions": ("entities.md", "Sensors"),
    "docs-triggers": ("automations.md", "Triggers"),
    "docs-troubleshooting": ("troubleshooting.md", "The station does not appear"),
    "docs-use-cases": ("README.md", "What it is for"),
}


def test_every_rule_up_to_platinum_is_done_or_exempt_with_a_reason() -> None:
    expected = yaml.safe_load(MODEL.read_text())["rules"]
    assert RULES.keys() == expected.keys()
    exempt = {name for name, rule in RULES.items() if not isinstance(rule, str)}
    for name, rule in RULES.items():
        status = rule if isinstance(rule, str) else rule["status"]
        assert status == ("exempt" if name in EXEMPT else "done"), name
    assert exempt >= EXEMPT
    assert all(RULES[name]["comment"] for name in exempt)


def test_every_rule_about_documents_has_its_heading() -> None:
    asked = {name for name in RULES if name.startswith("docs-")}
    assert asked == DOCUMENTED.keys()
    for file, heading in DOCUMENTED.values():
        text = (COMPONENT.parents[1] / "docs" / file).read_text()
        assert re.search(rf"^#+ {re.escape(heading)}$", text, re.MULTILINE), heading


@pytest.mark.parametrize("platform", evenload.PLATFORMS)
def test_every_platform_says_how_many_updates_may_run(platform: str) -> None:
    tree = ast.parse((COMPONENT / f"{platform}.py").read_text())
    names = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert "PARALLEL_UPDATES" in names


def test_platforms_are_in_order() -> None:
    assert sorted(evenload.PLATFORMS) == evenload.PLATFORMS


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: str(path.relative_to(COMPONENT))
)
def test_every_error_is_translated(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in {"HomeAssistantError", "ServiceValidationError"}:
            given = {keyword.arg for keyword in node.keywords}
            assert {"translation_domain", "translation_key"} <= given


@pytest.mark.parametrize(
    "path", FILES, ids=lambda path: str(path.relative_to(COMPONENT))
)
def test_a_file_is_one_concept(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
