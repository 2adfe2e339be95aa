"""The keys of the stations, and who is told when one does not fit."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
import logging
from typing import Any

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder
from mashumaro.exceptions import InvalidFieldValue, MissingField

from .alarms import Alarms
from .csms.commands import Commands
from .csms.door.passwords import COST_CHOSEN, COST_RANDOM, hashed, new_password
from .fleet import Fleet
from .model.errors import BadSetting, InvalidRequest, StationRefused
from .model.notices import Notice
from .model.security import (
    PASSWORD_LENGTHS,
    Entrance,
    Keys,
    Protection,
    Refusal,
    SecurityProfile,
    TlsFailure,
)
from .vault import Part, Vault

_LOGGER = logging.getLogger(__name__)

# How many passwords a station may have been offered that it has not shown.
OFFERS = 4

# From how many networks a station is known to come.
NETWORKS = 4

_SHOWS_PASSWORD = frozenset({Protection.PASSWORD, Protection.ENCRYPTED_PASSWORD})
_ENCRYPTED = frozenset({Protection.ENCRYPTED, Protection.ENCRYPTED_PASSWORD})


@dataclass(frozen=True, slots=True)
class Contents:
    """What is written of the safe."""

    stations: dict[str, Keys] = field(default_factory=dict)


_ENCODER = BasicEncoder(Contents)
_DECODER = BasicDecoder(Contents)


class Safe:
    """Implements `csms.door.listener.Guard`."""

    def __init__(
        self,
        vault: Vault,
        fleet: Fleet,
        notify: Callable[[Notice], None],
    ) -> None:
        """Begin empty; `load` brings back what was kept."""
        self._vault = vault
        self._fleet = fleet
        self._keys: dict[str, Keys] = {}
        self._writing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self.alarms = Alarms(notify)

    async def load(self) -> None:
        """Take up what was kept, of the stations that are still set up."""
        data = await self._vault.load(Part.SECURITY)
        try:
            contents = Contents() if data is None else _DECODER.decode(data)
        except (MissingField, InvalidFieldValue, ValueError, TypeError) as error:
            # Stations that must show a password are kept out until their owner enters it again.
            _LOGGER.error("The passwords of the stations cannot be read: %s", error)
            contents = Contents()
        self._keys = {
            identity: keys
            for identity, keys in contents.stations.items()
            if identity in self._fleet.config.stations
        }

    async def close(self) -> None:
        """Write what is still to be written."""
        self.alarms.close()
        await asyncio.gather(*self._tasks)

    # What the owner does

    async def keep_password(self, identity: str, password: str) -> None:
        """Require a password that the station was given by hand.

        Raises:
            BadSetting: no station can have such a password.
            OSError: it could not be written.

        """
        shortest, longest = PASSWORD_LENGTHS
        if not shortest <= len(password) <= longest or not password.isprintable():
            raise BadSetting(
                "password_unsuitable", minimum=str(shortest), maximum=str(longest)
            )
        await self.keep_shown(identity, password.encode())

    async def keep_shown(self, identity: str, password: bytes) -> None:
        """Require a password that the station itself has shown. Raises `OSError`."""
        stored = await _hashed(password, COST_CHOSEN)
        await self._keep(
            identity, replace(self.keys(identity), password=stored, offered=())
        )
        self.alarms.clear(identity)

    async def forget_password(self, identity: str) -> None:
        """Require no password any more. Raises `OSError`."""
        await self._keep(
            identity,
            replace(self.keys(identity), password=None, offered=(), networks=()),
        )
        self.alarms.clear(identity)

    async def pin(self, identity: str, pin: str | None) -> None:
        """Know a station by its public key. Raises `OSError`."""
        await self._keep(identity, replace(self.keys(identity), pin=pin))

    async def offer_password(self, identity: str, commands: Commands) -> None:
        """Give a station a password of its own: required from the moment in which the station first shows it.

        Raises:
            EvenloadError: what `Commands` raise; after a refusal all is as it was.
            OSError: it could not be written, and was not sent.

        """
        password = new_password()
        stored = await _hashed(password.encode(), COST_RANDOM)
        keys = self.keys(identity)
        # A password that only the station knows would keep it out for good: it is on the disk before it is sent, and
        # those that it may have taken in silence stay good.
        offered = (*keys.offered, stored)[-OFFERS:]
        await self._keep(identity, replace(keys, offered=offered))
        try:
            await commands.set_password(password)
        except StationRefused, InvalidRequest:
            keys = self.keys(identity)
            without = tuple(offer for offer in keys.offered if offer != stored)
            await self._keep(identity, replace(keys, offered=without))
            raise

    def forget(self, identity: str) -> None:
        """Throw the keys of a station away that is no longer part of the site."""
        self.alarms.clear(identity)
        if self._keys.pop(identity, None) is not None:
            self._soon(self._save())

    # What the gate asks

    def required(self, identity: str) -> SecurityProfile:
        """Return the least that a station must prove itself with."""
        config = self._fleet.config.stations.get(identity)
        chosen = SecurityProfile.NONE if config is None else config.security
        has_password = self.keys(identity).password is not None
        return max(chosen, SecurityProfile(int(has_password)))

    def keys(self, identity: str) -> Keys:
        """Return what a station is known by."""
        return self._keys.get(identity, Keys())

    def accepts(self, identity: str, entrance: Entrance) -> bool:
        """Whether who came in like this may stay."""
        required, shown = self.required(identity), entrance.protection
        if required is SecurityProfile.NONE or shown is Protection.CERTIFICATE:
            return True
        if required is SecurityProfile.CERTIFICATE:
            return False
        if required is SecurityProfile.ENCRYPTED and shown not in _ENCRYPTED:
            return False
        return shown in _SHOWS_PASSWORD or self.keys(identity).is_on_trial

    # What the gate tells

    def proven_from(self, identity: str, network: str) -> None:
        """Remember where a station is: after a restart it must not be kept out by a neighbour who guesses."""
        keys = self.keys(identity)
        if network not in keys.networks:
            networks = (*keys.networks, network)[-NETWORKS:]
            self._keys[identity] = replace(keys, networks=networks)
            self._soon(self._save())

    def proven(self, identity: str, offered: str) -> None:
        """Require the offered password from now on."""
        keys = self.keys(identity)
        if offered in keys.offered:
            # One that it was sent later may wait for its next start.
            newer = keys.offered[keys.offered.index(offered) + 1 :]
            self._keys[identity] = replace(keys, password=offered, offered=newer)
            self._soon(self._save())

    def unproven(self, identity: str) -> None:
        """Tell the owner that the station does not use the password that it was given."""
        self.alarms.unused(identity)

    def let_in(self, identity: str) -> None:
        """Take back what was told of the station."""
        if not self.keys(identity).is_on_trial:
            self.alarms.clear(identity)

    def refused(self, identity: str, refusal: Refusal) -> None:
        """Tell the owner, unless it is a stranger who tries while the station itself is here."""
        station = self._fleet.stations.get(identity)
        if station is None or not station.connected:
            self.alarms.refused(identity, refusal)

    def not_agreed(self, address: str, failure: TlsFailure) -> None:
        """Tell that somebody could not agree on encryption with this machine."""
        self.alarms.not_agreed(address, failure)

    def certificate(self, *, ends: datetime, soon: bool, unusable: bool) -> None:
        """Tell when the certificate ends, whether that is soon, and whether a newer one cannot be used."""
        self.alarms.certificate(ends=ends, soon=soon, unusable=unusable)

    # Inside

    async def _keep(self, identity: str, keys: Keys) -> None:
        before = self.keys(identity)
        self._keys[identity] = keys
        try:
            await self._save()
        except OSError:
            if self._keys.get(identity) is keys:
                self._keys[identity] = before
            raise

    async def _save(self) -> None:
        async with self._writing:
            kept = {
                identity: keys
                for identity, keys in self._keys.items()
                if keys != Keys()
            }
            encoded: dict[str, Any] = _ENCODER.encode(Contents(kept))
            await self._vault.save(Part.SECURITY, encoded)

    def _soon(self, saving: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._logged(saving))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _logged(self, saving: Awaitable[None]) -> None:
        try:
            await saving
        except OSError as error:
            # The offered password counts as before after a restart: nobody is kept out by it.
            _LOGGER.error("Writing the passwords of the stations failed: %s", error)


async def _hashed(password: bytes, cost: int) -> str:
    return await asyncio.get_running_loop().run_in_executor(
        None, hashed, password, cost
    )
