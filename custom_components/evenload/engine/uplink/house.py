"""What the connection to a CSMS above needs of the house."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from ..model.stations import Station
from ..model.uplink import Domain
from .asked import Asked
from .limit_news import Binding
from .names import Names
from .profiles import Profiles


class House(Protocol):
    """The house, for the uplink of one station."""

    names: Names
    profiles: Profiles
    # Whether somebody divides what those above want to flow.
    follows_setpoints: bool

    @property
    def station(self) -> Station:
        """The station as it is now."""

    @property
    def commands(self) -> Asked:
        """What can be asked of the station. Raises `NotConnected`."""

    def decides(self, domain: Domain) -> bool:
        """Whether those above decide something."""

    def running_at(self, evse: int) -> str | None:
        """Return the transaction that goes on at an EVSE, as those above call it."""

    def profiles_changed(self) -> None:
        """Tell that other profiles hold now: they are kept, and held to at once."""

    def refuse(self, transaction: str) -> None:
        """Tell that a transaction may not go on, by the id that the station knows."""

    def in_force(self, evse: int, seconds: int) -> Sequence[tuple[int, float]]:
        """Return what an EVSE (0: all together) may draw from now on: (after so many seconds, amperes per phase)."""

    def binding(self) -> Mapping[int, Binding]:
        """Return where the house leaves less than those above do, by EVSE (0: all together)."""

    def running(self) -> Collection[str]:
        """Return the transactions that go on, as those above call them."""

    def has_untold(self) -> bool:
        """Whether anything waits to be told to those above."""

    def watts_per_ampere(self, evse: int) -> float:
        """Return what an ampere on each of its phases comes to at an EVSE (0: the station), in watts."""

    def now(self) -> datetime:
        """Return the time."""
