"""The ledger of Home Assistant's quality scale is complete and true where a test can tell."""

import ast
from pathlib import Path
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
FILES = sorted(COMPONENT.glob("*.py"))


def test_every_rule_has_a_status_and_every_exemption_a_reason() -> None:
    expected = yaml.safe_load(MODEL.read_text())["rules"]
    assert RULES.keys() == expected.keys()
    for name, rule in RULES.items():
        status = rule if isinstance(rule, str) else rule["status"]
        assert status in {"done", "todo", "exempt"}, name
        assert status != "exempt" or rule["comment"], name


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


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_error_is_translated(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id in {"HomeAssistantError", "ServiceValidationError"}:
            given = {keyword.arg for keyword in node.keywords}
            assert {"translation_domain", "translation_key"} <= given


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_one_concept(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 300
