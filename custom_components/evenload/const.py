"""Names that more than one file of the integration uses."""

from homeassistant.util.signal_type import SignalTypeFormat

DOMAIN = "evenload"

CONF_CERTIFICATE = "certificate"
CONF_IDENTITY = "identity"
CONF_LIMIT = "limit"
CONF_MAIN_FUSE_A = "main_fuse_a"
CONF_MAXIMUM_A = "maximum_a"
CONF_MEMBERS = "members"
CONF_PHASES = "phases"
CONF_PRIVATE_KEY = "private_key"
CONF_STRATEGY = "strategy"
CONF_UNIT = "unit"
CONF_VOLTAGE_V = "voltage_v"

SECTION_ADVANCED = "advanced"

SUBENTRY_STATION = "station"
SUBENTRY_GROUP = "group"

DEFAULT_PORT = 9000
DEFAULT_MAIN_FUSE_A = 25
DEFAULT_MAXIMUM_A = 32
DEFAULT_PHASES = "3"
DEFAULT_VOLTAGE_V = 230

# Units of a limit as the forms and the subentry write them: Home Assistant wants what it translates in lower case.
UNIT_AMPERES = "a"
UNIT_WATTS = "w"

# Sent, per entry, when there may be stations, connectors or groups that were not there before, or settings changed.
SIGNAL_CHANGED: SignalTypeFormat[()] = SignalTypeFormat("evenload_{}_changed")
