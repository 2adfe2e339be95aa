"""What hassfest asks of texts, icons, actions, triggers and conditions of a custom integration."""

from collections.abc import Callable
import json
from pathlib import Path
import re
import string
from typing import Any

import hass_frontend
from homeassistant.helpers import config_validation as cv, selector
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from custom_components import evenload

COMPONENT = Path(evenload.__file__).parent
ENGLISH: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())
ICONS: dict[str, Any] = json.loads((COMPONENT / "icons.json").read_text())

KEY = vol.Match(r"^(?!.+[_-]{2})(?![_-])[a-z0-9-_]+(?<![_-])$")
_URL = re.compile(
    r"((ftps?|scp|https?|mqtts?|socket|socks5)://|www\.)[a-z0-9]+([-.][a-z0-9]+)*\.[a-z]{2,5}",
    re.IGNORECASE,
)


def text(value: Any) -> str:
    """A text without HTML, addresses, blanks around it, or names in quotes that nobody fills in."""
    said: str = cv.string_with_no_html(value)
    if said != said.strip() or _URL.search(said) or "[%" in said:
        raise vol.Invalid(said)
    if re.search(r"'{\w+}'", said):
        raise vol.Invalid(said)
    names = [name for _, name, _, _ in string.Formatter().parse(said) if name]
    if not all(name.isidentifier() for name in names):
        raise vol.Invalid(said)
    return said


def plain(value: Any) -> str:
    """A text in which nothing is filled in."""
    if "{" in text(value):
        raise vol.Invalid(value)
    return str(value)


def each(shape: Any, key: Callable[[Any], Any] = KEY) -> dict[Any, Any]:
    return {key: shape}


def some(**shapes: Any) -> dict[Any, Any]:
    return {vol.Optional(key): shape for key, shape in shapes.items()}


FIELDS = each(
    {
        vol.Required("name"): str,
        vol.Required("description"): text,
        vol.Optional("example"): text,
    }
)
DEED = {
    vol.Required("name"): text,
    vol.Required("description"): text,
    **some(fields=FIELDS),
}
STEP = {
    **some(title=text, description=text, submit=text),
    **some(data={str: text}, data_description={str: text}),
    **some(menu_options={str: text}, menu_option_descriptions={str: text}),
    **some(
        sections={
            str: some(
                data={str: text},
                data_description={str: text},
                description=text,
                name=text,
            )
        }
    ),
}
FLOW = {
    vol.Required("step"): {str: STEP},
    **some(flow_title=text, error={str: text}, abort={str: text}),
    **some(progress={str: text}, create_entry={str: text}),
    **some(initiate_flow={vol.Required("user"): text}),
}
_OF_ENTRY = {key: shape for key, shape in FLOW.items() if key != "initiate_flow"}
SUBENTRY = _OF_ENTRY | {
    vol.Required("entry_type"): text,
    vol.Required("initiate_flow"): {vol.Required("user"): text, str: text},
}
# Either it is explained, or it has a flow that mends it.
ISSUE = vol.Any(
    {vol.Required("title"): text, vol.Required("description"): text},
    {vol.Required("title"): text, vol.Required("fix_flow"): FLOW},
)
OBJECT = each({vol.Required("name"): str, vol.Optional("description"): text})
SELECTOR = some(
    options=each(text),
    choices=each(text),
    unit_of_measurement=each(text),
    fields=OBJECT,
)
ENTITY = some(
    name=text,
    state=each(plain),
    unit_of_measurement=plain,
    state_attributes=each(some(name=plain, state=each(plain))),
)
SHAPE = vol.Schema(
    some(
        title=text,
        config=FLOW,
        options=FLOW,
        config_subentries=each(SUBENTRY, cv.slug),
        selector=each(SELECTOR, cv.slug),
        device=each(some(name=text)),
        entity=each(each(ENTITY), cv.slug),
        exceptions=each({vol.Required("message"): text}, cv.slug),
        issues={str: ISSUE},
        services=each(DEED),
        triggers=each(DEED, cv.underscore_slug),
        conditions=each(DEED, cv.underscore_slug),
        system_health=some(info=each(text)),
        common=each(text, cv.slug),
    )
)


@pytest.mark.parametrize(
    "path",
    sorted((COMPONENT / "translations").glob("*.json")),
    ids=lambda path: path.stem,
)
def test_texts_have_the_shape_that_home_assistant_reads(path: Path) -> None:
    SHAPE(json.loads(path.read_text()))


def test_what_explains_a_field_explains_one_that_there_is() -> None:
    flows = [
        ENGLISH["config"],
        ENGLISH["options"],
        *ENGLISH["config_subentries"].values(),
        *(
            issue["fix_flow"]
            for issue in ENGLISH["issues"].values()
            if "fix_flow" in issue
        ),
    ]
    for flow in flows:
        for step in flow["step"].values():
            for form in (step, *step.get("sections", {}).values()):
                explained = form.get("data_description", {}).keys()
                assert explained <= form.get("data", {}).keys()


FIELD = some(
    example=object,
    default=object,
    required=bool,
    selector=selector.validate_selector,
)
TARGET = selector.TargetSelector.CONFIG_SCHEMA
TARGETED = vol.Schema({str: some(target=TARGET, fields={str: FIELD})})


def _named(file: str) -> dict[str, Any]:
    """Return what a file describes, without what is written once for several."""
    data = load_yaml_dict(str(COMPONENT / file))
    return {name: row for name, row in data.items() if not name.startswith(".")}


@pytest.mark.parametrize(
    ("file", "part"),
    [
        ("services.yaml", "services"),
        ("triggers.yaml", "triggers"),
        ("conditions.yaml", "conditions"),
    ],
)
def test_what_can_be_chosen_in_an_automation_is_described(file: str, part: str) -> None:
    rows = _named(file)
    TARGETED(rows)
    words = ENGLISH[part]
    assert rows.keys() == words.keys()
    icons = ICONS[part]
    assert rows.keys() == icons.keys()
    for name, row in rows.items():
        assert row.get("fields", {}).keys() == words[name].get("fields", {}).keys()
        for field in row.get("fields", {}).values():
            key = (field["selector"].get("select") or {}).get("translation_key")
            assert key is None or key in ENGLISH["selector"]


def _icons(tree: Any) -> list[str]:
    if isinstance(tree, str):
        return [tree]
    return [icon for branch in tree.values() for icon in _icons(branch)]


def test_every_icon_is_one_that_the_page_has() -> None:
    folder = Path(hass_frontend.where()) / "static/mdi"
    parts = json.loads((folder / "iconMetadata.json").read_text())["parts"]
    known = {
        icon
        for part in parts
        for icon in json.loads((folder / f"{part['file']}.json").read_text())
    }
    used = _icons(ICONS)
    assert used
    assert [icon for icon in used if icon.removeprefix("mdi:") not in known] == []
    assert all(icon.startswith("mdi:") for icon in used)


def test_no_icon_of_a_state_is_the_one_that_it_would_have() -> None:
    for rows in ICONS["entity"].values():
        for row in rows.values():
            assert row.get("default") not in row.get("state", {}).values()
