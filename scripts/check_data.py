"""Checks the files that no tool reads before Home Assistant does: JSON and YAML, and the translations among them."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import sys

import yaml

PROJECT = Path(__file__).parent.parent
INTEGRATION = PROJECT / "custom_components/evenload"


class BlueprintLoader(yaml.SafeLoader):
    """Reads Home Assistant's YAML, whose tags (!input, !secret) stay unread."""


BlueprintLoader.add_multi_constructor("!", lambda _loader, _tag, node: node.value)


def keys(tree: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text in a translation, with the path of keys that leads to it."""
    if isinstance(tree, dict):
        for key, branch in tree.items():
            yield from keys(branch, f"{path}.{key}".lstrip("."))
    else:
        yield path, str(tree)


def translation_faults() -> Iterator[str]:
    """Say where a language lacks a text, has one too many, or names another placeholder."""
    folder = INTEGRATION / "translations"
    if not (folder / "en.json").exists():
        return
    english = dict(keys(json.loads((folder / "en.json").read_text())))
    for file in sorted(folder.glob("*.json")):
        other = dict(keys(json.loads(file.read_text())))
        name = file.relative_to(PROJECT)
        yield from (f"{name}: lacks {key}" for key in sorted(english.keys() - other))
        yield from (f"{name}: unknown {key}" for key in sorted(other.keys() - english))
        for key in english.keys() & other:
            if placeholders(english[key]) != placeholders(other[key]):
                yield f"{name}: other placeholders in {key}"
            if other[key] != other[key].strip():
                yield f"{name}: blanks around {key}"


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return set(re.findall(r"\{(\w+)\}", text))


def unreadable() -> Iterator[str]:
    """Say which data files cannot be parsed."""
    roots = ["custom_components", "tests", ".github"]
    for root in roots:
        for file in sorted((PROJECT / root).rglob("*")):
            try:
                if file.suffix == ".json":
                    json.loads(file.read_text())
                elif file.suffix in {".yaml", ".yml"}:
                    list(yaml.load_all(file.read_text(), BlueprintLoader))
            except (ValueError, yaml.YAMLError) as error:
                yield f"{file.relative_to(PROJECT)}: {error}"


def main() -> int:
    """Print the faults; the number of them is the verdict."""
    faults = list(unreadable()) or list(translation_faults())
    print("\n".join(faults) or "JSON, YAML and translations are sound")
    return bool(faults)


if __name__ == "__main__":
    sys.exit(main())
