"""Who may come in: what a station shows is compared with what its owner requires (security profiles 0 to 3)."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Protocol

from ...model.security import Entrance, Keys, Protection, Refusal, SecurityProfile
from .attempts import Attempts, network_of
from .certificates import belongs_to, pin_of
from .passwords import Remembered, matches, password_of

# Looking at a password costs a core some milliseconds: never more than two cores, whoever asks.
AT_ONCE = 2
WAITING = 512

RETRY_AFTER_S = 30


class Keyring(Protocol):
    """What the house knows of its stations."""

    def required(self, identity: str) -> SecurityProfile:
        """Return the least that a station must prove itself with."""

    def keys(self, identity: str) -> Keys:
        """Return what a station is known by."""

    def proven_from(self, identity: str, network: str) -> None:
        """Tell from where a station has shown its password."""

    def proven(self, identity: str, offered: str) -> None:
        """Tell that a station has shown the password that it was offered."""

    def unproven(self, identity: str) -> None:
        """Tell that a station was let in without the password that it was offered."""

    def let_in(self, identity: str) -> None:
        """Tell that a station was let in."""

    def refused(self, identity: str, refusal: Refusal) -> None:
        """Tell why a station was not let in."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """What somebody shows who says to be a station. `certificate` was vouched for by an authority."""

    identity: str
    address: str
    encrypted: bool = False
    authorization: str | None = field(default=None, repr=False)
    certificate: bytes | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The answer to who is not let in."""

    status: HTTPStatus
    text: str
    headers: tuple[tuple[str, str], ...] = ()


_CHALLENGE = ("WWW-Authenticate", 'Basic realm="Evenload", charset="UTF-8"')

_TEXTS = {
    Refusal.PASSWORD_MISSING: "This station must show its password",
    Refusal.PASSWORD_WRONG: "The user name or the password is wrong",
    Refusal.PASSWORD_UNKNOWN: "No password is known for this station",
    Refusal.ENCRYPTION_MISSING: "This station must use an encrypted connection (wss)",
    Refusal.CERTIFICATE_MISSING: "This station must show its certificate",
    Refusal.CERTIFICATE_FOREIGN: "This certificate is another station's",
}


class Gate:
    """Looks at who arrives."""

    def __init__(self, keyring: Keyring) -> None:
        """Begin with nobody known."""
        self._keyring = keyring
        self._attempts = Attempts()
        self._remembered = Remembered()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    async def judge(self, arrival: Arrival) -> Entrance | TurnedAway:
        """Let a station in that the site knows, or say why not."""
        identity = arrival.identity
        required = self._keyring.required(identity)
        if arrival.certificate is not None and self._owns(arrival):
            return self._let_in(arrival, Protection.CERTIFICATE)
        if required is SecurityProfile.CERTIFICATE:
            return self._turn_away(
                arrival,
                Refusal.CERTIFICATE_MISSING
                if arrival.certificate is None
                else Refusal.CERTIFICATE_FOREIGN,
            )
        if required is SecurityProfile.ENCRYPTED and not arrival.encrypted:
            return self._turn_away(arrival, Refusal.ENCRYPTION_MISSING)
        return await self._judge_password(arrival, required)

    def announce(self, arrival: Arrival) -> Entrance:
        """Return how a station came in of which nothing is known yet, and what it shows of its own accord."""
        return Entrance(
            arrival.address,
            Protection.ENCRYPTED if arrival.encrypted else Protection.PLAIN,
            arrival.url,
            None if arrival.certificate is None else pin_of(arrival.certificate),
            password_of(arrival.authorization, arrival.identity),
        )

    def _owns(self, arrival: Arrival) -> bool:
        identity = arrival.identity
        return arrival.certificate is not None and belongs_to(
            arrival.certificate, identity, self._keyring.keys(identity).pin
        )

    async def _judge_password(
        self, arrival: Arrival, required: SecurityProfile
    ) -> Entrance | TurnedAway:
        keys = self._keyring.keys(arrival.identity)
        bare = Protection.ENCRYPTED if arrival.encrypted else Protection.PLAIN
        if keys.password is None and not keys.offered:
            if required is SecurityProfile.NONE:
                return self._let_in(arrival, bare)
            return self._turn_away(arrival, Refusal.PASSWORD_UNKNOWN)
        password = password_of(arrival.authorization, arrival.identity)
        if password is None or not await self._is_right(arrival, password, keys):
            if keys.is_on_trial:
                self._keyring.unproven(arrival.identity)
                return self._let_in(arrival, bare)
            return self._turn_away(
                arrival,
                Refusal.PASSWORD_MISSING
                if arrival.authorization is None
                else Refusal.PASSWORD_WRONG,
            )
        return self._let_in(
            arrival,
            Protection.ENCRYPTED_PASSWORD if arrival.encrypted else Protection.PASSWORD,
        )

    async def _is_right(self, arrival: Arrival, password: bytes, keys: Keys) -> bool:
        """Whether a password is one of those that are kept, the newest first."""
        for stored in (*reversed(keys.offered), keys.password):
            if stored is None or not await self._matches(arrival, password, stored):
                continue
            self._keyring.proven_from(arrival.identity, network_of(arrival.address))
            if stored in keys.offered:
                self._keyring.proven(arrival.identity, stored)
            return True
        return False

    async def _matches(self, arrival: Arrival, password: bytes, stored: str) -> bool:
        """Compare one password with what is kept, off the loop, unless that was done before."""
        loop = asyncio.get_running_loop()
        known = self._remembered.recall(password, stored)
        if known is not None:
            return known
        if self._waiting >= WAITING or not self._may_guess(arrival):
            return False
        self._waiting += 1
        try:
            async with self._turns:
                # Others from there may have failed meanwhile, or this very password been looked at.
                known = self._remembered.recall(password, stored)
                if known is not None:
                    return known
                if not self._may_guess(arrival):
                    return False
                matched = await loop.run_in_executor(None, matches, password, stored)
        finally:
            self._waiting -= 1
        self._remembered.note(password, stored, matched=matched)
        if not matched:
            self._attempts.guessed(arrival.address, arrival.identity, loop.time())
        return matched

    def _may_guess(self, arrival: Arrival) -> bool:
        identity, now = arrival.identity, asyncio.get_running_loop().time()
        proven = self._keyring.keys(identity).networks
        return self._attempts.may_guess(arrival.address, identity, proven, now)

    def _let_in(self, arrival: Arrival, protection: Protection) -> Entrance:
        self._keyring.let_in(arrival.identity)
        certificate = arrival.certificate
        pin = None if certificate is None else pin_of(certificate)
        return Entrance(arrival.address, protection, arrival.url, pin)

    def _turn_away(self, arrival: Arrival, refusal: Refusal) -> TurnedAway:
        now = asyncio.get_running_loop().time()
        too_many = self._attempts.are_too_many(arrival.address, arrival.identity, now)
        self._attempts.failed(arrival.address, arrival.identity, now)
        self._keyring.refused(arrival.identity, refusal)
        if too_many:
            return TurnedAway(
                HTTPStatus.TOO_MANY_REQUESTS,
                "Too many wrong attempts\n",
                (("Retry-After", str(RETRY_AFTER_S)),),
            )
        text = f"{_TEXTS[refusal]}\n"
        if refusal is Refusal.ENCRYPTION_MISSING:
            return TurnedAway(HTTPStatus.FORBIDDEN, text)
        return TurnedAway(HTTPStatus.UNAUTHORIZED, text, (_CHALLENGE,))
