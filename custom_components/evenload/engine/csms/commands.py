"""What can be asked of a station, in one vocabulary for all versions of OCPP."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..model.access import ListedToken, Reservation
from ..model.certificates import CertificateId, CertificateUse, InstalledCertificate
from ..model.limits import RateUnit
from ..model.needs import StoredProfile
from ..model.orders import LimitOrder, Outcome
from ..model.upkeep import ANY_RETRIES, Firmware, LogKind, Retries
from ..model.v2x import Refusal, SetpointOrder


@dataclass(frozen=True, slots=True)
class ConfigurationValue:
    """One setting inside a station; None is a value that the station does not show."""

    value: str | None
    readonly: bool


@dataclass(frozen=True, slots=True)
class SchedulePeriod:
    """From `start_s` after the schedule's beginning, `limit` in the schedule's unit."""

    start_s: int
    limit: float
    phases: int | None = None


@dataclass(frozen=True, slots=True)
class CompositeSchedule:
    """What a station says that it will allow, all its profiles taken together."""

    evse: int
    unit: RateUnit
    start: datetime | None
    periods: tuple[SchedulePeriod, ...]


class Profiles(Protocol):
    """What can be asked about the charging profiles in a station."""

    async def profiles(self, evse: int | None = None) -> tuple[StoredProfile, ...]:
        """Read the profiles in the station (2.x); of one EVSE, of the station as a whole (0), or all."""

    async def clear_profile(self, profile_id: int) -> bool:
        """Take one profile out of the station, by its exact id; returns whether there was one."""


class Listing(Protocol):
    """What can be asked about the tokens that a station knows by itself."""

    async def reserve(self, reservation: Reservation) -> None:
        """Keep an EVSE for a token; a reservation with the same id is replaced."""

    async def cancel_reservation(self, reservation_id: int) -> None:
        """Take a reservation back."""

    async def local_list_version(self) -> int:
        """Return the version of the station's own list of tokens; 0 where it is empty."""

    async def send_local_list(
        self, version: int, tokens: Sequence[ListedToken], *, full: bool
    ) -> None:
        """Replace the station's own list of tokens, or (`full` False) change single lines of it."""

    async def clear_cache(self) -> None:
        """Let the station forget the tokens that it has learnt."""


class Access(Listing, Protocol):
    """What can be asked about who may charge."""

    async def customer_information(
        self, token: str, *, report: bool = True, clear: bool = False
    ) -> str:
        """Ask what the station has stored about a token's owner, and let it be forgotten (2.x)."""


class Upkeep(Protocol):
    """What can be asked to keep a station in good order."""

    async def get_log(
        self,
        location: str,
        kind: LogKind = LogKind.DIAGNOSTICS,
        oldest: datetime | None = None,
        latest: datetime | None = None,
        retries: Retries = ANY_RETRIES,
    ) -> str | None:
        """Let the station upload a log to an address; returns the file's name if the station says it."""

    async def update_firmware(self, firmware: Firmware) -> None:
        """Let the station fetch and install firmware."""

    async def data_transfer(
        self, vendor: str, message: str | None = None, data: Any = None
    ) -> Any:
        """Send a message of the maker's own; returns the data of the answer."""


class Certificates(Protocol):
    """What can be asked about the certificates in a station."""

    async def install_certificate(self, use: CertificateUse, certificate: str) -> None:
        """Let the station trust a root certificate (PEM)."""

    async def installed_certificates(
        self, use: CertificateUse | None = None
    ) -> tuple[InstalledCertificate, ...]:
        """Read which certificates the station has."""

    async def delete_certificate(self, certificate: CertificateId) -> None:
        """Take a certificate out of the station."""

    async def give_certificate(
        self, chain: str, use: CertificateUse = CertificateUse.STATION
    ) -> None:
        """Give the station its own certificate, signed, with those that signed it (PEM)."""


class Discharging(Protocol):
    """What can be asked about energy that comes out of vehicles; how it is said is the dialect's matter."""

    async def set_setpoint(self, order: SetpointOrder) -> Outcome:
        """Have a vehicle follow a setpoint for a while; of those that wait for one EVSE, only the latest is sent.

        What was overtaken comes back as `UNKNOWN`: what holds is then the latest one's affair.
        Never raises `StationRefused`, `StationSilent` or `InvalidRequest`: that is the outcome, and `refusal` says why.
        """

    async def end_setpoint(self, order: SetpointOrder) -> Outcome:
        """Give an EVSE back to the limits beneath; nothing is discharged then. Raises as little as `set_setpoint`."""

    def refusal(self, evse: int) -> Refusal | None:
        """Return why the last setpoint of an EVSE was not taken; None where it was."""

    async def allow_transfer(
        self, evse: int, transaction_id: str | None, transfers: Sequence[str]
    ) -> None:
        """Tell which ways of charging and discharging a vehicle may use now, in OCPP's words (2.1 Q02)."""

    async def share_grid_signal(self, signal: int, at: datetime) -> None:
        """Pass on a signal of the grid operator's to who regulates by it (2.1 Q08 AFRRSignal)."""

    async def cap_discharge(self, percent: float | None) -> None:
        """Bound what the whole station may feed back, in percent of its most, for good; None lifts that (2.1 R)."""


class Operation(Protocol):
    """What can be asked about charging, and about what the station is set to."""

    async def set_availability(self, evse: int, *, operative: bool) -> bool:
        """Take an EVSE (0: the station) in or out of service; returns False when that waits for a transaction's end."""

    async def unlock(self, evse: int) -> None:
        """Release the cable."""

    async def reset(self, *, hard: bool) -> None:
        """Restart the station; softly lets it end transactions properly."""

    async def start(self, evse: int | None, token: str) -> None:
        """Begin a transaction for this token."""

    async def stop(self, transaction_id: str) -> None:
        """End a transaction."""

    async def trigger(self, message: str, evse: int | None = None) -> None:
        """Ask the station to send a message now; in 2.1 `custom:` and a name is a message of the maker's own."""

    async def get_configuration(
        self, keys: Sequence[str] = ()
    ) -> Mapping[str, ConfigurationValue]:
        """Read settings inside the station, all of them when no key is named.

        Keys are 1.6's, or a variable of 2.x as `Component[instance]@evse.connector/Variable[instance]`, as far as that applies.
        """

    async def set_configuration(self, key: str, value: str) -> bool:
        """Write a setting; returns whether it waits for a restart of the station."""

    async def call(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Send any message of the station's version, as the specification writes it, and return the answer."""


class Commands(
    Operation, Profiles, Discharging, Access, Upkeep, Certificates, Protocol
):
    """What can be asked of one connected station.

    Every method raises `NotConnected`, `StationSilent` (no answer in time), `StationRefused` (the answer was no) or
    `InvalidRequest` (the version has no such message, or it does not fit the schema, and was not sent).
    """

    async def set_password(self, password: str) -> None:
        """Give the station the password that it shows when it dials in; it may dial anew at once."""

    async def composite_schedule(
        self, evse: int, duration_s: int, unit: RateUnit | None = None
    ) -> CompositeSchedule:
        """Ask what the station will allow over the next `duration_s` seconds."""

    async def set_limit(self, order: LimitOrder) -> Outcome:
        """Give an EVSE or the station a limit. Never raises `StationRefused` or `StationSilent`: that is the outcome."""
