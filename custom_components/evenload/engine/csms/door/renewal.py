"""Follows the files of a certificate: a new one is used from then on, a broken one is told of, as is one that ends."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
import logging
from typing import Protocol

from ...model.errors import ListenerError
from .tls import Tls

_LOGGER = logging.getLogger(__name__)

# A certificate authority that renews by itself does so a month before the end (security whitepaper §4.1).
EXPIRY_NOTICE = timedelta(days=30)

CHECK_INTERVAL_S = 300.0


class Told(Protocol):
    """Who hears how the certificate is."""

    def certificate(self, *, ends: datetime, soon: bool, unusable: bool) -> None:
        """Tell when the one in use ends, whether that is soon, and whether a newer one cannot be used."""


class Renewal:
    """Looks after the certificate in use."""

    def __init__(self, tls: Tls, told: Told, now: Callable[[], datetime]) -> None:
        """Look after what was just loaded."""
        self._tls = tls
        self._told = told
        self._now = now
        self._is_unusable = False
        # Two files are written one after the other: what does not fit together may fit in a moment.
        self._failed_once = False

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            self._tell()
            await asyncio.sleep(CHECK_INTERVAL_S)
            loop = asyncio.get_running_loop()
            if self._failed_once or await loop.run_in_executor(
                None, self._tls.has_changed
            ):
                await self._renew(at_once=self._failed_once)

    async def reload(self) -> None:
        """Use what the files hold now. Raises `ListenerError` and goes on with what worked."""
        try:
            await self._renew(at_once=True)
        finally:
            self._tell()
        if self._is_unusable:
            raise self._error

    async def _renew(self, *, at_once: bool) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(None, self._tls.reload)
        except ListenerError as error:
            _LOGGER.debug("The new certificate cannot be used: %s", error.detail)
            self._error = error
            self._failed_once = True
            self._is_unusable = at_once or self._is_unusable
        else:
            self._failed_once = self._is_unusable = False

    def _tell(self) -> None:
        ends = self._tls.facts.not_after
        self._told.certificate(
            ends=ends,
            soon=ends - self._now() < EXPIRY_NOTICE,
            unusable=self._is_unusable,
        )
