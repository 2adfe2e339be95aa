"""Notices that a station is gone although its socket is not (pings, pongs and silence)."""

import asyncio
from collections.abc import Callable
import logging
from typing import Protocol

from ..model.identity import masked

_LOGGER = logging.getLogger(__name__)

PING_INTERVAL_S = 20.0

# A station that answers pings and misses three is gone; one that never did is judged by its heartbeat.
MISSED_PINGS = 3
MISSED_HEARTBEATS = 2.5


class Watched(Protocol):
    """The part of a connection that is watched."""

    identity: str
    last_heard: float
    answers_pings: bool

    async def ping(self) -> None:
        """Send a ping; the pong, if any, counts as being heard."""

    def hang_up(self, code: int, reason: str) -> None:
        """Close the connection."""


async def watch(connection: Watched, heartbeat_s: Callable[[], float]) -> None:
    """Ping the station until it has been silent for too long, then close the connection.

    `heartbeat_s` says how often a station that answers no ping must be heard of, in seconds: more may be learnt of that.
    """
    while True:
        await asyncio.sleep(PING_INTERVAL_S)
        await connection.ping()
        patience_s = (
            MISSED_PINGS * PING_INTERVAL_S
            if connection.answers_pings
            else MISSED_HEARTBEATS * heartbeat_s()
        )
        if asyncio.get_running_loop().time() - connection.last_heard > patience_s:
            _LOGGER.debug(
                "%s has been silent for %.0f s", masked(connection.identity), patience_s
            )
            connection.hang_up(1001, "No sign of life")
            return
