"""Names that more than one file of the integration uses."""

from homeassistant.util.signal_type import SignalTypeFormat

DOMAIN = "evenload"

CONF_CERTIFICATE = "certificate"
CONF_CLIENT_CA = "client_ca"
CONF_CURRENT_TYPE = "current_type"
CONF_EVSES = "evses"
CONF_IDENTITY = "identity"
CONF_KEEP_LEAST = "keep_least"
CONF_KEEP_MONTHS = "keep_months"
CONF_LEASES = "leases"
CONF_LIMIT = "limit"
CONF_LIMIT_UNIT = "limit_unit"
CONF_MAIN_FUSE_A = "main_fuse_a"
CONF_MAXIMUM = "maximum"
CONF_MAXIMUM_A = "maximum_a"
CONF_MEMBERS = "members"
CONF_METER = "meter"
CONF_NUMBER = "number"
CONF_OF_GROUPS = "of_groups"
CONF_PARENT = "parent"
CONF_PAUSE = "pause"
CONF_PHASE_SWITCHING = "phase_switching"
CONF_PHASES = "phases"
CONF_PRIVATE_KEY = "private_key"
CONF_SECURITY_PROFILE = "security_profile"
CONF_SHADOW = "shadow"
CONF_SIMULTANEOUS = "simultaneous"
CONF_STRATEGY = "strategy"
CONF_TLS_PORT = "tls_port"
CONF_TURN_MIN = "turn_min"
CONF_UNIT = "unit"
CONF_VOLTAGE_V = "voltage_v"

SECTION_ADVANCED = "advanced"
CONF_TARGET = "target"
TARGET_SITE = "site"
SECTION_CONNECTORS = "connectors"
SECTION_MORE = "more"
SECTION_SECURITY = "security"

SUBENTRY_STATION = "station"
SUBENTRY_GROUP = "group"

DEFAULT_PORT = 9000
DEFAULT_MAIN_FUSE_A = 25
DEFAULT_MAXIMUM_A = 32
DEFAULT_PHASES = "3"
DEFAULT_TURN_MIN = 15
DEFAULT_VOLTAGE_V = 230

# Units of a limit as the forms and the subentry write them: Home Assistant wants what it translates in lower case.
UNIT_AMPERES = "a"
UNIT_WATTS = "w"

# The group's circuit hangs on the grid connection itself.
PARENT_SITE = "site"

# What is left to Evenload, and what the owner knows better.
AUTOMATIC = "automatic"
YES = "yes"
NO = "no"

# Sent, per entry, when there may be stations, connectors or groups that were not there before, or settings changed.
SIGNAL_CHANGED: SignalTypeFormat[()] = SignalTypeFormat("evenload_{}_changed")
