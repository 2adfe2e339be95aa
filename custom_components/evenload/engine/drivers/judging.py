"""What is answered to a token (OCPP 1.6 §4.1, §7.2 AuthorizationStatus; 2.0.1 C01 to C12, AuthorizationStatusEnumType)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from hashlib import sha256

from ..model.drivers import (
    OWN_TOKEN,
    Admission,
    Driver,
    DriverToken,
    Judgement,
    TokenPolicy,
    Verdict,
)
from .tokens import plain

_OWN = plain(OWN_TOKEN)

# 1.6 §7.28: a parent's token has the length of any other.
_GROUP_DIGITS = 16


class Judge:
    """Knows all drivers by their tokens, so that it answers from memory."""

    def __init__(self, drivers: Iterable[Driver] = ()) -> None:
        """Know these; a token that two of them have is the first one's."""
        self._drivers: dict[str, Driver] = {driver.id: driver for driver in drivers}
        self._known: dict[str, tuple[Driver, DriverToken]] = {}
        for driver in self._drivers.values():
            for token in driver.tokens:
                self._known.setdefault(plain(token.value), (driver, token))

    def driver_of(self, token: str | None, admission: Admission) -> str | None:
        """Return whose account a transaction is on, or None where nobody is known."""
        known = self._known.get(plain(token)) if token is not None else None
        if known is not None:
            return known[0].id
        if admission.policy is not TokenPolicy.PLUG_AND_CHARGE:
            return None
        return self._default(admission)

    def judge(
        self,
        token: str | None,
        identity: str,
        admission: Admission,
        at: datetime,
        used_elsewhere: Collection[str],
    ) -> Judgement:
        """Return what a station is answered; `used_elsewhere` are the plain tokens of other EVSEs' transactions."""
        if token is None:
            return self._stranger(admission)
        if plain(token) == _OWN:
            return Judgement(Verdict.ACCEPTED)
        known = self._known.get(plain(token))
        if known is None:
            return self._stranger(admission)
        driver, shown = known
        refused = _refused(driver, shown, identity, at)
        if refused is None and plain(token) in used_elsewhere and not driver.concurrent:
            refused = Verdict.CONCURRENT
        if refused is Verdict.BLOCKED:
            return Judgement(refused, driver.id)
        if refused is not None and admission.policy is TokenPolicy.KNOWN:
            return Judgement(refused, driver.id)
        # Where everyone may charge, a card that is out of date is a card like any other.
        until = min(_ends(driver, shown, at), default=None)
        return Judgement(Verdict.ACCEPTED, driver.id, until, group_of(driver.id))

    def _stranger(self, admission: Admission) -> Judgement:
        if admission.policy is TokenPolicy.KNOWN:
            return Judgement(Verdict.UNKNOWN)
        driver = None
        if admission.policy is TokenPolicy.PLUG_AND_CHARGE:
            driver = self._default(admission)
        return Judgement(Verdict.ACCEPTED, driver)

    def _default(self, admission: Admission) -> str | None:
        known = admission.default_driver
        return known if known in self._drivers else None


def group_of(driver_id: str) -> str:
    """Return the token that stands for all of a driver's: it says nothing of who that is, and never changes."""
    return sha256(driver_id.encode()).hexdigest()[:_GROUP_DIGITS].upper()


def _refused(
    driver: Driver, token: DriverToken, identity: str, at: datetime
) -> Verdict | None:
    if driver.blocked or token.blocked:
        return Verdict.BLOCKED
    if token.until is not None and at >= token.until:
        return Verdict.EXPIRED
    if driver.stations and identity not in driver.stations:
        return Verdict.NOT_HERE
    if driver.hours is not None and not driver.hours.include(at):
        return Verdict.NOT_NOW
    return None


def _ends(driver: Driver, token: DriverToken, at: datetime) -> Iterable[datetime]:
    """Go through when what is answered will be another answer."""
    if token.until is not None and token.until > at:
        yield token.until
    if driver.hours is not None and (ends := driver.hours.until(at)) is not None:
        yield ends
