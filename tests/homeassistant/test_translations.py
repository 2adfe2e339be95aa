"""Every key that is used has its words, and no words are left over."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.entity import EntityDescription
import probatio  # noqa: TID251  Home Assistant makes of a form what its page shows with it
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol
import yaml

from custom_components.evenload import (
    binary_sensor,
    button,
    central_flow,
    central_sensors,
    datetime,
    discharge_trouble,
    driver_sensors,
    event,
    evse_sensors,
    grid_trouble,
    group_sensors,
    meter_fields,
    node_numbers,
    own_numbers,
    plan_sensors,
    programme_flow,
    programme_sensors,
    programme_trouble,
    schemas,
    select,
    services,
    session_sensors,
    session_tables,
    statements,
    station_fields,
    station_sensors,
    switch,
    uplink_trouble,
    v2g_checks,
    v2g_fields,
    v2g_sensors,
)
from custom_components.evenload.checks import OF_GROUP
from custom_components.evenload.driver_config import WEEKDAYS
from custom_components.evenload.engine.model.capabilities import PauseMethod, Purpose
from custom_components.evenload.engine.model.configuration import Strategy
from custom_components.evenload.engine.model.drivers import TokenPolicy
from custom_components.evenload.engine.model.notices import NoticeKind
from custom_components.evenload.engine.model.phases import ALL_PHASES
from custom_components.evenload.engine.model.planning import ChargeMode
from custom_components.evenload.engine.model.security import SecurityProfile
from custom_components.evenload.engine.model.uplink import Domain, Role
from custom_components.evenload.engine.model.v2x import IdleMethod, Steering, V2gMode
from custom_components.evenload.engine.model.v2x_ability import Method
from custom_components.evenload.form_errors import FIELDS, SECTIONS
from custom_components.evenload.grid import GRIDS
from custom_components.evenload.meter_config import MeterKind, Spread
from custom_components.evenload.planning_inputs import (
    input_issues,
    input_sensors,
    outlook_checks,
    outlook_fields,
    vehicle_flow,
)
from custom_components.evenload.planning_inputs.config import ExportSource
from custom_components.evenload.programme_config import EDITIONS
from custom_components.evenload.sensor_trouble import ISSUES
from custom_components.evenload.wiring import WIRINGS

COMPONENT = Path(services.__file__).parent
LANGUAGES = sorted((COMPONENT / "translations").glob("*.json"))
ENGLISH: dict[str, Any] = json.loads((COMPONENT / "translations/en.json").read_text())
ICONS: dict[str, Any] = json.loads((COMPONENT / "icons.json").read_text())
ACTIONS: dict[str, Any] = yaml.safe_load((COMPONENT / "services.yaml").read_text())
SOURCE = "\n".join(path.read_text() for path in COMPONENT.rglob("*.py"))

ROWS: dict[str, list[EntityDescription]] = {
    "binary_sensor": [
        binary_sensor.CONNECTED,
        binary_sensor.DISCHARGING,
        binary_sensor.OVERLOAD,
    ],
    "button": [
        *button.STATION_BUTTONS,
        button.LEARN_AGAIN,
        button.PROTECT,
        button.TEST_DISCHARGING,
        button.UNLOCK,
    ],
    "datetime": [datetime.DEPARTURE],
    "event": [event.ACTIVITY],
    "number": [
        node_numbers.CAP,
        node_numbers.LIMIT,
        own_numbers.PRIORITY,
        *own_numbers.CHARGING,
        *own_numbers.DISCHARGING,
        *own_numbers.MAXIMA,
    ],
    "select": [
        select.CHARGE_MODE,
        select.DISCHARGING_MODE,
        select.PHASES,
        select.STRATEGY,
    ],
    "sensor": [
        *evse_sensors.EVSE_SENSORS,
        driver_sensors.COST,
        driver_sensors.ENERGY,
        session_sensors.COST,
        session_sensors.ENERGY,
        *group_sensors.GROUP_SENSORS,
        *group_sensors.NODE_SENSORS,
        *station_sensors.STATION_SENSORS,
        *programme_sensors.PROGRAMME_SENSORS,
        central_sensors.CENTRAL_SENSOR,
        *v2g_sensors.BATTERY_SENSORS,
        *v2g_sensors.DISCHARGE_SENSORS,
        *plan_sensors.PLAN_SENSORS,
        plan_sensors.SITE_PLAN,
        *input_sensors.INPUT_SENSORS,
    ],
    "switch": [*switch.SWITCHES, switch.WATCH_ONLY],
}


def leaves(tree: Any, path: str = "") -> dict[str, str]:
    """Return every text by its path."""
    if isinstance(tree, str):
        return {path: tree}
    return {
        leaf: text
        for key, branch in tree.items()
        for leaf, text in leaves(branch, f"{path}.{key}").items()
    }


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda path: path.stem)
def test_every_language_says_the_same_and_fills_in_the_same(language: Path) -> None:
    texts = leaves(json.loads(language.read_text()))
    english = leaves(ENGLISH)
    assert texts.keys() == english.keys()
    for path, text in texts.items():
        expected = set(re.findall(r"{(\w+)}", english[path]))
        assert set(re.findall(r"{(\w+)}", text)) == expected, path


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda path: path.stem)
def test_texts_are_as_home_assistant_wants_them(language: Path) -> None:
    for path, text in leaves(json.loads(language.read_text())).items():
        assert text == text.strip(), path
        assert text, path
        assert not re.search(r"https?://|wss?://|</?\w+>|'{\w+}'", text), path
        assert re.fullmatch(r"(\.[a-z0-9_-]+)+", path), path


@pytest.mark.parametrize("platform", ROWS)
def test_every_entity_has_a_name(platform: str) -> None:
    keys = {row.key for row in ROWS[platform]}
    assert ENGLISH["entity"][platform].keys() == keys
    assert all("name" in words for words in ENGLISH["entity"][platform].values())


def test_every_state_has_a_word() -> None:
    for platform in ("select", "sensor"):
        for row in ROWS[platform]:
            words = ENGLISH["entity"][platform][row.key].get("state", {})
            assert set(getattr(row, "options", None) or ()) == set(words), row.key
    words = ENGLISH["entity"]["event"]["activity"]["state_attributes"]
    assert set(event.ACTIVITY.event_types or ()) == set(words["event_type"]["state"])


@pytest.mark.parametrize("platform", ROWS)
def test_every_icon_is_of_an_entity_and_every_entity_has_one(platform: str) -> None:
    icons = ICONS["entity"][platform]
    words = ENGLISH["entity"][platform]
    for key, icon in icons.items():
        assert set(icon.get("state", ())) <= {*words[key].get("state", ()), "off"}
    # A device class brings its own.
    bare = {row.key for row in ROWS[platform] if not row.device_class}
    in_unit_of_limit = {"used", "available", "limit"}
    assert bare - in_unit_of_limit <= icons.keys() <= words.keys()


def fields(schema: vol.Schema) -> set[str]:
    """Return the names of a form's fields, those of sections left out."""
    return {
        str(key) for key, field in schema.schema.items() if not hasattr(field, "schema")
    }


