"""Which words a CSMS above understands, by its version."""

from collections.abc import Callable
from typing import Any

from ..model.stations import OcppVersion
from .house import House
from .tongue import Tongue
from .tongue_2 import Tongue2
from .tongue_16 import Tongue16

type Tell = Callable[[str, dict[str, Any]], None]
type Speak = Callable[[House, OcppVersion, Tell], Tongue]


def tongue_of(house: House, version: OcppVersion, tell: Tell) -> Tongue:
    """Return how to speak for the station of a house; `tell` sends a message of its own accord."""
    if version is OcppVersion.V16:
        return Tongue16(house)
    return Tongue2(house, version, tell)
