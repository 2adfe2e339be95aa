"""A grid programme's subentry: what it says, as the engine understands it."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_CLIENT_ID, CONF_CLIENT_SECRET, CONF_URL

from .const import CONF_TARGET, SECTION_ADVANCED, TARGET_SITE
from .engine.grid.server import Edition, Server, is_own_machine
from .engine.model.errors import BadSetting
from .engine.model.tree import ROOT

SUBENTRY_PROGRAMME: Final = "grid_programme"

CONF_ALLOW_HTTP: Final = "allow_http"
CONF_DISPATCH_SIGN: Final = "dispatch_sign"
CONF_POLL_S: Final = "poll_s"
CONF_PROGRAMME: Final = "programme"
CONF_RESOURCE_NAME: Final = "resource_name"
CONF_SCOPE: Final = "scope"
CONF_TOKEN_URL: Final = "token_url"
CONF_VEN_NAME: Final = "ven_name"
CONF_VERSION: Final = "version"

# Home Assistant wants what it translates without dots.
EDITIONS: Final = {"v3_0_1": Edition.V301, "v3_1": Edition.V31}
CHARGES, DISCHARGES = "charges", "discharges"

DEFAULT_POLL_S: Final = 60
DEFAULT_VEN_NAME: Final = "evenload"
# Less often, and what has no end in sight would end before it is heard again.
POLLS_S: Final = range(10, 301)


def programmes(entry: ConfigEntry) -> dict[str, ConfigSubentry]:
    """Return the programmes of a site by their ids."""
    return {
        subentry.subentry_id: subentry
        for subentry in entry.get_subentries_of_type(SUBENTRY_PROGRAMME)
    }


def server_of(data: Mapping[str, Any]) -> Server:
    """Return where a programme is and who asks. Raises `BadSetting`."""
    more = data[SECTION_ADVANCED]
    url = _address(data[CONF_URL], "programme_url", allow_http=more[CONF_ALLOW_HTTP])
    token_url = more.get(CONF_TOKEN_URL, "").strip()
    if token_url:
        _address(token_url, "programme_token_url", allow_http=more[CONF_ALLOW_HTTP])
    name, secret = data.get(CONF_CLIENT_ID, ""), data.get(CONF_CLIENT_SECRET, "")
    if bool(name) != bool(secret):
        raise BadSetting("programme_half_a_login")
    if not (programme := data[CONF_PROGRAMME].strip()):
        raise BadSetting("programme_missing")
    return Server(
        url=url,
        edition=EDITIONS[data[CONF_VERSION]],
        programme=programme,
        client_id=name,
        client_secret=secret,
        token_url=token_url,
        scope=more.get(CONF_SCOPE, "").strip(),
        ven_name=more.get(CONF_VEN_NAME, "").strip() or DEFAULT_VEN_NAME,
        resource_name=more.get(CONF_RESOURCE_NAME, "").strip() or DEFAULT_VEN_NAME,
    )


def check_programme(name: str, data: Mapping[str, Any]) -> None:
    """Raise `BadSetting` for what a form says and cannot be."""
    if not name:
        raise BadSetting("name_missing")
    server_of(data)
    poll_s(data)


def target_of(data: Mapping[str, Any]) -> str:
    """Return whom setpoints are for, as the engine names it."""
    target: str = data[CONF_TARGET]
    return ROOT if target == TARGET_SITE else target


def poll_s(data: Mapping[str, Any]) -> float:
    """Return how often to ask. Raises `BadSetting` for what is too often, or too rare."""
    seconds = float(data[SECTION_ADVANCED][CONF_POLL_S])
    if not POLLS_S[0] <= seconds <= POLLS_S[-1]:
        raise BadSetting(
            "poll_out_of_range", minimum=str(POLLS_S[0]), maximum=str(POLLS_S[-1])
        )
    return seconds


def _address(text: str, key: str, *, allow_http: bool) -> str:
    """Return an address without the slash at its end; in the open only on this machine, and where the owner says so."""
    url = text.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"https", "http"} and parts.hostname and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise BadSetting(f"{key}_invalid")
    if parts.scheme == "http" and not (allow_http and is_own_machine(url)):
        raise BadSetting("programme_not_encrypted")
    return url
