"""Writes docs/settings.md and docs/entities.md from what the forms and entities are.

usage: python -m scripts.reference [--check]     --check only says whether the files are up to date
"""

from collections.abc import Iterator, Mapping
import importlib
import json
from pathlib import Path
import sys
from typing import Any

from homeassistant.helpers.entity import EntityDescription

import custom_components.evenload

COMPONENT = Path(custom_components.evenload.__file__).parent
DOCS = COMPONENT.parents[1] / "docs"

type Words = Mapping[str, Any]

SETTINGS = """\
# Settings

Every field of every form, as it is named there. Written from the forms themselves (`scripts/reference.py`).
"""

# How each form is reached, by its key in the translations, and its pages that repeat what stands elsewhere.
FORMS = {
    "config": (
        "When you add Evenload",
        'Settings, Devices & services, "Add integration", Evenload.',
        {"reconfigure", "discovery_confirm"},
    ),
    "options": (
        "The grid connection",
        "Settings, Devices & services, Evenload, the gear beside your grid connection. Port, network address and certificates are"
        ' under the three dots, "Reconfigure".',
        set[str](),
    ),
    "station": (
        "A charging station",
        "The gear beside the station on Evenload's page. A station that connects for the first time is announced, and the same is asked."
        ' "Add charging station" takes one before that, by its own name: the one that it adds to the address.',
        {"user"},
    ),
    "group": (
        "A load balancing group",
        '"Add load balancing group", or its gear. One with a meter of its own has the pages of the household meter as well.',
        set[str](),
    ),
}

ENTITIES = """\
# Entities

What you find on the pages of your devices, as it is named there. Written from the entities themselves (`scripts/reference.py`).
Those marked "off" exist and are disabled: enable them on their own page. Not every connector has all: most appear when a station tells
such a value for the first time, those of discharging only where you allow it, priority only where it counts.

## How values come

Nothing is polled: a value is shown when it is told. Evenload asks every station to tell what it measures every 10 seconds while a car charges, and to
give a sign of life every minute; a station that cannot be told so does as it is set. What changes is told at once. The figures of
groups and of the grid connection follow at most once a second.

While a station is away, its values are unavailable, and its "Connection" says so. Its energy goes on where it was.
"""

PLATFORMS = {
    "sensor": "Sensors",
    "binary_sensor": "Binary sensors",
    "switch": "Switches",
    "number": "Numbers",
    "select": "Choices",
    "datetime": "Times",
    "time": "Times of day",
    "button": "Buttons",
    "event": "Events",
}


def texts() -> Words:
    """Return the English texts."""
    found: Words = json.loads((COMPONENT / "translations/en.json").read_text())
    return found


def settings_page(words: Words) -> str:
    """Return docs/settings.md."""
    subentries: Words = words["config_subentries"]
    rest = {key: flow for key, flow in subentries.items() if key not in FORMS}
    parts = [SETTINGS]
    seen: set[tuple[str, ...]] = set()
    for key, (title, where, left_out) in FORMS.items():
        flow = subentries.get(key) or words[key]
        parts.append(f"## {title}\n\n{where}\n")
        parts += _steps(flow, left_out, seen)
    for flow in rest.values():
        opens = flow["initiate_flow"]["user"]
        parts.append(f'## {flow["entry_type"]}\n\n"{opens}", or its gear.\n')
        parts += _steps(flow, set(), seen)
    return "\n".join(parts)


def _steps(
    flow: Words, left_out: set[str], seen: set[tuple[str, ...]]
) -> Iterator[str]:
    """Yield a table for each page of a form; what has the same fields as another one stands once."""
    for name, step in flow["step"].items():
        forms = [("", step), *step.get("sections", {}).items()]
        fields = tuple(key for _, form in forms for key in form.get("data", {}))
        if name in left_out or not fields or fields in seen:
            continue
        seen.add(fields)
        yield f"### {_plain(step['title'])}\n"
        for section, form in forms:
            if section:
                yield (
                    f"**{form['name']}.** {form.get('description', '')}".strip() + "\n"
                )
            yield _table(form)


def _table(form: Words) -> str:
    rows = [
        f"| {name} | {_plain(form.get('data_description', {}).get(key, ''))} |"
        for key, name in form.get("data", {}).items()
    ]
    return "\n".join(["| field | |", "|---|---|", *rows, ""]) if rows else ""


def _plain(text: str) -> str:
    """Return a text for a table, without what is filled in on the page."""
    return " ".join(text.replace("|", "/").replace("{", "").replace("}", "").split())


def descriptions() -> dict[str, dict[str, EntityDescription]]:
    """Return the description of every entity, by its platform and key."""
    found: dict[str, dict[str, EntityDescription]] = {name: {} for name in PLATFORMS}
    paths = [*COMPONENT.glob("*.py"), *COMPONENT.glob("planning_inputs/*.py")]
    for path in sorted(paths):
        name = ".".join(path.relative_to(COMPONENT.parents[1]).with_suffix("").parts)
        module = importlib.import_module(name)
        for value in vars(module).values():
            for row in value if isinstance(value, tuple) else (value,):
                if isinstance(row, EntityDescription):
                    found[_platform(row)][row.key] = row
    return found


def _platform(row: EntityDescription) -> str:
    """Return the platform whose description a row is."""
    bases = [base.__module__ for base in type(row).__mro__]
    return next(
        platform
        for platform in PLATFORMS
        if any(
            base.startswith(f"homeassistant.components.{platform}") for base in bases
        )
    )


def entities_page(words: Words) -> str:
    """Return docs/entities.md."""
    known = descriptions()
    parts = [ENTITIES]
    for platform, title in PLATFORMS.items():
        rows = words["entity"].get(platform, {})
        if not rows:
            continue
        lines = [
            f"| {row['name']} | {_values(row, known[platform].get(key))} | {_off(known[platform].get(key))} |"
            for key, row in sorted(rows.items(), key=lambda one: str(one[1]["name"]))
        ]
        parts.append(
            "\n".join(
                [
                    f"## {title}\n",
                    "| name | values, or unit | at first |",
                    "|---|---|---|",
                    *lines,
                    "",
                ]
            )
        )
    return "\n".join(parts)


def _values(row: Words, about: EntityDescription | None) -> str:
    """Return the words of its states, or its unit."""
    if states := row.get("state"):
        return "; ".join(_plain(one) for one in states.values())
    kinds = row.get("state_attributes", {}).get("event_type", {}).get("state", {})
    if kinds:
        return "; ".join(_plain(one) for one in kinds.values())
    unit = (
        getattr(about, "suggested_unit_of_measurement", None)
        or getattr(about, "native_unit_of_measurement", None)
        or ""
    )
    return str(unit)


def _off(about: EntityDescription | None) -> str:
    return "off" if about and not about.entity_registry_enabled_default else ""


def pages() -> dict[Path, str]:
    """Return what is to be in each file."""
    words = texts()
    return {
        DOCS / "settings.md": settings_page(words),
        DOCS / "entities.md": entities_page(words),
    }


def main() -> int:
    """Write the pages, or say whether they are up to date."""
    stale = [
        path
        for path, text in pages().items()
        if not path.exists() or path.read_text() != text
    ]
    if "--check" not in sys.argv:
        for path in stale:
            path.write_text(pages()[path])
        return 0
    for path in stale:
        print(
            f"docs/{path.name} differs from its data: run python -m scripts.reference"
        )
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())
