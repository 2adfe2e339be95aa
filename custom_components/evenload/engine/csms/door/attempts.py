"""How many wrong passwords are looked at, by address and by station. Right ones are never counted."""

from collections import OrderedDict
from collections.abc import Collection
import ipaddress

# Wrong answers in a row before one is told to wait, and how fast that is forgiven.
ADDRESS_FAILURES = 10
IDENTITY_FAILURES = 30
FORGIVEN_S = 20.0

# A station whose neighbour guesses, or somebody who uses its neighbour's name, is looked at this often all the same.
NEIGHBOUR_FAILURES = 3

REMEMBERED = 512


class Failures:
    """A bucket for every name that fills with failures and drains with time; the longest unused is forgotten."""

    def __init__(self, most: int) -> None:
        """Begin empty; a bucket is full at `most`."""
        self._most = float(most)
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def level(self, name: str, now: float) -> float:
        """Return how many failures are not forgiven yet."""
        level, at = self._levels.get(name, (0.0, now))
        return max(0.0, level - (now - at) / FORGIVEN_S)

    def is_full(self, name: str, now: float) -> bool:
        """Whether it has failed too often."""
        return self.level(name, now) > self._most - 1.0

    def add(self, name: str, now: float) -> None:
        """Count a failure."""
        self._levels[name] = (min(self._most, self.level(name, now) + 1.0), now)
        self._levels.move_to_end(name)
        while len(self._levels) > REMEMBERED:
            self._levels.popitem(last=False)


class Attempts:
    """Who has failed how often.

    The station itself must get in however many strangers fail in its name: from an address that has not guessed yet,
    and from one where it got in before, its password is always looked at. A station that repeats one wrong password
    is no guesser: it must not use up the patience with its neighbours behind the same address. Nor must one that
    guesses: behind a router or a proxy all have the same one.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._failures = (Failures(ADDRESS_FAILURES), Failures(IDENTITY_FAILURES))
        self._guesses = (Failures(ADDRESS_FAILURES), Failures(IDENTITY_FAILURES))
        self._neighbours = Failures(NEIGHBOUR_FAILURES)

    def may_guess(
        self, address: str, identity: str, proven: Collection[str], now: float
    ) -> bool:
        """Whether a password from there that was not seen before is worth a look.

        `proven` are the networks from which the station has shown the right one.
        """
        network = network_of(address)
        if network in proven:
            return True
        addresses, identities = self._guesses
        if addresses.is_full(network, now) and self._neighbours.is_full(
            _pair(network, identity), now
        ):
            return False
        return (
            not identities.is_full(identity, now)
            or addresses.level(network, now) == 0.0
        )

    def are_too_many(self, address: str, identity: str, now: float) -> bool:
        """Whether whoever fails now should be told to wait."""
        addresses, identities = self._failures
        return addresses.is_full(network_of(address), now) or (
            identities.is_full(identity, now)
        )

    def failed(self, address: str, identity: str, now: float) -> None:
        """Count somebody who was not let in."""
        addresses, identities = self._failures
        addresses.add(network_of(address), now)
        identities.add(identity, now)

    def guessed(self, address: str, identity: str, now: float) -> None:
        """Count a wrong password that was not seen before."""
        addresses, identities = self._guesses
        network = network_of(address)
        addresses.add(network, now)
        identities.add(identity, now)
        self._neighbours.add(_pair(network, identity), now)


def _pair(network: str, identity: str) -> str:
    """Return one name for both: no network has a blank in it."""
    return f"{network} {identity}"


def network_of(address: str) -> str:
    """Return what one machine cannot change at will: an IPv4 address, or the first half of an IPv6 one."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
