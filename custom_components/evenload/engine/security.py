"""What the owner may do to protect stations, and what follows for the connections that they have."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from .csms.door.certificates import CertificateFacts, check_authority, check_certificate
from .csms.door.listener import Listener
from .csms.host import Link
from .doubles import Doubles
from .model.errors import BadSetting
from .model.security import Keys, Protection, SecurityProfile, TlsFailure
from .reception import Reception
from .safe import Safe

__all__ = ["CertificateFacts", "Security", "check_authority", "check_certificate"]

# A station that was given a password dials anew with it; one that does not within this time is asked to.
REDIAL_S = 10.0

# "Service restart" in the registry of RFC 6455: a reason to dial again, and none to give up.
_DIAL_AGAIN = 1012


class Security:
    """Raises and lowers the protection of stations; part of `Site`."""

    def __init__(
        self,
        safe: Safe,
        reception: Reception,
        listener: Listener,
        doubles: Doubles,
        now: Callable[[], datetime],
    ) -> None:
        """Join the keys, the connections, the ports, and what is known of boxes with one name."""
        self._safe = safe
        self._reception = reception
        self._listener = listener
        self._doubles = doubles
        self._now = now
        self._timers: dict[str, asyncio.TimerHandle] = {}

    async def close(self) -> None:
        """Let nothing happen any more, and write what is unwritten."""
        for timer in self._timers.values():
            timer.cancel()
        await self._safe.close()

    # What there is to see

    @property
    def tls_port(self) -> int | None:
        """The port that stations dial with encryption, if there is one."""
        return self._listener.tls_port

    @property
    def certificate(self) -> CertificateFacts | None:
        """What is known of the certificate in use."""
        return self._listener.certificate

    @property
    def tls_failures(self) -> Counter[TlsFailure]:
        """How often somebody could not agree on encryption, by reason, since the start."""
        return self._safe.alarms.tls_failures

    def required(self, identity: str) -> SecurityProfile:
        """Return the least that a station must prove itself with."""
        return self._safe.required(identity)

    def keys(self, identity: str) -> Keys:
        """Return what a station is known by."""
        return self._safe.keys(identity)

    def shows_password(self, identity: str) -> bool:
        """Whether a station that waits to be adopted shows a password of its own accord."""
        link = self._reception.links.get(identity)
        return link is not None and link.entrance.shown is not None

    # What the owner may do

    async def reload_certificate(self) -> None:
        """Use the certificate that the files hold now; no station is disconnected. Raises `ListenerError`."""
        await self._listener.reload_certificate()

    async def offer_password(self, identity: str) -> None:
        """Give a connected station a password of its own; it is required once the station has shown it.

        Raises:
            EvenloadError: `NotConnected`, `StationSilent`, or `StationRefused`: then all is as it was.
            OSError: it could not be written, and was not sent.

        """
        link = self._reception.link(identity)
        await self._safe.offer_password(identity, link.commands)
        if identity in self._timers:
            self._timers.pop(identity).cancel()
        loop = asyncio.get_running_loop()
        self._timers[identity] = loop.call_later(REDIAL_S, self._redial, link)

    async def keep_password(self, identity: str, password: str) -> None:
        """Require a password that the owner set in the station. Raises `BadSetting` or `OSError`."""
        await self._safe.keep_password(identity, password)
        # What it came in with may have been another one.
        self._hang_up(identity)

    async def keep_shown_password(self, identity: str) -> None:
        """Require the password that a station shows which waits to be adopted. Raises `NotConnected` or `OSError`."""
        link = self._reception.link(identity)
        if link.entrance.shown is None:
            return
        await self._safe.keep_shown(identity, link.entrance.shown)
        is_encrypted = link.entrance.protection is not Protection.PLAIN
        link.proved(
            Protection.ENCRYPTED_PASSWORD if is_encrypted else Protection.PASSWORD
        )

    async def forget_password(self, identity: str) -> None:
        """Require no password any more. Raises `OSError`."""
        await self._safe.forget_password(identity)

    async def pin_shown(self, identity: str) -> None:
        """Know a station by the certificate that it shows now, if it shows one. Raises `OSError`."""
        link = self._reception.links.get(identity)
        if link is not None and link.entrance.pin is not None:
            await self._safe.pin(identity, link.entrance.pin)
            link.proved(Protection.CERTIFICATE)

    def serve_other(self, identity: str) -> None:
        """Serve the other one of two boxes with one name from now on: the first is told to stay away.

        Raises:
            BadSetting: both are behind one address, where they cannot be told apart (`boxes_alike`).

        """
        link = self._reception.links.get(identity)
        first = None if link is None else link.address
        if not self._doubles.prefer_other(identity, first, self._now()):
            raise BadSetting("boxes_alike")
        self._safe.alarms.chosen(identity)
        if link is not None:
            link.hang_up(1008, "Another station has this identity")

    def review(self) -> None:
        """Let those go who came in with less than is required of them by now; they may dial again."""
        for identity, link in tuple(self._reception.links.items()):
            if self._safe.accepts(identity, link.entrance):
                continue
            link.hang_up(_DIAL_AGAIN, "More is required of this station")
            if identity in self._reception.pending:
                # It is not adopted on the connection on which it waited.
                self._reception.dismiss(identity)

    def _redial(self, link: Link) -> None:
        """Let a station dial again that was offered a password and still has the connection of before."""
        del self._timers[link.identity]
        if self._reception.holds(link):
            self._hang_up(link.identity)

    def _hang_up(self, identity: str) -> None:
        if identity in self._reception.pending:
            return
        link = self._reception.links.get(identity)
        if link is not None:
            link.hang_up(_DIAL_AGAIN, "Dial again with the password")