GROUP = schemas.group_schema({}, {})
# Of every kind of meter: no form has all of these fields.
SENSORS = vol.Schema(
    {
        key: field
        for kind in MeterKind
        for key, field in meter_fields.sensors_schema(kind, ALL_PHASES).schema.items()
    }
)
SITE = MockConfigEntry(options={"phases": "3"})
STATION = station_fields.station_schema(schemas.STATION_SCHEMA, SITE)
KNOWN_STATION = station_fields.station_schema(station_fields.KNOWN_STATION_SCHEMA, SITE)
NEW_STATION = station_fields.station_schema(schemas.NEW_STATION_SCHEMA, SITE)
# Of every method: no form has all of these fields.
DIALECT = vol.Schema(
    {
        key: field
        for method in Method
        for key, field in v2g_fields.dialect_schema(method).schema.items()
    }
)
# Of every source: no form has all of these fields.
PRICES = vol.Schema(
    {
        key: field
        for source in outlook_fields.OTHER_SOURCES
        for export in ExportSource
        for key, field in outlook_fields.prices_schema(
            source, export, "EUR"
        ).schema.items()
    }
)
PROGRAMME = programme_flow.programme_schema({})
CENTRAL = central_flow.central_schema({})
FORMS = [
    ("config", "user", schemas.USER_SCHEMA),
    ("config", "reconfigure", schemas.CONNECTION_SCHEMA),
    ("config", "discovery_confirm", STATION),
    ("options", "grid", schemas.GRID_SCHEMA),
    ("options", "sharing", schemas.SHARING_SCHEMA),
    ("options", "discharging", v2g_fields.GRID_DISCHARGE_SCHEMA),
    ("options", "meter", meter_fields.METER_SCHEMA),
    ("options", "meter_sensors", SENSORS),
    ("options", "meter_belief", meter_fields.BELIEF_SCHEMA),
    ("options", "sessions", schemas.SESSIONS_SCHEMA),
    ("options", "outlook", outlook_fields.outlook_schema({}, {}, asks_for_roof=True)),
    ("options", "outlook_prices", PRICES),
    ("options", "outlook_demand", outlook_fields.demand_schema("EUR")),
    ("config_subentries.station", "user", NEW_STATION),
    ("config_subentries.station", "reconfigure", KNOWN_STATION),
    (
        "config_subentries.station",
        "discharging_connectors",
        v2g_fields.connectors_schema([1, 2]),
    ),
    (
        "config_subentries.station",
        "discharging",
        v2g_fields.permission_schema([*Steering], "EUR"),
    ),
    ("config_subentries.station", "discharging_dialect", DIALECT),
    ("config_subentries.grid_programme", "user", PROGRAMME),
    ("config_subentries.grid_programme", "reconfigure", PROGRAMME),
    ("config_subentries.central_system", "user", CENTRAL),
    ("config_subentries.central_system", "reconfigure", CENTRAL),
    ("config_subentries.group", "user", GROUP),
    ("config_subentries.group", "reconfigure", GROUP),
    ("config_subentries.group", "meter_sensors", SENSORS),
    ("config_subentries.group", "meter_belief", meter_fields.BELIEF_SCHEMA),
]


