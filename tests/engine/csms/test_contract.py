"""What Evenload relies on of the `ocpp` package: the folders of schemas, and nothing else.

Its classes are not used, so that none of its private names can change under us. When one of these tests fails, the
package has changed (or was updated): see what did, run test_validators, and then bring the numbers here up to date.
"""

import ast
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version as installed_version
from importlib.resources import files
import json
from pathlib import Path
import subprocess
import sys
import tomllib

import pytest

from custom_components.evenload.engine.csms.schemas import schemas
from custom_components.evenload.engine.model.stations import OcppVersion

PROJECT = Path(__file__).parents[3]
INTEGRATION = PROJECT / "custom_components/evenload"
PINNED = "2.1.0"
DRAFTS = {
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
}

# The only messages that have no answer: stations stream them (OCPP 2.1 part 4, SEND).
UNANSWERED = {"NotifyPeriodicEventStream"}

# Of each version: its folder, how many messages and schemas it has, and what is in the schemas.
FOLDERS = {
    OcppVersion.V16: ("v16", "", 39, 78, "8fcb39de0b6a4d10"),
    OcppVersion.V201: ("v201", "Request", 64, 128, "da2810462795c829"),
    OcppVersion.V21: ("v21", "Request", 91, 181, "6383e6f96354a35a"),
}


def names_of_packages(tree: ast.AST) -> Iterator[str]:
    """Every package that a file imports, or asks the import system for by a text."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module
            case ast.Call(args=[ast.Constant(value=str(text)), *_]) if getattr(
                node.func, "attr", getattr(node.func, "id", "")
            ) in {"files", "import_module", "find_spec", "__import__", "as_file"}:
                yield text


def test_no_name_of_the_package_is_used() -> None:
    users = {
        (str(file.relative_to(INTEGRATION)), name)
        for file in INTEGRATION.rglob("*.py")
        for name in names_of_packages(ast.parse(file.read_text()))
        if name == "ocpp" or name.startswith("ocpp.")
    }
    assert users == {("engine/csms/schemas.py", "ocpp")}, (
        "only schemas.py may know the package, and of it only the folders of schemas"
    )


def test_none_of_its_modules_is_loaded() -> None:
    program = (
        "import sys\n"
        "from custom_components.evenload.engine.csms.schemas import schemas\n"
        "from custom_components.evenload.engine.model.stations import OcppVersion\n"
        "for version in OcppVersion: schemas(version).violations('Heartbeat', {})\n"
        "print(sorted(name for name in sys.modules if name.split('.')[0] == 'ocpp'))\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "['ocpp']", "importing its classes costs 18 MB"


def test_one_version_of_the_package_is_pinned_everywhere() -> None:
    manifest = json.loads((INTEGRATION / "manifest.json").read_text())
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    wanted = f"ocpp=={PINNED}"
    assert wanted in manifest["requirements"]
    assert wanted in project["project"]["dependencies"]
    assert installed_version("ocpp") == PINNED


@pytest.mark.parametrize("version", FOLDERS)
def test_the_schemas_are_where_and_what_they_were(version: OcppVersion) -> None:
    folder, suffix, messages, count, digest = FOLDERS[version]
    found = sorted(
        (files("ocpp") / folder / "schemas").iterdir(), key=lambda file: file.name
    )
    assert all(file.name.endswith(".json") for file in found)
    assert len(found) == count, f"there are {len(found)} schemas of {version}"
    names = {file.name.removesuffix(".json") for file in found}
    requests = {
        name.removesuffix(suffix) for name in names if not name.endswith("Response")
    }
    answers = {
        name.removesuffix("Response") for name in names if name.endswith("Response")
    }
    assert requests - answers == UNANSWERED & requests, "messages without an answer"
    assert answers <= requests, "answers without a message"
    assert len(requests) == messages
    assert schemas(version).actions == requests
    content = sha256()
    for file in found:
        schema = json.loads(file.read_text("utf-8-sig"))
        assert schema["$schema"] in DRAFTS, file.name
        content.update(json.dumps([file.name, schema], sort_keys=True).encode())
    assert content.hexdigest()[:16] == digest, (
        f"the schemas of {version} are not those that Evenload was written against"
    )
