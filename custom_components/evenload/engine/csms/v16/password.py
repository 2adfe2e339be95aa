"""Gives a 1.6 station its password, and has it use it (security whitepaper, A01 and A05)."""

import logging

from ...model.errors import EvenloadError, StationRefused
from ...model.identity import masked
from ..commands import Commands
from ..door.passwords import hexadecimal

_LOGGER = logging.getLogger(__name__)

_KEY = "AuthorizationKey"
_PROFILE = "SecurityProfile"


async def set_password(identity: str, commands: Commands, password: str) -> None:
    """Write the password, and raise a station from profile 0 to 1. Raises what `Commands` raise."""
    try:
        await commands.set_configuration(_KEY, hexadecimal(password))
    except StationRefused:
        # The specification wants hexadecimal digits; some stations want the text itself.
        await commands.set_configuration(_KEY, password)
    try:
        # Only a station that knows the whitepaper has it; the others show the password as soon as they have one.
        shown = await commands.get_configuration((_PROFILE,))
        if _PROFILE in shown and (shown[_PROFILE].value or "").strip() == "0":
            await commands.set_configuration(_PROFILE, "1")
    except EvenloadError as error:
        # The password is in the station, which may dial again at once: whether it uses it is seen when it does.
        _LOGGER.debug(
            "%s was not raised to profile 1: %s",
            masked(identity),
            type(error).__name__,
        )