@pytest.mark.parametrize(("flow", "step", "schema"), FORMS)
def test_every_field_is_named_and_explained(
    flow: str, step: str, schema: vol.Schema
) -> None:
    words = ENGLISH
    for part in flow.split("."):
        words = words[part]
    form = words["step"][step]
    assert form["title"]
    assert fields(schema) == form["data"].keys() == form["data_description"].keys()
    sections = {
        str(key): field.schema
        for key, field in schema.schema.items()
        if hasattr(field, "schema")
    }
    assert sections.keys() == form.get("sections", {}).keys()
    for name, inner in sections.items():
        words = form["sections"][name]
        assert fields(inner) == words["data"].keys() == words["data_description"].keys()


@pytest.mark.parametrize("schema", [schema for _, _, schema in FORMS])
def test_every_form_can_be_shown(schema: vol.Schema) -> None:
    assert probatio.to_field_list(schema, custom_serializer=cv.custom_serializer)


def test_every_wrong_field_has_a_sentence() -> None:
    errors = {
        **ENGLISH["config"]["error"],
        **ENGLISH["options"]["error"],
        **ENGLISH["config_subentries"]["station"]["error"],
        **ENGLISH["config_subentries"]["group"]["error"],
        **ENGLISH["config_subentries"]["driver"]["error"],
    }
    assert v2g_checks.FIELDS.keys() <= errors.keys()
    assert outlook_checks.FIELDS.keys() <= ENGLISH["options"]["error"].keys()
    of_station = ENGLISH["config_subentries"]["station"]["error"]
    assert vehicle_flow.FIELDS.keys() <= of_station.keys()
    assert FIELDS.keys() | SECTIONS.keys() | set(OF_GROUP.values()) <= errors.keys()
    used = re.findall(r'{(?:"base"|CONF_PORT): "(\w+)"}', SOURCE)
    assert set(used) <= ENGLISH["config"]["error"].keys()


def test_every_end_of_a_form_has_a_sentence() -> None:
    ends = {
        *ENGLISH["config"]["abort"],
        *ENGLISH["config_subentries"]["group"]["abort"],
        *ENGLISH["issues"]["not_controllable"]["fix_flow"]["abort"],
    }
    assert set(re.findall(r'reason="(\w+)"', SOURCE)) <= ends


