"""The engine as Home Assistant sees it: one object per grid connection."""

from collections.abc import Callable, Mapping
from datetime import datetime

from .csms.commands import Commands
from .model.configuration import ListenerConfig, SiteConfig
from .model.events import Event
from .model.groups import GroupState
from .model.identity import EvseKey
from .model.notices import Notice
from .model.stations import Evse, PendingStation, Station
from .vault import Vault

type Unsubscribe = Callable[[], None]
type Observer = Callable[[], None]


class Site:
    """One grid connection with its OCPP server, stations and groups."""

    def __init__(
        self, config: SiteConfig, listener: ListenerConfig, vault: Vault, now: Callable[[], datetime] | None = None
    ) -> None:
        """Build it; nothing runs and nothing is read before `load` and `open`."""

    # Life cycle

    async def load(self) -> None:
        """Restore what is known of stations, sessions and limits; stations are not connected yet."""

    async def open(self) -> None:
        """Open the port. Raises `ListenerError` when that is not possible."""

    async def close(self) -> None:
        """Close every connection (1001) and the port, and write everything that is unsaved."""

    def reconfigure(self, config: SiteConfig) -> None:
        """Apply what the owner changed: the difference only; no connection is closed but those of removed stations."""

    # What there is to see

    @property
    def port(self) -> int:
        """The port that stations dial (the real one when 0 was asked for)."""

    @property
    def stations(self) -> Mapping[str, Station]:
        """Every adopted station, connected or not; each has at least EVSE 1."""

    @property
    def groups(self) -> Mapping[str, GroupState]:
        """Every load balancing group by its id."""

    @property
    def pending(self) -> Mapping[str, PendingStation]:
        """Stations that dialled in and are not adopted."""

    def evse(self, key: EvseKey) -> Evse:
        """Return one EVSE. Raises `KeyError` where there is none."""

    # Being told. Every subscription returns how to end it; observers are called on the event loop, after the change.

    def on_station(self, identity: str, observer: Observer) -> Unsubscribe:
        """Tell when anything of the station itself changes (connection, info, firmware)."""

    def on_evse(self, key: EvseKey, observer: Observer) -> Unsubscribe:
        """Tell when anything of this EVSE changes, or its station connects or goes."""

    def on_group(self, group_id: str, observer: Observer) -> Unsubscribe:
        """Tell when a group's figures change."""

    def on_new_evse(self, observer: Callable[[EvseKey], None]) -> Unsubscribe:
        """Tell when an EVSE becomes known that was not in `stations` before."""

    def on_event(self, observer: Callable[[Event], None]) -> Unsubscribe:
        """Tell every model event of adopted stations, after the state was replaced."""

    def on_pending(self, observer: Callable[[PendingStation], None]) -> Unsubscribe:
        """Tell when an unknown station has said what it is (or has been silent about it for some seconds)."""

    def on_notice(self, observer: Callable[[Notice], None]) -> Unsubscribe:
        """Tell what the owner has to be told; those that last are told to a new observer at once."""

    # What the owner may do

    async def set_maximum(self, key: EvseKey, maximum_a: float) -> None:
        """Set the owner's maximum of an EVSE, in amperes per phase.

        Raises:
            BadSetting: it is between 0 and the least that a vehicle can take, or above the station's own maximum.

        """

    async def set_charging_allowed(self, key: EvseKey, *, allowed: bool) -> None:
        """Pause an EVSE without ending its session, or let it go on."""

    def commands(self, identity: str) -> Commands:
        """Return what can be asked of a station. Raises `NotConnected`."""

    def frames(self, identity: str) -> list[dict[str, str]]:
        """Return the last frames of a station for diagnostics: `at`, `direction` and `frame`, secrets removed."""
