"""Where the sentence of a form's error stands: at which field, and in which section that is unfolded for it."""

from homeassistant.const import CONF_NAME

from .const import (
    CONF_IDENTITY,
    CONF_LIMIT,
    CONF_MAIN_FUSE_A,
    CONF_MAXIMUM_A,
    CONF_MEMBERS,
    CONF_PARENT,
    CONF_PHASES,
    CONF_STRATEGY,
    CONF_VOLTAGE_V,
    SECTION_CONNECTORS,
    SECTION_MORE,
    SECTION_SECURITY,
)
from .driver_config import CONF_TOKENS, SECTION_ADMISSION
from .engine.model.errors import BadSetting
from .meter_config import (
    CONF_FALLBACK_A,
    CONF_LARGEST_A,
    CONF_LOST_S,
    CONF_MARGIN_A,
    CONF_STALE_S,
    TOTAL,
)
from .uplink_config import SECTION_UPLINK

# The field that a sentence stands at; the others stand above the form.
FIELDS = {
    "already_configured": CONF_IDENTITY,
    "connector_out_of_range": "base",
    "connector_twice": "base",
    "fallback_out_of_range": CONF_FALLBACK_A,
    "fuse_below_group_limit": CONF_MAIN_FUSE_A,
    "group_in_circle": CONF_PARENT,
    "group_meter_lacks_line": CONF_PHASES,
    "invalid_identity": CONF_IDENTITY,
    "largest_out_of_range": CONF_LARGEST_A,
    "limit_above_main_fuse": CONF_LIMIT,
    "limit_above_parent": CONF_LIMIT,
    "limit_below_child": CONF_LIMIT,
    "limit_below_minimum": CONF_LIMIT,
    "limit_not_positive": CONF_LIMIT,
    "limit_too_large": CONF_LIMIT,
    "lost_out_of_range": CONF_LOST_S,
    "main_fuse_out_of_range": CONF_MAIN_FUSE_A,
    "margin_out_of_range": CONF_MARGIN_A,
    "maximum_out_of_range": CONF_MAXIMUM_A,
    "meter_export_alone": "base",
    "meter_line_missing": "base",
    "meter_sensor_missing": "base",
    "meter_sensor_own": "base",
    "meter_sensor_silent": "base",
    "meter_sensor_twice": "base",
    "meter_sensor_wrong_kind": "base",
    "meter_total_missing": TOTAL,
    "more_phases_than_site": CONF_PHASES,
    "name_missing": CONF_NAME,
    "no_members": CONF_MEMBERS,
    "token_invalid": CONF_TOKENS,
    "token_taken": CONF_TOKENS,
    "share_below_minimum": CONF_LIMIT,
    "site_would_not_fit": CONF_STRATEGY,
    "stale_out_of_range": CONF_STALE_S,
    "station_in_other_group": CONF_MEMBERS,
    "station_wired_otherwise": CONF_PHASES,
    "turn_out_of_range": "base",
    "unknown_member": CONF_MEMBERS,
    "unknown_parent": CONF_PARENT,
    "voltage_out_of_range": CONF_VOLTAGE_V,
    "wiring_not_on_split_phase": CONF_PHASES,
}

# The section of a station's form that a sentence speaks of: it is unfolded.
SECTIONS = {
    "connector_out_of_range": SECTION_CONNECTORS,
    "connector_twice": SECTION_CONNECTORS,
    "default_driver_missing": SECTION_ADMISSION,
    "no_client_ca": SECTION_SECURITY,
    "no_drivers": SECTION_ADMISSION,
    "uplink_certificate_incomplete": SECTION_UPLINK,
    "uplink_identity_invalid": SECTION_UPLINK,
    "uplink_url_invalid": SECTION_UPLINK,
    "no_encrypted_port": SECTION_SECURITY,
    "not_saved": SECTION_SECURITY,
    "password_needed": SECTION_SECURITY,
    "password_refused": SECTION_SECURITY,
    "password_unanswered": SECTION_SECURITY,
    "password_unsuitable": SECTION_SECURITY,
    "site_not_running": SECTION_SECURITY,
    "turn_out_of_range": SECTION_MORE,
}


def form_error(err: BadSetting) -> dict[str, str]:
    """Return the error of a form: the sentence at its field."""
    return {FIELDS.get(err.key, "base"): err.key}
