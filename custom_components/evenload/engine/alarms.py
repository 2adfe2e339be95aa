"""Who could not come in, and why: counted, and told to the owner for as long as it concerns him."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import datetime
import logging

from .model.identity import masked
from .model.notices import Notice, NoticeKind
from .model.security import Refusal, TlsFailure

_LOGGER = logging.getLogger(__name__)

# How long the owner is told of somebody who could not come in, if that does not happen again.
SHOWN_S = 900.0

# What concerns the site as a whole has no other name.
_SITE = ""

# Only one of these is told of a station at a time, and one of encryption at large: the latest.
_OF_STATION = (*map(NoticeKind, Refusal), NoticeKind.PASSWORD_UNUSED)
_OF_TLS = tuple(
    NoticeKind(failure)
    for failure in TlsFailure
    if failure is not TlsFailure.UNEXPLAINED
)

_UNKNOWN = {
    "identity": NoticeKind.IDENTITY_REFUSED,
    "too_many": NoticeKind.TOO_MANY_UNKNOWN,
}


class Alarms:
    """What is told of security, each while it lasts."""

    def __init__(self, notify: Callable[[Notice], None]) -> None:
        """Begin quietly."""
        self._notify = notify
        self._timers: dict[tuple[tuple[NoticeKind, ...], str], asyncio.TimerHandle] = {}
        self.tls_failures: Counter[TlsFailure] = Counter()

    def close(self) -> None:
        """Say no more."""
        for timer in self._timers.values():
            timer.cancel()

    def turned_away(self, why: str) -> None:
        """Tell that a station was turned away before anything was asked of it (`identity`, `too_many`)."""
        kind = _UNKNOWN[why]
        self._tell((kind,), kind)

    def refused(self, identity: str, refusal: Refusal) -> None:
        """Tell why a station was not let in."""
        self._tell(_OF_STATION, NoticeKind(refusal), identity)

    def doubled(self, identity: str, address: str) -> None:
        """Tell that two boxes use one identity; the second comes from this address."""
        self._tell(
            (NoticeKind.STATION_DOUBLED,),
            NoticeKind.STATION_DOUBLED,
            identity,
            address=address,
        )

    def chosen(self, identity: str) -> None:
        """Take back that two boxes use one identity: the owner has chosen one of them."""
        self._end((NoticeKind.STATION_DOUBLED,), identity)

    def unused(self, identity: str) -> None:
        """Tell that a station does not use the password that it was given."""
        self._tell(_OF_STATION, NoticeKind.PASSWORD_UNUSED, identity)

    def not_agreed(self, address: str, failure: TlsFailure) -> None:
        """Count who could not agree on encryption, and tell why if that is known."""
        self.tls_failures[failure] += 1
        _LOGGER.debug("No encryption with %s: %s", masked(address), failure)
        if failure is not TlsFailure.UNEXPLAINED:
            self._tell(_OF_TLS, NoticeKind(failure), address=address)

    def certificate(self, *, ends: datetime, soon: bool, unusable: bool) -> None:
        """Tell of a certificate that ends soon, and of one that cannot be used."""
        date = {"date": f"{ends:%Y-%m-%d}"}
        for kind, active in (
            (NoticeKind.CERTIFICATE_ENDS, soon),
            (NoticeKind.CERTIFICATE_UNUSABLE, unusable),
        ):
            self._notify(Notice(kind, _SITE, active, date))

    def clear(self, identity: str) -> None:
        """Take back what was told of a station."""
        self._end(_OF_STATION, identity)

    def _tell(
        self,
        family: tuple[NoticeKind, ...],
        kind: NoticeKind,
        subject: str = _SITE,
        **placeholders: str,
    ) -> None:
        """Tell one thing in place of others of its family, until that has not happened for a while."""
        for other in family:
            if other is not kind:
                self._notify(Notice(other, subject, active=False))
        self._notify(Notice(kind, subject, placeholders=placeholders))
        if (family, subject) in self._timers:
            self._timers[family, subject].cancel()
        loop = asyncio.get_running_loop()
        self._timers[family, subject] = loop.call_later(
            SHOWN_S, self._end, family, subject
        )

    def _end(self, family: tuple[NoticeKind, ...], subject: str) -> None:
        timer = self._timers.pop((family, subject), None)
        if timer is None:
            return
        timer.cancel()
        for kind in family:
            self._notify(Notice(kind, subject, active=False))