def test_every_exception_has_a_sentence() -> None:
    raised = set(re.findall(r'translation_key="(\w+)"', SOURCE))
    raised -= {"phases", "unit", "strategy", "evse", "security_profile", "connector"}
    raised -= {"meter_kind", "spread", "message_field"}
    raised -= {"dispatch_sign", "openadr_version", "policy", "weekday"}
    raised -= {"central_role", "decides"}
    of_groups = {key for key in FIELDS if key in ENGLISH["exceptions"]}
    of_numbers = {
        "power_out_of_range",
        "live_limit_out_of_range",
        "priority_out_of_range",
    }
    of_discharging = {
        "discharge_hindered",
        "discharge_limit_out_of_range",
        "discharge_not_positive",
        "discharge_without_end",
        "minimum_soc_out_of_range",
        "probe_needs_load",
        "probe_cut_short",
        "probe_load_gone",
        "probe_station_gone",
        "probe_unanswered",
        "probe_vehicle_left",
        "v2g_not_confirmed",
        "v2g_not_set_up",
        "v2g_off",
        "v2g_others_decide",
        "signal_for_nobody",
        "signal_out_of_range",
    }
    of_discharging |= {"dispatch_not_a_power", "dispatch_target_unknown"}
    of_profiles = {
        "profile_above_ours",
        "profile_daily_without_start",
        "profile_has_no_place",
        "profile_id_taken",
        "profile_without_beginning",
    }
    of_ports = {"address_in_use", "boxes_alike", "cannot_bind", "invalid_certificate"}
    of_plans = {
        "price_limit_missing",
        "price_limit_not_a_price",
        "sun_needs_meter",
        "target_energy_out_of_range",
        "target_soc_out_of_range",
    }
    said = raised | of_groups | of_numbers | of_discharging | of_profiles | of_ports
    of_drivers = {
        "driver_refused",
        "driver_without_card",
        "nothing_to_stop",
        "reservation_passed",
    }
    of_several = {"not_all_can", "not_all_did"}
    of_pauses = {"pause_end_out_of_range", "pause_reason_length"}
    of_appliances = {"run_ends_before_it_begins", "run_too_long"}
    said |= of_plans | of_drivers | of_several | of_pauses | of_appliances
    assert said == ENGLISH["exceptions"].keys()
    of_meter = {key for key in FIELDS if key.startswith("meter_")}
    of_meter |= {f"{key}_out_of_range" for key in ("margin", "largest", "fallback")}
    of_meter |= {f"{key}_out_of_range" for key in ("stale", "lost", "turn")}
    of_group_form = ENGLISH["config_subentries"]["group"]["error"]
    assert of_group_form.keys() - of_meter <= ENGLISH["exceptions"].keys()


def test_every_notice_and_choice_has_words() -> None:
    of_discharging = {discharge_trouble.REFUSED, discharge_trouble.DISPROVEN}
    of_discharging.add(grid_trouble.LASTS)
    of_programmes = {
        *programme_trouble.SILENT.values(),
        programme_trouble.EVENT,
        programme_trouble.CLOCK,
    }
    of_inputs = {*input_issues.ISSUES.values(), input_issues.PRICES_MISSING}
    of_uplinks = {uplink_trouble.REFUSED, uplink_trouble.AWAY}
    ours = {*NoticeKind, *ISSUES.values(), *of_discharging, *of_programmes, *of_inputs}
    ours |= of_uplinks
    assert ENGLISH["issues"].keys() == ours
    selectors = ENGLISH["selector"]
    of_connector = station_fields.CONNECTORS_SCHEMA.schema["evses"].config["fields"]
    assert selectors["connector"]["fields"].keys() == of_connector.keys()
    options = {
        key: set(words["options"])
        for key, words in selectors.items()
        if key not in {"connector", "message_field"}
    }
    rows = v2g_fields.MESSAGE_FIELDS.config["fields"]
    assert selectors["message_field"]["fields"].keys() == rows.keys()
    assert options == {
        "central_role": set(Role),
        "phases": set(GRIDS),
        "price_source": set(outlook_fields.OTHER_SOURCES),
        "export_source": set(ExportSource),
        "demand_minutes": set(outlook_fields.DEMAND_MINUTES),
        "unit": {"a", "w"},
        "strategy": set(Strategy),
        "meter_kind": {"none", *MeterKind},
        "spread": set(Spread),
        "wiring": set(WIRINGS),
        "limit_unit": {"automatic", "a", "w"},
        "pause": {"automatic", *PauseMethod},
        "yes_no": {"automatic", "yes", "no"},
        "where": {"house", "grid"},
        "told": {"as_it_says", *Method},
        "steering": {*Steering},
        "unit_of_power": {"a", "w"},
        "purpose": set(Purpose),
        "idle": set(IdleMethod),
        "afterwards": set(V2gMode),
        "charge_mode": set(ChargeMode),
        "dispatch_sign": {"charges", "discharges"},
        "policy": set(TokenPolicy),
        "decides": set(Domain),
        "weekday": set(WEEKDAYS),
        "openadr_version": set(EDITIONS),
        "session_format": {session_tables.CSV, session_tables.HTML},
        "statement": {
            *statements.COLUMNS,
            *("title", "nobody", "total", "unpriced"),
        },
        "security_profile": {str(int(profile)) for profile in SecurityProfile},
    }


def test_every_action_is_explained() -> None:
    assert ACTIONS.keys() == ENGLISH["services"].keys() == ICONS["services"].keys()
    for name, action in ACTIONS.items():
        assert action["fields"].keys() == ENGLISH["services"][name]["fields"].keys()
