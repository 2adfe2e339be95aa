"""Has a station use its own list of tokens, also while nobody can be asked (1.6 §9.1, §9.3; 2.0.1 AuthCtrlr, LocalAuthListCtrlr)."""

from dataclasses import dataclass

from ..model.errors import StationRefused
from ..model.stations import OcppVersion
from .commands import Commands, ConfigurationValue

# So many lines go in a message where the station does not say how many it takes.
LINES_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class _Words:
    """How a version of OCPP calls the settings."""

    switches: tuple[str, ...]
    # Whether those may charge who are in no list, while nobody can be asked.
    strangers: str
    at_once: str


_WORDS_2 = _Words(
    ("LocalAuthListCtrlr/Enabled", "AuthCtrlr/LocalAuthorizeOffline"),
    "AuthCtrlr/OfflineTxForUnknownIdEnabled",
    "LocalAuthListCtrlr/ItemsPerMessage",
)
_WORDS = {
    OcppVersion.V16: _Words(
        ("LocalAuthListEnabled", "LocalAuthorizeOffline"),
        "AllowOfflineTxForUnknownId",
        "SendLocalListMaxLength",
    ),
    OcppVersion.V201: _WORDS_2,
    OcppVersion.V21: _WORDS_2,
}


async def prepare(
    commands: Commands, version: OcppVersion, *, strangers: bool | None
) -> int:
    """Switch on what is off, and return how many lines a message may have.

    `strangers`: whether others may charge as well while the house is away; None leaves that to the station.
    """
    words = _WORDS[version]
    wanted = dict.fromkeys(words.switches, "true")
    if strangers is not None:
        wanted[words.strangers] = str(strangers).lower()
    found: dict[str, ConfigurationValue] = {}
    for key in (*wanted, words.at_once):
        try:
            found |= await commands.get_configuration((key,))
        except StationRefused:
            # It has no such setting.
            continue
    for key, value in wanted.items():
        known = found.get(key)
        if known is None or known.readonly or (known.value or "").lower() == value:
            continue
        try:
            await commands.set_configuration(key, value)
        except StationRefused:
            continue
    at_once = found.get(words.at_once)
    text = "" if at_once is None else at_once.value or ""
    return max(1, int(text)) if text.isdecimal() else LINES_AT_ONCE
