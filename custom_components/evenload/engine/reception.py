"""The connections of a site: who is adopted, who waits, and which of two sockets of one station counts."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from .csms.host import Link
from .model.errors import NotConnected
from .model.stations import PendingStation, StationInfo

# A station that did not say what it is when it was asked will not say it a minute later.
ASK_AGAIN_AFTER = timedelta(hours=1)


class Reception:
    """Keeps the newest connection of every station."""

    def __init__(
        self,
        is_adopted: Callable[[str], bool],
        on_pending: Callable[[PendingStation], None],
        on_left: Callable[[str], None],
    ) -> None:
        """Begin with no connection; the callbacks hear of stations that wait to be adopted, and that no longer do."""
        self._is_adopted = is_adopted
        self._on_pending = on_pending
        self._on_left = on_left
        self._links: dict[str, Link] = {}
        # The last connection of who has gone: its frames tell why.
        self._former: dict[str, Link] = {}
        self.pending: dict[str, PendingStation] = {}
        # When each pending station was last asked what it is.
        self._asked: dict[str, datetime] = {}

    @property
    def links(self) -> Mapping[str, Link]:
        """The connections that count, by station."""
        return self._links

    def link(self, identity: str) -> Link:
        """Return the connection of a station. Raises `NotConnected`."""
        if identity not in self._links:
            raise NotConnected(identity)
        return self._links[identity]

    def frames(self, identity: str) -> list[dict[str, str]]:
        """Return the last frames of a station, also when it has gone."""
        link = self._links.get(identity) or self._former.get(identity)
        return [] if link is None else link.frames()

    def holds(self, link: Link) -> bool:
        """Whether this connection is the one that counts."""
        return self._links.get(link.identity) is link

    def welcome(self, link: Link) -> bool:
        """Take a new connection in place of an older one; returns whether there was one."""
        older = self._links.get(link.identity)
        self._links[link.identity] = link
        if older is not None:
            older.hang_up(1001, "Replaced by a newer connection")
        if not self._is_adopted(link.identity):
            known = self.pending.get(link.identity)
            arrival = PendingStation(
                link.identity,
                link.address,
                link.version,
                datetime.now(UTC),
                protection=link.entrance.protection,
                pin=link.entrance.pin,
            )
            self.pending[link.identity] = (
                replace(arrival, info=known.info) if known else arrival
            )
        return older is not None

    def may_ask(self, identity: str) -> bool:
        """Whether a pending station may be asked what it is: once, and again after a while. Counts as asked."""
        now = datetime.now(UTC)
        self._asked = {
            asked: at for asked, at in self._asked.items() if now - at < ASK_AGAIN_AFTER
        }
        if identity in self._asked:
            return False
        self._asked[identity] = now
        return True

    def introduce(self, link: Link, info: StationInfo | None) -> None:
        """Note what a pending station is, and announce it."""
        known = self.pending.get(link.identity)
        if known is None or not self.holds(link):
            return
        self.pending[link.identity] = replace(known, info=info or known.info)
        self._on_pending(self.pending[link.identity])

    def adopt(self, identity: str) -> tuple[Link, PendingStation] | None:
        """Let a waiting station in; returns its connection and what is known of it, if it waits."""
        waiting = self.pending.pop(identity, None)
        link = self._links.get(identity)
        if waiting is None or link is None:
            return None
        link.admitted()
        return link, waiting

    def permitted(self) -> None:
        """Tell all connections that the owner may have changed what vehicles may feed back."""
        for link in self._links.values():
            link.permitted()

    def dismiss(self, identity: str) -> None:
        """Close the connection of a station that is no longer part of the site."""
        self._former.pop(identity, None)
        link = self._links.pop(identity, None)
        if link is not None:
            link.hang_up(1000, "Removed from the site")

    def farewell(self, link: Link) -> bool:
        """Note that a connection is gone; returns whether it was the one that counted."""
        if not self.holds(link):
            return False
        del self._links[link.identity]
        if self._is_adopted(link.identity):
            self._former[link.identity] = link
        elif self.pending.pop(link.identity, None) is not None:
            self._on_left(link.identity)
        return True
