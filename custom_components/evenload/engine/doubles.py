"""Two boxes with one identity: the one that was there first is served, the other is told to stay away."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .csms.host import Link
from .model.stations import StationInfo

# A connection that was replaced so long ago had nothing to do with what comes now.
_REPLACED_JUST_NOW = timedelta(seconds=60)

# Who takes its place back so often within this time does not redial: there are two. A station that changes from one
# network to another and back does so less often.
_SWAPS = 6
_SWAPS_WITHIN = timedelta(minutes=5)

# Behind one address nobody knows which is which: who has the place keeps it for so long, unless its connection breaks.
_CONTESTED = timedelta(minutes=10)

# So long a place is kept for the first box, which was thrown out by the other and redials.
_PLACE_KEPT = timedelta(minutes=2)


@dataclass(slots=True)
class Doubles:
    """Remembers whose place was taken, and by whom."""

    # Where the connection came from that was replaced last, and when.
    _replaced: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    # The connection that was replaced last, until it has ended.
    _parting: dict[str, Link] = field(default_factory=dict)
    # From where connections came that had to go for one from elsewhere, and when, the latest last.
    _swaps: dict[str, list[tuple[str, datetime]]] = field(default_factory=dict)
    # When connections that were alive had to go for one from the same address, the latest last.
    _fights: dict[str, list[datetime]] = field(default_factory=dict)
    # Identities over which two boxes behind one address fight, and since when.
    _contested: dict[str, datetime] = field(default_factory=dict)
    # Boxes that are not served, by identity and address, and since when.
    _shut_out: dict[tuple[str, str], datetime] = field(default_factory=dict)

    def replaced(self, older: Link, now: datetime) -> None:
        """Note that a connection had to go for a newer one."""
        self._replaced[older.identity] = older.address, now
        self._parting[older.identity] = older

    def dialled(self, link: Link, first: Link, now: datetime) -> None:
        """Shut one of two boxes out that take each other's place all the time: the one that came second.

        Many tell no serial number, and some dial anew before they boot. Behind one address they look like one station.
        """
        identity = link.identity
        if first.address == link.address or (identity, link.address) in self._shut_out:
            return
        swaps = [
            (address, at)
            for address, at in self._swaps.get(identity, [])
            if now - at <= _SWAPS_WITHIN
        ]
        self._swaps[identity] = [*swaps, (first.address, now)]
        if len(swaps) + 1 < _SWAPS:
            return
        was_first, _ = self._swaps.pop(identity)[0]
        second = first if link.address == was_first else link
        self._shut_out[identity, second.address] = now

    def parted(self, older: Link, newer: Link | None, now: datetime) -> None:
        """Note that a connection which had to go for a newer one was alive until then: it said goodbye.

        Whose network broke is not there to do that when it dials anew.
        """
        identity = older.identity
        if self._parting.get(identity) is not older:
            return
        del self._parting[identity]
        if newer is None or newer.address != older.address:
            return
        fights = [
            at for at in self._fights.get(identity, []) if now - at <= _SWAPS_WITHIN
        ]
        self._fights[identity] = [*fights, now]
        if len(fights) + 1 >= _SWAPS:
            self._contested[identity] = now
            del self._fights[identity]

    def is_another(
        self, link: Link, known: StationInfo, said: StationInfo, now: datetime
    ) -> bool:
        """Whether what boots here is another box than the one whose connection has just gone for it."""
        address, at = self._replaced.get(link.identity, ("", None))
        if at is None or now - at > _REPLACED_JUST_NOW:
            return False
        if not _differ(known, said):
            return False
        if address != link.address:
            # Behind one address they cannot be told apart before they boot.
            self._shut_out[link.identity, link.address] = now
        return True

    def is_shut_out(self, link: Link, first: Link | None, now: datetime) -> bool:
        """Whether a connection is of a box that is not served; `first` is the connection that counts."""
        contested = self._contested.get(link.identity)
        if contested is not None and now - contested >= _CONTESTED:
            del self._contested[link.identity]
        elif contested is not None and first and first.address == link.address:
            return True
        since = self._shut_out.get((link.identity, link.address))
        if since is None:
            return False
        if first is not None and first.address != link.address:
            return True
        if now - since < _PLACE_KEPT:
            return True
        # The first box has not come back: this one has taken its place for good.
        del self._shut_out[link.identity, link.address]
        return False

    def prefer_other(self, identity: str, first: str | None, now: datetime) -> bool:
        """Serve the box that was shut out from now on, and shut out the one at this address, if there is one.

        Returns whether that can be: behind one address nobody knows which is which.
        """
        others = {address for one, address in self._shut_out if one == identity}
        if not others or first in others:
            return False
        self.forget(identity)
        if first is not None:
            self._shut_out[identity, first] = now
        return True

    def forget(self, identity: str) -> None:
        """Forget a station that is no longer part of the site."""
        self._replaced.pop(identity, None)
        self._parting.pop(identity, None)
        self._swaps.pop(identity, None)
        self._fights.pop(identity, None)
        self._contested.pop(identity, None)
        for key in [key for key in self._shut_out if key[0] == identity]:
            del self._shut_out[key]


def _differ(known: StationInfo, said: StationInfo) -> bool:
    """Whether two boxes told of themselves. Firmware changes; what is not told tells nothing."""
    if known.serial and said.serial:
        return known.serial != said.serial
    return any(
        before and now and before != now
        for before, now in (
            (known.vendor, said.vendor),
            (known.model, said.model),
            (known.meter_serial, said.meter_serial),
            (known.iccid, said.iccid),
        )
    )
