"""What both versions ask of logs and firmware alike: the file of diagnostics, and how often to try (1.6 §5.9, §5.19; 2.x L01, N01)."""

from collections.abc import Mapping
from typing import Any

from ..csms.meters import moment
from ..model.upkeep import LogKind, Retries
from .house import House


async def sent_diagnostics(
    house: House, location: str, begins: Any, ends: Any, retries: Retries
) -> str | None:
    """Have it sent; returns the file's name, or None where there is nothing to send.

    `begins` and `ends` are as those above wrote them, or None. Raises what the station's command raises.
    """
    return await house.commands.get_log(
        location,
        LogKind.DIAGNOSTICS,
        None if begins is None else moment(begins),
        None if ends is None else moment(ends),
        retries,
    )


def retries_of(payload: Mapping[str, Any]) -> Retries:
    """Return how often those above want it tried."""
    return Retries(payload.get("retries"), payload.get("retryInterval"))
