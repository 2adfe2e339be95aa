"""What the owner asks of connectors for a driver: to be kept, to begin charging, and to end it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from .csms.commands import Commands
from .drivers.judging import group_of
from .drivers.tokens import MOST, MOST_IN_16, MOST_IN_201, plain
from .fleet import Fleet
from .memory import Memory
from .model.access import Reservation, TokenKind
from .model.drivers import DriverToken, Judgement, Verdict
from .model.errors import BadSetting
from .model.identity import EvseKey
from .model.stations import OcppVersion
from .reception import Reception

# An EVSE is kept for one at a time, and a reservation with a known id takes the place of that one (1.6 §5.13, 2.0.1
# H01.FR.02): so its id is its EVSE's, and nobody has to remember it. Those above count from 1 themselves.
_FIRST_ID = 900_000_000

_LONGEST = {OcppVersion.V201: MOST_IN_201, OcppVersion.V21: MOST}

# What a vehicle is called stands in for a card where there is none.
_CARDS = frozenset({TokenKind.ISO14443, TokenKind.ISO15693})


class Hosting:
    """Each raises what `Commands` raises, and `BadSetting` for what cannot be meant."""

    _fleet: Fleet
    _memory: Memory
    _now: Callable[[], datetime]
    _reception: Reception

    async def reserve(self, key: EvseKey, driver: str, until: datetime) -> None:
        """Keep an EVSE for a driver, with any of its cards, in place of whom it was kept for.

        The station ends it at `until`, or with the transaction that it leads to (1.6 §5.13, 2.0.1 H03, H04).
        """
        self.check_reservation(key, driver, until)
        card = self._card(key, driver)
        await self._commands(key).reserve(
            Reservation(
                id=_FIRST_ID + key.evse,
                token=plain(card.value),
                until=until,
                evse=key.evse,
                group=group_of(driver),
                kind=card.kind,
            )
        )

    def check_reservation(self, key: EvseKey, driver: str, until: datetime) -> None:
        """Check what `reserve` would be told, before any station is."""
        if until <= self._now():
            raise BadSetting("reservation_passed")
        card = self._card(key, driver)
        judgement = self._fleet.doorkeeper.judge(key.identity, card.value)
        # Its hours may have come by then.
        if judgement.verdict is not Verdict.NOT_NOW:
            self._let_in(key, driver, judgement)
        self._commands(key)

    async def cancel_reservation(self, key: EvseKey) -> None:
        """Keep an EVSE for nobody any more."""
        number = _FIRST_ID + key.evse
        await self._commands(key).cancel_reservation(number)

    async def start_charging(self, key: EvseKey, driver: str | None = None) -> None:
        """Begin a transaction on a driver's account; None: on whose it is where no card is shown."""
        token = self.check_start(key, driver)
        await self._commands(key).start(key.evse, token)

    def check_start(self, key: EvseKey, driver: str | None = None) -> str:
        """Check what `start_charging` would be told, before any station is; returns by which token a driver is known there."""
        doorkeeper = self._fleet.doorkeeper
        if driver is None:
            token = doorkeeper.own_token(key.identity)
        else:
            token = plain(self._card(key, driver).value)
            self._let_in(key, driver, doorkeeper.judge_start(key.identity, token))
        self._commands(key)
        return token

    async def stop_charging(self, key: EvseKey) -> None:
        """End the transaction of an EVSE for good, also one that is paused by having been stopped."""
        self.check_stop(key)
        commitments = self._fleet.enforcer.commitments
        running = self._fleet.evse(key).transaction
        if running is not None and running.is_open:
            await self._commands(key).stop(running.id)
        if (holding := commitments.holding(key)).stopped is not None:
            commitments.holdings[key] = replace(holding, stopped=None)
            self._memory.save_soon()

    def check_stop(self, key: EvseKey) -> None:
        """Check what `stop_charging` would be told, before any station is."""
        running = self._fleet.evse(key).transaction
        if running is not None and running.is_open:
            self._commands(key)
        elif self._fleet.enforcer.commitments.holding(key).stopped is None:
            raise BadSetting("nothing_to_stop", station=self._station(key))

    def _card(self, key: EvseKey, driver: str) -> DriverToken:
        """Return what a station of this version may know a driver by. Raises `BadSetting` where there is nothing."""
        station = self._fleet.stations[key.identity]
        longest = _LONGEST.get(station.version or OcppVersion.V16, MOST_IN_16)
        known = self._fleet.config.drivers[driver]
        fitting = [
            token
            for token in known.tokens
            if len(plain(token.value)) <= longest and not token.blocked
        ]
        if not fitting:
            raise BadSetting("driver_without_card", driver=known.name)
        return min(fitting, key=lambda token: token.kind not in _CARDS)

    def _let_in(self, key: EvseKey, driver: str, judgement: Judgement) -> None:
        """Check that a station would let a driver charge: it would stop again in a moment. Raises `BadSetting`."""
        if not judgement.accepted:
            name = self._fleet.config.drivers[driver].name
            station = self._station(key)
            raise BadSetting("driver_refused", driver=name, station=station)

    def _commands(self, key: EvseKey) -> Commands:
        return self._reception.link(key.identity).commands

    def _station(self, key: EvseKey) -> str:
        return self._fleet.config.stations[key.identity].name
